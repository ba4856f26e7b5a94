"""How often the lead's page asks the server."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from db.people import users
from db.rounds import rounds
from db.store.session import open_store
from tests.browser.conftest import RunningApp, signed_in

pytestmark = pytest.mark.browser

WATCHED_MS = 20_000
SEEN = "({hidden}) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); \
document.dispatchEvent(new Event('visibilitychange')); }"


@pytest.fixture
def page(chromium: Browser, waiting_app: RunningApp) -> Iterator[Page]:
    with ExitStack() as stack:
        opened = signed_in(stack, chromium, waiting_app, "lead")
        opened.goto(f"{waiting_app.url}/lead/")
        for part in ("lead-validation[data-persons]", "lead-order[data-by]", "lead-board[data-round]"):
            opened.wait_for_selector(part)
        opened.wait_for_timeout(2_000)
        opened.wait_for_load_state("networkidle")
        yield opened


def asked_within(page: Page, milliseconds: int) -> list[str]:
    """What the page asks the server meanwhile."""
    found: list[str] = []

    def note(request: Request) -> None:
        found.append(f"{request.method} {request.url}")

    page.on("request", note)
    page.wait_for_timeout(milliseconds)
    page.remove_listener("request", note)
    return found


def test_an_idle_page_asks_seldom_and_a_hidden_one_never(page: Page) -> None:
    idle = asked_within(page, WATCHED_MS)
    assert 1 <= len(idle) <= 12, idle
    page.evaluate(SEEN, {"hidden": True})
    assert asked_within(page, WATCHED_MS) == []
    with page.expect_request("**", timeout=10_000):  # and at once when it is seen again
        page.evaluate(SEEN, {"hidden": False})


def test_while_a_round_runs_its_parts_are_asked_for_often_and_nothing_else(page: Page, waiting_app: RunningApp) -> None:
    store = open_store(f"sqlite:///{waiting_app.home / 'store.db'}")
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=users.list_users(tx)[0])
        rounds.start(tx, launched.id)
    expect(page.locator("lead-story")).to_contain_text("What happened in round 1")
    busy = asked_within(page, WATCHED_MS)
    assert sum("/api/rounds/story" in one for one in busy) >= 5
    assert sum("/api/order" in one or "/api/validation" in one for one in busy) <= 4
    with store.transaction() as tx:
        rounds.fail(tx, launched.id, "no memory was left")
    store.close()
    expect(page.locator("lead-board")).to_contain_text("no memory was left")
    page.wait_for_timeout(2_000)
    assert len(asked_within(page, WATCHED_MS)) <= 12
