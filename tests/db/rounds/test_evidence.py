"""Labels that networks can be measured by, and who learned from which."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from db.clock import utc_now
from db.labelling import labels
from db.pool.persons import list_persons
from db.records import Decision, PersonScore, UserRecord
from db.rounds import evidence, predictions, rounds
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.pose import Label, Prediction


@pytest.fixture
def lead(store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(store, "lea", "lead")


def accept(store: Store, user: UserRecord, person_id: int) -> None:
    label = Label(np.full((17, 3), 2.0), author=user.name)
    with store.transaction() as tx:
        labels.decide(tx, Decision(f"{person_id}", "accept", person_id, 0, user, label=label), now=utc_now())


def test_the_pools_labels_are_those_made_here_and_the_last_come_first(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store, labelled=True)
    add_people(store, count=3)
    add_people(store, labelled=True, split="validation")
    with store.reading() as tx:
        imported, first, second, _, held_out = (person.id for person in list_persons(tx))
    for person_id in (first, second):
        accept(store, lead, person_id)
    with store.reading() as tx:
        assert [p.id for p in evidence.labelled(tx, "train", most=9)] == [second, first]
        assert [p.id for p in evidence.labelled(tx, "train", most=1)] == [second]
        assert [p.id for p in evidence.labelled(tx, "train", most=9, and_imported=True)] == [second, first, imported]
        (person,) = evidence.labelled(tx, "validation", most=9)
        assert (person.id, person.label is not None) == (held_out, True)


def test_a_round_may_have_learned_from_whoever_was_frozen_up_to_it(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store, labelled=True, split="validation")
    add_people(store, count=2)
    with store.reading() as tx:
        _, first, second = (person.id for person in list_persons(tx))
    for person_id in (first, second):
        accept(store, lead, person_id)
        with store.transaction() as tx:
            record = rounds.create(tx, config_toml="", user=lead)
            rounds.freeze(tx, record.id)
            rounds.fail(tx, record.id, "enough")
    with store.reading() as tx:
        assert [evidence.learned_from(tx, number) for number in (1, 2)] == [{first}, {first, second}]


def test_a_prediction_is_a_rounds_or_an_imported_models(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store)
    with store.transaction() as tx:
        (person,) = list_persons(tx)
        assert evidence.imported_network(tx) is None
        pose, score = Prediction(np.zeros((17, 3)), "dots"), PersonScore(person.id, 0.1, (0.1,) * 17, ())
        predictions.add_imported(tx, [ImportedPrediction(pose, score, "crop")])
        record = rounds.create(tx, config_toml="", user=lead)
        predictions.add_predictions(tx, record.id, [(person.id, Prediction(np.zeros((17, 3)), "C"))])
        imported = predictions.imported(tx, [person.id])[person.id].id
        student = predictions.of_student(tx, [person.id], 1)[person.id].id
        assert evidence.rounds_of(tx, [imported, student, 999]) == {imported: None, student: 1}
        assert evidence.imported_network(tx) == "dots"


def test_a_label_and_a_prediction_leave_another_mark(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    def mark() -> tuple[int | None, ...]:
        with store.reading() as tx:
            return evidence.mark(tx)

    add_people(store)
    with store.reading() as tx:
        (person,) = list_persons(tx)
    marks = [mark(), mark()]
    assert marks[0] == marks[1]
    accept(store, lead, person.id)
    marks.append(mark())
    with store.transaction() as tx:
        predictions.add_predictions(tx, None, [(person.id, Prediction(np.zeros((17, 3)), "dots"))])
    marks.append(mark())
    assert len(set(marks)) == 3


def test_people_with_a_label_from_before_a_moment_are_left_out_though_they_were_labelled_again(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store, count=3)
    with store.reading() as tx:
        again, late, _ = (person.id for person in list_persons(tx))
    accept(store, lead, again)
    moment = utc_now()
    accept(store, lead, late)
    with store.transaction() as tx:
        labels.decide(tx, Decision("reopen", "reopen", again, 1, lead), now=utc_now())
        second = Decision("again", "accept", again, 2, lead, label=Label(np.full((17, 3), 2.0), author="lea"))
        labels.decide(tx, second, now=utc_now())
    with store.reading() as tx:
        assert [p.id for p in evidence.labelled(tx, "train", most=9)] == [again, late]
        assert [p.id for p in evidence.labelled(tx, "train", most=9, since=moment)] == [late]


def test_labels_that_may_teach_a_network_are_of_people_it_predicted_and_did_not_learn_from(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store, count=5)
    with store.reading() as tx:
        ids = [person.id for person in list_persons(tx)]
    with store.transaction() as tx:
        given = [ImportedPrediction(Prediction(np.zeros((17, 3)), "dots"), PersonScore(i, 0.1, (0.1,) * 17, ()), "")
                 for i in ids[:4]]  # fmt: skip
        predictions.add_imported(tx, given)

    def counts(number: int | None) -> list[int]:
        with store.reading() as tx:
            names = ("dots", "other") if number is None else ("C",)
            return [evidence.count_taught_by(tx, network=name, round_number=number) for name in names]

    assert counts(None) == [0, 0]
    for person_id in (ids[0], ids[4]):
        accept(store, lead, person_id)
    assert counts(None) == [1, 0]
    with store.transaction() as tx:
        record = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
        predictions.add_predictions(tx, record.id, [(i, Prediction(np.zeros((17, 3)), "C")) for i in ids])
    assert counts(record.number) == [0], "it learned from both"
    accept(store, lead, ids[1])
    assert counts(record.number) == [1]
    assert counts(None) == [2, 0]


def test_people_who_can_decide_are_counted_by_split_and_those_whom_the_network_learned_from_are_not(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store, count=5)
    add_people(store, count=3, split="validation")
    add_people(store, labelled=True)  # nobody knows how it came about
    with store.reading() as tx:
        ids = [person.id for person in list_persons(tx)]
    accept(store, lead, ids[0])
    with store.transaction() as tx:
        record = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
        poses = [(i, Prediction(np.ones((17, 3)), "C")) for i in ids if i != ids[1]]
        predictions.add_predictions(tx, record.id, poses)
    for person_id in (*ids[1:4], *ids[5:7]):
        accept(store, lead, person_id)
    with store.reading() as tx:
        assert evidence.count_deciding(tx, network="C", round_number=1) == (2, 2)
        assert evidence.count_deciding(tx, network="C", round_number=2) == (0, 0)
        assert evidence.count_deciding(tx, network="movenet", round_number=None) == (0, 0)


def test_corrected_are_the_labelled_people_of_the_pool_whom_an_imported_model_predicted(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store, count=3)
    add_people(store, count=2, split="validation")
    with store.reading() as tx:
        ids = [person.id for person in list_persons(tx)]
    with store.transaction() as tx:
        pose, told = Prediction(np.ones((17, 3)), "dots"), [PersonScore(i, 0.1, (0.1,) * 17, ()) for i in ids[1:]]
        predictions.add_imported(tx, [ImportedPrediction(pose, one, "crop") for one in told])
    for person_id in (ids[0], ids[1], ids[3]):
        accept(store, lead, person_id)
    with store.reading() as tx:
        assert evidence.count_corrected(tx) == 1


def test_open_people_come_by_how_much_a_round_doubts_them(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    add_people(store, count=5)
    add_people(store, split="validation")
    with store.reading() as tx:
        *pool, held_out = (person.id for person in list_persons(tx))
    for doubts in ((0.1, 0.2, 0.3, 0.4), (0.4, 0.9, 0.1, 0.4)):
        with store.transaction() as tx:
            record = rounds.create(tx, config_toml="", user=lead)
            known = [*zip(pool, doubts, strict=False), (held_out, 1.0)]  # of the fifth nothing is known
            found = [PersonScore(i, doubt, (doubt,) * 17, ()) for i, doubt in known]
            predictions.add_person_scores(tx, record.id, found)
            rounds.fail(tx, record.id, "enough")
    accept(store, lead, pool[1])
    with store.reading() as tx:
        assert [one.id for one in evidence.open_in_doubt(tx, 2, most=9)] == [pool[0], pool[3], pool[2]]
        assert [one.id for one in evidence.open_in_doubt(tx, 1, most=2)] == [pool[3], pool[2]]
        assert evidence.open_in_doubt(tx, 3, most=9) == []
