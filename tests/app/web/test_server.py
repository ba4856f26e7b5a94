"""The web server over real HTTP: nobody passes the guard who should not, and the editor's contract holds."""

import json
import subprocess
import sys
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.home.image_files import ImageFiles
from db.clock import utc_now
from db.people import sessions, users
from db.store.session import open_store
from tests.app.web.served import PASSWORD, Server
from tests.onnx_files import movenet

LEAD_ROUTES = (
    "/lead/",
    "/lead/config",
    "/api/rounds",
    "/api/rounds/1",
    "/api/counts",
    "/api/export",
    "/api/prelabellings/latest",
    "/api/worker",
    "/api/workers",
    "/api/validation",
    "/cameras/",
    "/api/cameras",
    "/api/team",
    "/api/team/log",
    "/api/team/log/file",
)


PUBLIC = {"/login", "/login/link", "/login/first", "/healthz", "/readyz", "/metrics", "/manifest.json", "/favicon.ico"}
FOR_REVIEWERS = {"/api/review", "/api/review/file", "/api/review/next", "/api/review/undo"}
FOR_ANNOTATORS = {
    "/api/accept",
    "/api/account",
    "/api/account/others",
    "/api/account/password",
    "/api/account/tokens",
    "/api/account/tokens/1/revoke",
    "/api/finish",
    "/api/first-step",
    "/api/heartbeat",
    "/api/images/1/previous",
    "/api/images/1/task",
    "/api/next",
    "/api/not-a-person",
    "/api/persons",
    "/api/persons/1/history",
    "/api/recent",
    "/api/release",
    "/api/review/own",
    "/api/reopen",
    "/api/reopen-image",
    "/api/session",
    "/api/sheet",
    "/api/sheet/filters",
    "/api/skip",
}
"""What annotators may call of the API; every other route is the leads'."""


def test_the_anonymous_get_the_login_page_and_nothing_else(server: Server) -> None:
    paths = server.paths
    assert {"/api/next", "/annotate", "/lead", "/sheet"} <= {p.rstrip("/") for p in paths}
    with server.client() as client:
        for path in sorted(paths - PUBLIC):
            for method in ("GET", "POST"):
                answered = client.request(method, path)
                assert answered.status_code == 401, f"{method} {path} was answered with {answered.status_code}"
        page = client.get("/annotate/", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/annotate/")


def test_annotators_are_kept_out_of_what_is_the_leads(server: Server) -> None:
    with server.client("ann") as ann, server.client("lea") as lea:
        for path in LEAD_ROUTES:
            assert ann.get(path).status_code == 403, path
        for path in sorted({one for one in server.paths if one.startswith("/api/")} - FOR_ANNOTATORS):
            for method in ("GET", "POST"):
                answered = ann.request(method, path)
                for_whom = "reviewers_only" if path in FOR_REVIEWERS else "leads_only"
                assert answered.json()["error"]["code"] == for_whom, f"{method} {path}: {answered.text}"
        assert ann.post("/api/rounds", json={}).status_code == 403
        assert ann.post("/lead/gradio_api/queue/join", json={"fn_index": 0, "data": []}).status_code == 403
        assert lea.get("/lead/").status_code == 200
        assert lea.get("/api/counts").json()["images"] == 6


def test_people_are_refused_on_a_page_with_a_way_back(server: Server) -> None:
    with server.client("ann") as ann:
        for path, status, said in (("/lead/", 403, "signed in as ann"), ("/nowhere", 404, "no page at this address")):
            page = ann.get(path, headers={"accept": "text/html"})
            assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
            assert said in page.text
            assert 'href="/annotate/"' in page.text


def test_an_image_whose_file_is_gone_is_told_in_words(server: Server) -> None:
    with server.client("lea") as lea:
        image = lea.get("/api/next").json()["image"]
        assert lea.get(image["url"]).status_code == 200
        path = ImageFiles(server.settings.home).path(image["url"].rsplit("/", 1)[1])
        aside = path.rename(path.with_name("aside"))
        answered = lea.get(image["url"])
        aside.rename(path)
        lea.post("/api/release", json={"image_ids": [image["id"]]})
    assert (answered.status_code, answered.json()["error"]["code"]) == (404, "not_found")
    assert "restore images/" in answered.json()["error"]["message"]


def test_a_lead_uploads_a_model_and_the_worker_gets_it(server: Server) -> None:
    with server.client("ann") as ann, server.client("lea") as lea:
        assert ann.post("/api/prelabellings?name=dots.onnx", content=b"onnx").status_code == 403
        refused = lea.post("/api/prelabellings?name=weights.pth", content=b"onnx")
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_model")
        assert lea.get("/api/prelabellings/latest").json() == {"prelabelling": None}
        large = movenet(side=192)  # over what any other route takes
        assert len(large) > 2_000_000
        cut = lea.post("/api/prelabellings?name=cut.onnx", content=large[:-9])
        assert (cut.status_code, cut.json()["error"]["code"]) == (422, "invalid_model")
        assert "cut is no whole ONNX model" in cut.json()["error"]["message"]
        launched = lea.post("/api/prelabellings", params={"name": "../dots.onnx"}, content=large)
        assert (launched.status_code, launched.json()["model"], launched.json()["state"]) == (201, "dots", "queued")
        (kept,) = (server.settings.home / "models").glob("*.onnx")
        assert kept.name == f"{launched.json()['sha256']}.onnx"
        assert lea.post("/api/prelabellings?name=two.onnx", content=movenet()).status_code == 409
        assert lea.get("/api/prelabellings/latest").json()["prelabelling"]["model"] == "dots"


def test_a_lead_takes_labels_made_elsewhere(server: Server) -> None:
    with server.client("ann") as ann, server.client("lea") as lea:
        document = lea.get("/api/export").content
        assert ann.post("/api/labels", content=document).status_code == 403
        report = lea.post("/api/labels?update=1", content=document)
        assert report.status_code == 200
        assert report.json()["images_known"] == len(json.loads(document)["images"])
        assert report.json()["told"].startswith("nothing new")
        refused = lea.post("/api/labels", content=b"[")
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "not_taken")
        assert not list(server.settings.home.glob(".labels-*"))


