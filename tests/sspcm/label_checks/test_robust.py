"""Middle and spread that a few wrong labels do not move."""

import numpy as np
import pytest

from sspcm.label_checks.robust import FOLDS, folds, robust_scale, robust_z


def test_a_tenth_of_wild_values_hardly_moves_it():
    values = np.random.default_rng(0).normal(5, 2, 1000)
    values[:100] = 1e6
    middle, spread = robust_scale(values[:, None])
    assert middle[0] == pytest.approx(5, abs=0.4) and spread[0] == pytest.approx(2, abs=0.5)


def test_z_counts_spreads_above_the_middle_and_keeps_nan():
    values = np.append(np.random.default_rng(1).normal(0, 1, 2000), [3.0, np.nan])[:, None]
    z = robust_z(values)
    assert z[-2, 0] == pytest.approx(3, abs=0.2) and np.isnan(z[-1, 0])


def test_of_nothing_known_it_is_what_was_expected():
    middle, spread = robust_scale(np.full((4, 2), np.nan), prior=(1.0, 0.5))
    assert middle.tolist() == [1, 1] and spread == pytest.approx([0.5, 0.5])


def test_people_of_one_image_are_in_one_fold():
    images = np.array([7, 9, 7, 3, 9, 11])
    found = folds(images)
    assert found[0] == found[2] and found[1] == found[4] and set(found.tolist()) <= set(range(FOLDS))
