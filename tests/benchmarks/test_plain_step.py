"""The plain baseline computes the same step: what throughput.py compares is the same work."""

from dataclasses import replace

import pytest
import torch

from benchmarks.plain_step import correct_one_by_one, paste_one_by_one, plain_step
from sspcm.config import ModelConfig, RoundConfig, TrainConfig
from sspcm.crops.sampling import step_generator
from sspcm.method.correction import correct
from sspcm.method.occlude import draw_cut_occlude, paste
from sspcm.method.step import Batch, JointStep
from sspcm.method.trio import Trio, build_trio
from sspcm.skeletons.skeleton import get_skeleton
from sspcm.training.loop import train_step

CPU = torch.device("cpu")
SKELETON = get_skeleton("coco-17")
CONFIG = RoundConfig(
    model=ModelConfig(backbone="shufflenet_v2_x0_5", student_backbone="shufflenet_v2_x0_5", deconv_channels=16,
                      input_height=96, input_width=64),
    train=TrainConfig(steps=2, labelled_batch=3, unlabelled_batch=4, mask_peak=0.008),
)  # fmt: skip


def some_batch() -> Batch:
    generator = torch.Generator().manual_seed(0)

    def crops(count: int) -> torch.Tensor:
        return torch.randint(256, (count, 3, 144, 96), generator=generator, dtype=torch.uint8)

    xyv = torch.rand(3, 17, 3, generator=generator) * torch.tensor([70.0, 100.0, 1.0])
    xyv[..., 2] = (xyv[..., 2] > 0.2) * 2
    return Batch(crops(3), xyv, crops(4))


def two_steps_apart(config: RoundConfig) -> Trio:
    """Networks whose snapshots differ from the teachers, so that every pair competes."""
    trio = build_trio(config.model, keypoints=17, seed=1)
    trio.train()
    other = build_trio(config.model, keypoints=17, seed=2)
    trio.a_prev.load_state_dict(other.a.state_dict())
    trio.b_prev.load_state_dict(other.b.state_dict())
    return trio


@pytest.mark.parametrize("variant", ["legacy", "correct"])
def test_both_steps_have_the_same_losses_and_take_the_networks_to_the_same_place(variant):
    config = replace(CONFIG, views=replace(CONFIG.views, warp=variant, occlusion=variant))
    mirror = torch.from_numpy(SKELETON.mirror_array)
    fast, plain = two_steps_apart(config), two_steps_apart(config)
    joint = JointStep(fast, mirror, config, CPU)
    # Adam's first steps are all but the gradient's sign: they would blow rounding up
    fast_optimiser, plain_optimiser = (torch.optim.SGD(trio.parameters(), lr=1.0) for trio in (fast, plain))
    for step in range(2):
        log = train_step(joint, fast_optimiser, [some_batch()], config, step=step)
        generator = step_generator(config.seed, step)
        told = plain_step(plain, plain_optimiser, some_batch(), mirror, config, generator=generator, device=CPU)
        assert told == pytest.approx(log.losses, rel=2e-4)
        assert 0 < log.masked < 1


def test_the_gathered_correction_is_the_loops():
    generator = torch.Generator().manual_seed(3)
    said = {name: torch.rand(5, 4, 6, 5, generator=generator) for name in ("A", "B", "A_prev", "B_prev")}
    said["A_prev"][0], said["B"][1] = said["A"][0], said["A"][1]
    gathered = correct(said["A"], said["B"], said["A_prev"], said["B_prev"]).target
    looped = correct_one_by_one({name: heatmaps.numpy() for name, heatmaps in said.items()})
    assert torch.equal(gathered, torch.from_numpy(looped))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("transposed", [False, True])
def test_pasted_windows_are_the_loops_wherever_they_lie(seed, transposed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(6, 3, 96, 64, generator=generator)
    xy = torch.rand(6, 5, 2, generator=generator) * torch.tensor([110.0, 140.0]) - 25  # many at and beyond the border
    patches = draw_cut_occlude(xy, height=96, patches=3, generator=generator, transposed=transposed)
    assert torch.equal(paste(images, patches), paste_one_by_one(images, patches))
