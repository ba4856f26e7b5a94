"""The time left is that of the whole round: what comes after the steps is in it from the start."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.config import METHODS, RoundConfig, TrainConfig
from sspcm.manifest import read_manifest
from sspcm.training.loop import is_refresh
from sspcm.training.time_left import LOOK_OF_A_STEP, Afterwards, TimeLeft, seconds_afterwards

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


def seconds(people: Afterwards, *, step: int = 0, unlabelled: bool = False, **more: float) -> float:
    config, networks = (replace(CONFIG, method=METHODS["sspcm"]), 3) if unlabelled else (CONFIG, 2)
    return seconds_afterwards(
        config, people, step=step, step_seconds=1.6, networks=networks, unlabelled=unlabelled, **more
    )


def test_it_falls_as_the_training_goes_on() -> None:
    left = [seconds(PEOPLE, step=step) for step in range(0, 201, 10)]
    assert left == sorted(left, reverse=True)
    assert left[-1] == pytest.approx(LOOK_OF_A_STEP * 0.1 * (6 * 419 + 3 * 13 + 5 * 27))


def test_crops_are_cut_twice_and_hard_views_make_a_look_a_smaller_part_of_a_step() -> None:
    predicted = Afterwards(0, 0, 100)
    assert seconds(predicted, cut_seconds=0.01) == pytest.approx(seconds(predicted) + 0.01 * 200)
    assert seconds(predicted, unlabelled=True) < seconds(predicted)


def test_a_trainings_line_has_the_whole_rounds_time_and_a_predictions_keeps_its_own(make_round: Any) -> None:
    manifest = read_manifest(make_round(method="supervised", labelled=3, validation=2, steps=6) / "manifest.json")
    left, a_look = TimeLeft(manifest), LOOK_OF_A_STEP * 1.0 / (2 * manifest.config.train.labelled_batch)
    looks = 9 * 6 + 2 * 3 * 2  # a refresh is to come, and the end
    told = left.in_all({"stage": "train", "step": 2, "seconds_left": 4.0})
    assert told["seconds_left"] == pytest.approx(4.0 + a_look * looks, abs=0.05)
    last = left.in_all({"stage": "train", "step": 6, "seconds_left": 0.0})
    assert last["seconds_left"] == pytest.approx(a_look * (9 * 6 + 2 * 3), abs=0.05), "a step's time is remembered"
    for line in ({"stage": "predict", "step": 2, "seconds_left": 4.0}, {"stage": "train", "step": 0, "began": True}):
        assert left.in_all(line) == line
