"""Another process, here or on another machine, predicts shards of a round's pool beside the round's own trainer.

Nothing depends on it: what it leaves undone the trainer predicts.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from sspcm.errors import CheckpointError
from sspcm.manifest import RoundError, read_manifest
from sspcm.round_folder import MANIFEST_FILE
from sspcm.shard_files import Scoring, read_scoring
from sspcm.training.pool import Pool, finished_trio
from sspcm.training.shards import fill_shards, shards_of


class _Over(Exception):
    """The round's pool is not predicted any more, or by other networks."""


def score_shards(folder: Path, *, device: torch.device, tell: Callable[[dict[str, Any]], None]) -> None:
    """Predict shards until there are none left; at once none where no pool is being predicted.

    tell: called with {"stage": "predict", "shard": which, from 1 on, "shards": of so many} as each begins. Raises
    CheckpointError, RoundError, CropError.
    """
    scoring = read_scoring(folder)
    if scoring is None:
        return
    watch = _Watch(scoring, tell)
    try:
        manifest = read_manifest(folder / MANIFEST_FILE)
        pool = Pool(manifest, finished_trio(folder, manifest).to(device), device, watch)
        shards = shards_of(pool.persons, scoring.persons)
        require_wanted = partial(_require_wanted, folder, scoring)
        fill_shards(folder, scoring, shards, pool.predict, watch, require_wanted=require_wanted)
    except _Over:
        return
    except (CheckpointError, RoundError, FileNotFoundError):
        if read_scoring(folder) == scoring:
            raise  # else they were taken away, since the pool is predicted


def _require_wanted(folder: Path, scoring: Scoring) -> None:
    if read_scoring(folder) != scoring:
        raise _Over


class _Watch:
    """Tells which shard is predicted."""

    def __init__(self, scoring: Scoring, tell: Callable[[dict[str, Any]], None]) -> None:
        self._scoring, self._tell = scoring, tell

    def begin(self, number: int) -> None:
        """This process begins a shard."""
        self._tell({"stage": "predict", "shard": number + 1, "shards": self._scoring.shards})

    def before(self, persons: int) -> None:
        """Nobody asks."""

    def drop(self) -> None:
        """Nobody asks."""

    def elsewhere(self, persons: int) -> None:
        """Nobody asks."""

    def by_members(self, crops: int) -> None:
        """Nobody asks."""

    def by_student(self, crops: int) -> None:
        """Nobody asks."""
