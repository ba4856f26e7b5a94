"""The folder of a round that another worker scores, as a worker that helps sees it: shared, or a copy of its own.

Where machines share the home's folder it is that very one. Where they share a bucket, the helper fetches what a scorer
reads, and brings marks and shards to and fro while it runs.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from app.home.bucket import Bucket, BucketAway
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.home.shared_files import again_and_again, shared_files
from app.processes.this_worker import worker_name
from app.rounds.folder import round_folder
from app.rounds.shards_in_bucket import EXCHANGE_EVERY_S, ShardsInBucket
from sspcm.manifest import read_manifest
from sspcm.round_folder import MANIFEST_FILE, MODEL_FILE, SCORING_FILE
from sspcm.shard_files import read_scoring, scoring_in
from sspcm.whole_files import write_atomically

READ = ("*.safetensors", "*.onnx", "*.vitpose", MANIFEST_FILE, MODEL_FILE)
"""What a scorer reads of a round's folder."""
IMAGES_AT_ONCE = 64
"""So many are fetched between two looks whether help is still wanted."""
log = logging.getLogger(__name__)


class Helped(Protocol):
    """One attempt at a round that another worker has."""

    def free(self) -> int:
        """How many shards nobody has begun; none where none are predicted. Raises BucketAway."""

    def opened(self, still: Callable[[], bool]) -> AbstractContextManager[Path]:
        """The folder to score in. still: whether help is wanted, asked while much is fetched.

        Raises BucketAway, RoundError, OSError.
        """


def helped(settings: Settings, number: int, attempt: int) -> Helped:
    """That attempt, as machines share it here."""
    bucket, folder = shared_files(settings.home).bucket, round_folder(settings, number, attempt)
    return InFolder(folder) if bucket is None else InBucket(settings, bucket, folder)


class InFolder:
    """Machines share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def free(self) -> int:
        """How many shards nobody has begun."""
        scoring = read_scoring(self._folder)
        return 0 if scoring is None else scoring.free(self._folder)

    @contextmanager
    def opened(self, still: Callable[[], bool]) -> Iterator[Path]:
        """The very folder that the owner scores in."""
        yield self._folder


class InBucket:
    """Machines share a bucket. folder: where the owner has it, on its machine."""

    def __init__(self, settings: Settings, bucket: Bucket, folder: Path) -> None:
        self._home, self._bucket = settings.home, bucket
        self._place = folder.relative_to(settings.home).as_posix()
        # as deep in the home as the owner's, since the manifest names images from there
        self._copy = folder.with_name(f".{folder.name}-{worker_name(settings)}")

    def free(self) -> int:
        """How many shards nobody has begun, as far as the bucket knows. Raises BucketAway."""
        scoring = scoring_in(self._scoring())
        if scoring is None:
            return 0
        return scoring.free_among({Path(name).name for name in self._bucket.entries(self._place)})

    @contextmanager
    def opened(self, still: Callable[[], bool]) -> Iterator[Path]:
        """A copy that goes when it is left, with what a scorer reads; without a scoring where none is wanted."""
        shutil.rmtree(self._copy, ignore_errors=True)  # of one that was killed
        try:
            self._fetch(still)
            shards = ShardsInBucket(self._bucket, self._copy, self._place, is_own=False)
            shards.exchange()
            with again_and_again(shards.exchange, EXCHANGE_EVERY_S):
                yield self._copy
            try:
                shards.exchange(now=True)
            except BucketAway as error:
                log.warning("the last shards that were predicted here are predicted elsewhere. %s", error)
        finally:
            shutil.rmtree(self._copy, ignore_errors=True)

    def _fetch(self, still: Callable[[], bool]) -> None:
        content = self._scoring()
        self._copy.mkdir(parents=True)
        for name in self._bucket.entries(self._place):
            if any(map(Path(name).match, READ)):
                self._bucket.fetch(name, self._copy / Path(name).name)
        if scoring_in(content) is None or self._scoring() != content:
            return  # networks that change meanwhile are of another scoring
        images = sorted({one.image.stem for one in read_manifest(self._copy / MANIFEST_FILE).persons if one.predict})
        files = ImageFiles(self._home)
        for first in range(0, len(images), IMAGES_AT_ONCE):
            if not still():
                return
            files.fetch(images[first : first + IMAGES_AT_ONCE])
        write_atomically(self._copy / SCORING_FILE, content)

    def _scoring(self) -> bytes:
        return self._bucket.read(f"{self._place}/{SCORING_FILE}") or b""
