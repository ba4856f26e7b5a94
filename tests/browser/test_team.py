"""The team's page: a lead invites, disables and looks at what was done; everybody minds their own account."""

import csv
import io
import re
import shlex
import tarfile
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from db.people import users
from db.records import Role
from db.store.session import open_store
from tests.browser.acting import eventually
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
FINGER_PX = 44
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Controls of the page that are lower than wanted.
SMALL = """(wanted) => [...document.querySelector("work-team").shadowRoot.querySelectorAll("button, a, input, select")]
  .filter((control) => control.checkVisibility())
  .filter((control) => control.getBoundingClientRect().height < wanted - 0.5).map(({ outerHTML }) => outerHTML)"""

Opens = Callable[..., Page]


@pytest.fixture
def elsewhere(chromium: Browser) -> Iterator[Page]:
    """A page of a browser in which nobody has signed in."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def add(app: RunningApp, name: str, role: Role = "annotator") -> None:
    """An account with a password, as if it had been there before."""
    app.passwords[name] = "battery staple"
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    with store.transaction() as tx:
        users.add_user(tx, name, role, app.passwords[name])
    store.close()


def card(page: Page, name: str) -> Locator:
    """One of the page's cards."""
    return page.get_by_role("region", name=name, exact=True)


def row(page: Page, name: str) -> Locator:
    """An account's line in the table."""
    return card(page, "Team").get_by_role("table", name="Accounts").get_by_role("row", name=re.compile(rf"^{name}\b"))


def press(page: Page, name: str, label: str) -> None:
    """One of an account's buttons."""
    menu = page.get_by_role("group", name=f"Change {name}")
    if not menu.is_visible():
        page.get_by_role("button", name=f"Change {name}").click()
    menu.get_by_role("button", name=label, exact=True).click()


def invite(page: Page, name: str, role: str = "annotator") -> str:
    """Add somebody as a lead does: the link."""
    team = card(page, "Team")
    team.get_by_label("Name").fill(name)
    team.get_by_label("Role").select_option(role)
    team.get_by_role("button", name="Add and make a link").click()
    return team.get_by_role("textbox", name=f"Link for {name}").input_value()


def make_token(page: Page, name: str, scope: str) -> str:
    """A token as its owner makes it."""
    own = card(page, "Your account")
    own.get_by_label("Name").fill(name)
    own.get_by_label("May").select_option(scope)
    own.get_by_role("button", name="Make a token").click()
    return own.get_by_role("textbox", name="The new token").input_value()


def test_the_first_lead_comes_by_the_link_in_the_home(fresh_app: RunningApp, elsewhere: Page) -> None:
    elsewhere.goto(f"{fresh_app.url}/login")
    expect(elsewhere.get_by_text("This home has no account yet.")).to_be_visible()
    file = fresh_app.home / "first_lead_link.txt"
    link = file.read_text().strip()
    assert link.startswith(fresh_app.url)
    elsewhere.goto(link)
    assert "#" not in elsewhere.url, "the key stays out of the history"
    elsewhere.get_by_label("Name").fill("olga")
    elsewhere.get_by_label("Password").fill("short")
    elsewhere.get_by_role("button", name="Make the account and sign in").click()
    expect(elsewhere.get_by_role("alert")).to_contain_text("The password has 5 characters; wanted 8 or more.")
    expect(elsewhere.get_by_label("Password")).to_be_focused()
    elsewhere.get_by_label("Password").fill("correct horse")
    elsewhere.get_by_role("button", name="Make the account and sign in").click()
    elsewhere.wait_for_url(lambda url: "/login" not in url)
    elsewhere.get_by_role("link", name="Team", exact=True).click()
    expect(row(elsewhere, "olga")).to_contain_text("lead")
    assert not file.exists()
    elsewhere.goto(link)
    elsewhere.get_by_label("Name").fill("mallory")
    elsewhere.get_by_label("Password").fill("correct horse")
    elsewhere.get_by_role("button", name="Make the account and sign in").click()
    expect(elsewhere.get_by_role("alert")).to_contain_text("This home has an account already")


