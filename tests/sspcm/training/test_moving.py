"""A trained network stays where it started unless persons whom it left out say that it is better."""

import numpy as np
import pytest
import torch
from torch import nn

from sspcm.networks import PoseNetwork
from sspcm.training.moving import Way, move
from sspcm.training.round import run_round
from tests.sspcm.training.test_round import CPU, lines, read, tensors

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


def moved_alone(network: At, measure):
    """What becomes of one network that started at 0."""
    return move({"A": Way(network, At(0.0), measure)})["A"]


@pytest.mark.parametrize(("best", "part"), [(1.0, 1.0), (0.5, 0.5), (0.25, 0.25), (-1.0, 0.0)])
def test_a_network_ends_where_the_persons_see_it_best(best, part):
    network = At(1.0)
    moved = moved_alone(network, best_at(best, 0.2))
    assert moved.part == part == network.place.item()
    assert moved.after >= moved.before and moved.persons == 20


@pytest.mark.parametrize(("gain", "part"), [(0.01, 1.0), (-0.01, 0.0)])
def test_a_gain_that_is_not_sure_is_taken_and_a_loss_is_not(gain, part):
    """Of twenty persons hardly a gain is sure: a round that asks for that stands still."""
    network, chance = At(1.0), np.random.default_rng(0).normal(size=20)
    moved = moved_alone(network, lambda network: 0.5 + network.place.item() * (gain + 0.2 * (chance - chance.mean())))
    assert moved.part == part == network.place.item()
    assert moved.after - moved.before == pytest.approx(max(gain, 0.0))


@pytest.mark.parametrize(("persons", "part"), [(7, 0.0), (8, 1.0)])
def test_a_handful_of_persons_is_not_enough(persons, part):
    assert moved_alone(At(1.0), best_at(1.0, 0.4, noise=np.zeros(persons))).part == part


def test_a_place_nearer_the_start_must_be_more_than_a_chance_better():
    network = At(1.0)
    sway = np.random.default_rng(1).normal(size=20)
    sway -= sway.mean()
    heights = {0.0: 0.4, 0.25: 0.5, 0.5: 0.56, 0.75: 0.605, 1.0: 0.6}  # the end is .005 below, with an error of .02

    def measure(network: At):
        return heights[network.place.item()] + 0.09 * sway * (network.place.item() == 1)

    assert moved_alone(network, measure).part == 1


def test_networks_move_together_by_what_all_their_persons_say():
    """Neither has enough of them, both have; and the one that was ruined holds the other back."""
    few = np.array([0.3, -0.02, 0.02, 0.1])
    a, b = At(1.0), At(1.0)

    def gains(network: At):
        return 0.5 + network.place.item() * few

    assert move({"A": Way(At(1.0), At(0.0), gains)})["A"].part == 0
    moved = move({"A": Way(a, At(0.0), gains), "B": Way(b, At(0.0), gains)})
    assert {name: one.part for name, one in moved.items()} == {"A": 1.0, "B": 1.0}
    assert (a.place.item(), b.place.item(), moved["A"].persons) == (1.0, 1.0, 4)
    ruined = Way(b, At(0.0), lambda network: 0.5 - 0.4 * network.place.item() * np.ones(4))
    assert {one.part for one in move({"A": Way(a, At(0.0), gains), "B": ruined}).values()} == {0.0}


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
    for name in "ABC":
        assert report["ap"][name] == report["ap_before"][name]
    assert sum("stay as they started" in warning for warning in report["warnings"]) == 1
    first = tensors(folder, "A")
    (folder / "predictions.npz").unlink()
    (folder / "status.json").unlink()
    assert run_round(folder, device=CPU)
    assert all(torch.equal(tensor, first[name]) for name, tensor in tensors(folder, "A").items())


def test_what_a_round_ships_may_be_the_mean_of_its_teachers(make_round, movenet_file):
    """Predicted with, measured and written; and the same when the round goes on after its networks were written."""
    folder = make_round(
        imported=movenet_file, method="supervised", draws="own", ships="mean", learning_rate=1e-2, steps=2,
    )  # fmt: skip
    assert run_round(folder, device=CPU), read(folder, "status.json")
    a, b, c = (tensors(folder, name) for name in "ABC")
    assert any(not torch.equal(a[name], b[name]) for name in a)
    assert all(torch.allclose(c[name], (a[name] + b[name]) / 2, atol=1e-6) for name in c)
    assert read(folder, "report.json")["ap"].keys() == {"A", "B", "C"}
    with np.load(folder / "predictions.npz") as said:
        before = dict(said)
    assert not np.array_equal(before["C"], before["A"])
    (folder / "predictions.npz").unlink()
    (folder / "status.json").unlink()
    assert run_round(folder, device=CPU)
    with np.load(folder / "predictions.npz") as said:
        assert all(np.array_equal(said[name], before[name]) for name in before)


def test_the_curve_ends_at_what_is_shipped_and_the_next_round_begins_there(make_round, movenet_file, tmp_path):
    """C is the mean of A and B whenever it is measured: before the first step, at each refresh, and at the end."""
    how = {"imported": movenet_file, "method": "supervised", "draws": "own", "ships": "mean", "validation": 6}
    folder = make_round(**how, learning_rate=1e-2, steps=4, snapshot_every=2)
    assert run_round(folder, device=CPU), read(folder, "status.json")
    report, told = read(folder, "report.json"), [line for line in lines(folder) if line.get("ap")]
    assert [line["step"] for line in told] == [0, 2, 4, 4]
    assert told[-1]["ap"] == {name: report["ap"][name]["AP"] for name in "ABC"}
    first = tmp_path / "first"
    folder.rename(first)
    again = make_round(**{**how, "imported": first}, learning_rate=1e-9, steps=1)
    assert run_round(again, device=CPU), read(again, "status.json")
    assert read(again, "report.json")["ap_before"] == report["ap"]
