"""Persons a second of the whole training step against its bare networks and against a plain way to write it.

    python benchmarks/throughput.py [--methods sspcm ...] [--backbone resnet18] [--size 256 192] [--batch 32]
        [--precision float32 bfloat16] [--device cpu] [--seconds 20] [--plain] [--compile]

- whole: sspcm/training/loop.py's loop, reading its batches out of memory (--batch labelled, as many unlabelled).
- bare: the same forward and backward passes and the same Adam step on tensors that lie ready: what no step can beat.
- plain (--plain, sspcm, always in float32): benchmarks/plain_step.py, the same step written person by person.

The ways take turns within one run, so that their ratios hold on a noisy machine. One JSON line a setting: persons a
second (labelled and unlabelled ones together), ratios, peak memory in MiB. Torch and numpy only.
"""

import argparse
import gc
import json
import multiprocessing
import platform
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.plain_step import plain_step
from sspcm.config import METHODS, ModelConfig, Precision, RoundConfig, TrainConfig
from sspcm.crops.batches import CropsInMemory, Frame
from sspcm.crops.sampling import step_generator
from sspcm.method.step import Batch, channels_last, compares_pairs, see
from sspcm.method.trio import Trio, build_trio
from sspcm.training.loop import Labelled, TrainingSet, make_optimiser, train

KEYPOINTS = 17
STATUS, RESET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def settings(
    method: str, *, backbone: str, size: tuple[int, int], batch: int, precision: Precision, compiled: bool
) -> RoundConfig:
    """A training of this method with nothing else changed, as long as anybody measures."""
    return RoundConfig(
        method=METHODS[method],
        model=ModelConfig(backbone=backbone, student_backbone=backbone, input_height=size[0], input_width=size[1]),
        train=TrainConfig(
            steps=10**6,
            labelled_batch=batch,
            unlabelled_batch=batch,
            precision=precision,
            compile=compiled,
        ),
    )


def random_set(config: RoundConfig, persons: int) -> TrainingSet:
    """Crops of noise in memory."""
    frame, generator = Frame(config.model.input_height, config.model.input_width), torch.Generator().manual_seed(0)
    size = (persons, 3, frame.stored_height, frame.stored_width)
    crops = CropsInMemory(torch.randint(256, size, generator=generator, dtype=torch.uint8), frame)
    xyv = torch.rand(persons, KEYPOINTS, 3, generator=generator) * torch.tensor([frame.width, frame.height, 1.0])
    xyv[..., 2] = 2
    return TrainingSet(Labelled(crops, xyv), crops, torch.arange(KEYPOINTS))


def whole(trio: Trio, config: RoundConfig, data: TrainingSet, device: torch.device) -> Iterator[object]:
    """The real loop."""
    return train(trio, make_optimiser(trio, config.train), data, config, start=0, device=device)


def bare(trio: Trio, config: RoundConfig, device: torch.device) -> Iterator[object]:
    """Only what the networks cost: every pass of the method's step, on the same resident images."""
    trio.train()
    optimiser, method, precision = make_optimiser(trio, config.train), config.method, config.train.precision
    if config.train.compile:
        for network in trio.members().values():
            network.compile()
    size = (config.train.labelled_batch, 3, config.model.input_height, config.model.input_width)
    images = channels_last(torch.randn(size, device=device))
    with torch.no_grad():
        target = torch.rand_like(see(trio.a, images, precision))
    teachers = [trio.a, trio.b] if method.paths else []
    teachers += [trio.a_prev, trio.b_prev] if compares_pairs(method) else []
    while True:
        optimiser.zero_grad(set_to_none=True)
        with torch.no_grad():
            for network in teachers:
                see(network, images, precision)
        losses = [
            (see(network, images, precision) - target).square().mean()
            for network in trio.networks().values()
            for _ in range(1 + len(method.paths))
        ]
        torch.autograd.backward(torch.stack(losses).sum())
        optimiser.step()
        yield None


def plain(trio: Trio, config: RoundConfig, data: TrainingSet, device: torch.device) -> Iterator[object]:
    """The plain step, over and over."""
    trio.train()
    optimiser = torch.optim.Adam(trio.parameters(), lr=config.train.learning_rate)
    assert data.unlabelled is not None
    chosen = list(range(config.train.labelled_batch))
    step = 0
    while True:
        batch = Batch(
            data.labelled.crops.request(chosen).result(),
            data.labelled.xyv[chosen],
            data.unlabelled.request(chosen).result(),
        )
        generator = step_generator(config.seed, step)
        yield plain_step(trio, optimiser, batch, data.mirror, config, generator=generator, device=device)
        step += 1


WAYS = ("bare", "whole", "plain")


