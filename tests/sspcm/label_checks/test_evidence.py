"""What speaks for and against labels."""

from dataclasses import replace

import numpy as np

from sspcm.label_checks.evidence import gather, near, signed_log


def test_a_keypoint_far_from_where_networks_see_it_stands_out(standing):
    people = standing(60, 5)
    xyv = people.xyv.copy()
    xyv[4, 9, :2] += 80
    known = gather(replace(people, xyv=xyv))
    assert np.unravel_index(known.off_z.argmax(), known.off_z.shape) == (4, 9)
    assert known.strange_seen[4].argmax() == 9


def test_exchanged_keypoints_fit_the_partners_place(standing):
    people = standing(60, 5)
    xyv = people.xyv.copy()
    xyv[4, [13, 14]] = xyv[4, [14, 13]]
    known = gather(replace(people, xyv=xyv))
    assert known.pair_gain[4, 13] == known.pair_gain[4, 14] == known.pair_gain.max() > 0
    assert (np.delete(known.pair_gain[:, 13], 4) < 0).all()


def test_where_networks_are_seldom_right_they_are_hardly_heard(standing):
    """The same distance means less where labels usually lie as far from what such networks say."""
    people = standing(60, 5)
    xyv = people.xyv.copy()
    xyv[4, 9, :2] += 40
    good, poor = (gather(replace(standing(60, 5, off=off), xyv=xyv)).off_z[4, 9] for off in (0.2, 2.0))
    assert good > poor + 2


def test_without_networks_nothing_is_said_of_them(standing):
    known = gather(standing(60, 5, off=0))
    assert not known.says.any() and not known.sure.any() and not known.gain.any() and not known.off_z.any()
    assert np.isfinite(known.strange).all()


def test_numbers_grow_slowly_and_what_is_not_there_is_far():
    assert near(np.array([0.0, 1.0, 100.0, np.nan])).tolist() == sorted(near(np.array([0.0, 1.0, 100.0, np.nan])))
    assert signed_log(np.array([-5.0, np.nan, 5.0])).tolist() == [-np.log(6), 0.0, np.log(6)]
