"""What a launch would cost is said before it, and nothing is launched, frozen or kept."""

import sys
from pathlib import Path
from typing import Any

import pytest

from app.rounds.cost import cost_of_launch, say_cost
from app.rounds.errors import LearningError
from app.rounds.launching import MOST_SEEN
from db.rounds import rounds
from sspcm.config import PRESETS, RoundConfig, TrainConfig, merge
from tests.app.rounds.round_home import Home, unlabelled

FOUND: dict[str, Any] = {
    "steps": 200,
    "labelled": 79,
    "unlabelled": 0,
    "validation": 20,
    "predicted": 439,
    "step_seconds": 1.5,
    "seconds": 300.0,
    "after_seconds": 80.0,
    "memory_bytes": 500_000_000,
    "crops_bytes": 12_000_000,
    "available_bytes": 18_400_000_000,
    "disk_bytes": 38_000_000,
    "working_bytes": 93_000_000,
    "measured": True,
    "device": "cpu",
}


def test_a_launchs_cost_is_measured_by_the_trainer_and_nothing_is_left(home: Home) -> None:
    home.add("a.jpg", home.labelled(), home.labelled(), unlabelled())
    home.add("v.jpg", home.labelled(), split="validation")
    config = merge(PRESETS["demo"], {"train": {"steps": 60, "labelled_batch": 2, "unlabelled_batch": 2}})
    before = sorted(home.settings.home.rglob("*"))
    cost = cost_of_launch(home.store, home.settings, config)
    assert (cost.steps, cost.labelled, cost.unlabelled, cost.validation, cost.predicted) == (60, 2, 1, 1, 4)
    assert cost.words.startswith(
        "60 steps on 2 labelled people and 1 without a label, then 4 people are predicted: about "
    )
    assert sorted(home.settings.home.rglob("*")) == before
    with home.store.reading() as tx:
        assert rounds.latest(tx, 1) == []


def test_it_is_said_in_minutes_and_sizes() -> None:
    assert say_cost(FOUND) == (
        "200 steps on 79 labelled people, then 439 people are predicted: about 6 min on cpu, of it 5 min of training. "
        "About 0.5 GB of memory of the 18.4 GB there are, 38 MB of disk, 93 MB more while it runs."
    )
    assert say_cost(FOUND, active=3).endswith("Round 3 runs meanwhile, so it may be less.")
    assert say_cost(FOUND | {"measured": False}).endswith("Estimated from steps of a few people.")
    much = say_cost(FOUND | {"memory_bytes": 40_000_000_000, "unlabelled": 1200, "seconds": 86_400.0})
    assert "79 labelled people and 1,200 without a label, then" in much and "of it 24.0 hours of training." in much
    assert "It does not fit: about 40.0 GB of memory of the 18.4 GB there are" in much
    assert much.endswith("Raise train.accumulate, or lower the batches.")


def test_what_could_not_be_launched_is_not_measured(home: Home, tmp_path: Path) -> None:
    home.add("a.jpg", unlabelled())
    with pytest.raises(LearningError, match="Label at least one person first"):
        cost_of_launch(home.store, home.settings, RoundConfig())
    endless = RoundConfig(train=TrainConfig(steps=MOST_SEEN // 64 + 1))
    with pytest.raises(LearningError, match="at most 781,250 steps of these batches"):
        cost_of_launch(home.store, home.settings, endless)
    home.add("b.jpg", home.labelled())
    broken = (sys.executable, "-c", "print('out of memory, said the trainer'); raise SystemExit(1)")
    with pytest.raises(LearningError, match="out of memory, said the trainer"):
        cost_of_launch(home.store, home.settings, RoundConfig(), command=broken)
