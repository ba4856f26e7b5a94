"""The one training loop of every method: joint steps, the snapshots' refreshes, one Adam (method.md sections 5 to 8).

No clock, no files: the caller times, stores and shows. Chance follows from the seed and the step's number
(sampling.py), so a run that goes on from a checkpoint draws exactly what an uninterrupted one would have drawn.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, distributed, nn

from sspcm.config import TIMM, RoundConfig, TrainConfig
from sspcm.crops.batches import Crops
from sspcm.crops.sampling import (
    ALONE,
    Share,
    labelled_indices,
    pseudo_indices,
    share_of,
    shuffled_indices,
    spread,
    step_generator,
    unlabelled_indices,
)
from sspcm.errors import TrainingError as TrainingError
from sspcm.left_out import held_out
from sspcm.method.step import LOSSES, Batch, JointStep, StepLog, compares_pairs, labelled_view, see
from sspcm.method.trio import Trio
from sspcm.training.anchor import Anchor

CHECK_EVERY = 25
"""On a GPU the losses are looked at after so many steps: looking waits for the device."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labelled persons: their crops, and their keypoints in input pixels with visibility; then pseudo-labelled ones."""

    crops: Crops
    xyv: Float[Tensor, "N K 3"]
    ids: tuple[int, ...] = ()
    """Who the labelled are, for `train.held_out`; their numbers in this order where nobody says."""
    pseudo: int = 0
    """How many of the persons, the last ones, are pseudo-labelled: nobody is measured by them."""

    @property
    def by_people(self) -> int:
        """How many a human labelled."""
        return len(self.crops) - self.pseudo


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Everything a training learns from. `mirror` is the skeleton's permutation."""

    labelled: Labelled
    unlabelled: Crops | None
    mirror: Int[Tensor, "K"]


def train(
    trio: Trio,
    optimiser: torch.optim.Optimizer,
    data: TrainingSet,
    config: RoundConfig,
    *,
    start: int,
    device: torch.device,
    share: Share = ALONE,
    anchor: Anchor | None = None,
) -> Iterator[StepLog]:
    """Train A, B and C together from step `start` on, one log a step.

    The snapshots are refreshed after every `snapshot_every` steps while a whole epoch is left: at the end they are at
    least one epoch old, which is what the ranking compares. A step's log comes before the refresh that follows it, so
    what is saved at that moment goes on with the refresh; by then, and at the end, every loss was seen to be finite.
    share: this process's part of every batch; with more than one, torch.distributed is initialised. anchor: what pulls
    the networks back after each step. Raises TrainingError naming the step whose loss is not finite.
    """
    _require_labels(data, config)
    trio.train()
    joint = _distributed(JointStep(trio, data.mirror, config, device), share)
    if config.train.compile:
        for network in trio.all():
            network.compile()  # one by one: the whole step does not compile (docs/adr/0011)
    unseen: list[StepLog] = []
    batches = _batches(data, config, start=start, device=device, share=share, networks=len(trio.networks()))
    for step, parts in batches:
        if is_refresh(step, config.train):
            trio.refresh()
        set_learning_rate(optimiser, config.train, step)
        log = train_step(joint, optimiser, parts, config, step=step, share=share)
        if anchor is not None:
            anchor.pull(rate_left(config.train, step))
        unseen.append(log)
        settled = is_refresh(log.step, config.train) or log.step == config.train.steps
        if settled or device.type == "cpu" or len(unseen) == CHECK_EVERY:
            _require_finite(unseen)
            unseen = []
        if settled:
            require_finite_weights(trio, log.step)
        yield log


def train_step(
    joint: nn.Module,
    optimiser: torch.optim.Optimizer,
    parts: Sequence[Batch],
    config: RoundConfig,
    *,
    step: int,
    share: Share = ALONE,
) -> StepLog:
    """One joint step (method.md section 13): every part's losses, their mean descended once.

    joint: a JointStep, or one that is distributed. parts: this process's share of the batch, in `train.accumulate`
    parts of the same size; each has its own batch statistics and its own batch mates.
    """
    optimiser.zero_grad(set_to_none=True)
    # A part is a rank: two processes draw what one process with two parts draws (docs/adr/0011).
    first, told = share.rank * len(parts), []
    for number, part in enumerate(parts):
        with _gradients_held(joint, until_last=number < len(parts) - 1):
            loss, names, values = joint(part, step_generator(config.seed, step, first + number))
            torch.autograd.backward(loss / len(parts))  # gradients of the parts add up
        told.append(values)
    values = torch.stack(told).mean(0)
    if share.world > 1:
        distributed.all_reduce(values)  # a sum
        values /= share.world
    optimiser.step()
    method = config.method
    return StepLog(step + 1, names, values, compares_pairs(method), start_votes=method.start_votes)


