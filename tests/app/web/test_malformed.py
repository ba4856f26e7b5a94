"""Whatever is malformed is refused in words and changes nothing: the whole application over HTTP, from a seed.

Each of thousands of requests is a good one with faults put into it (tests/app/web/malformed.py).
"""

import hashlib
import http.client
import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from db.clock import utc_now
from db.labelling.leases import take_lease
from db.people import users
from db.schema import Base, LoginSessionRow, UserRow
from db.store.session import Store, open_store
from tests.app.web.malformed import (
    BAD_BOXES,
    BOX,
    LONG,
    NO_KEYS,
    NO_LISTS,
    NO_NUMBERS,
    NO_ROWS,
    NO_SHARES,
    NO_SWITCHES,
    NO_TEXTS,
    NOBODY,
    ODD_NUMBERS,
    Asked,
    Request,
    malformed,
)
from tests.app.web.served import Server

OPEN, ACCEPTED, OTHERS = 1, 2, 3
"""Persons: an open one and an accepted one in the image that ann holds, an open one in bob's."""
HERS, HIS = 1, 2
"""The images."""
KEY_USED = "a-key-that-is-used"
K = 17
POSE = [[20.0 + k, 10.0 + k, 2] for k in range(K)]
TELLS_TOO_MUCH = re.compile(
    r"Traceback|\bline \d+\b|\.py\b|sqlalchemy|sqlite3|psycopg|pydantic|SELECT |INSERT |UPDATE |/home/|/tmp/|/usr/"
)
LONGEST_MESSAGE = 1000


def pose(k: int = 0, place: int = 0, value: Any = None) -> list[Any]:
    """A whole pose but for one number."""
    rows: list[list[Any]] = [list(row) for row in POSE]
    rows[k][place] = value
    return rows


