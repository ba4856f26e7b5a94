"""A round's folder in the bucket: its worker puts what is finished, and whoever goes on elsewhere fetches it.

One machine writes to an attempt: the one that the round's row names for it. It puts nothing before the row does, so a
machine that lost a round spoils no other's files. Some files vouch for others: they are put after them, and taken away
before any of them changes. So what the bucket has is at each moment a folder that a trainer can go on from.
"""

import json
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from app.home.bucket import BucketAway
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.home.shared_files import SharedFiles, again_and_again, shared_files
from app.rounds.errors import LearningError
from app.rounds.folder import round_folder, write_json
from app.rounds.shards_in_bucket import EXCHANGE_EVERY_S, MARK_FILES, ShardsInBucket, is_of_shards
from app.rounds.starting_weights import fetch_weights
from db.errors import RoundLost, WorkerLost
from sspcm.manifest import RoundError, read_manifest
from sspcm.round_folder import (
    MANIFEST_FILE,
    MODEL_FILE,
    PREDICTIONS_FILE,
    REPORT_FILE,
    SCORING_FILE,
    SECONDS_FILE,
    STATUS_FILE,
)
from sspcm.shard_files import forget_shards, read_scoring

EVERY_S = 5.0
LAST_FIRST = (SECONDS_FILE, STATUS_FILE, REPORT_FILE, PREDICTIONS_FILE, SCORING_FILE, MODEL_FILE)
"""Each vouches for files written before it: copied first, it never vouches for what was changed since."""
State = tuple[int, int]
"""A file's time and size."""
UNKNOWN: State = (0, -1)
NOTED = ".put.json"
"""What the bucket has of a folder, kept in it: a worker that is started anew takes nothing away that is there still."""
Done = TypeVar("Done")
log = logging.getLogger(__name__)


def has_bucket(settings: Settings) -> bool:
    """Whether rounds go on elsewhere from a bucket, and not from a folder that machines share."""
    return shared_files(settings.home).bucket is not None


