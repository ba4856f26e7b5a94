"""The editor in headless Chromium, against a stand-in for the server: what an annotator does, and what goes wrong."""

import json
import re
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import drag_by, eventually, fits, point, screen, selected, try_now, wait

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]


@pytest.fixture
def world() -> Any:
    """Six drawn images of two persons each."""
    return World({i: drawn_image(i) for i in range(1, 7)})


def test_an_image_opens_at_its_worst_flag_and_says_why(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    worst = world.images[1].persons[0]
    assert selected(page) == (worst.id, world.skeleton.keypoints[worst.flags[0]["keypoint"]])
    expect(page.get_by_role("button", name=worst.flags[0]["reason"])).to_have_attribute("aria-current", "true")


def test_a_dragged_keypoint_follows_the_pointer_and_undo_brings_it_back(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before = point(page, 100, "left_wrist")
    scale = page.evaluate(
        "() => { const e = document.querySelector('pose-editor'); return e.screenAt(1, 0).x - e.screenAt(0, 0).x; }"
    )
    drag_by(page, screen(page, 100, "left_wrist"), (40, -30))
    after = point(page, 100, "left_wrist")
    assert after[0] - before[0] == pytest.approx(40 / scale, abs=0.02)
    assert after[1] - before[1] == pytest.approx(-30 / scale, abs=0.02)
    wait(page, "status", "draft")
    page.keyboard.press("z")
    assert point(page, 100, "left_wrist") == before
    wait(page, "status", "saved")
    page.keyboard.press("Control+y")
    assert point(page, 100, "left_wrist") == after


def test_a_drag_beside_the_keypoints_moves_the_image_and_no_keypoint(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before, spot = point(page, 100, "nose"), screen(page, 100, "nose")
    corner = page.locator("pose-editor").locator(".stage").bounding_box()
    assert corner
    drag_by(page, (corner["x"] + 20, corner["y"] + corner["height"] - 40), (60, -50))
    assert point(page, 100, "nose") == before
    moved = screen(page, 100, "nose")
    assert (moved[0] - spot[0], moved[1] - spot[1]) == pytest.approx((60, -50), abs=0.5)


def test_the_wheel_zooms_at_the_pointer(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    spot, other = screen(page, 100, "nose"), screen(page, 100, "left_ankle")
    page.mouse.move(*spot)
    page.mouse.wheel(0, -240)
    far = 1.2 * abs(other[1] - spot[1])
    ankle = "document.querySelector('pose-editor').screenOf(100, 'left_ankle').y"
    eventually(page, f"Math.abs({ankle} - {spot[1]}) > {far}")
    assert screen(page, 100, "nose") == pytest.approx(spot, abs=0.5)


def test_accept_saves_and_goes_to_the_next_image_without_a_reload(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.evaluate("window.stillHere = true")
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    page.keyboard.press("Enter")
    wait(page, "image", "2")
    wait(page, "painted", "2")
    wait(page, "status", "saved")
    assert [body["person_id"] for body in world.saves("accept")] == [100, 101]
    assert world.persons[100].state == world.persons[101].state == "accepted"
    assert page.evaluate("window.stillHere")
    assert page.evaluate("document.querySelector('pose-editor').shadowRoot.activeElement.className") == "stage"


def test_the_next_image_is_fetched_while_this_one_is_worked_on(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    wait(page, "ahead", "2")
    assert world.asked_next == ["", "1", "1,2"]
    page.context.set_offline(True)
    eventually(page, "fetch('/api/recent').then(() => false, () => true)")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    wait(page, "image", "2")
    wait(page, "painted", "2")
    wait(page, "status", "unsaved")
    page.context.set_offline(False)
    wait(page, "status", "saved")


def test_the_images_ahead_are_counted_down_when_one_is_taken(world: Any, open_editor: Callable[..., Page]) -> None:
    world.images[1].persons[1].state = "accepted"
    page = open_editor(world)
    wait(page, "ahead", "2")
    world.lets_next = 3
    page.keyboard.press("Enter")
    wait(page, "image", "2")
    assert page.locator("pose-editor").get_attribute("data-ahead") == "1"
    world.lets_next = 10**6
    wait(page, "ahead", "2")


def test_a_person_is_corrected_and_accepted_by_keyboard_alone(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    first, second = (world.skeleton.keypoints[flag["keypoint"]] for flag in world.images[1].persons[0].flags)
    x, y, _ = point(page, 100, first)
    for key in ("ArrowRight", "Shift+ArrowUp", "1"):
        page.keyboard.press(key)
    assert point(page, 100, first) == pytest.approx([x + 1, y - 10, 1], abs=0.011)
    page.keyboard.press("Tab")
    assert selected(page) == (100, second)
    page.keyboard.press("v")
    page.keyboard.press("v")
    assert point(page, 100, second)[2] == 0
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    (saved,) = world.saves("accept")
    assert saved["xyv"][world.skeleton.keypoints.index(first)] == pytest.approx([x + 1, y - 10, 1], abs=0.011)
    assert saved["xyv"][world.skeleton.keypoints.index(second)] == [0, 0, 0]
    assert sum(saved["touched"]) == 2
    assert saved["started_from"] == 7


def test_tab_walks_the_flags_and_escape_lets_it_leave(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    walked = [selected(page)]
    for _ in range(3):
        page.keyboard.press("Tab")
        walked.append(selected(page))
    assert [person for person, _ in walked] == [100, 100, 101, 100]
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert selected(page) == walked[-1]
    assert page.evaluate("document.querySelector('pose-editor').shadowRoot.activeElement.className") != "stage"


def test_typing_beside_the_editor_does_not_drive_it(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.get_by_label("Search").fill("")
    page.get_by_label("Search").press_sequentially("x10s")
    page.keyboard.press("Enter")
    assert page.get_by_label("Search").input_value() == "x10s"
    assert world.log == []


def test_undo_takes_a_decision_back_and_reaches_into_the_image_just_left(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    wait(page, "image", "2")
    wait(page, "status", "saved")
    page.keyboard.press("z")
    wait(page, "image", "1")
    wait(page, "person", "101")
    page.keyboard.press("z")
    wait(page, "person", "100")
    wait(page, "status", re.compile("saved|draft"))
    assert [path for path, _ in world.log] == ["accept", "not-a-person", "reopen", "reopen"]
    assert [world.persons[id].state for id in (100, 101)] == ["open", "open"]
    page.keyboard.press("Enter")
    wait(page, "status", re.compile("saved|draft"))
    assert world.persons[100].state == "accepted"


def test_skip_asks_for_a_reason_and_takes_it_by_key(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem", name="Blurred")).to_be_focused()
    page.keyboard.press("2")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    assert world.saves("skip")[0]["reason"] == "too small"
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menuitem", name="Blurred")).to_be_hidden()
    assert world.persons[101].state == "open"


def test_a_refused_save_brings_the_person_back_with_the_reason_and_every_edit(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    drag_by(page, screen(page, 100, "nose"), (25, 10))
    moved = point(page, 100, "nose")
    world.refusals.append((409, "lease_lost", "Bob holds this image now; wanted it to be yours. Try again later."))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Bob holds this image now").first).to_be_visible()
    wait(page, "person", "100")
    assert point(page, 100, "nose") == moved
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    assert world.persons[100].label[0] == moved


def test_a_refusal_that_comes_after_the_image_was_left_brings_the_image_back(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    world.images[1].persons[1].state = "accepted"
    page = open_editor(world)
    wait(page, "ahead", "2")
    world.refusals.append((409, "revision_conflict", "ann changed person 100. Load the image again."))
    page.keyboard.press("Enter")
    wait(page, "image", "1")
    wait(page, "person", "100")
    expect(page.get_by_role("alert").filter(has_text="ann changed person 100").first).to_be_visible()


def test_saves_wait_while_the_server_is_down_and_arrive_once(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    world.down = True
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "unsaved")
    expect(
        page.get_by_role("toolbar").get_by_text(re.compile("Not saved, again in .* The server is being restarted"))
    ).to_be_visible()
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    world.down = False
    try_now(page)
    wait(page, "status", "saved")
    assert len(world.saves("accept")) == 1


def test_a_save_whose_answer_was_lost_is_not_saved_twice(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    world.swallow_answers = 1
    page.keyboard.press("Enter")
    wait(page, "status", "saved")
    sent = world.saves("accept")
    assert len(sent) == 2 and sent[0] == sent[1]
    assert world.persons[100].revision == 1


def test_a_session_that_ended_keeps_the_decisions_until_signed_in_again(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    world.signed_out = True
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    expect(page.get_by_text("Your session has ended. One decision waits here")).to_be_visible()
    world.signed_out = False
    page.get_by_role("button", name="Try now").click()
    wait(page, "status", "saved")
    assert world.persons[100].state == "accepted"


def test_the_images_at_hand_are_held_and_a_lost_hold_is_told(world: Any, open_editor: Callable[..., Page]) -> None:
    world.lease_s = 0.9
    page = open_editor(world)
    wait(page, "ahead", "2")
    held = {"image_ids": [1, 2, 3]}
    with page.expect_request(lambda one: one.url.endswith("/api/heartbeat") and one.post_data_json == held):
        pass
    world.lost = {1}
    expect(page.get_by_text("Your hold on this image has run out")).to_be_visible()


def test_edits_survive_a_reload_and_undo_takes_them_away(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    before = point(page, 100, "nose")
    drag_by(page, screen(page, 100, "nose"), (30, 0))
    moved = point(page, 100, "nose")
    page.reload()
    wait(page, "painted", "1")
    expect(page.get_by_text("Your unsaved edits of person 1 are back")).to_be_visible()
    expect(page.get_by_role("button", name="Person 1, Edited")).to_be_visible()
    assert point(page, 100, "nose") == moved
    page.keyboard.press("z")
    assert point(page, 100, "nose") == before


def test_a_person_is_added_with_a_box_and_placed_in_order(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("f")
    page.keyboard.press("b")
    start = page.evaluate("document.querySelector('pose-editor').screenAt(10, 20)")
    end = page.evaluate("document.querySelector('pose-editor').screenAt(110, 220)")
    drag_by(page, (start["x"], start["y"]), (end["x"] - start["x"], end["y"] - start["y"]))
    wait(page, "person", "602")
    assert world.saves("persons")[0]["box"] == pytest.approx(
        {"x": 10, "y": 20, "width": 100, "height": 200, "angle": 0}, abs=1
    )
    expect(page.get_by_text("Click to place the nose")).to_be_visible()
    for x, y in ((60, 40), (65, 36), (55, 36)):
        spot = page.evaluate("([x, y]) => document.querySelector('pose-editor').screenAt(x, y)", [x, y])
        page.mouse.click(spot["x"], spot["y"])
    assert point(page, 602, "right_eye") == pytest.approx([55, 36, 2], abs=0.5)
    assert selected(page)[1] == "left_ear"
    page.keyboard.press("Enter")
    expect(page.get_by_text("14 keypoints are not placed. Enter again accepts them as absent.")).to_be_visible()
    assert world.persons[602].label is None
    page.keyboard.press("Enter")
    wait(page, "status", re.compile("saved|draft"))
    assert world.persons[602].label is not None


def test_a_box_the_server_refused_is_sent_again_with_the_next_decision(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    world.refusals.append((422, "invalid", "a box needs a positive width. Draw it again."))
    page.keyboard.press("f")
    page.keyboard.press("b")
    start = page.evaluate("document.querySelector('pose-editor').screenAt(10, 20)")
    drag_by(page, (start["x"], start["y"]), (60, 90))
    expect(page.get_by_role("alert").filter(has_text="a box needs a positive width")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    wait(page, "person", "100")
    wait(page, "status", "saved")
    assert world.persons[602].state == "accepted"
    assert [path for path, _ in world.log] == ["persons", "accept"]


def test_an_absent_keypoint_is_chosen_in_the_list_and_placed_with_a_click(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    world.images[1].persons[0].start[7] = [0, 0, 0]
    page = open_editor(world)
    page.get_by_role("button", name=re.compile("^left elbow, absent")).click()
    spot = page.evaluate("document.querySelector('pose-editor').screenAt(150, 150)")
    page.keyboard.down("Shift")
    page.mouse.click(spot["x"], spot["y"])
    page.keyboard.up("Shift")
    assert point(page, 100, "left_elbow") == pytest.approx([150, 150, 1], abs=0.5)


def test_an_image_without_anybody_is_finished_with_one_key(world: Any, open_editor: Callable[..., Page]) -> None:
    world.images[1].persons.clear()
    page = open_editor(world)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is boxed here")).to_be_visible()
    page.get_by_role("button", name="Nobody here").click()
    wait(page, "image", "2")
    wait(page, "status", "saved")
    assert world.images[1].done


def test_an_empty_queue_says_so_and_can_be_asked_again(world: Any, open_editor: Callable[..., Page]) -> None:
    for image in world.images.values():
        image.done = True
    page = open_editor(world, painted=False)
    expect(page.get_by_role("heading", name="Nothing left to do")).to_be_visible()
    world.images[3].done = False
    page.get_by_role("button", name="Check again").click()
    wait(page, "image", "3")
    wait(page, "painted", "1")


def test_the_first_image_can_be_had_again_after_an_error(world: Any, open_editor: Callable[..., Page]) -> None:
    world.down = True
    page = open_editor(world, painted=False)
    expect(page.get_by_role("heading", name="The next image could not be loaded")).to_be_visible()
    world.down = False
    page.get_by_role("button", name="Try again").click()
    wait(page, "painted", "1")


def test_a_finger_drags_a_keypoint_and_the_page_does_not_scroll(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world, has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page, 390)
    page.evaluate("document.querySelector('pose-editor').run('fit-person')")
    before = point(page, 100, "left_knee")
    x, y = screen(page, 100, "left_knee")
    touch = page.context.new_cdp_session(page)
    for kind, spots in (
        ("touchStart", [(x, y)]), ("touchMove", [(x + 12, y)]), ("touchMove", [(x + 30, y + 5)]), ("touchEnd", []),
    ):  # fmt: skip
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in spots]})
    assert point(page, 100, "left_knee")[0] > before[0] + 5
    assert page.evaluate("window.scrollY") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_person_accepted_in_the_middle_of_a_drag_is_the_only_one_it_moves(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before = point(page, 101, "left_wrist")
    x, y = screen(page, 100, "left_wrist")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    dragged = point(page, 100, "left_wrist")
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    page.mouse.move(x + 90, y + 40, steps=3)
    page.mouse.up()
    assert point(page, 101, "left_wrist") == before
    assert point(page, 100, "left_wrist") == dragged


def test_a_second_finger_gives_a_drag_up_and_keeps_what_the_server_said_meanwhile(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world, has_touch=True)
    world.save_waits_s = 0.5
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    before = point(page, 101, "left_knee")
    x, y = screen(page, 101, "left_knee")
    touch = page.context.new_cdp_session(page)
    for kind, spots in (("touchStart", [(x, y)]), ("touchMove", [(x + 20, y)]), ("touchMove", [(x + 40, y)])):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in spots]})
    assert point(page, 101, "left_knee") != before
    eventually(page, "document.querySelector('pose-editor').desk.persons[0].revision === 1")
    fingers = [{"x": x + 40, "y": y, "id": 0}, {"x": x + 90, "y": y, "id": 1}]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert point(page, 101, "left_knee") == before
    assert page.evaluate("document.querySelector('pose-editor').desk.persons[0].revision") == 1


def test_a_refusal_that_comes_while_the_next_image_is_fetched_is_shown_first(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    world.images[1].persons[1].state = "accepted"
    world.lets_next = 1
    page = open_editor(world)
    world.refusals.append((409, "lease_lost", "Bob holds this image now."))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Bob holds this image now").first).to_be_visible()
    world.lets_next = 2  # one at a time: it may have been asked for twice
    wait(page, "ahead", "1")
    wait(page, "image", "1")
    world.lets_next = 10**6
    page.keyboard.press("Enter")
    wait(page, "image", "2")
    wait(page, "status", "saved")
    assert world.persons[100].state == "accepted"


def test_a_screen_of_another_density_is_drawn_on_at_its_own(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    screen_size = {"width": 1280, "height": 860, "mobile": False}
    page.context.new_cdp_session(page).send(
        "Emulation.setDeviceMetricsOverride", {**screen_size, "deviceScaleFactor": 2}
    )
    eventually(page, "devicePixelRatio === 2")
    page.keyboard.press("g")
    eventually(
        page,
        "() => { const canvas = document.querySelector('pose-editor').shadowRoot.querySelector('canvas');"
        " return canvas.width === canvas.clientWidth * 2; }",
    )


def test_every_keypoint_is_in_the_list_however_sides_are_written(world: Any, open_editor: Callable[..., Page]) -> None:
    coco = world.skeleton
    names = tuple(name.title().replace("_", "") for name in coco.keypoints)
    world.skeleton = replace(coco, keypoints=names)
    page = open_editor(world)
    for name in names:
        expect(page.get_by_role("button", name=re.compile(f"^{name}, "))).to_be_visible()


def test_the_reasons_close_when_the_annotator_goes_elsewhere(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    skip = page.get_by_role("button", name=re.compile("^Skip"))
    page.keyboard.press("s")
    expect(skip).to_have_attribute("aria-expanded", "true")
    spot = page.evaluate("document.querySelector('pose-editor').screenAt(2, 2)")
    page.mouse.click(spot["x"], spot["y"])
    expect(page.get_by_role("menuitem", name="Blurred")).to_be_hidden()
    expect(skip).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("s")
    page.get_by_role("menuitem", name="Blurred").click()
    wait(page, "person", "101")
    assert world.persons[101].state == "open"


def test_a_note_goes_with_escape_or_the_next_change(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("z")
    expect(page.get_by_text("Nothing to undo.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Nothing to undo.")).to_be_hidden()
    page.keyboard.press("z")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Nothing to undo.")).to_be_hidden()


def test_a_keypoint_corrected_while_others_wait_to_be_placed_interrupts_nothing(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    world.images[1].persons[0].start = [[0, 0, 0]] * 17
    world.images[1].persons[0].flags = []
    page = open_editor(world)
    for x in (100, 130):
        spot = page.evaluate("(x) => document.querySelector('pose-editor').screenAt(x, 200)", x)
        page.mouse.click(spot["x"], spot["y"])
    drag_by(page, screen(page, 100, "nose"), (20, 20))
    expect(page.get_by_text("Click to place the right eye")).to_be_visible()
    assert selected(page) == (100, "right_eye")


def test_an_image_ahead_whose_hold_was_lost_is_not_worked_on(world: Any, open_editor: Callable[..., Page]) -> None:
    world.lease_s = 0.9
    world.images[1].persons[1].state = "accepted"
    page = open_editor(world)
    wait(page, "ahead", "2")
    with page.expect_request("**/api/next*"):  # asked for another once image 2 was dropped
        world.images[2].done = True
        world.lost = {2}
    page.keyboard.press("Enter")
    wait(page, "image", "3")


def test_images_long_left_behind_free_their_memory(world: Any, open_editor: Callable[..., Page]) -> None:
    for image in world.images.values():
        image.persons[1].state = "accepted"
    page = open_editor(world)
    page.evaluate(
        "() => { window.freed = 0; const { close } = ImageBitmap.prototype;"
        " ImageBitmap.prototype.close = function () { window.freed += 1; close.call(this); }; }"
    )
    for image in range(1, 6):
        wait(page, "painted", str(image))
        wait(page, "status", "saved")
        page.keyboard.press("Enter")
    wait(page, "painted", "6")
    eventually(page, "window.freed === 1")


def test_a_screen_reader_hears_who_is_in_the_list_and_that_a_save_waits(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    expect(page.get_by_role("button", name="Person 1, 2 flags")).to_be_visible()
    world.down = True
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    expect(page.locator("pose-editor .live")).to_contain_text("The server is being restarted.")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    world.down = False
    try_now(page)
    expect(page.locator("pose-editor .live")).to_contain_text("Saved")


def test_a_hundred_persons_are_dragged_smoothly(open_editor: Callable[..., Page]) -> None:
    page = open_editor(World({1: drawn_image(1, persons=100, width=1600, height=1200, flags=3)}))
    page.evaluate(
        "() => { window.work = [];"
        " const stage = document.querySelector('pose-editor').shadowRoot.querySelector('.stage');"
        " stage.addEventListener('pointermove', () => { window.at = performance.now(); }, { capture: true });"
        " stage.addEventListener('pointermove', () => { window.work.push(performance.now() - window.at); }); }"
    )
    x, y = screen(page, 100, "left_wrist")
    drag_by(page, (x, y), (30, 20))
    work = sorted(page.evaluate("window.work"))
    assert work[len(work) // 2] <= 8, json.dumps(work)


def unplaced(world: Any) -> Any:
    """The first image's only open person, of whom nobody has placed or predicted anything."""
    first, second = world.images[1].persons
    first.start, first.origin, first.flags, first.ghosts = [[0, 0, 0]] * 17, "empty", [], {}
    second.state = "accepted"
    return first


def test_a_visibility_key_places_a_keypoint_at_the_pointer_and_the_next_one_waits(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    unplaced(world)
    page = open_editor(world)
    spot = page.evaluate("document.querySelector('pose-editor').screenAt(150, 120)")
    page.mouse.move(spot["x"], spot["y"])
    page.keyboard.press("1")
    assert point(page, 100, "nose") == pytest.approx([150, 120, 1], abs=0.6)
    expect(page.get_by_text("Click to place the left eye")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("button", name=re.compile("^left eye, absent"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^right eye, not placed"))).to_be_visible()


def test_the_hidden_button_is_remembered_for_the_next_click(world: Any, open_editor: Callable[..., Page]) -> None:
    unplaced(world)
    page = open_editor(world)
    page.get_by_role("group", name="Visibility").get_by_role("button", name="Hidden").click()
    expect(page.get_by_text("The next click places the nose hidden")).to_be_visible()
    assert point(page, 100, "nose") == [0, 0, 0]
    for x in (150, 170):
        spot = page.evaluate("(x) => document.querySelector('pose-editor').screenAt(x, 120)", x)
        page.mouse.click(spot["x"], spot["y"])
    assert point(page, 100, "nose") == pytest.approx([150, 120, 1], abs=0.6)
    assert point(page, 100, "left_eye") == pytest.approx([170, 120, 2], abs=0.6)


def test_stopped_placing_says_how_to_go_on(world: Any, open_editor: Callable[..., Page]) -> None:
    unplaced(world)
    page = open_editor(world)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Click a keypoint in the list, or press N, to go on placing", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("alert").filter(has_text="or press N, to go on placing; or press S to skip")
    ).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("Click to place the nose")).to_be_visible()


@pytest.mark.parametrize("save_waits_s", [0, 0.4])
def test_undo_takes_an_added_person_back_and_nothing_else(
    world: Any, open_editor: Callable[..., Page], save_waits_s: float
) -> None:
    page = open_editor(world)
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    world.save_waits_s = save_waits_s
    page.keyboard.press("f")
    page.keyboard.press("b")
    start = page.evaluate("document.querySelector('pose-editor').screenAt(10, 20)")
    drag_by(page, (start["x"], start["y"]), (60, 90))
    if not save_waits_s:
        wait(page, "person", "602")
    page.keyboard.press("z")
    wait(page, "person", "101")
    expect(page.get_by_text("Person 2 of 2")).to_be_visible()
    wait(page, "status", "saved")
    assert [path for path, _ in world.log] == ["accept", "persons", "not-a-person"]
    assert (world.persons[602].state, world.persons[100].state) == ("not_a_person", "accepted")
    page.keyboard.press("Enter")
    wait(page, "image", "2")


def test_edits_that_are_back_can_be_dropped_at_any_time(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    before = point(page, 100, "nose")
    drag_by(page, screen(page, 100, "nose"), (30, 0))
    page.reload()
    wait(page, "painted", "1")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Drop them").click()
    assert point(page, 100, "nose") == before
    expect(page.get_by_text("Your unsaved edits of")).to_be_hidden()
    wait(page, "status", "saved")


def test_a_pose_with_most_keypoints_flagged_is_in_doubt_as_a_whole(open_editor: Callable[..., Page]) -> None:
    page = open_editor(World({1: drawn_image(1, flags=10)}))
    expect(page.locator("pose-editor .flags")).to_contain_text("The whole pose is in doubt.")
    flag = page.locator("pose-editor .flag")
    expect(flag).to_have_count(1)
    first = flag.text_content()
    page.keyboard.press("Tab")
    expect(flag).not_to_have_text(first or "")
    expect(flag).to_have_attribute("aria-current", "true")


def test_many_flags_scroll_by_themselves_and_the_keypoints_stay_in_reach(open_editor: Callable[..., Page]) -> None:
    page = open_editor(World({1: drawn_image(1, flags=8)}))
    flags = page.locator("pose-editor .flags")
    assert flags.evaluate("(box) => box.clientHeight") < 150
    for _ in range(7):
        page.keyboard.press("Tab")
    current = page.locator("pose-editor .flag[aria-current=true]")
    eventually(
        page,
        "() => { const root = document.querySelector('pose-editor').shadowRoot;"
        " const box = root.querySelector('.flags');"
        " const row = box.querySelector('[aria-current=true]').getBoundingClientRect();"
        " return box.scrollTop > 0 && row.bottom <= box.getBoundingClientRect().bottom + 1; }",
    )
    expect(current).to_have_count(1)
    page.locator("pose-editor .scroll").evaluate("(panel) => panel.scrollTo(0, 400)")
    expect(page.get_by_text("Person 1 of 2")).to_be_in_viewport()


def test_on_a_laptop_several_flags_are_whole_and_the_panel_itself_never_scrolls(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor(World({1: drawn_image(1, flags=8, persons=4)}))
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_text("8 flags").first).to_be_visible()
    for _ in range(3):  # the first person, the second, the third
        whole, overflow, is_whole = page.evaluate(
            "() => { const root = document.querySelector('pose-editor').shadowRoot;"
            " const box = root.querySelector('.flags').getBoundingClientRect();"
            " const isWhole = (row) => { const at = row.getBoundingClientRect();"
            " return at.top >= box.top - 1 && at.bottom <= box.bottom + 1; };"
            " const [rows, panel] = [[...root.querySelectorAll('.flag')], root.querySelector('.scroll')];"
            " return [rows.filter(isWhole).length, panel.scrollHeight - panel.clientHeight,"
            " isWhole(root.querySelector('.flag[aria-current=true]'))]; }"
        )
        assert whole >= min(4, page.locator("pose-editor .flag").count())
        assert overflow <= 0 and is_whole
        page.keyboard.press("PageDown")


def test_the_images_to_do_are_counted_down_as_they_are_done(world: Any, open_editor: Callable[..., Page]) -> None:
    for image in world.images.values():
        image.persons[1].state = "accepted"
    page = open_editor(world)
    for image, left in ((1, 6), (2, 5), (3, 4)):
        wait(page, "image", str(image))
        expect(page.get_by_text(f"{left} images to do")).to_be_visible()
        wait(page, "ahead", "2")
        expect(page.get_by_text(f"{left} images to do")).to_be_visible()
        page.keyboard.press("Enter")
    wait(page, "image", "4")
    wait(page, "ahead", "2")
    wait(page, "status", "saved")
    page.keyboard.press("z")
    wait(page, "image", "3")
    expect(page.get_by_text("4 images to do")).to_be_visible()


def test_what_cannot_be_done_now_is_disabled(world: Any, open_editor: Callable[..., Page]) -> None:
    world.lets_next = 0
    page = open_editor(world, painted=False)
    expect(page.get_by_role("button", name="Accept person")).to_be_disabled()
    expect(page.get_by_role("button", name="Zoom in")).to_be_disabled()
    world.lets_next = 10**6
    wait(page, "painted", "1")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(undo).to_be_enabled()


def test_a_phone_shows_the_skip_menu_and_keeps_the_bars_height(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.set_viewport_size({"width": 390, "height": 844})
    bar = page.get_by_role("toolbar")
    heights = [bar.evaluate("(bar) => bar.clientHeight")]
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem", name="Other")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    world.down = True
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    heights.append(bar.evaluate("(bar) => bar.clientHeight"))
    assert heights[0] == heights[1]


def test_a_window_made_smaller_shows_the_person_whole_again(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.set_viewport_size({"width": 800, "height": 560})
    fits(page, 800)
    stage = page.locator("pose-editor .stage").bounding_box()
    assert stage
    for keypoint in ("nose", "left_ankle", "right_wrist"):
        x, y = screen(page, 100, keypoint)
        assert stage["x"] < x < stage["x"] + stage["width"]
        assert stage["y"] < y < stage["y"] + stage["height"]


def test_a_decided_person_shows_no_flags_and_the_keypoints_stay_where_they_were(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    grid = page.locator("pose-editor .grid")
    before = grid.bounding_box()
    expect(page.get_by_role("button", name=re.compile(", flagged$"))).to_have_count(2)
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    page.keyboard.press("PageUp")
    wait(page, "person", "100")
    expect(page.get_by_role("button", name=re.compile(", flagged$"))).to_have_count(0)
    assert grid.bounding_box() == before


def test_the_chosen_visibility_stays_readable_under_the_pointer(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    chosen = page.get_by_role("group", name="Visibility").get_by_role("button", name="Visible")
    expect(chosen).to_have_css("background-color", "rgb(31, 102, 209)")
    chosen.hover()
    expect(chosen).to_have_css("background-color", "rgb(31, 102, 209)")
