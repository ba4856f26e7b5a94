"""Each way to choose takes those it names first, and nobody twice."""

from typing import get_args

import numpy as np
import pytest

from sspcm.simulation.acquisition import Labelled, Waiting, choose, taught
from sspcm.simulation.rows import Acquisition
from tests.sspcm.simulation.drawn import drawn_people, said

EVERYBODY = drawn_people()
MODEL = said(EVERYBODY, off=1.0)
LOOKS = np.random.default_rng(0).normal(size=(len(EVERYBODY), 8))
EVERY_ROW = np.arange(len(EVERYBODY))


def waiting(*, labelled: int = 0) -> Waiting:
    done = [Labelled(MODEL, EVERY_ROW[:labelled])] if labelled else []
    return Waiting(EVERYBODY, EVERY_ROW[labelled:], MODEL, LOOKS, done)


@pytest.mark.parametrize("acquisition", get_args(Acquisition))
def test_so_many_of_those_who_wait_are_chosen_once_and_again_the_same(acquisition):
    there = waiting(labelled=30)
    chosen = choose(acquisition, there, 7, seed=1)
    assert len(chosen) == len(set(chosen)) == (23 if acquisition == "all" else 7)
    assert set(chosen) <= set(there.rows)
    assert np.array_equal(chosen, choose(acquisition, there, 7, seed=1))


@pytest.mark.parametrize("acquisition", ["confidence", "u3", "fitted"])
def test_people_whom_the_network_gets_wrong_come_before_chance(acquisition):
    lost = 1 - EVERYBODY.oks(MODEL.xyc, EVERY_ROW)
    chosen = choose(acquisition, waiting(), 15, seed=0)
    assert lost[chosen].mean() > lost.mean() + 0.03


def test_with_diversity_people_who_look_the_same_do_not_all_come_first():
    looks = np.repeat(np.eye(2), [40, len(EVERYBODY) - 40], axis=0)
    there = Waiting(EVERYBODY, EVERY_ROW, MODEL, looks, [Labelled(MODEL, EVERY_ROW[:1])])
    chosen = choose("fitted+diversity", there, 2, seed=0)
    assert (chosen >= 40).any()


def test_the_products_queue_is_chance_before_the_first_labels_and_doubt_after_them():
    for there, same in ((waiting(), "random"), (waiting(labelled=30), "fitted+diversity")):
        assert np.array_equal(choose("queue", there, 9, seed=0), choose(same, there, 9, seed=0))


def test_chance_follows_the_seed():
    one, other = (choose("random", waiting(), 10, seed=seed) for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_corrections_of_the_last_network_teach_and_those_of_another_do_not():
    earlier, now = Labelled(MODEL, EVERY_ROW[:20]), Labelled(said(EVERYBODY, off=1.0, name="round 1"), EVERY_ROW[20:])
    assert taught(EVERYBODY, []) is None
    assert taught(EVERYBODY, [earlier, now]).measured.persons == 33
    assert taught(EVERYBODY, [earlier, Labelled(MODEL, EVERY_ROW[20:])]).measured.persons == 53