def test_a_lead_says_where_a_cameras_circle_lies_or_that_it_is_no_fisheye(server: Server) -> None:
    with server.client("lea") as lea:
        (camera,) = lea.get("/api/cameras").json()["cameras"]
        assert (camera["source"], camera["images"], camera["lens"]["radius"]) == ("assumed", 6, 24.0)
        route, image = f"/api/cameras/{camera['id']}", camera["frame"]["id"]
        circle = {"x": 30.5, "y": 24.0, "radius": 22.0}
        saved = lea.post(f"{route}/lens", json={"image_id": image, "lens": circle}).json()["camera"]
        assert (saved["source"], saved["lens"]) == ("set", circle)
        refused = lea.post(f"{route}/lens", json={"image_id": image, "lens": {**circle, "x": 9999}})
        assert (refused.status_code, "wanted a centre inside the frame" in refused.text) == (422, True)
        assert lea.post(f"{route}/find", json={}).json() == {"found": None}
        assert lea.post("/api/cameras/99/find", json={}).status_code == 404
        plain = lea.post(f"{route}/lens", json={"image_id": image, "lens": None}).json()["camera"]
        assert (plain["is_fisheye"], plain["lens"]) == (False, None)


def test_both_exports_have_names_of_their_own(server: Server) -> None:
    with server.client("lea") as lea:
        names = {lea.get("/api/export", params=p).headers["content-disposition"] for p in ({}, {"with_predictions": 1})}
    assert len(names) == 2


@pytest.mark.parametrize(
    "path",
    [
        "/annotate/gradio_api/file=/etc/passwd",
        "/annotate/gradio_api/upload",
        "/annotate/gradio_api/call/x",
        "/sheet/gradio_api/file=/etc/passwd",
        "/docs",
    ],
)
def test_routes_of_gradio_that_no_page_needs_do_not_exist(path: str, server: Server) -> None:
    with server.client("lea") as lea:
        assert lea.get(path).status_code == 404
        assert lea.post(path).status_code == 404


