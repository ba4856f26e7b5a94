"""A home's files that other machines share through a bucket: put when they are whole, fetched when they are asked for.

A home that is bound to a bucket says so by a file of its own; it is then this machine's copy of what it used so far.
Where a home is bound to none, it is the whole truth, and everything here does nothing.
"""

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from app.home.bucket import Bucket, BucketAway, Entry
from app.home.settings import Settings, SettingsError
from sspcm.whole_files import write_atomically

FILE = "bucket.json"
AT_A_TIME = 16
AGAIN_AFTER_S = 5.0
"""How long a bucket that is away is left alone by what asks it again and again."""
One = TypeVar("One")
SHARED = ("images", "models", "weights", "rounds", "simulations")
"""The folders that a bucket has. Thumbs are cut anew on each machine; secrets and locks are its own."""
SHARED_FILES = ("order.json", "looks.npz")
MANIFESTS = "manifest.json"
_OF_A_RUN = re.compile(r"simulations/.*/run/.*/").match
"""Round folders of a simulation, which only the machine that made them can use."""
log = logging.getLogger(__name__)


def bind(settings: Settings) -> None:
    """Make the home the copy of the bucket that the settings name. Raises SettingsError where it is another's copy, or
    where a bucket cannot be used."""
    bound = _bound(settings.home)
    if settings.bucket is None and bound is None:
        return
    if settings.bucket is None:
        raise SettingsError(
            f"the home {settings.home} is a copy of {bound}, and SSPCM_BUCKET is not set; wanted that. "
            f"Set SSPCM_BUCKET={bound}, or give another --home."
        )
    if settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "SSPCM_BUCKET is set, and the store is a file of one machine; wanted one that machines share. "
            "Set DATABASE_URL=postgresql://..., or leave SSPCM_BUCKET out."
        )
    if find_spec("s3fs") is None:
        raise SettingsError(
            "SSPCM_BUCKET is set, and s3fs is not installed; wanted what speaks to a bucket. "
            "Run: pip install -c constraints.txt -e '.[bucket]'"
        )
    if bound not in (None, settings.bucket):
        raise SettingsError(
            f"the home {settings.home} is a copy of {bound}, and SSPCM_BUCKET is {settings.bucket}; wanted one bucket "
            "a home. Give another --home."
        )
    if bound is None:
        write_atomically(settings.home / FILE, json.dumps({"bucket": settings.bucket}).encode())


def _bound(home: Path) -> str | None:
    try:
        return str(json.loads((home / FILE).read_bytes())["bucket"])
    except FileNotFoundError:
        return None


def shared_files(home: Path) -> "SharedFiles":
    """What this home shares."""
    url = _bound(home)
    return SharedFiles(home, None if url is None else Bucket(url))


def side_by_side(work: Callable[[One], object], items: Sequence[One]) -> None:
    """Ask a bucket for many things at a time; the first error is raised, and nothing more is begun."""
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        asked = [threads.submit(work, one) for one in items]
        try:
            for done in asked:
                done.result()
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def again_and_again(work: Callable[[], None], every_s: float) -> Iterator[None]:
    """Do it in a thread beside what is inside. Where the bucket is away it waits, and goes on.

    Left without an error, the thread has ended.
    """
    ended = threading.Event()

    def loop() -> None:
        pause_s = every_s
        while not ended.wait(pause_s):
            try:
                work()
                pause_s = every_s
            except (BucketAway, OSError) as error:  # files go while one looks
                log.warning("the bucket is not up to date; trying again. %s", error)
                pause_s = max(every_s, AGAIN_AFTER_S)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
    thread.join()


class SharedFiles:
    """A home and its bucket, if it has one. Names are paths below the home, with "/". Everything raises BucketAway."""

    def __init__(self, home: Path, bucket: Bucket | None) -> None:
        self.home = home
        self.bucket = bucket

    def put(self, *names: str) -> None:
        """Others can have these files, as they lie here now; they get the bucket's time."""
        for name in names if self.bucket else ():
            assert self.bucket is not None
            self.bucket.put(name, self.home / name)
            if (told := self.bucket.entry(name)) is not None:
                os.utime(self.home / name, (told.modified, told.modified))

    def put_if_new(self, name: str) -> None:
        """The same of a file whose bytes never change."""
        if self.bucket is not None and self.bucket.entry(name) is None:
            self.bucket.put(name, self.home / name)

    def fetch(self, name: str, *, sha256: str | None = None) -> bool:
        """Whether the file is here now; one that is here stays as it is."""
        path = self.home / name
        return path.is_file() or (self.bucket is not None and self.bucket.fetch(name, path, sha256=sha256))

    def read(self, name: str) -> bytes:
        """A small file that any machine may write: the bucket's, where it has it. Raises FileNotFoundError."""
        content = None if self.bucket is None else self.bucket.read(name)
        return (self.home / name).read_bytes() if content is None else content

    def renew_folder(self, folder: str, *, but: Callable[[str], bool] = lambda _: False) -> None:
        """Have all files below a folder as the bucket has them; those whose names `but` picks are left out."""
        side_by_side(self._renew, [one for one in self.names(folder).items() if not but(one[0])])

    def _renew(self, one: tuple[str, Entry]) -> None:
        assert self.bucket is not None
        name, told = one
        path = self.home / name
        if path.is_file():
            here = path.stat()
            if here.st_size == told.size and here.st_mtime >= told.modified:
                return
        self.bucket.fetch(name, path, told=told)

    def names(self, folder: str) -> dict[str, Entry]:
        """What the bucket has below a folder."""
        return {} if self.bucket is None else self.bucket.entries(folder)

    def end_of(self, name: str, last: int) -> bytes | None:
        """The last bytes of a file that may grow elsewhere, none where it is nowhere; nothing is kept here."""
        return None if self.bucket is None else self.bucket.read(name, last=last)

    def forget(self, names: Iterable[str]) -> None:
        """Take files of the bucket away."""
        if self.bucket is not None:
            self.bucket.remove(sorted(names))

    def trouble(self) -> None:
        """Raises BucketAway where the bucket does not answer."""
        if self.bucket is not None:
            self.bucket.read(FILE)

    def fill(self) -> tuple[int, int]:
        """Put all that the bucket lacks, as of a home that had none before; how many files, and how many there are.

        What it has stays, of whatever size: a put is whole or not at all, so another one is another machine's.
        """
        assert self.bucket is not None
        paths = [path for folder in SHARED for path in (self.home / folder).rglob("*")]
        paths += [self.home / name for name in SHARED_FILES]
        there = {name for folder in SHARED for name in self.bucket.entries(folder)}
        there |= {name for name in SHARED_FILES if self.bucket.entry(name) is not None}
        lacking, count = list[str](), 0
        for path in paths:
            name = path.relative_to(self.home).as_posix()
            if path.is_file() and not any(part.startswith(".") for part in name.split("/")) and not _OF_A_RUN(name):
                count += 1
                if name not in there:
                    lacking.append(name)
        side_by_side(self.put, [name for name in lacking if not name.endswith(MANIFESTS)])
        side_by_side(self.put, [name for name in lacking if name.endswith(MANIFESTS)])  # they say that all is there
        return len(lacking), count
