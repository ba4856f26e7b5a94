"""Curves, ratios and intervals, held against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.simulation.curve import interpolated, interval, lines, ratio, summarise, undecided
from sspcm.simulation.rows import key_of


def row(acquisition, seed, number, *, each=(4, 4), oks=(0.5, 0.7), rest=20):
    return {
        "acquisition": acquisition, "seed": seed, "round": number, "labels": 2 * number, "starts": "model",
        "cpu_s": 1.0,
        "actions_each": list(each), "groups_chosen": [0, 1], "rest": {"people": 5, "oks": 0.5, "actions": rest},
        "held_out": {"oks": list(oks), "student_oks": list(oks), "actions": [3, 5], "groups": [7, 8]},
    }  # fmt: skip


def told(*rows):
    return summarise({key_of(one): one for one in rows})


def test_a_curve_adds_up_the_actions_and_what_is_left_to_do():
    found = told(row("random", 0, 0), row("random", 0, 1, each=(3, 5)), row("random", 0, 2, each=(2, 2), rest=6))
    curve = found["acquisitions"]["random"]["curve"]
    assert [at["actions"] for at in curve] == [0, 8, 12]
    assert [at["actions_to_label_everybody"] for at in curve] == [20, 28, 18]
    assert curve[1]["oks"][0] == 0.6 and curve[1]["actions_a_person"][0] == 4


def test_half_the_actions_of_random_are_a_ratio_of_one_half_and_decided():
    rows = [row(name, seed, n, each=each) for name, each in (("u3", (2, 2)), ("random", (4, 4)))
            for seed in (0, 1) for n in (0, 1)]  # fmt: skip
    found = told(*rows)
    assert found["acquisitions"]["u3"]["beside_random"]["actions"] == (0.5, 0.5, 0.5)
    assert undecided(found) == []
    assert any("u3 beside random, round 1, 2 seeds: actions 0.50" in line for line in lines(found))


def test_the_same_actions_are_undecided():
    rows = [row(name, 0, n, each=(2, 8)) for name in ("random", "u3") for n in (0, 1)]
    assert undecided(told(*rows)) == ["u3"]


def test_actions_to_95_percent_are_read_off_the_curve():
    rows = [row("random", 0, 0, oks=(0.5, 0.5)), row("random", 0, 1, each=(5, 5), oks=(0.7, 0.7)),
            row("all", 0, 0), row("all", 0, 1, oks=(0.6 / 0.95, 0.6 / 0.95))]  # fmt: skip
    found = told(*rows)
    assert found["acquisitions"]["random"]["to_95_%"]["0"] == pytest.approx(5.0)
    assert "all" not in found["acquisitions"]


def test_a_round_behind_a_missing_one_waits():
    found = told(row("random", 0, 0), row("random", 0, 2))
    assert len(found["acquisitions"]["random"]["curve"]) == 1


def test_a_curve_that_never_gets_there_has_no_actions():
    assert interpolated([0, 10], [0.1, 0.2], 0.3) is None
    assert interpolated([0, 10], [0.3, 0.4], 0.3) == 0


def test_people_of_one_group_are_drawn_together():
    values = np.repeat([0.0, 1.0], 50)
    alone = interval([(values, np.arange(100))])
    together = interval([(values, np.repeat(np.arange(4), 25))])
    assert alone[0] == together[0] == 0.5
    assert together[2] - together[1] > 2 * (alone[2] - alone[1])


@given(st.lists(st.floats(0.5, 5), min_size=2, max_size=20), st.floats(0.1, 10))
def test_a_ratio_is_that_of_the_means_and_inside_its_interval(values, times):
    sample = np.array(values), np.arange(len(values))
    middle, low, high = ratio([((times * sample[0], sample[1]), sample)], draws=100)
    assert middle == pytest.approx(times, abs=1e-3)
    assert low <= high


def test_nothing_is_summed_up_without_rows():
    assert summarise({}) == {"full": {}, "acquisitions": {}}