def test_requests_from_other_sites_and_without_the_token_are_refused(server: Server) -> None:
    with server.client("ann") as ann:
        body = {"image_ids": []}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"X-CSRF-Token": "x"}):
            assert ann.post("/api/release", json=body, headers=headers).status_code == 403
        assert ann.post("/api/release", json=body, headers={"Origin": server.url}).status_code == 200
        assert ann.get("/api/session", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/annotate/", "/sheet/"])
def test_pages_carry_a_policy_without_inline_scripts(server: Server, path: str) -> None:
    with server.client("ann") as ann:
        page = ann.get(path)
    assert page.status_code == 200
    script = page.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert "'unsafe-inline'" not in script
    nonce = script.split("'nonce-")[1].split("'")[0]
    assert page.text.count("<script") == page.text.count(f'nonce="{nonce}"')


def test_signing_out_ends_the_session(server: Server) -> None:
    with server.client("ann") as ann:
        forged = ann.post("/logout", headers={"X-CSRF-Token": "x"})
        assert (forged.status_code, forged.json()["error"]["code"]) == (403, "csrf")
        assert ann.post("/logout").status_code == 303
        assert ann.get("/api/session").status_code == 401


def test_a_session_ends_by_itself(server: Server) -> None:
    store = open_store(server.settings.database_url)
    with store.transaction() as tx:
        ann = next(user for user in users.list_users(tx) if user.name == "ann")
        hours = server.settings.session_hours
        token, _ = sessions.open_session(tx, ann, now=utc_now() - timedelta(hours=hours), hours=hours)
    store.close()
    with server.client() as client:
        client.cookies.set("session", token)
        assert client.get("/api/session").status_code == 401


def test_numbers_and_texts_that_no_store_can_hold_are_refused_in_words(server: Server) -> None:
    huge = 10**30
    person = {"key": "12345678", "person_id": 1, "revision": 0, "reason": "a\0b"}
    with server.client("ann") as ann:
        answers = [
            ann.get(f"/api/next?exclude={huge}"),
            ann.get(f"/img/{huge}/{'0' * 64}"),
            ann.post("/api/release", json={"image_ids": [huge]}),
            ann.post("/api/skip", json=person),
            ann.post("/api/skip", json={**person, "reason": "dark", "revision": huge}),
            ann.post("/api/skip", content=b'{"key":'),
        ]
        assert [a.status_code for a in answers] == [422] * len(answers)
        assert all(a.json()["error"]["code"] == "invalid" for a in answers)
        nowhere = ann.get("/api/nowhere")
        assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "http")
        assert ann.post("/login", data={"name": "a\0b", "password": "x"}).status_code == 401


def test_guessing_passwords_is_slowed_down(server: Server) -> None:
    with server.client() as client:
        for _ in range(5):
            wrong = client.post("/login", data={"name": "mallory", "password": "guess"})
            assert wrong.status_code == 401
        assert "do not belong together" in wrong.text
        assert client.post("/login", data={"name": "Mallory", "password": "guess"}).status_code == 429


def test_the_login_page_never_leads_to_another_site(server: Server) -> None:
    for wanted in ("//evil.example/", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "//[", "/\t/["):
        with server.client() as client:
            form = {"name": "ann", "password": PASSWORD, "next": wanted}
            assert client.post("/login", data=form).headers["location"] == "/"


