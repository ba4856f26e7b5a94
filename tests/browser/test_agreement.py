"""A lead sees on the team's page how people agree, and adopts fitted sigmas; a second annotator sees boxes alone."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from db.people import users
from db.store.session import open_store
from sspcm.evaluation.agreement import FEWEST_PAIRS
from tests.app.labelling.annotating import People
from tests.app.team.test_agreement import twice
from tests.browser.acting import eventually
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp
from tests.browser.screens import PHONE, THEMES
from tests.browser.test_team import FINGER_PX, SIDEWAYS, SMALL

pytestmark = pytest.mark.browser
Opens = Callable[..., Page]


@pytest.fixture(autouse=True)
def agreed(team_app: RunningApp, add_people: People) -> RunningApp:
    """A home in which anna and ben labelled the same 40 people."""
    if "anna" in team_app.passwords:  # the tests of this file share it
        return team_app
    store = open_store(f"sqlite:///{team_app.home / 'store.db'}")
    with store.transaction() as tx:
        anna, ben = (users.add_user(tx, name, "annotator", "battery staple") for name in ("anna", "ben"))
    team_app.passwords.update(anna="battery staple", ben="battery staple")
    add_people(store, persons=300)
    twice(store, add_people, anna, ben, number=FEWEST_PAIRS + 10)
    store.close()
    return team_app


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="How people agree", exact=True)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("device", [{"viewport": {"width": 1440, "height": 900}}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_grave_and_nothing_is_too_wide_or_small(device: Any, theme: str, opens: Opens) -> None:
    page = opens("lead", color_scheme=theme, **device)
    expect(card(page)).to_contain_text("40 people are labelled by two who did not know it")
    card(page).get_by_role("button", name="Adopt the fitted sigmas").click()
    assert grave(findings(page)) == []
    eventually(page, f"({SIDEWAYS})() === 0")
    if device is PHONE:
        assert page.evaluate(SMALL, FINGER_PX) == []


def test_a_lead_adopts_fitted_sigmas_and_takes_them_back(opens: Opens) -> None:
    page = opens("lead")
    expect(card(page).get_by_role("row", name="anna and ben")).to_contain_text("40")
    nose = card(page).get_by_role("row", name="nose")
    expect(nose).to_contain_text("0.026")
    card(page).get_by_role("button", name="Adopt the fitted sigmas").click()
    expect(page.get_by_text("Figures of before are on another scale.")).to_be_visible()
    expect(card(page).get_by_role("button", name="Cancel")).to_be_focused()
    card(page).get_by_role("button", name="Adopt them").click()
    expect(card(page)).to_contain_text("Fitted sigmas are in use, adopted by lead")
    expect(nose).not_to_contain_text("0.026")
    with page.expect_download() as download:
        card(page).get_by_role("link", name="Download as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert len(rows) == 17 and float(rows[0]["low"]) < float(rows[0]["sigma"]) < float(rows[0]["high"])
    card(page).get_by_role("button", name="Take them back").click()
    expect(card(page)).to_contain_text("The sigmas of before are in use again.")
    expect(nose).to_contain_text("0.026")
    card(page).get_by_label("Labelled twice, 0 to 50 %").fill("7.5")
    card(page).get_by_role("button", name="Save").click()
    expect(card(page)).to_contain_text("Saved. It counts for images that are finished from now on.")
    expect(page.get_by_role("region", name="What was done")).to_contain_text("sigmas taken back")


def test_annotators_see_nothing_of_it(opens: Opens, agreed: RunningApp) -> None:
    page = opens("anna")
    expect(card(page)).to_have_count(0)
    assert page.request.get(f"{agreed.url}/api/agreement").status == 403
