"""What one step does, and that repeating it learns."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from sspcm.config import RoundConfig
from sspcm.crops import CropStore, Frame, crop_spec
from sspcm.losses import heatmap_loss
from sspcm.networks import PoseNetwork
from sspcm.pose import Box
from sspcm.training import (
    Batch,
    Labelled,
    TrainingError,
    TrainingSet,
    is_refresh,
    labelled_indices,
    labelled_view,
    make_optimiser,
    mean_frequency,
    step_generator,
    teach,
    train,
    train_step,
    train_supervised_network,
    unlabelled_indices,
)
from sspcm.trio import Trio, build_trio

CPU = torch.device("cpu")
MIRROR = torch.tensor([0, 2, 1, 4, 3])


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny tensors gain nothing from more threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def data(make_round: Callable[..., Path], tiny: RoundConfig) -> TrainingSet:
    """Four labelled and four unlabelled stick people."""
    persons = json.loads((make_round(labelled=4, unlabelled=4) / "manifest.json").read_text())["persons"]
    frame = Frame(tiny.model.input_height, tiny.model.input_width)
    specs = [crop_spec(Path(p["image"]), Box(*p["box"]), None, tiny.model) for p in persons]
    xyv = [np.array(p["xyv"]) for p in persons[:4]]
    in_crop = [np.column_stack((s.to_crop(k[:, :2]), k[:, 2])) for s, k in zip(specs, xyv, strict=False)]
    return TrainingSet(
        Labelled(CropStore(specs[:4], frame, threads=1), torch.from_numpy(np.stack(in_crop)).float()),
        CropStore(specs[4:8], frame, threads=1),
        MIRROR,
    )


def whole_batch(data: TrainingSet) -> Batch:
    assert data.unlabelled is not None
    return Batch(data.labelled.crops.request(range(4)).result(), data.labelled.xyv,
                 data.unlabelled.request(range(4)).result())  # fmt: skip


def new_trio(config: RoundConfig) -> Trio:
    trio = build_trio(config.model, keypoints=5, seed=config.seed)
    trio.train()
    return trio


def test_only_bs_own_term_reaches_b_and_nothing_else(data, tiny):
    trio = new_trio(tiny)
    crops = whole_batch(data).unlabelled
    assert crops is not None
    config = replace(tiny, train=replace(tiny.train, mask_peak=-1.0))
    teach(trio, crops, config, generator=step_generator(0, 0), device=CPU).losses["B_taught"].backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in trio.b.parameters())
    for silent in (trio.a, trio.c, trio.a_prev, trio.b_prev):
        assert all(p.grad is None for p in silent.parameters())


class Shows(PoseNetwork):
    """A network that sees one keypoint at the same heatmap pixel, whatever it looks at; nowhere without one."""

    def __init__(self, *place: int) -> None:
        nn.Module.__init__(self)
        heatmap = torch.zeros(1, 1, 16, 16)
        if place:
            heatmap[0, 0, place[1], place[0]] = 1.0
        self.heatmap = nn.Parameter(heatmap)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.heatmap.expand(len(images), -1, -1, -1)


def test_each_network_is_taught_and_occluded_by_its_own_teacher(data, tiny, monkeypatch):
    """A by B's word, B by A's, C by the mean of the pair that agrees best: A one epoch ago and B."""
    trio = Trio(Shows(2, 3), Shows(12, 10), Shows())
    trio.a_prev, trio.b_prev = Shows(11, 10), Shows(7, 1)
    guides = []

    def watch(images, xy, **_):
        guides.append(xy[0, 0].tolist())
        return images

    monkeypatch.setattr("sspcm.training.cut_occlude", watch)
    still = replace(tiny.views, easy_rotation_p=0.0, hard_rotation_p=0.0, scale_std=0.0, flip_p=0.0)
    crops = whole_batch(data).unlabelled
    assert crops is not None
    taught = teach(trio, crops, replace(tiny, views=still), generator=step_generator(0, 0), device=CPU)
    assert taught.correction.pair.unique().tolist() == [1]
    assert guides == [[48.0, 40.0], [8.0, 12.0], [44.0, 40.0]]
    losses = {name: loss.item() * 2 * 16 * 16 for name, loss in taught.losses.items()}
    assert losses == pytest.approx({"A_taught": 2.0, "B_taught": 2.0, "C_taught": 2 * 0.5**2}, rel=1e-3)


@pytest.mark.parametrize("warp", ["correct", "legacy"])
@pytest.mark.parametrize("occlusion", ["correct", "legacy", "off"])
def test_the_first_step_runs_in_every_variant(data, tiny, warp, occlusion):
    config = replace(tiny, views=replace(tiny.views, warp=warp, occlusion=occlusion))
    trio = new_trio(config)
    log = train_step(trio, make_optimiser(trio, config.train), whole_batch(data), MIRROR, config, step=0, device=CPU)
    assert np.isfinite(log.loss)
    assert log.loss == pytest.approx(sum(log.losses.values()), rel=1e-5)
    assert log.pair_frequency == (1.0, 0.0, 0.0, 0.0)  # the snapshots are still the teachers: every pair ties
    assert set(log.losses) == {f"{name}_{part}" for name in "ABC" for part in ("labelled", "taught")}


def test_the_learning_rate_falls_to_a_tenth_at_each_fraction_and_goes_on_there(data, tiny):
    config = replace(tiny, train=replace(tiny.train, steps=6, learning_rate=1e-3, decay_at=(0.5, 0.7)))

    def rates(start: int) -> list[float]:
        trio = new_trio(config)
        optimiser = make_optimiser(trio, config.train)
        logs = train(trio, optimiser, replace(data, unlabelled=None), config, start=start, device=CPU)
        return [optimiser.param_groups[0]["lr"] for _ in logs]

    assert rates(0) == pytest.approx([1e-3] * 3 + [1e-4] * 2 + [1e-5])
    assert rates(4) == pytest.approx([1e-4, 1e-5])


def test_a_batch_masked_entirely_still_steps(data, tiny):
    config = replace(tiny, train=replace(tiny.train, mask_peak=1e9))
    trio = new_trio(config)
    log = train_step(trio, make_optimiser(trio, config.train), whole_batch(data), MIRROR, config, step=0, device=CPU)
    assert np.isfinite(log.loss)
    assert log.masked == 1.0
    assert log.losses["A_taught"] == log.losses["B_taught"] == log.losses["C_taught"] == 0.0


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
        trio = new_trio(config)
        *_, last = train(trio, make_optimiser(trio, config.train), data, config, start=0, device=CPU)
        return last.losses

    assert last_losses(3) == last_losses(3)
    assert last_losses(3) != last_losses(4)


def test_a_few_people_are_learned_by_heart(data, tiny):
    views = replace(tiny.views, easy_rotation_p=0.0, scale_std=0.0, flip_p=0.0)
    schedule = replace(tiny.train, steps=60, learning_rate=5e-3)
    config = replace(tiny, views=views, train=schedule)
    network = new_trio(config).c
    losses = [loss for _, loss in train_supervised_network(network, data.labelled, MIRROR, config, CPU)]
    assert len(losses) == 60
    assert np.mean(losses[-5:]) < 0.35 * np.mean(losses[:5])


def test_a_mirrored_person_swaps_left_and_right(data, tiny):
    still = replace(tiny.views, easy_rotation_p=0.0, scale_std=0.0, flip_p=0.0)
    images, target, _ = labelled_view(
        whole_batch(data), MIRROR, replace(tiny, views=still), generator=step_generator(0, 0), device=CPU
    )
    mirrored = replace(tiny, views=replace(still, flip_p=1.0))
    images_m, target_m, _ = labelled_view(
        whole_batch(data), MIRROR, mirrored, generator=step_generator(0, 0), device=CPU
    )
    assert torch.allclose(images_m, images.flip(-1), atol=1e-4)
    # the encoder's grid starts at x = 0, so a mirrored peak may move by one heatmap pixel
    column, column_m = target.amax(2).argmax(-1), target_m.amax(2).argmax(-1)
    assert ((15 - column[:, MIRROR]) - column_m).abs().max() <= 1
    assert ((15 - column) - column_m).abs().max() > 1


def test_a_loss_that_is_not_finite_names_its_step(data, tiny):
    trio = new_trio(tiny)
    with torch.no_grad():
        next(trio.b.parameters()).fill_(float("nan"))
    with pytest.raises(TrainingError, match=r"loss of step 1 is nan.*learning_rate"):
        list(train(trio, make_optimiser(trio, tiny.train), data, tiny, start=0, device=CPU))


def test_without_unlabelled_persons_training_is_supervised(data, tiny):
    trio = new_trio(tiny)
    logs = list(train(trio, make_optimiser(trio, tiny.train), replace(data, unlabelled=None), tiny,
                      start=0, device=CPU))  # fmt: skip
    assert all(set(log.losses) == {"A_labelled", "B_labelled", "C_labelled"} for log in logs)
    assert mean_frequency(logs) is None


def test_without_labelled_persons_training_says_so(data, tiny):
    empty = Labelled(CropStore([], data.labelled.crops.frame, threads=1), torch.empty(0, 5, 3))
    trio = new_trio(tiny)
    with pytest.raises(TrainingError, match="no labelled person"):
        list(train(trio, make_optimiser(trio, tiny.train), replace(data, labelled=empty), tiny, start=0, device=CPU))


def test_unlabelled_persons_come_in_whole_shuffled_passes():
    drawn = [i for step in range(10) for i in unlabelled_indices(7, 4, seed=1, step=step)]
    for number in range(5):
        assert sorted(drawn[7 * number : 7 * number + 7]) == list(range(7))
    assert drawn[:7] != drawn[7:14]


def test_fewer_unlabelled_persons_than_a_batch_come_several_times():
    drawn = [i for step in range(4) for i in unlabelled_indices(2, 5, seed=0, step=step)]
    assert len(drawn) == 20
    assert all(sorted(drawn[first : first + 2]) == [0, 1] for first in range(0, 20, 2))


def test_labelled_persons_are_drawn_with_replacement():
    drawn = labelled_indices(3, 64, seed=0, step=0)
    assert len(drawn) == 64 and set(drawn) == {0, 1, 2}
    assert drawn != labelled_indices(3, 64, seed=0, step=1)


def test_the_supervised_loss_is_what_the_labelled_view_gives(data, tiny):
    trio = new_trio(tiny)
    images, target, weight = labelled_view(whole_batch(data), MIRROR, tiny,
                                           generator=step_generator(tiny.seed, 0), device=CPU)  # fmt: skip
    expected = 0.5 * heatmap_loss(trio.a(images), target, weight).item()
    fresh = new_trio(tiny)
    log = train_step(fresh, make_optimiser(fresh, tiny.train), whole_batch(data), MIRROR, tiny, step=0, device=CPU)
    assert log.losses["A_labelled"] == pytest.approx(expected, rel=1e-5)
