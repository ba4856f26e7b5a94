"""The accepted labels beside networks that had no part in them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.label_checks.gathering import IMPORTED, gather_accepted, learned_by
from db.clock import utc_now
from db.labelling import labels
from db.pool import images
from db.pool.persons import list_persons
from db.records import Decision, PersonRecord, RankingEntry, UserRecord
from db.rounds import predictions, rankings, rounds
from db.store.session import Store
from sspcm.config import PRESETS
from sspcm.left_out import held_out
from sspcm.pose import Label, Prediction
from tests.app.label_checks.checked_home import add_standing, predict


@pytest.fixture
def lea(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


def run_round(store: Store, user: UserRecord, known: list[PersonRecord], *, held: float) -> int:
    """A round that learned from everybody, and says the same of everybody as its teachers and student."""
    config = replace(PRESETS["imported"], train=replace(PRESETS["imported"].train, held_out=held, draws="own"))
    pose = np.array([[5.0, 6.0, 0.9]] * 17)
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml=config.to_toml(), user=user)
        rounds.start(tx, launched.id)
        rounds.freeze(tx, launched.id)
        said = [(one.id, Prediction(pose, name)) for one in known for name in ("A", "B", "C", "A_prev")]
        predictions.add_predictions(tx, launched.id, said)
        (image, *_) = images.list_images(tx)
        rankings.add_round_ranking(tx, launched.id, [RankingEntry(image.id, 0, 0.5, ())])
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=utc_now())
    return launched.number


def test_labels_and_the_imported_models_answers_stand_side_by_side(sqlite_store: Store) -> None:
    people, known = add_standing(sqlite_store, 6)
    predict(sqlite_store, people, known[:4] + known[4:])
    with sqlite_store.reading() as tx:
        accepted = gather_accepted(tx)
    assert accepted.people.ids.tolist() == [one.id for one in known] and accepted.revisions == (1,) * 6
    assert np.allclose(accepted.people.xyv, people.xyv) and np.allclose(accepted.people.boxes, people.boxes)
    assert np.allclose(accepted.people.networks[IMPORTED], people.networks["net"]) and accepted.predicted == 6
    assert accepted.people.up.shape == (6,) and np.abs(accepted.people.up).max() > 0, "a fisheye's people are turned up"


def test_what_a_label_took_over_untouched_does_not_speak_for_it(sqlite_store: Store, lea: UserRecord) -> None:
    people, known = add_standing(sqlite_store, 2)
    predict(sqlite_store, people, known)
    with sqlite_store.reading() as tx:
        started = predictions.imported(tx, [known[0].id])[known[0].id]
    touched = np.zeros(17, bool)
    touched[9] = True
    xyv = np.concatenate([started.prediction.xyc[:, :2], np.full((17, 1), 2.0)], axis=1)
    with sqlite_store.transaction() as tx:
        label = Label(xyv, author="lea", touched=touched, started_from=started.id)
        labels.decide(tx, Decision("1" * 8, "accept", known[0].id, known[0].revision, lea, label=label), now=utc_now())
    with sqlite_store.reading() as tx:
        said = gather_accepted(tx).people.networks[IMPORTED]
    assert np.isfinite(said[0, :, 2]).tolist() == touched.tolist() and np.isfinite(said[1]).all()


def test_of_a_round_only_networks_that_left_a_person_out_speak_of_them(sqlite_store: Store, lea: UserRecord) -> None:
    _, known = add_standing(sqlite_store, 60)
    number = run_round(sqlite_store, lea, known, held=0.2)
    ids = sorted(one.id for one in known)
    with sqlite_store.reading() as tx:
        networks, learned = gather_accepted(tx).people.networks, learned_by(tx, number)
    for place, name in enumerate(("A", "B")):
        left_out = {ids[i] for i in held_out(ids, 0.2, network=place)}
        assert left_out and learned[name] == set(ids) - left_out
        speaks = np.isfinite(networks[name][..., 2]).all(1)
        assert {one.id for one, is_told in zip(known, speaks, strict=True) if is_told} == left_out
    assert learned["C"] == set(ids) and "C" not in networks and "A_prev" not in networks


def test_a_round_that_leaves_nobody_out_speaks_of_those_labelled_later(sqlite_store: Store, lea: UserRecord) -> None:
    _, known = add_standing(sqlite_store, 8)
    number = run_round(sqlite_store, lea, known, held=0.0)
    with sqlite_store.reading() as tx:
        assert gather_accepted(tx).people.networks == {}
        assert learned_by(tx, number)["A"] == {one.id for one in known}


def test_validation_people_stand_beside_no_network(sqlite_store: Store, add_people: Callable[..., object]) -> None:
    people, known = add_standing(sqlite_store, 2)
    predict(sqlite_store, people, known)
    add_people(sqlite_store, labelled=True, split="validation")
    with sqlite_store.reading() as tx:
        (blind,) = list_persons(tx, split="validation")
    with sqlite_store.transaction() as tx:
        predictions.add_predictions(tx, None, [(blind.id, Prediction(np.full((17, 3), 0.5), "net"))])
    with sqlite_store.reading() as tx:
        accepted = gather_accepted(tx)
    place = accepted.people.ids.tolist().index(blind.id)
    assert np.isnan(accepted.people.networks[IMPORTED][place]).all() and accepted.predicted == 2
