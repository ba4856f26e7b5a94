"""The cameras' page as a lead uses it: look, drag, nudge, undo, save, also with a finger."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from db.pool import cameras
from db.store.session import open_store
from tests.browser.acting import eventually

pytestmark = pytest.mark.browser
LENS = "camera-lenses svg"


def circle(page: Page) -> list[float]:
    """Centre x, centre y and radius as drawn, in image pixels."""
    told = page.locator(LENS).get_attribute("data-lens")
    assert told is not None
    return [float(part) for part in told.split()]


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where an image pixel lies on the screen."""
    at = page.locator(LENS).evaluate(
        "(svg, [x, y]) => { const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()); return [at.x, at.y]; }",
        [x, y],
    )
    return float(at[0]), float(at[1])


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one image pixel to another."""
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=4)
    page.mouse.up()


@pytest.fixture
def page(sign_in: Callable[[str], Page], running_app: Any) -> Page:
    """The cameras' page, open at its first camera."""
    opened = sign_in("lead")
    opened.goto(f"{running_app.url}/cameras/")
    opened.wait_for_selector("camera-lenses[data-state=saved]")
    opened.locator("camera-lenses .cameras button").first.click()
    return opened


def test_a_lead_drags_nudges_undoes_and_saves_a_circle(page: Page, running_app: Any) -> None:
    x, y, radius = circle(page)
    drag(page, (x, y), (x + 20, y - 10))
    assert circle(page) == pytest.approx([x + 20, y - 10, radius], abs=2)
    x, y, _ = circle(page)
    drag(page, (x + radius * 0.8, y + radius * 0.6), (x + (radius - 40) * 0.8, y + (radius - 40) * 0.6))
    assert circle(page) == pytest.approx([x, y, radius - 40], abs=2)
    before = circle(page)
    for key in ("ArrowRight", "Shift+ArrowDown", "+"):
        page.keyboard.press(key)
    assert circle(page) == pytest.approx([before[0] + 1, before[1] + 10, before[2] + 1], abs=0.02)
    expect(page.locator("camera-lenses .said")).to_have_text("Not saved yet.")
    wanted = circle(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("camera-lenses .said")).to_have_text("Saved.")
    page.keyboard.press("Shift+ArrowLeft")
    page.get_by_label("Radius in pixels").fill("99")
    page.get_by_role("button", name="Undo", exact=True).click()
    assert circle(page) == pytest.approx(wanted, abs=0.02)
    store = open_store(f"sqlite:///{running_app.home / 'store.db'}")
    with store.reading() as tx:
        kept = cameras.list_cameras(tx)[0]
    store.close()
    assert kept.lens is not None
    assert kept.lens.circle.x == pytest.approx(wanted[0], abs=0.01)
    assert kept.lens_source == "set"


def test_a_camera_can_be_no_fisheye_and_one_again(page: Page) -> None:
    page.get_by_label("Not a fisheye").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("camera-lenses .where")).to_contain_text("not a fisheye")
    page.get_by_label("Fisheye", exact=True).check()
    page.get_by_role("button", name="Find again").click()
    expect(page.locator("camera-lenses .said")).to_contain_text("of the rim are seen", timeout=60_000)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("camera-lenses .said")).to_have_text("Saved.")


def test_the_cameras_page_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    eventually(page, "document.documentElement.scrollWidth <= 390")
    picture = page.locator(LENS).bounding_box()
    assert picture is not None
    assert picture["width"] > 300


def test_an_annotator_is_not_let_into_the_cameras_page(sign_in: Callable[[str], Page], running_app: Any) -> None:
    answered = sign_in("annotator").goto(f"{running_app.url}/cameras/")
    assert answered is not None
    assert answered.status == 403
