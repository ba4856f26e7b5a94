"""A home where nothing was imported yet, and no worker runs: every page says what to do first."""

import shlex
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe_findings import findings, grave
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
TITLE = "This home has no images yet"
PAGES = {"annotator": ("/annotate/", "/sheet/"), "lead": ("/annotate/", "/sheet/", "/lead/", "/cameras/")}
EACH = [(name, path) for name, paths in PAGES.items() for path in paths]


def open_page(sign_in_empty: Callable[..., Page], app: Any, name: str, path: str, **options: Any) -> Page:
    """One of the empty home's pages, whole."""
    page = sign_in_empty(name, **options)
    page.goto(f"{app.url}{path}")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    return page


@pytest.mark.parametrize(("name", "path"), EACH)
def test_each_page_of_an_empty_home_says_what_to_do_first(
    name: str, path: str, sign_in_empty: Callable[..., Page], empty_app: Any
) -> None:
    page = open_page(sign_in_empty, empty_app, name, path)
    command = f"python -P -m app --home {shlex.quote(str(empty_app.home))} import IMAGES_DIR"
    if name == "lead":
        expect(page.get_by_text(command, exact=True)).to_be_visible()
    else:
        expect(page.get_by_text("A lead imports them: ask one.")).to_be_visible()
        expect(page.get_by_text("IMAGES_DIR")).to_be_hidden()
    for wrong in ("could not be loaded", "labelled or held", "Nothing left to do", "Saved", "Label some"):
        expect(page.get_by_text(wrong)).to_be_hidden()


def test_a_lead_is_told_that_no_worker_has_run_and_that_there_is_nothing_to_download(
    sign_in_empty: Callable[..., Page], empty_app: Any
) -> None:
    page = open_page(sign_in_empty, empty_app, "lead", "/lead/")
    expect(page.get_by_text("No worker has run here yet.")).to_be_visible()
    expect(page.get_by_text(f"--home {shlex.quote(str(empty_app.home))} worker")).to_be_visible()
    expect(page.get_by_text("Nothing to download yet")).to_be_visible()
    expect(page.get_by_role("link", name="Download labels")).to_be_hidden()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("name", "path"), EACH)
def test_axe_finds_nothing_grave_in_an_empty_home(
    name: str, path: str, theme: str, sign_in_empty: Callable[..., Page], empty_app: Any
) -> None:
    page = open_page(sign_in_empty, empty_app, name, path, color_scheme=theme)
    assert grave(findings(page)) == []


@pytest.mark.parametrize(("name", "path"), EACH)
def test_the_pages_of_an_empty_home_fit_a_phone(
    name: str, path: str, sign_in_empty: Callable[..., Page], empty_app: Any
) -> None:
    page = open_page(sign_in_empty, empty_app, name, path, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
