"""What a dry run tells."""

from dataclasses import replace

import pytest
import torch

from sspcm.commands.dry_run import Training, said
from sspcm.config import RoundConfig
from sspcm.protocols.people import people_of_protocol
from sspcm.protocols.protocol import read_protocol
from sspcm.training.cost import Cost
from sspcm.training.loop import is_refresh
from tests.sspcm.protocols.data_sets import write_wepdtof

COST = Cost({"A": 15_400_000, "B": 15_400_000}, 10**9, 4 * 10**9, 0.36, measured=True, available_bytes=8 * 10**9)


@pytest.fixture
def training(tmp_path):
    protocol = read_protocol("wepdtof")
    people = people_of_protocol(protocol, write_wepdtof(tmp_path), learns_unlabelled=True)
    return Training("wepdtof", people, protocol.round)


def test_a_dry_run_says_counts_cost_and_time_in_words(training):
    assert list(said(training, COST, torch.device("cuda"))) == [
        "labelled: 2 persons in 2 images, every file is there",
        "unlabelled: 3 persons in 3 images, every file is there",
        "validation: 1 persons in 1 images, every file is there",
        "4,000 steps, 4,000 epochs, 7 snapshot refreshes",
        "A: 15.40 M parameters, B: 15.40 M parameters",
        "about 5.00 GB of memory beside the crops (1.00 weights, gradients, Adam; 4.00 activations)",
        "0.36 s a step, 24.0 minutes in all on cuda (measured); measuring AP comes on top",
    ]


def test_a_training_that_needs_more_memory_than_there_is_says_so(training):
    much = replace(COST, activation_bytes=9 * 10**9, measured=False)
    *_, memory, time = said(training, much, torch.device("cpu"))
    assert memory.endswith("more than the 8.00 GB there are. Raise train.accumulate")
    assert "estimated from steps of a few persons" in time
    assert replace(much, available_bytes=None).fits and not much.fits


@pytest.mark.parametrize(("steps", "every"), [(1, 1), (6, 2), (7, 2), (3, 40), (200, 40), (117_100, 1171)])
def test_refreshes_are_counted_as_the_training_takes_them(training, steps, every):
    train = replace(RoundConfig().train, steps=steps, snapshot_every=every)
    counted = replace(training, config=replace(training.config, train=train)).refreshes
    assert counted == sum(is_refresh(step, train) for step in range(0, steps, every))
