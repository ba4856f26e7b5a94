"""The editor under fingers, on a phone: aiming with the loupe, pinching, panning, and buttons in place of keys."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import Fingers, Spot, at, everything, person, point, screen, shown, wait

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture
def world() -> Any:
    """Two drawn images of two persons each."""
    return World({i: drawn_image(i) for i in range(1, 3)})


@pytest.fixture
def phone(world: Any, open_editor: Callable[..., Page]) -> Page:
    """The editor on a phone."""
    return open_editor(world, **PHONE)


def nobody_placed(world: Any) -> Any:
    """The first image's only open person, of whom nothing is placed or predicted."""
    first, second = world.images[1].persons
    first.start, first.origin, first.flags, first.ghosts = [[0, 0, 0]] * 17, "empty", [], {}
    second.state = "accepted"
    return first


def loupe(page: Page) -> Any:
    """Where the loupe stands, as the editor says it; None while there is none."""
    shown(page)
    canvas = page.locator('pose-editor canvas[data-ref="loupe"]')
    return canvas.bounding_box() if canvas.is_visible() else None


def stage(page: Page) -> dict[str, float]:
    """The stage's place in the window."""
    box = page.locator("pose-editor .stage").bounding_box()
    assert box
    return {"left": box["x"], "top": box["y"], "right": box["x"] + box["width"], "bottom": box["y"] + box["height"]}


def test_a_dragged_keypoint_moves_with_the_finger_and_is_seen_magnified_beside_it(phone: Page) -> None:
    x, y = screen(phone, 100, "left_knee")
    fingers = Fingers(phone)
    fingers.down((x + 6, y + 8))
    fingers.move((x + 20, y + 8))
    fingers.move((x + 36, y - 10))
    found = loupe(phone)
    assert found, "the loupe shows while the finger is down"
    finger = (x + 36, y - 10)
    inside = found["x"] <= finger[0] <= found["x"] + found["width"] and (
        found["y"] <= finger[1] <= found["y"] + found["height"]
    )
    assert not inside, "never under the finger"
    assert screen(phone, 100, "left_knee") == pytest.approx((x + 30, y - 18), abs=1.0)
    fingers.up()
    assert loupe(phone) is None


def test_a_keypoint_is_aimed_with_the_finger_down_and_placed_where_it_is_lifted(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    first = nobody_placed(world)
    page = open_editor(world, **PHONE)
    fingers = Fingers(page)
    x, y = at(page, 200, 200)
    fingers.down((x, y))
    fingers.move((x + 14, y))
    fingers.move((x + 40, y + 20))
    assert loupe(page)
    assert point(page, first.id, "nose")[2] == 0, "nothing is placed before the finger is lifted"
    fingers.up()
    assert screen(page, first.id, "nose") == pytest.approx((x + 40, y + 20), abs=1.0)
    expect(page.locator("pose-editor .hint")).to_contain_text("left eye")


def test_a_second_finger_gives_aiming_up_and_moves_the_image(world: Any, open_editor: Callable[..., Page]) -> None:
    first = nobody_placed(world)
    page = open_editor(world, **PHONE)
    fingers = Fingers(page)
    x, y = at(page, 200, 200)
    before = at(page, 0, 0)
    fingers.down((x, y))
    fingers.move((x + 20, y))
    fingers.down((x + 20, y), (x + 90, y))
    fingers.move((x + 50, y + 30), (x + 120, y + 30))
    fingers.up()
    assert point(page, first.id, "nose")[2] == 0
    after = at(page, 0, 0)
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((30, 30), abs=2)


def test_two_fingers_zoom_where_they_are_and_move_no_keypoint(phone: Page) -> None:
    before = everything(phone)
    area = stage(phone)
    middle: Spot = ((area["left"] + area["right"]) / 2, (area["top"] + area["bottom"]) / 2)
    one, two = screen(phone, 100, "left_shoulder"), screen(phone, 100, "right_hip")
    apart = abs(one[1] - two[1])
    fingers = Fingers(phone)
    fingers.down((middle[0] - 30, middle[1]), (middle[0] + 30, middle[1]))
    for wide in (40, 50, 60):
        fingers.move((middle[0] - wide, middle[1]), (middle[0] + wide, middle[1]))
    fingers.up()
    one, two = screen(phone, 100, "left_shoulder"), screen(phone, 100, "right_hip")
    assert abs(one[1] - two[1]) == pytest.approx(2 * apart, rel=0.05)
    assert everything(phone) == before


def test_a_box_is_pulled_by_a_finger_near_its_corner(phone: Page) -> None:
    phone.get_by_role("button", name="Change the box").tap()
    box = person(phone, 100)["box"]
    x, y = at(phone, box["x"] + box["width"], box["y"] + box["height"])
    fingers = Fingers(phone)
    fingers.down((x + 12, y + 12))
    fingers.move((x + 20, y + 12))
    fingers.move((x + 40, y + 22))
    fingers.up()
    after = person(phone, 100)["box"]
    assert (after["x"], after["y"]) == (box["x"], box["y"])
    assert after["width"] > box["width"]


def test_a_person_is_corrected_and_accepted_by_taps_alone(world: Any, phone: Page) -> None:
    first = world.images[1].persons[0]
    phone.get_by_role("button", name=first.flags[1]["reason"]).tap()
    phone.get_by_role("button", name="Hidden").tap()
    phone.get_by_role("button", name="Accept person").tap()
    wait(phone, "person", "101")
    wait(phone, "status", "saved")
    (saved,) = world.saves("accept")
    assert saved["xyv"][first.flags[1]["keypoint"]][2] == 1


def test_the_page_fits_a_phone_and_every_button_is_large_enough_for_a_finger(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    small = phone.evaluate(
        "() => [...document.querySelector('pose-editor').shadowRoot.querySelectorAll('button')]"
        ".filter((one) => one.checkVisibility()).map((one) => [one.getAttribute('aria-label') || one.textContent,"
        " one.getBoundingClientRect()]).filter(([, r]) => r.width && Math.min(r.width, r.height) < 44)"
        ".map(([name, r]) => [name, Math.round(r.width), Math.round(r.height)])"
    )
    assert small == []
