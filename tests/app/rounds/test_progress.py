"""What a trainer writes becomes the round's progress and curves."""

import json

import pytest
from sqlalchemy import update

from app.rounds.training import train_round
from db.records import (
    RoundPoint,
)
from db.rounds import rounds
from db.schema import RoundRow
from sspcm.config import RoundConfig, TrainConfig
from tests.app.rounds.round_home import COMMAND, Home, unlabelled


def test_training_brings_progress_and_curves_to_the_round(home: Home) -> None:
    home.add("a.jpg", home.labelled(), unlabelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=4)))

    train_round(home.store, home.settings, 1, command=COMMAND)

    record = home.round()
    assert record.stage == "score"  # its last word was about predicting the pool
    assert record.progress == {"step": 2, "steps": 2, "seconds_left": 0.0, "ap": {"A": 0.5, "B": 0.5, "C": 0.5}}
    with home.store.reading() as tx:
        curve = rounds.points(tx, record.id)
    assert [(point.step, point.values["loss"]) for point in curve] == [
        (1, 1.0),
        (2, 0.5),
        (3, pytest.approx(1 / 3)),
        (4, 0.25),
    ]
    assert [set(point.values) for point in curve] == [{"loss"}] * 3 + [{"loss", "ap_A", "ap_B", "ap_C"}]


def test_the_time_left_has_the_scoring_in_it_as_long_as_it_took_last_time(home: Home) -> None:
    home.add("a.jpg", home.labelled(), unlabelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=4)))
    with home.store.transaction() as tx:
        tx.execute(update(RoundRow).values(metrics={"seconds": {"score": 5.5}}))
    train_round(home.store, home.settings, 1, command=COMMAND)
    assert home.round().progress["seconds_left"] == 5.5


def test_half_a_line_left_by_a_killed_trainer_is_left_out(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=2)))
    (home.folder() / "metrics.jsonl").write_text('{"stage": "train", "step": 900, "los\n')

    train_round(home.store, home.settings, 1, command=COMMAND)

    with home.store.reading() as tx:
        assert [point.step for point in rounds.points(tx, home.round().id)] == [1, 2]


def test_a_training_taken_up_again_draws_its_curves_anew(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=2)))
    with home.store.transaction() as tx:
        rounds.add_points(tx, home.round().id, [RoundPoint(19, {"loss": 0.1})])
    told = [{"step": 1, "loss": 9.0}, {"step": 5, "loss": 9.0}, {"step": 1, "began": True, "ap": {"C": 0.5}}]
    (home.folder() / "metrics.jsonl").write_text("".join(json.dumps({"stage": "train"} | t) + "\n" for t in told))

    train_round(home.store, home.settings, 1, command=COMMAND)

    with home.store.reading() as tx:
        curve = rounds.points(tx, home.round().id)
    assert [point.step for point in curve] == [1, 2], "what was told beyond the checkpoint is forgotten"
    assert curve[0].values["ap_C"] == 0.5
