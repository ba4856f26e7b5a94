"""A worker takes a round: from the queue, or in place of another worker whose files it carries over.

That one may be a machine that stands still and wakes up later, in the middle of writing a file. So whoever goes on in
another place does so in a folder of its own, and nobody reads the old one again.
"""

import logging
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from app.home.settings import Settings
from app.rounds.folder import round_folder
from app.rounds.sharing import has_bucket, in_order, restore
from db.records import RoundRecord
from db.rounds import holding
from db.rounds.workers import Worker
from db.store.session import Store
from sspcm.round_folder import MANIFEST_FILE

TRIES = 3
log = logging.getLogger(__name__)


def take_round(store: Store, settings: Settings, number: int, run: int, worker: Worker) -> RoundRecord | None:
    """The round, which nobody else may write to from now on; None where there is nothing to do for this run of it.

    store: whose transactions begin as a worker's that writes to rounds.
    """
    with store.transaction() as tx:
        taken = holding.take(tx, number, run, worker)
    if taken is None:
        return None
    before = taken.record.attempt
    if not taken.is_elsewhere or taken.record.state == "cancelling":
        here = round_folder(settings, number, before)
        if has_bucket(settings) and not taken.is_elsewhere and not (here / MANIFEST_FILE).exists():
            restore(settings, number, before, here)  # this machine's copy may be gone
        return taken.record
    if has_bucket(settings):
        attempt = before + 1  # whoever took the round before may have put files into none beyond its own
        restore(settings, number, before, round_folder(settings, number, attempt))
    else:
        attempt = carry_over(settings, number, before)
    with store.transaction() as tx:
        record = holding.move(tx, taken.record.id, worker, attempt=attempt)
    log.info("round %d goes on in %s.", number, round_folder(settings, number, attempt))
    return record


def carry_over(settings: Settings, number: int, attempt: int) -> int:
    """Copy an attempt's finished files into a new folder, whole or not at all; the new attempt's number.

    Begun again where files go meanwhile, or where another worker that has lost the round made the same folder.
    """
    for _ in range(TRIES - 1):
        try:
            return _carry_over(settings, number, attempt)
        except OSError as error:
            log.warning("what round %d has so far could not be copied (%s); trying again.", number, error)
    return _carry_over(settings, number, attempt)


def _carry_over(settings: Settings, number: int, attempt: int) -> int:
    source = round_folder(settings, number, attempt)
    following = 1 + max([attempt, *_attempts(source.parent)])
    target = round_folder(settings, number, following)
    unfinished = target.with_name(f".{target.name}-{secrets.token_hex(8)}")
    try:
        unfinished.mkdir(parents=True)
        if source.is_dir():
            for path in _in_order(source):
                shutil.copy2(path, unfinished / path.name)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return following


def _attempts(folder: Path) -> Iterator[int]:
    for path in folder.glob("attempt-*"):
        if path.name.removeprefix("attempt-").isdigit():
            yield int(path.name.removeprefix("attempt-"))


def _in_order(folder: Path) -> list[Path]:
    """Its finished files, each before those that it vouches for; hidden ones are not finished."""
    found = (path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return [folder / name for name in in_order(found)]
