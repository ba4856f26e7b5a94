"""The editor's tools on the whole application: what the browser sends is what the store keeps."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from db.labelling import labels
from db.pool import persons
from db.records import PersonRecord
from db.store.session import open_store
from sspcm.pose import Label
from tests.browser.acting import eventually, person, selected, wait

pytestmark = pytest.mark.browser
READY = "pose-editor[data-phase=ready]"


def stored(app: Any, person_id: int) -> tuple[PersonRecord, list[Label]]:
    """A person and every label they ever had, as the store has them."""
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    try:
        with store.reading() as tx:
            return persons.get_person(tx, person_id), labels.history(tx, person_id)
    finally:
        store.close()


def accept(page: Page, person_id: int) -> None:
    """Accept the chosen person: with one keypoint placed if there is none, and those not placed taken for absent."""
    if not any(row[2] for row in person(page, person_id)["pose"]["xyv"]):
        page.keyboard.press("2")
    undecided = any(person(page, person_id)["pose"]["undecided"])
    page.keyboard.press("Enter")
    if undecided:
        page.keyboard.press("Enter")
    eventually(page, f"() => document.querySelector('pose-editor').dataset.person !== '{person_id}'")


def test_a_box_turned_and_sized_by_keys_is_stored_with_the_label_it_was_accepted_with(
    sign_in: Callable[[str], Page], running_app: Any
) -> None:
    page = sign_in("annotator")
    page.wait_for_selector(READY)
    person_id, _ = selected(page)
    before, _ = stored(running_app, person_id)
    page.keyboard.press("Shift+B")
    for _ in range(5):
        page.keyboard.press(".")
    page.keyboard.press("Alt+Shift+ArrowRight")
    page.keyboard.press("Enter")
    wait(page, "status", "draft")
    accept(page, person_id)
    eventually(page, "() => document.querySelector('pose-editor').dataset.status === 'saved'")
    after, history = stored(running_app, person_id)
    assert after.state == "accepted"
    assert after.box.angle == pytest.approx(before.box.angle + 10)
    assert after.box.width == pytest.approx(before.box.width + 10)
    assert after.box.centre == pytest.approx(before.box.centre, abs=0.02)
    assert history[-1].author == "annotator"


def test_undo_goes_on_after_a_reload_of_the_page(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("annotator")
    page.wait_for_selector(READY)
    person_id, _ = selected(page)
    first = person(page, person_id)["box"]
    page.keyboard.press("Shift+B")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    second = person(page, person_id)["box"]
    page.wait_for_timeout(500)  # a draft is written a moment after the change
    page.reload()
    page.wait_for_selector(READY)
    eventually(page, "() => Boolean(document.querySelector('pose-editor').desk)")
    assert person(page, person_id)["box"] == second
    expect(page.locator("pose-editor .notice")).to_contain_text("are back")
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert person(page, person_id)["box"] == first


def test_who_was_accepted_is_found_on_the_contact_sheet_and_opened_again(
    sign_in: Callable[[str], Page], running_app: Any
) -> None:
    page = sign_in("annotator")
    page.wait_for_selector(READY)
    person_id, _ = selected(page)
    accept(page, person_id)
    eventually(page, "() => document.querySelector('pose-editor').dataset.status === 'saved'")
    page.keyboard.press("k")
    page.wait_for_url("**/sheet/**")
    page.wait_for_selector("contact-sheet[data-phase=ready]")
    page.get_by_role("radio", name="Mine").check()
    tile = page.locator(f'contact-sheet a.tile[data-person="{person_id}"]')
    tile.click()
    page.wait_for_selector(READY)
    assert selected(page)[0] == person_id
    assert person(page, person_id)["state"] == "accepted"
    page.keyboard.press("r")
    eventually(
        page,
        f"() => document.querySelector('pose-editor').desk.persons.find((p) => p.id === {person_id}).state === 'open'",
    )
    eventually(page, "() => ['saved', 'draft'].includes(document.querySelector('pose-editor').dataset.status)")
    assert stored(running_app, person_id)[0].state == "open"
    page.keyboard.press("a")
    expect(page.get_by_role("menuitem", name="The previous label")).to_be_visible()


def test_what_one_annotator_holds_another_person_sees_and_does_not_change(
    sign_in: Callable[[str], Page], running_app: Any
) -> None:
    first = sign_in("annotator")
    first.wait_for_selector(READY)
    person_id, _ = selected(first)
    image = first.locator("pose-editor").get_attribute("data-image")
    second = sign_in("lead")
    second.goto(f"{running_app.url}/annotate/?image={image}")
    second.wait_for_selector(READY)
    expect(second.get_by_text("annotator works on this image now: you can look, not change.")).to_be_visible()
    before, _ = stored(running_app, person_id)
    second.keyboard.press("x")
    second.keyboard.press("Enter")
    second.wait_for_timeout(500)
    assert stored(running_app, person_id)[0] == before
    first.keyboard.press("Shift+ArrowRight")
    accept(first, person_id)
    wait(first, "status", "saved")
    assert stored(running_app, person_id)[1][-1].author == "annotator", "who looks took nothing away"
