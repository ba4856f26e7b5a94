"""SSPCM's joint training: what a step does, and the loop that repeats it (method.md sections 4 to 8 and 13).

No clock, no files: the caller times, stores and shows. The chance in step n depends on the seed and n alone, so a run
that goes on from a checkpoint draws exactly what an uninterrupted one would have drawn.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from sspcm.config import RoundConfig, TrainConfig
from sspcm.correction import PAIRS, Correction, confident, correct
from sspcm.crops import CropStore, Frame
from sspcm.heatmaps import STRIDE, decode_integer, encode_heatmaps, peak
from sspcm.losses import heatmap_loss
from sspcm.networks import PoseNetwork
from sspcm.occlude import cut_occlude
from sspcm.trio import Trio
from sspcm.views import normalise, sample_easy, sample_hard, transform, warp


class TrainingError(ValueError):
    """Persons that cannot be trained on, or a training that diverged."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labelled persons: their crops, and their keypoints in input pixels with visibility."""

    crops: CropStore
    xyv: Float[Tensor, "N K 3"]


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Everything a round learns from. `mirror` is the skeleton's permutation."""

    labelled: Labelled
    unlabelled: CropStore | None
    mirror: Int[Tensor, "K"]


@dataclass(frozen=True, eq=False)
class Batch:
    """One step's persons as stored crops; `unlabelled` is None in supervised training."""

    crops: UInt8[Tensor, "L 3 H W"]
    xyv: Float[Tensor, "L K 3"]
    unlabelled: UInt8[Tensor, "U 3 H W"] | None


@dataclass(frozen=True, eq=False)
class Taught:
    """What the unlabelled half of a step computed: losses by name, and what the log wants to know."""

    losses: dict[str, Float[Tensor, ""]]
    correction: Correction
    mask: Float[Tensor, "U K"]
    mean_peak: Float[Tensor, ""]


@dataclass(frozen=True)
class StepLog:
    """One step done. `loss` is the weighted sum of `losses`; the pair figures are None without unlabelled persons.

    pair_frequency: share of keypoints that took each of PAIRS; masked: share not confident enough to teach; mean_peak:
    of A and B on unlabelled persons. Falling peaks mean a collapse to background (method.md section 13).
    """

    step: int
    loss: float
    losses: dict[str, float]
    pair_frequency: tuple[float, ...] | None
    masked: float | None
    mean_peak: float | None


def train_supervised_network(
    network: PoseNetwork, labelled: Labelled, mirror: Int[Tensor, "K"], config: RoundConfig, device: torch.device
) -> Iterator[tuple[int, float]]:
    """Train one network on labels alone, easy views; gives (step, loss) after each step. For starting weights."""
    optimiser = torch.optim.Adam(network.parameters(), lr=config.train.learning_rate)
    network.train()
    data = TrainingSet(labelled=labelled, unlabelled=None, mirror=mirror)
    for step, batch in _batches(data, config, start=0):
        generator = step_generator(config.seed, step)
        _set_learning_rate(optimiser, config.train, step)
        images, target, weight = labelled_view(batch, mirror, config, generator=generator, device=device)
        loss = heatmap_loss(network(images), target, weight)
        _descend(optimiser, loss, step)
        yield step + 1, float(loss.detach())


def train(
    trio: Trio,
    optimiser: torch.optim.Optimizer,
    data: TrainingSet,
    config: RoundConfig,
    *,
    start: int,
    device: torch.device,
) -> Iterator[StepLog]:
    """Train A, B and C together from step `start` on, one log a step.

    The snapshots are refreshed after every `snapshot_every` steps while a whole epoch is left: at the end they are at
    least one epoch old, which is what the ranking compares. A step's log comes before the refresh that follows it, so
    what is saved at that moment goes on with the refresh. Raises TrainingError naming the step whose loss is not
    finite.
    """
    trio.train()
    for step, batch in _batches(data, config, start=start):
        if is_refresh(step, config.train):
            trio.refresh()
        _set_learning_rate(optimiser, config.train, step)
        yield train_step(trio, optimiser, batch, data.mirror, config, step=step, device=device)


def is_refresh(step: int, train: TrainConfig) -> bool:
    """Whether A_prev and B_prev are refreshed between `step` steps done and the next one.

    Steps that fill no whole epoch belong to the last one: a refresh shortly before the end would leave the ranking
    snapshots that hardly differ from the teachers.
    """
    return 0 < step <= train.steps - train.snapshot_every and step % train.snapshot_every == 0


def make_optimiser(trio: Trio, train: TrainConfig) -> torch.optim.Adam:
    """The one Adam over A, B and C, without weight decay (method.md section 8)."""
    return torch.optim.Adam(trio.parameters(), lr=train.learning_rate)


