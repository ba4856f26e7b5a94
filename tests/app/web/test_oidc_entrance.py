"""People sign in by a provider beside passwords: the provider is a real one, over loopback."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web import oidc_provider
from app.web.entrance import entrance_routes
from db.clock import utc_now
from db.people import audit, identities, sessions, users
from db.records import UserRecord
from db.store.session import Store
from tests.oidc_provider import RunningProvider, serving_provider

HERE = "http://127.0.0.1:7860"
Server = Callable[..., TestClient]


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with serving_provider() as running:
        running.knows("ann-at-theirs", email="Ann@example.org", email_verified=True, groups=["people"])
        running.knows("lea-at-theirs", email="lea@example.org", email_verified=True, groups=["people", "pose-leads"])
        running.knows("mallory", email="ann@example.org", email_verified=False)
        running.knows("eve", email="ann@example.org", email_verified=True)
        yield running


@pytest.fixture
def server(sqlite_store: Store, tmp_path: Path, provider: RunningProvider) -> Iterator[Server]:
    """A browser at a server that knows the provider; more settings by name."""
    opened: list[TestClient] = []

    def serve(*, running: RunningProvider = provider, **more: str) -> TestClient:
        settings = read_settings(tmp_path, {"DATABASE_URL": sqlite_store.url, **running.environ(**more)})
        app = FastAPI()
        app.include_router(entrance_routes(sqlite_store, settings))
        opened.append(TestClient(app, base_url=HERE, follow_redirects=False))
        return opened[-1]

    yield serve
    for client in opened:
        client.close()


def add(store: Store, name: str, role: str = "annotator") -> UserRecord:
    with store.transaction() as tx:
        return users.add_user(tx, name, role, "correct horse")  # type: ignore[arg-type]


def expect(store: Store, user: UserRecord, email: str) -> None:
    with store.transaction() as tx:
        identities.expect(tx, user.id, email)


def begin(browser: TestClient, next_page: str = "") -> str:
    answer = browser.get("/login/oidc", params={"next": next_page} if next_page else {})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def sign_in(browser: TestClient, provider: RunningProvider, subject: str, next_page: str = "") -> httpx.Response:
    back = provider.sign_in(begin(browser, next_page), subject)
    assert back.startswith(f"{HERE}/login/oidc/callback?")
    return browser.get(back)


def who(store: Store, answer: httpx.Response) -> str | None:
    token = answer.cookies.get("session")
    with store.reading() as tx:
        found = sessions.session_of(tx, token, now=utc_now()) if token else None
    return None if found is None else found.user.name


# --- in --------------------------------------------------------------------------------------------------------------


def test_whom_a_lead_added_by_their_address_comes_in_and_stays_known_by_issuer_and_subject(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    ann = add(sqlite_store, "ann")
    expect(sqlite_store, ann, "ann@EXAMPLE.org")
    first = sign_in(server(), provider, "ann-at-theirs", "/sheet/?show=mine")
    assert (first.status_code, first.headers["location"]) == (303, "/sheet/?show=mine")
    assert who(sqlite_store, first) == "ann"
    assert provider.methods()[-1] == "S256", "and the provider compared the verifier with it"
    provider.knows("ann-at-theirs", email="ann.new@example.org", email_verified=True)  # people move
    assert who(sqlite_store, sign_in(server(), provider, "ann-at-theirs")) == "ann"
    provider.knows("ann-at-theirs", email="Ann@example.org", email_verified=True, groups=["people"])
    with sqlite_store.reading() as tx:
        assert [line.action for line in audit.read(tx)] == ["account linked by sign-in"]


def test_an_account_that_is_named_by_the_address_is_theirs(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    add(sqlite_store, "Ann@Example.org")
    assert who(sqlite_store, sign_in(server(), provider, "ann-at-theirs")) == "Ann@Example.org"


def test_the_session_is_as_one_by_a_password(sqlite_store: Store, server: Server, provider: RunningProvider) -> None:
    expect(sqlite_store, add(sqlite_store, "ann"), "ann@example.org")
    browser = server()
    answer = sign_in(browser, provider, "ann-at-theirs")
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("session=")]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=43200" in cookie
    token = answer.cookies["session"]
    with sqlite_store.reading() as tx:
        assert sessions.session_of(tx, token, now=utc_now() + timedelta(hours=11)) is not None
        assert sessions.session_of(tx, token, now=utc_now() + timedelta(hours=13)) is None
        assert users.list_accounts(tx, now=utc_now())[0].sessions == 1
    assert browser.post("/login", data={"name": "ann", "password": "correct horse"}).status_code == 303


def test_newcomers_become_annotators_where_the_setting_says_so(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    assert sign_in(server(), provider, "ann-at-theirs").status_code == 403
    assert who(sqlite_store, sign_in(server(NEW="annotator"), provider, "ann-at-theirs")) == "ann@example.org"
    with sqlite_store.reading() as tx:
        assert [(one.name, one.role) for one in users.list_users(tx)] == [("ann@example.org", "annotator")]


def test_a_claim_says_who_is_a_lead_at_each_sign_in(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    add(sqlite_store, "root", "lead")
    settings = {"NEW": "annotator", "ROLE_CLAIM": "groups", "LEADS": "admins, pose-leads"}

    def roles() -> dict[str, str]:
        with sqlite_store.reading() as tx:
            return {one.name: one.role for one in users.list_users(tx)}

    for subject in ("ann-at-theirs", "lea-at-theirs"):
        assert sign_in(server(**settings), provider, subject).status_code == 303
    assert roles() == {"ann@example.org": "annotator", "lea@example.org": "lead", "root": "lead"}
    provider.knows("lea-at-theirs", email="lea@example.org", email_verified=True, groups=["people"])
    sign_in(server(**settings), provider, "lea-at-theirs")
    assert roles()["lea@example.org"] == "annotator"
    with sqlite_store.reading() as tx:
        assert audit.read(tx)[0].action == "role changed by sign-in"


# --- refused, each in its words --------------------------------------------------------------------------------------


def refused(answer: httpx.Response, status: int, words: str) -> None:
    assert (answer.status_code, "session" in answer.cookies) == (status, False)
    assert words in answer.text and 'role="alert"' in answer.text, answer.text
    assert "/login/oidc" in answer.text, "from where one may begin again"


def test_whom_nobody_added_is_told_what_to_ask_for(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    add(sqlite_store, "ann")
    refused(sign_in(server(), provider, "ann-at-theirs"), 403, "No account here is yours (you are ann@example.org)")


def test_an_address_that_the_provider_has_not_verified_opens_nothing(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    expect(sqlite_store, add(sqlite_store, "ann"), "ann@example.org")
    refused(sign_in(server(), provider, "mallory"), 403, "tells no verified e-mail address of you")


def test_an_account_is_one_persons_until_a_lead_says_otherwise(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    ann = add(sqlite_store, "ann")
    expect(sqlite_store, ann, "ann@example.org")
    sign_in(server(), provider, "ann-at-theirs")
    refused(sign_in(server(), provider, "eve"), 403, "is linked to somebody else")
    expect(sqlite_store, ann, "ann@example.org")
    assert who(sqlite_store, sign_in(server(), provider, "eve")) == "ann"


def test_a_disabled_account_stays_out(sqlite_store: Store, server: Server, provider: RunningProvider) -> None:
    add(sqlite_store, "root", "lead")
    ann = add(sqlite_store, "ann")
    expect(sqlite_store, ann, "ann@example.org")
    sign_in(server(), provider, "ann-at-theirs")
    with sqlite_store.transaction() as tx:
        users.disable(tx, ann.id)
    refused(sign_in(server(), provider, "ann-at-theirs"), 403, "The account &#x27;ann&#x27; is disabled")


def test_another_browser_cannot_finish_a_sign_in(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    expect(sqlite_store, add(sqlite_store, "ann"), "ann@example.org")
    attacker, victim = server(), server()
    back = provider.sign_in(begin(attacker), "ann-at-theirs")
    refused(victim.get(back), 400, "not begun in this browser")
    begin(victim)  # nor with a sign-in of its own under way
    refused(victim.get(back), 400, "not begun in this browser")


def test_a_state_and_a_code_count_once(sqlite_store: Store, server: Server, provider: RunningProvider) -> None:
    expect(sqlite_store, add(sqlite_store, "ann"), "ann@example.org")
    browser = server()
    back = provider.sign_in(begin(browser), "ann-at-theirs")
    kept = browser.cookies["oidc"]
    assert browser.get(back).status_code == 303
    refused(browser.get(back), 400, "not begun in this browser")
    browser.cookies.set("oidc", kept)
    refused(browser.get(back), 401, "does not prove who you are")


def test_a_code_that_another_sign_in_was_given_proves_nothing(
    sqlite_store: Store, server: Server, provider: RunningProvider
) -> None:
    """The attacker's code in the victim's own sign-in: PKCE and nonce are the victim's."""
    expect(sqlite_store, add(sqlite_store, "ann"), "ann@example.org")
    attacker, victim = server(), server()
    code = parse_qs(urlsplit(provider.sign_in(begin(attacker), "ann-at-theirs")).query)["code"][0]
    state = parse_qs(urlsplit(begin(victim)).query)["state"][0]
    answer = victim.get(f"/login/oidc/callback?{urlencode({'code': code, 'state': state})}")
    refused(answer, 401, "does not prove who you are")


