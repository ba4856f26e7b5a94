"""One's own account over real HTTP: tokens, password, browsers."""

import json
import time

from tests.app.web.served import PASSWORD, Server


def test_an_api_token_reads_labels_and_ends_when_it_is_revoked(server: Server) -> None:
    with server.client("ann") as ann, server.client() as script:
        made = ann.post("/api/account/tokens", json={"name": "nightly", "scope": "read", "days": 30}).json()
        script.headers["Authorization"] = f"Bearer {made['token']}"
        assert script.get("/api/session").json()["user"]["name"] == "ann"
        for path, status in (("/api/recent", 200), ("/api/export", 403), ("/api/account", 403), ("/annotate/", 403)):
            assert script.get(path).status_code == status, path
        assert script.post("/api/release", json={"image_ids": []}).json()["error"]["code"] == "scope"
        (token,) = made["account"]["tokens"]
        assert made["token"].startswith(token["begins"]) and made["token"] not in json.dumps(made["account"])
        assert ann.post(f"/api/account/tokens/{token['id']}/revoke", json={}).json()["tokens"] == []
        assert script.get("/api/recent").status_code == 401


def test_ones_own_password_is_changed_and_others_are_signed_out(server: Server) -> None:
    with server.client("bob") as here, server.client("bob") as there:
        wrong = here.post("/api/account/password", json={"old": "wrong", "new": "battery staple"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "invalid")
        assert len(here.get("/api/account").json()["browsers"]) >= 2
        own = here.post("/api/account/password", json={"old": PASSWORD, "new": PASSWORD}).json()
        assert [browser["is_this"] for browser in own["browsers"]] == [True]
        assert there.get("/api/session").status_code == 401


def test_whoever_found_a_browser_signed_in_guesses_slowly(server: Server) -> None:
    """The sixth wrong one and each after it waits; the right one goes through."""
    with server.client("lea") as lea:
        took = []
        for guess in range(8):
            began = time.monotonic()
            wrong = lea.post("/api/account/password", json={"old": f"guess {guess}", "new": "battery staple"})
            took.append(time.monotonic() - began)
            assert wrong.status_code == 422
        assert took[7] > 1.0
        short = lea.post("/api/account/password", json={"old": PASSWORD, "new": "short"})
        assert (short.status_code, "has 5 characters" in short.text) == (422, True)
        assert lea.post("/api/account/password", json={"old": PASSWORD, "new": PASSWORD}).status_code == 200