def in_order(names: Iterator[str]) -> list[str]:
    """Files of a round's folder, each before those that it vouches for."""
    places = {name: place for place, name in enumerate(LAST_FIRST)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


class Sharing:
    """One attempt at a round, on the machine that may write to it. Where the home has no bucket, nothing happens."""

    def __init__(self, settings: Settings, number: int, attempt: int, *, is_held: bool = True) -> None:
        """is_held: whether the round's row names this machine's folder; else nothing happens as well."""
        self._settings = settings
        self._shared = shared_files(settings.home) if is_held else SharedFiles(settings.home, None)
        self._folder = round_folder(settings, number, attempt)
        self._put: dict[str, State] | None = None
        """What the bucket has, as it was here; None until it was looked at."""
        self._one_at_a_time = threading.Lock()
        self._put_at = 0.0
        self._shards: ShardsInBucket | None = None
        if self._shared.bucket is not None:
            self._shards = ShardsInBucket(self._shared.bucket, self._folder, self._name("").rstrip("/"), is_own=True)

    def during(self, stage: Callable[[], Done]) -> Callable[[], Done]:
        """A stage that puts what it writes, every few seconds and at its end. Raises BucketAway before and after it;
        begun again, the stage finds what it did."""

        def shared() -> Done:
            self.put()
            with self._putting():
                done = stage()
            if read_scoring(self._folder) is None:
                forget_shards(self._folder)  # what came from others just as the last was there
            self.put()
            self._forget_late_shards()
            return done

        return stage if self._shared.bucket is None else shared

    def _forget_late_shards(self) -> None:
        """Of helpers that were not told yet that nobody needs them."""
        if self._shards is not None and read_scoring(self._folder) is None:
            self._shards.forget()

    def fetch_wanted(self) -> None:
        """Have the images and starting weights that the manifest names on this machine. Raises LearningError."""
        path = self._folder / MANIFEST_FILE
        if self._shared.bucket is None or not path.is_file():
            return
        try:
            manifest = read_manifest(path)
        except RoundError as error:
            raise LearningError(str(error)) from error
        ImageFiles(self._settings.home).fetch({person.image.stem for person in manifest.persons})
        model = manifest.config.model
        for named in {str(manifest.weights or ""), model.weights, model.weights_b, model.weights_c}:
            if named.startswith("/"):
                fetch_weights(self._settings.home, Path(named))

    @contextmanager
    def _putting(self) -> Iterator[None]:
        """Beside the stage, in a thread: a large checkpoint on its way holds up neither cancels nor signs of life."""
        self._put_at = time.monotonic()
        try:
            with again_and_again(self._keep_up, min(EVERY_S, EXCHANGE_EVERY_S)):
                yield
        except (RoundLost, WorkerLost):  # its files are nobody's any more
            raise
        except Exception:
            self._try_to_put()
            raise

    def _keep_up(self) -> None:
        if time.monotonic() - self._put_at >= EVERY_S:
            self._put_at = time.monotonic()
            self.put()
        elif self._shards is not None:
            with self._one_at_a_time:
                self._shards.exchange()

    def _try_to_put(self) -> None:
        try:
            self.put()
        except (BucketAway, OSError) as error:  # files go while one looks
            log.warning("what %s has so far could not be put. %s", self._folder.name, error)

    def put(self) -> None:
        """Bring the bucket up to date. Raises BucketAway."""
        bucket, shards = self._shared.bucket, self._shards
        if bucket is None or shards is None or not self._folder.is_dir():
            return
        with self._one_at_a_time:
            shards.exchange(now=True)
            vouching = {name: state for name, state in self._here().items() if name in LAST_FIRST}
            others = {name: state for name, state in self._here().items() if name not in LAST_FIRST}
            if self._put is None:
                self._put = self._recall()
            here, put = others | vouching, self._put
            if here == put:
                return
            self._take_away([name for name in put if name in LAST_FIRST and put[name] != here.get(name)])
            shards.forget_others()
            order = in_order(iter(here))[::-1]
            order.sort(key=MANIFEST_FILE.__eq__)  # last: a folder that has it has all that was carried over
            for name in order:
                if put.get(name) != here[name]:
                    bucket.put(self._name(name), self._folder / name)
                    put[name] = here[name]
            self._take_away([name for name in put if name not in here])
            write_json(self._folder / NOTED, {name: list(state) for name, state in put.items()})

    def _recall(self) -> dict[str, State]:
        """What the bucket has, as far as it is what a worker before noted; of the rest nothing is known."""
        assert self._shared.bucket is not None
        try:
            told = json.loads((self._folder / NOTED).read_bytes())
        except FileNotFoundError:
            told = {}
        start, found = self._name(""), dict[str, State]()
        for name, entry in self._shared.bucket.entries(start.rstrip("/")).items():
            if not is_of_shards(name):
                time_ns, size = told.get(name.removeprefix(start), UNKNOWN)
                found[name.removeprefix(start)] = (time_ns, size) if size == entry.size else UNKNOWN
        return found

    def _take_away(self, names: list[str]) -> None:
        self._shared.forget(map(self._name, names))
        for name in names:
            assert self._put is not None
            del self._put[name]

    def _here(self) -> dict[str, State]:
        found = dict[str, State]()
        for path in self._folder.iterdir():
            if path.is_file() and not path.name.startswith(".") and not is_of_shards(path.name):
                state = path.stat()
                found[path.name] = state.st_mtime_ns, state.st_size
        return found

    def _name(self, name: str) -> str:
        return f"{self._folder.relative_to(self._settings.home).as_posix()}/{name}"


def restore(settings: Settings, number: int, attempt: int, target: Path) -> None:
    """Fetch the newest whole folder of a round from the bucket, whole or not at all: of this attempt, else of the one
    before it, where whoever went on had not put all that it had carried over. Nothing where there is none.
    """
    shared, one = shared_files(settings.home), round_folder(settings, number, attempt)
    assert shared.bucket is not None
    names = shared.names(one.parent.relative_to(settings.home).as_posix())
    whole = [k for k in range(1, attempt + 1) if _in(settings, number, k, MANIFEST_FILE) in names]
    unfinished = target.with_name(f".{target.name}-{secrets.token_hex(8)}")
    try:
        unfinished.mkdir(parents=True)
        if whole:
            start = _in(settings, number, whole[-1], "")
            there = (one.removeprefix(start) for one in names if one.startswith(start))
            for name in in_order(one for one in there if not Path(one).match(MARK_FILES)):
                shared.bucket.fetch(start + name, unfinished / name)
        shutil.rmtree(target, ignore_errors=True)  # of one that lost the round before its row named it
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _in(settings: Settings, number: int, attempt: int, name: str) -> str:
    return f"{round_folder(settings, number, attempt).relative_to(settings.home).as_posix()}/{name}"