def test_an_answer_of_another_issuer_is_refused(sqlite_store: Store, server: Server, provider: RunningProvider) -> None:
    browser = server()
    back = provider.sign_in(begin(browser), "ann-at-theirs")
    refused(browser.get(f"{back}&iss=https://evil.example"), 401, "does not prove who you are")


def test_what_the_provider_refuses_is_told_without_its_words(server: Server, provider: RunningProvider) -> None:
    browser = server()
    state = parse_qs(urlsplit(begin(browser, "/team/")).query)["state"][0]
    said = urlencode({"state": state, "error": "access_denied", "error_description": "<script>no</script>"})
    answer = browser.get(f"/login/oidc/callback?{said}")
    refused(answer, 401, "did not sign you in (access_denied)")
    assert "script>" not in answer.text and "next=%2Fteam%2F" in answer.text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_signing_in_by_the_provider_leads_to_no_other_site(
    sqlite_store: Store, server: Server, provider: RunningProvider, wanted: str
) -> None:
    expect(sqlite_store, add(sqlite_store, "ann"), "ann@example.org")
    assert sign_in(server(), provider, "ann-at-theirs", wanted).headers["location"] == "/"


def test_the_way_back_is_the_servers_own_address_and_no_headers(server: Server, provider: RunningProvider) -> None:
    browser = server()
    asked = parse_qs(urlsplit(begin(browser)).query)
    assert asked["redirect_uri"] == [f"{HERE}/login/oidc/callback"]
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"] and asked["nonce"]
    elsewhere = browser.get("/login/oidc", headers={"host": "localhost:7860"}, params={"next": "/team/"})
    assert elsewhere.headers["location"] == f"{HERE}/login/oidc?next=%2Fteam%2F"


