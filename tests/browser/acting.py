"""What browser tests do with the editor: wait for it, ask it where things are, drag with mouse and fingers."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Spot = tuple[float, float]


def wait(page: Page, name: str, value: str | re.Pattern[str]) -> None:
    """Wait until the editor's data-`name` is `value`."""
    expect(page.locator("pose-editor")).to_have_attribute(f"data-{name}", value, timeout=30_000)


def eventually(page: Page, script: str) -> None:
    """Wait until a script says yes. Playwright's own way needs eval, which the page forbids."""
    for _ in range(600):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {script}")


def fits(page: Page, width: int) -> None:
    """Wait until the canvases fit a window that wide: the editor hears of it frames later."""
    eventually(
        page,
        "() => { const root = document.querySelector('pose-editor').shadowRoot;"
        " const stage = root.querySelector('.stage'), canvas = root.querySelector('canvas');"
        f" return innerWidth === {width} && canvas.width === Math.round(stage.clientWidth * devicePixelRatio)"
        " && canvas.height === Math.round(stage.clientHeight * devicePixelRatio); }",
    )


def try_now(page: Page) -> None:
    """Press "Try now", even if the page has just tried by itself and put it away."""
    page.locator("pose-editor .status button").dispatch_event("click")


def person(page: Page, person_id: int) -> dict[str, Any]:
    """A person as the editor holds them."""
    found: dict[str, Any] = page.evaluate(
        "(id) => document.querySelector('pose-editor').desk.persons.find((one) => one.id === id)", person_id
    )
    return found


def pose(page: Page, person_id: int) -> list[list[float]]:
    """A person's keypoints: x, y, visibility."""
    xyv: list[list[float]] = person(page, person_id)["pose"]["xyv"]
    return xyv


def point(page: Page, person_id: int, keypoint: str) -> list[float]:
    """One keypoint's x, y, visibility."""
    names = page.evaluate("() => document.querySelector('pose-editor').desk.skeleton.keypoints")
    return pose(page, person_id)[names.index(keypoint)]


def everything(page: Page) -> str:
    """Every person's pose and box, digit for digit."""
    desk = page.evaluate("() => document.querySelector('pose-editor').desk.persons.map(({ pose, box }) => [pose, box])")
    return json.dumps(desk)


def selected(page: Page) -> tuple[int, str]:
    """The selected person's id and keypoint."""
    found = page.evaluate(
        "() => { const { desk } = document.querySelector('pose-editor');"
        " return [desk.persons[desk.person]?.id, desk.skeleton.keypoints[desk.keypoint]]; }"
    )
    return found[0], found[1]


def screen(page: Page, person_id: int, keypoint: str) -> Spot:
    """Where a keypoint is in the window."""
    spot = page.evaluate(
        "([id, name]) => document.querySelector('pose-editor').screenOf(id, name)", [person_id, keypoint]
    )
    return spot["x"], spot["y"]


def at(page: Page, x: float, y: float) -> Spot:
    """Where an image pixel is in the window."""
    spot = page.evaluate("([x, y]) => document.querySelector('pose-editor').screenAt(x, y)", [x, y])
    return spot["x"], spot["y"]


def drag(page: Page, start: Spot, end: Spot) -> None:
    """Drag with the mouse between two spots of the window."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def drag_by(page: Page, start: Spot, step: Spot) -> None:
    """Drag with the mouse by a step in the window."""
    drag(page, start, (start[0] + step[0], start[1] + step[1]))


def shown(page: Page) -> None:
    """Wait until what was done is painted: the editor paints in the next frame."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")


def back_to_the_first(page: Page) -> None:
    """Accept everybody in image 1, go on to image 2, and come back to the first one, which is done."""
    page.keyboard.press("Shift+Enter")
    wait(page, "image", "2")
    wait(page, "status", "saved")
    page.keyboard.press("j")
    page.get_by_role("menuitem", name="frame_00001.jpg").click()
    wait(page, "image", "1")


class Fingers:
    """Fingers on the screen, as the browser itself hears of them."""

    def __init__(self, page: Page) -> None:
        self._wire = page.context.new_cdp_session(page)

    def down(self, *spots: Spot) -> None:
        """Put fingers down at these spots, all that are on the screen."""
        self._send("touchStart", spots)

    def move(self, *spots: Spot) -> None:
        """Move them there."""
        self._send("touchMove", spots)

    def up(self, *left: Spot) -> None:
        """Lift them; `left`: those that stay."""
        self._send("touchEnd", left)

    def _send(self, kind: str, spots: Sequence[Spot]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(spots)]
        self._wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
