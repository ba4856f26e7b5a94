"""What a pose model wants to see and how it answers, told from the shapes of its input and outputs alone.

Three layouts are known: MoveNet's coordinates, top-down heatmaps, and SimCC's two axes. Nothing here runs a model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8

from sspcm.geometry import apply, heatmap_matrix
from sspcm.skeletons.skeleton import BUILT_IN

Kind = Literal["movenet", "heatmaps", "simcc"]
BOX_SCALE: dict[Kind, float] = {"movenet": 1.15, "heatmaps": 1.25, "simcc": 1.25}
"""The crop over the box: measured for MoveNet (docs/log.md), what they were trained with for the others."""
Outputs = Mapping[str, np.ndarray]
Poses = Float[np.ndarray, "N K 3"]
"""x, y in crop pixels and confidence in [0, 1], a crop and keypoint each."""

MEAN = np.array([123.675, 116.28, 103.53], dtype=np.float32)
STD = np.array([58.395, 57.12, 57.375], dtype=np.float32)
"""ImageNet's, of RGB in 0..255: what MMPose's models, HRNet, ViTPose and RTMPose were trained with."""

DTYPES = {"float": np.float32, "float16": np.float16, "uint8": np.uint8, "int32": np.int32}
"""ONNX's names of the numbers a picture can be made of."""
SIDES = (8, 2048)
"""Pixels of a crop's shorter and longer side; the largest known pose model takes 1,280."""
MOST_CROPS = 256
MOST_PIXELS = 32_000_000
COCO = BUILT_IN["coco-17"].keypoints
WANTED = (
    "Wanted one of: MoveNet for one person ([1,S,S,3] -> [1,1,17,3]), top-down heatmaps ([N,3,H,W] -> [N,17,h,w]), "
    "or SimCC as in RTMPose ([N,3,H,W] -> [N,17,W*r] and [N,17,H*r]), for COCO's 17 keypoints. "
    "Export such a model, with a fixed height and width and without post-processing."
)


class PoseModelError(ValueError):
    """A file that is no pose model we can run; the message says what was found, what is wanted and what to do."""


@dataclass(frozen=True)
class Tensor:
    """An input or output as the file declares it; a size that the file leaves open is None."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str

    def __str__(self) -> str:
        sizes = ",".join("?" if size is None else str(size) for size in self.shape)
        return f"{self.name} {self.dtype}[{sizes}]"


def refusal(name: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> PoseModelError:
    """The error for a model of no known layout: what it has, what is wanted."""
    found = f"inputs {_listed(inputs)}; outputs {_listed(outputs)}"
    return PoseModelError(f"{name} is no pose model of a known layout. Found {found}. {WANTED}")


def _listed(tensors: Sequence[Tensor]) -> str:
    """The first few; a model may have thousands."""
    return ", ".join(str(one)[:100] for one in tensors[:4]) + (", ..." if len(tensors) > 4 else "") or "none"


@dataclass(frozen=True)
class Layout:
    """How to talk to one model: crops of `height` x `width` in, `count` poses at a time out."""

    kind: Kind
    height: int
    width: int
    batch: int | None
    """How many crops it takes at once; None: any number."""
    dtype: str
    keypoints: tuple[str, ...]
    _decode: Callable[[Outputs], Poses]
    axes: tuple[str, str] | None = None
    """SimCC: the names of the outputs across and down."""
    ratio: int = 0
    """SimCC: how many of their bins a crop pixel has."""

    def prepare(self, crops: UInt8[np.ndarray, "N H W 3"]) -> np.ndarray:
        """RGB crops as the model's input."""
        if self.kind == "movenet":
            return crops.astype(DTYPES[self.dtype])
        normed = (crops.astype(np.float32) - MEAN) / STD
        return np.ascontiguousarray(normed.transpose(0, 3, 1, 2)).astype(DTYPES[self.dtype])

    def decode(self, outputs: Outputs) -> Poses:
        """Its answer in crop pixels."""
        return self._decode(outputs)


@dataclass(frozen=True)
class Frame:
    """What an input says about the crops it takes, before the outputs are known."""

    kind: Literal["rows", "planes"]
    height: int
    width: int
    batch: int | None
    dtype: str


def check_size(name: str, frame: Frame) -> None:
    """Raises PoseModelError for crops that are no person's, or so many that memory would not hold them."""
    sides, batch = (frame.height, frame.width), frame.batch or 1
    fits = min(sides) >= SIDES[0] and max(sides) <= SIDES[1]
    if fits and batch <= MOST_CROPS and batch * frame.height * frame.width <= MOST_PIXELS:
        return
    raise PoseModelError(
        f"{name} takes crops of {frame.height:,} x {frame.width:,} pixels, {batch:,} at a time; wanted sides from "
        f"{SIDES[0]} to {SIDES[1]:,}, at most {MOST_CROPS} at a time and {MOST_PIXELS:,} pixels in all. "
        "Export the model with the input it was trained with."
    )


