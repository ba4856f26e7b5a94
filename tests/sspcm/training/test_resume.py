"""A training goes on from its own checkpoint, and from no other."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from sspcm.config import METHODS
from sspcm.method.trio import build_trio
from sspcm.models.checkpoint import CheckpointError
from sspcm.training.loop import make_optimiser, train
from sspcm.training.resume import load_snapshots, load_training, save_training

CPU = torch.device("cpu")


def step_once(trio, optimiser) -> None:
    optimiser.zero_grad()
    for network in trio.networks().values():
        network(torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))).square().sum().backward()
    optimiser.step()


def equal(one, other) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.fixture
def saved(one_thread, data, tiny, tmp_path):
    """A checkpoint after two steps of DualPose."""
    config = replace(tiny, method=METHODS["dualpose"], train=replace(tiny.train, steps=2))
    trio = build_trio(config.model, keypoints=5, seed=0, method=config.method)
    optimiser = make_optimiser(trio, config.train)
    list(train(trio, optimiser, data, config, start=0, device=CPU))
    path = tmp_path / "training.safetensors"
    save_training(path, trio, optimiser, step=2, log={"ap": {}}, identity="mine")
    return path


def fresh(tiny, method: str):
    trio = build_trio(tiny.model, keypoints=5, seed=9, method=METHODS[method])
    return trio, make_optimiser(trio, tiny.train)


def tampered(path, *, tensors=lambda tensors: tensors, **metadata):
    with safe_open(path, framework="pt") as file:
        told = file.metadata() | metadata
    content = tensors(load_file(path))
    save_file(content, path, metadata={key: value for key, value in told.items() if value is not None})


def test_its_own_checkpoint_is_put_back(saved, tiny):
    trio, optimiser = fresh(tiny, "dualpose")
    assert load_training(saved, trio, optimiser, identity="mine") == (2, {"ap": {}})
    assert all(state["step"] == 2 for state in optimiser.state_dict()["state"].values())


def test_the_snapshots_alone_are_put_back_out_of_their_own_checkpoint(saved, tiny):
    trio, optimiser = fresh(tiny, "dualpose")
    whole, _ = fresh(tiny, "dualpose")
    load_training(saved, whole, optimiser, identity="mine")
    before = {name: deepcopy(network) for name, network in trio.networks().items()}
    load_snapshots(saved, trio, identity="mine")
    assert equal(trio.a_prev, whole.a_prev) and equal(trio.b_prev, whole.b_prev)
    assert all(equal(network, before[name]) for name, network in trio.networks().items())
    for path, identity, said in (
        (saved, "another's", "training of other settings or persons"),
        (saved.with_name("gone"), "mine", "cannot read the checkpoint"),
    ):
        with pytest.raises(CheckpointError, match=said):
            load_snapshots(path, trio, identity=identity)


def without(part: str):
    return lambda tensors: {key: tensor for key, tensor in tensors.items() if not key.startswith(part)}


def first_moment_cut(tensors):
    key = next(key for key in tensors if key.endswith("exp_avg"))
    return tensors | {key: torch.zeros(2)}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"identity": "another's"}, "training of other settings or persons"),
        ({"identity": None}, "training of other settings or persons"),
        ({"step": None}, "no step or no log"),
        ({"step": "some"}, "no step or no log"),
        ({"log": "[1]"}, "no step or no log"),
        ({"tensors": without("optimiser.0.")}, "moments are missing"),
        ({"tensors": without("B_prev.")}, "found no tensor 'B_prev."),
        ({"tensors": first_moment_cut}, "of shape \\[2\\]; wanted"),
        ({"tensors": lambda tensors: tensors | {"C.more": torch.zeros(1)}}, "a tensor 'C.more' that this training"),
    ],
)
def test_another_trainings_or_a_damaged_checkpoint_changes_nothing(saved, tiny, broken, said):
    tampered(saved, **broken)
    trio, optimiser = fresh(tiny, "dualpose")
    before = json.dumps([float(p.detach().double().sum()) for p in trio.parameters()])
    with pytest.raises(CheckpointError, match=said):
        load_training(saved, trio, optimiser, identity="mine")
    assert json.dumps([float(p.detach().double().sum()) for p in trio.parameters()]) == before
    assert not optimiser.state_dict()["state"]


@pytest.mark.parametrize("method", ["sspcm"])
def test_a_method_of_other_networks_is_refused_even_under_the_same_name(saved, tiny, method):
    trio, optimiser = fresh(tiny, method)
    with pytest.raises(CheckpointError, match="found no tensor 'C"):
        load_training(saved, trio, optimiser, identity="mine")


def test_a_training_comes_back_with_its_optimiser_snapshots_and_log(tmp_path, tiny):
    trio = build_trio(tiny.model, keypoints=5, seed=0)
    optimiser = make_optimiser(trio, tiny.train)
    step_once(trio, optimiser)
    save_training(tmp_path / "t.safetensors", trio, optimiser, step=7, log={"warnings": ["a"]}, identity="one")
    other = build_trio(tiny.model, keypoints=5, seed=9)
    other_optimiser = make_optimiser(other, tiny.train)
    assert load_training(tmp_path / "t.safetensors", other, other_optimiser, identity="one") == (7, {"warnings": ["a"]})
    for path in (trio, optimiser), (other, other_optimiser):
        step_once(*path)
    assert all(equal(one, two) for one, two in zip(trio.members().values(), other.members().values(), strict=True))
    assert not equal(other.a, other.a_prev)


def test_the_start_that_votes_is_kept_with_the_rest(one_thread, data, tiny, tmp_path):
    """Without it, who goes on would compare with other weights."""
    config = replace(tiny, method=replace(tiny.method, start_votes=True), train=replace(tiny.train, steps=2))
    trio = build_trio(config.model, keypoints=5, seed=0, method=config.method)
    optimiser = make_optimiser(trio, config.train)
    list(train(trio, optimiser, data, config, start=0, device=CPU))
    path = tmp_path / "training.safetensors"
    save_training(path, trio, optimiser, step=2, log={}, identity="mine")
    other = build_trio(config.model, keypoints=5, seed=9, method=config.method)
    assert not equal(other.start, trio.start)
    load_training(path, other, make_optimiser(other, config.train), identity="mine")
    assert equal(other.start, trio.start) and not equal(other.start, other.c)
