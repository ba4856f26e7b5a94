"""A pose model as people have it: an ONNX file, or a folder that holds a network, which is exported to one first."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.home.model_files import network_name

EXPORT_COMMAND = (sys.executable, "-P", "-m", "sspcm", "export")
_EXPORTED, _GRAPHS = "student.onnx", "imported.vitpose"
_SAID = "sspcm: "


class ModelFolderError(ValueError):
    """A folder that no pose model can be made of; the message says why."""


@dataclass(frozen=True)
class GivenModel:
    """An ONNX file, what people know it by, and beside a VitPose's what it trains from."""

    path: Path
    name: str


@contextmanager
def as_model_file(path: Path, *, command: Sequence[str] = EXPORT_COMMAND) -> Iterator[GivenModel]:
    """The file itself, or the one that `sspcm export` makes of a folder: of a VitPose that transformers saved, or of a
    training. That one lies only as long as the context lasts.

    Raises ModelFileError for a name, ModelFolderError where nothing is there, and with the export's own words.
    """
    if not path.exists():
        raise ModelFolderError(f"there is nothing at {path}; wanted an ONNX file or a network's folder. Give its path.")
    if not path.is_dir():
        yield GivenModel(path, network_name(path.name))
        return
    name = network_name(f"{path.resolve().name}.onnx")
    with tempfile.TemporaryDirectory(prefix="sspcm-model-") as made:
        out = Path(made) / "exported"
        # in a process of its own: nothing here imports torch
        ended = subprocess.run([*command, str(path), "--out", str(out)], capture_output=True, text=True, check=False)
        if ended.returncode:
            lines = ended.stderr.strip().splitlines() or [f"it ended with status {ended.returncode}"]
            raise ModelFolderError(lines[-1].removeprefix(_SAID))
        file = out / _EXPORTED
        if (graphs := out / _GRAPHS).exists():
            graphs.rename(file.with_suffix(graphs.suffix))
        yield GivenModel(file, name)
