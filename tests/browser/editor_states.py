"""The states that the editor can be in, each brought about on its stand-in server."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.acting import wait

FakePerson = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))["FakePerson"]
State = Callable[[Page, Any], None]
"""Brings an editor, open at the world's first image, into a state."""


def somebody_to_place() -> Any:
    """A person of whom nothing is known but the box."""
    box = {"x": 40.0, "y": 60.0, "width": 120.0, "height": 240.0, "angle": 0.0}
    return FakePerson(900, box, [[0.0, 0.0, 0]] * 17, origin="empty")


def shows_image(page: Page, world: Any) -> None:
    """The editor as an annotator finds it."""


def shows_help(page: Page, world: Any) -> None:
    """Its keys, read and then changed."""
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()


def shows_reasons(page: Page, world: Any) -> None:
    """The menu of reasons to skip somebody."""
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem").first).to_be_focused()


def shows_looks(page: Page, world: Any) -> None:
    """How the image is drawn."""
    page.keyboard.press("w")
    expect(page.get_by_role("slider").first).to_be_visible()


def shows_placing(page: Page, world: Any) -> None:
    """Somebody whose keypoints are placed one by one."""
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    wait(page, "person", "900")
    expect(page.locator("pose-editor .hint")).to_contain_text("place the nose")


def shows_decided(page: Page, world: Any) -> None:
    """Somebody accepted, and a note over the image."""
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    page.keyboard.press("PageUp")
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_role("alert").filter(has_text="Nothing to do again")).to_be_visible()


def shows_refused(page: Page, world: Any) -> None:
    """A save that the server refused."""
    world.refusals.append((409, "lease_lost", "bob holds this image now; wanted it to be yours. Open another."))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="bob holds this image now").first).to_be_visible()


def shows_waiting(page: Page, world: Any) -> None:
    """A save that waits for the server to answer again."""
    world.down = True
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()


def shows_empty(page: Page, world: Any) -> None:
    """A queue with nothing left."""
    for image in world.images.values():
        image.done = True
    page.reload()
    wait(page, "phase", "empty")


def shows_error(page: Page, world: Any) -> None:
    """A server that does not answer."""
    world.down = True
    page.reload()
    wait(page, "phase", "error")


def shows_signed_out(page: Page, world: Any) -> None:
    """A session that has ended."""
    world.signed_out = True
    page.reload()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


STATES: tuple[State, ...] = (
    shows_image, shows_help, shows_reasons, shows_looks, shows_placing, shows_decided, shows_refused, shows_waiting,
    shows_empty, shows_error, shows_signed_out,
)  # fmt: skip
