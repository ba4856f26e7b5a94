"""A pool's shards between a round's folder on one machine and the bucket, where machines share no folder.

    rounds/0001/attempt-1/predictions-ID-00005.npz      a shard, whoever predicted it
    rounds/0001/attempt-1/predictions-ID-00005.taken    who began it: of all who try, one alone puts this file

What a process does in the folder stays as it is where machines share it (`sspcm/shard_files.py`). This brings own marks
and shards there, and those of others here. A mark that another machine was first with takes the place of the one here;
whoever made that drops the shard after its batch. So nobody waits for the bucket, and while it is away each machine
goes on with what it sees.
"""

import os
import time
from pathlib import Path

from app.home.bucket import Bucket
from sspcm.round_folder import SCORING_FILE, SHARD_FILES
from sspcm.shard_files import Scoring, read_scoring, scoring_in
from sspcm.whole_files import write_atomically

EXCHANGE_EVERY_S = 0.5
"""How soon the bucket has a mark that was made here."""
LOOK_EVERY_S = 2.0
"""How often the bucket is asked what others began and predicted."""
MARK_FILES = "predictions-*.taken"


def is_of_shards(name: str) -> bool:
    """Whether a file of a round's folder in the bucket is a shard or says who began one."""
    return Path(name).match(SHARD_FILES) or Path(name).match(MARK_FILES)


class ShardsInBucket:
    """The shards of one attempt. place: its name in the bucket."""

    def __init__(self, bucket: Bucket, folder: Path, place: str, *, is_own: bool) -> None:
        """is_own: whether the round is this machine's; a helper takes no shard of others here, only notes it, and ends
        once the owner needs none."""
        self._bucket, self._folder, self._place, self._is_own = bucket, folder, place, is_own
        self._settled = set[str]()
        """Marks that say the same here and there."""
        self._kept: str | None = ""
        self._looked_at = float("-inf")

    def exchange(self, *, now: bool = False) -> None:
        """Bring both sides up to date: own marks each time, what others did every LOOK_EVERY_S, or now.

        Raises BucketAway.
        """
        scoring = read_scoring(self._folder)
        if scoring is None:
            return
        for number in range(scoring.shards):
            self._put_mark(scoring, number)
        if now or time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._look(scoring)
            self._looked_at = time.monotonic()

    def forget_others(self) -> None:
        """Take the bucket's shards and marks of other networks away than are scored here now, if any are. Raises
        BucketAway."""
        scoring = read_scoring(self._folder)
        kept = None if scoring is None else scoring.id
        if self._kept != kept:
            self.forget(but=kept)
            self._kept = kept

    def forget(self, *, but: str | None = None) -> None:
        """Take the bucket's shards and marks away. but: the id of those that stay. Raises BucketAway."""
        there = [name for name in self._bucket.entries(self._place) if is_of_shards(name)]
        self._bucket.remove([name for name in there if but is None or not Path(name).match(f"predictions-{but}-*")])

    def _put_mark(self, scoring: Scoring, number: int) -> None:
        mark = scoring.mark(self._folder, number)
        if mark.name in self._settled or not mark.exists() or not (words := mark.read_bytes()):
            return  # the last: it is being made
        name = f"{self._place}/{mark.name[1:]}"
        first = None if self._bucket.create(name, words) else self._bucket.read(name)
        if first and mark.exists():  # else all are taken away just now
            write_atomically(mark, first)
        self._settled.add(mark.name)

    def _look(self, scoring: Scoring) -> None:
        there = {Path(name).name: name for name in self._bucket.entries(self._place)}
        if not self._is_own and scoring_in(self._bucket.read(f"{self._place}/{SCORING_FILE}") or b"") != scoring:
            (self._folder / SCORING_FILE).unlink(missing_ok=True)
            return
        for number in range(scoring.shards):
            path, mark = scoring.path(self._folder, number), scoring.mark(self._folder, number)
            if path.exists():
                if path.name not in there and path.stat().st_size:
                    self._bucket.put(f"{self._place}/{path.name}", path)
            elif path.name in there and self._is_own:
                self._bucket.fetch(there[path.name], path)
            elif path.name in there:
                path.touch()  # that it is there is all that a helper asks
            if mark.name[1:] in there and not mark.exists():
                self._note_taken(mark)

    def _note_taken(self, mark: Path) -> None:
        try:
            os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        except FileExistsError:  # begun here just now: the next mark that is put finds out who was first
            return
        mark.write_text("another machine\n")
        self._settled.add(mark.name)