def test_two_annotators_never_hold_one_image_and_a_drawn_person_is_accepted_once(server: Server) -> None:
    with server.client("ann") as ann, server.client("bob") as bob:
        task, other = ann.get("/api/next").json(), bob.get("/api/next").json()
        assert task["image"]["id"] != other["image"]["id"]
        assert "blind" not in str(task)
        image = ann.get(task["image"]["url"])
        assert (image.status_code, "immutable" in image.headers["cache-control"]) == (200, True)

        box = {"x": 5, "y": 5, "width": 30, "height": 30, "angle": 0}
        drawn = {"key": str(uuid.uuid4()), "image_id": task["image"]["id"], "box": box}
        person = ann.post("/api/persons", json=drawn).json()["person"]
        assert ann.post("/api/persons", json=drawn).json()["person"]["id"] == person["id"]

        accept = {
            "key": str(uuid.uuid4()),
            "person_id": person["id"],
            "revision": person["revision"],
            "xyv": [[10.0 + k, 12.0, 2] for k in range(17)],
            "touched": [True] * 17,
            "started_from": None,
        }
        refused = bob.post("/api/accept", json=accept)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "lease_lost")
        first, again = (ann.post("/api/accept", json=accept).json() for _ in range(2))
        assert (first["repeated"], again["repeated"], first["image_done"]) == (False, True, True)
        late = ann.post(
            "/api/skip", json={**{k: accept[k] for k in ("person_id", "revision")}, "key": "k" * 9, "reason": "late"}
        )
        assert (late.status_code, late.json()["error"]["code"]) == (409, "revision_conflict")
        bob.post("/api/release", json={"image_ids": [other["image"]["id"]]})


def test_a_changed_box_a_closed_image_and_its_reopening_go_through_the_guard(server: Server) -> None:
    with server.client("ann") as ann, server.client("bob") as bob:
        task = ann.get("/api/next").json()
        image_id, box = task["image"]["id"], {"x": 5, "y": 5, "width": 30, "height": 30, "angle": 0}
        drawn = ann.post("/api/persons", json={"key": str(uuid.uuid4()), "image_id": image_id, "box": box}).json()
        turned = {**box, "x": 8, "angle": 33.5}
        decided = {"key": str(uuid.uuid4()), "person_id": drawn["person"]["id"], "revision": 0}
        skipped = ann.post("/api/skip", json={**decided, "reason": "too dark", "box": turned}).json()
        assert skipped["image_done"]

        closed = bob.get(f"/api/images/{image_id}/task").json()
        (person,) = [one for one in closed["persons"] if one["id"] == drawn["person"]["id"]]
        assert (person["box"], person["state"], person["skip_reason"]) == (turned, "skipped", "too dark")
        assert (person["starts"], person["keypoint_scores"], closed["version"]) == ([], None, 1)
        assert closed["held_by"] is None  # bob himself
        assert ann.get(f"/api/images/{image_id}/task").json()["held_by"] == "bob"  # to be looked at

        reopen = {"key": str(uuid.uuid4()), "image_id": image_id}
        assert ann.post("/api/reopen-image", json=reopen).status_code == 409
        for _ in range(2):
            assert bob.post("/api/reopen-image", json=reopen).json() == {"image_done": False}
        assert bob.post("/api/finish", json={"key": str(uuid.uuid4()), "image_id": image_id}).json()["image_done"]

        (latest, *_) = ann.get("/api/recent?limit=1").json()["images"]
        assert (latest["id"], latest["is_open"], latest["camera"]) == (image_id, False, task["image"]["camera"])
        assert datetime.fromisoformat(latest["decided_at"]) <= utc_now()
        assert bob.get("/api/recent").json()["images"][0]["id"] == image_id
        earlier = ann.get(f"/api/images/{image_id}/previous").json()
        assert set(earlier) == {"file_name", "frame", "persons"}
        bob.post("/api/release", json={"image_ids": [image_id]})


def test_images_that_are_not_there_and_limits_that_are_too_large_are_refused(server: Server) -> None:
    with server.client("ann") as ann:
        assert ann.get("/api/images/9999/task").status_code == 404
        assert ann.get("/api/images/9999/previous").status_code == 404
        assert [ann.get(f"/api/recent?limit={limit}").status_code for limit in (0, 51)] == [422, 422]
        assert ann.get("/api/images/99999999999/task").status_code == 422


@pytest.mark.parametrize(
    "body", [{}, {"key": "12345678", "person_id": 1, "revision": 0, "xyv": [[1, 2]], "touched": []}]
)
def test_a_request_that_does_not_fit_is_told_why(body: dict[str, Any], server: Server) -> None:
    with server.client("ann") as ann:
        answered = ann.post("/api/accept", json=body)
    assert answered.status_code == 422
    assert "does not fit the contract" in answered.json()["error"]["message"]


