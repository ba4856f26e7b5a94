"""However a COCO file writes a file's name, the file is found, where only one can be meant."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dataset.matching_names import match_names, nearest

FOLDER = ["a.jpg", "sub/b.jpg", "one/c.jpg", "two/c.jpg", "caf\u00e9.jpg", "Hall 1/frame 2.jpg"]


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("a.jpg", "a.jpg"),
        ("./a.jpg", "a.jpg"),
        ("images/a.jpg", "a.jpg"),
        ("/home/lea/images/a.jpg", "a.jpg"),
        ("A.JPG", "a.jpg"),
        ("a.jpg/", "a.jpg"),
        ("x/../a.jpg", "a.jpg"),
        ("sub\\b.jpg", "sub/b.jpg"),
        (r"C:\data\sub\b.jpg", "sub/b.jpg"),
        (r"\\nas\share\sub\b.jpg", "sub/b.jpg"),
        ("sub//b.jpg", "sub/b.jpg"),
        ("b.jpg", "sub/b.jpg"),
        ("data/one/c.jpg", "one/c.jpg"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
        ("CAFE\u0301.JPG", "caf\u00e9.jpg"),
        ("caf%C3%A9.jpg", "caf\u00e9.jpg"),
        ("Hall%201/frame%202.jpg", "Hall 1/frame 2.jpg"),
        ("https://example.org/set/Hall%201/frame%202.jpg?size=full#top", "Hall 1/frame 2.jpg"),
        ("file:///home/lea/a.jpg", "a.jpg"),
        ("s3://bucket/a.jpg", "a.jpg"),
        ("gs://a.jpg/one/c.jpg", "one/c.jpg"),
        ("/data/local-files/?d=images/sub/b.jpg", "sub/b.jpg"),
    ],
)
def test_a_name_is_matched_however_it_is_written(written: str, there: str) -> None:
    assert match_names([written], FOLDER).there == {written: there}


def test_what_could_be_several_is_none_of_them() -> None:
    matched = match_names(["c.jpg"], FOLDER)
    assert (matched.there, matched.unclear) == ({}, {"c.jpg": ["one/c.jpg", "two/c.jpg"]})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("./A.jpg", "A.jpg"),
        ("images/a.jpg", "a.jpg"),
        (r"C:\set\A.jpg", "A.jpg"),
        ("https://example.org/A.jpg?x=1", "A.jpg"),
        ("%41.jpg", "A.jpg"),
    ],
)
def test_of_files_that_differ_by_case_the_one_that_is_spelled_so_is_meant(written: str, meant: str) -> None:
    assert match_names([written], ["a.jpg", "A.jpg"]).there == {written: meant}
    assert match_names(["A.JPG"], ["a.jpg", "A.jpg"]).unclear == {"A.JPG": ["A.jpg", "a.jpg"]}


def test_a_name_that_stands_there_as_written_is_that_file_whatever_else_is() -> None:
    matched = match_names(["a.jpg", "A.jpg"], ["a.jpg", "A.jpg"])
    assert matched.there == {"a.jpg": "a.jpg", "A.jpg": "A.jpg"}
    composed, parted = "\u00e9.jpg", "e\u0301.jpg"
    assert match_names([composed, parted], [composed, parted]).there == {composed: composed, parted: parted}


def test_several_names_may_mean_one_file() -> None:
    names = ["a.jpg", "images/a.jpg", "https://example.org/a.jpg?sig=a"]
    assert match_names(names, ["a.jpg"]).there == dict.fromkeys(names, "a.jpg")


def test_files_of_one_name_in_other_folders_are_not_taken_for_it() -> None:
    matched = match_names(["left/c.jpg"], FOLDER)
    assert matched.missing == ["left/c.jpg"]
    assert nearest("left/c.jpg", FOLDER) == "one/c.jpg"


@pytest.mark.parametrize(
    ("name", "near"),
    [("a.png", "a.jpg"), ("frame 3.jpg", "Hall 1/frame 2.jpg"), ("nothing like it", None), ("", None), ("/", None)],
)
def test_the_nearest_name_is_shown(name: str, near: str | None) -> None:
    assert nearest(name, FOLDER) == near


def test_many_names_are_matched_at_once() -> None:
    names = [f"cam{n % 7}/{n:06d}.jpg" for n in range(20_000)]
    matched = match_names([f"images/{name}" for name in names], names)
    assert len(matched.rewritten) == 20_000


@given(
    st.lists(st.text(min_size=1, max_size=12), max_size=12, unique=True), st.lists(st.text(max_size=12), max_size=12)
)
def test_any_names_end_in_exactly_one_place(there: list[str], wanted: list[str]) -> None:
    matched = match_names(wanted, there)
    places = [*matched.there, *matched.unclear, *matched.missing]
    assert sorted(places) == sorted(set(wanted))
    assert set(matched.there.values()) <= set(there)
    assert all(matched.there[name] == name for name in wanted if name in there)
    assert not set(matched.missing) & set(there)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10))
def test_a_names_normal_form_makes_no_difference(name: str) -> None:
    forms = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    for form in forms:
        assert match_names([form], [unicodedata.normalize("NFC", name)]).there
