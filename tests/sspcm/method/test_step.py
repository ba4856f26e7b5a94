"""What one joint step computes, for every method and variant."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from sspcm.config import METHODS, RoundConfig
from sspcm.crops.sampling import step_generator
from sspcm.method.correction import PAIRS_WITH_START
from sspcm.method.losses import heatmap_loss
from sspcm.method.step import Batch, JointStep, labelled_view, teach
from sspcm.method.trio import Trio, batch_norms, build_trio
from sspcm.networks import PoseNetwork
from sspcm.training.loop import TrainingSet, make_optimiser, train_step

CPU = torch.device("cpu")
MIRROR = torch.tensor([0, 2, 1, 4, 3])


pytestmark = pytest.mark.usefixtures("one_thread")


def whole_batch(data: TrainingSet) -> Batch:
    assert data.unlabelled is not None
    return Batch(data.labelled.crops.request(range(4)).result(), data.labelled.xyv,
                 data.unlabelled.request(range(4)).result())  # fmt: skip


def new_trio(config: RoundConfig) -> Trio:
    trio = build_trio(config.model, keypoints=5, seed=config.seed, method=config.method)
    trio.train()
    return trio


def computed(trio: Trio, batch: Batch, config: RoundConfig) -> dict[str, torch.Tensor]:
    """The losses of the unlabelled half of the first step."""
    taught = teach(trio, batch.unlabelled, config, keypoints=5, generator=step_generator(0, 0), device=CPU)
    return taught.losses


def one_step(data: TrainingSet, config: RoundConfig):
    trio = new_trio(config)
    joint = JointStep(trio, MIRROR, config, CPU)
    return train_step(joint, make_optimiser(trio, config.train), [whole_batch(data)], config, step=0)


def reached(network: nn.Module) -> bool:
    return any(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


@pytest.mark.parametrize("method", ["sspcm", "dualpose", "multiaugs"])
def test_each_term_reaches_its_own_network_and_nothing_else(data, tiny, method):
    config = replace(tiny, method=METHODS[method], train=replace(tiny.train, mask_peak=-1.0))
    for name in new_trio(config).networks():
        trio = new_trio(config)
        computed(trio, whole_batch(data), config)[f"{name}_taught"].backward()
        told = {member: reached(network) for member, network in trio.members().items()}
        own = {name} | ({"C"} if name == "A" and not trio.has_student else set())
        assert {member for member, yes in told.items() if yes} == own


@pytest.mark.parametrize("method", METHODS)
def test_labels_reach_every_network_that_learns_and_no_snapshot(data, tiny, method):
    config = replace(tiny, method=METHODS[method])
    trio = new_trio(config)
    loss, names, _ = JointStep(trio, MIRROR, config, CPU)(whole_batch(data), step_generator(0, 0))
    loss.backward()
    assert all(reached(network) for network in trio.networks().values())
    assert not reached(trio.a_prev) and not reached(trio.b_prev)
    assert {name for name in names if name.endswith("labelled")} == {f"{n}_labelled" for n in trio.networks()}


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


def watched(data, tiny, monkeypatch, trio: Trio, method: str):
    """What the unlabelled half does without turns: where each network is occluded, and its loss in pixels."""
    guides = []

    def watch(images, xy, kind, _views, *, generator):
        guides.append((kind, xy[0, 0].tolist()))
        return images

    monkeypatch.setattr("sspcm.method.step.occlude", watch)
    still = replace(tiny.views, easy_rotation_p=0.0, hard_rotation_p=0.0, scale_std=0.0, flip_p=0.0)
    config = replace(tiny, views=still, method=METHODS[method])
    crops = whole_batch(data).unlabelled
    taught = teach(trio, crops, config, keypoints=1, generator=step_generator(0, 0), device=CPU)
    return guides, {name: loss.item() * 2 * 16 * 16 for name, loss in taught.losses.items()}, taught


def test_each_network_is_taught_and_occluded_by_its_own_teacher(data, tiny, monkeypatch):
    """A by B's word, B by A's, C by the mean of the pair that agrees best: A one epoch ago and B."""
    trio = Trio(Shows(2, 3), Shows(12, 10), Shows())
    trio.a_prev, trio.b_prev = Shows(11, 10), Shows(7, 1)
    guides, losses, taught = watched(data, tiny, monkeypatch, trio, "sspcm")
    assert taught.correction.pair.unique().tolist() == [1]
    assert guides == [("cut_occlude", [48.0, 40.0]), ("cut_occlude", [8.0, 12.0]), ("cut_occlude", [44.0, 40.0])]
    assert losses == pytest.approx({"A_taught": 2.0, "B_taught": 2.0, "C_taught": 2 * 0.5**2}, rel=1e-3)


def test_multiaugs_teaches_two_networks_on_two_paths_each(data, tiny, monkeypatch):
    trio = Trio(Shows(2, 3), Shows(12, 10))
    guides, losses, _ = watched(data, tiny, monkeypatch, trio, "multiaugs")
    assert guides == [("joco", [48.0, 40.0]), ("jccm", [48.0, 40.0]), ("joco", [8.0, 12.0]), ("jccm", [8.0, 12.0])]
    assert losses == pytest.approx({"A_taught": 4.0, "B_taught": 4.0}, rel=1e-3)


def test_the_plain_mean_arm_ignores_the_snapshots(data, tiny, monkeypatch):
    trio = Trio(Shows(2, 3), Shows(12, 10), Shows())
    trio.a_prev = Shows(11, 10)
    monkeypatch.setitem(METHODS, "mean", replace(METHODS["sspcm"], target="mean"))
    _, losses, taught = watched(data, tiny, monkeypatch, trio, "mean")
    assert losses["C_taught"] == pytest.approx(2 * 0.5**2, rel=1e-3)
    assert taught.correction.pair.unique().tolist() == [0]


@pytest.mark.parametrize("method", ["sspcm", "dualpose", "multiaugs"])
@pytest.mark.parametrize("variant", ["correct", "legacy"])
def test_the_first_step_runs_in_every_variant(data, tiny, method, variant):
    config = replace(
        tiny,
        method=METHODS[method],
        model=replace(tiny.model, channels=variant, pixels=variant),
        views=replace(tiny.views, warp=variant, occlusion=variant),
    )
    log = one_step(data, config)
    assert np.isfinite(log.loss)
    learning = "ABC" if method == "sspcm" else "AB"
    assert set(log.losses) == {f"{name}_{part}" for name in learning for part in ("labelled", "taught")}
    assert len(log.masked_by_keypoint) == 5
    # the snapshots are still the teachers: every pair ties
    assert log.pair_frequency == ((1.0, 0.0, 0.0, 0.0) if method == "sspcm" else None)


def test_the_start_teaches_where_it_is_the_closest_and_the_log_tells_its_share(data, tiny, monkeypatch):
    trio = Trio(Shows(2, 3), Shows(12, 10), Shows(11, 10), keeps_start=True)
    trio.a_prev, trio.b_prev = Shows(0, 15), Shows(15, 0)
    monkeypatch.setitem(METHODS, "start", replace(METHODS["sspcm"], start_votes=True))
    _, losses, taught = watched(data, tiny, monkeypatch, trio, "start")
    assert taught.correction.pair.unique().tolist() == [PAIRS_WITH_START.index(("B", "start"))]
    assert losses["C_taught"] == pytest.approx(2 * 0.5**2, rel=1e-3)  # half way between B and where C began
    log = one_step(data, replace(tiny, method=METHODS["start"]))
    assert len(log.pair_frequency) == len(PAIRS_WITH_START) and sum(log.pair_frequency) == pytest.approx(1)
    assert 0 <= log.start_alone <= 1 and len(log.masked_by_keypoint) == 5
    assert one_step(data, tiny).start_alone is None


def test_supervised_training_leaves_unlabelled_persons_alone(data, tiny):
    log = one_step(data, replace(tiny, method=METHODS["supervised"]))
    assert set(log.losses) == {"A_labelled", "B_labelled"}
    assert log.masked is log.mean_peak is log.pair_frequency is None


def test_the_released_24_channels_divide_the_loss_and_change_nothing_else(data, tiny):
    """Method.md section 11, 13: K of 24 heatmaps are supervised, so the loss is K/24 of a mean over K."""
    config = replace(tiny, model=replace(tiny.model, channels="legacy"))
    images, target, weight = labelled_view(
        whole_batch(data), MIRROR, config, generator=step_generator(0, 0), device=CPU
    )
    own, own_target, own_weight = labelled_view(
        whole_batch(data), MIRROR, tiny, generator=step_generator(0, 0), device=CPU
    )
    assert torch.equal(images, own) and torch.equal(target[:, :5], own_target) and not weight[:, 5:].any()
    predicted = torch.rand(target.shape)
    assert heatmap_loss(predicted, target, weight).item() == pytest.approx(
        heatmap_loss(predicted[:, :5], own_target, own_weight).item() * 5 / 24, rel=1e-5
    )


def test_the_further_heatmaps_of_the_released_24_are_taught_by_nobody(data, tiny):
    config = replace(tiny, method=replace(METHODS["sspcm"], mask=False), model=replace(tiny.model, channels="legacy"))
    trio = new_trio(config)
    loss, _, _ = JointStep(trio, MIRROR, config, CPU)(whole_batch(data), step_generator(0, 0))
    loss.backward()
    for network in trio.networks().values():
        gradient = network.head[-1].weight.grad
        assert gradient[:5].abs().sum() > 0 and not gradient[5:].any()


def test_a_batch_masked_entirely_still_steps(data, tiny):
    log = one_step(data, replace(tiny, train=replace(tiny.train, mask_peak=100.0)))
    assert np.isfinite(log.loss)
    assert log.masked == 1.0
    assert log.losses["A_taught"] == log.losses["B_taught"] == log.losses["C_taught"] == 0.0


def test_where_the_teachers_lie_apart_nobody_is_taught(data, tiny):
    everywhere = replace(tiny.train, mask_peak=-100.0)
    shares = []
    for apart in (0.0, 100.0, 5.0, 1e-3):
        shares.append(one_step(data, replace(tiny, train=replace(everywhere, mask_apart=apart))).masked)
    assert shares[0] == shares[1] == 0 < shares[2] < shares[3]


def test_without_the_mask_every_keypoint_teaches(data, tiny):
    unmasked = replace(METHODS["sspcm"], mask=False)
    log = one_step(data, replace(tiny, method=unmasked, train=replace(tiny.train, mask_peak=100.0)))
    assert log.masked == 0.0 and log.losses["C_taught"] > 0


@pytest.mark.parametrize("statistics", ["updated", "frozen"])
def test_teacher_passes_move_the_running_statistics_unless_frozen(data, tiny, statistics):
    """Frozen, a norm sees two batches a step (labelled, hard); updated, the easy view as well."""
    config = replace(tiny, train=replace(tiny.train, teacher_statistics=statistics))
    trio = new_trio(config)
    JointStep(trio, MIRROR, config, CPU)(whole_batch(data), step_generator(0, 0))
    other = new_trio(config)
    other_config = replace(config, train=replace(config.train, teacher_statistics="updated"))
    JointStep(other, MIRROR, other_config, CPU)(whole_batch(data), step_generator(0, 0))
    same = all(
        torch.equal(a.running_mean, b.running_mean)
        for a, b in zip(batch_norms(trio.a), batch_norms(other.a), strict=True)
    )
    assert same == (statistics == "updated")
    assert all(norm.momentum > 0 for norm in batch_norms(trio.a))


def test_mixed_precision_comes_close_to_full(data, tiny):
    full, mixed = (
        one_step(data, replace(tiny, train=replace(tiny.train, precision=precision)))
        for precision in ("float32", "bfloat16")
    )
    assert mixed.losses != full.losses
    assert mixed.losses["A_labelled"] == pytest.approx(full.losses["A_labelled"], rel=0.02)


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


def test_the_supervised_loss_is_what_the_labelled_view_gives(data, tiny):
    trio = new_trio(tiny)
    images, target, weight = labelled_view(whole_batch(data), MIRROR, tiny,
                                           generator=step_generator(tiny.seed, 0), device=CPU)  # fmt: skip
    expected = 0.5 * heatmap_loss(trio.a(images), target, weight).item()
    assert one_step(data, tiny).losses["A_labelled"] == pytest.approx(expected, rel=1e-5)


def test_networks_with_their_own_persons_each_learn_from_theirs_alone(data, tiny):
    config = replace(tiny, method=METHODS["supervised"], train=replace(tiny.train, draws="own"))
    batch = whole_batch(data)
    crops, xyv = batch.crops, batch.xyv.clone()
    xyv[2:, :, 2] = 0  # B's two persons show nothing
    _, names, values = JointStep(new_trio(config), MIRROR, config, CPU)(Batch(crops, xyv, None), step_generator(0, 0))
    told = dict(zip(names, values.tolist(), strict=True))
    assert told["A_labelled"] > 0 and told["B_labelled"] == 0


def test_with_cross_entropy_the_teachers_peak_is_what_teaches(data, tiny):
    """However low and blurred a teacher's heatmap, the student is held to one Gaussian at its peak."""
    trio = Trio(Shows(12, 10), Shows(12, 10), Shows(12, 10))
    still = replace(tiny.views, easy_rotation_p=0.0, hard_rotation_p=0.0, scale_std=0.0, flip_p=0.0)
    train = replace(tiny.train, loss="cross_entropy", mask_peak=-1.0)
    losses = []
    for height in (1.0, 0.2):
        trio.a.heatmap.data.mul_(height)
        config = replace(tiny, views=still, train=train)
        crops = whole_batch(data).unlabelled
        taught = teach(trio, crops, config, keypoints=1, generator=step_generator(0, 0), device=CPU)
        losses.append(taught.losses["C_taught"].item())
    assert losses[0] == pytest.approx(losses[1]) and losses[0] > 0
