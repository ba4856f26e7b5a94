"""The editor's tools in headless Chromium: sides, copying, starting again, and what moves as a whole."""

import cmath
import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import (
    Spot,
    at,
    back_to_the_first,
    drag,
    eventually,
    everything,
    person,
    pose,
    screen,
    selected,
    wait,
)

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]
COCO = World({}).skeleton


@pytest.fixture
def world() -> Any:
    """Three drawn images of two persons each."""
    return World({i: drawn_image(i) for i in range(1, 4)})


def index(name: str) -> int:
    """A keypoint's place in the skeleton."""
    return int(COCO.keypoints.index(name))


def select(page: Page, name: str) -> None:
    """Choose a keypoint in the panel's list."""
    cell = page.locator(f'pose-editor .cell[data-keypoint="{index(name)}"]')
    cell.click()
    expect(cell).to_have_attribute("aria-current", "true")


def middle_of_box(page: Page, person_id: int) -> Spot:
    """The middle of a person's box, in the window."""
    box = person(page, person_id)["box"]
    return at(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_one_key_swaps_the_sides_of_the_selected_limb_and_only_of_it(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before = pose(page, 100)
    select(page, "left_wrist")
    page.keyboard.press("i")
    arm = [index(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "elbow", "wrist")]
    partner = COCO.mirror
    expected = [before[partner[i]] if i in arm else before[i] for i in range(17)]
    assert pose(page, 100) == expected
    page.keyboard.press("z")
    assert pose(page, 100) == before


def test_the_whole_person_is_swapped_and_swapped_back(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    before = pose(page, 100)
    page.keyboard.press("Shift+I")
    assert pose(page, 100) == [before[i] for i in COCO.mirror]
    page.keyboard.press("Shift+I")
    assert pose(page, 100) == before


def test_a_middle_keypoint_has_no_limb_and_says_what_to_do(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    before = pose(page, 100)
    select(page, "nose")
    page.keyboard.press("i")
    expect(page.locator("pose-editor .notice")).to_contain_text("has no left or right")
    assert pose(page, 100) == before


def test_sides_that_both_networks_see_the_other_way_round_are_pointed_out_and_swapped_by_a_click(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    first = world.images[1].persons[0]
    arm = [index(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "elbow", "wrist")]
    right = list(first.start)
    first.start = [right[COCO.mirror[i]] if i in arm else right[i] for i in range(17)]
    page = open_editor(world)
    hint = page.get_by_role("button", name="Left and right swapped? The networks see shoulder, elbow, wrist")
    hint.click()
    assert pose(page, 100) == right
    expect(hint).to_have_count(0)


def test_a_mirrored_pose_is_mirrored_about_its_middle_with_sides_exchanged_and_twice_is_as_it_was(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before = pose(page, 100)
    page.keyboard.press("Shift+M")
    after = pose(page, 100)
    middle = sum(row[0] for row in before) / 17
    for i, partner in enumerate(COCO.mirror):
        assert after[partner][0] == pytest.approx(2 * middle - before[i][0], abs=0.02)
        assert after[partner][1] == pytest.approx(before[i][1], abs=0.02)
    page.keyboard.press("Shift+M")
    assert all(a == pytest.approx(b, abs=0.02) for a, b in zip(pose(page, 100), before, strict=True))


def test_dragging_beside_the_keypoints_never_moves_the_skeleton_until_its_tool_is_on(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before = everything(page)
    x, y = middle_of_box(page, 100)
    drag(page, (x + 4, y + 46), (x + 60, y + 80))
    assert everything(page) == before
    page.keyboard.press(",")
    expect(page.locator("pose-editor .notice")).to_contain_text("Nothing moves as a whole by accident")
    assert everything(page) == before


def test_with_the_pose_tool_a_drag_inside_moves_all_keypoints_alike_and_no_box(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before, box = pose(page, 100), person(page, 100)["box"]
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Move, turn, scale the whole pose")).to_have_attribute(
        "aria-pressed", "true"
    )
    x, y = middle_of_box(page, 100)
    one, two = at(page, 0, 0), at(page, 1, 0)
    scale = two[0] - one[0]
    drag(page, (x, y), (x + 20, y - 12))
    steps = [(a[0] - b[0], a[1] - b[1]) for a, b in zip(pose(page, 100), before, strict=True)]
    assert all(step == pytest.approx((20 / scale, -12 / scale), abs=0.05) for step in steps)
    assert person(page, 100)["box"] == box
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move, turn, scale the whole pose")).to_have_attribute(
        "aria-pressed", "false"
    )
    page.keyboard.press("z")
    assert pose(page, 100) == before, "one drag, one step of undo"


def test_the_whole_pose_is_turned_and_scaled_by_keys_and_back(open_editor: Callable[..., Page]) -> None:
    page = open_editor(World({1: drawn_image(1, flags=0)}))
    before = pose(page, 100)

    def span() -> float:
        a, b = pose(page, 100)[5][:2], pose(page, 100)[16][:2]
        return math.dist(a, b)

    width = span()
    page.keyboard.press("m")
    for _ in range(3):
        page.keyboard.press(".")
    assert span() == pytest.approx(width, abs=0.02)
    now = pose(page, 100)
    trunk, was = (complex(rows[11][0] - rows[5][0], rows[11][1] - rows[5][1]) for rows in (now, before))
    assert math.degrees(cmath.phase(trunk / was)) == pytest.approx(6, abs=0.05)
    page.keyboard.press("Alt+ArrowDown")
    assert span() == pytest.approx(1.02 * width, abs=0.05)
    for _ in range(3):
        page.keyboard.press(",")
    page.keyboard.press("Alt+ArrowUp")
    assert all(a == pytest.approx(b, abs=0.02) for a, b in zip(pose(page, 100), before, strict=True))


def test_the_box_is_changed_by_its_handles_alone_and_saved_with_the_decision(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    keypoints, box = pose(page, 100), person(page, 100)["box"]
    page.keyboard.press("Shift+B")
    corner = at(page, box["x"] + box["width"], box["y"] + box["height"])
    drag(page, corner, (corner[0] + 30, corner[1] + 10))
    after = person(page, 100)["box"]
    assert (after["x"], after["y"]) == (box["x"], box["y"]), "the opposite corner stays"
    assert after["width"] > box["width"] + 2
    assert pose(page, 100) == keypoints
    wait(page, "status", "draft")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    (saved,) = world.saves("accept")
    assert saved["box"] == after
    assert saved["xyv"] == [list(row) for row in keypoints]


def test_a_box_is_turned_by_its_round_handle_and_by_keys_and_sized_in_its_own_axes(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    box = person(page, 100)["box"]
    page.keyboard.press("Shift+B")
    for _ in range(5):
        page.keyboard.press(".")
    assert person(page, 100)["box"]["angle"] == 10
    page.keyboard.press("Alt+Shift+ArrowRight")
    turned = person(page, 100)["box"]
    assert turned["width"] == pytest.approx(box["width"] + 10, abs=0.02)
    page.keyboard.press("ArrowLeft")
    assert person(page, 100)["box"]["x"] == pytest.approx(turned["x"] - 1, abs=0.02)
    for _ in range(7):
        page.keyboard.press("z")
    assert person(page, 100)["box"] == box
    wait(page, "status", "saved")


def test_a_decision_with_an_unchanged_box_sends_none(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    assert "box" not in world.saves("accept")[0]


def test_a_cleared_keypoint_is_placed_again_by_the_next_click(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    select(page, "left_elbow")
    spot = screen(page, 100, "left_elbow")
    page.keyboard.press("Delete")
    expect(page.locator('pose-editor .cell[aria-label="left elbow, not placed"]')).to_have_count(1)
    page.mouse.click(spot[0] + 6, spot[1])
    assert screen(page, 100, "left_elbow") == pytest.approx((spot[0] + 6, spot[1]), abs=0.6)


def test_accept_asks_before_it_takes_cleared_keypoints_for_absent(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("Shift+Delete")
    page.keyboard.press("Enter")
    expect(page.locator("pose-editor .notice")).to_contain_text("Place the nose first")
    page.keyboard.press("z")
    page.keyboard.press("Enter")
    wait(page, "person", "101")


def test_a_person_starts_again_from_nothing_from_a_label_or_from_the_prediction(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    first = world.images[1].persons[0]
    first.label = [[x + 7, y, 2] for x, y, _ in first.start]
    page = open_editor(world)
    assert pose(page, 100) == first.label
    page.keyboard.press("a")
    page.get_by_role("menuitem", name="The prediction of").click()
    assert pose(page, 100) == first.start
    page.keyboard.press("a")
    page.get_by_role("menuitem", name="Nothing placed").click()
    assert not any(row[2] for row in pose(page, 100))
    page.keyboard.press("a")
    page.keyboard.press("1")
    assert pose(page, 100) == first.label
    for _ in range(3):
        page.keyboard.press("z")
    assert pose(page, 100) == first.label
    wait(page, "status", "saved")


def test_the_same_person_is_copied_from_the_previous_frame_and_moved_with_their_box(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    first, second = world.images[1].persons
    shifted = [[x - 5, y + 3, 1] for x, y, _ in first.start]
    box = {**first.box, "x": first.box["x"] - 5, "y": first.box["y"] + 3}
    world.previous = {
        "file_name": "hall/0000.jpg",
        "frame": 0,
        "persons": [
            {"id": 7, "box": second.box, "xyv": second.start, "from": "label"},
            {"id": 8, "box": box, "xyv": shifted, "from": "label"},
        ],
    }
    page = open_editor(world)
    page.keyboard.press("d")
    expect(page.locator("pose-editor .notice")).to_contain_text("Copied from hall/0000.jpg")
    assert [row[2] for row in pose(page, 100)] == [1] * 17
    assert all(a[:2] == pytest.approx(b[:2], abs=0.05) for a, b in zip(pose(page, 100), list(first.start), strict=True))
    page.keyboard.press("z")
    assert pose(page, 100) == first.start


def test_without_an_earlier_pose_copying_says_so(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    before = everything(page)
    page.keyboard.press("d")
    expect(page.locator("pose-editor .notice")).to_contain_text("No earlier frame of this camera has a pose to copy")
    assert everything(page) == before


def test_one_key_accepts_everybody_and_one_undo_takes_it_back(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("Shift+Enter")
    wait(page, "image", "2")
    wait(page, "status", "saved")
    assert [body["person_id"] for body in world.saves("accept")] == [100, 101]
    page.keyboard.press("z")
    wait(page, "image", "1")
    wait(page, "status", "draft")
    assert [one.state for one in world.images[1].persons] == ["open", "open"]
    page.keyboard.press("Shift+Z")
    wait(page, "image", "2")
    wait(page, "status", "saved")
    assert [one.state for one in world.images[1].persons] == ["accepted", "accepted"]


def test_skipping_for_another_reason_asks_for_it_in_words(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("s")
    page.keyboard.press("5")
    page.keyboard.type("behind a glass door")
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    assert world.saves("skip")[0]["reason"] == "other: behind a glass door"
    page.keyboard.press("PageUp")
    expect(page.locator("pose-editor .score").first).to_contain_text("Skipped: other: behind a glass door")


def test_nobody_here_is_taken_back_like_anything_else(world: Any, open_editor: Callable[..., Page]) -> None:
    world.images[1].persons.clear()
    page = open_editor(world)
    page.keyboard.press("e")
    wait(page, "image", "2")
    wait(page, "status", "saved")
    assert world.images[1].done
    page.keyboard.press("z")
    wait(page, "image", "1")
    wait(page, "status", "saved")
    assert not world.images[1].done


def test_with_everybody_decided_the_key_for_all_finishes_the_tool_as_enter_does(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    world.images[1].persons.clear()
    page = open_editor(world)
    page.keyboard.press("b")
    page.keyboard.press("Shift+Enter")
    eventually(page, "typeof document.querySelector('pose-editor').desk.persons[0]?.id === 'number'")
    (added,) = world.saves("persons")
    assert (added["image_id"], selected(page)[0]) == (1, world.images[1].persons[0].id)


def test_an_image_is_opened_by_its_address_at_the_person_asked_for(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world, path="?image=3&person=301")
    wait(page, "image", "3")
    assert selected(page)[0] == 301
    page.keyboard.press("Shift+Enter")
    wait(page, "image", "1")
    eventually(page, "() => !location.search")


def test_an_address_of_an_image_that_is_not_there_says_so_and_the_queue_goes_on(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world, path="?image=99", painted=False)
    wait(page, "phase", "error")
    expect(page.locator("pose-editor .card")).to_contain_text("99")
    page.get_by_role("button", name="Take the next image").click()
    wait(page, "image", "1")


def test_the_last_images_are_a_key_away(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    back_to_the_first(page)
    page.keyboard.press("r")
    wait(page, "status", "draft")
    assert world.images[1].persons[0].state == "open"


def test_a_box_is_added_and_sized_without_a_mouse(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    eventually(page, "() => document.querySelector('pose-editor').desk.persons.length === 3")
    page.keyboard.press("Alt+Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    wait(page, "status", "draft")
    box = page.evaluate("() => document.querySelector('pose-editor').desk.persons[2].box")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    eventually(page, "() => document.querySelector('pose-editor').desk.persons[2].state === 'accepted'")
    wait(page, "status", "saved")
    assert world.saves("accept")[0]["box"] == box


def test_next_open_and_next_accepted_persons_are_a_key_each(world: Any, open_editor: Callable[..., Page]) -> None:
    world.images[1].persons[1].state = "accepted"
    page = open_editor(world)
    page.keyboard.press("Shift+O")
    assert selected(page)[0] == 101
    page.keyboard.press("o")
    assert selected(page)[0] == 100
