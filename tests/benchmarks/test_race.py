"""Processes label one store side by side and are killed: a short race of it; and what it counts can be found."""

import json
import subprocess
import sys

import pytest

from benchmarks.race import BAD, compared, double_leases, refused_while_held, sent_last, taken_over


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_no_image_is_held_by_two_and_no_label_is_lost_or_doubled(store: str) -> None:
    options = ["--clients", "8", "--images", "100", "--kills", "20", "--lease-s", "2"]
    options += ["--postgresql"] if store == "postgresql" else []
    ended = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-m", "benchmarks.race", *options], capture_output=True, text=True
    )
    assert ended.stdout, ended.stderr
    told = json.loads(ended.stdout)
    assert ended.returncode == 0 and not told["broken"], told
    assert {name: told[name] for name in BAD} == dict.fromkeys(BAD, 0)
    assert (told["store"], told["answered"]) == (store, 200)
    assert told["kills"] >= 3 and told["taken_over"] >= 1


def held(at: float, until: float, image: int = 1) -> dict:
    return {"did": "holds", "image": image, "at": at, "until": until}


@pytest.mark.parametrize(
    ("lines", "doubles", "followed"),
    [
        ({1: [held(0, 5)], 2: [held(5, 9)]}, 0, 1),
        ({1: [held(0, 5)], 2: [held(4, 9)]}, 1, 1),
        ({1: [held(0, 5)], 2: [held(4, 9, image=2)]}, 0, 0),
        ({1: [held(0, 5), {"did": "lets go", "image": 1, "at": 3}], 2: [held(4, 9)]}, 0, 1),
        ({1: [held(0, 5), held(1, 6)]}, 0, 0),
        ({1: [held(0, 5)], 2: [held(1, 2)], 3: [held(1.5, 9)]}, 3, 1),
    ],
)
def test_two_who_hold_an_image_at_one_time_are_counted(lines: dict, doubles: int, followed: int) -> None:
    assert (double_leases(lines), taken_over(lines)) == (doubles, followed)


def test_an_accept_refused_to_who_holds_the_image_is_counted() -> None:
    refused = {"did": "refused", "image": 1, "at": 4}
    assert refused_while_held({1: [held(0, 5), refused]}) == 1
    assert refused_while_held({1: [held(0, 3), refused], 2: [held(3.5, 9)]}) == 0


def test_labels_lost_doubled_and_of_nobody_are_counted() -> None:
    noted = [{"did": did, "person": 1, "mark": 45.5} for did in ("sends", "saved")]
    assert compared([(1, 45.5)], noted) == {"answered": 1, "lost": 0, "doubled": 0, "unasked": 0}
    assert compared([], noted)["lost"] == 1
    assert compared([(1, 45.5), (1, 45.5)], noted)["doubled"] == 1
    assert compared([(1, 45.5), (2, 50.0)], noted)["unasked"] == 1


def test_only_who_was_killed_before_the_answer_sends_again() -> None:
    sent, saved = {"did": "sends", "key": "a"}, {"did": "saved", "key": "a"}
    assert sent_last([sent, saved, sent]) == sent
    assert sent_last([sent, saved]) is None
    assert sent_last([sent, {"did": "busy"}]) == sent
    assert sent_last([]) is None
