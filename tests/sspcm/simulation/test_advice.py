"""Advice follows from the last round's gain per 100 labels, and says the figure it rests on."""

import pytest

from sspcm.simulation.advice import WORTH, advice_lines, last_gain, say_advice, verdict, with_advice
from sspcm.simulation.curve import summarise
from sspcm.simulation.rows import key_of


def row(seed, number, oks, actions=(8, 8), acquisition="fitted+diversity", student=None):
    return {
        "acquisition": acquisition, "seed": seed, "round": number, "labels": 50 * number, "starts": "model",
        "cpu_s": 1.0, "actions_each": [4, 4], "groups_chosen": [0, 1], "rest": {"people": 5, "oks": 0.5, "actions": 9},
        "held_out": {"oks": list(oks), "student_oks": list(student or oks), "actions": list(actions), "groups": [7, 8]},
    }  # fmt: skip


def rows(*each):
    return {key_of(one): one for one in each}


def test_the_gain_is_the_last_rounds_per_hundred_labels_person_by_person():
    found = last_gain(
        rows(*(row(seed, n, (0.5 + 0.02 * n, 0.7 + 0.02 * n), (8 - n, 6 - n)) for seed in (0, 1) for n in range(3))),
        "fitted+diversity",
    )
    assert (found["from_labels"], found["to_labels"], found["seeds"]) == (50, 100, [0, 1])
    assert found["oks"] == pytest.approx((0.04, 0.04, 0.04)), ".02 by 50 labels, the same for everybody"
    assert found["actions"] == pytest.approx((2.0, 2.0, 2.0))
    assert found["verdict"] == "go on"


def test_a_gain_that_only_some_people_have_is_undecided_and_a_small_one_ends_it():
    some = last_gain(rows(row(0, 0, (0.5, 0.5)), row(0, 1, (0.5, 0.5)), row(0, 2, (0.4, 0.7))), "fitted+diversity")
    assert some["verdict"] == "undecided" and some["oks"][1] < 0 < some["oks"][2]
    flat = [row(0, n, (0.5, 0.5 + 0.001 * n)) for n in range(3)]
    assert last_gain(rows(*flat), "fitted+diversity")["verdict"] == "stop"


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        ((0.002, -0.001, WORTH), "undecided"),
        ((0.002, -0.001, WORTH - 1e-4), "stop"),
        ((0.002, 0.001, WORTH - 1e-4), "stop"),
        ((0.02, 0.0, 0.04), "undecided"),
        ((0.02, 0.0001, 0.04), "go on"),
    ],
)
def test_the_ends_of_the_interval_decide(gain, said):
    assert verdict(gain, gain) == said
    nothing = (0.0, 0.0, 0.0)
    assert verdict(gain, nothing) == verdict(nothing, gain) == said, "whichever of the two says more"


def test_a_student_that_was_kept_back_does_not_end_labelling_while_it_learns():
    kept = rows(*(row(0, n, (0.5, 0.5), student=(0.5, 0.5 + 0.1 * n)) for n in range(3)))
    found = last_gain(kept, "fitted+diversity")
    assert found["oks"] == (0.0, 0.0, 0.0) and found["verdict"] != "stop"


def test_rounds_that_were_all_held_back_say_nothing():
    flat = last_gain(rows(*(row(0, n, (0.5, 0.6)) for n in range(3))), "fitted+diversity")
    assert flat["verdict"] == "undecided"
    assert "every training was held back by its own checks" in say_advice(flat)


def test_before_the_second_round_there_is_no_advice_and_a_round_that_a_seed_lacks_waits():
    assert last_gain(rows(row(0, 0, (0.5, 0.5)), row(0, 1, (0.6, 0.6))), "fitted+diversity") is None
    assert last_gain({}, "random") is None
    uneven = rows(*(row(0, n, (0.5, 0.5)) for n in range(4)), *(row(1, n, (0.5, 0.5)) for n in range(3)))
    assert last_gain(uneven, "fitted+diversity")["to_labels"] == 100


def test_the_words_hold_the_figure():
    told = rows(*(row(0, n, (0.5 + 0.02 * n, 0.7)) for n in range(3)))
    summary = with_advice(summarise(told), told)
    (line,) = advice_lines(summary)
    assert line.startswith("fitted+diversity: ") and "from 50 to 100 labels" in line and "by 0.020 [" in line
    gain = summary["acquisitions"]["fitted+diversity"]["last_gain"]
    for verdict_, begins in (("stop", "Stop labelling"), ("go on", "Go on labelling"), ("undecided", "Undecided, so")):
        assert say_advice({**gain, "verdict": verdict_}).startswith(begins)
