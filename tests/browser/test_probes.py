"""A lead sees on the team's page who looks closely, and how many people get a probe."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.labelling import tasks
from db.people import users
from db.store.session import open_store
from sspcm.pose import Box
from tests.app.labelling.annotating import LEASE_S, People
from tests.app.labelling.probing import accept_as_shown, all_get, pose_in, predicted_home
from tests.browser.acting import eventually
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp
from tests.browser.screens import PHONE, THEMES
from tests.browser.test_team import FINGER_PX, SIDEWAYS, SMALL

pytestmark = pytest.mark.browser
Opens = Callable[..., Page]


@pytest.fixture(autouse=True)
def looked_at(team_app: RunningApp, add_people: People) -> RunningApp:
    """A home in which anna caught three wrong keypoints of five, and began at a start each time."""
    if "anna" in team_app.passwords:  # the tests of this file share it
        return team_app
    store = open_store(f"sqlite:///{team_app.home / 'store.db'}")
    team_app.passwords["anna"] = "battery staple"
    with store.transaction() as tx:
        anna = users.add_user(tx, "anna", "annotator", team_app.passwords["anna"])
    predicted_home(store, add_people)
    all_get(store, "wrong")
    task = tasks.next_task(store, anna, exclude=(), lease_s=LEASE_S)
    assert task is not None
    for number, person in enumerate(task.persons):
        said = pose_in(Box(person.box.x, person.box.y, person.box.width, person.box.height)).tolist()
        xyv = [[*place, 2.0] for place in said] if number < 3 else person.start.xyv
        accept_as_shown(store, anna, person, xyv=xyv, touched=[number < 3] * 17)
    all_get(store, "none")
    store.close()
    return team_app


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="Who looks closely", exact=True)


def test_a_lead_sees_who_caught_what_looks_again_and_sets_the_shares(opens: Opens, looked_at: RunningApp) -> None:
    page = opens("lead")
    expect(card(page)).to_contain_text("Nobody gets a probe now.")
    line = card(page).get_by_role("row", name=re.compile("^anna"))
    for told in ("3 of 5", "23 to 88 %", "2 of 5"):
        expect(line).to_contain_text(told)
    missed = card(page).get_by_role("table", name="Missed").get_by_role("link")
    expect(missed).to_have_count(2)
    card(page).get_by_label("One keypoint put wrong, 0 to 20 %").fill("30")
    card(page).get_by_role("button", name="Save").click()
    expect(card(page)).to_contain_text("One keypoint put wrong: 30 was given; wanted one from 0 to 20.")
    card(page).get_by_label("One keypoint put wrong, 0 to 20 %").fill("3")
    card(page).get_by_label("Without their start, 0 to 20 %").fill("0")
    card(page).get_by_role("button", name="Save").click()
    expect(card(page)).to_contain_text("Saved. It counts for who is opened from now on.")
    expect(card(page)).to_contain_text("3 % come with one keypoint put wrong and 0 % without the start")
    expect(page.get_by_role("region", name="What was done")).to_contain_text("probes set")
    with page.expect_download() as download:
        card(page).get_by_role("link", name="Download as CSV").click()
    (row,) = csv.DictReader(io.StringIO(download.value.path().read_text()))
    assert (row["annotator"], row["caught"], row["seen"], row["untouched"]) == ("anna", "3", "5", "2")
    card(page).get_by_role("button", name="Save").click()
    missed.first.click()
    page.wait_for_url("**/annotate/**")


def test_annotators_see_nothing_of_it(opens: Opens, looked_at: RunningApp) -> None:
    page = opens("anna")
    expect(card(page)).to_have_count(0)
    assert page.request.get(f"{looked_at.url}/api/probes").status == 403


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("device", [{"viewport": {"width": 1440, "height": 900}}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_grave_and_nothing_is_too_wide_or_small(device: Any, theme: str, opens: Opens) -> None:
    page = opens("lead", color_scheme=theme, **device)
    expect(card(page)).to_contain_text("3 of 5")
    assert grave(findings(page)) == []
    eventually(page, f"({SIDEWAYS})() === 0")
    if device is PHONE:
        assert page.evaluate(SMALL, FINGER_PX) == []
