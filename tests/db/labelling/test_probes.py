"""Who is drawn, what is noted of it, and what an accept makes of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from db.errors import InvalidDecision
from db.labelling import labels, probes
from db.labelling.probes import Looked, Probing, Served, Shares
from db.pool.persons import list_persons
from db.pool.project import project_row
from db.records import Decision, PersonRecord, UserRecord
from db.store.session import Store
from sspcm.evaluation.probes import Wrong
from sspcm.pose import Label

WRONG = Wrong(9, 30.0, -20.0, "along the limb")


@pytest.fixture
def person(store: Store, add_people: Callable[..., Any]) -> PersonRecord:
    add_people(store)
    with store.reading() as tx:
        return list_persons(tx)[0]


def pose(*, wrist: tuple[float, float] = (50.0, 90.0)) -> np.ndarray:
    xyv = np.column_stack([np.linspace(40, 78, 17), np.linspace(62, 138, 17), np.full(17, 2.0)])
    xyv[9, :2] = wrist
    return xyv


def serve(store: Store, user: UserRecord, *served: Served, now) -> None:
    with store.transaction() as tx:
        probes.note(tx, served, user.id, now=now)


def accept(store: Store, user: UserRecord, person: PersonRecord, xyv: np.ndarray, now, revision: int = 0) -> Label:
    label = Label(xyv, author=user.name, touched=np.zeros(17, dtype=bool))
    with store.transaction() as tx:
        decision = Decision(f"{user.id}-{revision}", "accept", person.id, revision, user, label=label)
        labels.decide(tx, decision, now=now)
        return labels.history(tx, person.id)[-1]


def looked(store: Store) -> list[Looked]:
    with store.reading() as tx:
        return probes.looked(tx)


def test_shares_are_kept_and_the_drawn_of_a_smaller_one_stay_drawn():
    secret = "s" * 64
    few, many = (Probing(secret, Shares(wrong, wrong)) for wrong in (0.05, 0.15))
    drawn = {kind: [i for i in range(20_000) if few.draws(i) == kind] for kind in ("wrong", "empty")}
    for kind, ids in drawn.items():
        assert len(ids) == pytest.approx(1000, abs=4 * np.sqrt(950))
        assert all(many.draws(i) == kind for i in ids)
    other = Probing("t" * 64, Shares(0.05, 0.05))
    assert len([i for i in drawn["wrong"] if other.draws(i) == "wrong"]) < 100, "without the secret nobody can guess"
    assert Probing(secret, Shares(0.0, 0.0)).draws(drawn["wrong"][0]) is None


def test_a_home_has_a_secret_of_its_own_and_the_usual_shares(store, person):
    with store.reading() as tx:
        assert len(project_row(tx).secret) == 64
        assert probes.shares(tx) == Shares(0.02, 0.05)
        assert probes.probing(tx) is None, "one person is too few"


@pytest.mark.parametrize("shares", [Shares(0.3, 0.0), Shares(-0.1, 0.0), Shares(0.0, float("nan"))])
def test_a_share_that_cannot_be_is_refused(store, person, shares):
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="0 switches it off"):
        probes.set_shares(tx, shares)


def test_shares_are_set_and_tell_what_they_were(store, person):
    with store.transaction() as tx:
        assert probes.set_shares(tx, Shares(0.0, 0.1)) == Shares(0.02, 0.05)
    with store.reading() as tx:
        assert probes.shares(tx) == Shares(0.0, 0.1)


def test_a_label_that_keeps_the_wrong_place_gets_the_networks_and_the_annotator_missed_it(store, ann, person, now):
    serve(store, ann, Served(person.id, WRONG, ((50.0, 90.0), (51.0, 91.0))), now=now)
    label = accept(store, ann, person, pose(wrist=(81.0, 71.0)), now)
    assert label.xyv[9].tolist() == [51.0, 91.0, 2.0]
    assert looked(store) == [Looked("ann", missed=1)]
    with store.reading() as tx:
        (one,) = probes.missed(tx, most=5)
    assert (one.person_id, one.image_id, one.annotator, one.keypoint, one.at) == (
        person.id, person.image_id, "ann", 9, now,
    )  # fmt: skip


def test_it_is_kept_out_whoever_accepts_and_only_who_got_it_is_judged(store, ann, bea, person, now):
    serve(store, ann, Served(person.id, WRONG, ((50.0, 90.0),)), now=now)
    label = accept(store, bea, person, pose(wrist=(80.0, 70.0)), now)
    assert label.xyv[9].tolist() == [50.0, 90.0, 2.0]
    assert looked(store) == []


def test_the_first_accept_tells_and_no_later_one_brings_the_wrong_place_back(store, ann, person, now):
    serve(store, ann, Served(person.id, WRONG, ((50.0, 90.0),)), now=now)
    assert accept(store, ann, person, pose(wrist=(52.0, 92.0)), now).xyv[9].tolist() == [52.0, 92.0, 2.0]
    again = accept(store, ann, person, pose(wrist=(80.0, 70.0)), now, revision=1)
    assert again.xyv[9].tolist() == [50.0, 90.0, 2.0]
    assert looked(store) == [Looked("ann", caught=1)]


def test_the_same_accept_sent_twice_is_one(store, ann, person, now):
    serve(store, ann, Served(person.id, WRONG, ((50.0, 90.0),)), now=now)
    for _ in range(2):
        accept(store, ann, person, pose(wrist=(80.0, 70.0)), now)
    with store.reading() as tx:
        assert len(labels.history(tx, person.id)) == 1
    assert looked(store) == [Looked("ann", missed=1)]


def test_an_accept_that_is_refused_leaves_the_probe_open(store, ann, person, now):
    serve(store, ann, Served(person.id, WRONG, ((50.0, 90.0),)), now=now)
    with pytest.raises(InvalidDecision):
        accept(store, ann, person, np.column_stack([pose()[:, :2], np.zeros(17)]), now)
    assert looked(store) == []


def test_somebody_labelled_from_nothing_is_counted(store, ann, person, now):
    serve(store, ann, Served(person.id, None), now=now)
    assert accept(store, ann, person, pose(), now).xyv.tolist() == pose().tolist()
    assert looked(store) == [Looked("ann", empty=1)]


def test_what_is_noted_already_is_not_noted_again(store, ann, bea, person, now):
    served = Served(person.id, WRONG, ((50.0, 90.0),))
    serve(store, ann, served, now=now)
    with store.reading() as tx:
        assert probes.not_noted(tx, [served], ann.id) == []
        assert probes.not_noted(tx, [served], bea.id) == [served]
        assert probes.not_noted(tx, [Served(person.id, None)], ann.id) == [Served(person.id, None)]


def test_who_never_had_a_label_is_known(store, ann, person, now):
    with store.reading() as tx:
        assert probes.never_labelled(tx, [person.id]) == {person.id}
    accept(store, ann, person, pose(), now)
    with store.reading() as tx:
        assert probes.never_labelled(tx, [person.id]) == set()
