"""High gain first, unlike each other, and no camera for too long."""

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sspcm.ranking.diversity import FIRST_BATCH, STRETCH, arrange, fair_sample, farthest_first

CAMERAS = st.lists(st.integers(0, 5), min_size=1, max_size=80)


def looks(count: int, seed: int = 0) -> dict[int, np.ndarray]:
    return dict(enumerate(np.random.default_rng(seed).normal(size=(count, 16))))


def gains(count: int, seed: int = 1) -> dict[int, float]:
    return dict(enumerate(np.random.default_rng(seed).random(count).tolist()))


@given(CAMERAS, st.booleans())
def test_every_image_has_one_place(cameras: list[int], anything_labelled: bool) -> None:
    count = len(cameras)
    labelled = [np.ones(16)] if anything_labelled else []
    assert sorted(arrange(gains(count), looks(count), dict(enumerate(cameras)), labelled)) == list(range(count))


@given(CAMERAS, st.booleans())
def test_no_camera_has_more_than_its_share_of_a_stretch_while_others_wait(cameras: list[int], new: bool) -> None:
    of, labelled = dict(enumerate(cameras)), [] if new else [np.ones(16)]
    order = arrange(gains(len(cameras)), looks(len(cameras)), of, labelled)
    for end in range(1, len(order) + 1):
        waiting = {of[i] for i in order[end - 1 :]}  # those with images before this place was given
        stretch = Counter(of[i] for i in order[max(0, end - STRETCH) : end])
        share = math.ceil(STRETCH / len(waiting))
        others_could = any(stretch[camera] < share for camera in waiting - {of[order[end - 1]]})
        assert stretch[of[order[end - 1]]] <= share or not others_could


def test_a_twin_of_a_labelled_image_waits_for_one_unlike_it() -> None:
    one, other = np.ones(16), np.tile([1.0, -1.0], 8)
    order = arrange({1: 0.50, 2: 0.45}, {1: one, 2: other}, {1: "hall", 2: "hall"}, [one])
    assert order == [2, 1]
    assert arrange({1: 0.90, 2: 0.30}, {1: one, 2: other}, {1: "hall", 2: "hall"}, [one]) == [1, 2], "gain counts more"


def test_a_new_pool_begins_with_one_image_of_each_kind_the_one_to_correct_most() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(FIRST_BATCH, 16)) * 5
    vectors = {i: kinds[i % FIRST_BATCH] + 0.01 * rng.normal(size=16) for i in range(10 * FIRST_BATCH)}
    gain = {i: 0.9 if i % FIRST_BATCH == 3 else 0.1 + 0.001 * (i // FIRST_BATCH) for i in vectors}
    first = arrange(gain, vectors, dict.fromkeys(vectors, "hall"), [])[:FIRST_BATCH]
    assert sorted(i % FIRST_BATCH for i in first) == list(range(FIRST_BATCH))


def test_beyond_the_head_gain_alone_orders() -> None:
    count = 260
    gain = gains(count)
    tail = arrange(gain, looks(count), dict.fromkeys(range(count), "hall"), [np.ones(16)])[200:]
    assert tail == sorted(tail, key=lambda i: -gain[i])


def test_nothing_has_no_order() -> None:
    assert arrange({}, {}, {}, []) == []


def test_the_farthest_first_are_a_plain_loops() -> None:
    points = np.random.default_rng(1).normal(size=(40, 5))
    order = farthest_first(points, limit=40)
    for place in range(1, 40):
        gaps = [np.linalg.norm(points[order[:place]] - points[i], axis=1).min() for i in range(40)]
        assert order[place] == int(np.argmax(gaps))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 5))
def test_a_fair_sample_has_everybody_once_and_each_camera_its_share(cameras: list[int], seed: int) -> None:
    order = fair_sample(range(len(cameras)), dict(enumerate(cameras)), seed=seed)
    assert sorted(order) == list(range(len(cameras)))
    first, kinds = [cameras[i] for i in order[:STRETCH]], len(set(cameras))
    if all(cameras.count(one) >= STRETCH for one in set(cameras)):
        assert max(Counter(first).values()) <= math.ceil(STRETCH / kinds)


def test_a_fair_sample_is_drawn_by_lot_and_stays_when_some_leave() -> None:
    one, other = (fair_sample(range(200), dict.fromkeys(range(200), "hall"), seed=seed) for seed in (0, 1))
    assert one != other and one != sorted(one)
    assert fair_sample(range(100, 200), dict.fromkeys(range(200), "hall"), seed=0) == [i for i in one if i >= 100]
