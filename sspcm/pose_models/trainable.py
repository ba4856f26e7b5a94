"""What a round's settings must say to start from a pose model, told from what the file declares; nothing runs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sspcm.pose_models.layouts import BOX_SCALE, COCO, Kind, PoseModelError, Tensor, read_input, refusal
from sspcm.pose_models.onnx_file import declared, read_layers
from sspcm.skeletons.skeleton import find_keypoints

_HEADS: dict[Kind, int] = {"movenet": 4, "heatmaps": 1, "simcc": 1}
"""Convolutions that a model has at least; one without them computes by rules, and has nothing to learn with."""
_TRAIN: dict[Kind, dict[str, Any]] = {
    "movenet": {},  # its heatmaps are weighed, and only compared
    "heatmaps": {"loss": "heatmap", "heatmap_sigma": 2.0},  # trained by their squared error they go on by it
    "simcc": {"heatmap_sigma": 0.7},  # cells of 4 crop pixels; its own places are sharper than MoveNet's
}
MULTIPLE = 32
"""A round's crops have sides of this many pixels, or times it."""
_NAMED = 4
"""Of keypoints, in a message."""


def trainable_settings(path: Path, *, name: str, keypoints: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Nested settings over the preset "imported". keypoints: of the skeleton to be trained, if there is one yet.

    Raises PoseModelError for a model that no round with this skeleton can start from, as far as it declares. A file
    that passes here may still be refused by the round, which converts and runs it.
    """
    try:
        inputs, outputs = declared(path, name)
    except OSError as error:
        raise PoseModelError(f"{name} cannot be read ({error.strerror}). Give the file again.") from error
    frame = read_input(inputs)
    kind = None if frame is None else _kind(frame.kind, outputs)
    if frame is None or kind is None:
        raise refusal(name, inputs, outputs)
    if frame.height % MULTIPLE or frame.width % MULTIPLE:
        raise PoseModelError(
            f"{name} takes crops of {frame.height} x {frame.width} pixels; training wants sides of {MULTIPLE} pixels "
            "or times that. Export it so, or give another."
        )
    if frame.dtype == "float16":
        raise PoseModelError(f"{name} computes in 16-bit floats; training wants 32-bit ones. Export it so.")
    layers = read_layers(path)
    if layers.is_quantised:
        raise PoseModelError(f"{name} is quantised; training wants 32-bit floats. Export it so.")
    if layers.convolutions < _HEADS[kind]:
        raise PoseModelError(
            f"{name} has {layers.convolutions or 'no'} plain convolutions; training wants {_HEADS[kind]} or more. "
            "Give a model whose layers can learn."
        )
    _check_keypoints(name, kind, has_place=kind == "movenet" or layers.last == "Conv", keypoints=keypoints)
    model = {"input_height": frame.height, "input_width": frame.width, "box_scale": BOX_SCALE[kind]}
    return {"model": model, "train": _TRAIN[kind]}


def _check_keypoints(name: str, kind: Kind, *, has_place: bool, keypoints: Sequence[str]) -> None:
    """Every model of a known layout has COCO's keypoints. has_place: whether it may get a heatmap more."""
    places = find_keypoints(keypoints, COCO)
    further = [keypoint for keypoint, place in zip(keypoints, places, strict=True) if place is None]
    if keypoints and len(further) == len(keypoints):
        raise PoseModelError(
            f"{name} knows none of the skeleton's keypoints ({_listed(keypoints)}) by its name; wanted some of: "
            f"{', '.join(COCO)}."
        )
    if further and (kind == "simcc" or not has_place):
        why = "SimCC's head has" if kind == "simcc" else "it ends in no convolution, so it has"
        raise PoseModelError(
            f"{name} does not know {_listed(further)} of the skeleton, and {why} no place for one more; wanted a model "
            "that has: MoveNet, or top-down heatmaps that end in a convolution."
        )


def _listed(keypoints: Sequence[str]) -> str:
    more = len(keypoints) - _NAMED
    return ", ".join(map(repr, keypoints[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _kind(frame: str, outputs: list[Tensor]) -> Kind | None:
    sizes = [len(one.shape) for one in outputs]  # 0: not declared
    if frame == "rows":
        return "movenet" if len(outputs) == 1 else None
    if len(outputs) == 2:
        return "simcc" if set(sizes) <= {0, 3} else None
    return "heatmaps" if len(outputs) == 1 and sizes[0] in (0, 4) else None
