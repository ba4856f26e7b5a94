"""What hours of work bring: refusals in the middle of something, menus and tools left open, keys held down."""

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import (
    at,
    back_to_the_first,
    eventually,
    everything,
    person,
    point,
    pose,
    screen,
    selected,
    wait,
)

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]
CONFLICT = (409, "revision_conflict", "Bob was faster.")
FAILED = {"error": {"code": "server_error", "message": "the server failed at this; nothing was changed."}}


@pytest.fixture
def world() -> Any:
    """Four drawn images of two persons each."""
    return World({i: drawn_image(i) for i in range(1, 5)})


def pressed(page: Page, tool: str) -> None:
    """Wait until a tool is on."""
    expect(page.get_by_role("button", name=tool)).to_have_attribute("aria-pressed", "true")


def put_away(page: Page, tool: str) -> None:
    """Wait until a tool is off."""
    expect(page.get_by_role("button", name=tool)).to_have_attribute("aria-pressed", "false")


def test_a_tool_is_put_away_with_the_person_it_was_taken_up_for(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    before = pose(page, 101)
    page.keyboard.press("m")
    pressed(page, "Move, turn, scale the whole pose")
    page.keyboard.press("PageDown")
    put_away(page, "Move, turn, scale the whole pose")
    page.keyboard.press("Shift+ArrowLeft")
    moved = [a != b for a, b in zip(pose(page, 101), before, strict=True)]
    assert sum(moved) == 1, "one keypoint, not the whole pose"


def test_undo_of_an_added_person_puts_the_box_tool_away_and_redo_brings_them_back(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    pressed(page, "Change the box")
    page.keyboard.press("z")
    put_away(page, "Change the box")
    assert page.evaluate("document.querySelector('pose-editor').desk.persons.length") == 2
    before = everything(page)
    page.keyboard.press("Alt+ArrowRight")
    assert everything(page) == before
    page.keyboard.press("Shift+Z")
    eventually(page, "() => document.querySelector('pose-editor').desk.persons.length === 3")
    wait(page, "status", "saved")
    assert len(world.saves("persons")) == 2


def test_a_menu_opened_for_one_person_never_acts_on_another(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    world.refusals.append(CONFLICT)
    world.holds_saves = True
    page.keyboard.press("x")
    wait(page, "person", "101")
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem", name="Blurred")).to_be_visible()
    world.holds_saves = False
    wait(page, "person", "100")
    expect(page.get_by_role("menuitem", name="Blurred")).to_be_hidden()
    page.keyboard.press("1")
    assert person(page, 100)["state"] == "open"
    assert person(page, 101)["state"] == "open"


def test_a_refusal_does_not_tear_a_drag_away_and_says_where_to_go(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    world.refusals.append(CONFLICT)
    world.holds_saves = True
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    x, y = screen(page, 101, "left_wrist")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=4)
    world.holds_saves = False
    expect(page.locator("pose-editor .notice")).to_contain_text("Person 1 was not saved: Bob was faster.")
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    assert selected(page) == (101, "left_wrist")
    assert screen(page, 101, "left_wrist")[0] == pytest.approx(x + 40, abs=1)
    page.get_by_role("button", name="Go there").click()
    wait(page, "person", "100")


def test_what_was_refused_in_an_image_left_behind_stays_told(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    world.holds_saves = True
    world.refusals.append(CONFLICT)
    page.keyboard.press("Shift+Enter")
    wait(page, "image", "2")
    page.keyboard.press("ArrowRight")
    world.holds_saves = False
    notice = page.locator("pose-editor .notice")
    expect(notice).to_contain_text("Person 1 of frame_00001.jpg was not saved")
    page.keyboard.press("n")
    page.keyboard.press(",")
    expect(notice).to_contain_text("Nothing moves as a whole by accident")
    page.get_by_role("button", name="OK").click()
    expect(notice).to_contain_text("Person 1 of frame_00001.jpg was not saved")
    page.keyboard.press("Shift+Enter")
    wait(page, "image", "3")
    expect(notice).to_contain_text("Person 1 of frame_00001.jpg was not saved")
    wait(page, "status", "unsaved")
    expect(page.locator("pose-editor .status")).to_contain_text("Not saved: see frame_00001.jpg")


def test_a_person_decided_elsewhere_whose_history_cannot_be_had_is_loaded_again_with_ones_own_edits_at_hand(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.route("**/api/persons/*/history", lambda route: route.fulfill(status=500, json=FAILED))
    page.keyboard.press("Shift+ArrowRight")
    mine = pose(page, 100)
    world.images[1].persons[0].revision = 5
    page.keyboard.press("Enter")
    expect(page.locator("pose-editor .problem")).to_contain_text("is at revision 5")
    page.get_by_role("button", name="Load it again").click()
    expect(page.locator("pose-editor .notice")).to_contain_text("Loaded as it is now")
    assert pose(page, 100) == world.images[1].persons[0].start
    page.keyboard.press("a")
    page.get_by_role("menuitem", name="Your own edits from before").click()
    assert pose(page, 100) == mine


def test_undo_held_down_stops_at_a_decision(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.down("z")
    for _ in range(6):
        page.keyboard.down("z")
    page.keyboard.up("z")
    assert person(page, 101)["pose"]["xyv"] == world.images[1].persons[1].start
    assert person(page, 100)["state"] == "accepted"


def test_nothing_to_redo_leaves_no_image(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    back_to_the_first(page)
    page.keyboard.press("Shift+Z")
    expect(page.locator("pose-editor .notice")).to_contain_text("Nothing to do again")
    page.wait_for_timeout(200)
    wait(page, "image", "1")


def test_a_decided_person_says_how_to_be_opened_and_a_button_does_it(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    back_to_the_first(page)
    page.keyboard.press("2")
    expect(page.locator("pose-editor .notice")).to_contain_text("R opens them again")
    page.get_by_role("button", name="Open again").click()
    eventually(page, "() => document.querySelector('pose-editor').desk.persons.some((p) => p.state === 'open')")


def test_after_a_reload_the_editor_is_at_somebody_open_and_enter_goes_on_from_who_is_decided(
    open_editor: Callable[..., Page],
) -> None:
    world = World({1: drawn_image(1, persons=12)})
    page = open_editor(world)
    for decided in range(1, 11):
        page.keyboard.press("Enter")
        wait(page, "person", re.compile(rf"^{100 + decided}$"))
    page.keyboard.press("PageUp")
    wait(page, "person", "109")
    wait(page, "status", "saved")
    page.wait_for_timeout(400)  # the draft is kept, with somebody decided selected
    page.reload()
    wait(page, "person", "110")
    expect(page.locator("pose-editor .persons [aria-current=true]")).to_be_in_viewport()
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    expect(page.locator("pose-editor .notice")).to_contain_text("on to person 11")
    wait(page, "person", "110")
    assert person(page, 109)["state"] == "accepted"


def test_the_bar_says_who_was_sent_back_and_opens_the_first(world: Any, open_editor: Callable[..., Page]) -> None:
    world.sent_back = {300: "left knee", 301: "too low"}
    page = open_editor(world)
    told = page.get_by_role("button", name="sent back")
    expect(told).to_have_text("2 sent back")
    told.click()
    wait(page, "person", "300")
    expect(page.locator("pose-editor .review")).to_have_text("rita sent this back: left knee")
    page.keyboard.press("Enter")
    expect(told).to_have_text("1 sent back")
    page.keyboard.press("Enter")
    wait(page, "image", "1")  # where one was
    expect(told).to_be_hidden()
    page.keyboard.press("q")
    expect(page.locator("pose-editor .notice")).to_contain_text("Nobody of yours is sent back")


def test_the_keyboard_goes_on_after_a_button_that_can_no_longer_be_pressed(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.keyboard.press("ArrowRight")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()
    undo.focus()
    page.keyboard.press("Enter")
    expect(undo).to_be_disabled()
    page.keyboard.press("ArrowRight")
    wait(page, "status", "draft")
    page.locator("pose-editor .flag").nth(1).focus()
    page.keyboard.press("Enter")
    eventually(
        page,
        "() => document.querySelector('pose-editor').shadowRoot.activeElement?.matches('.flag[aria-current=true]')",
    )


def test_a_second_finger_gives_a_drag_up_and_what_waited_to_be_placed_waits_again(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.locator('pose-editor .cell[data-keypoint="9"]').click()
    page.keyboard.press("Delete")
    x, y = screen(page, 100, "right_ankle")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 15, y, steps=3)
    page.evaluate(
        "() => document.querySelector('pose-editor').shadowRoot.querySelector('.stage')"
        ".dispatchEvent(new PointerEvent('pointercancel', { pointerId: 1, bubbles: true }))"
    )
    page.mouse.up()
    assert screen(page, 100, "right_ankle") == pytest.approx((x, y), abs=0.5)
    assert selected(page) == (100, "left_wrist")
    assert page.evaluate("document.querySelector('pose-editor').desk.placing")


def test_a_right_click_on_a_keypoint_changes_its_visibility(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.mouse.click(*screen(page, 100, "left_knee"), button="right")
    assert point(page, 100, "left_knee")[2] == 1
    page.mouse.click(*at(page, 5, 5), button="right")
    assert point(page, 100, "left_knee")[2] == 1


def test_a_keypoint_that_is_not_placed_is_placed_and_moved_by_the_arrows(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    first = world.images[1].persons[0]
    first.start, first.origin, first.flags, first.ghosts = [[0, 0, 0]] * 17, "empty", [], {}
    page = open_editor(world)
    page.locator('pose-editor .cell[data-keypoint="5"]').click()
    page.keyboard.press("ArrowRight")
    shoulder = point(page, 100, "left_shoulder")
    assert shoulder[2] == 2
    page.keyboard.press("ArrowRight")
    assert point(page, 100, "left_shoulder")[0] == pytest.approx(shoulder[0] + 1, abs=0.02)
    page.locator('pose-editor .cell[data-keypoint="7"]').click()
    page.keyboard.press("ArrowDown")
    elbow = point(page, 100, "left_elbow")
    size = person(page, 100)["box"]
    far = ((elbow[0] - shoulder[0]) ** 2 + (elbow[1] - shoulder[1]) ** 2) ** 0.5
    assert 0 < far < 0.2 * (size["width"] ** 2 + size["height"] ** 2) ** 0.5, "beside its neighbour"
