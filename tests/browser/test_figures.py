"""A lead sees on the team's page what each annotator did, as plots and tables, by week."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from db.clock import utc_now
from db.people import users
from db.store.session import open_store
from tests.app.labelling.annotating import People
from tests.app.team.test_figures import label_from_starts
from tests.browser.acting import eventually
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp
from tests.browser.screens import PHONE, THEMES
from tests.browser.test_team import FINGER_PX, SIDEWAYS, SMALL

pytestmark = pytest.mark.browser
Opens = Callable[..., Page]
# How high the bars of a plot are, beside the height of its axis.
HEIGHTS = """(plot) => {
  const lines = [...plot.querySelectorAll("line.grid")].map((line) => line.getBoundingClientRect().y);
  const bars = [...plot.querySelectorAll("rect")].map((bar) => bar.getBoundingClientRect());
  const zero = Math.max(...lines);
  return bars.map(({ height, bottom }) => [height / (zero - Math.min(...lines)), Math.abs(bottom - zero)]);
}"""


@pytest.fixture(autouse=True)
def worked(team_app: RunningApp, add_people: People) -> RunningApp:
    """A home in which anna and ben worked from starts, for three weeks and one."""
    if "anna" in team_app.passwords:  # the tests of this file share it
        return team_app
    store = open_store(f"sqlite:///{team_app.home / 'store.db'}")
    with store.transaction() as tx:
        anna, ben = (users.add_user(tx, name, "annotator", "battery staple") for name in ("anna", "ben"))
    team_app.passwords.update(anna="battery staple", ben="battery staple")
    add_people(store, persons=40)
    for back, seconds in ((4, 40.0), (1, 20.0), (0, 10.0)):
        at = utc_now() - timedelta(weeks=back)
        label_from_starts(store, anna, [0, 0, 0, 2, 5, 1], at=at, seconds=seconds)
    label_from_starts(store, ben, [0, 0, 0, 0], at=utc_now() - timedelta(weeks=1), seconds=None)
    store.close()
    return team_app


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="Figures", exact=True)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("device", [{"viewport": {"width": 1440, "height": 900}}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_grave_and_nothing_is_too_wide_or_small(device: Any, theme: str, opens: Opens) -> None:
    page = opens("lead", color_scheme=theme, **device)
    expect(card(page)).to_contain_text("2 people were at work in these 12 weeks")
    card(page).get_by_label("Plotted").select_option("untouched")
    card(page).get_by_text("anna, week by week").click()
    assert grave(findings(page)) == []
    eventually(page, f"({SIDEWAYS})() === 0")
    if device is PHONE:
        assert page.evaluate(SMALL, FINGER_PX) == []


def test_bars_stand_on_zero_and_are_as_high_as_what_they_tell(opens: Opens) -> None:
    page = opens("lead")
    card(page).get_by_label("Plotted").select_option("seconds")
    anna = card(page).get_by_role("img", name="Seconds a person, median of anna by week")
    heights = anna.evaluate(HEIGHTS)
    assert [bottom for _, bottom in heights] == pytest.approx([0, 0, 0], abs=0.5)
    assert [height for height, _ in heights] == pytest.approx([1, 0.5, 0.25], abs=0.02)
    expect(anna).to_have_accessible_name(re.compile(r"W\d+ 40\.0 s; W\d+ 20\.0 s; W\d+ 10\.0 s$"))
    ben = card(page).get_by_role("img", name="Seconds a person, median of ben by week: nothing to tell")
    expect(ben.locator("rect")).to_have_count(0)


def test_the_tables_say_the_same_and_come_as_csv(opens: Opens) -> None:
    page = opens("lead")
    everybody = card(page).get_by_role("table", name="Figures")
    expect(everybody.get_by_role("row", name="anna")).to_contain_text("9 of 18 (29 to 71 %)")
    expect(everybody.get_by_role("row", name="ben")).to_contain_text("4 of 4 (51 to 100 %)")
    expect(card(page)).to_contain_text("Of 4 of 22 persons no seconds are known")
    card(page).get_by_text("anna, week by week").click()
    weeks = card(page).get_by_role("table", name="anna by week").get_by_role("row")
    expect(weeks).to_have_count(4)
    expect(weeks.nth(1)).to_contain_text("10.0 s")  # the newest first
    card(page).get_by_label("Of the last").select_option("4")
    expect(card(page)).to_contain_text("in these 4 weeks")
    expect(weeks).to_have_count(3)  # and it stays open
    with page.expect_download() as download:
        card(page).get_by_role("link", name="Download as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [(row["annotator"], row["persons"]) for row in rows] == [("anna", "6"), ("anna", "6"), ("ben", "4")]


def test_annotators_see_nothing_of_it(opens: Opens, worked: RunningApp) -> None:
    page = opens("anna")
    expect(card(page)).to_have_count(0)
    assert page.request.get(f"{worked.url}/api/team/figures").status == 403
