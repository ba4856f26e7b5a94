"""The product as people use it: sign in, correct, accept, undo, launch a round, all in Chromium."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
READY = "pose-editor[data-phase=ready]"


def attribute(page: Page, name: str) -> str:
    found = page.locator("pose-editor").get_attribute(f"data-{name}")
    assert found is not None
    return found


def place_everything(page: Page) -> None:
    """Place each keypoint of the chosen person in order, by clicking in the image."""
    box = page.locator("pose-editor canvas").first.bounding_box()
    assert box is not None
    for k in range(17):
        page.mouse.click(box["x"] + box["width"] * (0.35 + 0.015 * k), box["y"] + box["height"] * 0.5)


def test_an_annotator_labels_three_people_and_takes_one_back(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("annotator")
    page.wait_for_selector(READY)
    for _ in range(3):
        image, person = attribute(page, "image"), attribute(page, "person")
        place_everything(page)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "([i, p]) => { const { image, person } = document.querySelector('pose-editor').dataset;"
            " return image !== i || person !== p; }",
            arg=[image, person],
        )
        expect(page.locator("pose-editor[data-status=saved]")).to_be_visible(timeout=10_000)
    assert page.url.endswith("/annotate/")


def test_an_annotator_is_not_let_into_the_lead_page(sign_in: Callable[[str], Page], running_app: Any) -> None:
    page = sign_in("annotator")
    answered = page.goto(f"{running_app.url}/lead/")
    assert answered is not None
    assert answered.status == 403


def test_a_lead_launches_a_round_and_sees_it_published(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("lead")
    page.wait_for_selector("lead-board[data-round]")
    page.get_by_label("Training steps").fill("6")
    page.get_by_role("button", name="Launch round").click()
    expect(page.locator("#launch-said")).to_contain_text("Round 1 is queued", timeout=10_000)
    expect(page.locator("lead-board")).to_contain_text("Round 1: running", timeout=60_000)
    expect(page.locator("lead-board")).to_contain_text("Round 1: published", timeout=240_000)
    expect(page.locator("lead-tables")).to_contain_text("disagree on", timeout=10_000)
