"""Frames for validation: on end, of every camera, never more than half."""

from collections import Counter
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from app.pool.stretches import choose_stretches, people
from db.labelling.moving import Frame


def camera(number: int, *persons: int, fixed: tuple[int, ...] = ()) -> list[Frame]:
    """A camera's frames with so many people each; those at `fixed` cannot be moved."""
    return [
        Frame(1000 * number + place, f"{number}-{place}.jpg", number, count, place not in fixed)
        for place, count in enumerate(persons)
    ]


def places(frames: list[Frame]) -> dict[int, list[int]]:
    """The chosen frames of each camera, by their place in it."""
    ids = sorted(frame.image_id for frame in frames)
    return {key: [i % 1000 for i in group] for key, group in groupby(ids, key=lambda i: i // 1000)}


def test_every_camera_gives_its_part_as_one_stretch() -> None:
    frames = camera(1, *[2] * 100) + camera(2, *[1] * 100)
    found = places(choose_stretches(frames, persons=30, seed=0))
    assert {key: len(stretch) for key, stretch in found.items()} == {1: 10, 2: 10}
    for stretch in found.values():
        assert stretch == list(range(stretch[0], stretch[0] + 10))


def test_another_seed_chooses_other_stretches_and_the_same_the_same() -> None:
    frames = camera(1, *[1] * 500)
    first, again, other = (places(choose_stretches(frames, persons=40, seed=seed)) for seed in (0, 0, 1))
    assert first == again != other


def test_a_stretch_steps_over_nobody_who_is_labelled() -> None:
    frames = camera(1, *[1] * 40, fixed=(9, 19, 29))
    (stretch,) = places(choose_stretches(frames, persons=8, seed=3)).values()
    assert stretch[-1] - stretch[0] == 7
    assert not {9, 19, 29} & set(stretch)


def test_cameras_of_one_frame_give_theirs_by_chance() -> None:
    frames = [frame for number in range(1, 101) for frame in camera(number, 3)]
    chosen = choose_stretches(frames, persons=30, seed=0)
    assert people(chosen) == 30
    assert sorted(frame.camera_id for frame in chosen) != list(range(1, 11))


def test_no_frame_has_more_than_a_fifth_where_the_others_are_enough() -> None:
    frames = camera(1, *[89 if place % 10 == 3 else 3 for place in range(100)])
    for seed in range(20):
        chosen = choose_stretches(frames, persons=40, seed=seed)
        assert 40 <= people(chosen) <= 42 and max(frame.persons for frame in chosen) == 3
    more = choose_stretches(camera(1, *[20] * 50), persons=60, seed=0, kept=40)
    assert people(more) == 60, "20 are a fifth of the 100 there are then"


def test_a_stretch_of_crowds_is_chosen_where_there_is_nothing_else() -> None:
    assert people(choose_stretches(camera(1, *[30] * 20), persons=40, seed=0)) == 60
    mixed = camera(1, *[12, 13, 14, 15] * 10, 80)
    assert max(frame.persons for frame in choose_stretches(mixed, persons=40, seed=0)) <= 15


def test_where_half_is_fewer_than_wanted_half_is_chosen() -> None:
    assert people(choose_stretches(camera(1, *[1] * 30), persons=40, seed=0)) == 15
    assert choose_stretches(camera(1, 9), persons=40, seed=0) == []
    assert choose_stretches([], persons=40, seed=0) == []
    assert choose_stretches(camera(1, 1, 1, 1), persons=0, seed=0) == []


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=30), max_size=8),
    st.integers(-5, 120),
    st.integers(0, 5),
)
def test_enough_are_chosen_or_half(cameras: list[list[tuple[int, bool]]], wanted: int, seed: int) -> None:
    frames = [
        Frame(1000 * number + place, "x", number, persons, is_movable)
        for number, found in enumerate(cameras)
        for place, (persons, is_movable) in enumerate(found)
    ]
    movable = [frame for frame in frames if frame.is_movable]
    chosen = choose_stretches(frames, persons=wanted, seed=seed)
    assert max(Counter(frame.image_id for frame in chosen).values(), default=1) == 1
    assert all(frame.is_movable for frame in chosen)
    assert 2 * people(chosen) <= people(movable)
    assert 2 * len(chosen) <= len(movable)
    largest = max((frame.persons for frame in movable), default=0)
    assert people(chosen) < max(wanted, 0) + max(largest, 1)
    half = 2 * len(chosen) >= len(movable) - 1 or 2 * (people(chosen) + largest) > people(movable)
    assert people(chosen) >= wanted or half
