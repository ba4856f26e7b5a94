"""Leads add accounts and take them away, over real HTTP."""

import io
import tarfile

from tests.app.web.served import PASSWORD, Server


def test_a_lead_adds_an_account_by_a_link_and_takes_it_away_again(server: Server) -> None:
    with server.client("lea") as lea, server.client() as new:
        added = lea.post("/api/team", json={"name": "new", "role": "annotator"})
        assert added.status_code == 201
        key = added.json()["link"].removeprefix("/login/link#")
        assert new.post("/login/link", data={"key": key, "password": PASSWORD}).status_code == 303
        assert new.get("/api/session").json()["user"] == {"name": "new", "role": "annotator"}
        (account,) = (one for one in added.json()["team"]["accounts"] if one["name"] == "new")
        changed = lea.post(f"/api/team/{account['id']}", json={"do": "disable"}).json()
        assert {one["name"]: one["state"] for one in changed["team"]["accounts"]}["new"] == "disabled"
        assert new.get("/api/session").status_code == 401
        only = {one["name"]: one["id"] for one in changed["team"]["accounts"]}["lea"]
        refused = lea.post(f"/api/team/{only}", json={"do": "make_annotator"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "refused")
        actions = [entry["action"] for entry in lea.get("/api/team/log").json()["entries"]]
        assert actions[:3] == ["account disabled", "password chosen", "account added"]
        assert lea.get("/api/team/log/file").text.splitlines()[0] == "at,actor,via,action,about,details"


def test_a_lead_downloads_a_backup_and_the_log_has_a_line_of_it(server: Server) -> None:
    with server.client("lea") as lea:
        assert lea.get("/api/team/backup").json()["last"] is None
        sent = lea.get("/api/team/backup/file")
        assert (sent.status_code, sent.headers["content-type"]) == (200, "application/x-tar")
        assert sent.headers["content-disposition"].endswith(".tar")
        with tarfile.open(fileobj=io.BytesIO(sent.content)) as tar:
            names = tar.getnames()
        assert {"backup.json", "store.db", "end.json"} <= set(names)
        assert any(name.startswith("images/") for name in names)
        newest = lea.get("/api/team/log").json()["entries"][0]
        assert (newest["actor"], newest["action"]) == ("lea", "backup downloaded")
        assert lea.get("/api/team/backup").json()["last"] == newest["at"]
