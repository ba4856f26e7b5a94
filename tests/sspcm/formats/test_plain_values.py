"""What loose values mean, and which of them can be carried."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sspcm.formats.plain_values import NESTING, flag, identity, number, number_for, numbers, shown, unfit, whole
from tests.coco_generator import JSON


def nested(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        *((odd, None) for odd in (None, True, "", "x", "0x10", "nan", "1_000", "\u0663", [], {}, math.nan, math.inf)),
        *((huge, None) for huge in (10**400, "1e999")),
        *((text, 17.0) for text in ("17", " 17 ", "17.", "+17", "1.7e1", 17)),
    ],
)
def test_a_number_is_a_finite_one_or_the_text_of_one(value: Any, meant: float | None) -> None:
    assert number(value) == meant


@settings(max_examples=30)
@given(st.lists(JSON, max_size=4) | st.lists(st.floats() | st.integers(), max_size=4) | JSON)
def test_a_list_of_numbers_is_what_its_values_are_one_by_one(values: Any) -> None:
    one_by_one = [number(one) for one in values] if isinstance(values, list) else [None]
    assert numbers(values) == (None if None in one_by_one else one_by_one)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (5, 5),
        (5.0, 5),
        ("5.0", 5),
        (5.5, None),
        (True, None),
        (2**63, None),
        (-(2**63) + 1, -(2**63) + 1),
        (1e30, None),
    ],
)
def test_a_whole_number_is_one_that_a_store_can_hold(value: Any, meant: int | None) -> None:
    assert whole(value) == meant


@pytest.mark.parametrize(
    ("meant", "values"),
    [
        (True, (1, 1.0, "1", "1.0", True, "true", " YES ", 2)),
        (False, (0, 0.0, "0", "0.0", False, "False", "no", "", None)),
        (None, ("maybe", [], {}, math.nan)),
    ],
)
def test_yes_and_no_are_said_in_many_ways(meant: bool | None, values: tuple[Any, ...]) -> None:
    assert {flag(value) for value in values} == {meant}


def test_ids_that_mean_the_same_are_the_same() -> None:
    assert {identity(said) for said in (5, 5.0, "5", " 5 ", "5.0", "+5")} == {5}
    assert {identity(said) for said in (None, True, [], {}, "", "  ", 5.5, math.nan)} == {None}
    assert identity("person-7") == "person-7"
    assert identity(2**64) != identity(2**65), "too large for a store, and still two"


@settings(max_examples=30)
@given(JSON)
def test_an_id_is_one_that_a_store_and_a_dict_can_hold(value: Any) -> None:
    found = identity(value)
    assert found is None or isinstance(found, str) or abs(found) < 2**63
    assert identity(found) == found


@settings(max_examples=30)
@given(st.text(), st.text())
def test_an_id_in_words_gets_the_same_number_every_time_unless_it_is_taken(text: str, other: str) -> None:
    assert number_for(text, set()) == number_for(text, set()) > 0
    assert (number_for(text, set()) == number_for(other, set())) == (text == other)
    assert number_for(text, {number_for(text, set())}) == number_for(text, set()) + 1


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (math.nan, "NaN or infinity"),
        ({"a": [1, -math.inf]}, "NaN or infinity"),
        ([10**5000], "over a thousand digits"),
        (nested(NESTING), "nested over 64 levels"),
        (nested(900), "nested over 64 levels"),
    ],
)
def test_what_cannot_be_carried_says_why(value: Any, why: str) -> None:
    assert why in str(unfit(value))


@settings(max_examples=30)
@given(JSON)
def test_what_can_be_carried_is_json(value: Any) -> None:
    assert unfit(nested(NESTING - 1)) is None
    if unfit(value) is None:
        assert json.loads(json.dumps(value, allow_nan=False)) == value


@pytest.mark.parametrize(
    "value", [[10**5000], nested(900), "x" * 10_000, list(range(9999)), {"a": 10**5000}, "\n\udcff"]
)
def test_a_message_shows_little_of_any_value_and_nothing_that_cannot_be_printed(value: Any) -> None:
    assert len(shown(value)) < 200
    assert shown(value).isprintable()
