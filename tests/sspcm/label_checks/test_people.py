"""Labelled people as arrays, and what several networks say together."""

from dataclasses import replace

import numpy as np
import pytest

from sspcm.label_checks.people import agreed


def test_upright_places_are_from_the_boxs_middle_in_parts_of_the_persons_size(standing):
    people = standing(3)
    turned = replace(people, up=np.array([0.0, np.pi / 2, np.pi]))
    x, y, width, height = people.boxes[1]
    right_of_the_middle = np.array([x + width / 2 + np.sqrt(people.area[1]), y + height / 2])
    places = np.broadcast_to(right_of_the_middle, (3, 17, 2))
    assert turned.upright(places)[1, 0] == pytest.approx([0, -1]), "whoever's head points right has it up there"


def test_absent_keypoints_have_no_place(standing):
    people = standing(2)
    xyv = people.xyv.copy()
    xyv[0, 3] = 0
    people = replace(people, xyv=xyv)
    assert np.isnan(people.xy[0, 3]).all() and not people.placed[0, 3] and people.placed.sum() == 33
    assert people.of(np.array([1])).ids.tolist() == [2]
    assert np.allclose(people.unit[1], people.unit_of(1))


def test_networks_that_agree_outvote_one_that_does_not(standing):
    people = standing(2)
    good = np.concatenate([people.xy, np.full((2, 17, 1), 0.6)], axis=-1)
    far_off = good + np.array([90.0, 0, 0.3])
    said = agreed(replace(people, networks={"far": far_off, "one": good, "two": good}))
    assert np.allclose(said[..., :2], people.xy)
    assert said[..., 2] == pytest.approx(0.4, abs=1e-3), "two of three support it"


def test_who_may_not_tell_is_not_asked_and_nobody_says_nothing(standing):
    people = standing(2)
    said = agreed(replace(people, networks={}))
    assert np.isnan(said).all()
    one = np.concatenate([people.xy, np.full((2, 17, 1), 0.6)], axis=-1)
    said = agreed(replace(people, networks={"one": one, "none": np.full((2, 17, 3), np.nan)}))
    assert np.allclose(said, one)
