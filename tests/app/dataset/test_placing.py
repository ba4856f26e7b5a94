"""Images in the order in which people count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dataset.placing import natural


def test_nine_comes_before_ten() -> None:
    assert sorted(["f10", "f9", "f009b", "f"], key=natural) == ["f", "f9", "f009b", "f10"]


@pytest.mark.parametrize(
    "name", ["\u246001.jpg", "\u00b21.jpg", "\u0663\u0664.jpg", "9" * 5000, "\u2488.jpg", "\u0be7", ""]
)
def test_odd_digits_are_sorted_like_any_other(name: str) -> None:
    assert sorted([name, "f2", "f1"], key=natural)


@given(st.lists(st.text()))
def test_any_names_can_be_put_in_order(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural)) == sorted(names)
