"""Settings out of plain data: what does not fit is named, with the way out."""

from dataclasses import dataclass, field
from typing import Literal

import pytest

from sspcm.plain import ConfigError, build, choose, limited, limits_of, merged, read_toml, recall, require_limits, short


@dataclass(frozen=True)
class Oven:
    degrees: int = limited(180, 50, 250)
    mode: Literal["fan", "grill"] = "fan"


@dataclass(frozen=True)
class Recipe:
    name: str
    oven: Oven = field(default_factory=Oven)
    minutes: float = 10.0
    shelves: tuple[int, ...] = (1,)
    note: str | None = None


def made(data: object) -> Recipe:
    return build(Recipe, data, what="the recipe")


def test_what_is_left_out_keeps_its_default_and_a_list_becomes_a_tuple() -> None:
    assert made({"name": "bread", "oven": {"mode": "grill"}, "minutes": 40, "shelves": [1, 2]}) == Recipe(
        "bread", Oven(mode="grill"), 40.0, (1, 2)
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "the recipe must be a table of settings; found \\[\\]"),
        ({}, "the setting 'name' is missing; wanted it in the recipe"),
        ({"name": "bread", "oven": {"degree": 9}}, "unknown setting 'oven.degree'. Did you mean 'oven.degrees'"),
        ({"name": "bread", "xyz": 1}, "unknown setting 'xyz'. There are: name, oven"),
        ({"name": 3}, r"'name' must be str; found 3 \(int\)"),
        ({"name": "bread", "oven": {"degrees": True}}, "'oven.degrees' must be int; found True"),
        ({"name": "bread", "oven": 180}, "'oven' must be a table of settings; found 180"),
        (
            {"name": "bread", "oven": {"mode": "gril"}},
            "one of 'fan', 'grill'; found 'gril'. Did you mean 'grill'",
        ),
        ({"name": "bread", "shelves": 1}, "'shelves' must be a list of int; found 1"),
        ({"name": "bread", "minutes": 10**400}, "must be a number that a float can hold; found a number of some"),
    ],
)
def test_a_misfit_is_named_by_its_path(data: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        made(data)


def test_limits_are_stated_once_and_include_both_ends() -> None:
    assert limits_of(Oven) == {"degrees": (50, 250)}
    require_limits(Oven(250))
    require_limits(Oven(50))
    with pytest.raises(ConfigError, match=r"oven\.degrees must be from 50 to 250; found 251"):
        require_limits(Oven(251), where="oven.")


def test_what_an_earlier_version_stored_is_recalled_whatever_is_refused_today() -> None:
    stored = {"name": "bread", "oven": {"degrees": 9999, "mode": "coal"}, "shelves": [3], "gone": 1}
    recalled = recall(Recipe, stored)
    assert (recalled.oven.degrees, recalled.oven.mode, recalled.shelves, recalled.minutes) == (9999, "coal", (3,), 10.0)


def test_tables_are_merged_table_by_table_and_neither_is_changed() -> None:
    below, above = {"a": {"x": 1, "y": 2}, "b": 1}, {"a": {"y": 3}, "b": {"z": 4}}
    assert merged(below, above) == {"a": {"x": 1, "y": 3}, "b": {"z": 4}}
    assert (below, above) == ({"a": {"x": 1, "y": 2}, "b": 1}, {"a": {"y": 3}, "b": {"z": 4}})


@pytest.mark.parametrize("text", ["a = ", "a = " + "9" * 5000, "a = " + "[" * 9999, "#" * 1_000_001])
def test_a_text_that_is_no_usable_toml_is_refused_in_words(text: str) -> None:
    with pytest.raises(ConfigError, match="the settings"):
        read_toml(text)


def test_no_value_takes_more_than_a_line_of_an_error() -> None:
    for long in ("x" * 10**6, ["y" * 100] * 100, 10**5000):
        assert len(short(long)) < 700
    with pytest.raises(ConfigError) as refused:
        choose("z" * 10**6, ["fan"], where="mode")
    assert len(str(refused.value)) < 300