def train_step(
    trio: Trio,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    mirror: Int[Tensor, "K"],
    config: RoundConfig,
    *,
    step: int,
    device: torch.device,
) -> StepLog:
    """One joint step (method.md section 13): labelled pass, teachers' easy pass, hard pass, one descent."""
    generator = step_generator(config.seed, step)
    images, target, weight = labelled_view(batch, mirror, config, generator=generator, device=device)
    losses = {
        f"{name}_labelled": config.train.supervised_weight * heatmap_loss(network(images), target, weight)
        for name, network in trio.networks().items()
    }
    taught = None
    if batch.unlabelled is not None:
        taught = teach(trio, batch.unlabelled, config, generator=generator, device=device)
        losses |= {name: config.train.unsupervised_weight * loss for name, loss in taught.losses.items()}
    loss = torch.stack(list(losses.values())).sum()
    _descend(optimiser, loss, step)
    return _log(step + 1, loss, losses, taught)


def labelled_view(
    batch: Batch, mirror: Int[Tensor, "K"], config: RoundConfig, *, generator: torch.Generator, device: torch.device
) -> tuple[Float[Tensor, "L 3 H W"], Float[Tensor, "L K h w"], Float[Tensor, "L K"]]:
    """Easy views of the labelled persons, with targets and weights; mirrored persons swap left and right."""
    height, width = config.model.input_height, config.model.input_width
    images, matrices, mirrored = _easy(batch.crops, config, generator=generator, device=device)
    xyv = batch.xyv.to(device)
    xyv = torch.where(mirrored[:, None, None], xyv[:, mirror.to(device)], xyv)
    target, weight = encode_heatmaps(
        transform(matrices, xyv[..., :2]),
        xyv[..., 2] > 0,
        height=height // STRIDE,
        width=width // STRIDE,
        sigma=config.train.heatmap_sigma,
    )
    return images, target, weight


