"""Each label of a person as it came about, and what was decided in between."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from db.errors import InvalidDecision
from db.labelling import history, labels
from db.records import LONGEST_WORK_S, Decision
from db.rounds import predictions
from sspcm.pose import Prediction
from tests.db.labelling.deciding import decide


def test_a_revision_knows_its_author_its_seconds_and_what_it_began_with(store, person, ann, bea, make_label, now):
    decide(store, Decision("k1", "accept", person.id, 0, ann, label=make_label(), seconds=12.5, began="empty"), now)
    decide(store, Decision("k2", "reopen", person.id, 1, bea), now + timedelta(minutes=1))
    corrected = Decision(
        "k3", "accept", person.id, 2, bea, label=make_label(x=9), seconds=3.0, began="label", began_revision=1
    )
    decide(store, corrected, now + timedelta(minutes=2))
    with store.reading() as tx:
        first, second = history.revisions(tx, person.id)
        decided = history.decided(tx, person.id)
    assert (first.label.author, first.at, first.seconds, first.began, first.began_revision) == (
        "ann", now, 12.5, "empty", None,
    )  # fmt: skip
    assert (second.label.author, second.seconds, second.began, second.began_revision) == ("bea", 3.0, "label", 1)
    assert [(one.kind, one.by, one.seconds) for one in decided] == [
        ("accept", "ann", 12.5), ("reopen", "bea", None), ("accept", "bea", 3.0),
    ]  # fmt: skip


def test_a_client_that_measures_nothing_is_taken(store, person, ann, make_label, now):
    decide(store, Decision("k1", "accept", person.id, 0, ann, label=make_label()), now)
    with store.reading() as tx:
        (only,) = history.revisions(tx, person.id)
    assert (only.seconds, only.began, only.began_revision) == (None, None, None)


def test_other_seconds_make_no_other_decision(store, person, ann, make_label, now):
    first = Decision("k1", "accept", person.id, 0, ann, label=make_label(), seconds=4.0)
    decide(store, first, now)
    assert decide(store, replace(first, seconds=5.0), now).repeated
    with store.reading() as tx:
        assert [one.seconds for one in history.revisions(tx, person.id)] == [4.0]


@pytest.mark.parametrize("seconds", [-1.0, LONGEST_WORK_S + 1, float("nan")])
def test_seconds_that_cannot_be_are_refused_in_words_and_nothing_is_saved(store, person, ann, make_label, now, seconds):
    with pytest.raises(InvalidDecision, match=r"took .* s; wanted 0 to 86400 s, without pauses\. Leave it out"):
        decide(store, Decision("k1", "accept", person.id, 0, ann, label=make_label(), seconds=seconds), now)
    with store.reading() as tx:
        assert labels.history(tx, person.id) == []


@pytest.mark.parametrize(("began", "revision"), [("label", 1), ("label", 0), ("student", 1), (None, 1)])
def test_a_label_begins_with_a_revision_that_there_is(store, person, ann, make_label, now, began, revision):
    decision = Decision("k1", "accept", person.id, 0, ann, label=make_label(), began=began, began_revision=revision)
    with pytest.raises(InvalidDecision, match=f"revision {revision} of person .* wanted one of the 0 labels"):
        decide(store, decision, now)


def test_the_predictions_that_labels_started_from_are_known(store, person, ann, make_label, now):
    with store.transaction() as tx:
        for at in (1.0, 2.0):
            predictions.add_predictions(tx, None, [(person.id, Prediction(np.full((17, 3), (at, at, 0.5)), f"m{at}"))])
        newest = predictions.imported(tx, [person.id])[person.id]
    label = replace(make_label(), started_from=newest.id)
    decide(store, Decision("k1", "accept", person.id, 0, ann, label=label, began="model"), now)
    with store.reading() as tx:
        found = history.begun_with(tx, person.id)
    assert [(one.id, one.prediction.network, one.round_number) for one in found.values()] == [(newest.id, "m2.0", None)]
