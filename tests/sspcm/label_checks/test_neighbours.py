"""What lies near a keypoint."""

from dataclasses import replace

import numpy as np
import pytest

from sspcm.label_checks.neighbours import NOBODY, by_image, look_beside, strangely_near


def test_two_keypoints_in_one_place_are_strangely_near_where_they_are_usually_apart(standing):
    people = standing(80, 2)
    xy = people.xy
    xy[3, 9] = xy[3, 13]
    z, which, apart = strangely_near(xy, people.unit)
    assert which[3, 9] == 13 and apart[3, 9] == 0 and z[3, 9] == z[:, 9].min() < -3
    assert np.median(z[:, 1]) > -2 and apart[0, 1] < 1, "eyes are always near each other"


def test_who_else_is_in_the_image_is_looked_at(standing):
    people = standing(4)
    xyv = people.xyv.copy()
    xyv[0, 9, :2] = xyv[1, 9, :2]
    beside = look_beside(replace(people, xyv=xyv), np.full((4, 17, 2), np.nan))
    assert beside.apart[0, 9] == 0 and beside.whose[0, 9] == 1
    assert beside.alike.max() < 0.3
    both = look_beside(people.of(np.array([0, 0])), np.full((2, 17, 2), np.nan))
    assert both.alike == pytest.approx([1, 1])


def test_alone_in_an_image_nobody_is_near(standing):
    alone = look_beside(standing(3, in_an_image=1), np.full((3, 17, 2), np.nan))
    assert (alone.apart == NOBODY).all() and (alone.whose == -1).all()


def test_only_images_of_several_people_are_told():
    assert [rows.tolist() for rows in by_image(np.array([5, 3, 5, 9]))] == [[0, 2]]
