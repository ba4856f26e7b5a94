"""The contact sheet as people use it: look through, filter, search, open somebody in the editor and come back."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from db.clock import utc_now
from db.labelling import labels, sheet
from db.labelling.sheet import SheetFilter
from db.people import users
from db.pool import images, persons
from db.records import Decision, KeypointFlag, PersonRecord, PersonScore
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store, open_store
from sspcm.pose import Prediction
from tests.browser.acting import eventually
from tests.browser.axe_findings import findings, grave

pytestmark = pytest.mark.browser
READY = "contact-sheet[data-phase=ready]"
TILES = "contact-sheet a.tile"
LEFT_WRIST = 9


@dataclass(frozen=True)
class Scored:
    """The demo home's store, the persons a model has predicted, and one whom the annotator skipped."""

    store: Store
    predicted: list[int]
    skipped: int

    def order(self, **wanted: Any) -> list[int]:
        """The first page's persons as the store has them in order, for the annotator."""
        with self.store.reading() as tx:
            annotator = next(user for user in users.list_users(tx) if user.name == "annotator")
            found = sheet.page(tx, SheetFilter(**wanted), annotator, after=None, limit=60)
        return [one.person.id for one in found.persons]


@pytest.fixture(scope="module")
def scored(running_app: Any) -> Iterator[Scored]:
    """Predictions of an imported model for some open persons, and a decision of the annotator's."""
    store = open_store(f"sqlite:///{running_app.home / 'store.db'}")
    with store.transaction() as tx:
        train = {image.id for image in images.list_images(tx) if image.split == "train"}
        somebody = [one for one in persons.list_persons(tx) if one.image_id in train and one.state == "open"][-13:]
        predictions.add_imported(tx, [_predicted(one, 0.5 + 0.01 * i) for i, one in enumerate(somebody[1:])])
        annotator = next(user for user in users.list_users(tx) if user.name == "annotator")
        skipped = somebody[0]
        decision = Decision("contact sheet", "skip", skipped.id, skipped.revision, annotator, reason="blurred")
        labels.decide(tx, decision, now=utc_now())
    yield Scored(store, [one.id for one in somebody[1:]], skipped.id)
    store.close()


def _predicted(person: PersonRecord, score: float) -> ImportedPrediction:
    """Seventeen keypoints down the box's middle; the left wrist flagged."""
    box = person.box
    down = np.linspace(0.1, 0.9, 17)
    xyc = np.stack([np.full(17, box.x + box.width / 2), box.y + box.height * down, np.full(17, 0.8)], axis=1)
    flags = (KeypointFlag(LEFT_WRIST, score, "the copies disagree about it"),)
    told = PersonScore(person.id, score, (score,) * 17, flags)
    return ImportedPrediction(Prediction(xyc, "model.onnx"), told, "crop")


@pytest.fixture
def page(scored: Scored, sign_in: Callable[[str], Page], running_app: Any) -> Page:
    """The contact sheet, open as the annotator finds it."""
    opened = sign_in("annotator")
    opened.goto(f"{running_app.url}/sheet/")
    opened.wait_for_selector(READY, timeout=20_000)
    return opened


def shown(page: Page) -> list[int]:
    """The ids of the persons on the sheet, first first."""
    page.wait_for_selector(READY)
    return [int(i) for i in page.locator(TILES).evaluate_all("(tiles) => tiles.map((tile) => tile.dataset.person)")]


def tile(page: Page, person_id: int) -> Locator:
    """One person's tile."""
    return page.locator(f"{TILES}[data-person='{person_id}']")


def option(page: Page, label: str) -> Locator:
    """One of the buttons under Show."""
    return page.locator("contact-sheet .segments").get_by_label(label, exact=True)


def choose(page: Page, label: str) -> None:
    """Press it, and wait for its persons."""
    option(page, label).check()
    page.wait_for_selector(READY)


def test_persons_are_shown_the_one_in_most_doubt_first_with_crop_pose_score_and_flag(
    page: Page, scored: Scored
) -> None:
    assert shown(page)[:60] == scored.order()
    first = page.locator(TILES).first
    eventually(
        page,
        "(() => { const { shadowRoot } = document.querySelector('contact-sheet');"
        " return shadowRoot.querySelector('a.tile img').naturalWidth === 192; })()",
    )
    expect(first.locator("svg path.visible").first).to_be_attached()
    expect(first.locator(".score")).to_have_text(re.compile(r"^[01]\.\d\d$"))
    expect(first).to_have_accessible_name(re.compile(r"^Person \d+ in .+: open, doubt [01]\.\d\d"))
    expect(page.locator("contact-sheet .count")).to_have_text(re.compile(r"^\d+ of \d+ persons shown$"))


