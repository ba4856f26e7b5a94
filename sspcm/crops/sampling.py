"""Which persons a step sees, and its chance: functions of the seed and the step's number alone.

So a training that goes on from a checkpoint needs no state of a random generator, and every process of a distributed
one draws the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Int

from sspcm.left_out import mixed_seed


@dataclass(frozen=True)
class Share:
    """Which process of how many this is; each computes its share of every batch."""

    rank: int = 0
    world: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and tells."""
        return self.rank == 0


ALONE = Share()


def step_generator(seed: int, step: int, part: int = 0) -> torch.Generator:
    """The chance of one part of one step: a function of the round's seed and the two numbers."""
    # The third number tells the draws of one seed apart: 0 views and occlusion, 1 passes, 2 labelled persons, 3 the
    # labelled persons of one network, 4 who is left out, 5 pseudo-labelled persons.
    numbers = (seed, step, 0) if part == 0 else (seed, step, 0, part)
    return torch.Generator().manual_seed(mixed_seed(*numbers))


def unlabelled_indices(count: int, batch: int, *, seed: int, step: int) -> list[int]:
    """Which unlabelled persons step `step` sees: shuffled passes over all of them, one after the other."""
    first = step * batch
    passes = range(first // count, (first + batch - 1) // count + 1)
    order = np.concatenate([_pass(count, seed, number) for number in passes])
    start = first - passes[0] * count  # a batch may begin in one pass and end in the next
    return [int(i) for i in order[start : start + batch]]


@lru_cache(maxsize=8)
def _pass(count: int, seed: int, number: int) -> Int[np.ndarray, "count"]:
    """One shuffled pass; remembered, because it takes milliseconds at COCO's size and every step looks at one."""
    order = np.random.default_rng(mixed_seed(seed, number, 1)).permutation(count)
    order.flags.writeable = False  # the cache hands out this very array
    return order


def labelled_indices(count: int, batch: int, *, seed: int, step: int) -> list[int]:
    """Which labelled persons step `step` sees: drawn with replacement (method.md section 2)."""
    return [int(i) for i in np.random.default_rng(mixed_seed(seed, step, 2)).integers(count, size=batch)]


def shuffled_indices(count: int, batch: int, *, seed: int, step: int, network: int) -> list[int]:
    """Which labelled persons one network sees in step `step`: shuffled passes of its own over all of them."""
    return unlabelled_indices(count, batch, seed=mixed_seed(seed, network, 3), step=step)


def pseudo_indices(count: int, batch: int, *, seed: int, step: int, network: int = 0) -> list[int]:
    """Which pseudo-labelled persons step `step` sees: shuffled passes over all of them, each network's own."""
    return unlabelled_indices(count, batch, seed=mixed_seed(seed, network, 5), step=step) if batch else []


def spread(some: Sequence[int], others: Sequence[int]) -> list[int]:
    """Both in one list, in their order, the others evenly among the first: every stretch has its share of each."""
    count, taken = len(some) + len(others), 0
    mixed: list[int] = []
    for place in range(count):
        is_others = (place + 1) * len(others) // count > taken
        mixed.append(others[taken] if is_others else some[place - taken])
        taken += is_others
    return mixed


def share_of(indices: list[int], share: Share) -> list[int]:
    """The part of a batch that one process computes; the processes' parts follow one another."""
    size = len(indices) // share.world
    return indices[share.rank * size : (share.rank + 1) * size]