NO_POSES: list[Any] = [
    *NO_LISTS, [], POSE[:1], POSE[:16], [*POSE, POSE[0]], POSE * 58, POSE * 59, [row[:2] for row in POSE],
    [[*row, 1] for row in POSE], [[row[0], row[1], 0] for row in POSE],
    *(pose(16, place, value) for place in range(3) for value in [None, *NO_NUMBERS, *ODD_NUMBERS]),
    *(pose(3, 2, value) for value in (3, -1, 0.5, 1e6, True)), *(pose(3, place, 1e6) for place in range(2)),
]  # fmt: skip
ABOUT = {"key": "", "person_id": OPEN, "revision": 0}
NOT_ABOUT = {
    "key": NO_KEYS,
    "person_id": [None, *NO_ROWS],
    "revision": [None, *NO_ROWS],
    "box": BAD_BOXES,
    "seconds": [*NO_NUMBERS, *ODD_NUMBERS, -1, -0.001, 1e6],
}
PAST = [{"revision": 1}, {"revision": 2**31 - 1}, {"person_id": ACCEPTED}, {"person_id": ACCEPTED, "revision": 2}]
NOT_HERS = [{"person_id": OTHERS}, {"person_id": NOBODY}, {"person_id": 0}, {"person_id": 2**31 - 1}]
ELSEWHERE = [{"image_id": HIS}, {"image_id": NOBODY}, {"image_id": 0}, {"image_id": 2**31 - 1}]
ACCEPT = Asked(
    "/api/accept",
    "ann",
    {**ABOUT, "xyv": POSE, "touched": [True] * K, "started_from": None, "began": "empty", "seconds": 2.5},
    {
        **NOT_ABOUT,
        "xyv": NO_POSES,
        "touched": [*NO_LISTS, [], [True] * 16, [True] * 18, [1] * K, ["true"] * K, [True] * 1001],
        "started_from": [*NO_ROWS, 0, NOBODY],
        "began": [1, "", "Empty", "label ", [], LONG],
        "began_revision": [*NO_ROWS, 0, 1, NOBODY],
    },
    ["key", "person_id", "revision", "xyv", "touched"],
    [*PAST, *NOT_HERS, {"key": KEY_USED}, {"began": "label", "began_revision": 1}],
)
OTHER_ROUTES = [
    Asked(
        "/api/skip",
        "ann",
        {**ABOUT, "reason": "nobody could say"},
        {**NOT_ABOUT, "reason": [None, "", " ", "\n", "r" * 501, *NO_TEXTS]},
        ["key", "person_id", "revision", "reason"],
        [*PAST, *NOT_HERS, {"key": KEY_USED}],
    ),
    Asked(
        "/api/not-a-person",
        "ann",
        ABOUT,
        {**NOT_ABOUT, "withdrawn": NO_SWITCHES},
        ["key", "person_id", "revision"],
        [*PAST, *NOT_HERS, {"key": KEY_USED}, {"person_id": ACCEPTED, "revision": 1, "withdrawn": True}],
    ),
    Asked(
        "/api/reopen",
        "ann",
        {**ABOUT, "person_id": ACCEPTED, "revision": 1},
        NOT_ABOUT,
        ["key", "person_id", "revision"],
        [{"revision": 0}, {"revision": 2}, {"person_id": OPEN, "revision": 0}, *NOT_HERS, {"key": KEY_USED}],
    ),
    Asked(
        "/api/persons",
        "ann",
        {"key": "", "image_id": HERS, "box": BOX},
        {"key": NO_KEYS, "image_id": [None, *NO_ROWS], "box": [None, *BAD_BOXES]},
        ["key", "image_id", "box"],
        [*ELSEWHERE, {"key": KEY_USED}],
    ),
    *(
        Asked(
            path,
            "ann",
            {"key": "", "image_id": HERS},
            {"key": NO_KEYS, "image_id": [None, *NO_ROWS]},
            ["key", "image_id"],
            [*ELSEWHERE, {"key": KEY_USED}],
        )
        for path in ("/api/finish", "/api/reopen-image")
    ),
    *(
        Asked(
            path,
            "ann",
            {"image_ids": [HERS]},
            {"image_ids": [*NO_LISTS, *([v] for v in NO_ROWS), [1] * 101]},
            ["image_ids"],
        )
        for path in ("/api/heartbeat", "/api/release")
    ),
    Asked(
        "/api/review",
        "rev",
        {"key": "", "person_id": ACCEPTED, "revision": 1, "result": "back", "comment": "the left knee"},
        {
            "key": NO_KEYS,
            "person_id": [None, *NO_ROWS],
            "revision": [None, *NO_ROWS],
            "result": [None, 1, "", "bad", "Good", [], LONG],
            "comment": [None, "c" * 2001, *NO_TEXTS],
            "xyv": NO_POSES,
        },
        ["key", "person_id", "revision", "result"],
        [
            *NOT_HERS,
            {"revision": 0},
            {"revision": 2},
            {"person_id": OPEN},
            {"comment": ""},
            {"comment": " \t"},
            {"result": "good"},
            {"result": "good", "comment": "", "xyv": POSE},
            {"touched": [True] * 3, "xyv": POSE},
        ],
    ),
    Asked("/api/review/undo", "rev", {"review_id": NOBODY}, {"review_id": [None, *NO_ROWS, 0]}, ["review_id"], [{}]),
    Asked(
        "/api/review/rule",
        "lea",
        {"share": 0.5, "first": 3},
        {"share": NO_SHARES, "first": [None, *NO_ROWS, 10_001]},
        ["share", "first"],
    ),
    Asked(
        "/api/work",
        "lea",
        {"people": [1], "cameras": [1], "part": ""},
        {
            "people": [*NO_LISTS, [], *([v] for v in NO_ROWS), [1] * 1001, [NOBODY], [1, NOBODY]],
            "cameras": [*NO_LISTS, *([v] for v in NO_ROWS), [NOBODY], [1, NOBODY]],
            "part": [None, "p" * 257, *NO_TEXTS],
        },
        ["people", "cameras"],
    ),
    Asked("/api/work/1/take", "lea", {"person": 1}, {"person": [*NO_ROWS]}, ["person"], [{}, {"person": None}]),
    Asked("/api/work/-1/take", "lea", {"person": 1}, {"person": [*NO_ROWS]}, ["person"], [{}]),
    Asked(
        "/api/probes", "lea", {"wrong": 0.1, "empty": 0.1}, {"wrong": NO_SHARES, "empty": NO_SHARES}, ["wrong", "empty"]
    ),
    Asked(
        "/api/agreement",
        "lea",
        {"do": "share", "twice": 0.2},
        {"do": [None, 1, "", "Share", [], LONG], "twice": NO_SHARES},
        ["do", "twice"],
        [{"twice": None}, {"do": "adopt"}, {"do": "take_back"}],
    ),
]
"""`[{}]` where the good body names something that there is none of."""
NO_NUMBERS_IN_ADDRESSES = [
    "x", "-1", "+1", "1.0", "1e3", "1_0", "0x1", " 1", "1 ", "١", "１", str(2**31), str(2**63), "9" * 400, "9" * 5000,
    "NaN", "null", "1'", "1;--", "1%2F", "..", "%00", "1\0", "é", "%ff", "%ed%a0%80", str(NOBODY), "0", "𝟏",
    "1" + "0" * 300,
]  # fmt: skip
NUMBERED = (("/api/persons/{}/history", "ann"), ("/api/images/{}/task", "bob"), ("/api/work/{}/take", "lea"))


