"""The history of a person: seen, laid over the image, brought back; and the seconds worked on them."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import back_to_the_first, point, pose, wait
from tests.browser.axe_findings import findings, grave
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]


@pytest.fixture
def world() -> Any:
    """Three images of two persons."""
    return World({i: drawn_image(i) for i in (1, 2, 3)})


def accept_twice(page: Page) -> list[list[float]]:
    """Person 100 has two labels, the second with the selected keypoint moved, and is accepted; the first one's pose."""
    wait(page, "person", "100")
    first = pose(page, 100)
    back_to_the_first(page)
    page.keyboard.press("r")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    wait(page, "status", "saved")
    page.keyboard.press("j")
    page.get_by_role("menuitem", name="frame_00001.jpg").click()
    wait(page, "image", "1")
    return first


def test_a_label_is_seen_and_brought_back_by_one_click_and_one_undo(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    first = accept_twice(page)
    moved = pose(page, 100)
    assert moved != first
    page.keyboard.press("t")
    history = page.get_by_role("region", name="History of this person")
    expect(history.get_by_role("listitem")).to_have_count(3)
    expect(history.get_by_role("listitem").first).to_contain_text("Label 2")
    expect(history.get_by_role("listitem").first).to_contain_text("13 px (2.1 σ)")
    expect(history.get_by_role("button", name="Restore label 2")).to_have_count(0)
    before = page.locator("pose-editor .stage").screenshot()
    history.get_by_role("button", name="Show label 1").click()
    expect(history.get_by_role("button", name="Show label 1")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(100)
    assert page.locator("pose-editor .stage").screenshot() != before
    history.get_by_role("button", name="Restore label 1").click()
    expect(history).to_be_hidden()
    assert pose(page, 100) == first
    page.keyboard.press("z")
    assert pose(page, 100) == moved
    page.keyboard.press("Shift+Z")
    assert pose(page, 100) == first
    assert "reopen" not in [path for path, _ in world.log[-3:]], "one label or the other counts all the while"
    wait(page, "status", "saved")
    last = world.saves("accept")[-1]
    assert (last["person_id"], last["began"], last["began_revision"]) == (100, "label", 1)
    assert last["xyv"] == first


def test_the_seconds_worked_on_a_person_go_with_the_decision_and_pauses_do_not(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.clock.install()
    for _ in range(5):
        page.clock.run_for(2000)
        page.keyboard.press("ArrowRight")
    page.clock.run_for(60_000)  # a pause
    page.keyboard.press("ArrowRight")
    page.clock.run_for(1000)
    page.keyboard.press("Enter")
    page.clock.run_for(1000)
    wait(page, "person", "101")
    page.clock.run_for(4000)
    page.keyboard.press("x")
    page.clock.run_for(2000)
    wait(page, "status", "saved")
    first, second = world.saves("accept")[0]["seconds"], world.saves("not-a-person")[0]["seconds"]
    assert 8 <= first <= 13, first
    assert 4 <= second <= 7, second


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_the_history_can_be_used_by_everybody(
    world: Any, open_editor: Callable[..., Page], scheme: str, device: dict[str, Any]
) -> None:
    page = open_editor(world, color_scheme=scheme, **device)
    accept_twice(page)
    page.get_by_role("button", name="History of this person").click()
    history = page.get_by_role("region", name="History of this person")
    expect(history.get_by_role("listitem")).to_have_count(3)
    history.get_by_role("button", name="Show label 1").click()
    assert grave(findings(page)) == []
    assert point(page, 100, "nose")
    page.keyboard.press("Escape")
    expect(history).to_be_hidden()
