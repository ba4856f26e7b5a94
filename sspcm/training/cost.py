"""What a training costs on this machine: memory and seconds, measured by taking real steps on random crops."""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from sspcm.config import RoundConfig
from sspcm.crops.store import Frame
from sspcm.manifest import RoundError
from sspcm.method.step import Batch, JointStep
from sspcm.method.trio import Trio
from sspcm.skeletons.skeleton import Skeleton
from sspcm.training.initial_weights import make_trio
from sspcm.training.loop import make_optimiser, train_step

FEW = 4
"""Persons of each kind in the first steps, which say whether the whole batch can be tried."""
REPEATS = 2
LONGEST_STEP_S = 30.0
"""A whole step that looks longer than this is not taken: its figures follow from the small ones."""
FLOAT_BYTES = 4
STATUS, RESET_PEAK, MEMORY = Path("/proc/self/status"), Path("/proc/self/clear_refs"), Path("/proc/meminfo")


@dataclass(frozen=True)
class Cost:
    """parameters: of each network that learns. state_bytes: weights, gradients, Adam's two moments, snapshots, and
    where networks started if something holds them there (train.anchor).

    activation_bytes: what a step needs beyond that at its largest. step_seconds: of one step of the whole batch.
    process_bytes: what the program and its libraries have besides; 0 on a GPU, where memory_bytes are the GPU's.
    measured: whether both are of whole batches; else they follow from steps of a few persons, in proportion.
    """

    parameters: dict[str, int]
    state_bytes: int
    activation_bytes: int
    step_seconds: float
    measured: bool
    available_bytes: int | None
    process_bytes: int = 0

    @property
    def memory_bytes(self) -> int:
        """Everything but the crops that a training keeps."""
        return self.process_bytes + self.state_bytes + self.activation_bytes

    @property
    def fits(self) -> bool:
        """Whether there is memory for it; true where the machine does not say how much it has."""
        return self.available_bytes is None or self.memory_bytes <= self.available_bytes


def measure_cost(
    config: RoundConfig, skeleton: Skeleton, device: torch.device, *, unlabelled: bool, weights: Path | None = None
) -> Cost:
    """Take a few steps in a process of its own, whose memory is nobody else's. Raises RoundError where it is killed.

    weights: the folder of starting weights, which imported networks are built from.
    """
    # Spawned, since a fork would hold this process's memory, and CUDA does not survive one.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(
                _measure, config, skeleton, device, unlabelled, weights, torch.get_num_threads()
            ).result()
        except (BrokenProcessPool, torch.OutOfMemoryError) as error:
            raise RoundError(
                f"a step of the training ran out of memory on {device}; wanted it to fit. "
                "Raise train.accumulate, or lower the batches or the input's size."
            ) from error


def _measure(
    config: RoundConfig,
    skeleton: Skeleton,
    device: torch.device,
    unlabelled: bool,
    weights: Path | None,
    threads: int,
) -> Cost:
    torch.set_num_threads(threads)  # a spawned process would take torch's own number
    available = _available_bytes(device)
    trio = make_trio(config, skeleton, folder=weights).to(device)
    trio.train()
    learns: dict[str, int] = {
        str(name): sum(p.numel() for p in network.parameters()) for name, network in trio.networks().items()
    }
    networks = set(trio.members().values())  # without a student, C is A
    held = sum(tensor.numel() for network in networks for tensor in network.state_dict().values())
    state_bytes = FLOAT_BYTES * (held + (4 if config.train.anchor else 3) * sum(learns.values()))

    train = config.train
    few = replace(
        train, labelled_batch=min(FEW, train.labelled_batch), unlabelled_batch=min(FEW, train.unlabelled_batch)
    )
    small = replace(config, train=replace(few, accumulate=1))
    after_state = 3 * FLOAT_BYTES * sum(learns.values())  # gradients and moments come with the first step
    before = _begin_peak(device)
    process_bytes = 0 if device.type == "cuda" else max(0, before - FLOAT_BYTES * held)
    seconds = _step_seconds(trio, small, skeleton, device, unlabelled)
    activations = max(0, _peak_bytes(device) - before - after_state)
    times = _persons(config, unlabelled) / _persons(small, unlabelled)
    expected = Cost(
        learns,
        state_bytes,
        round(activations * times / train.accumulate),
        seconds * times,
        False,
        available,
        process_bytes,
    )
    if not expected.fits or expected.step_seconds > LONGEST_STEP_S:
        return expected
    seconds = _step_seconds(trio, config, skeleton, device, unlabelled)
    activations = max(0, _peak_bytes(device) - before - after_state)
    return replace(expected, activation_bytes=activations, step_seconds=seconds, measured=True)


def _persons(config: RoundConfig, unlabelled: bool) -> int:
    return config.train.labelled_batch + (config.train.unlabelled_batch if unlabelled else 0)


def _step_seconds(trio: Trio, config: RoundConfig, skeleton: Skeleton, device: torch.device, unlabelled: bool) -> float:
    """The shortest step's, after a first one."""
    joint = JointStep(trio, torch.from_numpy(skeleton.mirror_array), config, device)
    optimiser, parts = make_optimiser(trio, config.train), _random_parts(config, len(skeleton), unlabelled)
    seconds = []
    for step in range(1 + REPEATS):
        began = time.perf_counter()
        train_step(joint, optimiser, parts, config, step=step)
        if device.type == "cuda":
            torch.cuda.synchronize(device)  # the step was only asked for until then
        seconds.append(time.perf_counter() - began)
    return min(seconds[1:])


def _random_parts(config: RoundConfig, keypoints: int, unlabelled: bool) -> list[Batch]:
    """A step's batches of noise, with keypoints anywhere in the crops, in `train.accumulate` parts."""
    train, frame = config.train, Frame(config.model.input_height, config.model.input_width)
    draws = (3 if config.method.student else 2) if train.draws == "own" else 1  # a batch for each network that learns
    generator = torch.Generator().manual_seed(0)

    def crops(count: int) -> torch.Tensor:
        size = (count // train.accumulate, 3, frame.stored_height, frame.stored_width)
        return torch.randint(256, size, generator=generator, dtype=torch.uint8)

    def part() -> Batch:
        seen = crops(train.labelled_batch * draws)
        # Rounded up, visibility is 1 or 2: every keypoint is labelled.
        xyv = torch.rand(len(seen), keypoints, 3, generator=generator) * torch.tensor([frame.width, frame.height, 2.0])
        return Batch(seen, xyv.ceil(), crops(train.unlabelled_batch) if unlabelled else None)

    return [part() for _ in range(train.accumulate)]


def _begin_peak(device: torch.device) -> int:
    """Forget earlier peaks, such as the imports', where the system lets one; the bytes held now."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif RESET_PEAK.exists():
        RESET_PEAK.write_text("5")  # 5 of proc(5): VmHWM begins anew
    return _peak_bytes(device)


def _peak_bytes(device: torch.device) -> int:
    """The most memory this process, or its tensors on the GPU, held."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    if STATUS.exists():  # Linux: what getrusage says there began with the process that started this one
        return 1024 * _kilobytes(STATUS, "VmHWM")
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _available_bytes(device: torch.device) -> int | None:
    """What the machine could still give, and on a CPU what this process has by now, as far as it says."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if not MEMORY.exists():
        return None
    return 1024 * (_kilobytes(MEMORY, "MemAvailable") + _kilobytes(STATUS, "VmRSS"))


def _kilobytes(path: Path, name: str) -> int:
    lines = dict(line.split(":", 1) for line in path.read_text().splitlines())
    return int(lines[name].split()[0])
