"""Starts come from the student once it is surely better; a worse round is kept back."""

import numpy as np

from sspcm.simulation.starts import InUse, after_round
from tests.sspcm.simulation.drawn import drawn_people, said

EVERYBODY = drawn_people()
EVERY_ROW = np.arange(len(EVERYBODY))
MODEL = said(EVERYBODY, off=1.0)
BETTER, ALIKE, WORSE = (said(EVERYBODY, off=off, seed=2, name=name) for off, name in ((0.2, "b"), (1, "a"), (3, "w")))


def test_a_surely_better_student_is_begun_from_and_a_worse_one_after_it_is_kept_back():
    taken = after_round(InUse(MODEL), BETTER, EVERYBODY, EVERY_ROW)
    assert taken.starts is BETTER and taken.order is BETTER
    assert after_round(taken, WORSE, EVERYBODY, EVERY_ROW) is taken


def test_an_equal_student_is_published_and_starts_stay_with_the_model():
    found = after_round(InUse(MODEL), ALIKE, EVERYBODY, EVERY_ROW)
    assert found.starts is MODEL and found.order is ALIKE


def test_few_validation_people_change_nothing_but_the_order():
    found = after_round(InUse(MODEL), BETTER, EVERYBODY, EVERY_ROW[:19])
    assert found.starts is MODEL and found.order is BETTER
