"""Repeating a step learns, goes on exactly, and is shared by parts and processes without changing."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sspcm.config import METHODS, RoundConfig, TrainConfig
from sspcm.crops.batches import Crops, CropsInMemory
from sspcm.method.trio import Trio, build_trio
from sspcm.plain import recall
from sspcm.training.loop import (
    Labelled,
    TrainingError,
    TrainingSet,
    is_refresh,
    make_optimiser,
    mean_frequency,
    train,
    train_supervised_network,
)
from sspcm.training.resume import load_training, save_training

CPU = torch.device("cpu")
MIRROR = torch.tensor([0, 2, 1, 4, 3])


pytestmark = pytest.mark.usefixtures("one_thread")


def new_trio(config: RoundConfig) -> Trio:
    return build_trio(config.model, keypoints=5, seed=config.seed, method=config.method)


def losses_of(trio: Trio, data: TrainingSet, config: RoundConfig) -> list[dict[str, float]]:
    optimiser = make_optimiser(trio, config.train)
    return [log.losses for log in train(trio, optimiser, data, config, start=0, device=CPU)]


def test_the_learning_rate_falls_to_a_tenth_at_each_fraction_and_goes_on_there(data, tiny):
    config = replace(tiny, train=replace(tiny.train, steps=6, learning_rate=1e-3, decay_at=(0.5, 0.7)))

    def rates(start: int) -> list[float]:
        trio = new_trio(config)
        optimiser = make_optimiser(trio, config.train)
        logs = train(trio, optimiser, replace(data, unlabelled=None), config, start=start, device=CPU)
        return [optimiser.param_groups[0]["lr"] for _ in logs]

    assert rates(0) == pytest.approx([1e-3] * 3 + [1e-4] * 2 + [1e-5])
    assert rates(4) == pytest.approx([1e-4, 1e-5])


def test_snapshots_are_the_teachers_of_the_last_refresh(data, tiny):
    trio = new_trio(tiny)
    at_refresh: list[torch.Tensor] = []
    parameter, snapshot = next(trio.a.parameters()), next(trio.a_prev.parameters())
    start = parameter.detach().clone()
    for log in train(trio, make_optimiser(trio, tiny.train), data, tiny, start=0, device=CPU):
        expected = at_refresh[-1] if at_refresh else start
        assert torch.equal(snapshot, expected)
        if is_refresh(log.step, tiny.train):
            at_refresh.append(parameter.detach().clone())
    assert len(at_refresh) == 2
    assert not torch.equal(snapshot, parameter)  # at the end they are one epoch old


@pytest.mark.parametrize(("steps", "refreshed"), [(6, [2, 4]), (7, [2, 4]), (3, []), (2, []), (1, [])])
def test_at_the_end_the_snapshots_are_a_whole_epoch_old_whatever_the_number_of_steps(tiny, steps, refreshed):
    schedule = replace(tiny.train, steps=steps, snapshot_every=2)
    assert [step for step in range(steps + 1) if is_refresh(step, schedule)] == refreshed


def test_the_same_seed_gives_the_same_networks_and_another_seed_others(data, tiny):
    def last_losses(seed: int) -> dict[str, float]:
        config = replace(tiny, seed=seed)
        return losses_of(new_trio(config), data, config)[-1]

    assert last_losses(3) == last_losses(3)
    assert last_losses(3) != last_losses(4)


@pytest.mark.parametrize("method", METHODS)
def test_a_resumed_training_has_the_losses_of_an_uninterrupted_one_bit_for_bit(data, tiny, tmp_path, method):
    config = replace(tiny, method=METHODS[method])
    whole = losses_of(new_trio(config), data, config)
    trio = new_trio(config)
    optimiser = make_optimiser(trio, config.train)
    for log in train(trio, optimiser, data, config, start=0, device=CPU):
        if log.step == 3:  # in the middle of an epoch: the snapshots differ from the teachers
            break
    save_training(tmp_path / "training.safetensors", trio, optimiser, step=3, log={}, identity="this")

    fresh = new_trio(replace(config, seed=99))
    other = make_optimiser(fresh, config.train)
    step, _ = load_training(tmp_path / "training.safetensors", fresh, other, identity="this")
    rest = [log.losses for log in train(fresh, other, data, config, start=step, device=CPU)]
    assert step == 3 and rest == whole[3:]


@pytest.mark.parametrize("method", METHODS)
def test_a_few_people_are_learned_by_heart_by_every_method(data, tiny, method):
    views = replace(tiny.views, easy_rotation_p=0.0, scale_std=0.0, flip_p=0.0)
    schedule = replace(tiny.train, steps=80, learning_rate=5e-3, snapshot_every=20)
    config = replace(tiny, views=views, train=schedule, method=METHODS[method])
    losses = losses_of(new_trio(config), data, config)
    for term in (name for name in losses[0] if name.endswith("labelled")):
        told = [step[term] for step in losses]
        assert np.mean(told[-5:]) < 0.5 * np.mean(told[:5]), term


def test_one_network_learns_a_few_people_by_heart(data, tiny):
    views = replace(tiny.views, easy_rotation_p=0.0, scale_std=0.0, flip_p=0.0)
    schedule = replace(tiny.train, steps=60, learning_rate=5e-3)
    config = replace(tiny, views=views, train=schedule)
    network = new_trio(config).c
    losses = [loss for _, loss in train_supervised_network(network, data.labelled, MIRROR, config, CPU)]
    assert len(losses) == 60
    assert np.mean(losses[-5:]) < 0.35 * np.mean(losses[:5])


def test_a_loss_that_is_not_finite_names_its_step(data, tiny):
    trio = new_trio(tiny)
    with torch.no_grad():
        next(trio.b.parameters()).fill_(float("nan"))
    with pytest.raises(TrainingError, match=r"loss of step 1 is nan.*learning_rate"):
        losses_of(trio, data, tiny)


def test_weights_that_a_last_step_ruined_are_not_kept(data, tiny):
    reckless = {"steps": 1, "snapshot_every": 1, "learning_rate": 1e38}  # no limit would let it pass
    config = replace(tiny, train=tiny.train)
    object.__setattr__(config, "train", recall(TrainConfig, asdict(tiny.train) | reckless))
    with pytest.raises(TrainingError, match="weights are not finite after step 1"):
        losses_of(new_trio(config), data, config)


def test_without_unlabelled_persons_training_is_supervised(data, tiny):
    trio = new_trio(tiny)
    logs = list(train(trio, make_optimiser(trio, tiny.train), replace(data, unlabelled=None), tiny,
                      start=0, device=CPU))  # fmt: skip
    assert all(set(log.losses) == {"A_labelled", "B_labelled", "C_labelled"} for log in logs)
    assert mean_frequency(logs) is None


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (lambda labelled: Labelled(CropsInMemory(torch.empty(0, 3, 96, 96, dtype=torch.uint8), labelled.crops.frame),
                                   torch.empty(0, 5, 3)), "no labelled person"),
        (lambda labelled: replace(labelled, xyv=labelled.xyv[:, :4]), "4 keypoints, the skeleton 5"),
        (lambda labelled: replace(labelled, xyv=labelled.xyv + torch.tensor([1000.0, 0, 0])), "every batch would be"),
        (lambda labelled: replace(labelled, xyv=labelled.xyv * torch.tensor([1.0, 1, 0])), "none of the 4 labelled"),
    ],
)  # fmt: skip
def test_persons_that_cannot_be_learned_from_are_named_before_the_first_step(data, tiny, broken, complaint):
    trio = new_trio(tiny)
    with pytest.raises(TrainingError, match=complaint):
        losses_of(trio, replace(data, labelled=broken(data.labelled)), tiny)


def test_parts_of_a_step_add_up_to_the_mean_of_their_losses(data, tiny):
    """Batch statistics are each part's own, so the losses are near those of the whole batch, not equal."""
    whole = losses_of(new_trio(tiny), data, tiny)[0]
    parts = replace(tiny, train=replace(tiny.train, accumulate=2))
    halves = losses_of(new_trio(parts), data, parts)[0]
    assert halves["A_labelled"] == pytest.approx(whole["A_labelled"], rel=0.2)
    assert halves != whole


