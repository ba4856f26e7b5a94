"""What a training tells as it goes."""

import json
import time
from typing import Any

import numpy as np
import pytest
import torch

from sspcm.config import merge
from sspcm.training.round import run_round
from sspcm.training.telling import Predicting, finite_figures, line_of, only_ap, summarise

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_refreshes_tell_ap_pairs_mask_and_peak(make_round):
    folder = make_round(steps=4, snapshot_every=2)
    assert run_round(folder, device=CPU)
    before, *trained = [line for line in lines(folder) if line["stage"] == "train" and "ap" in line]
    assert (before["step"], before["began"], set(before["ap"])) == (0, True, {"A", "B", "C"})
    assert [line["step"] for line in trained] == [2, 4]
    assert [line["epoch"] for line in trained] == [1, 2]
    for line in trained:
        assert line["epochs"] == 2 and line["steps"] == 4 and line["seconds_left"] >= 0
        assert 0 < line["persons_per_s"] < 1e4 and line["memory_bytes"] > 50e6
        assert sum(line["pair_frequency"]) == pytest.approx(1, abs=1e-3)
        assert 0 <= line["masked"] <= 1 and np.isfinite(line["mean_peak"]) and set(line["ap"]) == {"A", "B", "C"}
        assert line["loss"] == pytest.approx(sum(line["losses"].values()), rel=1e-4)


@pytest.mark.parametrize(("step", "epoch"), [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (25, 2)])
def test_steps_that_fill_no_whole_epoch_are_told_as_the_last_ones(tiny, step, epoch):
    config = merge(tiny, {"train": {"steps": 25, "snapshot_every": 10}})
    told = line_of(step, config)
    assert (told["epoch"], told["epochs"], told["steps"]) == (epoch, 2, 25)


def test_what_could_not_be_measured_is_null_in_json():
    assert finite_figures({"AP": float("nan"), "AP50": 0.123456}) == {"AP": None, "AP50": 0.1235}
    assert only_ap({"A": {"AP": 0.5, "AP50": 0.9}, "B": {"AP": None}}) == {"A": 0.5, "B": None}


def test_without_unlabelled_persons_nothing_is_told_of_teaching():
    assert summarise([]) == {}


def test_what_is_left_to_predict_counts_every_look_and_not_those_of_before() -> None:
    told: list[dict[str, Any]] = []
    one = Predicting(told.append, persons=30, members=5)
    one.before(10)
    for _ in range(2):
        one.by_members(10)
        one.by_student(10)
    assert [line["step"] for line in told] == [30, 40, 50, 60]
    assert {line["steps"] for line in told} == {60}
    assert told[-1]["seconds_left"] == 0


def test_what_others_predict_meanwhile_is_done_and_a_dropped_shard_is_not() -> None:
    told: list[dict[str, Any]] = []
    one = Predicting(told.append, persons=40, members=5)
    one.begin(0)
    one.by_members(10)
    one.by_student(10)
    time.sleep(0.05)
    one.begin(1)
    one.by_members(10)
    one.drop()
    one.elsewhere(10)
    one.by_student(10)
    assert [line["step"] for line in told] == [10, 20, 30, 50]
    assert told[-1]["seconds_left"] < told[1]["seconds_left"] + 0.1, "the other's ten people count for the pace"
