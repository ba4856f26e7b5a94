"""The time left is that of the whole round: what comes after the steps is in it from the start."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.config import METHODS, RoundConfig, TrainConfig
from sspcm.manifest import read_manifest
from sspcm.training.loop import is_refresh
from sspcm.training.time_left import LOOK_OF_A_STEP, Afterwards, Speed, TimeLeft, seconds_afterwards

CONFIG = RoundConfig(method=METHODS["supervised"], train=TrainConfig(steps=200, snapshot_every=100, labelled_batch=8))
PEOPLE = Afterwards(validation=13, held_out=27, predicted=419)


@given(st.integers(1, 300), st.integers(1, 120), st.data())
def test_looks_follow_the_refreshes_that_are_left(steps: int, every: int, data: st.DataObject) -> None:
    train = TrainConfig(steps=steps, snapshot_every=every)
    step = data.draw(st.integers(0, steps))
    refreshes = sum(is_refresh(later, train) for later in range(step + 1, steps))
    looks = Afterwards(validation=1, held_out=0, predicted=0).looks(replace(CONFIG, train=train), step=step)
    assert looks == 3 * (refreshes + 1)


def test_everybody_is_looked_at_six_times_and_those_left_out_are_measured_on_each_place() -> None:
    assert Afterwards(0, 0, 419).looks(CONFIG, step=0) == 6 * 419
    moved = replace(CONFIG, train=replace(CONFIG.train, held_out=0.2))
    assert Afterwards(0, 27, 0).looks(moved, step=0) == 5 * 27
    assert Afterwards(13, 0, 0).looks(moved, step=200) == 2 * 3 * 13, "at the end, and once they are moved"


def test_it_falls_as_the_training_goes_on() -> None:
    speed = Speed(looks=100, looking_s=7.0, cuts=10, cutting_s=0.1)
    left = [
        seconds_afterwards(CONFIG, PEOPLE, speed, step=step, step_seconds=1.6, networks=2, unlabelled=False)
        for step in range(0, 201, 10)
    ]
    assert left == sorted(left, reverse=True)
    assert left[-1] == pytest.approx(0.07 * (6 * 419 + 3 * 13 + 5 * 27) + 0.01 * 2 * 419)


def test_the_mean_time_counts_and_a_handful_says_nothing() -> None:
    speed = Speed()
    speed.looked(3, 9.0)
    assert speed.a_look is None
    left = seconds_afterwards(
        CONFIG, Afterwards(0, 0, 100), speed, step=0, step_seconds=1.6, networks=2, unlabelled=False
    )
    assert left == pytest.approx(600 * LOOK_OF_A_STEP * 0.1)
    speed.looked(97, 1.0)
    assert speed.a_look == pytest.approx(0.1)


def test_a_step_that_shows_unlabelled_persons_too_has_more_looks_in_it() -> None:
    sspcm = replace(CONFIG, method=METHODS["sspcm"])
    alone, taught = (
        seconds_afterwards(
            sspcm, Afterwards(0, 0, 100), Speed(), step=0, step_seconds=1.6, networks=3, unlabelled=unlabelled
        )
        for unlabelled in (False, True)
    )
    assert taught < alone


def test_a_trainings_line_has_the_whole_rounds_time_and_a_predictions_keeps_its_own(make_round: Any) -> None:
    manifest = read_manifest(make_round(steps=6, labelled=3, unlabelled=4, validation=2) / "manifest.json")
    left = TimeLeft(manifest)
    left.speed.looked(100, 10.0)
    training = {"stage": "train", "step": 2, "seconds_left": 4.0}
    looks = 9 * 6 + 2 * 3 * 2  # a refresh is to come, and the end
    assert left.in_all(training)["seconds_left"] == pytest.approx(4.0 + 0.1 * looks)
    for line in ({"stage": "predict", "step": 2, "seconds_left": 4.0}, {"stage": "train", "step": 0, "began": True}):
        assert left.in_all(line) == line
