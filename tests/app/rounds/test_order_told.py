"""What a lead is told of the queue's order, and that its figures follow from labels it did not learn from."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.contract.rounds import OrderPayload
from app.pool.order_figures import note_figures
from app.rounds.order_told import order_told
from app.rounds.starts import use
from db.pool.persons import list_persons
from db.records import PersonScore
from db.rounds import predictions, rounds
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.pose import Prediction
from tests.app.pool.test_order_figures import FITTED
from tests.app.rounds.measured_home import POSE, accept, add_persons, predict, publish, score

People = Callable[..., Any]


def told_of(store: Store, home: Path) -> OrderPayload:
    with store.reading() as tx:
        return order_told(tx, home)


def predict_in_doubt(
    store: Store, ids: list[int], doubt: Callable[[int], float], *, seed: int = 0, far: int = 0
) -> None:
    """The farther off a keypoint, the more the model's answers lie apart, as much as `doubt` of the person's number.

    far: so many keypoints, the first ones, are ten times as far off, of everybody.
    """
    rng, found = np.random.default_rng(seed), []
    for i in ids:
        off = rng.exponential(8.0, 17) * (1 + i % 4) * np.where(np.arange(17) < far, 10, 1)
        apart = np.clip(doubt(i) * off / 40 + (1 - doubt(i)) * rng.random(17), 0, 1)
        xyc = np.column_stack([POSE + np.column_stack([off, np.zeros(17)]), 1 - apart])
        told = PersonScore(i, 0.1, tuple(apart.tolist()), ())
        found.append(ImportedPrediction(Prediction(xyc, "movenet"), told, "crop"))
    with store.transaction() as tx:
        predictions.add_imported(tx, found)


def test_before_any_prediction_it_says_so_and_what_to_do(
    sqlite_store: Store, add_people: People, tmp_path: Path
) -> None:
    add_persons(sqlite_store, add_people, 3)
    told = told_of(sqlite_store, tmp_path)
    assert (told.goes_by, told.figures, told.enough) == ("unlike", [], False)
    assert "unlike each other" in told.words and "pose model" in told.advice


def test_too_few_corrections_say_how_many_are_wanted(
    sqlite_store: Store, add_people: People, add_account: People, tmp_path: Path
) -> None:
    ids = add_persons(sqlite_store, add_people, 30)
    predict(sqlite_store, ids, lambda _: 1.0)
    accept(sqlite_store, add_account(sqlite_store), ids[:19])
    told = told_of(sqlite_store, tmp_path)
    assert (told.goes_by, told.persons, told.enough, told.figures) == ("before labels", 19, False, [])
    assert told.words.startswith("Until a first round is published, images come as a fair sample of the pool")
    assert "from 25 people on; it was made with 0." in told.words
    assert "19 people were labelled" in told.advice and "wanted 20 in 5 images" in told.advice


@pytest.mark.parametrize(("doubt", "better"), [(1.0, True), (0.0, False)])
def test_an_order_by_the_errors_own_is_told_from_one_by_chance(
    sqlite_store: Store, add_people: People, add_account: People, tmp_path: Path, doubt: float, better: bool
) -> None:
    ids = add_persons(sqlite_store, add_people, 80)
    predict_in_doubt(sqlite_store, ids, lambda _: doubt)
    accept(sqlite_store, add_account(sqlite_store), ids[:70])
    told = told_of(sqlite_store, tmp_path)
    assert (told.persons, told.people) == (70, "on 70 corrected people, each by what the others teach")
    correlation, keypoints = told.figures
    for one in told.figures:
        assert one.low is not None and one.high is not None and one.value is not None
        assert one.chance_low is not None and one.chance_high is not None
        assert one.low <= one.value <= one.high
        assert one.chance_low < one.chance < one.chance_high
        assert (one.low > one.chance_high) is better, one
    if better:
        assert (correlation.value or 0) > 0.8 and (keypoints.value or 0) > 0.8
        assert told.advice.startswith("It is better than chance.")
    else:
        assert told.advice.startswith("Nothing says that it is better than chance. Label on")


def test_a_keypoint_that_is_wrong_for_everybody_does_not_help_a_random_order(
    sqlite_store: Store, add_people: People, add_account: People, tmp_path: Path
) -> None:
    ids = add_persons(sqlite_store, add_people, 40)
    predict_in_doubt(sqlite_store, ids, lambda _: 1.0, far=6)
    accept(sqlite_store, add_account(sqlite_store), ids)
    _, keypoints = told_of(sqlite_store, tmp_path).figures
    assert keypoints.chance_low is not None and keypoints.chance_high is not None
    assert 0.4 < keypoints.chance_low < keypoints.chance < keypoints.chance_high < 0.6


def test_validation_people_check_a_fit_that_never_saw_them(
    sqlite_store: Store, add_people: People, add_account: People, tmp_path: Path
) -> None:
    pool = add_persons(sqlite_store, add_people, 80)
    blind = add_persons(sqlite_store, add_people, 30, split="validation", labelled=True)
    predict_in_doubt(sqlite_store, pool, lambda _: 1.0)
    predict_in_doubt(sqlite_store, blind, lambda _: 1.0, seed=1)
    accept(sqlite_store, add_account(sqlite_store), pool[:70])
    note_figures(tmp_path, replace(FITTED, persons=40))
    told = told_of(sqlite_store, tmp_path)
    assert (told.goes_by, told.corrections, told.people) == ("fitted", 40, "on 30 validation people")
    assert told.words.endswith("as the corrections of 40 people teach.")
    assert "30 more people were corrected since the order was made" in told.advice
    assert min(one.value or 0 for one in told.figures) > 0.8


def test_a_rounds_scores_are_checked_as_they_stand_on_whom_it_did_not_learn_from(
    sqlite_store: Store, add_people: People, add_account: People, tmp_path: Path
) -> None:
    ids = add_persons(sqlite_store, add_people, 50)
    ann, lead = add_account(sqlite_store), add_account(sqlite_store, "lea", "lead")
    accept(sqlite_store, ann, ids[:10])
    number = score(sqlite_store, lead, ids, lambda i: float(i % 7))
    with sqlite_store.transaction() as tx:
        found = [PersonScore(i, 0.1 * (i % 7), (0.1 * (i % 7),) * 17, ()) for i in ids]
        predictions.add_person_scores(tx, rounds.get(tx, number).id, found)
    publish(sqlite_store, number)
    accept(sqlite_store, ann, ids[10:])
    use(sqlite_store, lead, "student")
    told = told_of(sqlite_store, tmp_path)
    assert (told.round, told.persons, told.people) == (
        number,
        40,
        f"on 40 people corrected since round {number} learned",
    )
    assert told.figures[0].value == pytest.approx(1.0), "the stored scores are the errors' own order"
    with sqlite_store.reading() as tx:
        assert len(list_persons(tx)) == 50


def test_without_a_pose_model_the_order_is_the_published_rounds(
    sqlite_store: Store, add_people: People, add_account: People, tmp_path: Path
) -> None:
    lead, ids = add_account(sqlite_store, "lea", "lead"), add_persons(sqlite_store, add_people, 3)
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    (tmp_path / "r").mkdir()
    note_figures(tmp_path / "r", FITTED)
    told = told_of(sqlite_store, tmp_path)
    assert (told.goes_by, told.round, told.corrections) == ("fitted", 1, FITTED.persons)
