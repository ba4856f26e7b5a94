"""A trained network stays where it started unless persons say that it is surely better."""

import numpy as np
import pytest
import torch
from torch import nn

from sspcm.networks import PoseNetwork
from sspcm.training.moving import move
from sspcm.training.round import run_round
from tests.sspcm.training.test_round import CPU, read, tensors

pytestmark = pytest.mark.usefixtures("one_thread")
NOISE = np.linspace(-0.05, 0.05, 20)


class At(PoseNetwork):
    """A network that is one number."""

    def __init__(self, place: float) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.tensor(place))


def best_at(place: float, gain: float, *, noise: np.ndarray = NOISE):
    """OKS of persons, highest where the network's number is `place`; what it gains depends on the person."""
    return lambda network: 0.5 + gain * (1 - abs(network.place.item() - place)) * (1 + 5 * noise)


@pytest.mark.parametrize(("best", "part"), [(1.0, 1.0), (0.5, 0.5), (0.25, 0.25), (-1.0, 0.0)])
def test_a_network_ends_where_the_persons_see_it_best(best, part):
    network = At(1.0)
    moved = move(network, At(0.0), best_at(best, 0.2))
    assert moved.part == part == network.place.item()
    assert moved.after >= moved.before and moved.persons == 20


def test_a_gain_that_may_be_chance_moves_nothing():
    network = At(1.0)
    chance = np.random.default_rng(0).normal(size=20)
    moved = move(network, At(0.0), lambda network: 0.5 + network.place.item() * (0.01 + 0.2 * (chance - chance.mean())))
    assert moved.part == 0 == network.place.item()
    assert moved.after == moved.before


def test_one_person_is_not_enough():
    assert move(At(1.0), At(0.0), best_at(1.0, 0.4, noise=np.zeros(1))).part == 0


def test_a_round_tells_how_far_its_networks_moved_and_measures_them_there(make_round, movenet_file, tmp_path):
    """Trained with a ruinous rate, the networks stay the imported model."""
    folder = make_round(
        labelled=60, unlabelled=0, imported=movenet_file, method="supervised", draws="own", held_out=0.2,
        learning_rate=5.0, steps=2,
    )  # fmt: skip
    assert run_round(folder, device=CPU), read(folder, "status.json")
    report = read(folder, "report.json")
    assert {name: moved["part"] for name, moved in report["moved"].items()} == {"A": 0.0, "B": 0.0}
    assert all(8 <= moved["persons"] < 30 for moved in report["moved"].values())
    for name in "AB":
        assert report["ap"][name] == report["ap_before"][name]
    assert sum("stays as it started" in warning for warning in report["warnings"]) == 2
    first = tensors(folder, "A")
    (folder / "predictions.npz").unlink()
    (folder / "status.json").unlink()
    assert run_round(folder, device=CPU)
    assert all(torch.equal(tensor, first[name]) for name, tensor in tensors(folder, "A").items())
