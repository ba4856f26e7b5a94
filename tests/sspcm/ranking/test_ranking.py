"""From keypoints to persons to images, with reasons in words and a blind share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.members import COMPARED
from sspcm.ranking.ranking import (
    DRAWN_AT_RANDOM,
    UNLIKE_OTHERS,
    PersonInconsistency,
    cold_ranking,
    rank_images,
    score_persons,
)
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")
TEACHERS = ("A", "B", "A_prev", "B_prev")


def scored(poses: dict[str, np.ndarray], confidence: np.ndarray | None = None) -> list[PersonInconsistency]:
    """Persons of 30 x 30 px, whose student is sure of everything unless told otherwise."""
    count = len(next(iter(poses.values())))
    sure = np.full((count, 17), 0.9) if confidence is None else confidence
    area = np.full(count, 900.0)
    return score_persons(poses, confidence=sure, area=area, skeleton=COCO, top_keypoints=1000, flag_above=0.2)


def test_a_person_whose_teachers_part_on_one_keypoint_is_flagged_with_the_reason() -> None:
    poses = {name: np.full((1, 17, 2), 50.0) for name in TEACHERS}
    poses["B"] = poses["B"].copy()
    poses["B"][0, 15] += [31.0, 0.0]
    (person,) = scored(poses)
    assert [flag.reason for flag in person.flags] == ["left ankle: A and B 31 px apart"]
    assert person.keypoints[15] > 0.4 and 0 < person.score < person.flags[0].score


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ({"A": -1, "B": 1}, "nose: A and B 50 px apart"),
        ({"A": -1, "A_prev": 1}, "nose: A moved 50 px in training"),
        ({"A": -1, "B_prev": 1}, "nose: networks 50 px apart"),
        ({"B": -1, "A_prev": 1}, "nose: networks 50 px apart"),
        ({"A_prev": -1, "B_prev": 1}, "nose: networks 50 px apart"),
        ({"A": -1, "C_closer": 1}, "nose: 50 px away in a closer look"),
        ({"B_prev": -1, "C_closer": 1}, "nose: 50 px away in a closer look"),
    ],
)
def test_the_reason_names_the_pair_that_is_farthest_apart(moved: dict[str, int], said: str) -> None:
    poses = {name: np.full((1, 17, 2), 50.0) for name in COMPARED}
    for name, way in moved.items():
        poses[name][0, 0, 0] += 25.0 * way
    (person,) = scored(poses)
    assert [flag.reason for flag in person.flags] == [said]


def test_one_member_alone_cannot_disagree() -> None:
    with pytest.raises(ValueError, match="at least two members"):
        scored({"A": np.zeros((1, 17, 2))})


def test_teachers_that_agree_flag_nothing() -> None:
    poses = {name: np.full((2, 17, 2), 50.0) for name in TEACHERS}
    assert [(round(p.score, 6), p.flags) for p in scored(poses)] == [(0.0, ())] * 2


def test_a_person_whose_student_sees_nothing_is_neither_flagged_nor_first() -> None:
    poses = {name: np.full((2, 17, 2), 50.0) for name in TEACHERS}
    poses["B"] = poses["B"] + 40.0  # about both of them, in every keypoint
    confidence = np.stack([np.full(17, 0.7), np.full(17, 0.01)])
    seen, unseen = scored(poses, confidence)
    assert seen.score > unseen.score
    assert seen.flags and not unseen.flags


@given(
    scores=st.dictionaries(st.integers(1, 500), st.floats(0, 1), max_size=80),
    share=st.sampled_from([0.0, 0.1, 0.5]),
    seed=st.integers(0, 99),
)
def test_a_ranking_is_a_permutation_sorted_but_for_its_blind_share(
    scores: dict[int, float], share: float, seed: int
) -> None:
    ranking = rank_images(scores, {}, blind_share=share, seed=seed)
    assert sorted(e.image_id for e in ranking.entries) == sorted(scores)
    seen = [e.score for e in ranking.entries if not e.blind]
    assert seen == sorted(seen, reverse=True)
    blind = [e for e in ranking.entries if e.blind]
    assert len(blind) == round(share * len(scores))
    assert all(e.reasons == (DRAWN_AT_RANDOM,) for e in blind)
    assert ranking == rank_images(scores, {}, blind_share=share, seed=seed)


def test_equal_scores_come_in_the_order_of_their_ids() -> None:
    entries = rank_images({7: 0.5, 3: 0.5, 9: 0.8, 5: 0.5}, {3: ["why"]}, blind_share=0.0, seed=0).entries
    assert [entry.image_id for entry in entries] == [9, 3, 5, 7]
    assert [entry.reasons for entry in entries] == [(), ("why",), (), ()]


def test_the_blind_images_are_spread_evenly_and_drawn_from_all() -> None:
    scores = {i: i / 1000 for i in range(1000)}
    drawn: set[int] = set()
    for seed in range(20):
        entries = rank_images(scores, {}, blind_share=0.1, seed=seed).entries
        assert [sum(e.blind for e in entries[start : start + 100]) for start in range(0, 1000, 100)] == [10] * 10
        drawn |= {e.image_id for e in entries if e.blind}
    assert min(drawn) < 50
    assert max(drawn) > 950
    assert 800 < len(drawn) < 950  # 1 - 0.9**20 = 88 % of the images, were each drawn anew every time


@given(share=st.floats(0, 0.99), count=st.integers(0, 60), seed=st.integers(0, 9))
def test_a_cold_ranking_is_a_permutation_with_its_blind_share(share: float, count: int, seed: int) -> None:
    features = {7 * i: np.random.default_rng(i).normal(size=3) for i in range(count)}
    ranking = cold_ranking(features, blind_share=share, seed=seed)
    assert sorted(e.image_id for e in ranking.entries) == sorted(features)
    assert sum(e.blind for e in ranking.entries) == round(share * count)
    assert ranking == cold_ranking(dict(reversed(features.items())), blind_share=share, seed=seed)


def test_a_cold_ranking_takes_the_farthest_first_as_a_plain_loop_does() -> None:
    points = np.random.default_rng(1).normal(size=(40, 5))
    entries = cold_ranking(dict(enumerate(points)), blind_share=0.0, seed=0).entries
    order = [e.image_id for e in entries]
    for place in range(1, 40):
        gaps = [np.linalg.norm(points[order[:place]] - points[i], axis=1).min() for i in range(40)]
        assert order[place] == int(np.argmax(gaps))
    assert {e.reasons for e in entries} == {(UNLIKE_OTHERS,)}


def test_a_cold_ranking_begins_with_images_unlike_each_other() -> None:
    alike = {i: np.array([0.0, 0.01 * i]) for i in range(10)}
    features = alike | {100: np.array([9.0, 9.0]), 101: np.array([-9.0, 9.0])}
    ranking = cold_ranking(features, blind_share=0.0, seed=0)
    assert {100, 101} == {e.image_id for e in ranking.entries[:2]}
    assert sorted(e.image_id for e in ranking.entries) == sorted(features)


def test_an_empty_pool_ranks_to_nothing() -> None:
    assert cold_ranking({}, blind_share=0.1, seed=0).entries == ()
    assert rank_images({}, {}, blind_share=0.1, seed=0).entries == ()
