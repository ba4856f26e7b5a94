import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import RoundOver
from db.pool import images
from db.pool.persons import list_persons
from db.records import KeypointFlag, PersonScore, RankingEntry
from db.rounds import predictions, rankings, rounds
from sspcm.pose import Prediction


@pytest.fixture
def people(store, add_people):
    """The ids of three persons."""
    add_people(store, persons=3)
    with store.reading() as tx:
        return [person.id for person in list_persons(tx)]


def at(place, network="C"):
    return Prediction(np.full((17, 3), [place, 2 * place, 0.5]), network)


def launch(store, lead):
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
    return launched


def publish(store, launched, now):
    with store.transaction() as tx:
        (image, *_) = images.list_images(tx)
        rankings.add_round_ranking(tx, launched.id, [RankingEntry(image.id, 0, 0.5, ())])
        rounds.publish(tx, launched.id, metrics={}, directory="r", now=now)


def found(store, person_ids, number):
    with store.reading() as tx:
        return predictions.for_persons(tx, person_ids, round_number=number)


def test_predictions_come_back_by_person_and_network(store, people, lead):
    launched = launch(store, lead)
    with store.transaction() as tx:
        batch = [(people[0], at(3, "C")), (people[0], at(1, "A")), (people[1], at(7))]
        predictions.add_predictions(tx, launched.id, batch)
    got = found(store, people, 1)
    assert list(got) == people[:2]
    assert [p.prediction.network for p in got[people[0]]] == ["A", "C"]
    assert got[people[1]][0].prediction.xyc[0].tolist() == [7.0, 14.0, 0.5]
    assert got[people[1]][0].round_number == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=34, max_size=34))
def test_no_digit_of_a_prediction_is_lost(sqlite_store, add_people, values):
    add_people(sqlite_store)
    xyc = np.column_stack([np.reshape(values, (17, 2)), np.full(17, 0.1)])
    with sqlite_store.transaction() as tx:
        person = list_persons(tx)[-1]
        predictions.add_predictions(tx, None, [(person.id, Prediction(xyc, "x"))])
    assert (found(sqlite_store, [person.id], None)[person.id][0].prediction.xyc == xyc).all()


def test_a_scoring_begun_again_leaves_no_doubles(store, people, lead):
    launched = launch(store, lead)
    for place in (1, 2):
        with store.transaction() as tx:
            predictions.add_predictions(tx, launched.id, [(people[0], at(place))])
    (prediction,) = found(store, people, 1)[people[0]]
    assert prediction.prediction.xyc[0, 0] == 2


def test_without_a_round_number_each_person_gets_the_newest_published(store, people, lead, now):
    with store.transaction() as tx:
        predictions.add_predictions(tx, None, [(person, at(0, "movenet")) for person in people])
    for number, persons in ((1, people[:2]), (2, people[:1])):
        launched = launch(store, lead)
        with store.transaction() as tx:
            predictions.add_predictions(tx, launched.id, [(person, at(number)) for person in persons])
        publish(store, launched, now)
    running = launch(store, lead)
    with store.transaction() as tx:
        predictions.add_predictions(tx, running.id, [(person, at(9)) for person in people])
    got = found(store, people, None)
    assert [[p.round_number for p in got[person]] for person in people] == [[2], [1], [None]]
    assert [len(found(store, people, number)) for number in (1, 2, 3)] == [2, 1, 3]


def test_a_round_that_is_over_takes_no_more(store, people, lead, now):
    launched = launch(store, lead)
    publish(store, launched, now)
    with pytest.raises(RoundOver, match="round 1 is published"), store.transaction() as tx:
        predictions.add_predictions(tx, launched.id, [(people[0], at(1))])
    with pytest.raises(RoundOver), store.transaction() as tx:
        predictions.add_person_scores(tx, launched.id, [])


def test_scores_come_back_with_their_flags(store, people, lead):
    launched = launch(store, lead)
    flags = (KeypointFlag(15, 0.9, "A and B disagree on left ankle by 31 px"), KeypointFlag(2, 0.4, "weak"))
    score = PersonScore(people[0], 0.65, (0.25,) * 16 + (math.nan,), flags)
    with store.transaction() as tx:
        predictions.add_person_scores(tx, launched.id, [PersonScore(people[0], 0.1, (), ()), score][:1])
        predictions.add_person_scores(tx, launched.id, [score])
    with store.reading() as tx:
        got = predictions.person_scores(tx, 1, people)
    assert list(got) == people[:1]
    assert (got[people[0]].score, got[people[0]].flags) == (0.65, flags)
    assert got[people[0]].keypoints[:16] == (0.25,) * 16
    assert math.isnan(got[people[0]].keypoints[16])


def test_nobody_asked_nobody_found(store):
    assert found(store, [], 1) == {}
    with store.reading() as tx:
        assert predictions.person_scores(tx, 1, []) == {}


def imported(person_id, place, network="dots", crop="c1", score=0.5):
    flags = (KeypointFlag(0, score, "the model is unsure of nose (12 %)"),)
    found = PersonScore(person_id, score, (score, math.nan), flags)
    return predictions.ImportedPrediction(at(place, network), found, crop)


def test_an_imported_models_newest_prediction_and_score_count(store, people):
    with store.transaction() as tx:
        predictions.add_imported(tx, [imported(people[0], 1), imported(people[1], 2)])
        predictions.add_imported(tx, [imported(people[0], 3, "other", "c2", score=0.7)])
    with store.reading() as tx:
        found, scores = predictions.imported(tx, people), predictions.imported_scores(tx, people)
    assert {i: (one.prediction.network, one.crop) for i, one in found.items()} == {
        people[0]: ("other", "c2"),
        people[1]: ("dots", "c1"),
    }
    assert {i: one.score for i, one in scores.items()} == {people[0]: 0.7, people[1]: 0.5}
    assert math.isnan(scores[people[0]].keypoints[1])


def test_a_rounds_scores_and_an_imported_models_stand_side_by_side(store, people, lead):
    launched = launch(store, lead)
    with store.transaction() as tx:
        predictions.add_imported(tx, [imported(people[0], 1)])
        for score in (0.2, 0.3):  # scored again, replaced
            predictions.add_person_scores(tx, launched.id, [PersonScore(people[0], score, (score,), ())])
    with store.reading() as tx:
        assert predictions.person_scores(tx, 1, people)[people[0]].score == 0.3
        assert predictions.imported_scores(tx, people)[people[0]].score == 0.5


def test_what_a_model_said_before_a_round_is_the_newest_of_its_own_until_the_rounds_first(store, people, lead):
    ann, bob, cyn = people

    def said(*several):
        with store.transaction() as tx:
            predictions.add_imported(tx, [imported(*one) for one in several])

    said((ann, 1, "movenet"))
    said((ann, 2, "movenet"))
    said((ann, 3, "another"), (bob, 4, "movenet"))
    launched = launch(store, lead)
    with store.transaction() as tx:
        predictions.add_predictions(tx, launched.id, [(ann, at(9)), (bob, at(9)), (cyn, at(9))])
    said((ann, 5, "movenet"), (cyn, 6, "movenet"))
    with store.reading() as tx:
        before = predictions.imported_before_round(tx, people, network="movenet", round_id=launched.id)
        assert {i: one.prediction.xy[0, 0] for i, one in before.items()} == {ann: 2, bob: 4}
        assert predictions.imported_before_round(tx, people, network="movenet", round_id=99) == {}