def train_supervised_network(
    network: nn.Module, labelled: Labelled, mirror: Int[Tensor, "K"], config: RoundConfig, device: torch.device
) -> Iterator[tuple[int, float]]:
    """Train one network on labels alone, easy views; gives (step, loss) after each step. For starting weights."""
    optimiser = torch.optim.Adam(network.parameters(), lr=config.train.learning_rate)
    network.train()
    data = TrainingSet(labelled=labelled, unlabelled=None, mirror=mirror)
    for step, parts in _batches(data, config, start=0, device=device, share=ALONE):
        set_learning_rate(optimiser, config.train, step)
        optimiser.zero_grad(set_to_none=True)
        losses = []
        for number, part in enumerate(parts):
            generator = step_generator(config.seed, step, number)
            images, target, weight = labelled_view(part, mirror, config, generator=generator, device=device)
            loss = LOSSES[config.train.loss](see(network, images, config.train.precision), target, weight)
            torch.autograd.backward(loss / len(parts))
            losses.append(float(loss.detach()))
        _require_finite_loss(float(np.mean(losses)), step + 1)
        optimiser.step()
        yield step + 1, float(np.mean(losses))


def is_refresh(step: int, train: TrainConfig) -> bool:
    """Whether A_prev and B_prev are refreshed between `step` steps done and the next one.

    Steps that fill no whole epoch belong to the last one: a refresh shortly before the end would leave the ranking
    snapshots that hardly differ from the teachers.
    """
    return 0 < step <= train.steps - train.snapshot_every and step % train.snapshot_every == 0


def make_optimiser(trio: Trio, train: TrainConfig) -> torch.optim.Adam:
    """The one Adam over the networks that learn, without weight decay (method.md section 8)."""
    return torch.optim.Adam(trio.parameters(), lr=train.learning_rate, fused=True)


def set_learning_rate(optimiser: torch.optim.Optimizer, train: TrainConfig, step: int) -> None:
    """A tenth at each of the `decay_at` fractions of the steps (method.md section 8)."""
    for group in optimiser.param_groups:
        group["lr"] = train.learning_rate * rate_left(train, step)


def rate_left(train: TrainConfig, step: int) -> float:
    """What part of `train.learning_rate` is left in the step after `step` of them."""
    passed = sum(step >= fraction * train.steps for fraction in train.decay_at)
    return float(0.1**passed)


def mean_frequency(logs: Sequence[StepLog]) -> tuple[float, ...] | None:
    """The pair frequencies over several steps; None if none of them compared pairs."""
    counted = [log.pair_frequency for log in logs if log.pair_frequency is not None]
    return tuple(float(f) for f in np.mean(counted, axis=0)) if counted else None


def _batches(
    data: TrainingSet, config: RoundConfig, *, start: int, device: torch.device, share: Share, networks: int = 1
) -> Iterator[tuple[int, list[Batch]]]:
    """Every step from `start` on with this process's parts; the next ones are read while a step computes."""
    labelled, train = data.labelled, config.train
    unlabelled = data.unlabelled if config.method.paths else None
    seed, pin = config.seed, device.type == "cuda"

    def request(step: int) -> tuple[list[int], "Future[Tensor]", "Future[Tensor] | None"]:
        # Every process draws for the whole step: no word between them is needed to agree.
        chosen = _labelled_of_step(labelled, config, step=step, share=share, networks=networks)
        if not unlabelled or step < train.teach_from * train.steps:
            return chosen, labelled.crops.request(chosen), None
        others = unlabelled_indices(len(unlabelled), train.unlabelled_batch, seed=seed, step=step)
        return chosen, labelled.crops.request(chosen), unlabelled.request(share_of(others, share))

    with labelled.crops.opened(), unlabelled.opened() if unlabelled else nullcontext():
        upcoming = request(start) if start < train.steps else None
        for step in range(start, train.steps):
            assert upcoming is not None
            chosen, crops, others = upcoming
            upcoming = request(step + 1) if step + 1 < train.steps else None  # asked before waiting for this one
            pixels, other_pixels = _pinned(crops.result(), pin), _pinned(others.result(), pin) if others else None
            yield step, _in_parts(Batch(pixels, labelled.xyv[chosen], other_pixels), count=train.accumulate)


