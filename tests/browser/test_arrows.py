"""Arrow keys beside a mouse that rests on the image: they place and move keypoints, and never look at the pointer."""

import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import Fingers, at, person, point, pose, selected

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]
POINTER = (150.0, 120.0)


@pytest.fixture
def world() -> Any:
    """One image; of its two persons the first is to be placed from nothing."""
    image = drawn_image(1)
    first, second = image.persons
    first.start, first.origin, first.flags, first.ghosts = [[0, 0, 0]] * 17, "empty", [], {}
    second.state = "accepted"
    return World({1: image, 2: drawn_image(2)})


def far(one: Any, two: Any) -> float:
    """How far apart two spots are, in image pixels."""
    return math.hypot(one[0] - two[0], one[1] - two[1])


def test_seventeen_keypoints_by_arrows_under_a_resting_mouse_lie_on_seventeen_spots(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.mouse.move(*at(page, *POINTER))
    for name in world.skeleton.keypoints:
        assert selected(page) == (100, name)
        page.keyboard.press("ArrowRight")
        begun = point(page, 100, name)
        page.keyboard.press("ArrowRight")
        assert point(page, 100, name) == pytest.approx([begun[0] + 1, begun[1], 2], abs=0.02)
        page.keyboard.press("n")
    spots = pose(page, 100)
    assert all(spot[2] == 2 and far(spot, POINTER) > 1 for spot in spots)
    assert min(far(a, b) for i, a in enumerate(spots) for b in spots[:i]) > 1
    page.keyboard.press("Enter")
    expect(page.locator("pose-editor")).to_have_attribute("data-image", "2")


@pytest.mark.parametrize("keys", [["f"], ["+", "+"], ["u"], ["c", "-"]], ids=" ".join)
def test_an_arrow_places_at_the_same_spot_however_the_view_lies(
    keys: list[str], world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.mouse.move(*at(page, *POINTER))
    for key in keys:
        page.keyboard.press(key)
    page.mouse.wheel(0, -200)
    page.keyboard.press("Shift+ArrowUp")
    box = person(page, 100)["box"]
    assert point(page, 100, "nose") == pytest.approx(
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 2], abs=0.02
    )
    assert selected(page) == (100, "nose")


def test_an_arrow_held_down_places_one_keypoint_and_moves_it(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.mouse.move(*at(page, *POINTER))
    page.keyboard.down("ArrowRight")
    begun = point(page, 100, "nose")
    for _ in range(20):
        page.keyboard.down("ArrowRight")  # as a key held down repeats
    page.keyboard.up("ArrowRight")
    assert point(page, 100, "nose") == pytest.approx([begun[0] + 20, begun[1], 2], abs=0.02)
    assert [spot[2] for spot in pose(page, 100)] == [2] + [0] * 16


def test_visibility_keys_under_a_resting_mouse_place_one_keypoint_there_and_no_second(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.mouse.move(*at(page, *POINTER))
    for key in ("2", "1", "n", "v", "n", "2"):
        page.keyboard.press(key)
    placed = [spot for spot in pose(page, 100) if spot[2]]
    assert [far(spot, POINTER) < 0.6 for spot in placed] == [True, False, False, False]
    assert min(far(a, b) for i, a in enumerate(placed) for b in placed[:i]) > 1


def test_with_the_box_tool_on_no_key_places_a_keypoint(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    for tool in ("b", "Shift+B"):
        page.keyboard.press(tool)
        page.mouse.move(*at(page, *POINTER))
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Escape")
    assert [spot[2] for spot in pose(page, 100)] == [0] * 17
    assert world.log == []


def test_an_arrow_after_a_tap_of_a_finger_moves_the_keypoint_that_is_selected(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world, has_touch=True)
    fingers = Fingers(page)
    fingers.down(at(page, *POINTER))
    fingers.up()
    assert point(page, 100, "nose") == pytest.approx([*POINTER, 2], abs=1)
    page.keyboard.press("ArrowDown")
    assert far(point(page, 100, "left_eye"), POINTER) > 1
    assert selected(page) == (100, "left_eye")


def test_an_arrow_moves_what_is_selected_and_not_what_the_mouse_is_over(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(World({1: drawn_image(1), 2: drawn_image(2)}))
    page.locator('pose-editor .cell[data-keypoint="5"]').click()
    before = pose(page, 100)
    spot = page.evaluate("document.querySelector('pose-editor').screenOf(100, 'left_knee')")
    page.mouse.move(spot["x"], spot["y"])
    page.keyboard.press("ArrowRight")
    changed = [i for i, (one, two) in enumerate(zip(before, pose(page, 100), strict=True)) if one != two]
    assert changed == [5]