def test_filters_stay_in_the_address_over_back_forward_and_reload(page: Page, scored: Scored) -> None:
    choose(page, "Skipped")
    expect(page).to_have_url(re.compile(r"/sheet/\?show=skipped$"))
    assert scored.skipped in shown(page)
    expect(tile(page, scored.skipped)).to_contain_text("Skipped: blurred")
    choose(page, "Flagged")
    page.get_by_label("Flagged keypoint").select_option(label="left wrist")
    expect(page).to_have_url(re.compile(r"show=flagged&keypoint=9$"))
    expect(page.locator("contact-sheet .title")).to_contain_text("The left wrist in most doubt first")
    assert shown(page) == scored.order(show="flagged", keypoint=LEFT_WRIST)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"show=skipped$"))
    expect(option(page, "Skipped")).to_be_checked()
    expect(tile(page, scored.skipped)).to_be_visible()
    page.reload()
    expect(option(page, "Skipped")).to_be_checked(timeout=20_000)
    expect(tile(page, scored.skipped)).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/sheet/$"))
    expect(page.get_by_label("File name")).to_be_focused()


def test_a_search_finds_a_file_and_one_in_vain_says_why(page: Page) -> None:
    name = page.locator(f"{TILES} .name").first.text_content()
    assert name is not None
    page.get_by_label("File name").fill(name[:6])
    expect(page).to_have_url(re.compile(f"search={name[:6]}$"))
    page.wait_for_selector(READY)
    assert set(page.locator(f"{TILES} .name").all_text_contents()) == {name}
    page.get_by_label("File name").fill("%_")
    expect(
        page.get_by_role("heading", name="There are no open persons with “%_” in their file's name.")
    ).to_be_visible()
    page.locator("contact-sheet .card").get_by_role("button", name="Clear filters").click()
    expect(page.locator(TILES).first).to_be_visible()


def test_what_one_decided_is_found_under_mine_and_in_ones_last_ten(page: Page, scored: Scored) -> None:
    expect(page.get_by_role("navigation", name="My last ten").get_by_role("link").first).to_have_attribute(
        "href", re.compile(r"^/annotate/\?image=\d+$")
    )
    choose(page, "Mine")
    assert shown(page) == scored.order(show="mine")
    assert scored.skipped in shown(page)


def test_arrows_walk_by_row_and_column_enter_opens_the_editor_and_back_returns_to_the_tile(page: Page) -> None:
    columns = page.locator("contact-sheet .grid").evaluate(
        "(e) => getComputedStyle(e).gridTemplateColumns.split(' ').length"
    )
    page.locator(TILES).first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    wanted = shown(page)[columns + 1]
    expect(tile(page, wanted)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/annotate/\?image=\d+&person={wanted}$"))
    page.wait_for_selector(f"pose-editor[data-person='{wanted}']", timeout=20_000)
    page.go_back()
    page.wait_for_selector(READY, timeout=20_000)
    expect(tile(page, wanted)).to_be_focused()


def test_more_persons_come_as_one_scrolls_until_all_are_there(page: Page) -> None:
    count = page.locator("contact-sheet .count")
    told = re.search(r"of ([\d,]+) persons", count.text_content() or "")
    assert told is not None
    total = int(told[1].replace(",", ""))
    for pages in range(2, -(-total // 60) + 1):
        page.locator("contact-sheet .more").scroll_into_view_if_needed()
        expect(page.locator(TILES)).to_have_count(min(60 * pages, total), timeout=20_000)
    assert len(set(shown(page))) == total
    expect(count).to_have_text(f"{total} persons")
    expect(page.locator("contact-sheet .live")).to_have_text(f"{total} persons")
    toolbar = page.locator("contact-sheet .toolbar").bounding_box()
    assert toolbar is not None
    assert toolbar["y"] == 0, "the filters stay in sight"


def test_a_filter_chosen_before_the_choices_have_come_is_shown_once_they_are_here(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/sheet/filters", lambda route: held.append(route))
    page.reload(wait_until="domcontentloaded")
    option(page, "All").check()
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.wait_for_selector("contact-sheet[data-phase=ready]")
    expect(option(page, "All")).to_be_checked()
    assert "show=all" in page.url


def test_what_could_not_be_loaded_is_tried_again(page: Page) -> None:
    broken = {"error": {"code": "server_error", "message": "the server failed at this; nothing was changed."}}
    page.route("**/api/sheet?*", lambda route: route.fulfill(status=500, body=json.dumps(broken)))
    eventually(page, "fetch('/api/sheet?limit=60').then(({ status }) => status === 500)")
    option(page, "All").check()
    expect(page.get_by_role("alert")).to_contain_text("the server failed at this")
    page.unroute("**/api/sheet?*")
    eventually(page, "fetch('/api/sheet?limit=60').then(({ ok }) => ok)")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(TILES).first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave(theme: Any, page: Page) -> None:
    page.emulate_media(color_scheme=theme)
    choose(page, "All")
    assert grave(findings(page)) == []
    page.get_by_label("File name").fill("no such file")
    page.wait_for_selector("contact-sheet .card")
    assert grave(findings(page)) == []


def test_the_contact_sheet_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    eventually(page, f"{sideways} === 0")
    columns = page.locator("contact-sheet .grid").evaluate(
        "(e) => getComputedStyle(e).gridTemplateColumns.split(' ').length"
    )
    assert columns == 2
