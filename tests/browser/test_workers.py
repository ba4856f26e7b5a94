"""The workers of a home, as a lead sees them."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from db.rounds import workers
from db.rounds.workers import Worker
from db.store.session import Store, open_store
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp, signed_in
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)


@pytest.fixture
def store(waiting_app: RunningApp) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{waiting_app.home / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def page(chromium: Browser, waiting_app: RunningApp) -> Iterator[Page]:
    with ExitStack() as stack:
        opened = signed_in(stack, chromium, waiting_app, "lead")
        opened.goto(f"{waiting_app.url}/lead/")
        opened.wait_for_selector("lead-workers[data-workers]", state="attached")
        yield opened


def give_sign(store: Store, name: str, seconds: float = 0.0, doing: str | None = None, *, ended: bool = False) -> None:
    worker = Worker(name, f"{name}.example", 4711, "1", NOW, device="auto, 1 GPU", token=name)
    with store.transaction() as tx:
        now = workers.store_now(tx) - timedelta(seconds=seconds)
        workers.arrive(tx, worker, now=now)
        workers.beat(tx, worker, doing=doing, doing_since=NOW if doing else None, now=now)
        if ended:
            workers.end(tx, worker, now=now)


def put_all(store: Store) -> None:
    give_sign(store, "gpu-1", doing="round 3, train")
    give_sign(store, "gpu-2")
    give_sign(store, "gpu-3", 300)
    give_sign(store, "laptop", 4000, ended=True)
    with store.transaction() as tx:
        workers.lose_silent(tx)


def test_a_lead_sees_what_each_worker_does_as_they_come_and_go(page: Page, store: Store) -> None:
    card = page.locator("lead-workers section")
    expect(card).to_be_hidden()
    give_sign(store, "gpu-1")
    expect(card).to_contain_text("One worker runs.")
    expect(card).to_contain_text("gpu-1 waits for a round or a model")
    put_all(store)
    expect(card).to_contain_text("2 workers run. A round is one worker's at a time")
    rows = card.get_by_role("listitem")
    expect(rows).to_have_count(4)
    expect(rows.nth(0)).to_contain_text("gpu-1 round 3, train since")
    expect(rows.nth(0)).to_contain_text("gpu-1.example, process 4711, auto, 1 GPU. Heard of")
    expect(rows.nth(2)).to_contain_text("gpu-3 others have its jobs")
    expect(rows.nth(3)).to_contain_text("laptop was ended")


@pytest.mark.parametrize("theme", THEMES)
def test_they_are_whole_on_a_phone_and_can_be_read_by_everybody(page: Page, store: Store, theme: str) -> None:
    put_all(store)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size(PHONE["viewport"])
    page.reload()
    card = page.locator("lead-workers section")
    expect(card).to_contain_text("2 workers run.")
    assert card.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert grave(findings(page)) == []
