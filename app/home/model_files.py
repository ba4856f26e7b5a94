"""Model files as people give them: under which name their predictions go, and where the home keeps what was uploaded.

Nothing here runs a model: the web takes files in and reads what they declare (docs/adr/0017), only the worker and the
command line load onnxruntime.
"""

import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from anyio import to_thread

from app.home.home_command import home_command
from app.home.shared_files import shared_files
from sspcm.members import MEMBERS
from sspcm.pose_models.layouts import PoseModelError
from sspcm.pose_models.onnx_file import check_pose_model
from sspcm.vitpose_file import trains_from
from sspcm.whole_files import write_atomically

LARGEST_MODEL = 1_000_000_000
"""Bytes; ViTPose-huge has 2.5 billion, every other known pose model fits."""
LONGEST_NAME = 100
NAME_SUFFIX = ".name"
FOLDER = "models"
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


@dataclass(frozen=True)
class KeptModel:
    """A pose model in the home. name: its file's, as people gave it, or the start of its SHA-256 in older homes."""

    name: str
    sha256: str
    path: Path

    @property
    def trains_from(self) -> Path:
        """What a round begins at."""
        return trains_from(self.path)


class ModelFiles:
    """The home's pose models, named by the SHA-256 of their bytes; beside each, what people call it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / FOLDER
        self._shared = shared_files(home)

    def path(self, sha256: str) -> Path:
        """Where a model of this hash lies, or would; fetched, where other machines have it."""
        path = self._path(sha256)
        if not path.exists():
            self._shared.renew_folder(FOLDER)
        return path

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.onnx"

    def newest_first(self) -> list[KeptModel]:
        """All there are, the one given last first; fetched, where other machines have some."""
        self._shared.renew_folder(FOLDER)
        files = sorted(self._folder.glob("[!.]*.onnx"), key=_given_at, reverse=True)
        return [KeptModel(self._name_of(path), path.stem, path) for path in files]

    def find(self, name: str) -> KeptModel | None:
        """The newest one of this name, or of this SHA-256."""
        return next((one for one in self.newest_first() if name in (one.name, one.sha256)), None)

    def keep(self, path: Path, *, name: str | None = None) -> str:
        """Copy a model that somebody gave by its path; its SHA-256. One that is there already becomes the newest.

        name: where it is not the file's. A `.vitpose` beside it, which it trains from, is copied as well.
        """
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        if (begin := trains_from(path)) != path:
            write_atomically(self._path(sha256).with_suffix(begin.suffix), begin.read_bytes())
        if not self._path(sha256).exists():
            write_atomically(self._path(sha256), content)
        self._note(sha256, name or network_name(path.name))
        return sha256

    def _note(self, sha256: str, name: str) -> None:
        """Also for other machines, the name last: it says when the model was given."""
        path = self._path(sha256)
        noted = path.with_suffix(NAME_SUFFIX)
        write_atomically(noted, name.encode())
        if (begin := trains_from(path)) != path:
            self._shared.put_if_new(f"{FOLDER}/{begin.name}")
        self._shared.put_if_new(f"{FOLDER}/{path.name}")
        self._shared.put(f"{FOLDER}/{noted.name}")
        os.utime(path, ns=(noted.stat().st_atime_ns, noted.stat().st_mtime_ns))

    def _name_of(self, path: Path) -> str:
        noted = path.with_suffix(NAME_SUFFIX)
        return noted.read_text(encoding="utf-8") if noted.exists() else path.stem[:12]

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
            draft.replace(self._path(seen.hexdigest()))
            await to_thread.run_sync(self._note, seen.hexdigest(), name)
        finally:
            draft.unlink(missing_ok=True)
        return seen.hexdigest()


def _given_at(path: Path) -> int:
    """A model's time, or that of its name: the name alone is given anew in a bucket."""
    noted = path.with_suffix(NAME_SUFFIX)
    return max(one.stat().st_mtime_ns for one in (path, noted) if one.exists())


def _check(path: Path, name: str) -> None:
    try:
        check_pose_model(path, name)
    except PoseModelError as error:
        raise ModelFileError(str(error)) from error
