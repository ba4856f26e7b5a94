"""A pool is predicted in shards, a file each, by one process or by several; in the end they are one file.

Everybody goes through the shards in one order, first those that nobody else has begun. Then nobody waits: what others
began is predicted once more, by whoever is first, so that one that ended or stands still holds nobody up.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from sspcm.round_folder import PREDICTIONS_FILE
from sspcm.shard_files import Scoring, begin_scoring, forget_shards
from sspcm.whole_files import write_atomically

SHARD_PERSONS = 192
"""Whole batches of 64, and little to do again where a process ends: seconds on a GPU, a minute on two slow cores."""

One = TypeVar("One")
Arrays = Mapping[str, np.ndarray]
Predict = Callable[[Sequence[One], Callable[[], None]], Arrays]
"""The arrays of these persons, first axis P. It calls its second argument after each batch, which may raise."""


class Watch(Protocol):
    """Who is told how far the shards are."""

    def before(self, persons: int) -> None:
        """So many had been predicted before this process began."""

    def begin(self, number: int) -> None:
        """This process begins a shard."""

    def drop(self) -> None:
        """It ends that shard unfinished."""

    def elsewhere(self, persons: int) -> None:
        """Another process has predicted so many."""


class _There(Exception):
    """Somebody else was first with this shard."""


class _Lost(Exception):
    """Somebody else had begun this shard, on another machine."""


def shards_of(persons: Sequence[One], size: int = SHARD_PERSONS) -> list[Sequence[One]]:
    """The persons in their order, so many a shard."""
    return [persons[first : first + size] for first in range(0, len(persons), size)]


def predict_in_shards(
    folder: Path, persons: Sequence[One], predict: Predict[One], watch: Watch, *, size: int | None = None
) -> None:
    """Predict every shard that is not there, then write `predictions.npz` and take the shards away.

    size: persons a shard, SHARD_PERSONS unless given.
    """
    size = size or SHARD_PERSONS
    shards = shards_of(persons, size)
    if not shards:
        whole = predict(persons, lambda: None)
    else:
        scoring = begin_scoring(folder, persons=size, shards=len(shards))
        fill_shards(folder, scoring, shards, predict, watch)
        parts = [_read(scoring.path(folder, number)) for number in range(len(shards))]
        whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    write_atomically(folder / PREDICTIONS_FILE, _bytes(np.savez_compressed, whole))
    forget_shards(folder)


def fill_shards(
    folder: Path,
    scoring: Scoring,
    shards: Sequence[Sequence[One]],
    predict: Predict[One],
    watch: Watch,
    *,
    require_wanted: Callable[[], None] = lambda: None,
) -> None:
    """Write the file of every shard that has none; each is there when this returns.

    require_wanted: raises where the shards are not wanted any more; asked after each batch, and before each file.
    """

    def require_missing(number: int, is_first: bool) -> None:
        require_wanted()
        if scoring.is_there(folder, number):
            raise _There
        if is_first and scoring.is_lost(folder, number):
            raise _Lost

    there = {number for number in range(len(shards)) if scoring.is_there(folder, number)}
    watch.before(sum(len(shards[number]) for number in there))
    left = [number for number in range(len(shards)) if number not in there]
    for with_taken in (False, True):
        taken = []
        for number in left:
            shard = shards[number]
            require_wanted()
            if scoring.is_there(folder, number):
                watch.elsewhere(len(shard))
                continue
            if not (scoring.take(folder, number) or with_taken):
                taken.append(number)
                continue
            watch.begin(number)
            still = partial(require_missing, number, not with_taken)
            try:
                content = _bytes(np.savez, predict(shard, still))
                still()
            except _There:
                watch.drop()
                watch.elsewhere(len(shard))
            except _Lost:
                watch.drop()
                taken.append(number)
            else:
                write_atomically(scoring.path(folder, number), content)
        left = taken


def _read(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as content:
        return dict(content)


def _bytes(save: Callable[..., Any], arrays: Arrays) -> bytes:
    content = io.BytesIO()
    save(content, **arrays)
    return content.getvalue()
