"""A lead deletes an image for good from the contact sheet: told what goes, asked why, and it is gone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe_findings import findings, grave

pytestmark = pytest.mark.browser
READY = "contact-sheet[data-phase=ready]"


def test_a_lead_deletes_an_image_for_good(sign_in: Callable[[str], Page], running_app: Any) -> None:
    page = sign_in("lead")
    page.goto(f"{running_app.url}/sheet/")
    page.wait_for_selector(READY)
    tile = page.locator("contact-sheet li").first
    name = tile.locator(".name").text_content()
    person = tile.locator("a.tile").get_attribute("data-person")
    tile.get_by_role("button", name=f"Delete {name} for good").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("With it go")
    expect(dialog).to_contain_text("Backups that were made before")
    button = dialog.get_by_role("button", name="Delete for good")
    expect(button).to_be_disabled()
    assert grave(findings(page)) == []

    dialog.get_by_label("This person alone").check()
    expect(dialog.get_by_role("heading", level=2)).to_contain_text(f"person {person}")
    dialog.get_by_label("The whole image").check()
    expect(dialog.get_by_role("heading", level=2)).to_contain_text(f"'{name}'")
    dialog.get_by_label("Why?").fill("asked for")
    page.set_viewport_size({"width": 390, "height": 844})
    assert dialog.evaluate("(one) => one.scrollWidth <= one.clientWidth"), "the dialog fits a phone"
    button.click()
    expect(dialog).to_have_count(0)
    page.wait_for_selector(READY)
    expect(page.locator(f'contact-sheet a.tile[data-person="{person}"]')).to_have_count(0)


def test_annotators_are_not_offered_it(sign_in: Callable[[str], Page], running_app: Any) -> None:
    page = sign_in("annotator")
    page.goto(f"{running_app.url}/sheet/")
    page.wait_for_selector(READY)
    expect(page.locator("contact-sheet a.tile").first).to_be_visible()
    expect(page.get_by_role("button", name="for good")).to_have_count(0)