def teach(
    trio: Trio,
    crops: UInt8[Tensor, "U 3 H W"],
    config: RoundConfig,
    *,
    generator: torch.Generator,
    device: torch.device,
) -> Taught:
    """The unlabelled half of a step: A and B teach each other, the corrected pair teaches C (method.md sections 4-6).

    Each network sees its own occlusion of the easy view, placed by its teacher's keypoints, through one hard view that
    all three and their targets share.
    """
    easy, _, _ = _easy(crops, config, generator=generator, device=device)
    with torch.no_grad():
        a, b, a_prev, b_prev = (net(easy) for net in (trio.a, trio.b, trio.a_prev, trio.b_prev))
        correction = correct(a, b, a_prev, b_prev)
        mask = confident(a, b, above=config.train.mask_peak)
    targets = {"A": b, "B": a, "C": correction.target}
    height, width = easy.shape[-2:]
    hard = sample_hard(len(easy), config.views, height=height, width=width, generator=generator)
    to_image, to_heatmap = hard.image.to(device), hard.heatmap.to(device)
    losses = {}
    for name, network in trio.networks().items():
        occluded = _occlude(easy, targets[name], config, generator=generator)
        seen = _channels_last(warp(occluded, to_image, height=height, width=width))
        target = warp(targets[name], to_heatmap, height=height // STRIDE, width=width // STRIDE)
        losses[f"{name}_taught"] = heatmap_loss(network(seen), target, mask)
    return Taught(losses, correction, mask, mean_peak=(peak(a).mean() + peak(b).mean()) / 2)


def step_generator(seed: int, step: int) -> torch.Generator:
    """The chance of one step: a function of the round's seed and the step's number."""
    return torch.Generator().manual_seed(_mix(seed, step, 0))


def unlabelled_indices(count: int, batch: int, *, seed: int, step: int) -> list[int]:
    """Which unlabelled persons step `step` sees: shuffled passes over all of them, one after the other."""
    first = step * batch
    passes = range(first // count, (first + batch - 1) // count + 1)
    order = np.concatenate([np.random.default_rng(_mix(seed, number, 1)).permutation(count) for number in passes])
    start = first - passes[0] * count
    return [int(i) for i in order[start : start + batch]]


def labelled_indices(count: int, batch: int, *, seed: int, step: int) -> list[int]:
    """Which labelled persons step `step` sees: drawn with replacement (method.md section 2)."""
    return [int(i) for i in np.random.default_rng(_mix(seed, step, 2)).integers(count, size=batch)]


def _mix(*numbers: int) -> int:
    """One well-spread seed out of several small numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _batches(data: TrainingSet, config: RoundConfig, *, start: int) -> Iterator[tuple[int, Batch]]:
    """Every step from `start` on with its batch; the next batch is read while a step computes."""
    labelled, unlabelled, steps = data.labelled, data.unlabelled, config.train.steps
    if len(labelled.crops) == 0:
        raise TrainingError(
            "there is no labelled person to train on; wanted at least one. Label a few persons, then start the round."
        )

    def request(step: int) -> tuple[list[int], "Future[Tensor]", "Future[Tensor] | None"]:
        chosen = labelled_indices(len(labelled.crops), config.train.labelled_batch, seed=config.seed, step=step)
        if not unlabelled:
            return chosen, labelled.crops.request(chosen), None
        others = unlabelled_indices(len(unlabelled), config.train.unlabelled_batch, seed=config.seed, step=step)
        return chosen, labelled.crops.request(chosen), unlabelled.request(others)

    with labelled.crops.opened(), (unlabelled or labelled.crops).opened():
        upcoming = request(start) if start < steps else None
        for step in range(start, steps):
            assert upcoming is not None
            chosen, crops, others = upcoming
            upcoming = request(step + 1) if step + 1 < steps else None
            yield step, Batch(crops.result(), labelled.xyv[chosen], others.result() if others else None)


def _easy(
    crops: UInt8[Tensor, "B 3 P Q"], config: RoundConfig, *, generator: torch.Generator, device: torch.device
) -> tuple[Float[Tensor, "B 3 H W"], Float[Tensor, "B 3 3"], Tensor]:
    """Easy views out of stored crops, their input px -> easy px matrices, and who is mirrored."""
    frame = Frame(config.model.input_height, config.model.input_width)
    sampled, mirrored = sample_easy(
        len(crops), config.views, height=frame.height, width=frame.width, generator=generator
    )
    to_input = torch.eye(3)
    to_input[0, 2], to_input[1, 2] = -frame.shift[0], -frame.shift[1]
    stored = normalise(crops.to(device, non_blocking=True))
    images = warp(stored, (sampled @ to_input).to(device), height=frame.height, width=frame.width)
    return _channels_last(images), sampled.to(device), mirrored.to(device)


def _occlude(
    easy: Float[Tensor, "B 3 H W"],
    guide: Float[Tensor, "B K h w"],
    config: RoundConfig,
    *,
    generator: torch.Generator,
) -> Float[Tensor, "B 3 H W"]:
    """The easy views with patches over the keypoints that the guiding heatmaps show (method.md section 7)."""
    if config.views.occlusion == "off":
        return easy
    return cut_occlude(
        easy,
        decode_integer(guide) * STRIDE,
        patches=config.views.occlusion_patches,
        generator=generator,
        transposed=config.views.occlusion == "legacy",
    )


def _channels_last(images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
    """Measured twice as fast for the small backbones on a CPU (benchmarks/round_step.py)."""
    return images.contiguous(memory_format=torch.channels_last)


def _descend(optimiser: torch.optim.Optimizer, loss: Float[Tensor, ""], step: int) -> None:
    if not torch.isfinite(loss):
        raise TrainingError(
            f"the loss of step {step + 1} is {float(loss.detach())}; wanted a finite number. "
            "Lower train.learning_rate, or look for broken labels."
        )
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    optimiser.step()


def _set_learning_rate(optimiser: torch.optim.Optimizer, train: TrainConfig, step: int) -> None:
    """A tenth at each of the `decay_at` fractions of the steps (method.md section 8)."""
    passed = sum(step >= fraction * train.steps for fraction in train.decay_at)
    for group in optimiser.param_groups:
        group["lr"] = train.learning_rate * 0.1**passed


def _log(step: int, loss: Tensor, losses: dict[str, Tensor], taught: Taught | None) -> StepLog:
    values = {name: float(value.detach()) for name, value in losses.items()}
    if taught is None:
        return StepLog(step, float(loss.detach()), values, None, None, None)
    counts = torch.bincount(taught.correction.pair.flatten(), minlength=len(PAIRS)).float()
    return StepLog(
        step=step,
        loss=float(loss.detach()),
        losses=values,
        pair_frequency=tuple((counts / counts.sum()).tolist()),
        masked=float(1 - taught.mask.mean()),
        mean_peak=float(taught.mean_peak),
    )


def mean_frequency(logs: Sequence[StepLog]) -> tuple[float, ...] | None:
    """The pair frequencies over several steps; None if none of them had unlabelled persons."""
    counted = [log.pair_frequency for log in logs if log.pair_frequency is not None]
    return tuple(float(f) for f in np.mean(counted, axis=0)) if counted else None