class Lines:
    """A kept connection of each person, and what they asked for."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lines: dict[str, tuple[http.client.HTTPConnection, dict[str, str]]] = {}

    def ask(self, sent: Request, *, method: str = "POST") -> tuple[int, str, bytes]:
        """Status, content type and body of the answer. A line that the server ended is opened again."""
        line, headers = self._of(sent.who)
        if sent.content_type is not None:
            headers = {**headers, "content-type": sent.content_type}
        line.putrequest(method, sent.path)
        for name, value in {**headers, "content-length": str(len(sent.body))}.items():
            line.putheader(name, value)
        line.endheaders(sent.body)
        answered = line.getresponse()
        return answered.status, answered.headers.get("content-type", ""), answered.read()

    def _of(self, who: str) -> tuple[http.client.HTTPConnection, dict[str, str]]:
        if who not in self._lines:
            with self._server.client(who) as client:
                cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
                headers = {"cookie": cookie, "x-csrf-token": client.headers["x-csrf-token"]}
            line = http.client.HTTPConnection("127.0.0.1", self._server.settings.port, timeout=30)
            self._lines[who] = line, headers
        return self._lines[who]

    def close(self) -> None:
        """Every line."""
        for line, _ in self._lines.values():
            line.close()


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[Store]:
    """The server's own, with persons in two of its images, and each held by its annotator for a day."""
    opened = open_store(server.settings.database_url)
    with server.client("ann") as ann, server.client("bob") as bob:
        for number, (client, image) in enumerate(((ann, HERS), (ann, HERS), (bob, HIS))):
            sent = {"key": f"box-of-person-{number}", "image_id": image, "box": BOX}
            assert client.post("/api/persons", json=sent).status_code == 200
        accepted = {"key": KEY_USED, "person_id": ACCEPTED, "revision": 0, "xyv": POSE, "touched": [True] * K}
        assert ann.post("/api/accept", json=accepted).json()["person"]["revision"] == 1
    with opened.transaction() as tx:
        for user in users.list_users(tx):
            if user.name in ("ann", "bob"):
                expires_at = utc_now() + timedelta(days=1)
                take_lease(tx, HERS if user.name == "ann" else HIS, user, expires_at=expires_at)
    yield opened
    opened.close()


@contextmanager
def unchanged(store: Store) -> Iterator[None]:
    """Whatever is done meanwhile leaves every row as it was, but for when a browser was last seen."""
    before = told_of(store)
    yield
    after = told_of(store)
    assert [name for name in before if before[name] != after[name]] == []


SEEN = UserRow.__table__.columns["seen_at"]