RANK_SCRIPT = """
import json, os, sys
from pathlib import Path
import torch
from torch import distributed
from sspcm.config import RoundConfig
from sspcm.crops.batches import CropsInMemory, Frame
from sspcm.crops.sampling import Share
from sspcm.training.loop import Labelled, TrainingSet, make_optimiser, train
from sspcm.method.trio import build_trio

torch.set_num_threads(1)
folder = Path(sys.argv[1])
config = RoundConfig.from_dict(json.loads((folder / "config.json").read_text()))
tensors = torch.load(folder / "data.pt", weights_only=True)
frame = Frame(config.model.input_height, config.model.input_width)
data = TrainingSet(
    Labelled(CropsInMemory(tensors["labelled"], frame), tensors["xyv"], pseudo=2 if config.train.pseudo_share else 0),
    CropsInMemory(tensors["unlabelled"], frame),
    tensors["mirror"],
)
share = Share(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]))
distributed.init_process_group("gloo")
trio = build_trio(config.model, keypoints=5, seed=config.seed, method=config.method)
optimiser = make_optimiser(trio, config.train)
logs = train(trio, optimiser, data, config, start=0, device=torch.device("cpu"), share=share)
losses = [log.losses for log in logs]
weight = [float(next(network.parameters()).detach().double().sum()) for network in trio.networks().values()]
(folder / f"rank{share.rank}.json").write_text(json.dumps({"losses": losses, "weight": weight}))
distributed.destroy_process_group()
"""


