"""After a round the networks and predictions of rounds that nobody gets any more are taken away."""

import logging
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath

from app.home.settings import Settings
from app.home.shared_files import shared_files
from db.records import RoundRecord
from db.rounds import pruning, rounds
from db.store.session import Store

PAUSE_S = 0.02
"""Between two transactions, so that annotators' saves come in between."""
KEPT_S = 60.0
"""How old the answer may be to what the rounds take of a bucket."""
HEAVY = ("*.safetensors", "*.onnx", "*.vitpose", "predictions*")
log = logging.getLogger(__name__)


def prune_rounds(store: Store, settings: Settings) -> list[int]:
    """Prune what the settings do not keep; the numbers of the rounds that were pruned. Begun again, it goes on."""
    if settings.keep_rounds is None:
        return []
    with store.reading() as tx:
        found = pruning.to_prune(tx, newest=settings.keep_rounds)
    for record in found:
        _lighten(settings, record.number)
        while True:
            with store.transaction() as tx:
                if not pruning.prune_some(tx, record.number):
                    break
            time.sleep(PAUSE_S)
        log.info("round %d is pruned.", record.number)
    return [record.number for record in found]


def lighten_earlier_attempts(settings: Settings, number: int, attempt: int) -> None:
    """Of a round that went on elsewhere: the networks in the folders that do not count any more."""
    _lighten(settings, number, spared=f"attempt-{attempt}")


def _lighten(settings: Settings, number: int, *, spared: str = "") -> None:
    """spared: a folder that keeps what it has."""
    folder = settings.rounds_dir / f"{number:04d}"
    for pattern in HEAVY:
        for path in folder.glob(f"attempt-*/{pattern}"):
            if path.parent.name != spared:
                path.unlink()
    shared = shared_files(settings.home)
    there = map(PurePosixPath, shared.names(folder.relative_to(settings.home).as_posix()))
    shared.forget(str(one) for one in there if one.parent.name != spared and any(map(one.match, HEAVY)))


def forget_copies(store: Store, settings: Settings, number: int) -> None:
    """This machine keeps the folder of its last round alone, of those not over, and of those that the bucket lacks."""
    shared = shared_files(settings.home)
    if shared.bucket is None:
        return
    with store.reading() as tx:
        known = {one.number: one for one in rounds.latest(tx, 1000)}
    there = {name: one.size for name, one in shared.names(settings.rounds_dir.name).items()}
    for folder in settings.rounds_dir.glob("[0-9]*"):
        if not folder.name.isdigit() or int(folder.name) == number:
            continue
        record = known.get(int(folder.name))
        if record is not None and record.state not in ("published", "kept"):
            continue
        if all(there.get(name) == size for name, size in _worth_keeping(settings, folder, record)):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            log.warning("round %s stays on this machine: the bucket lacks files of it. Run: bucket fill", folder.name)


def _worth_keeping(settings: Settings, folder: Path, record: RoundRecord | None) -> Iterator[tuple[str, int]]:
    """Names and sizes of a round's files here, but for those that pruning takes away, of the bucket as well."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        is_of_nobody = record is not None and (
            record.pruned_at is not None or inside.parts[0] != f"attempt-{record.attempt}"
        )
        if any(part.startswith(".") for part in inside.parts) or (is_of_nobody and any(map(path.match, HEAVY))):
            continue
        if path.is_file():
            yield path.relative_to(settings.home).as_posix(), path.stat().st_size


def taken(settings: Settings, number: int) -> tuple[int, int, str]:
    """The bytes of a round's files, of all rounds' files, and of what they take it."""
    shared, own = shared_files(settings.home), f"{number:04d}"
    if shared.bucket is None:
        return disk_taken(settings.rounds_dir / own), disk_taken(settings.rounds_dir), "disk"
    sizes = _sizes_in_bucket(settings, int(time.monotonic() // KEPT_S))
    of_own = sum(size for name, size in sizes.items() if name.split("/")[1] == own)
    return of_own, sum(sizes.values()), "the bucket"


@lru_cache(maxsize=1)
def _sizes_in_bucket(settings: Settings, _when: int) -> dict[str, int]:
    """Of all rounds' files. A bucket is asked once for as long as `_when` stays: pages ask every few seconds."""
    names = shared_files(settings.home).names(settings.rounds_dir.name)
    return {name: one.size for name, one in names.items()}


def disk_taken(folder: Path) -> int:
    """How many bytes the files below a folder have. Those that go meanwhile, as a training's unfinished ones, are 0."""
    taken = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found = path.stat()
            taken += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return taken
