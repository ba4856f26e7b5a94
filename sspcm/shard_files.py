"""A pool's shards as files of a round's folder, for whoever shares the folder: which there are, which somebody began.

    scoring.json                    while the pool is predicted: {"version": 1, "id", "persons": a shard, "shards"}
    predictions-ID-00005.npz        a shard, written whole
    .predictions-ID-00005.taken     somebody began it

The id stands for the networks: a shard of others never counts. That a shard is taken is advice and no lock. Nobody
waits for whoever took it, which may be a machine that stands still; two that predict one shard write the same.
"""

import errno
import json
import os
import secrets
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sspcm.round_folder import SCORING_FILE, SHARD_FILES
from sspcm.whole_files import write_atomically

VERSION = 1
"""Another one where shards of this program would not fit beside those of an earlier one: workers of both may share."""


@dataclass(frozen=True)
class Scoring:
    """A pool that is being predicted. persons: in each shard but the last."""

    id: str
    persons: int
    shards: int

    def path(self, folder: Path, number: int) -> Path:
        """Where a shard lies once it is there."""
        return folder / SHARD_FILES.replace("*", f"{self.id}-{number:05d}")

    def is_there(self, folder: Path, number: int) -> bool:
        """Whether somebody predicted the shard."""
        # A file system of other machines remembers that there is no such file; opening the folder makes it ask.
        os.close(os.open(folder, os.O_RDONLY))
        return self.path(folder, number).exists()

    def take(self, folder: Path, number: int) -> bool:
        """Begin a shard; False where somebody began it before. Raises FileNotFoundError where the folder is gone."""
        try:
            taken = os.open(self._mark(folder, number), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return False
        with os.fdopen(taken, "w") as file:
            file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        return True

    def free(self, folder: Path) -> int:
        """How many shards nobody has begun."""
        names = {path.name for path in folder.glob(f"*predictions-{self.id}-*")}
        numbers = range(self.shards)
        return sum(
            self.path(folder, number).name not in names and self._mark(folder, number).name not in names
            for number in numbers
        )

    def _mark(self, folder: Path, number: int) -> Path:
        return folder / f".{self.path(folder, number).stem}.taken"


def read_scoring(folder: Path) -> Scoring | None:
    """The scoring that a folder is in; None where it is in none, or where this version does not know its file."""
    try:
        told = json.loads((folder / SCORING_FILE).read_bytes())
        if told.pop("version") != VERSION:
            return None
        return Scoring(str(told["id"]), int(told["persons"]), int(told["shards"]))
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ESTALE):  # the second: taken away on another machine
            raise
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def begin_scoring(folder: Path, *, persons: int, shards: int) -> Scoring:
    """The scoring that the folder is in, or a new one where that is of other shards or not there."""
    found = read_scoring(folder)
    if found is not None and (found.persons, found.shards) == (persons, shards):
        return found
    forget_shards(folder)
    scoring = Scoring(secrets.token_hex(4), persons, shards)
    write_atomically(folder / SCORING_FILE, json.dumps({"version": VERSION} | asdict(scoring)).encode())
    return scoring


def forget_shards(folder: Path) -> None:
    """Take them away: their networks are about to change, or they are one file by now. First what says so."""
    (folder / SCORING_FILE).unlink(missing_ok=True)
    for pattern in (SHARD_FILES, ".predictions-*"):  # also what others had taken or were writing
        for path in folder.glob(pattern):
            with suppress(FileNotFoundError):
                path.unlink()
