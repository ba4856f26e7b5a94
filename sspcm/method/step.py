"""What one joint step computes: every method's losses out of one batch (method.md sections 3 to 7 and 13)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from sspcm.config import Loss, MethodConfig, Precision, RoundConfig
from sspcm.crops.batches import Frame
from sspcm.method.correction import (
    PAIRS,
    PAIRS_WITH_START,
    Correction,
    agreed,
    confident,
    correct,
    plain_mean,
    start_alone,
)
from sspcm.method.losses import cross_entropy_loss, heatmap_loss
from sspcm.method.occlude import occlude
from sspcm.method.send import send
from sspcm.method.trio import Trio, batch_norms, heatmaps_of
from sspcm.method.views import HardView, look, normalise, sample_easy, sample_hard, sampling_grid, transform
from sspcm.networks.heatmaps import (
    GRID,
    HeatmapGrid,
    decode_integer,
    decode_subpixel,
    encode_exact_heatmaps,
    encode_heatmaps,
    peak,
)


@dataclass(frozen=True, eq=False)
class Batch:
    """One step's persons, or a part of them, as stored crops; `unlabelled` is None in supervised training.

    Where each network has its own labelled persons, theirs follow one another in the networks' order.
    """

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


@dataclass(frozen=True, eq=False)
class StepLog:
    """One step done. `loss` is the weighted sum of `losses`; the other figures are None without unlabelled persons.

    pair_frequency: share of keypoints that took each of PAIRS, with the start's where it votes, None where a method
    compares no pairs; start_alone: share where A and B mean one place and the start another; masked: share not
    confident enough to teach, of all and of each keypoint; mean_peak: of A and B on unlabelled persons; apart: mean
    distance of A and B, heatmap pixels. Falling peaks mean a collapse to background (method.md section 13).
    The figures are a tensor on the device; the first one read waits for it.
    """

    step: int
    names: tuple[str, ...]
    values: Float[Tensor, "F"]
    compares_pairs: bool = False
    start_votes: bool = False

    @cached_property
    def _figures(self) -> list[float]:
        return [float(value) for value in self.values.tolist()]

    @property
    def losses(self) -> dict[str, float]:
        """By name: A_labelled, A_taught, ..."""
        return dict(zip(self.names, self._figures, strict=False))  # teaching's figures follow

    @property
    def loss(self) -> float:
        """Their sum, which the step descended."""
        return sum(self.losses.values())

    @property
    def teaches(self) -> bool:
        """Whether unlabelled persons took part."""
        return bool(self._taught)

    @property
    def mean_peak(self) -> float | None:
        """Of A and B on unlabelled persons."""
        return self._taught[0] if self._taught else None

    @property
    def apart(self) -> float | None:
        """Mean distance of A and B on unlabelled persons, heatmap pixels."""
        return self._taught[1] if self._taught else None

    @property
    def pair_frequency(self) -> tuple[float, ...] | None:
        """Shares of PAIRS, or of PAIRS_WITH_START."""
        return tuple(self._taught[2 : 2 + self._pairs]) if self._taught and self.compares_pairs else None

    @property
    def start_alone(self) -> float | None:
        """Share of keypoints about which A and B agree and the start does not; None where it does not vote."""
        return self._taught[2 + self._pairs] if self._taught and self.start_votes else None

    @property
    def masked(self) -> float | None:
        """Share of all keypoints that taught nobody."""
        shares = self.masked_by_keypoint
        return sum(shares) / len(shares) if shares else None

    @property
    def masked_by_keypoint(self) -> tuple[float, ...] | None:
        """Share of each keypoint that taught nobody."""
        return tuple(self._taught[2 + self._pairs + self.start_votes :]) if self._taught else None

    @property
    def _pairs(self) -> int:
        return len(PAIRS_WITH_START if self.start_votes else PAIRS)

    @property
    def _taught(self) -> list[float]:
        return self._figures[len(self.names) :]


LOSSES: dict[Loss, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "heatmap": heatmap_loss,
    "cross_entropy": cross_entropy_loss,
}
ENCODERS: dict[Loss, Callable[..., tuple[Tensor, Tensor]]] = {
    "heatmap": encode_heatmaps,
    "cross_entropy": encode_exact_heatmaps,
}
View = tuple[Float[Tensor, "L 3 H W"], Float[Tensor, "L J h w"], Float[Tensor, "L J"]]
"""Images, targets and weights."""


class JointStep(nn.Module):
    """The losses of one batch as one forward pass, so that processes can share it (training.py)."""

    def __init__(self, trio: Trio, mirror: Int[Tensor, "K"], config: RoundConfig, device: torch.device) -> None:
        """Holds the trio's networks as they are; `mirror` is the skeleton's permutation."""
        super().__init__()
        self.trio, self.config, self.device = trio, config, device
        self.mirror = mirror.to(device)
        # A Trio is no module, so this registers what learns, and no snapshot, for DistributedDataParallel.
        self.learning = nn.ModuleDict({str(name): network for name, network in trio.networks().items()})

    def forward(
        self, batch: Batch, generator: torch.Generator
    ) -> tuple[Float[Tensor, ""], tuple[str, ...], Float[Tensor, "F"]]:
        """The loss to descend, the names of its terms, and the figures of a StepLog: terms first."""
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(generator.initial_seed())  # timm nets that drop paths draw from the global generator
            return self._losses(batch, generator)

    def _losses(
        self, batch: Batch, generator: torch.Generator
    ) -> tuple[Float[Tensor, ""], tuple[str, ...], Float[Tensor, "F"]]:
        config = self.config
        networks, loss_of = self.trio.networks(), LOSSES[config.train.loss]
        views = self._labelled_views(batch, generator)
        losses = {
            f"{name}_labelled": config.train.supervised_weight
            * loss_of(see(network, images, config.train.precision), target, weight)
            for (name, network), (images, target, weight) in zip(networks.items(), views, strict=True)
        }
        told: list[Tensor] = []
        if batch.unlabelled is not None and config.method.paths:
            keypoints, device = len(self.mirror), self.device
            taught = teach(self.trio, batch.unlabelled, config, keypoints=keypoints, generator=generator, device=device)
            losses |= {name: config.train.unsupervised_weight * loss for name, loss in taught.losses.items()}
            told = _figures(taught, keypoints=len(self.mirror))
        terms = torch.stack(list(losses.values()))
        return terms.sum(), tuple(losses), torch.cat([terms.detach(), *told])

    def _labelled_views(self, batch: Batch, generator: torch.Generator) -> Iterator[View]:
        """What each network sees of the labelled persons: all the same, or their own."""
        count, own = len(self.trio.networks()), self.config.train.draws == "own"
        parts = (
            zip(batch.crops.chunk(count), batch.xyv.chunk(count), strict=True) if own else ((batch.crops, batch.xyv),)
        )
        views = [
            labelled_view(
                Batch(crops, xyv, None),
                self.mirror,
                self.config,
                generator=generator,
                device=self.device,
                grid=self.trio.grid,
            )
            for crops, xyv in parts
        ]
        return iter(views) if own else repeat(views[0], count)


def labelled_view(
    batch: Batch,
    mirror: Int[Tensor, "K"],
    config: RoundConfig,
    *,
    generator: torch.Generator,
    device: torch.device,
    grid: HeatmapGrid = GRID,
) -> tuple[Float[Tensor, "L 3 H W"], Float[Tensor, "L J h w"], Float[Tensor, "L J"]]:
    """Easy views of the labelled persons, with targets and weights; mirrored persons swap left and right.

    J is K, or the released code's 24 with `model.channels` "legacy": the further ones weigh nothing.
    """
    height, width = config.model.input_height, config.model.input_width
    # L 3 H W; L 3 3, input px -> easy px; L
    images, matrices, mirrored = _easy(batch.crops, config, generator=generator, device=device)
    xyv = send(batch.xyv, device)
    xyv = torch.where(mirrored[:, None, None], xyv[:, mirror.to(device)], xyv)  # L K 3
    target, weight = ENCODERS[config.train.loss](
        transform(matrices, xyv[..., :2]),
        xyv[..., 2] > 0,
        height=height // grid.stride,
        width=width // grid.stride,
        sigma=config.train.heatmap_sigma,
        grid=grid,
    )
    unsupervised = heatmaps_of(config.model, len(mirror)) - len(mirror)
    if unsupervised:
        target = nn.functional.pad(target, (0, 0, 0, 0, 0, unsupervised))  # pad names the last axis first: w, h, then J
        weight = nn.functional.pad(weight, (0, unsupervised))
    return images, target, weight


def teach(
    trio: Trio,
    crops: UInt8[Tensor, "U 3 H W"],
    config: RoundConfig,
    *,
    keypoints: int,
    generator: torch.Generator,
    device: torch.device,
) -> Taught:
    """The unlabelled half of a step: A and B teach each other, the method's target teaches C (method.md sections 4-6).

    On every path each network sees its own occlusion of the easy view, placed by its teacher's keypoints, through one
    hard view that all networks, paths and targets share.
    """
    method, precision, grid, loss_of = config.method, config.train.precision, trio.grid, LOSSES[config.train.loss]
    easy, _, _ = _easy(crops, config, generator=generator, device=device)
    with torch.no_grad():
        a, b, correction = _teachers_word(trio, easy, config)  # U J h w, twice
        mask = confident(a, b, above=config.train.mask_peak) if method.mask else a.new_ones(a.shape[:2])
        if config.train.mask_apart:
            mask = mask * agreed(correction, within=config.train.mask_apart)
        mask[:, keypoints:] = 0  # beyond K nothing is ever supervised (method.md section 3)
    targets = {"A": b, "B": a, "C": correction.target}  # A and B get the other's raw word; only C's is corrected
    height, width = easy.shape[-2:]
    hard = sample_hard(len(easy), config.views, height=height, width=width, generator=generator, grid=grid)
    image_grid = sampling_grid(send(hard.image, device), source=(height, width), height=height, width=width)  # U H W 2
    size = a.shape[-2:]
    heatmap_grid = sampling_grid(send(hard.heatmap, device), source=(size[0], size[1]), height=size[0], width=size[1])
    losses = {}
    for name, network in trio.networks().items():
        # U J 2 in crop pixels; U J h w
        guide, target, weight = grid.to_crop(decode_integer(targets[name])), look(targets[name], heatmap_grid), mask
        if config.train.loss == "cross_entropy":
            target, inside = _encoded_anew(targets[name], hard, config, grid=grid)
            weight = mask * inside
        paths = []
        for path in method.paths:
            occluded = occlude(easy, guide, path, config.views, generator=generator)
            seen = channels_last(look(occluded, image_grid))
            paths.append(loss_of(see(network, seen, precision), target, weight))
        losses[f"{name}_taught"] = torch.stack(paths).sum()
    told = (peak(a)[:, :keypoints] + peak(b)[:, :keypoints]) / 2  # U K
    return Taught(losses, correction, mask, mean_peak=told.mean())


def _encoded_anew(
    taught: Float[Tensor, "U J h w"], hard: HardView, config: RoundConfig, *, grid: HeatmapGrid
) -> tuple[Float[Tensor, "U J h w"], Float[Tensor, "U J"]]:
    """A Gaussian at each heatmap's peak, in the hard view, and whether it lies inside: blurs would blur a student."""
    xy = transform(send(hard.image, taught.device), grid.to_crop(decode_subpixel(taught)))
    height, width = taught.shape[-2:]
    everywhere = torch.ones(xy.shape[:2], dtype=torch.bool, device=xy.device)
    return encode_exact_heatmaps(
        xy, everywhere, height=height, width=width, sigma=config.train.heatmap_sigma, grid=grid
    )


