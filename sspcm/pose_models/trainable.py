"""What a round's settings must say to start from a pose model, told from what the file declares; nothing runs it."""

from pathlib import Path
from typing import Any

from sspcm.pose_models.layouts import BOX_SCALE, Kind, PoseModelError, Tensor, read_input
from sspcm.pose_models.onnx_file import count_convolutions, declared

_HEADS: dict[Kind, int] = {"movenet": 4, "heatmaps": 1, "simcc": 1}
"""Convolutions that a model has at least; one without them computes by rules, and has nothing to learn with."""
_TRAIN: dict[Kind, dict[str, Any]] = {
    "movenet": {},  # its heatmaps are weighed, and only compared
    "heatmaps": {"loss": "heatmap", "heatmap_sigma": 2.0},  # trained by their squared error they go on by it
    "simcc": {"heatmap_sigma": 0.7},  # cells of 4 crop pixels; its own places are sharper than MoveNet's
}
MULTIPLE = 32
"""A round's crops have sides of this many pixels, or times it."""


def trainable_settings(path: Path) -> dict[str, dict[str, Any]] | None:
    """Nested settings over the preset "imported"; None for a model that no round can start from, as far as it declares.

    A file that passes here may still be refused by the round, which converts and runs it.
    """
    try:
        inputs, outputs = declared(path, path.stem)
    except (PoseModelError, OSError):
        return None
    frame = read_input(inputs)
    if frame is None or frame.height % MULTIPLE or frame.width % MULTIPLE or frame.dtype == "float16":
        return None
    kind = _kind(frame.kind, outputs)
    if kind is None or count_convolutions(path) < _HEADS[kind]:
        return None
    model = {"input_height": frame.height, "input_width": frame.width, "box_scale": BOX_SCALE[kind]}
    return {"model": model, "train": _TRAIN[kind]}


def _kind(frame: str, outputs: list[Tensor]) -> Kind | None:
    sizes = [len(one.shape) for one in outputs]  # 0: not declared
    if frame == "rows":
        return "movenet" if len(outputs) == 1 else None
    if len(outputs) == 2:
        return "simcc" if set(sizes) <= {0, 3} else None
    return "heatmaps" if len(outputs) == 1 and sizes[0] in (0, 4) else None
