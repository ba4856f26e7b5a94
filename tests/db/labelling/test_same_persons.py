"""Who is who, by id and by place."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from db.labelling.same_persons import match_persons, same_label
from db.records import NewPerson, PersonRecord
from sspcm.pose import Box, Label


def at(x: float, *, number: int | None = None, label: Label | None = None, side: float = 50.0) -> NewPerson:
    return NewPerson(Box(x, 20.0, side, 80.0), label, source_id=number)


def home(*persons: NewPerson) -> list[PersonRecord]:
    return [
        PersonRecord(i, 1, p.box, "open", 0, p.label, None, p.area, p.source_id, None, {})
        for i, p in enumerate(persons)
    ]


def paired(persons: list[NewPerson], known: list[PersonRecord]) -> dict[float, float]:
    return {one.box.x: other.box.x for one, other in match_persons(persons, known).pairs}


def pose(x: float) -> Label:
    return Label(np.column_stack([x + np.arange(5.0), 30 + 9 * np.arange(5.0), np.full(5, 2.0)]))


def test_one_id_is_one_person_wherever_the_box_went() -> None:
    assert paired([at(300, number=7)], home(at(0, number=7), at(100, number=8))) == {300: 0}


def test_a_file_that_was_numbered_anew_is_matched_by_place() -> None:
    known = home(at(0, number=1), at(100, number=2), at(200, number=3))
    assert paired([at(201, number=1), at(1, number=2), at(101, number=3)], known) == {201: 200, 1: 0, 101: 100}


def test_somebody_new_does_not_take_the_number_of_whom_it_displaced() -> None:
    matches = match_persons([at(300, number=1), at(0, number=2)], home(at(0, number=1)))
    assert [(one.box.x, other.box.x) for one, other in matches.pairs] == [(0, 0)]
    assert [person.box.x for person in matches.new] == [300]


def test_without_ids_the_nearer_of_two_neighbours_is_meant() -> None:
    assert paired([at(2), at(22)], home(at(0), at(20))) == {2: 0, 22: 20}


def test_who_could_be_either_of_two_is_unclear() -> None:
    matches = match_persons([at(10)], home(at(5), at(15)))
    assert not matches.pairs
    assert not matches.new
    assert [person.box.x for person in matches.unclear] == [10]


def test_a_box_drawn_close_around_the_pose_is_the_same_person() -> None:
    known = home(at(100, label=pose(110), side=60))
    assert paired([NewPerson(Box(110, 30, 5, 36), pose(110), source_id=9)], known) == {110: 100}


def test_twins_in_one_place_are_paired_one_by_one() -> None:
    matches = match_persons([at(0), at(0)], home(at(0), at(0)))
    assert len({other.id for _, other in matches.pairs}) == 2


@given(st.lists(st.integers(0, 900), max_size=8), st.randoms(use_true_random=False), st.booleans())
def test_the_same_people_in_any_order_are_all_found(places: list[int], random: object, with_ids: bool) -> None:
    persons = [at(float(x), number=i if with_ids else None) for i, x in enumerate(places)]
    shuffled = list(persons)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    matches = match_persons(shuffled, home(*persons))
    assert not matches.new
    assert not matches.unclear
    assert all(one.box == other.box for one, other in matches.pairs)
    assert len({other.id for _, other in matches.pairs}) == len(places)


def test_where_an_absent_keypoint_lies_says_nothing() -> None:
    xyv = np.array([[1.0, 2.0, 2.0], [0.0, 0.0, 0.0]])
    other = xyv.copy()
    other[1, :2] = 99
    assert same_label(Label(xyv), Label(other))
    assert not same_label(Label(xyv), replace(Label(xyv), xyv=xyv + [[1, 0, 0], [0, 0, 0]]))