def see(network: nn.Module, images: Float[Tensor, "B 3 H W"], precision: Precision) -> Float[Tensor, "B J h w"]:
    """The network's heatmaps in float32, computed in the given precision."""
    if precision == "float32":
        heatmaps: Tensor = network(images)
        return heatmaps
    with torch.autocast(images.device.type, dtype=torch.bfloat16):
        heatmaps = network(images)
    return heatmaps.float()


def compares_pairs(method: MethodConfig) -> bool:
    """Whether the snapshots' word counts: only for a student's corrected target."""
    return method.student and method.target == "closest_pair" and bool(method.paths)


def channels_last(images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
    """Measured twice as fast for the small backbones on a CPU (benchmarks/round_step.py)."""
    return images.contiguous(memory_format=torch.channels_last)


def _teachers_word(
    trio: Trio, easy: Float[Tensor, "U 3 H W"], config: RoundConfig
) -> tuple[Float[Tensor, "U J h w"], Float[Tensor, "U J h w"], Correction]:
    """A's and B's heatmaps of the easy views, and what they, with the snapshots if need be, teach C."""
    precision = config.train.precision
    with _statistics(trio, frozen=config.train.teacher_statistics == "frozen"):
        a, b = (see(network, easy, precision) for network in (trio.a, trio.b))
    if not compares_pairs(config.method):
        return a, b, plain_mean(a, b)
    # their momentum is 0 (trio.py)
    a_prev, b_prev = (see(network, easy, precision) for network in (trio.a_prev, trio.b_prev))
    start = None if trio.start is None else see(trio.start, easy, precision)
    return a, b, correct(a, b, a_prev, b_prev, start)


@contextmanager
def _statistics(trio: Trio, *, frozen: bool) -> Iterator[None]:
    """Inside, the teachers' running statistics stay as they are, if frozen; batch statistics are used all the same."""
    norms = [norm for network in (trio.a, trio.b) for norm in batch_norms(network)] if frozen else []
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def _easy(
    crops: UInt8[Tensor, "B 3 P Q"], config: RoundConfig, *, generator: torch.Generator, device: torch.device
) -> tuple[Float[Tensor, "B 3 H W"], Float[Tensor, "B 3 3"], Tensor]:
    """Easy views out of stored crops, their input px -> easy px matrices, and who is mirrored."""
    frame = Frame(config.model.input_height, config.model.input_width)
    height, width = frame.height, frame.width
    sampled, mirrored = sample_easy(len(crops), config.views, height=height, width=width, generator=generator)
    to_input = torch.eye(3)
    to_input[0, 2], to_input[1, 2] = -frame.shift[0], -frame.shift[1]
    stored = normalise(send(crops, device), config.model.pixels)
    source = (frame.stored_height, frame.stored_width)
    # stored px -> input px -> easy px, in one warp: the pixels are interpolated once
    grid = sampling_grid(send(sampled @ to_input, device), source=source, height=height, width=width)
    return channels_last(look(stored, grid)), send(sampled, device), send(mirrored, device)


def _figures(taught: Taught, *, keypoints: int) -> list[Tensor]:
    """What a StepLog tells of teaching, in its order: mean peak, distance, pairs, the start alone, masked shares."""
    pairs, distances = taught.correction.pair[:, :keypoints], taught.correction.distances[:, :keypoints]
    chosen = torch.stack([(pairs == number).float().mean() for number in range(distances.shape[-1])])
    masked = 1 - taught.mask[:, :keypoints].mean(0)
    votes = distances.shape[-1] == len(PAIRS_WITH_START)
    alone = [start_alone(taught.correction)[:, :keypoints].mean()[None]] if votes else []
    return [taught.mean_peak[None], distances[..., 0].mean()[None], chosen, *alone, masked]  # 1, 1, 4 or 6, 0 or 1, K