def told_of(store: Store) -> dict[str, str]:
    with store.reading() as tx:
        tables = [table for table in Base.metadata.sorted_tables if table is not LoginSessionRow.__table__]
        columns = {table: [column for column in table.columns if column is not SEEN] for table in tables}
        rows = {table.name: sorted(map(repr, tx.execute(select(*columns[table])))) for table in tables}
    return {name: hashlib.sha256("\n".join(told).encode()).hexdigest() for name, told in rows.items()}


def faults_of(status: int, content_type: str, body: bytes, home: str) -> list[str]:
    """In what an answer is no refusal of this house."""
    if not 400 <= status < 500:
        return [f"status {status}"]
    try:
        told = json.loads(body)
        (error,) = told.values()
        code, message = error["code"], error["message"]
    except (ValueError, AttributeError, KeyError, TypeError):
        return [f"not our form: {body[:200]!r}"]
    found = {
        "other fields": set(told) != {"error"} or set(error) != {"code", "message"},
        f"content type {content_type}": content_type != "application/json",
        f"code {code!r:.40}": not re.fullmatch(r"[a-z_]+", code),
        f"no words: {message!r:.80}": not re.search(r"\w+ \w+ \w+.*\.$", message, re.DOTALL),
        f"{len(message)} characters": len(message) > LONGEST_MESSAGE,
        f"tells too much: {message!r:.200}": bool(TELLS_TOO_MUCH.search(message)) or home in message,
    }
    return [what for what, is_so in found.items() if is_so]


def ask_malformed(server: Server, asked: list[Asked], count: int, seed: int) -> None:
    """Ask so many malformed requests, each seed others; every one of them is refused as it should be."""
    chance, lines, wrong = random.Random(seed), Lines(server), []
    for _ in range(count):
        sent = malformed(chance.choice(asked), chance)
        found = faults_of(*lines.ask(sent), str(server.settings.home))
        if found:
            wrong.append((sent.path, sent.content_type, sent.body[:300], found))
    lines.close()
    assert not wrong, (len(wrong), wrong[:10])


@pytest.mark.parametrize("seed", range(4))
def test_malformed_accepts_are_refused_in_words_and_change_nothing(server: Server, store: Store, seed: int) -> None:
    with unchanged(store):
        ask_malformed(server, [ACCEPT], 1250, seed)


@pytest.mark.parametrize("asked", OTHER_ROUTES, ids=[one.path for one in OTHER_ROUTES])
def test_so_is_whatever_else_changes_labels_or_what_is_asked_of_people(
    server: Server, store: Store, asked: Asked
) -> None:
    with unchanged(store):
        ask_malformed(server, [asked], 200, seed=len(asked.path))


def test_addresses_that_name_no_row_are_refused_too(server: Server, store: Store) -> None:
    lines, wrong = Lines(server), []
    with unchanged(store):
        for odd in NO_NUMBERS_IN_ADDRESSES:
            for path, who in NUMBERED:
                is_post = "work" in path
                sent = Request(path.format(quote(odd, safe="%")), who, b"{}" if is_post else b"")
                found = faults_of(*lines.ask(sent, method="POST" if is_post else "GET"), str(server.settings.home))
                wrong += [(sent.path[:60], found)] if found else []
    lines.close()
    assert not wrong, wrong


def test_the_good_requests_that_faults_are_put_into_are_taken(server: Server, store: Store) -> None:
    """Last: else the others would be refused for another reason than their fault."""
    lines = Lines(server)
    taken = ("accept", "reopen", "persons", "heartbeat", "review/rule", "probes", "work")
    for asked in [ACCEPT, *OTHER_ROUTES]:
        if asked.path.removeprefix("/api/") not in taken:
            continue
        body = {**asked.body, **({"key": f"good-one-{asked.path}"} if "key" in asked.body else {})}
        status, _, told = lines.ask(Request(asked.path, asked.who, json.dumps(body).encode()))
        assert status == 200, (asked.path, told)
    lines.close()