def test_a_round_without_labels_or_with_unknown_settings_is_refused_in_words(server: Server) -> None:
    with server.client("lea") as lea:
        unknown = lea.post("/api/rounds", json={"preset": "demo", "config": {"train": {"step": 1}}})
    assert unknown.status_code == 422
    assert "Did you mean 'train.steps'" in unknown.json()["error"]["message"]


@pytest.mark.parametrize(
    "method,path,content,status,said",
    [
        ("GET", "/api/nowhere", None, 404, "nothing is at '/api/nowhere'"),
        ("PUT", "/api/accept", "{}", 405, "PUT is not what '/api/accept' takes; it takes POST"),
        ("POST", "/api/accept", b'{"key": "\xff\xfe"}', 422, "the request is not UTF-8 from byte 9"),
    ],
)
def test_what_http_refuses_is_told_by_address_and_method(
    method: str, path: str, content: bytes | None, status: int, said: str, server: Server
) -> None:
    with server.client("ann") as ann:
        answered = ann.request(method, path, content=content, headers={"content-type": "application/json"})
    assert answered.status_code == status
    assert said in answered.json()["error"]["message"]


def test_a_head_request_learns_what_a_get_would(server: Server) -> None:
    with server.client("ann") as ann:
        image = ann.get("/api/next").json()["image"]["url"]
        asked = ann.head(image)
        assert (asked.status_code, asked.content) == (200, b"")
        assert int(asked.headers["content-length"]) == len(ann.get(image).content)
        assert ann.head("/").status_code == 303


def test_the_sources_of_the_pages_lie_beside_the_application(server: Server) -> None:
    with server.client("ann") as ann:
        for path in ("editor/editor.js", "editor/desk/desk.js", "shared/api.js"):
            assert ann.get(f"/assets/{path}").status_code == 200
        assert ann.get("/assets/demo/truth.json").status_code == 404


@pytest.mark.parametrize("asked", [{"fn_index": 999}, {"fn_index": -1}, {}, {"session_hash": "x", "fn_index": 999}])
def test_an_event_that_no_page_has_is_refused_in_words(asked: dict[str, Any], server: Server) -> None:
    with server.client("lea") as lea:
        answer = lea.post("/lead/gradio_api/run/predict", json={"data": [], **asked})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert "Reload the page" in answer.json()["error"]["message"]


@pytest.mark.parametrize("data", [[], [None]])
def test_an_event_with_other_fields_than_the_page_has_is_answered_in_words(data: list[Any], server: Server) -> None:
    with server.client("lea") as lea:
        launch = next(d for d in lea.get("/lead/config").json()["dependencies"] if len(d["inputs"]) > 1)
        answer = lea.post("/lead/gradio_api/run/predict", json={"data": data, "fn_index": launch["id"]})
    said = answer.json()["error"]
    assert answer.status_code == 500 and "Reload the page" in said, answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/annotate/static/nope.js", b"", 404),
        ("DELETE", "/lead/", b"", 405),
        ("POST", "/lead/gradio_api/run/predict", b'{"data":1}', 422),
        ("POST", "/lead/gradio_api/run/predict", b'{"data":[],"fn_index":1e400}', 422),
        ("POST", "/lead/gradio_api/run/predict", b'{"fn_index":0,"data":["\\ud800"]}', 422),
        ("POST", "/api/rounds", b'{"config":{"model":{"\\ud800":1}}}', 422),
    ],
)
def test_a_page_of_gradio_refuses_in_our_words(
    method: str, path: str, body: bytes, status: int, server: Server
) -> None:
    with server.client("lea") as lea:
        answer = lea.request(method, path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    assert set(answer.json()["error"]) == {"code", "message"}


THROWN_AWAY = """
import os, signal
from app.web.server import end_well

class ThrownAway:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

signal.signal(signal.SIGTERM, end_well)
ThrownAway()
print("went on")
"""
"""Python swallows what a handler raises at such a moment; a starting event loop has some."""


def test_a_word_to_stop_is_heard_at_every_moment_and_ends_well() -> None:
    ended = subprocess.run([sys.executable, "-P", "-c", THROWN_AWAY], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "")
