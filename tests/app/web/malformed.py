"""Requests that cannot be carried out: well-formed ones with one to three faults put into them, from a seed."""

import json
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
NOBODY = 2_000_000
"""The number of a person, image, camera and account that there is none of."""
HALF = "\ud83d"
"""Half of a character."""
LONG = "x" * 100_000


class Raw(str):
    """Text that goes into the request as it stands, where JSON has no such value or Python would not write it."""


NO_NUMBERS = ["1", "", True, [1], {"a": 1}, HALF, "NaN"]
ODD_NUMBERS = [
    float("nan"), float("inf"), float("-inf"), 1e308, -1e308, -1e8, Raw("1e999"), Raw("-1e999"), Raw("9" * 400),
    Raw("9" * 5000),
]  # fmt: skip
NO_ROWS = [*NO_NUMBERS, *ODD_NUMBERS, -1, 0.5, 1.0, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**40]
"""What no row's number is."""
NO_KEYS = [None, 1, True, [], {}, "", "short", "k" * 65, LONG, "käsekuchen", "with\ttab", "with\0nul", 8 * HALF]
NO_LISTS = [None, 1, "x", True, {"0": 1}, [[[]]], [None], [{}], [HALF]]
NO_TEXTS = [1, True, [], {"a": 1}, "with\0nul", f"half {HALF}", LONG]
NO_SHARES = [None, *NO_NUMBERS, *ODD_NUMBERS, -0.1, 1.1, 2]
NO_BOXES = [1, "box", [], [1, 2, 3, 4], {}, {"x": 1}, {"x": 1, "y": 1, "width": 9, "height": 9, "depth": 1}]
NO_SWITCHES = [None, 0, 1, "true", [], {}]
BOX = {"x": 10.0, "y": 8.0, "width": 20.0, "height": 24.0, "angle": 0.0}
BAD_BOXES: list[Any] = [
    *NO_BOXES,
    *({**BOX, side: value} for side in ("width", "height") for value in (0, -1, 1e-9, 1e6, 2e7, None, "20")),
    *({**BOX, place: value} for place in ("x", "y") for value in (-1e6, 1e6, float("nan"), Raw("1e999"), None, "1")),
    *({**BOX, "angle": value} for value in (-361, 1e9, float("nan"), "1", True)),
]

Body = dict[str, Any]
Wrong = Mapping[str, Sequence[Any]]
"""For each field, what it may not be."""


@dataclass(frozen=True)
class Asked:
    """A route, who asks it, a body that would be taken, and what must not be in it. required: without it, refused.

    said: bodies that fit the contract and still cannot be: of another's, of what there is not, of what is past.
    """

    path: str
    who: str
    body: Body
    wrong: Wrong
    required: Sequence[str]
    said: Sequence[Body] = ()


@dataclass(frozen=True)
class Request:
    """What is sent."""

    path: str
    who: str
    body: bytes
    content_type: str | None = JSON


def malformed(asked: Asked, chance: random.Random) -> Request:
    """One request that is to be refused."""
    if asked.said and chance.random() < 0.35:
        body = {**asked.body, **_fresh(asked), **chance.choice(asked.said)}
        return Request(asked.path, asked.who, written(body))
    if chance.random() < 0.25:
        return chance.choice(_IN_TRANSIT)(asked, chance)
    body = {**deepcopy(asked.body), **_fresh(asked)}
    for fault in chance.choices(_FAULTS, _OFTEN, k=chance.randint(1, 3)):
        fault(body, asked, chance)
    return Request(asked.path, asked.who, written(body))


def written(body: Any) -> bytes:
    """As JSON, NaN and Raw included."""
    raws: list[str] = []

    def kept(value: Any) -> Any:
        if isinstance(value, Raw):
            raws.append(value)
            return f"<raw {len(raws) - 1}>"
        if isinstance(value, dict):
            return {name: kept(inner) for name, inner in value.items()}
        return [kept(inner) for inner in value] if isinstance(value, list) else value

    text = json.dumps(kept(body))
    for number, raw in enumerate(raws):
        text = text.replace(f'"<raw {number}>"', raw)
    return text.encode()


