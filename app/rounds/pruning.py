"""After a round the networks and predictions of rounds that nobody gets any more are taken away."""

import logging
import stat
import time
from contextlib import suppress
from pathlib import Path

from app.home.settings import Settings
from db.rounds import pruning
from db.store.session import Store

PAUSE_S = 0.02
"""Between two transactions, so that annotators' saves come in between."""
HEAVY = ("*.safetensors", "*.onnx", "*.vitpose", "predictions.npz")
log = logging.getLogger(__name__)


def prune_rounds(store: Store, settings: Settings) -> list[int]:
    """Prune what the settings do not keep; the numbers of the rounds that were pruned. Begun again, it goes on."""
    if settings.keep_rounds is None:
        return []
    with store.reading() as tx:
        found = pruning.to_prune(tx, newest=settings.keep_rounds)
    for record in found:
        for folder in (settings.rounds_dir / f"{record.number:04d}").glob("attempt-*"):
            _lighten(folder)
        while True:
            with store.transaction() as tx:
                if not pruning.prune_some(tx, record.number):
                    break
            time.sleep(PAUSE_S)
        log.info("round %d is pruned.", record.number)
    return [record.number for record in found]


def lighten_earlier_attempts(settings: Settings, number: int, attempt: int) -> None:
    """Of a round that went on elsewhere: the networks in the folders that do not count any more."""
    for folder in (settings.rounds_dir / f"{number:04d}").glob("attempt-*"):
        if folder.name != f"attempt-{attempt}":
            _lighten(folder)


def _lighten(folder: Path) -> None:
    for pattern in HEAVY:
        for path in folder.glob(pattern):
            path.unlink()


def disk_taken(folder: Path) -> int:
    """How many bytes the files below a folder have. Those that go meanwhile, as a training's unfinished ones, are 0."""
    taken = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found = path.stat()
            taken += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return taken
