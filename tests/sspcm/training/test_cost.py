"""What a training costs, by steps really taken."""

from dataclasses import replace

import pytest
import torch

from sspcm.config import METHODS
from sspcm.training.cost import Cost, measure_cost

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_method_without_student_is_measured_in_the_parts_it_trains_in(tiny, skeleton):
    config = replace(tiny, method=METHODS["dualpose"], train=replace(tiny.train, accumulate=2))
    cost = measure_cost(config, skeleton, torch.device("cpu"), unlabelled=True)
    assert set(cost.parameters) == {"A", "B"} and cost.measured and cost.fits and cost.step_seconds > 0
    learned = sum(cost.parameters.values())
    assert cost.process_bytes > 100e6, "torch and its libraries alone take as much"
    assert cost.memory_bytes == cost.process_bytes + cost.state_bytes + cost.activation_bytes
    assert 4 * 5 * learned <= cost.state_bytes < 4 * 6 * learned  # A, B, their snapshots, gradients, two moments


def test_networks_that_are_held_back_are_in_memory_as_they_started_too(tiny, skeleton):
    plain = replace(tiny, method=METHODS["supervised"])
    held = replace(plain, train=replace(plain.train, anchor=0.01))
    one, other = (measure_cost(each, skeleton, torch.device("cpu"), unlabelled=False) for each in (plain, held))
    assert other.state_bytes - one.state_bytes == 4 * sum(one.parameters.values())


def test_what_fits_depends_on_what_the_machine_has():
    cost = Cost({}, state_bytes=6, activation_bytes=5, step_seconds=1.0, measured=True, available_bytes=11)
    assert cost.fits and not replace(cost, available_bytes=10).fits and replace(cost, available_bytes=None).fits
    assert not replace(cost, process_bytes=1).fits
