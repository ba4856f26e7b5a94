"""Which labelled persons a network never learns from: a function of who they are, so that anybody can tell it later."""

from collections.abc import Sequence

import numpy as np

FEWEST_HELD_OUT = 4
"""Fewer say nothing sure about a network, not even two networks' together."""
ENOUGH_HELD_OUT = 10
"""Of few persons a larger share is left out, to have about so many."""
MOST_HELD_OUT = 1 / 3
"""The largest share: three networks leave out others each."""


def held_out(ids: Sequence[int], share: float, *, network: int) -> list[int]:
    """Which labelled persons one network (of three at most) leaves out, others than the others do; none where few.

    They follow from the persons' ids and from how many there are: whom a network learned from in one round, it never
    leaves out in a later one, where others were labelled since.
    """
    if not share or not ids:
        return []
    share = min(MOST_HELD_OUT, max(share, ENOUGH_HELD_OUT / len(ids)))
    first = network * MOST_HELD_OUT
    chosen = [i for i, one in enumerate(ids) if first <= mixed_seed(one, 4) / 2**63 < first + share]  # of [0, 1)
    return chosen if len(chosen) >= FEWEST_HELD_OUT else []


def mixed_seed(*numbers: int) -> int:
    """One well-spread seed out of several small numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
