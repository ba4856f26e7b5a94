"""The upright view in headless Chromium: persons stand on their feet on the screen, and no coordinate knows of it."""

import math
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import at, drag, eventually, everything, screen, wait

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]

LENS = {"x": 330.0, "y": 500.0, "radius": 480.0}
ELBOW = 7


@pytest.fixture
def world() -> Any:
    """Two images of two persons, the lens's middle under their feet: one leans to the left, one to the right."""
    return World({i: drawn_image(i) for i in range(1, 3)}, lens=LENS)


def turn(page: Page) -> float:
    """Degrees by which the screen shows the image turned, clockwise."""
    (x0, y0), (x1, y1) = at(page, 0, 0), at(page, 100, 0)
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def own_turn(person: Any) -> float:
    """Degrees that put this person's head up."""
    box = person.box
    x, y = box["x"] + box["width"] / 2 - LENS["x"], box["y"] + box["height"] / 2 - LENS["y"]
    return -math.degrees(math.atan2(x, -y))


def into_image(page: Page, spot: tuple[float, float]) -> tuple[float, float]:
    """The image pixel under a spot of the window, worked out apart from the editor's own inverse."""
    (x0, y0), (x1, y1) = at(page, 0, 0), at(page, 1000, 0)
    along = complex(x1 - x0, y1 - y0) / 1000
    found = complex(spot[0] - x0, spot[1] - y0) / along
    return found.real, found.imag


def test_each_person_is_turned_head_up_and_the_panel_says_by_how_much(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    for person in world.images[1].persons:
        assert turn(page) == pytest.approx(own_turn(person), abs=1e-6)
        degrees = abs(round(own_turn(person)))
        assert degrees > 5
        expect(page.get_by_text(f"Turned {degrees}°: who stands here is upright")).to_be_visible()
        page.keyboard.press("PageDown")


def test_a_keypoint_dragged_in_the_turned_view_is_accepted_where_it_was_put(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.mouse.move(*screen(page, 100, "left_elbow"))
    scale = math.dist(at(page, 0, 0), at(page, 1, 0))
    page.mouse.wheel(0, -300)
    eventually(
        page,
        "() => { const e = document.querySelector('pose-editor'), a = e.screenAt(0, 0), b = e.screenAt(1, 0);"
        f" return Math.hypot(b.x - a.x, b.y - a.y) > {1.2 * scale}; }}",
    )
    x, y = screen(page, 100, "left_elbow")
    before = world.images[1].persons[0].start[ELBOW]
    end = (x + 83, y - 57)
    meant = into_image(page, end)
    (grip_x, grip_y), grip = into_image(page, (x, y)), before
    drag(page, (x, y), end)
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    xyv = world.saves("accept")[0]["xyv"]
    assert xyv[ELBOW][:2] == pytest.approx([meant[0] + grip[0] - grip_x, meant[1] + grip[1] - grip_y], abs=0.01)
    others = [row for i, row in enumerate(xyv) if i != ELBOW]
    assert others == [row for i, row in enumerate(world.images[1].persons[0].start) if i != ELBOW]


def test_switching_the_upright_view_changes_no_coordinate_and_is_remembered(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    before = everything(page)
    page.keyboard.press("u")
    assert turn(page) == 0
    expect(page.get_by_text("Shown as the camera took it", exact=True)).to_be_visible()
    assert everything(page) == before
    page.reload()
    wait(page, "painted", "1")
    assert turn(page) == 0
    page.get_by_role("button", name="Upright view").click()
    assert turn(page) == pytest.approx(own_turn(world.images[1].persons[0]), abs=1e-6)
    assert everything(page) == before
    wait(page, "status", "saved")


def test_the_whole_image_is_never_turned_and_a_click_in_it_turns_nothing(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    page.keyboard.press("f")
    assert turn(page) == 0
    expect(page.get_by_text("Not turned: C turns to the person")).to_be_visible()
    page.mouse.click(*screen(page, 101, "left_hip"))
    wait(page, "person", "101")
    assert turn(page) == 0
    page.keyboard.press("c")
    assert turn(page) == pytest.approx(own_turn(world.images[1].persons[1]), abs=1e-6)


def test_a_click_on_another_person_turns_the_view_under_the_pointer(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    for _ in range(4):
        page.keyboard.press("-")
    spot = screen(page, 101, "left_hip")
    page.mouse.click(*spot)
    wait(page, "person", "101")
    assert turn(page) == pytest.approx(own_turn(world.images[1].persons[1]), abs=1e-6)
    assert screen(page, 101, "left_hip") == pytest.approx(spot, abs=0.01)


def test_arrow_keys_move_along_the_screen_by_just_so_many_image_pixels(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    name = world.skeleton.keypoints[world.images[1].persons[0].flags[0]["keypoint"]]
    x, y = screen(page, 100, name)
    start = into_image(page, (x, y))
    page.keyboard.press("Shift+ArrowUp")
    up = screen(page, 100, name)
    assert up[0] == pytest.approx(x, abs=1e-4) and up[1] < y
    assert math.dist(start, into_image(page, up)) == pytest.approx(10, abs=1e-5)
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    assert screen(page, 100, name) == pytest.approx((x, y), abs=1e-4)


def test_a_box_drawn_in_the_turned_view_holds_what_was_dragged_around_and_no_more(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    stage = page.locator("pose-editor .stage").bounding_box()
    assert stage
    start = (stage["x"] + stage["width"] / 2 - 40, stage["y"] + 120)
    end = (start[0] + 150, start[1] + 260)
    scale = math.dist(at(page, 0, 0), at(page, 1, 0))
    page.keyboard.press("b")
    drag(page, start, end)
    wait(page, "status", "saved")
    box = world.saves("persons")[0]["box"]
    assert box["angle"] == pytest.approx(-own_turn(world.images[1].persons[0]), abs=0.01)
    assert (box["width"], box["height"]) == pytest.approx((150 / scale, 260 / scale), abs=0.1)


def test_an_ordinary_camera_is_not_turned_and_the_switch_says_why(open_editor: Callable[..., Page]) -> None:
    page = open_editor(World({1: drawn_image(1)}))
    assert turn(page) == 0
    button = page.get_by_role("button", name="Upright view")
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("title", re.compile("not a fisheye"))
    expect(page.get_by_text("Not turned")).to_be_hidden()
    before = everything(page)
    page.keyboard.press("u")
    expect(page.get_by_role("alert").filter(has_text="not a fisheye")).to_be_visible()
    assert (turn(page), everything(page)) == (0, before)


def test_two_fingers_zoom_a_turned_image_where_they_are(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world, has_touch=True)
    stage = page.locator("pose-editor .stage").bounding_box()
    assert stage
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    before, scale = into_image(page, (x, y)), math.dist(at(page, 0, 0), at(page, 1, 0))
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, apart: float) -> None:
        spots = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}] if apart else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    fingers("touchStart", 60)
    for apart in (80, 100, 120):
        fingers("touchMove", apart)
    fingers("touchEnd", 0)
    assert math.dist(at(page, 0, 0), at(page, 1, 0)) > 1.5 * scale
    assert math.dist(into_image(page, (x, y)), before) < 0.5
    assert turn(page) == pytest.approx(own_turn(world.images[1].persons[0]), abs=1e-6)
