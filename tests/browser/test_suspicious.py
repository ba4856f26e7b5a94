"""Suspicious labels on the contact sheet: what looks wrong and why, called right by a lead, and gone."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from db.clock import utc_now
from db.labelling import findings as stored
from db.pool.persons import list_persons
from db.records import FindingRecord, LabelCheckRecord, PersonRecord
from db.store.session import Store, open_store
from tests.browser.axe_findings import findings, grave
from tests.browser.screens import PHONE, THEMES
from tests.waiting import until

pytestmark = pytest.mark.browser
SHEET = "/sheet/?show=suspicious"
READY = "contact-sheet[data-phase=ready]"
KNEES, WRIST = "left and right knee seem exchanged", "left wrist seems to be on person 3"


@pytest.fixture
def suspected(running_app: Any) -> Iterator[list[PersonRecord]]:
    """Three labelled people of whom a check says something; after the worker's own check, which would replace it."""
    store = open_store(f"sqlite:///{running_app.home / 'store.db'}")
    until(lambda: _is_checked(store), 60)
    with store.transaction() as tx:
        people = [one for one in list_persons(tx, split="train") if one.label is not None][:3]
        said = [_said(people[0], "inversion", (13, 14), 0.9, KNEES), _said(people[1], "swap", (9,), 0.6, WRIST)]
        said.append(_said(people[2], "inversion", (), 0.4, "left and right seem exchanged all over"))
        seen = stored.to_check_by(tx)
        stored.replace(tx, said, LabelCheckRecord(utc_now(), "", len(people), 0, 0, seen))
    yield people
    store.close()


def _is_checked(store: Store) -> bool:
    with store.reading() as tx:
        return stored.last_check(tx) is not None


def _said(person: PersonRecord, kind: Any, keypoints: tuple[int, ...], score: float, words: str) -> FindingRecord:
    assert person.label is not None
    return FindingRecord(person.id, person.label.revision, kind, keypoints, score, words)


def open_sheet(sign_in: Callable[[str], Page], url: str, name: str, **media: Any) -> Page:
    page = sign_in(name)
    page.emulate_media(**media)
    page.goto(f"{url}{SHEET}")
    page.wait_for_selector(READY, timeout=20_000)
    return page


def test_a_lead_sees_why_labels_are_suspicious_and_calls_one_right(
    sign_in: Callable[[str], Page], running_app: Any, suspected: list[PersonRecord]
) -> None:
    page = open_sheet(sign_in, running_app.url, "lead")
    tiles = page.locator("contact-sheet a.tile")
    expect(tiles).to_have_count(3)
    expect(tiles.first).to_have_accessible_name(re.compile(r"suspicion 0\.90\. Left and right knee seem exchanged\."))
    expect(tiles.first.locator("svg path.flag")).to_be_attached()
    page.get_by_role("combobox", name="Suspicion").select_option(label="On another person")
    expect(page).to_have_url(re.compile(r"show=suspicious&suspicion=swap$"))
    expect(tiles).to_have_count(1)
    page.get_by_role("button", name=f"It is right: the label of person {suspected[1].id}").click()
    expect(tiles).to_have_count(0)
    page.reload()
    page.wait_for_selector(READY, timeout=20_000)
    expect(page.locator("contact-sheet .card")).to_contain_text("There are no suspicious labels of the kind")
    page.get_by_role("combobox", name="Suspicion").select_option(label="Anything")
    expect(tiles).to_have_count(2)


def test_an_annotator_sees_them_and_calls_nothing_right(
    sign_in: Callable[[str], Page], running_app: Any, suspected: list[PersonRecord]
) -> None:
    page = open_sheet(sign_in, running_app.url, "annotator")
    expect(page.locator("contact-sheet a.tile").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("It is right"))).to_have_count(0)
    expect(page.get_by_role("button", name="Check labels now")).to_be_hidden()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_grave_wide_or_narrow(
    theme: Any, sign_in: Callable[[str], Page], running_app: Any, suspected: list[PersonRecord]
) -> None:
    page = open_sheet(sign_in, running_app.url, "lead", color_scheme=theme)
    expect(page.get_by_role("button", name="Check labels now")).to_be_visible()
    expect(page.get_by_role("link", name="Review them one by one")).to_have_attribute(
        "href", "/review/?show=suspicious"
    )
    assert grave(findings(page)) == []
    page.set_viewport_size(PHONE["viewport"])
    assert grave(findings(page)) == []
