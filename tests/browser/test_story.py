"""What happened to a round, and stopping it, as a lead presses the buttons."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from db.people import users
from db.records import RoundState
from db.rounds import events, rounds
from db.store.session import Store, open_store
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp, signed_in
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser


@pytest.fixture
def store(waiting_app: RunningApp) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{waiting_app.home / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def page(chromium: Browser, waiting_app: RunningApp, store: Store) -> Iterator[Page]:
    """The lead's page while a round runs whose trainer was killed once."""
    with store.transaction() as tx:
        lead = users.list_users(tx)[0]
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
        events.tell(tx, launched.id, "the trainer was killed (SIGKILL); it is started again (1 of 2)")
    folder = waiting_app.home / "rounds" / "0001" / "attempt-1"
    folder.mkdir(parents=True)
    (folder / "trainer.log").write_text("sspcm: step 20 of 200, loss 0.5\n")
    with ExitStack() as stack:
        opened = signed_in(stack, chromium, waiting_app, "lead")
        opened.goto(f"{waiting_app.url}/lead/")
        opened.wait_for_selector("lead-story[data-state]")
        yield opened


def state(store: Store, number: int = 1) -> RoundState:
    with store.reading() as tx:
        return rounds.get(tx, number).state


def test_a_running_round_tells_its_pace_and_then_who_is_in_most_doubt(page: Page, store: Store) -> None:
    board = page.locator("lead-board")
    with store.transaction() as tx:
        progress = {"step": 20, "steps": 200, "persons_per_s": 41.6, "memory_bytes": 1_740_000_000}
        rounds.report_progress(tx, 1, stage="train", progress=progress)
    expect(board).to_contain_text("42 persons/s")
    expect(board).to_contain_text("1.7 GB at most")
    worst = {"person": 7, "image": "hall_0007.jpg", "score": 0.934, "why": "left ankle: A and B 31 px apart"}
    with store.transaction() as tx:
        rounds.report_progress(tx, 1, stage="score", progress={"step": 200, "steps": 900, "worst": [worst]})
    expect(board.get_by_role("list", name="In most doubt so far")).to_have_text(
        "0.93 hall_0007.jpg · left ankle: A and B 31 px apart"
    )


def test_a_lead_reads_what_happened_and_cancels_resumes_and_deletes_a_round(
    page: Page, store: Store, waiting_app: RunningApp
) -> None:
    card = page.locator("lead-story")
    expect(card).to_contain_text("launched by lead")
    expect(card).to_contain_text("killed (SIGKILL); it is started again (1 of 2)")
    card.get_by_text("The trainer's last lines").click()
    expect(card).to_contain_text("step 20 of 200")
    with (waiting_app.home / "rounds" / "0001" / "attempt-1" / "trainer.log").open("a") as log:
        log.write("sspcm: step 40 of 200, loss 0.4\n")
    expect(card.get_by_text("step 40 of 200")).to_be_visible()  # what was unfolded stays so

    card.get_by_role("button", name="Cancel round 1").click()
    expect(card).to_contain_text("It was stopped.")
    assert state(store) == "cancelled"
    card.get_by_role("button", name="Resume round 1").click()
    expect(card).to_contain_text("lead goes on with it")
    assert state(store) == "queued"
    expect(page.locator("lead-board")).to_contain_text("queued")
    card.get_by_role("button", name="Cancel round 1").click()

    card.get_by_role("button", name="Delete round 1").click()
    expect(card).to_contain_text("go for good. Labels stay.")
    card.get_by_role("button", name="Leave it").click()
    assert state(store) == "cancelled"
    card.get_by_role("button", name="Delete round 1").click()
    card.get_by_role("button", name="Delete it for good").click()
    expect(card.locator("section")).to_be_hidden()
    with store.reading() as tx:
        assert rounds.latest(tx) == []


def test_an_earlier_round_is_looked_at_and_a_refusal_is_read(page: Page, store: Store) -> None:
    with store.transaction() as tx:
        rounds.fail(tx, rounds.get(tx, 1).id, "no memory was left")
        rounds.create(tx, config_toml="", user=users.list_users(tx)[0])
    card = page.locator("lead-story")
    expect(card).to_contain_text("What happened in round 2")
    card.get_by_label("Round to look at").select_option("1")
    expect(card).to_contain_text("failed in the stage 'freeze': no memory was left")
    card.get_by_role("button", name="Try round 1 again").click()
    expect(card.get_by_role("alert")).to_contain_text("round 2, launched by lead, is queued")


def test_a_round_that_was_chosen_stays_while_others_begin_and_the_newest_is_followed_where_that_is_chosen(
    page: Page, store: Store
) -> None:
    card, select = page.locator("lead-story"), page.get_by_label("Round to look at")
    end_and_launch_another(store, 1)
    expect(card).to_contain_text("What happened in round 2")
    expect(select).to_have_value("")  # the newest, whichever that is
    select.focus()
    page.keyboard.press("ArrowDown")
    expect(select).to_have_value("2")
    expect(select).to_be_focused()
    end_and_launch_another(store, 2)
    expect(select.locator("option")).to_have_text(["Newest round", "Round 3", "Round 2", "Round 1"])
    expect(card).to_contain_text("What happened in round 2")
    expect(select).to_be_focused()
    select.select_option("Newest round")
    expect(card).to_contain_text("What happened in round 3")


def end_and_launch_another(store: Store, number: int) -> None:
    with store.transaction() as tx:
        rounds.fail(tx, rounds.get(tx, number).id, "no memory was left")
        rounds.create(tx, config_toml="", user=users.list_users(tx)[0])


@pytest.mark.parametrize("theme", THEMES)
def test_the_story_is_whole_on_a_phone_and_can_be_read_by_everybody(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size(PHONE["viewport"])
    page.reload()
    card = page.locator("lead-story section")
    expect(card).to_contain_text("launched by lead")
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert card.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert grave(findings(page)) == []