def begin(way: str, config: RoundConfig, device: torch.device) -> Iterator[object]:
    """One of WAYS with new networks, step after step."""
    trio = build_trio(config.model, keypoints=KEYPOINTS, seed=0, method=config.method).to(device)
    data = random_set(config, max(64, config.train.labelled_batch))
    match way:
        case "bare":
            return bare(trio, config, device)
        case "whole":
            return whole(trio, config, data, device)
        case _:
            full = replace(config, train=replace(config.train, precision="float32", compile=False))
            return plain(trio, full, data, device)


def measure(config: RoundConfig, *, device: torch.device, seconds: float, with_plain: bool) -> dict[str, Any]:
    """Each way's median persons a second over turns taken for about `seconds` a way, and its peak memory."""
    ways = WAYS if with_plain else WAYS[:2]
    memory = {way: peak_alone(way, config, device) for way in ways}
    loops = {way: begin(way, config, device) for way in ways}
    for loop in loops.values():
        advance(loop, 2, device)  # compilation, caches, choice of algorithms
    seconds_of: dict[str, list[float]] = {way: [] for way in ways}
    for _turn in range(5):
        for way, loop in loops.items():
            per_step = advance(loop, 1, device)
            steps = max(1, round(seconds / 5 / per_step))
            seconds_of[way].append(advance(loop, steps, device) if steps > 1 else per_step)
    persons = config.train.labelled_batch + (config.train.unlabelled_batch if config.method.paths else 0)
    figures: dict[str, Any] = {}
    for way, told in seconds_of.items():
        figures[f"{way}_persons_per_s"] = round(persons / float(np.median(told)), 2)
        figures[f"{way}_peak_mib"] = memory[way]
    by_turn = np.array([seconds_of["whole"], seconds_of["bare"]])
    figures["whole_over_bare_seconds"] = round(float(np.median(by_turn[0] / by_turn[1])), 3)
    if with_plain:
        ratio = np.array(seconds_of["plain"]) / by_turn[0]
        figures["times_faster_than_plain"] = round(float(np.median(ratio)), 2)
    return figures


def peak_alone(way: str, config: RoundConfig, device: torch.device) -> int | None:
    """MiB that two steps of one way need. On a CPU in a process of its own: a process gives little memory back."""
    if device.type == "cuda":
        return peak_of(way, config, device)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(peak_of, way, config, device).result()


def advance(loop: Iterator[object], steps: int, device: torch.device) -> float:
    """Seconds a step."""
    began = time.perf_counter()
    for _ in range(steps):
        next(loop)
    if device.type == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - began) / steps


def peak_of(way: str, config: RoundConfig, device: torch.device) -> int | None:
    """MiB that two steps of one way need beyond what was there before."""
    gc.collect()
    reset_peak(device)
    before = peak_mib(device)
    advance(begin(way, config, device), 2, device)
    after = peak_mib(device)
    return None if before is None or after is None else after - before


def reset_peak(device: torch.device) -> None:
    """Forget the largest memory so far, where the machine lets us."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    elif RESET_PEAK.exists():
        RESET_PEAK.write_text("5")


def peak_mib(device: torch.device) -> int | None:
    """The largest memory since: of the GPU's allocator, or of the process; None where nobody knows."""
    if device.type == "cuda":
        return round(torch.cuda.max_memory_allocated() / 2**20)
    if not STATUS.exists():
        return None
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1024)


def machine(device: torch.device) -> str:
    """What computed."""
    name = torch.cuda.get_device_name() if device.type == "cuda" else f"{torch.get_num_threads()} CPU threads"
    return f"{name}, {platform.machine()}, torch {torch.__version__}"


def main() -> None:
    """Print one line a setting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="+", choices=tuple(METHODS), default=["sspcm"])
    parser.add_argument("--backbone", default="resnet18")
    parser.add_argument("--size", nargs=2, type=int, default=(256, 192), metavar=("H", "W"))
    parser.add_argument("--batch", nargs="+", type=int, default=[2])
    parser.add_argument("--precision", nargs="+", choices=("float32", "bfloat16"), default=["float32"])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    device = torch.device(options.device)
    for method in options.methods:
        for batch in options.batch:
            for precision in options.precision:
                config = settings(method, backbone=options.backbone, size=tuple(options.size), batch=batch,
                                  precision=precision, compiled=options.compile)  # fmt: skip
                told = {"benchmark": "throughput", "machine": machine(device), "method": method,
                        "backbone": options.backbone, "size": list(options.size), "batch": f"{batch}+{batch}",
                        "precision": precision, "compiled": options.compile}  # fmt: skip
                with_plain = options.plain and method == "sspcm"
                print(json.dumps(told | measure(config, device=device, seconds=options.seconds, with_plain=with_plain)))


if __name__ == "__main__":
    main()
