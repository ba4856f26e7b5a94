"""Somebody signs in by a provider, in a real browser: from the button to their account, and out when disabled."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from db.people import users
from db.store.session import open_store
from tests.browser.axe_findings import findings, grave
from tests.oidc_provider import RunningProvider, serving_provider

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningProvider]:
    """A provider that knows Ann, and a server started meanwhile that knows the provider."""
    with serving_provider() as running:
        running.knows("ann", email="ann@example.org", email_verified=True)
        for name, value in running.environ(NAME="Example").items():
            monkeypatch.setenv(name, value)
        yield running


def come_back(page: Page, subject: str) -> None:
    """What somebody does at the provider."""
    page.locator("input[name=sub]").fill(subject)
    page.locator("button[type=submit], input[type=submit], form button").first.click()


def test_from_the_button_to_the_account(
    provider: RunningProvider, request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path
) -> None:
    app: Any = request.getfixturevalue("fresh_app")  # once the provider's settings are in the environment
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    with store.transaction() as tx:
        users.add_user(tx, "root", "lead", "correct horse")
        ann = users.add_user(tx, "ann@example.org", "lead", None)
    with ExitStack() as stack:
        context = chromium.new_context(viewport={"width": 1280, "height": 860})
        stack.callback(context.close)
        page, refused = context.new_page(), list[str]()
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"{app.url}/team/")
        button = page.get_by_role("link", name="Sign in with Example")
        expect(button).to_be_visible()
        assert grave(findings(page)) == []
        button.click()
        page.wait_for_url(f"{provider.issuer}/**")
        come_back(page, "ann")
        page.wait_for_url(f"{app.url}/team/")
        expect(page.locator("header a.who")).to_have_text("ann@example.org")
        assert "code=" not in page.evaluate("document.referrer + location.href")

        with store.transaction() as tx:
            users.disable(tx, ann.id)
        page.goto(f"{app.url}/login")
        page.get_by_role("link", name="Sign in with Example").click()
        come_back(page, "ann")
        expect(page.get_by_role("alert")).to_contain_text("The account 'ann@example.org' is disabled")
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits a phone"
        assert grave(findings(page)) == []
        assert refused == []
        page.screenshot(path=str(tmp_path / "refused.png"))
    store.close()
