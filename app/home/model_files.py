"""Model files as people give them: under which name their predictions go, and where the home keeps what was uploaded.

Nothing here runs a model: the web takes files in and reads what they declare (docs/adr/0017), only the worker and the
command line load onnxruntime.
"""

import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from anyio import to_thread

from app.home.home_command import home_command
from sspcm.members import MEMBERS
from sspcm.pose_models.layouts import PoseModelError
from sspcm.pose_models.onnx_file import check_pose_model

LARGEST_MODEL = 1_000_000_000
"""Bytes; ViTPose-huge has 2.5 billion, every other known pose model fits."""
LONGEST_NAME = 100
OURS = MEMBERS
"""What a round's networks are called."""


class ModelFileError(ValueError):
    """A model file that cannot be taken; the message says why."""


def network_name(file_name: str) -> str:
    """The name that a model's predictions go by: its file's, without folder and suffix. Raises ModelFileError."""
    base = PureWindowsPath(PurePosixPath(file_name).name).name
    name, suffix = Path(base).stem, Path(base).suffix
    if suffix.lower() != ".onnx":
        raise ModelFileError(
            f"the file is called {base!r:.80}; wanted an ONNX file, NAME.onnx. Export the model to ONNX."
        )
    if name in OURS or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise ModelFileError(
            f"a model cannot be called {name!r:.80}: that is a name of a round's networks, or longer than "
            f"{LONGEST_NAME} characters, or not printable; wanted a name of its own. Rename the file."
        )
    return name


class ModelFiles:
    """The home's uploaded models, named by the SHA-256 of their bytes."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "models"

    def path(self, sha256: str) -> Path:
        """Where a model of this hash lies, or would."""
        return self._folder / f"{sha256}.onnx"

    async def put(self, chunks: AsyncIterator[bytes], *, name: str = "the model") -> str:
        """Keep a model as it comes in; its SHA-256. Nothing stays of one that breaks off.

        name: what errors call it. Raises ModelFileError where it is empty, too large, cut, or of no known layout.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        draft, seen, size = self._folder / f".upload-{secrets.token_hex(8)}", hashlib.sha256(), 0
        try:
            with draft.open("xb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > LARGEST_MODEL:
                        raise ModelFileError(
                            f"{name} has over {LARGEST_MODEL // 1_000_000} MB; wanted a smaller one. Run a large one "
                            f"from the command line: {home_command(self._home, 'prelabel', 'MODEL.onnx')}"
                        )
                    seen.update(chunk)
                    await to_thread.run_sync(file.write, chunk)
                file.flush()
                await to_thread.run_sync(os.fsync, file.fileno())
            await to_thread.run_sync(_check, draft, name)
            draft.replace(self.path(seen.hexdigest()))
        finally:
            draft.unlink(missing_ok=True)
        return seen.hexdigest()


def _check(path: Path, name: str) -> None:
    try:
        check_pose_model(path, name)
    except PoseModelError as error:
        raise ModelFileError(str(error)) from error
