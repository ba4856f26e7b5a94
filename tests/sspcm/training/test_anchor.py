"""Networks that are held back stay near where they started, learn from the same gradients, and go on exactly."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from sspcm.config import METHODS, RoundConfig
from sspcm.crops.batches import CropsInMemory
from sspcm.manifest import read_manifest
from sspcm.method.trio import Trio, build_trio
from sspcm.models.graphs import build_on, import_graphs
from sspcm.training.anchor import Anchor, pulled
from sspcm.training.loop import TrainingSet, make_optimiser, train
from sspcm.training.resume import load_training, save_training
from sspcm.training.round import run_round
from sspcm.training.telling import NO_START
from tests.sspcm.conftest import ALL_KNOWN

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")


def new_trio(config: RoundConfig) -> Trio:
    return build_trio(config.model, keypoints=5, seed=config.seed, method=config.method)


def anchored(trio: Trio, config: RoundConfig, share: float) -> Anchor:
    return Anchor(trio.networks(), new_trio(config).networks(), share)


def trained(data: TrainingSet, config: RoundConfig, share: float | None) -> Trio:
    trio = new_trio(config)
    anchor = None if share is None else anchored(trio, config, share)
    list(train(trio, make_optimiser(trio, config.train), data, config, start=0, device=CPU, anchor=anchor))
    return trio


def weights(trio: Trio) -> Iterator[torch.Tensor]:
    for parameter in trio.parameters():
        yield parameter.detach()


def way(trio: Trio, config: RoundConfig) -> float:
    """How far the weights lie from where they started."""
    pairs = zip(weights(trio), weights(new_trio(config)), strict=True)
    return sum(float((one - other).square().sum()) for one, other in pairs) ** 0.5


@pytest.mark.parametrize("method", ["supervised", "sspcm"])
def test_the_stronger_the_pull_the_nearer_to_the_start(data, tiny, method):
    config = replace(tiny, method=METHODS[method])
    ways = [way(trained(data, config, share), config) for share in (None, 0.05, 0.3, 1.0)]
    assert ways[0] > ways[1] > ways[2] > ways[3] == 0


def test_a_pull_of_1_leaves_the_start_bit_for_bit_whatever_the_rate(data, tiny):
    config = replace(tiny, train=replace(tiny.train, decay_at=(0.3, 0.6)))
    for one, other in zip(weights(trained(data, config, 1.0)), weights(new_trio(config)), strict=True):
        assert torch.equal(one, other)


def test_a_pull_of_0_changes_nothing(data, tiny):
    plain, held = trained(data, tiny, None), trained(data, tiny, 0.0)
    assert all(torch.equal(one, other) for one, other in zip(weights(plain), weights(held), strict=True))


def test_the_first_step_learns_from_the_same_gradients_and_moments(data, tiny):
    config = replace(tiny, train=replace(tiny.train, steps=1, snapshot_every=1))

    def after(share: float | None) -> tuple[list[torch.Tensor], list[torch.Tensor], Trio]:
        trio = new_trio(config)
        optimiser = make_optimiser(trio, config.train)
        anchor = None if share is None else anchored(trio, config, share)
        list(train(trio, optimiser, data, config, start=0, device=CPU, anchor=anchor))
        gradients = [one.grad for one in trio.parameters() if one.grad is not None]
        return gradients, [state["exp_avg"] for state in optimiser.state.values()], trio

    gradients, moments, plain = after(None)
    held_gradients, held_moments, held = after(0.25)
    assert gradients and all(torch.equal(one, other) for one, other in zip(gradients, held_gradients, strict=True))
    assert all(torch.equal(one, other) for one, other in zip(moments, held_moments, strict=True))
    for there, step, pulled_back in zip(weights(new_trio(config)), weights(plain), weights(held), strict=True):
        assert torch.allclose(pulled_back - there, 0.75 * (step - there), atol=1e-6)


@pytest.mark.parametrize("share", [0.003, 0.01, 0.5, 1.0])
def test_ten_steps_at_a_tenth_of_the_rate_pull_as_far_as_one_at_the_whole(share):
    assert pulled(share, 1.0) == pytest.approx(share)
    assert (1 - pulled(share, 0.1)) ** 10 == pytest.approx(1 - share)


def test_running_statistics_are_not_pulled(data, tiny):
    held, began = trained(data, tiny, 1.0).a.state_dict(), new_trio(tiny).a.state_dict()
    moved = [name for name, tensor in held.items() if not torch.equal(tensor, began[name])]
    assert moved and all("running" in name or "num_batches" in name for name in moved)


def test_a_resumed_training_is_held_back_to_the_same_weights_bit_for_bit(data, tiny, tmp_path):
    whole = trained(data, tiny, 0.1)
    trio = new_trio(tiny)
    optimiser = make_optimiser(trio, tiny.train)
    logs = train(trio, optimiser, data, tiny, start=0, device=CPU, anchor=anchored(trio, tiny, 0.1))
    for log in logs:
        if log.step == 3:
            break
    save_training(tmp_path / "training.safetensors", trio, optimiser, step=3, log={}, identity="this")

    fresh = new_trio(replace(tiny, seed=99))
    other = make_optimiser(fresh, tiny.train)
    step, _ = load_training(tmp_path / "training.safetensors", fresh, other, identity="this")
    list(train(fresh, other, data, tiny, start=step, device=CPU, anchor=anchored(fresh, tiny, 0.1)))
    assert all(torch.equal(one, two) for one, two in zip(weights(fresh), weights(whole), strict=True))


def test_only_networks_that_are_given_are_pulled(data, tiny):
    trio, began = new_trio(tiny), new_trio(tiny)
    anchor = Anchor({"A": trio.a}, began.networks(), 1.0)
    list(train(trio, make_optimiser(trio, tiny.train), data, tiny, start=0, device=CPU, anchor=anchor))
    same = {name: same_weights(network, began.networks()[name]) for name, network in trio.networks().items()}
    assert same == {"A": True, "B": False, "C": False}


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_crops_are_looked_at_the_same_whether_held_or_not(data, tiny):
    """No draw of chance is taken for the pull."""
    seen: list[list[list[int]]] = []
    for share in (None, 0.2):
        asked: list[list[int]] = []

        class Watched(CropsInMemory):
            def request(self, indices, asked=asked):
                asked.append(list(indices))
                return super().request(indices)

        crops = Watched(data.labelled.crops.request(range(4)).result(), data.labelled.crops.frame)
        trained(replace(data, labelled=replace(data.labelled, crops=crops)), tiny, share)
        seen.append(asked)
    assert seen[0] == seen[1] and len(seen[0]) == tiny.train.steps


def weights_of(folder: Path) -> dict[str, dict[str, torch.Tensor]]:
    return {name: load_file(folder / f"{name}.safetensors") for name in "ABC"}


def test_an_imported_round_that_is_held_fast_ends_where_its_model_began(make_round, movenet_file):
    """C is the mean of A and B, which both stay the model."""
    folder = make_round(
        imported=movenet_file, skeleton=ALL_KNOWN, draws="own", method="supervised", steps=3, learning_rate=1e-4,
        anchor=1.0, ships="mean",
    )  # fmt: skip
    config = read_manifest(folder / "manifest.json").config
    began = build_on(import_graphs(config.model).first, ALL_KNOWN.keypoints, 0).state_dict()
    assert run_round(folder, device=CPU), (folder / "status.json").read_text()
    for found in weights_of(folder).values():
        assert all(torch.equal(found[name], one) for name, one in began.items() if name in found)


def test_a_round_without_a_start_trains_as_ever_and_says_that_nothing_held_it(make_round, tmp_path):
    folder = make_round(steps=2, anchor=0.5)
    plain = tmp_path / "plain"
    plain.mkdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["config"]["train"]["anchor"] = 0.0
    (plain / "manifest.json").write_text(json.dumps(manifest))
    assert run_round(folder, device=CPU) and run_round(plain, device=CPU)
    for name, found in weights_of(folder).items():
        wanted = weights_of(plain)[name]
        assert all(torch.equal(found[key], wanted[key]) for key in wanted)
    assert NO_START in json.loads((folder / "report.json").read_text())["warnings"]
    assert NO_START not in json.loads((plain / "report.json").read_text())["warnings"]
