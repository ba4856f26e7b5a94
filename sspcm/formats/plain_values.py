"""What a value of a JSON file means where its writer was loose with types: numbers in text, flags, ids in words."""

import math
import re
from collections.abc import Container
from hashlib import sha256
from reprlib import Repr
from typing import Any

NESTING = 64
"""How many levels deep a field may be nested; stores and readers of JSON give up somewhere beyond."""
LONGEST_NUMBER_BITS = 4096
"""Whole numbers of more bits are no measures; Python itself refuses to write those of over 4300 digits."""
_PLAIN = frozenset((int, float))
"""The types that JSON's numbers come in; a list of nothing else is converted and checked as a whole."""
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", re.ASCII)
_WHOLE = re.compile(r"\s*[-+]?\d{1,18}(\.0*)?\s*", re.ASCII)
_FLAGS = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


def number(value: Any) -> float | None:
    """The value if it is a finite number, or the text of one."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def numbers(values: Any) -> list[float] | None:
    """The values if they are a list of finite numbers, or texts of numbers."""
    if not isinstance(values, list):
        return None
    if not _PLAIN.issuperset(map(type, values)):
        found = [one for one in map(number, values) if one is not None]
        return found if len(found) == len(values) else None
    try:
        found = list(map(float, values))
    except OverflowError:
        return None
    return found if all(map(math.isfinite, found)) else None


def whole(value: Any) -> int | None:
    """The value if it is a whole number that a store can hold, or the text of one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 2**63 else None
    found = number(value)
    return int(found) if found is not None and found.is_integer() and abs(found) < 2**63 else None


def flag(value: Any) -> bool | None:
    """Yes or no, however it is said: 1, "1", "1.0", true, "true"; null is no. None where it is neither."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in _FLAGS:
        return _FLAGS[value.strip().lower()]
    found = number(value)
    return bool(found) if found is not None else None


def identity(value: Any) -> int | str | None:
    """What an id says, so that 5, 5.0 and "5" are the same one; None where it says nothing."""
    if isinstance(value, str):
        return int(float(value)) if _WHOLE.fullmatch(value) and "." in value else _of_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return str(value) if value.bit_length() <= LONGEST_NUMBER_BITS else hex(value)
    return whole(value)


def _of_text(value: str) -> int | str | None:
    return int(value) if _WHOLE.fullmatch(value) else value.strip() or None


def id_in_words(value: Any) -> str:
    """What a complaint calls an id that is no number a store can hold."""
    kind = "the text" if isinstance(value, str) else "a number of over 18 digits,"
    return f"its id is {kind} {shown(value)}"


def kind_of(value: Any) -> str:
    """What a complaint calls a value that is no object."""
    return "null" if value is None else f"a JSON {type(value).__name__}"


def number_for(text: str, taken: Container[int]) -> int:
    """A number for an id in words: the same text gets the same number in every file, unless it is taken."""
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
    found = int.from_bytes(digest[:6], "big") + 1
    while found in taken:
        found += 1
    return found


def unfit(value: Any, levels: int = NESTING) -> str | None:
    """Why a field cannot be carried, in words: NaN, infinity, endless digits or too deep. None where it can."""
    if isinstance(value, float):
        return None if math.isfinite(value) else "holds NaN or infinity, which JSON cannot carry"
    if isinstance(value, int):
        return None if value.bit_length() <= LONGEST_NUMBER_BITS else "holds a number of over a thousand digits"
    if not isinstance(value, list | dict):
        return None
    if levels == 0:
        return f"is nested over {NESTING} levels deep"
    inner = value.values() if isinstance(value, dict) else value
    return next((why for one in inner if (why := unfit(one, levels - 1)) is not None), None)


_REPR = Repr()
_REPR.maxlevel, _REPR.maxlist, _REPR.maxdict, _REPR.maxstring, _REPR.maxother = 3, 8, 4, 60, 60


def shown(value: Any) -> str:
    """The value as a message may show it: short, whatever its depth and length, and printable."""
    try:
        return _REPR.repr(value)
    except (ValueError, RecursionError):  # a number of more digits than Python writes
        return f"a {type(value).__name__} too large to show"
