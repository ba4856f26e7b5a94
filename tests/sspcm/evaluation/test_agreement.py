"""How two people differ: what was made is what is found."""

import numpy as np
import pytest

from sspcm.evaluation.agreement import FEWEST_PAIRS, KINDS, fit_sigmas, keypoint_oks, kinds_of
from sspcm.evaluation.metrics import oks
from sspcm.pose import Label
from sspcm.skeletons.skeleton import get_skeleton

SKELETON = get_skeleton("coco-17")
SIGMAS, MIRROR = SKELETON.sigma_array, SKELETON.mirror_array
STANDING = np.array(
    [(50, 8), (53, 6), (47, 6), (57, 8), (43, 8), (65, 25), (35, 25), (72, 45), (28, 45), (74, 62), (26, 62),
     (60, 65), (40, 65), (62, 100), (38, 100), (63, 135), (37, 135)], dtype=float,
)  # fmt: skip
TRUE = np.column_stack([STANDING * 4, np.full(17, 2.0)])
AREA = 4000.0 * 16


def people(number: int) -> np.ndarray:
    return np.repeat(TRUE[None], number, axis=0)


def erring(number: int, seed: int, sigmas: np.ndarray = SIGMAS) -> np.ndarray:
    """People as somebody places them: sigma is the root mean squared distance, over both directions together."""
    found = people(number)
    noise = np.random.default_rng(seed).normal(size=(number, 17, 2)) / np.sqrt(2)
    found[..., :2] += noise * sigmas[None, :, None] * np.sqrt(AREA)
    return found


def kinds(first: np.ndarray, second: np.ndarray, others: np.ndarray | None = None) -> list[str]:
    """Of one person."""
    strangers = np.zeros((0, 17, 3)) if others is None else others
    found = kinds_of(first[None], second[None], area=np.array([AREA]), sigmas=SIGMAS, mirror=MIRROR, others=[strangers])
    return [KINDS[i] for i in found[0]]


def test_a_keypoints_own_oks_is_that_of_a_person_with_it_alone():
    first, second = erring(4, 1), erring(4, 2)
    found = keypoint_oks(first, second, area=np.full(4, AREA), sigmas=SIGMAS)
    alone = second[2].copy()
    alone[np.arange(17) != 9, 2] = 0
    assert found[2, 9] == pytest.approx(oks(first[2, :, :2], Label(alone), area=AREA, sigmas=SIGMAS))
    first[0, 3, 2] = 0
    assert np.isnan(keypoint_oks(first, second, area=np.full(4, AREA), sigmas=SIGMAS)[0, 3])


def test_every_way_to_differ_is_told_from_the_others():
    first, second = TRUE.copy(), TRUE.copy()
    stranger = TRUE + [900.0, 0.0, 0.0]
    reach = 2 * SIGMAS * np.sqrt(AREA)
    second[9, :2] = first[10, :2]  # left wrist where the other has the right one
    second[15, :2] = stranger[15, :2]
    second[7, :2] += [reach[7] * 0.9, 0]  # exp(-.405) = .67
    second[13, :2] += [0, 900.0]
    second[3, 2] = 0
    first[4, 2] = second[4, 2] = 0
    found = kinds(first, second, stranger[None])
    wanted = {9: "swap", 15: "other person", 7: "jitter", 13: "elsewhere", 3: "miss", 4: "both absent"}
    assert found == [wanted.get(k, "alike") for k in range(17)]


def test_without_others_nobody_is_taken_for_another():
    second = TRUE.copy()
    second[15, :2] += 900
    assert kinds(TRUE, second)[15] == "elsewhere"


def test_a_keypoint_without_a_mirror_image_is_never_swapped():
    second = TRUE.copy()
    second[0, :2] += 900
    assert kinds(TRUE, second)[0] == "elsewhere"


def test_the_sigma_that_was_drawn_is_found_within_its_interval():
    wider = SIGMAS * np.linspace(0.5, 2, 17)
    first, second = erring(400, 1, wider), erring(400, 2, wider)
    area = np.full(400, AREA)
    found = fit_sigmas(first, second, area=area, usable=np.ones((400, 17), bool), draws=300)
    assert found.sigma == pytest.approx(wider, rel=0.12)
    inside = (found.low <= wider) & (wider <= found.high)
    assert inside.sum() >= 14, "a 95 % interval misses about one of 17"
    assert ((found.high - found.low) / found.sigma < 0.25).all()
    assert found.are_enough.all()


def test_a_sigma_needs_enough_people_and_no_error_of_another_kind():
    first, second = erring(FEWEST_PAIRS, 1), erring(FEWEST_PAIRS, 2)
    second[0, 9, :2] += 900
    second[0, 8, 2] = 0
    usable = np.ones((FEWEST_PAIRS, 17), bool)
    usable[0, 9] = False
    found = fit_sigmas(first, second, area=np.full(FEWEST_PAIRS, AREA), usable=usable, draws=50)
    assert found.pairs.tolist() == [FEWEST_PAIRS - (k in (8, 9)) for k in range(17)]
    assert np.flatnonzero(~found.are_enough).tolist() == [8, 9]
    assert found.sigma[9] < 2 * SIGMAS[9]


def test_of_nobody_nothing_is_known():
    nobody = np.zeros((0, 17, 3))
    found = fit_sigmas(nobody, nobody, area=np.zeros(0), usable=np.zeros((0, 17), bool), draws=5)
    assert np.isnan(found.sigma).all() and np.isnan(found.low).all() and not found.are_enough.any()
    assert kinds_of(nobody, nobody, area=np.zeros(0), sigmas=SIGMAS, mirror=MIRROR, others=[]).shape == (0, 17)
