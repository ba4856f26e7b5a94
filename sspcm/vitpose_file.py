"""A VitPose as a file that trains, beside its ONNX file, which only answers.

The `.vitpose` file is safetensors whose metadata say as JSON what its network is built like. Nothing here runs it.
"""

import json
from pathlib import Path
from typing import Any

SUFFIX = ".vitpose"
METADATA_KEY = "sspcm-vitpose"
LONGEST_HEADER = 10_000_000
"""Bytes; the header of the largest VitPose has fewer than 100,000."""
_LENGTH = 8


def trains_from(model: Path) -> Path:
    """What a training begins at: the `.vitpose` file beside a VitPose's ONNX file, else the ONNX file itself."""
    beside = model.with_suffix(SUFFIX)
    return beside if beside.exists() else model


def told_of(content: bytes) -> dict[str, Any]:
    """The metadata of safetensors: JSON after eight bytes that say how long it is. Raises ValueError, KeyError and
    TypeError where they are not there."""
    header = json.loads(content[_LENGTH : _LENGTH + int.from_bytes(content[:_LENGTH], "little")])
    told: dict[str, Any] = json.loads(header["__metadata__"][METADATA_KEY])
    return told


def read_told(path: Path) -> dict[str, Any]:
    """The same of a file, of which only the header is read. Raises OSError besides."""
    with path.open("rb") as file:
        start = file.read(_LENGTH)
        return told_of(start + file.read(min(int.from_bytes(start, "little"), LONGEST_HEADER)))
