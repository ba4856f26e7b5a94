"""A pool is predicted in shards, a file each: what is done is not done again, and in the end they are one file."""

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sspcm.round_folder import PREDICTIONS_FILE, SHARD_FILES
from sspcm.whole_files import write_atomically

SHARD_PERSONS = 192
"""Whole batches of 64, and little to do again where a process ends: seconds on a GPU, a minute on two slow cores."""

One = TypeVar("One")
Arrays = Mapping[str, np.ndarray]


def shards_of(persons: Sequence[One], size: int = SHARD_PERSONS) -> list[Sequence[One]]:
    """The persons in their order, so many a shard."""
    return [persons[first : first + size] for first in range(0, len(persons), size)]


def fill_shards(
    folder: Path,
    shards: Sequence[Sequence[One]],
    predict: Callable[[Sequence[One]], Arrays],
    skip: Callable[[int], None],
) -> None:
    """Write the file of every shard that has none, then `predictions.npz`, and take the shards away.

    predict: the arrays of these persons, first axis P. skip: told how many persons a shard has that was there already.
    """
    for number, shard in enumerate(shards):
        path = folder / _name(number)
        if path.exists():
            skip(len(shard))
        else:
            write_atomically(path, _bytes(np.savez, predict(shard)))
    parts = [_read(folder / _name(number)) for number in range(len(shards))]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else predict([])
    write_atomically(folder / PREDICTIONS_FILE, _bytes(np.savez_compressed, whole))
    forget_shards(folder)


def forget_shards(folder: Path) -> None:
    """Take them away: their networks are about to change, or they are one file by now."""
    for path in folder.glob(SHARD_FILES):
        path.unlink()


def _name(number: int) -> str:
    return SHARD_FILES.replace("*", f"{number:05d}")


def _read(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as content:
        return dict(content)


def _bytes(save: Callable[..., Any], arrays: Arrays) -> bytes:
    content = io.BytesIO()
    save(content, **arrays)
    return content.getvalue()
