"""How unusual a keypoint is beside the rest of its label."""

import numpy as np

from sspcm.label_checks.poses import how_unusual


def test_a_misplaced_keypoint_is_the_most_unusual_of_its_label(standing):
    people = standing(120, 3)
    upright = people.upright(people.xy)
    upright[5, 9] += 0.5
    found = how_unusual(upright, people.images, people.skeleton)
    assert found.own[5].argmax() == 9 and found.own[5, 9] > 10 * np.median(found.own)


def test_exchanging_what_was_exchanged_makes_a_label_usual_again(standing):
    people = standing(120, 3)
    upright = people.upright(people.xy)
    upright[5, [13, 14]] = upright[5, [14, 13]]
    found = how_unusual(upright, people.images, people.skeleton)
    assert found.exchanged[5, 13] == found.exchanged[5, 14] > 0
    assert np.nanmax(found.exchanged[np.arange(120) != 5, 13]) < found.exchanged[5, 13]
    assert np.isnan(found.exchanged[5, 0]), "a nose has no partner"


def test_all_exchanged_is_told_by_the_whole(standing):
    people = standing(120, 3)
    upright = people.upright(people.xy)
    upright[5] = upright[5, people.skeleton.mirror_array]
    found = how_unusual(upright, people.images, people.skeleton, seen=people.upright(people.networks["net"][..., :2]))
    assert found.inverted.argmax() == 5 and found.inverted[5] > 0


def test_absent_keypoints_are_not_unusual_and_do_not_disturb(standing):
    people = standing(60, 3)
    upright = people.upright(people.xy)
    upright[:, 4] = np.nan
    found = how_unusual(upright, people.images, people.skeleton)
    assert np.isnan(found.own[:, 4]).all() and np.isfinite(np.delete(found.own, 4, axis=1)).all()
