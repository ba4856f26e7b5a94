"""What a round's settings must say to start from a pose model, told from what the file declares; nothing runs it."""

from pathlib import Path
from typing import Any

from sspcm.pose_models.layouts import BOX_SCALE, Kind, PoseModelError, Tensor, read_input
from sspcm.pose_models.onnx_file import count_convolutions, declared

_HEADS: dict[Kind, int] = {"movenet": 4, "heatmaps": 1}
"""Convolutions that a model has at least; one without them computes by rules, and has nothing to learn with."""
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
    # Heatmaps that were trained by their squared error go on by it; MoveNet's are weighed, and only compared.
    train = {} if kind == "movenet" else {"loss": "heatmap", "heatmap_sigma": 2.0}
    return {"model": model, "train": train}


def _kind(frame: str, outputs: list[Tensor]) -> Kind | None:
    if len(outputs) != 1:
        return None  # SimCC has two
    if frame == "rows":
        return "movenet"
    return "heatmaps" if len(outputs[0].shape) in (0, 4) else None
