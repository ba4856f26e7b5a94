"""Two decided about one person: both versions are seen, one is chosen, and nothing is lost."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import person, pose, wait
from tests.browser.axe_findings import findings, grave
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]


@pytest.fixture
def world() -> Any:
    """Two images of two persons."""
    return World({i: drawn_image(i) for i in (1, 2)})


def bob_was_faster(page: Page, world: Any) -> tuple[list[list[float]], list[list[float]]]:
    """Bob labels the person whom this page has open, who is then accepted here as well: this page's pose, and bob's."""
    wait(page, "person", "100")
    page.keyboard.press("Shift+ArrowRight")
    mine = pose(page, 100)
    theirs = [[x - 30, y, 2] for x, y, _ in mine]
    saved = {"key": "of bob's", "person_id": 100, "revision": 0, "xyv": theirs, "touched": [True] * 17}
    world.decide("accept", saved, by="bob")
    page.keyboard.press("Enter")
    wait(page, "person", "100")
    expect(page.get_by_role("button", name="Keep mine")).to_be_visible()
    return mine, theirs


def test_mine_is_kept_on_top_of_theirs(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    mine, _ = bob_was_faster(page, world)
    told = page.get_by_role("alert").filter(has_text="bob decided about this person meanwhile")
    expect(told).to_contain_text("label 1")
    assert pose(page, 100) == mine
    page.get_by_role("button", name="Keep mine").click()
    wait(page, "person", "101")
    wait(page, "status", "saved")
    kept = world.saves("accept")[-1]
    assert (kept["xyv"], kept["revision"]) == (mine, 1)
    assert [entry["by"] for entry in world.persons[100].history] == ["ann", "bob"]


def test_theirs_is_taken_and_mine_can_be_begun_from(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    mine, theirs = bob_was_faster(page, world)
    page.get_by_role("button", name="Take theirs").click()
    expect(page.locator("pose-editor .notice")).to_contain_text("Theirs is taken.")
    assert (pose(page, 100), person(page, 100)["state"]) == (theirs, "accepted")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("a")
    page.get_by_role("menuitem", name="Your own edits from before").click()
    assert pose(page, 100) == mine


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_the_choice_can_be_made_by_everybody(
    world: Any, open_editor: Callable[..., Page], scheme: str, device: dict[str, Any]
) -> None:
    page = open_editor(world, color_scheme=scheme, **device)
    bob_was_faster(page, world)
    assert grave(findings(page)) == []


def test_what_waited_here_while_another_decided_is_among_the_starts_after_a_reload(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    mine, theirs = bob_was_faster(page, world)
    page.wait_for_timeout(500)  # a draft is written a moment after the change
    page.reload()
    wait(page, "painted", "1")
    expect(page.locator("pose-editor .notice")).to_contain_text("Yours are not lost")
    page.keyboard.press("Escape")
    page.keyboard.press("PageDown")
    wait(page, "person", "100")
    assert pose(page, 100) == theirs
    page.keyboard.press("r")
    page.keyboard.press("a")
    page.get_by_role("menuitem", name="Your own edits from before").click()
    assert pose(page, 100) == mine


def test_a_page_that_comes_back_asks_at_once_whether_its_image_is_still_held(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.keyboard.press("Shift+ArrowRight")
    edited = pose(page, 100)
    world.lost = {1}
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(page.locator("pose-editor .notice")).to_contain_text("and bob works on it now")
    assert pose(page, 100) == edited
    page.wait_for_timeout(500)
    world.lost = set()
    page.reload()
    wait(page, "painted", "1")
    expect(page.get_by_text("Your unsaved edits of person 1 are back")).to_be_visible()
    assert pose(page, 100) == edited
