"""An image that somebody else holds is seen and not changed; once it is free it can be worked on."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import at, drag, everything, person, screen, selected, wait
from tests.browser.axe_findings import findings, grave
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]
KEYS = (
    "2", "1", "0", "v", "Delete", "Shift+Delete", "ArrowRight", "Shift+ArrowUp", "Alt+ArrowLeft", "i", "Shift+I",
    "Shift+M", "m", "Shift+B", "b", "d", "a", "Enter", "Shift+Enter", "s", "x", "r", "e", "z", "Shift+Z", ",", ".",
    "n", "p", "Tab", "PageDown", "PageUp",
)  # fmt: skip


@pytest.fixture
def world() -> Any:
    """Two images of two persons; bob holds the second."""
    world = World({i: drawn_image(i) for i in (1, 2)})
    world.lost = {2}
    return world


def look(open_editor: Callable[..., Page], world: Any, **options: Any) -> Page:
    """Open the image that bob holds by its address."""
    page = open_editor(world, path="?image=2", **options)
    expect(page.get_by_text("bob works on this image now: you can look, not change.")).to_be_visible()
    return page


def test_no_key_drag_or_click_changes_what_another_works_on(world: Any, open_editor: Callable[..., Page]) -> None:
    page = look(open_editor, world)
    before = everything(page)
    for key in KEYS:
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    drag(page, screen(page, 200, "left_knee"), at(page, 20, 20))
    page.mouse.click(*screen(page, 200, "nose"), button="right")
    page.keyboard.press("f")
    page.mouse.dblclick(*at(page, 30, 30))
    assert everything(page) == before
    page.wait_for_timeout(400)  # a draft would be written by now
    assert world.log == []
    assert all(2 not in beat for beat in world.beats)
    drafts = page.evaluate("() => document.querySelector('pose-editor').desk.past.length")
    assert drafts == 0


def test_what_changes_something_is_off_and_what_shows_something_is_on(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = look(open_editor, world)
    off = ("Accept person", "Not a person", "Skip", "Add a person: drag a box", "Mirror the pose", "Change the box")
    for name in off:
        expect(page.get_by_role("button", name=name).first).to_be_disabled()
    for name in ("Zoom in", "Whole image", "All ghosts on or off"):
        expect(page.get_by_role("button", name=name)).to_be_enabled()
    page.keyboard.press("PageDown")
    assert selected(page)[0] == 201
    expect(page.locator("pose-editor .status")).not_to_contain_text("Saved")


def test_the_image_is_taken_up_where_one_looked_once_it_is_free(world: Any, open_editor: Callable[..., Page]) -> None:
    page = look(open_editor, world)
    page.keyboard.press("PageDown")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("bob works on this image now")).to_be_visible()
    assert selected(page)[0] == 201
    world.lost = set()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("bob works on this image now")).to_be_hidden()
    assert selected(page)[0] == 201
    page.locator("pose-editor .stage").focus()
    before = person(page, 201)["pose"]["xyv"]
    page.keyboard.press("ArrowRight")
    assert person(page, 201)["pose"]["xyv"] != before
    page.keyboard.press("Enter")
    wait(page, "status", "saved")
    assert world.saves("accept")[0]["person_id"] == 201


def test_that_it_is_free_is_noticed_without_taking_it(world: Any, open_editor: Callable[..., Page]) -> None:
    url = look(open_editor, world).url
    page = open_editor(world, painted=False)
    page.clock.install()
    page.goto(url.replace(url.split("/?")[0], page.url.rstrip("/")))
    wait(page, "painted", "1")
    world.lost = set()
    page.clock.run_for(16_000)
    expect(page.get_by_text("This image is free now.")).to_be_visible()
    assert world.looks >= 1
    page.get_by_role("button", name="Work on it").click()
    expect(page.get_by_text("This image is free now.")).to_be_hidden()


def test_the_next_image_goes_on_with_ones_own_work(world: Any, open_editor: Callable[..., Page]) -> None:
    page = look(open_editor, world)
    page.get_by_role("button", name="Next image").click()
    wait(page, "image", "1")
    expect(page.get_by_text("bob works on this image now")).to_be_hidden()
    assert "image=" not in page.url
    page.keyboard.press("ArrowRight")
    wait(page, "status", "draft")


def test_a_draft_of_ones_own_outlasts_a_look_at_the_image(world: Any, open_editor: Callable[..., Page]) -> None:
    world.lost = set()
    page = open_editor(world, path="?image=2")
    page.keyboard.press("Shift+ArrowRight")
    edited = everything(page)
    wait(page, "status", "draft")
    page.wait_for_timeout(500)  # a draft is written a moment after the change
    world.lost = {2}
    page.reload()
    wait(page, "painted", "1")
    expect(page.get_by_text("bob works on this image now")).to_be_visible()
    assert everything(page) != edited
    page.keyboard.press("PageDown")
    page.wait_for_timeout(500)
    world.lost = set()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Your unsaved edits of person 1 are back.")).to_be_visible()
    assert everything(page) == edited


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_grave_while_one_looks(theme: str, world: Any, open_editor: Callable[..., Page]) -> None:
    page = look(open_editor, world, color_scheme=theme)
    assert grave(findings(page)) == []


def test_the_banner_fits_a_phone(world: Any, open_editor: Callable[..., Page]) -> None:
    page = look(open_editor, world, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.get_by_role("button", name="Next image").tap()
    wait(page, "image", "1")
