"""Fitted sigmas are adopted and taken back."""

import pytest

from db.errors import InvalidDecision, RoundActive
from db.labelling import sigmas
from db.pool.project import get_project, set_skeleton
from db.rounds import rounds
from sspcm.skeletons.skeleton import get_skeleton

USUAL = get_skeleton("coco-17").sigmas
FITTED, LATER = tuple(2 * one for one in USUAL), tuple(3 * one for one in USUAL)


def in_use(store):
    with store.reading() as tx:
        return get_project(tx).skeleton.sigmas


def test_they_are_in_use_until_they_are_taken_back(store, add_people, now):
    add_people(store)
    with store.transaction() as tx:
        assert sigmas.adopted(tx) is None
        sigmas.adopt(tx, FITTED, by="lea", now=now)
    assert in_use(store) == FITTED
    with store.transaction() as tx:
        sigmas.adopt(tx, LATER, by="lea", now=now)
        assert sigmas.adopted(tx).before == USUAL, "the first ones stay the ones to go back to"
        sigmas.take_back(tx)
    assert in_use(store) == USUAL
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="no fitted sigmas are in use"):
        sigmas.take_back(tx)


def test_a_skeleton_that_was_set_since_is_not_taken_back(store, add_people, now):
    add_people(store)
    with store.transaction() as tx:
        sigmas.adopt(tx, FITTED, by="lea", now=now)
        set_skeleton(tx, get_skeleton("coco-17"))
        assert sigmas.adopted(tx) is None


def test_a_round_that_runs_keeps_its_own(store, add_people, add_account, now):
    add_people(store, labelled=True)
    lea = add_account(store, "lea", "lead")
    with store.transaction() as tx:
        record = rounds.create(tx, config_toml="", user=lea)
        rounds.start(tx, record.id)
    with store.transaction() as tx, pytest.raises(RoundActive):
        sigmas.adopt(tx, FITTED, by="lea", now=now)
    assert in_use(store) == USUAL
