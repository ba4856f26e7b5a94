"""Old rounds lose what is heavy; what labels began at stays, and so does what annotators get."""

from dataclasses import replace

import numpy as np
import pytest

from db.errors import RoundOver
from db.labelling import labels
from db.pool.persons import list_persons
from db.records import Decision, PersonScore, RankingEntry
from db.rounds import predictions, pruning, rankings, rounds
from sspcm.pose import Prediction


def publish(store, lead, pool, now, *, mean_oks, kept=False, twin_of=None):
    with store.transaction() as tx:
        ids = [person.id for person in list_persons(tx)]
        launched = rounds.create(tx, config_toml="", user=lead, twin_of=twin_of)
        rounds.start(tx, launched.id)
        predictions.add_predictions(tx, launched.id, [(i, Prediction(np.zeros((17, 3)), "C")) for i in ids])
        predictions.add_person_scores(tx, launched.id, [PersonScore(i, 0.5, (0.5,) * 17, ()) for i in ids])
        rankings.add_round_ranking(
            tx, launched.id, [RankingEntry(image.id, n, 0.5, ()) for n, image in enumerate(pool)]
        )
        metrics = {"ap": {"C": {"mean_oks": mean_oks}}}
        if kept:
            rounds.keep(tx, launched.id, because="worse", metrics=metrics, directory="", now=now)
        else:
            rounds.publish(tx, launched.id, metrics=metrics, directory="", now=now)
    return launched


def prune(store, newest=0):
    with store.reading() as tx:
        found = [record.number for record in pruning.to_prune(tx, newest=newest)]
    for number in found:
        while True:
            with store.transaction() as tx:
                if not pruning.prune_some(tx, number):
                    break
    return found


def test_the_published_round_the_one_before_the_best_and_the_last_stay_whole(store, lead, pool, now):
    for mean_oks in (0.3, 0.9, 0.4, 0.5, 0.6):
        publish(store, lead, pool, now, mean_oks=mean_oks)
    publish(store, lead, pool, now, mean_oks=0.2, kept=True)
    assert prune(store, newest=4) == [1]
    assert prune(store) == [3]
    assert prune(store) == []
    with store.reading() as tx:
        ids = [person.id for person in list_persons(tx)]
        have = [bool(predictions.for_persons(tx, ids, round_number=number)) for number in range(1, 7)]
        assert have == [False, True, False, True, True, True]
        pruned = rounds.get(tx, 1)
        assert (pruned.state, pruned.metrics["ap"]["C"]["mean_oks"]) == ("published", 0.3)
    with pytest.raises(RoundOver, match="round 1 is published and pruned"), store.transaction() as tx:
        rounds.show_again(tx, 1, user=lead, now=now)


def test_a_prediction_that_a_label_began_at_stays(store, lead, pool, add_account, make_label, now):
    publish(store, lead, pool, now, mean_oks=0.1)
    ann = add_account(store, "ann", "annotator")
    with store.transaction() as tx:
        person = list_persons(tx)[0]
        (began,) = predictions.for_persons(tx, [person.id], round_number=1)[person.id]
        decision = Decision("k1", "accept", person.id, 0, ann, replace(make_label(x=20.0), started_from=began.id))
        labels.decide(tx, decision, now=now)
    for mean_oks in (0.5, 0.6, 0.7):
        publish(store, lead, pool, now, mean_oks=mean_oks)
    assert prune(store) == [1, 2]
    with store.reading() as tx:
        ids = [one.id for one in list_persons(tx)]
        assert list(predictions.for_persons(tx, ids, round_number=1)) == [person.id]
        assert predictions.person_scores(tx, 1, ids) == {}


def test_a_large_round_goes_in_short_transactions(store, lead, pool, now, monkeypatch):
    for mean_oks in (0.1, 0.5, 0.6, 0.7):
        publish(store, lead, pool, now, mean_oks=mean_oks)
    monkeypatch.setattr(pruning, "ROWS_A_TRANSACTION", 2)
    gone = []
    while not gone or gone[-1]:
        with store.transaction() as tx:
            gone.append(pruning.prune_some(tx, 1))
    assert sum(gone) == 3 + 3 + 3 and max(gone) == 2


def test_a_round_stays_whole_as_long_as_its_twin_does(store, lead, pool, now):
    for mean_oks in (0.1, 0.2, 0.5, 0.6):
        publish(store, lead, pool, now, mean_oks=mean_oks)
    publish(store, lead, pool, now, mean_oks=0.3, kept=True, twin_of=1)
    assert prune(store) == [2]
    publish(store, lead, pool, now, mean_oks=0.4, kept=True)
    assert prune(store) == [1, 5]