def _labelled_of_step(labelled: Labelled, config: RoundConfig, *, step: int, share: Share, networks: int) -> list[int]:
    """Which labelled and pseudo-labelled persons this process looks at; with draws of their own, the networks' in turn
    in each part."""
    ids, pseudo = labelled.ids or range(labelled.by_people), config.train.pseudo_batch if labelled.pseudo else 0
    batch, seed, parts = config.train.labelled_batch - pseudo, config.seed, config.train.accumulate

    def learned_by(network: int) -> list[int]:
        left_out = set(left_out_of(ids, config, network=network))
        return [i for i in range(len(ids)) if i not in left_out]

    def with_pseudo(drawn: Sequence[int], network: int) -> list[int]:
        others = pseudo_indices(labelled.pseudo, pseudo, seed=seed, step=step, network=network)
        return share_of(spread(drawn, [len(ids) + i for i in others]), share)

    if config.train.draws == "shared":
        everybody = learned_by(0)
        drawn = labelled_indices(len(everybody), batch, seed=seed, step=step)
        return with_pseudo([everybody[i] for i in drawn], 0)
    own = []
    for network in range(networks):
        learned = learned_by(network)
        drawn = shuffled_indices(len(learned), batch, seed=seed, step=step, network=network)
        own.append(with_pseudo([learned[i] for i in drawn], network))
    size = len(own[0]) // parts
    return [i for part in range(parts) for each in own for i in each[part * size : (part + 1) * size]]


def left_out_of(ids: Sequence[int], config: RoundConfig, *, network: int) -> list[int]:
    """Which labelled persons the network of this number never learns from; all the same where they share batches."""
    number = network if config.train.draws == "own" else 0
    return held_out(ids, config.train.held_out, network=number)


def _pinned(crops: Tensor, pin: bool) -> Tensor:
    """In memory that a GPU reads while it computes; crops that are on it already stay there."""
    return crops.pin_memory() if pin and crops.device.type == "cpu" else crops


def _in_parts(batch: Batch, *, count: int) -> list[Batch]:
    if count == 1:
        return [batch]
    # Parts of one size: a batch that cannot be divided was refused (docs/training.md).
    unlabelled = batch.unlabelled.chunk(count) if batch.unlabelled is not None else (None,) * count
    return [Batch(*part) for part in zip(batch.crops.chunk(count), batch.xyv.chunk(count), unlabelled, strict=True)]


def _distributed(joint: JointStep, share: Share) -> nn.Module:
    """The step as it is, or its gradients averaged over all processes while they are computed."""
    if share.world == 1:
        return joint
    names = (joint.config.model.backbone, joint.config.model.student_backbone)
    unused = any(name.startswith(TIMM) for name in names)  # HRNet's last coarse branches feed no heatmap
    return nn.parallel.DistributedDataParallel(joint, find_unused_parameters=unused)


def _gradients_held(joint: nn.Module, *, until_last: bool) -> AbstractContextManager[object]:
    """Processes exchange gradients once a step, after its last part."""
    if until_last and isinstance(joint, nn.parallel.DistributedDataParallel):
        held: AbstractContextManager[object] = joint.no_sync()
        return held
    return nullcontext()


def _require_labels(data: TrainingSet, config: RoundConfig) -> None:
    """Early: persons, keypoints of the skeleton, and at least one of them inside a crop."""
    count = data.labelled.by_people
    xyv = data.labelled.xyv[:count]
    if count == 0:
        raise TrainingError(
            "there is no labelled person to train on; wanted at least one. Label a few persons, then start the round."
        )
    if xyv.shape[1] != len(data.mirror):
        raise TrainingError(
            f"the labelled persons have {xyv.shape[1]} keypoints, the skeleton {len(data.mirror)}; wanted the same. "
            "Choose the skeleton that the labels were made with."
        )
    size = xyv.new_tensor([config.model.input_width, config.model.input_height])  # 2, as x and y
    inside = ((xyv[..., :2] >= 0) & (xyv[..., :2] < size)).all(-1) & (xyv[..., 2] > 0)
    if not inside.any():
        raise TrainingError(
            f"none of the {count} labelled persons has a keypoint inside their crop, so every batch would be masked "
            "entirely; wanted at least one. Look whether boxes and keypoints belong to these images."
        )


def _require_finite(logs: Sequence[StepLog]) -> None:
    for log in logs:
        _require_finite_loss(log.loss, log.step)


def require_finite_weights(trio: Trio, step: int) -> None:
    """A step may ruin the weights after a finite loss; then nothing of them is to be kept. Raises TrainingError."""
    if not all(bool(torch.isfinite(parameter).all()) for parameter in trio.parameters()):
        raise TrainingError(
            f"weights are not finite after step {step}; wanted finite ones. "
            "Lower train.learning_rate; the last checkpoint is as it was."
        )


def _require_finite_loss(loss: float, step: int) -> None:
    if not np.isfinite(loss):
        raise TrainingError(
            f"the loss of step {step} is {loss}; wanted a finite number. "
            "Lower train.learning_rate, or look for broken labels."
        )
