"""How long limbs are beside the person's others."""

from dataclasses import replace

import numpy as np
import pytest

from sspcm.label_checks.limbs import limb_lengths
from sspcm.skeletons.skeleton import BUILT_IN

COCO = BUILT_IN["coco-17"]
LOWER_ARM = next(place for place, edge in enumerate(COCO.edges) if set(edge) == {7, 9})


def test_a_limb_twice_as_long_is_told_so_whatever_the_persons_size(standing):
    people = standing(120, 3)
    upright = people.upright(people.xy) * np.linspace(0.5, 2, 120)[:, None, None]
    upright[5, 9] = upright[5, 7] + 2 * (upright[5, 9] - upright[5, 7])
    longer, z = limb_lengths(upright, people.images, COCO)
    assert np.exp(longer[5, LOWER_ARM]) == pytest.approx(2, rel=0.3)
    assert np.nanargmax(np.abs(z[5])) == LOWER_ARM and z[5, LOWER_ARM] > 2


def test_what_is_not_placed_has_no_length(standing):
    people = standing(40, 3)
    upright = people.upright(people.xy)
    upright[0, 9] = np.nan
    upright[1, 3:] = np.nan
    longer, _ = limb_lengths(upright, people.images, COCO)
    assert np.isnan(longer[0, LOWER_ARM]) and np.isnan(longer[1]).all()


def test_a_skeleton_without_edges_has_no_limbs(standing):
    people = standing(4)
    longer, z = limb_lengths(people.upright(people.xy), people.images, replace(COCO, edges=()))
    assert longer.shape == z.shape == (4, 0)
