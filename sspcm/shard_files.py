"""A pool's shards as files of a round's folder, for whoever shares the folder: which there are, which somebody began.

    scoring.json                    while the pool is predicted: {"version": 1, "id", "persons": a shard, "shards"}
    predictions-ID-00005.npz        a shard, written whole
    .predictions-ID-00005.taken     somebody began it

The id stands for the networks: a shard of others never counts. That a shard is taken is advice and no lock. Nobody
waits for whoever took it, which may be a machine that stands still; two that predict one shard write the same.

Who keeps the folders of several machines alike writes what another one began, too. Where that one was first, its mark
comes in the place of the one here, and whoever made that drops the shard.
"""

import errno
import json
import os
import secrets
import socket
from collections.abc import Container
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
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
            taken = os.open(self.mark(folder, number), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return False
        with os.fdopen(taken, "w") as file:
            file.write(_this_process(os.getpid()))
        return True

    def is_lost(self, folder: Path, number: int) -> bool:
        """Whether a shard that this process began is another one's, who was first on another machine."""
        try:
            return self.mark(folder, number).read_text() != _this_process(os.getpid())
        except FileNotFoundError:  # taken away with all others
            return False

    def free(self, folder: Path) -> int:
        """How many shards nobody has begun."""
        return self.free_among({path.name.removeprefix(".") for path in folder.glob(f"*predictions-{self.id}-*")})

    def free_among(self, names: Container[str]) -> int:
        """The same, by the names of shards and marks; those of marks without their dot."""
        return sum(
            self.path(Path(), number).name not in names and self.mark(Path(), number).name[1:] not in names
            for number in range(self.shards)
        )

    def mark(self, folder: Path, number: int) -> Path:
        """What says that somebody began a shard, and who."""
        return folder / f".{self.path(folder, number).stem}.taken"


@cache
def _this_process(number: int) -> str:
    """Other words for every process, also for one of the same number in another container."""
    return f"process {number} on {socket.gethostname()}, {secrets.token_hex(8)}\n"


def read_scoring(folder: Path) -> Scoring | None:
    """The scoring that a folder is in; None where it is in none, or where this version does not know its file."""
    try:
        return scoring_in((folder / SCORING_FILE).read_bytes())
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ESTALE):  # the second: taken away on another machine
            raise
        return None


def scoring_in(content: bytes) -> Scoring | None:
    """The same of the file's content."""
    try:
        told = json.loads(content)
        if told.pop("version") != VERSION:
            return None
        return Scoring(str(told["id"]), int(told["persons"]), int(told["shards"]))
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
