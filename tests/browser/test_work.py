"""Work on the team's page: a lead gives images and takes them back, and whose work is done is told who gives more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from db.people import users
from db.pool import images, project
from db.records import NewImage, NewPerson
from db.store.session import open_store
from sspcm.pose import Box, Label
from sspcm.skeletons.skeleton import get_skeleton
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp, signed_in
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LABEL = Label(np.column_stack([np.arange(17.0) + 50, np.arange(17.0) + 70, np.full(17, 2.0)]))

Opens = Callable[..., Page]


@pytest.fixture
def opens(chromium: Browser, team_app: RunningApp) -> Iterator[Opens]:
    """A page in a browser of its own, signed in; the team's unless another is named."""
    with ExitStack() as stack:

        def opened(name: str, page_at: str = "/team/", **options: Any) -> Page:
            page = signed_in(stack, chromium, team_app, name, **options)
            page.goto(f"{team_app.url}{page_at}")
            return page

        yield opened


@pytest.fixture
def cameras(team_app: RunningApp) -> RunningApp:
    """Two open images of the hall, and one of the yard in which everybody is labelled; an annotator."""
    store = open_store(f"sqlite:///{team_app.home / 'store.db'}")
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        for number, (camera, label) in enumerate([("hall", None), ("hall", None), ("yard", LABEL)]):
            person = NewPerson(Box(40, 60, 40, 80), label)
            images.add_image(tx, NewImage(f"{number:064x}", f"{number}.jpg", 640, 480, camera, number), [person])
        if "wendy" not in team_app.passwords:
            team_app.passwords["wendy"] = "battery staple"
            users.add_user(tx, "wendy", "annotator", team_app.passwords["wendy"])
    store.close()
    return team_app


def give(page: Page, *, who: str, camera: str) -> None:
    """As a lead does."""
    card = page.get_by_role("region", name="Work", exact=True)
    card.get_by_role("group", name="Who gets them").get_by_role("checkbox", name=who).check()
    card.get_by_role("group", name="Cameras").get_by_role("checkbox", name=camera).check()
    card.get_by_role("button", name="Give", exact=True).click()


def test_a_lead_gives_images_and_whose_work_is_done_is_told_who_gives_more(opens: Opens, cameras: RunningApp) -> None:
    page = opens("lead")
    card = page.get_by_role("region", name="Work", exact=True)
    card.get_by_role("button", name="Give", exact=True).click()
    expect(card.get_by_role("status")).to_contain_text("Choose who gets them.")
    give(page, who="wendy", camera="yard")
    expect(card.get_by_role("status")).to_contain_text("wendy gets yard: 0 open images to do.")
    row = card.get_by_role("table", name="Given work").get_by_role("row", name="yard")
    expect(row).to_contain_text("wendy")
    expect(row).to_contain_text("0 of 1")
    expect(card.get_by_role("table", name="What each has left").get_by_role("row", name="lead")).to_contain_text(
        "what was given to nobody"
    )
    expect(card.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(card.get_by_role("group", name="Cameras").get_by_role("checkbox")).to_have_count(2)
    expect(card.get_by_role("checkbox", name="hall, 2 open")).to_be_visible()
    annotating = opens("wendy", "/annotate/")
    expect(annotating.get_by_role("heading", name="Your work is done")).to_be_visible()
    expect(annotating.get_by_text("A lead (lead) can give you more on the page Team.")).to_be_visible()
    expect(page.get_by_role("region", name="What was done")).to_contain_text("work given")
    give(page, who="wendy", camera="hall")
    expect(card.get_by_role("table", name="Given work").get_by_role("row", name="hall")).to_contain_text("2 of 2")
    card.get_by_role("button", name="Take all work from wendy").click()
    expect(card.get_by_role("status")).to_contain_text("All 2 pieces are taken from wendy.")
    expect(card).to_contain_text("Nothing is given: everybody gets every image.")


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_the_card_can_be_used_by_everybody(
    opens: Opens, cameras: RunningApp, scheme: str, device: dict[str, Any]
) -> None:
    page = opens("lead", color_scheme=scheme, **device)
    give(page, who="wendy", camera="hall")
    expect(page.get_by_role("table", name="Given work")).to_contain_text("2 of 2")
    page.screenshot()
    assert grave(findings(page)) == []
    assert page.evaluate(SIDEWAYS) == 0
    page.get_by_role("button", name="Take hall from wendy").click()
    expect(page.get_by_text("Nothing is given: everybody gets every image.")).to_be_visible()