# --- the provider is away --------------------------------------------------------------------------------------------


def test_where_the_provider_is_away_passwords_go_on(sqlite_store: Store, server: Server) -> None:
    add(sqlite_store, "ann")
    browser = server(running=RunningProvider("http://127.0.0.1:9"))
    assert "Sign in with single sign-on" in browser.get("/login").text
    answer = browser.get("/login/oidc")
    refused(answer, 503, "does not answer just now. Sign in by your password")
    assert browser.post("/login", data={"name": "ann", "password": "correct horse"}).status_code == 303


def test_a_provider_that_goes_away_meanwhile_is_told(sqlite_store: Store, server: Server) -> None:
    with serving_provider() as running:
        browser = server(running=running)
        back = running.sign_in(begin(browser), "ann-at-theirs")
    refused(browser.get(back), 503, "does not answer just now")


def test_without_a_provider_there_is_no_button_and_no_route(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(entrance_routes(sqlite_store, read_settings(tmp_path, {"DATABASE_URL": sqlite_store.url})))
    with TestClient(app, base_url=HERE) as browser:
        assert "oidc" not in browser.get("/login").text
        assert browser.get("/login/oidc").status_code == 404


def test_the_provider_is_asked_for_its_configuration_once(server: Server, provider: RunningProvider) -> None:
    browser = server()
    asked: list[str] = []
    usual = oidc_provider.Provider._get
    try:
        oidc_provider.Provider._get = lambda self, address: asked.append(address) or usual(self, address)  # type: ignore
        for _ in range(3):
            begin(browser)
    finally:
        oidc_provider.Provider._get = usual  # type: ignore[method-assign]
    assert len(asked) == 1