@pytest.mark.parametrize(("method", "pseudo_share"), [("sspcm", 0.0), ("multiaugs", 0.5)])
def test_two_processes_have_the_losses_of_one_that_computes_both_parts(data, tiny, tmp_path, method, pseudo_share):
    """The same global batch in the same two parts, shared by processes or one after the other in one of them."""
    config = replace(tiny, method=METHODS[method], train=replace(tiny.train, steps=3, pseudo_share=pseudo_share))
    data = replace(data, labelled=replace(data.labelled, pseudo=2 if pseudo_share else 0))
    everyone = list(range(4))
    torch.save(
        {
            "labelled": data.labelled.crops.request(everyone).result(),
            "xyv": data.labelled.xyv,
            "unlabelled": data.unlabelled.request(everyone).result(),
            "mirror": MIRROR,
        },
        tmp_path / "data.pt",
    )
    (tmp_path / "config.json").write_text(json.dumps(asdict(config)))
    script = tmp_path / "rank.py"
    script.write_text(RANK_SCRIPT)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--master-port=0",
               "--rdzv-backend=c10d", "--rdzv-endpoint=localhost:0", str(script), str(tmp_path)]  # fmt: skip
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    ranks = [json.loads((tmp_path / f"rank{rank}.json").read_text()) for rank in (0, 1)]

    alone = replace(config, train=replace(config.train, accumulate=2))
    trio = new_trio(alone)
    expected = losses_of(trio, data, alone)
    weights = [float(next(network.parameters()).detach().double().sum()) for network in trio.networks().values()]
    for rank in ranks:
        assert rank["weight"] == pytest.approx(weights, rel=1e-4)
        for told, wanted in zip(rank["losses"], expected, strict=True):
            assert told == pytest.approx(wanted, rel=1e-4)


@pytest.mark.slow
def test_compiled_networks_learn_as_uncompiled_ones(data, tiny):
    config = replace(tiny, train=replace(tiny.train, steps=2, compile=True))
    compiled = losses_of(new_trio(config), data, config)
    plain = losses_of(new_trio(tiny), data, replace(tiny, train=replace(tiny.train, steps=2)))
    for one, other in zip(compiled, plain, strict=True):
        assert one == pytest.approx(other, rel=1e-2)


def test_nobody_is_taught_before_the_share_of_steps_from_which_teaching_begins(data, tiny):
    config = replace(tiny, train=replace(tiny.train, steps=6, snapshot_every=2, teach_from=0.5))
    taught = ["C_taught" in losses for losses in losses_of(new_trio(config), data, config)]
    assert taught == [False, False, False, True, True, True]


class Watched(CropsInMemory):
    """Crops that remember who was asked for."""

    def __init__(self, crops: Crops) -> None:
        super().__init__(crops.request(range(len(crops))).result(), crops.frame)
        self.asked: list[list[int]] = []

    def request(self, indices: Sequence[int]) -> Future[torch.Tensor]:
        self.asked.append(list(indices))
        return super().request(indices)


@pytest.mark.parametrize("draws", ["shared", "own"])
def test_a_labelled_batch_has_its_share_of_pseudo_labelled_persons_in_each_part(data, tiny, draws):
    schedule = replace(tiny.train, steps=4, labelled_batch=8, pseudo_share=0.25, draws=draws, accumulate=2)
    config, crops = replace(tiny, method=METHODS["supervised"], train=schedule), Watched(data.labelled.crops)
    losses_of(new_trio(config), replace(data, labelled=replace(data.labelled, crops=crops, pseudo=3)), config)
    networks = 2 if draws == "own" else 1
    assert len(crops.asked) == 4 and all(len(step) == 8 * networks for step in crops.asked)
    for step in crops.asked:
        for at in range(0, len(step), 4):  # each network's part
            assert [i >= 1 for i in step[at : at + 4]] == [False, False, False, True]
    pseudo = [i for step in crops.asked for i in step if i >= 1]
    assert set(pseudo) == {1, 2, 3}


def test_pseudo_labels_are_no_label_to_begin_with(data, tiny):
    config = replace(tiny, train=replace(tiny.train, pseudo_share=0.5))
    with pytest.raises(TrainingError, match="no labelled person"):
        losses_of(new_trio(config), replace(data, labelled=replace(data.labelled, pseudo=4)), config)
    outside = data.labelled.xyv.clone()
    outside[:2, :, :2] += 1000.0
    with pytest.raises(TrainingError, match="none of the 2 labelled"):
        losses_of(new_trio(config), replace(data, labelled=replace(data.labelled, xyv=outside, pseudo=2)), config)
