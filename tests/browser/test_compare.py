"""Two rounds side by side on the lead's page."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from app.home.image_files import ImageFiles
from db.clock import utc_now
from db.people import users
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import NewImage, NewPerson, PersonScore, RankingEntry
from db.rounds import predictions, rankings, rounds
from db.store.session import Store, open_store
from sspcm.config import RoundConfig
from sspcm.manifest import Manifest, manifest_data
from sspcm.pose import Box, Label, Prediction
from sspcm.round_folder import MANIFEST_FILE
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp, signed_in
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser

POSE = np.column_stack([60.0 + 8 * np.arange(17.0), 70.0 + 12 * np.arange(17.0)])


@pytest.fixture
def store(waiting_app: RunningApp) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{waiting_app.home / 'store.db'}")
    yield opened
    opened.close()


def add_validation(store: Store, app: RunningApp) -> list[int]:
    """24 labelled validation people with a picture each."""
    files, rng = ImageFiles(app.home), np.random.default_rng(0)
    for number in range(24):
        content = cv2.imencode(".jpg", rng.integers(0, 255, (480, 640, 3), dtype=np.uint8))[1].tobytes()
        label = Label(np.column_stack([POSE, np.full(17, 2.0)]))
        image = NewImage(files.put(content, ".jpg"), f"v{number:04d}.jpg", 640, 480, "door", number, "validation")
        with store.transaction() as tx:
            images.add_image(tx, image, [NewPerson(Box(50, 60, 180, 300), label)])
    with store.reading() as tx:
        return [one.id for one in list_persons(tx, split="validation")]


def add_round(store: Store, ids: list[int], pixels: float) -> int:
    """A published round whose student is so far off, of the 24 and of the pool."""
    with store.transaction() as tx:
        lead = users.list_users(tx)[0]
        record = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=lead)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
        pool = list_persons(tx, split="train")
        found = [
            (i, Prediction(np.column_stack([POSE + pixels + i % 5, np.full(17, 0.9)]), "C"))
            for i in (*ids, *(one.id for one in pool))
        ]
        predictions.add_predictions(tx, record.id, found)
        predictions.add_person_scores(tx, record.id, [PersonScore(one.id, 0.5, (0.5,) * 17, ()) for one in pool])
        rankings.add_round_ranking(tx, record.id, [RankingEntry(pool[0].image_id, 0, 0.5, ())])
        rounds.publish(tx, record.id, metrics={}, directory="", now=utc_now())
    return record.number


@pytest.fixture
def page(chromium: Browser, waiting_app: RunningApp, store: Store) -> Iterator[Page]:
    """The lead's page of a home with two rounds, of which the second is better."""
    ids = add_validation(store, waiting_app)
    for pixels in (20.0, 6.0):
        add_round(store, ids, pixels)
    with ExitStack() as stack:
        opened = signed_in(stack, chromium, waiting_app, "lead")
        opened.goto(f"{waiting_app.url}/lead/")
        opened.wait_for_selector("lead-compare[data-pair='1:2']")
        yield opened


def test_a_lead_reads_which_round_is_better_and_looks_at_the_same_people(page: Page, store: Store) -> None:
    card = page.locator("lead-compare")
    expect(card).to_contain_text("Round 2's student is surely better")
    expect(card).to_contain_text("on 24 validation people in 24 images.")
    expect(card.locator(".keypoints tbody tr")).to_have_count(17)
    expect(card).to_contain_text("Both rounds learned from the very same labels.")
    people = card.locator(".people li")
    expect(people).to_have_count(6)
    crops = people.first.locator("figure")
    expect(crops).to_have_count(3)
    expect(crops.last).to_contain_text("Label")
    expect(crops.first.locator("svg .limb").first).to_be_attached()
    crops.first.locator("img").scroll_into_view_if_needed()
    expect(crops.first.locator("img")).to_have_js_property("naturalWidth", 192)
    card.get_by_role("button", name="Show more").click()
    expect(people).to_have_count(12)
    card.get_by_label("Whom to look at").select_option("open")
    expect(card.locator(".people")).to_have_attribute("data-whom", "open")
    expect(people.first.locator("figure")).to_have_count(2)
    card.get_by_label("Whom to look at").select_option("first")
    expect(card).to_contain_text("There are no labelled validation people whom round 1 places better")


def test_other_rounds_are_chosen_and_one_that_is_not_over_says_so(page: Page, store: Store) -> None:
    with store.transaction() as tx:
        rounds.create(tx, config_toml=RoundConfig().to_toml(), user=users.list_users(tx)[0])
    page.reload()
    card = page.locator("lead-compare")
    card.get_by_label("The other round").select_option("3")
    expect(card).to_contain_text("Round 3 is queued: it has predicted nobody before it ends.")
    expect(card).to_contain_text("Round 3 has not frozen its labels yet.")
    card.get_by_label("The other round").select_option("2")
    expect(card).to_contain_text("Round 2's student is surely better")
    card.get_by_label("The one round").select_option("2")
    expect(card).to_have_attribute("data-pair", "2:1")
    expect(card.get_by_label("The other round")).to_have_value("1")
    expect(card).to_contain_text("Round 2's student is surely better")


def test_who_chooses_by_keyboard_keeps_the_list_while_the_card_is_told_anew(page: Page, store: Store) -> None:
    card, other = page.locator("lead-compare"), page.get_by_label("The other round")
    other.focus()
    page.keyboard.press("ArrowDown")  # to round 1, so that the two change places
    expect(card).to_have_attribute("data-pair", "2:1")
    expect(other).to_be_focused()
    with store.transaction() as tx:
        rounds.create(tx, config_toml=RoundConfig().to_toml(), user=users.list_users(tx)[0])
    expect(other.locator("option")).to_have_count(3)  # the card was told of a third round
    expect(other).to_be_focused()
    expect(card).to_have_attribute("data-pair", "2:1")
    whom = page.get_by_label("Whom to look at")
    whom.focus()
    page.keyboard.press("ArrowDown")
    expect(whom).to_be_focused()


def test_a_lead_asks_what_labels_alone_would_have_done(page: Page, store: Store, waiting_app: RunningApp) -> None:
    with store.reading() as tx:
        skeleton = get_project(tx).skeleton
    manifest = Manifest(skeleton=skeleton, config=RoundConfig(), weights=None, persons=())
    (waiting_app.home / MANIFEST_FILE).write_text(json.dumps(manifest_data(manifest)))  # of both: their folder is ""
    page.reload()
    card = page.locator("lead-compare")
    card.get_by_label("The one round").select_option("2")  # and the other one is round 1 with that
    expect(card).to_contain_text("What would labels alone have done? A button trains a twin")
    card.get_by_role("button", name="Train supervised on the labels of round 2").click()
    expect(card.get_by_role("status")).to_contain_text("Round 3 is queued: the twin of round 2, by labels alone.")
    expect(card.get_by_role("button", name="Train supervised on the labels of round 2")).to_have_count(0)
    with store.reading() as tx:
        assert rounds.get(tx, 3).twin_of == 2
    card.get_by_role("button", name="Train supervised on the labels of round 1").click()
    expect(card.get_by_role("alert")).to_contain_text("Not launched: round 3, launched by lead, is queued")


@pytest.mark.parametrize("theme", THEMES)
def test_the_comparison_is_whole_on_a_phone_and_can_be_read_by_everybody(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size(PHONE["viewport"])
    page.reload()
    card = page.locator("lead-compare section")
    expect(card).to_contain_text("surely better")
    expect(card.locator(".people li").first).to_be_visible()
    assert card.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert grave(findings(page)) == []
