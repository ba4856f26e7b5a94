"""Seconds of one joint training step, and of its parts, on random crops. One JSON line.

python benchmarks/round_step.py [--preset demo] [--device cpu] [--steps 10] [--threads N]
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from sspcm.config import IMPORTED, PRESETS, RoundConfig
from sspcm.crops.sampling import step_generator
from sspcm.crops.store import Frame
from sspcm.method.step import Batch, JointStep, labelled_view, teach
from sspcm.method.trio import build_trio
from sspcm.skeletons.skeleton import get_skeleton
from sspcm.training.loop import make_optimiser, train_step

PRESETS_OF_OUR_OWN = tuple(name for name in PRESETS if name != IMPORTED)
"""The other one's networks are whatever model a home has."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the median seconds of a step and of its parts, and how many bare forward passes the step is worth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=PRESETS_OF_OUR_OWN, default="demo")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    device, config, skeleton = torch.device(options.device), PRESETS[options.preset], get_skeleton("coco-17")
    keypoints = len(skeleton)
    trio = build_trio(config.model, keypoints=keypoints, seed=0).to(device)
    trio.train()
    optimiser = make_optimiser(trio, config.train)
    mirror, batch = torch.from_numpy(skeleton.mirror_array), _random_batch(config, keypoints)
    joint = JointStep(trio, mirror, config, device)
    assert batch.unlabelled is not None
    crops, generator = batch.unlabelled, step_generator(0, 0)
    parts: dict[str, Callable[[], object]] = {
        "step": lambda: train_step(joint, optimiser, [batch], config, step=0),
        "labelled_view": lambda: labelled_view(batch, mirror, config, generator=generator, device=device),
        "teach_forward": lambda: teach(trio, crops, config, keypoints=keypoints, generator=generator, device=device),
        "one_forward": lambda: trio.a(_random_images(config, device)),
    }
    seconds = {name: round(_median_seconds(part, options.steps, device), 4) for name, part in parts.items()}
    told = {
        "benchmark": "round_step",
        "preset": options.preset,
        "device": str(device),
        "threads": torch.get_num_threads(),
        "seconds": seconds,
        "step_in_forwards": round(seconds["step"] / seconds["one_forward"], 1),
    }
    print(json.dumps(told))


def _median_seconds(part: Callable[[], object], repeats: int, device: torch.device) -> float:
    seconds = []
    for _ in range(repeats + 2):
        began = time.perf_counter()
        part()
        if device.type == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds[2:]))


def _random_batch(config: RoundConfig, keypoints: int) -> Batch:
    frame = Frame(config.model.input_height, config.model.input_width)
    generator = torch.Generator().manual_seed(0)

    def crops(count: int) -> torch.Tensor:
        size = (count, 3, frame.stored_height, frame.stored_width)
        return torch.randint(256, size, generator=generator, dtype=torch.uint8)

    xyv = torch.rand(config.train.labelled_batch, keypoints, 3, generator=generator) * frame.height
    return Batch(crops(config.train.labelled_batch), xyv, crops(config.train.unlabelled_batch))


def _random_images(config: RoundConfig, device: torch.device) -> torch.Tensor:
    size = (config.train.unlabelled_batch, 3, config.model.input_height, config.model.input_width)
    return torch.rand(size, device=device).contiguous(memory_format=torch.channels_last)


if __name__ == "__main__":
    main()