def test_a_lead_invites_somebody_who_chooses_a_password_and_disables_them(
    opens: Opens, team_app: RunningApp, elsewhere: Page
) -> None:
    page = opens("lead")
    link = invite(page, "anna")
    expect(card(page, "Team").get_by_text("It opens once within 7 days. Send it to anna")).to_be_visible()
    expect(row(page, "anna")).to_contain_text("invited until")
    elsewhere.goto(link)
    expect(elsewhere.get_by_label("Password")).to_be_focused()
    elsewhere.get_by_label("Password").fill("battery staple")
    elsewhere.get_by_role("button", name="Save and sign in").click()
    elsewhere.wait_for_url(lambda url: "/login" not in url)
    elsewhere.get_by_role("link", name="anna").click()
    expect(card(elsewhere, "Your account")).to_contain_text("anna, annotator")
    expect(card(elsewhere, "Team")).to_be_hidden()
    expect(card(elsewhere, "What was done")).to_be_hidden()
    page.reload()
    expect(row(page, "anna")).to_contain_text("active")
    expect(row(page, "anna")).to_contain_text("1 browser")

    press(page, "anna", "Disable")
    expect(page.get_by_text("Disable anna? They are signed out at once, their labels stay.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("button", name="Disable anna").click()
    expect(row(page, "anna")).to_contain_text("disabled")
    answer = elsewhere.request.get(f"{team_app.url}/api/next")
    assert (answer.status, answer.json()["error"]["code"]) == (HTTPStatus.UNAUTHORIZED, "signed_out")
    own = card(elsewhere, "Your account")
    own.get_by_label("Password now").fill("battery staple")
    own.get_by_label("New password").fill("battery staple 2")
    own.get_by_role("button", name="Change password").click()
    expect(elsewhere.get_by_role("heading", name="You are signed out")).to_be_visible()

    press(page, "anna", "Enable")
    expect(row(page, "anna")).to_contain_text("active")
    team_app.passwords["anna"] = "battery staple"
    opens("anna")


def test_a_lead_downloads_a_backup_and_finds_the_commands(opens: Opens, team_app: RunningApp) -> None:
    page = opens("lead", permissions=["clipboard-read", "clipboard-write"])
    backup = card(page, "Backup")
    expect(backup).to_contain_text("None is noted here yet.")
    backup.get_by_role("button", name="Copy: Back this home up").click()
    expect(backup.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    words = shlex.split(copied)
    assert words[:-1] == ["python", "-P", "-m", "app", "--home", str(team_app.home), "backup"]
    expect(backup.get_by_label("Restore it", exact=True)).to_have_value(re.compile(" restore .*\\.tar"))
    with page.expect_download() as download:
        backup.get_by_role("link", name="Download a backup").click()
    assert download.value.suggested_filename.endswith(".tar")
    with tarfile.open(download.value.path()) as tar:
        assert {"backup.json", "store.db", "end.json"} <= set(tar.getnames())
    page.reload()
    expect(backup).to_contain_text("The last one was made")


def test_a_link_opens_once_and_a_newer_one_takes_its_place(opens: Opens, elsewhere: Page) -> None:
    page = opens("lead")
    first = invite(page, "boris")
    press(page, "boris", "New link")
    menu = page.get_by_role("group", name="Change boris")
    second = menu.get_by_role("textbox", name="Link for boris").input_value()
    assert first != second
    for link, problem in ((first, "Ask a lead for a new one"), (second, None), (second, "Ask a lead for a new one")):
        elsewhere.goto(link)
        elsewhere.get_by_label("Password").fill("battery staple")
        elsewhere.get_by_role("button", name="Save and sign in").click()
        if problem is None:
            elsewhere.wait_for_url(lambda url: "/login" not in url)
        else:
            expect(elsewhere.get_by_role("alert")).to_contain_text(problem)


def test_a_name_that_is_taken_is_said_beside_the_form(opens: Opens, team_app: RunningApp) -> None:
    add(team_app, "clara")
    page = opens("lead")
    team = card(page, "Team")
    team.get_by_label("Name").fill("CLARA")
    team.get_by_role("button", name="Add and make a link").click()
    expect(team.get_by_text("There is an account 'clara' already")).to_be_visible()
    expect(team.get_by_label("Name")).to_have_value("CLARA")


def test_the_only_lead_can_be_neither_disabled_nor_made_an_annotator(opens: Opens) -> None:
    page = opens("lead")
    for label, sure in (("Disable", "Disable my account"), ("Make annotator", "Make me an annotator")):
        press(page, "lead", label)
        page.get_by_role("button", name=sure).click()
        expect(card(page, "Team").get_by_text("'lead' is the only lead who can sign in")).to_be_visible()
        expect(row(page, "lead")).to_contain_text("active")
        page.get_by_role("button", name="Cancel").click()


def test_a_lead_makes_another_one_and_takes_it_back(opens: Opens, team_app: RunningApp) -> None:
    add(team_app, "dora")
    page, doras = opens("lead"), opens("dora")
    press(page, "dora", "Make lead")
    expect(row(page, "dora")).to_contain_text("lead")
    doras.reload()
    expect(card(doras, "Team")).to_be_visible()
    press(page, "dora", "Make annotator")
    expect(page.get_by_text("dora is an annotator now.")).to_be_visible()
    press(page, "dora", "Sign out everywhere")
    expect(row(page, "dora")).to_contain_text("nowhere")
    doras.reload()
    doras.wait_for_url("**/login?next=/team/")


def test_a_password_is_changed_by_the_old_one_and_other_browsers_are_signed_out(
    opens: Opens, team_app: RunningApp
) -> None:
    add(team_app, "emil")
    page, other = opens("emil"), opens("emil")
    page.reload()
    own = card(page, "Your account")
    expect(own.get_by_role("listitem")).to_have_count(2)
    expect(own.get_by_text("this browser")).to_have_count(1)
    for old, new, said in (
        ("not this one", "another staple", "The password that you have now is another one"),
        ("battery staple", "short", "The password has 5 characters"),
        ("battery staple", "another staple", "Your password is changed"),
    ):
        own.get_by_label("Password now").fill(old)
        own.get_by_label("New password").fill(new)
        own.get_by_role("button", name="Change password").click()
        expect(own.get_by_text(said)).to_be_visible()
    expect(own.get_by_role("listitem")).to_have_count(1)
    other.reload()
    other.wait_for_url("**/login?next=/team/")
    team_app.passwords["emil"] = "another staple"
    again = opens("emil")
    page.reload()
    own.get_by_role("button", name="Sign out the others").click()
    expect(own.get_by_text("The others are signed out.")).to_be_visible()
    again.reload()
    again.wait_for_url("**/login?next=/team/")


def test_a_token_is_shown_once_opens_what_its_scope_covers_and_is_revoked(opens: Opens, team_app: RunningApp) -> None:
    add(team_app, "fritz")
    page = opens("fritz", permissions=["clipboard-read", "clipboard-write"])
    own = card(page, "Your account")
    assert own.get_by_label("May").locator("option").count() == 2, "the scope of leads is not offered"
    token = make_token(page, "night job", "read")
    expect(own.get_by_text("This is shown once.")).to_be_visible()
    own.get_by_role("button", name="Copy").click()
    expect(own.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token
    with httpx.Client(base_url=team_app.url, headers={"authorization": f"Bearer {token}"}) as program:
        assert program.get("/api/recent").status_code == HTTPStatus.OK
        assert program.get("/api/account").status_code == HTTPStatus.FORBIDDEN
        assert program.post("/api/finish", json={}).json()["error"]["code"] == "scope"
        page.reload()
        line = own.get_by_role("row", name="night job")
        expect(line).to_contain_text(token[:8])
        expect(line).to_contain_text("look, change nothing")
        expect(line).not_to_contain_text("never")
        assert token not in page.content()
        own.get_by_role("button", name="Revoke night job").click()
        assert program.get("/api/recent").status_code == HTTPStatus.OK, "asked is not done"
        own.get_by_role("button", name="Revoke for good").click()
        expect(own.get_by_text("“night job” is revoked.")).to_be_visible()
        assert program.get("/api/recent").json()["error"]["code"] == "no_such_token"


def test_a_lead_revokes_anybodys_token(opens: Opens, team_app: RunningApp) -> None:
    add(team_app, "greta")
    token = make_token(opens("greta"), "greta's job", "label")
    page = opens("lead")
    team = card(page, "Team")
    expect(team.get_by_role("row", name="greta's job")).to_contain_text("look and label")
    team.get_by_role("button", name="Revoke greta's job of greta").click()
    page.keyboard.press("Escape")
    expect(team.get_by_role("button", name="Revoke greta's job of greta")).to_be_focused()
    page.keyboard.press("Enter")
    team.get_by_role("button", name="Revoke for good").click()
    expect(team.get_by_text("“greta's job” is revoked.")).to_be_visible()
    answer = httpx.get(f"{team_app.url}/api/recent", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED


def test_the_log_shows_what_was_done_by_whom_and_comes_as_a_file(opens: Opens, team_app: RunningApp) -> None:
    add(team_app, "hugo")
    make_token(opens("hugo"), "hugo's job", "read")
    page = opens("lead")
    press(page, "hugo", "Disable")
    page.get_by_role("button", name="Disable hugo").click()
    log = card(page, "What was done")
    newest = log.get_by_role("row").nth(1)
    expect(newest).to_contain_text("account disabled")
    expect(newest).to_contain_text("hugo")
    log.get_by_label("Of").select_option("hugo")
    expect(log.get_by_role("row")).to_have_count(2)
    expect(log.get_by_role("row").nth(1)).to_contain_text("token made")
    with page.expect_download() as download:
        log.get_by_role("link", name="Download as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [(one["actor"], one["action"], one["about"]) for one in rows[-2:]] == [
        ("hugo", "token made", "hugo's job"),
        ("lead", "account disabled", "hugo"),
    ]


def test_older_lines_of_the_log_come_when_asked_for(opens: Opens, team_app: RunningApp) -> None:
    page = opens("lead")
    session = page.request.get(f"{team_app.url}/api/session").json()
    me = page.request.get(f"{team_app.url}/api/team").json()["accounts"]
    lead = next(one["id"] for one in me if one["name"] == "lead")
    for _ in range(101):
        answer = page.request.post(
            f"{team_app.url}/api/team/{lead}", data={"do": "make_lead"}, headers={"x-csrf-token": session["csrf"]}
        )
        assert answer.ok
    page.reload()
    log = card(page, "What was done")
    expect(log.get_by_role("row")).to_have_count(101)
    log.get_by_role("button", name="Older").click()
    expect(log.get_by_role("row").nth(101)).to_contain_text("role changed")


def test_somebody_is_added_with_the_keyboard_alone(opens: Opens) -> None:
    page = opens("lead")
    card(page, "Team").get_by_label("Name").focus()
    page.keyboard.type("ida")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Link for ida")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Link for ida")).to_be_hidden()
    expect(card(page, "Team").get_by_label("Name")).to_be_focused()
    page.get_by_role("button", name="Change ida").press("Enter")
    expect(page.get_by_role("button", name="Change ida")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="New link")).to_be_focused()


def test_names_are_shown_as_text(opens: Opens) -> None:
    page = opens("lead")
    name = "<img src=x onerror=document.title='in'>"
    invite(page, name)
    expect(card(page, "Team").get_by_role("row").filter(has_text=name)).to_have_count(1)
    assert page.title() == "Team"


def everything_shown(page: Page) -> None:
    """A page with a link, a menu, a question and a token on it."""
    make_token(page, f"job on {page.viewport_size}", "lead")
    press(page, "lead", "Reset password by a link")
    page.get_by_role("textbox", name="Link for lead").wait_for()
    card(page, "Team").get_by_role("button", name=re.compile("^Revoke")).first.click()
    page.get_by_role("button", name="Revoke for good").wait_for()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("device", [{"viewport": {"width": 1440, "height": 900}}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_grave_and_nothing_is_too_wide_or_small(
    device: Any, theme: str, opens: Opens, team_app: RunningApp
) -> None:
    page = opens("lead", color_scheme=theme, **device)
    everything_shown(page)
    assert grave(findings(page)) == []
    eventually(page, f"({SIDEWAYS})() === 0")
    if device is PHONE:
        assert page.evaluate(SMALL, FINGER_PX) == []
        expect(page.get_by_role("link", name="lead", exact=True)).to_be_visible()
