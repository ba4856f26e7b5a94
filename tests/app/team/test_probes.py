"""What leads see of how closely annotators look."""

import csv
import io
from datetime import timedelta

import numpy as np
import pytest

from app.team.probes import looked_as_csv, probes_told, set_probes
from db.clock import utc_now
from db.errors import InvalidDecision, NoProject
from db.labelling import labels, probes
from db.labelling.probes import Served, Shares
from db.people import audit
from db.people.audit import Actor
from db.pool.persons import list_persons
from db.records import Decision
from sspcm.evaluation.probes import Wrong
from sspcm.pose import Label

WRONG = Wrong(9, 30.0, 0.0, "next joint")


def look(store, user, *, caught: int, missed: int, skip: int = 0) -> None:
    """That many probes, moved away or left; of persons after the first `skip`."""
    now = utc_now() + timedelta(seconds=skip)
    with store.transaction() as tx:
        people = list_persons(tx)[skip : skip + caught + missed]
        probes.note(tx, [Served(one.id, WRONG, ((50.0, 50.0),)) for one in people], user.id, now=now)
        for number, person in enumerate(people):
            xyv = np.full((17, 3), (100.0, 100.0, 2.0))
            xyv[9, :2] = (50.0, 50.0) if number < caught else (80.0, 50.0)
            label = Label(xyv, author=user.name, touched=np.zeros(17, dtype=bool))
            labels.decide(tx, Decision(f"look {person.id}", "accept", person.id, 0, user, label=label), now=now)


def test_each_annotators_share_has_its_interval(store, add_people, add_account):
    add_people(store, count=15)
    ann, bea = add_account(store, "=ann"), add_account(store, "bea")
    look(store, ann, caught=9, missed=1)
    look(store, bea, caught=0, missed=2, skip=10)
    with store.reading() as tx:
        told = probes_told(tx)
    first, second = told.annotators
    assert (first.name, first.caught, first.seen, first.low, first.high) == ("=ann", 9, 10, 0.5958, 0.9821)
    assert (second.name, second.caught, second.seen, second.low) == ("bea", 0, 2, 0.0)
    assert [(one.annotator, one.keypoint) for one in told.missed] == [("bea", "left wrist")] * 2 + [
        ("=ann", "left wrist")
    ]
    assert "too few to tell anything" in told.words
    rows = list(csv.DictReader(io.StringIO("".join(looked_as_csv(told.annotators)))))
    assert [(row["annotator"], row["caught"], row["seen"], row["low"]) for row in rows] == [
        ("'=ann", "9", "10", "0.5958"),
        ("bea", "0", "2", "0.0"),
    ]


def test_whoever_was_labelled_again_need_not_be_looked_at(store, add_people, add_account):
    add_people(store)
    ann = add_account(store)
    look(store, ann, caught=0, missed=1)
    with store.transaction() as tx:
        (person,) = list_persons(tx)
        label = Label(np.full((17, 3), 2.0), author="ann")
        labels.decide(tx, Decision("again", "accept", person.id, 1, ann, label=label), now=utc_now())
        told = probes_told(tx)
    assert (told.missed, told.annotators[0].seen) == ([], 1)


def test_shares_are_set_and_noted_together(store, add_people, add_account):
    add_people(store)
    lea = Actor("lea", audit.BY_COMMAND)
    set_probes(store, lea, Shares(0.0, 0.1))
    with store.reading() as tx:
        assert (probes_told(tx).wrong, probes_told(tx).empty) == (0.0, 0.1)
        (line,) = audit.read(tx)
    assert (line.actor, line.action, line.details["empty"]) == ("lea", "probes set", 0.1)
    with pytest.raises(InvalidDecision):
        set_probes(store, lea, Shares(0.9, 0.1))
    set_probes(store, lea, Shares(0.0, 0.0))
    with store.reading() as tx:
        assert len(audit.read(tx)) == 2
        assert probes_told(tx).words == "Nobody gets a probe now."


def test_without_a_project_there_is_nothing_to_tell(store):
    with store.reading() as tx, pytest.raises(NoProject):
        probes_told(tx)
