"""Where simulations stand, as small files that each are written once: in the home, or in the bucket that homes share.

Names are paths below the home, as `simulations/0001/told-0003/job.json`.
"""

import secrets
import shutil
from pathlib import Path
from typing import Protocol

from app.home.bucket import Bucket
from app.home.shared_files import shared_files
from app.rounds.errors import LearningError
from sspcm.whole_files import keep_names, write_atomically

FOLDER = "simulations"
JOB_FILE, CANCEL_FILE = "job.json", "cancel"
TOLD = "told-"
_STATES = tuple(f"[0-9]*/{name}" for name in (JOB_FILE, f"{TOLD}*/{JOB_FILE}", CANCEL_FILE))


class Standing(Protocol):
    """The files. Everything raises BucketAway where they are in a bucket, and OSError where they are not."""

    def names(self) -> list[str]:
        """All there are."""

    def read(self, name: str) -> bytes:
        """One of them. Raises FileNotFoundError."""

    def create(self, name: str, content: bytes) -> bool:
        """A new one; of all who try at once one is told True."""

    def wish(self, name: str) -> None:
        """An empty one, which may be there."""

    def has(self, name: str) -> bool:
        """Whether it is there."""

    def forget(self, folder: str) -> None:
        """Take all below away."""

    def require_one_writer(self, name: str) -> None:
        """Raises LearningError where `create` cannot keep its word; the name is there."""


def standing(home: Path) -> Standing:
    """As this home has them."""
    bucket = shared_files(home).bucket
    return _InFolder(home) if bucket is None else _InBucket(bucket)


class _InFolder:
    def __init__(self, home: Path) -> None:
        self._home = home

    def names(self) -> list[str]:
        folder = self._home / FOLDER
        return [path.relative_to(self._home).as_posix() for pattern in _STATES for path in folder.glob(pattern)]

    def read(self, name: str) -> bytes:
        return (self._home / name).read_bytes()

    def create(self, name: str, content: bytes) -> bool:
        target = (self._home / name).parent
        draft = target.with_name(f".{target.name}-{secrets.token_hex(8)}")
        try:
            write_atomically(draft / Path(name).name, content)
            draft.rename(target)  # never onto a folder that holds something
        except OSError:
            if not target.exists():
                raise
            return False
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        keep_names(target.parent)
        return True

    def wish(self, name: str) -> None:
        write_atomically(self._home / name, b"")

    def has(self, name: str) -> bool:
        return (self._home / name).exists()

    def forget(self, folder: str) -> None:
        shutil.rmtree(self._home / folder)

    def require_one_writer(self, name: str) -> None:
        """A folder always can."""


class _InBucket:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def names(self) -> list[str]:
        found = map(Path, self._bucket.entries(FOLDER))
        return [path.as_posix() for path in found if any(path.match(f"{FOLDER}/{one}") for one in _STATES)]

    def read(self, name: str) -> bytes:
        content = self._bucket.read(name)
        if content is None:
            raise FileNotFoundError(f"the bucket has no {name}; wanted where a simulation stands.")
        return content

    def create(self, name: str, content: bytes) -> bool:
        return self._bucket.create(name, content)

    def wish(self, name: str) -> None:
        self._bucket.create(name, b"")

    def has(self, name: str) -> bool:
        return self._bucket.entry(name) is not None

    def forget(self, folder: str) -> None:
        self._bucket.remove(list(self._bucket.entries(folder)))

    def require_one_writer(self, name: str) -> None:
        if self._bucket.create(name, b"whether a second file of one name is refused"):
            raise LearningError(
                f"the server of {self._bucket.url} replaces a file that is to be new; wanted one that knows conditional"
                " puts (If-None-Match), so that two workers do not write to one simulation. Use a newer one, or export "
                "the labels, and run `sspcm simulate` on them (docs/simulate.md)."
            )
