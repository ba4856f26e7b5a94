"""The numbers that a fit reads out of inconsistency and confidence."""

import numpy as np

from sspcm.ranking.evidence import Evidence, features, neighbours
from sspcm.skeletons.skeleton import Skeleton, get_skeleton

ARM = Skeleton("arm", ("shoulder", "elbow", "wrist", "hat"), ((0, 1), (1, 2)), (0, 1, 2, 3), (0.07,) * 4)
COCO = get_skeleton("coco-17")


def test_a_neighbour_is_what_an_edge_joins_and_is_known() -> None:
    values, known = np.array([[1.0, 2.0, 5.0, 9.0]]), np.array([[True, True, True, True]])
    assert neighbours(values, known, ARM).tolist() == [[2.0, 3.0, 2.0, 9.0]], "nothing is joined to the hat"
    assert neighbours(values, np.array([[True, True, False, True]]), ARM)[0, 1] == 1.0


def test_an_unknown_keypoint_has_no_numbers_and_touches_nobodys() -> None:
    apart, sure = np.full((1, 17), 0.4), np.full((1, 17), 0.6)
    whole = features(Evidence(apart, sure), COCO)
    apart[0, 3] = np.nan
    part = features(Evidence(apart, sure), COCO)
    assert np.isfinite(part).all() and not part[0, 3].any()
    others = np.arange(17) != 3
    assert np.allclose(part[0, others], whole[0, others])


def test_some_of_the_persons_have_the_same_evidence() -> None:
    evidence = Evidence(np.arange(8.0).reshape(2, 4), np.ones((2, 4)))
    assert len(evidence) == 2
    assert evidence.of([1]).inconsistency.tolist() == [[4.0, 5.0, 6.0, 7.0]]
