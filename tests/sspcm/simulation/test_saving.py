"""What a way to choose saves, against curves whose distance is known."""

import pytest

from sspcm.simulation.curve import summarise
from sspcm.simulation.rows import key_of
from sspcm.simulation.saving import saved, say_saved, with_savings


def row(acquisition, seed, number, oks, *, each=(4, 4)):
    return {
        "acquisition": acquisition, "seed": seed, "round": number, "labels": 100 * number, "starts": "model",
        "cpu_s": 1.0, "actions_each": list(each), "groups_chosen": [0, 1],
        "rest": {"people": 5, "oks": 0.5, "actions": 9},
        "held_out": {"oks": list(oks), "student_oks": list(oks), "actions": [3, 5], "groups": [7, 8]},
    }  # fmt: skip


def rows(**curves):
    """Each way's mean OKS by round, the same for both held-out people, and its actions a label."""
    found = {}
    for name, (heights, each) in curves.items():
        for seed in (0, 1):
            for n, height in enumerate(heights):
                one = row(name, seed, n, (height, height), each=each)
                found[key_of(one)] = one
    return found


def test_half_the_labels_are_saved_where_the_order_is_there_a_round_sooner():
    told = saved(rows(random=((0.5, 0.55, 0.6), (4, 4)), u3=((0.5, 0.6, 0.65), (6, 6))), "u3")
    assert (told["round"], told["seeds"]) == (2, [0, 1])
    assert told["labels"] == (100.0, 100.0, 100.0)
    assert told["actions"] == pytest.approx((4.0, 4.0, 4.0)), "16 of random beside 12 of the dearer labels"


def test_an_order_that_is_behind_saves_less_than_nothing():
    told = saved(rows(random=((0.5, 0.6, 0.65), (4, 4)), u3=((0.5, 0.55, 0.6), (4, 4))), "u3")
    assert told["labels"] == (-100.0, -100.0, -100.0)
    even = saved(rows(random=((0.5, 0.55, 0.6), (4, 4)), u3=((0.5, 0.55, 0.6), (4, 4))), "u3")
    assert even["labels"] == (0.0, 0.0, 0.0)


def test_people_who_differ_make_an_interval_that_holds_the_figure():
    curves = rows(random=((0.5, 0.55, 0.6), (4, 4)), u3=((0.5, 0.6, 0.65), (4, 4)))
    for one in curves.values():
        if one["acquisition"] == "u3":
            one["held_out"]["oks"] = [one["held_out"]["oks"][0] + 0.1, one["held_out"]["oks"][1] - 0.1]
    mean, low, high = saved(curves, "u3")["labels"]
    assert low < mean < high and low < 0 < high
    assert say_saved(saved(curves, "u3")).startswith("+100 labels [")


def test_without_random_or_a_round_nothing_is_saved():
    assert saved(rows(u3=((0.5, 0.6), (4, 4))), "u3") is None
    assert saved(rows(u3=((0.5,), (4, 4)), random=((0.5,), (4, 4))), "u3") is None
    both = rows(u3=((0.5, 0.6), (4, 4)), random=((0.5, 0.6), (4, 4)))
    told = with_savings(summarise(both), both)
    assert told["acquisitions"]["random"]["saved"] is None and told["acquisitions"]["u3"]["saved"]["round"] == 1
