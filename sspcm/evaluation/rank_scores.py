"""Scores that a ranking may go by (method.md section 12), from several members' predictions, and the baselines."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from jaxtyping import Float

from sspcm.evaluation.prediction_files import Compared
from sspcm.ranking.evidence import Evidence
from sspcm.ranking.expected_gain import Expected, expected_before_labels, person_scores
from sspcm.ranking.inconsistency import distance, middle_answers, mutual_oks

_EARLIER = {"A": "A_prev", "B": "B_prev"}


def middle(compared: Compared) -> Float[np.ndarray, "P K 3"]:
    """Of the members' answers the one that the others lie nearest to: what a pre-label starts from."""
    return middle_answers(np.stack(list(compared.members.values())))


def evidence_of(compared: Compared, start: Float[np.ndarray, "P K 3"]) -> Evidence:
    """U3 of the members, and the confidence of the pose that annotators start from."""
    apart = mutual_oks(_places(compared), area=compared.area, sigmas=compared.skeleton.sigma_array)
    return Evidence(apart, start[..., 2])


def joint_scores(
    compared: Compared, start: Float[np.ndarray, "P K 3"], *, seed: int
) -> dict[str, Float[np.ndarray, "P K"]]:
    """Each score of each keypoint, the higher the more suspicious.

    U4 compares heatmaps, which files of predictions do not hold. U6 needs the members A, B, A_prev and B_prev by name.
    U7 here is what the product takes before labels; fitted ones are cross-validated elsewhere.
    """
    places = _places(compared)
    reach = 2 * compared.skeleton.sigma_array[None] * np.sqrt(compared.area)[:, None]
    evidence = evidence_of(compared, start)
    pairs = np.stack([np.asarray(distance(places[m], places[n])) for m, n in combinations(range(len(places)), 2)])
    found = {
        "U1 distance of the first two": pairs[0] / np.sqrt(compared.area)[:, None],
        "U2 spread": np.sqrt(((places - places.mean(0)) ** 2).sum(-1).mean(0)) / reach,
        "U3 mutual OKS": evidence.inconsistency,
        "U5 nearest pair": pairs.min(0) / reach,
    }
    names = dict(zip(compared.members, places, strict=True))
    if all(name in names for pair in _EARLIER.items() for name in pair):
        moved = [np.asarray(distance(names[now], names[before])) for now, before in _EARLIER.items()]
        found["U6 instability"] = np.mean(moved, axis=0) / reach
    chance = np.random.default_rng(seed)
    return found | {
        "U7 before labels": expected_before_labels(evidence, compared.skeleton).wrong,
        "1 - confidence": 1 - start[..., 2],
        "random": chance.random(start.shape[:2]),
        "U3 permuted": chance.permutation(evidence.inconsistency.ravel()).reshape(start.shape[:2]),
    }


def person_scores_of(
    joints: Mapping[str, Float[np.ndarray, "P K"]], compared: Compared, expected: Mapping[str, Expected]
) -> dict[str, Float[np.ndarray, "P"]]:
    """Each person: the mean over their keypoints of each score, what is expected of them, and other ways."""
    means = {name: scores.mean(1) for name, scores in joints.items()}
    worst = np.sort(joints["U3 mutual OKS"], axis=1)[:, ::-1]
    own = {name: person_scores(one, top_keypoints=len(compared.skeleton)) for name, one in expected.items()}
    return (
        means
        | own
        | {
            "U3, mean of the three worst": worst[:, :3].mean(1),
            "U3, the worst": worst[:, 0],
            "small box first": -compared.area,
        }
    )


def _places(compared: Compared) -> Float[np.ndarray, "M P K 2"]:
    return np.stack([poses[..., :2] for poses in compared.members.values()])
