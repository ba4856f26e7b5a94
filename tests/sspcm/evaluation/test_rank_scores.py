"""The scores of method.md section 12, and that members who are one say nothing."""

import numpy as np
import pytest

from sspcm.evaluation.prediction_files import Compared
from sspcm.evaluation.rank_scores import evidence_of, joint_scores, middle, person_scores_of
from sspcm.ranking.expected_gain import expected_before_labels
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")


def compared(**members: np.ndarray) -> Compared:
    count = len(next(iter(members.values())))
    nothing = np.zeros((count, 17, 3))
    ids = np.arange(count)
    return Compared(COCO, ids, ids, ("a.jpg",) * count, np.full(count, 900.0), nothing, members)


def poses(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 60, (count, 17, 3)) * [1, 1, 1 / 60]


def test_one_network_twice_says_nothing() -> None:
    alike = poses(6, 0)
    found = joint_scores(compared(A=alike, B=alike.copy()), alike, seed=0)
    for name in ("U1 distance of the first two", "U2 spread", "U3 mutual OKS", "U5 nearest pair"):
        assert not found[name].any(), name
    assert "U6 instability" not in found, "there are no earlier members"


def test_the_scores_are_hand_worked() -> None:
    a, b = np.zeros((1, 17, 3)), np.zeros((1, 17, 3))
    b[0, 0, 0], b[0, 9, 0] = 3.0, 3.0
    found = joint_scores(compared(A=a, B=b, A_prev=b, B_prev=b), a, seed=0)
    reach = 2 * COCO.sigma_array * 30.0
    assert found["U1 distance of the first two"][0, 0] == pytest.approx(0.1)
    assert found["U5 nearest pair"][0, 0] == 0.0, "B and its earlier self agree"
    assert found["U6 instability"][0, 9] == pytest.approx(1.5 / reach[9])
    # one of four lies 3 px off: the mean 2.25 off, and the root mean square distance from it 3 * sqrt(3) / 4
    assert found["U2 spread"][0, 9] == pytest.approx(3 * np.sqrt(3) / 4 / reach[9])
    assert found["U3 mutual OKS"][0, 9] == pytest.approx((1 - np.exp(-9 / (2 * reach[9] ** 2))) / 2)


def test_the_middle_answer_is_the_one_the_others_lie_nearest_to() -> None:
    answers = [np.full((1, 17, 3), value) for value in (0.0, 10.0, 12.0)]
    assert middle(compared(A=answers[0], B=answers[1], C=answers[2]))[0, 0].tolist() == [10.0, 10.0, 10.0]


def test_each_person_has_the_means_and_the_products_own_score() -> None:
    seen = compared(A=poses(5, 0), B=poses(5, 1))
    start = poses(5, 0)
    joints = joint_scores(seen, start, seed=0)
    expected = expected_before_labels(evidence_of(seen, start), COCO)
    persons = person_scores_of(joints, seen, {"own": expected})
    assert persons["1 - confidence"] == pytest.approx(1 - start[..., 2].mean(1))
    assert persons["own"].shape == persons["U3, the worst"].shape == (5,)
    assert (persons["U3, the worst"] >= persons["U3, mean of the three worst"]).all()