def read_input(inputs: Sequence[Tensor]) -> Frame | None:
    """The crops that a model with these inputs takes; None where they are not pictures of a fixed size."""
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].dtype not in DTYPES:
        return None
    batch, *rest = inputs[0].shape
    dtype = inputs[0].dtype
    match rest:
        case [int(height), int(width), 3]:
            return Frame("rows", height, width, batch, dtype)
        case [3, int(height), int(width)] if dtype in ("float", "float16"):
            return Frame("planes", height, width, batch, dtype)
    return None


def recognise(frame: Frame, outputs: Mapping[str, tuple[int, ...]]) -> Layout | None:
    """The layout of a model that answered with outputs of these shapes; None where it is no known one."""
    shapes = list(outputs.items())
    if frame.kind == "rows":
        return _movenet(frame, shapes)
    return _heatmaps(frame, shapes) or _simcc(frame, shapes)


def _movenet(frame: Frame, shapes: Sequence[tuple[str, tuple[int, ...]]]) -> Layout | None:
    match shapes:
        case [(name, (_, 1, count, 3))] if count == len(COCO):
            size = np.array([frame.width, frame.height])

            def decode(outputs: Outputs) -> Poses:
                yxc = outputs[name][:, 0].astype(np.float64)
                return _poses(yxc[..., 1::-1] * size, yxc[..., 2])

            return Layout("movenet", frame.height, frame.width, frame.batch, frame.dtype, COCO, decode)
    return None


def _heatmaps(frame: Frame, shapes: Sequence[tuple[str, tuple[int, ...]]]) -> Layout | None:
    match shapes:
        case [(name, (_, count, height, width))] if count == len(COCO):
            stride, rest = divmod(frame.height, height)
            if rest or stride < 1 or frame.width != stride * width:
                return None
            to_crop = np.linalg.inv(heatmap_matrix(stride))

            def decode(outputs: Outputs) -> Poses:
                uv, peak = decode_peaks(outputs[name].astype(np.float64))
                return _poses(apply(to_crop, uv), peak)

            return Layout("heatmaps", frame.height, frame.width, frame.batch, frame.dtype, COCO, decode)
    return None


def _simcc(frame: Frame, shapes: Sequence[tuple[str, tuple[int, ...]]]) -> Layout | None:
    """Which output is which axis: by its name where that ends in _x or _y, else by its length."""
    match shapes:
        case [(first, (_, count, first_bins)), (second, (_, other, second_bins))] if count == other == len(COCO):
            bins = {first: first_bins, second: second_bins}
        case _:
            return None
    for across, down in ((first, second), (second, first)):
        ratio, rest = divmod(bins[across], frame.width)
        fits = rest == 0 and ratio >= 1 and bins[down] == ratio * frame.height
        if fits and not (across.endswith("_y") or down.endswith("_x")):
            break
    else:
        return None

    def decode(outputs: Outputs) -> Poses:
        xs, ys = outputs[across].astype(np.float64), outputs[down].astype(np.float64)
        xy = np.stack([xs.argmax(-1), ys.argmax(-1)], axis=-1) / ratio
        return _poses(xy, np.minimum(xs.max(-1), ys.max(-1)))

    axes = (across, down)
    return Layout("simcc", frame.height, frame.width, frame.batch, frame.dtype, COCO, decode, axes, ratio)


def _poses(xy: Float[np.ndarray, "N K 2"], confidence: Float[np.ndarray, "N K"]) -> Poses:
    """Confidences of heatmaps and of SimCC may leave [0, 1] by a little."""
    return np.concatenate([xy, np.clip(confidence, 0.0, 1.0)[..., None]], axis=-1)


def decode_peaks(
    heatmaps: Float[np.ndarray, "N K h w"],
) -> tuple[Float[np.ndarray, "N K 2"], Float[np.ndarray, "N K"]]:
    """The peak's x, y in heatmap pixels, and its height.

    Refined along each axis by the parabola through log values, as `networks.heatmaps.decode_subpixel` does it.
    """
    count, keypoints, height, width = heatmaps.shape
    index = heatmaps.reshape(count, keypoints, -1).argmax(-1)
    rows, columns = index // width, index % width
    each = np.indices((count, keypoints))

    def log_at(row: np.ndarray, column: np.ndarray) -> np.ndarray:
        value = heatmaps[each[0], each[1], row.clip(0, height - 1), column.clip(0, width - 1)]
        return np.asarray(np.log(value.clip(min=1e-6)))

    middle = log_at(rows, columns)
    shift_x = _parabola_shift(log_at(rows, columns - 1), middle, log_at(rows, columns + 1))
    shift_y = _parabola_shift(log_at(rows - 1, columns), middle, log_at(rows + 1, columns))
    x = columns + shift_x * ((columns > 0) & (columns < width - 1))
    y = rows + shift_y * ((rows > 0) & (rows < height - 1))
    return np.stack([x, y], axis=-1), heatmaps.max((-2, -1))


def _parabola_shift(before: np.ndarray, middle: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Where the parabola through three neighbours peaks, from the middle one, in [-0.5, 0.5]; 0 without a peak."""
    curvature = 2 * middle - before - after
    shift = (after - before) / (2 * np.maximum(curvature, 1e-6))
    return np.clip(np.where(curvature > 1e-6, shift, 0.0), -0.5, 0.5)
