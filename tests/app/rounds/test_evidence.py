"""What a network is measured by: labels that it did not learn from."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.rounds.evidence import (
    Evidence,
    Source,
    gather,
    imported_source,
    people_in_words,
    sources,
    student_source,
)
from db.records import UserRecord
from db.rounds import rounds
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict, publish, score

ONE, TWO = student_source(1), student_source(2)


@pytest.fixture
def lead(sqlite_store: Store, add_account: Callable[..., UserRecord], add_people: Callable[..., Any]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


def measured(store: Store) -> tuple[Source, Evidence]:
    with store.reading() as tx:
        model = imported_source(tx)
        assert model is not None
        return model, gather(tx, sources(tx))


def test_a_student_is_measured_by_those_alone_whom_no_round_before_it_learned_from(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 6)
    predict(sqlite_store, ids, lambda _: 2.0)
    accept(sqlite_store, lead, ids[:2])
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    accept(sqlite_store, lead, ids[2:4])
    model, found = measured(sqlite_store)
    assert np.isnan(found.oks[ONE]).sum() == 2, "the two that were frozen"
    assert not np.isnan(found.oks[model]).any(), "an imported model learned from nobody"
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    accept(sqlite_store, lead, ids[4:])
    _, found = measured(sqlite_store)
    assert np.isnan(found.oks[TWO]).sum() == 4, "round 2 may have gone on from round 1"
    assert found.over(TWO, model).difference.persons == 2


def test_validation_people_decide_alone_where_there_are_enough(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    held_out = add_persons(sqlite_store, add_people, 19, split="validation", labelled=True)
    ids = add_persons(sqlite_store, add_people, 10)
    predict(sqlite_store, ids + held_out, lambda _: 2.0)
    publish(sqlite_store, score(sqlite_store, lead, ids + held_out, lambda _: 1.0))
    accept(sqlite_store, lead, ids)
    model, found = measured(sqlite_store)
    compared = found.over(ONE, model)
    assert (compared.difference.persons, compared.people) == (29, "19 validation people and 10 people labelled here")
    one_more = add_persons(sqlite_store, add_people, 1, split="validation", labelled=True)
    predict(sqlite_store, one_more, lambda _: 2.0)
    publish(sqlite_store, score(sqlite_store, lead, ids + held_out + one_more, lambda _: 1.0))
    model, found = measured(sqlite_store)
    compared = found.over(TWO, model)
    assert (compared.difference.persons, compared.people) == (20, "20 validation people")
    assert compared.challenger.mean > compared.incumbent.mean
    assert found.figures().means[TWO] == compared.challenger


def test_a_label_does_not_speak_for_the_challenger_whose_pose_it_began_at(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 5)
    of_model = predict(sqlite_store, ids, lambda _: 2.0)
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    accept(sqlite_store, lead, ids, began={i: of_model[i] for i in ids[:3]})
    model, found = measured(sqlite_store)
    assert found.over(ONE, model).difference.persons == 5, "they lean to the model, against the challenger"
    assert found.over(model, ONE).difference.persons == 2
    assert found.figures().began == {model: 3, ONE: 0}


def test_what_another_model_said_before_is_not_the_newest_ones(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 4)
    accept(sqlite_store, lead, ids)
    predict(sqlite_store, ids, lambda _: 9.0, model="older")
    predict(sqlite_store, ids[:3], lambda _: 0.0, model="newer")
    _, found = measured(sqlite_store)
    (figures,) = found.figures().means.values()
    assert (figures.persons, round(figures.mean, 6)) == (3, 1.0)


def test_the_newest_round_is_measured_as_well_where_it_was_kept(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any], now: Any
) -> None:
    ids = add_persons(sqlite_store, add_people, 1)
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    number = score(sqlite_store, lead, ids, lambda _: 1.0)
    with sqlite_store.transaction() as tx:
        rounds.keep(tx, rounds.get(tx, number).id, because="worse", metrics={}, directory="r", now=now)
        assert sources(tx) == [ONE, TWO]


def test_people_are_counted_in_words() -> None:
    assert people_in_words(1, 0) == "1 validation person"
    assert people_in_words(0, 0) == "0 people labelled here"
    assert people_in_words(40, 1) == "40 validation people and 1 person labelled here"
