"""What a round's settings must say to start from a pose model, told from what the file declares; nothing runs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sspcm.pose_models.layouts import BOX_SCALE, COCO, Kind, PoseModelError, Tensor, read_input, refusal
from sspcm.pose_models.onnx_file import declared, read_layers
from sspcm.skeletons.skeleton import find_keypoints
from sspcm.vitpose_file import SUFFIX, read_told

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
    if path.suffix == SUFFIX:
        return _vitpose_settings(path, name, keypoints)
    try:
        inputs, outputs = declared(path, name)
    except OSError as error:
        raise _unreadable(name, error) from error
    frame = read_input(inputs)
    kind = None if frame is None else _kind(frame.kind, outputs)
    if frame is None or kind is None:
        raise refusal(name, inputs, outputs)
    _check_sides(name, frame.height, frame.width)
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
    has_place = kind == "movenet" or layers.last == "Conv"
    _check_keypoints(name, kind, COCO, has_place=has_place, wanted=keypoints)
    return _settings(kind, frame.height, frame.width)


def _vitpose_settings(path: Path, name: str, keypoints: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of what networks are built on that lies beside a VitPose's ONNX file."""
    try:
        info = read_told(path)["info"]
        known, height, width = tuple(map(str, info["keypoints"])), int(info["height"]), int(info["width"])
    except OSError as error:
        raise _unreadable(name, error) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PoseModelError(
            f"{name} does not say what its VitPose is built like; wanted the file as it was written beside the "
            "model. Run the model over the pool again from its folder."
        ) from error
    _check_sides(name, height, width)
    _check_keypoints(name, "heatmaps", known, has_place=True, wanted=keypoints)
    return _settings("heatmaps", height, width)


def _settings(kind: Kind, height: int, width: int) -> dict[str, dict[str, Any]]:
    model = {"input_height": height, "input_width": width, "box_scale": BOX_SCALE[kind]}
    return {"model": model, "train": _TRAIN[kind]}


def _unreadable(name: str, error: OSError) -> PoseModelError:
    return PoseModelError(f"{name} cannot be read ({error.strerror}). Give the file again.")


def _check_sides(name: str, height: int, width: int) -> None:
    if height % MULTIPLE or width % MULTIPLE:
        raise PoseModelError(
            f"{name} takes crops of {height} x {width} pixels; training wants sides of {MULTIPLE} pixels "
            "or times that. Export it so, or give another."
        )


def _check_keypoints(name: str, kind: Kind, known: Sequence[str], *, has_place: bool, wanted: Sequence[str]) -> None:
    """known: the model's. wanted: the skeleton's. has_place: whether it may get a heatmap more."""
    keypoints, places = wanted, find_keypoints(wanted, known)
    further = [keypoint for keypoint, place in zip(keypoints, places, strict=True) if place is None]
    if keypoints and len(further) == len(keypoints):
        raise PoseModelError(
            f"{name} knows none of the skeleton's keypoints ({_listed(keypoints)}) by its name; wanted some of: "
            f"{', '.join(known)}."
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
