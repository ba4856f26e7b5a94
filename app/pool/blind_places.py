"""Where validation images stand in a ranking: among the pool's, evenly and from the start."""

from collections.abc import Collection, Sequence

import numpy as np

from db.records import RankingEntry

EVERY = 5
"""One validation image comes with at least so many of the pool. Of the first 100 labels about 17 are then of validation
people: soon enough of them to measure the first rounds by, and rare enough that most work goes into what is learned."""


def blind_places(ranked: Sequence[RankingEntry], validation: Collection[int], *, seed: int = 0) -> list[RankingEntry]:
    """A blind entry for each validation image, at the place of one of the pool's images; `ranked`: those, first first.

    They come in random order: neighbours of one camera are alike, and what is measured first should stand for all. No
    entry has a score or a reason. More than one of five are spread over the whole.
    """
    ids = np.random.default_rng(seed).permutation(np.array(sorted(validation), dtype=np.int64)).tolist()
    if not ranked:
        return [RankingEntry(image_id, place, 0.0, (), blind=True) for place, image_id in enumerate(ids)]
    every = min(EVERY, len(ranked) / max(len(ids), 1))
    beside = [ranked[int((turn + 0.5) * every)] for turn in range(len(ids))]
    return [RankingEntry(i, entry.position, 0.0, (), blind=True) for i, entry in zip(ids, beside, strict=True)]