def _fresh(asked: Asked) -> Body:
    return {"key": uuid.uuid4().hex} if "key" in asked.body else {}


# --- faults of what is said; none of them takes another back ---------------------------------------------------------
def _wrong_value(body: Body, asked: Asked, chance: random.Random) -> None:
    field = chance.choice(sorted(asked.wrong))
    body[field] = chance.choice(asked.wrong[field])


def _without(body: Body, asked: Asked, chance: random.Random) -> None:
    _wrong_value(body, asked, chance)  # should the field be wrong already, and go
    body.pop(chance.choice(asked.required), None)


def _unknown(body: Body, _asked: Asked, chance: random.Random) -> None:
    names = ["unknown", "Key", "person_Id", "", "__proto__", "a" * 5000, LONG, f"half {HALF}", "nul\0", "id", "user"]
    body[chance.choice(names)] = chance.choice([None, 1, "x", [], {}, Raw("NaN")])


def _deep(body: Body, asked: Asked, chance: random.Random) -> None:
    deep = chance.choice([50, 500, 900, 3_000, 100_000])
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}")])
    body[chance.choice([*asked.required, "unknown"])] = Raw(opening * deep + "1" + closing * deep)


_FAULTS: list[Callable[[Body, Asked, random.Random], None]] = [_wrong_value, _without, _unknown, _deep]
_OFTEN = [12, 3, 4, 1]


# --- faults on the way -----------------------------------------------------------------------------------------------
def _good(asked: Asked) -> bytes:
    return written({**asked.body, **_fresh(asked)})


def _cut(asked: Asked, chance: random.Random) -> Request:
    good = _good(asked)
    return Request(asked.path, asked.who, good[: chance.randrange(len(good) - 1)])


def _no_object(asked: Asked, chance: random.Random) -> Request:
    good = _good(asked)
    sent = [
        b"", b" ", b"null", b"[]", b"1", b"true", b'"x"', b"NaN", b"{}", b"\0", b"{", b"[" * 200_000, b"'a'",
        b"[" + good + b"]", good * 2, good + b"x", json.dumps(good.decode()).encode(), b"9" * 5000, b"\xff\xfe",
        b"{" * 100_000, b'{"a":' * 100_000,
    ]  # fmt: skip
    return Request(asked.path, asked.who, chance.choice(sent))


def _not_utf8(asked: Asked, chance: random.Random) -> Request:
    good = _good(asked).decode()
    sent = [
        *(good.encode(encoding) for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-8-sig")),
        good.replace("{", '{"\udcff": 1, ', 1).encode("utf-8", "surrogateescape"),
        good.encode() + b"\xed\xa0\x80",
    ]
    return Request(asked.path, asked.who, chance.choice(sent))


def _twice(asked: Asked, chance: random.Random) -> Request:
    """A name that is there twice: which of the two counts, everybody guesses for themselves."""
    field = chance.choice(sorted(asked.body))
    first = chance.choice([asked.body[field], *asked.wrong.get(field, [])])
    written_once = written({field: first})[1:-1]
    return Request(asked.path, asked.who, b"{" + written_once + b"," + _good(asked)[1:])


def _other_type(asked: Asked, chance: random.Random) -> Request:
    kinds = [
        None, "", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "json",
        "multipart/form-data; boundary=x", "multipart/form-data", "application/octet-stream", "\x7f", "a/b/c",
    ]  # fmt: skip
    return Request(asked.path, asked.who, _good(asked), chance.choice(kinds))


def _too_large(asked: Asked, _chance: random.Random) -> Request:
    return Request(asked.path, asked.who, written({**asked.body, "unknown": "x" * 1_100_000}))


_IN_TRANSIT: list[Callable[[Asked, random.Random], Request]] = [
    _cut, _cut, _cut, _no_object, _no_object, _no_object, _not_utf8, _twice, _twice, _other_type, _other_type, _cut,
    _no_object, _not_utf8, _twice, _other_type, _cut, _no_object, _twice, _too_large,
]  # fmt: skip
