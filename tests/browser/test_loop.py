"""The product as people use it: sign in, correct, accept, undo, launch a round, all in Chromium."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from db.pool.persons import list_persons
from db.store.session import open_store
from tests.browser.acting import eventually
from tests.onnx_files import movenet

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


def accept_one(page: Page) -> None:
    """Place the chosen person's keypoints, accept them, and wait for the next person and for the save."""
    image, person = attribute(page, "image"), attribute(page, "person")
    place_everything(page)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([i, p]) => { const { image, person } = document.querySelector('pose-editor').dataset;"
        " return image !== i || person !== p; }",
        arg=[image, person],
    )
    expect(page.locator("pose-editor[data-status=saved]")).to_be_visible(timeout=60_000)


def labelled_by(app: Any, name: str) -> dict[int, np.ndarray]:
    """The labels that count and that this annotator placed, by person."""
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    try:
        with store.reading() as tx:
            persons = list_persons(tx)
        return {p.id: p.label.xyv for p in persons if p.label is not None and p.label.author == name}
    finally:
        store.close()


def test_an_annotator_labels_three_people_and_takes_one_back(sign_in: Callable[[str], Page], running_app: Any) -> None:
    page = sign_in("annotator")
    page.wait_for_selector(READY)
    for _ in range(3):
        accept_one(page)
    before = labelled_by(running_app, "annotator")
    assert len(before) == 3
    assert all((xyv[:, 2] == 2).all() for xyv in before.values()), "every click placed a visible keypoint"

    page.keyboard.press("z")
    expect(page.locator("pose-editor[data-status=saved], pose-editor[data-status=draft]")).to_be_visible(timeout=60_000)
    person = page.evaluate("document.querySelector('pose-editor').desk.persons.find((p) => p.state === 'open').id")
    assert set(before) - set(labelled_by(running_app, "annotator")) == {person}

    page.keyboard.press("Enter")
    expect(page.locator("pose-editor[data-status=saved]")).to_be_visible(timeout=60_000)
    after = labelled_by(running_app, "annotator")
    assert set(after) == set(before)
    assert page.url.endswith("/annotate/"), "nothing was reloaded or left"


def test_an_annotator_is_not_let_into_the_lead_page(sign_in: Callable[[str], Page], running_app: Any) -> None:
    page = sign_in("annotator")
    answered = page.goto(f"{running_app.url}/lead/")
    assert answered is not None
    assert answered.status == 403


def test_a_lead_uploads_a_pose_model_and_the_queue_begins_where_it_contradicts_itself(
    sign_in: Callable[[str], Page], tmp_path: Path
) -> None:
    page = sign_in("lead")
    page.wait_for_selector("lead-prelabel")
    shown = page.locator("lead-prelabel")
    (tmp_path / "notes.onnx").write_bytes(b"no model at all")
    page.get_by_label("ONNX file of a pose model").set_input_files(tmp_path / "notes.onnx")
    page.get_by_role("button", name="Predict the pool").click()
    expect(shown).to_contain_text("Not taken: notes is no whole ONNX model", timeout=60_000)
    (tmp_path / "colours.onnx").write_bytes(movenet())
    page.get_by_label("ONNX file of a pose model").set_input_files(tmp_path / "colours.onnx")
    page.get_by_role("button", name="Predict the pool").click()
    expect(shown).to_contain_text("colours predicted", timeout=120_000)
    expect(page.locator("lead-tables")).to_contain_text(re.compile("copy|copies|unsure"), timeout=60_000)

    editor = sign_in("annotator")
    editor.wait_for_selector(READY)
    expect(editor.locator("pose-editor")).to_contain_text("colours", timeout=60_000)


def test_a_lead_launches_a_round_and_sees_it_published(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("lead")
    page.wait_for_selector("lead-board[data-round]")
    page.get_by_label("Training steps").fill("6")
    page.get_by_role("button", name="What would it cost?").first.click()
    expect(page.locator("lead-said")).to_contain_text("Nothing is launched.", timeout=60_000)
    expect(page.locator("lead-said")).to_contain_text(
        re.compile(r"^6 steps on \d+ labelled people.+ of disk"), timeout=120_000
    )
    page.get_by_role("button", name="Launch round").click()
    expect(page.locator("lead-said")).to_contain_text("Round 1 is launched", timeout=60_000)
    expect(page.locator("lead-board")).to_contain_text("Round 1: running", timeout=60_000)
    expect(page.locator("lead-board")).to_contain_text("Round 1: published", timeout=400_000)
    expect(page.locator("lead-tables")).to_contain_text(" px", timeout=60_000)
    expect(page.locator("lead-spared[data-round='1']")).to_contain_text("What round 1 spared", timeout=60_000)


def test_the_lead_page_fits_a_phone(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("lead")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_selector("lead-board[data-round]")
    tables = page.locator("lead-tables table").last
    expect(tables).to_contain_text(" px", timeout=60_000)
    eventually(page, "document.documentElement.scrollWidth <= 390")  # nothing is scrolled sideways but tables
    row = page.locator("lead-tables table").last.locator("tbody tr").first.bounding_box()
    assert row is not None
    assert row["height"] < 150, "reasons keep a readable width"
