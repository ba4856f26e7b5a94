"""A round in one line: labels, AP, mean OKS, and how long it took."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.rounds.listing import HEADS, row_of
from db.records import RoundRecord

BEGAN = datetime(2026, 11, 30, 9, 12, tzinfo=UTC)
QUEUED = RoundRecord(1, 2, "queued", "freeze", "", "lea", BEGAN, None, None, {}, {}, None, None)
METRICS = {
    "ap": {"C": {"AP": 0.4554, "mean_oks": 0.6907}},
    "ap_before": {"C": {"AP": 0.2852, "mean_oks": None}},
    "validation": 20,
}


def test_a_round_that_ended_says_what_it_measured_on_whom_and_how_long_it_took() -> None:
    ended = replace(
        QUEUED, state="published", started_at=BEGAN, finished_at=BEGAN + timedelta(minutes=8), metrics=METRICS
    )
    row = dict(zip(HEADS, row_of(ended, 79), strict=True))
    assert row == {
        "round": "2",
        "state": "published",
        "labels": "79",
        "AP of C": "0.285 > 0.455",
        "mean OKS of C": "0.691",
        "on": "20 people",
        "took": "8 min",
        "launched by": "lea",
    }


def test_what_is_not_known_yet_is_a_dash() -> None:
    assert row_of(QUEUED, None) == ("2", "queued", "-", "-", "-", "-", "-", "lea")
    assert row_of(replace(QUEUED, state="running", stage="score"), 1)[1] == "running: score"


@pytest.mark.parametrize(("seconds", "said"), [(89, "89 s"), (90, "2 min"), (5399, "90 min"), (7200, "2.0 h")])
def test_times_are_said_as_on_the_page(seconds: int, said: str) -> None:
    ended = replace(QUEUED, started_at=BEGAN, finished_at=BEGAN + timedelta(seconds=seconds))
    assert row_of(ended, 1)[6] == said
