"""Where validation images stand in a ranking: among the pool's, from the start, closer together while too few are
labelled to decide anything."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
from sqlalchemy.orm import Session

from db.pool import counts, images
from db.records import RankingEntry
from sspcm.evaluation.choosing import FEWEST_IMAGES, FEWEST_PERSONS

EVERY = 5
"""One validation image comes with at least so many of the pool. Of the first 100 labels about 17 are then of validation
people: rare enough that most work goes into what is learned."""
EVERY_MISSING = 2
"""The same while labelled ones are missing to decide between two networks: a first round finds them after about 60
labels, and its student can be taken up as it ends."""


def blind_entries(tx: Session, ranked: Sequence[RankingEntry]) -> list[RankingEntry]:
    """The places of this home's open validation images among the pool's; `ranked`: those, first first."""
    labelled = counts.validation_labelled(tx)
    missing = max(0, FEWEST_PERSONS - labelled.persons), max(0, FEWEST_IMAGES - labelled.images)
    return blind_places(ranked, images.open_validation(tx), missing=missing)


def blind_places(
    ranked: Sequence[RankingEntry], validation: Mapping[int, int], *, missing: tuple[int, int] = (0, 0), seed: int = 0
) -> list[RankingEntry]:
    """A blind entry for each validation image, at the place of one of the pool's images; `ranked`: those, first first.

    They come in random order: neighbours of one camera are alike, and what is measured first should stand for all. No
    entry has a score or a reason. More than one of five are spread over the whole. validation: how many people of each
    wait. missing: how many labelled people, and in how many images, are missing: so many come closer together.
    """
    ids = np.random.default_rng(seed).permutation(np.array(sorted(validation), dtype=np.int64)).tolist()
    if not ranked:
        return [RankingEntry(image_id, place, 0.0, (), blind=True) for place, image_id in enumerate(ids)]
    early = _until_enough([validation[i] for i in ids], *missing)
    soon = min(EVERY_MISSING, len(ranked) / max(len(ids), 1))
    later = min(EVERY, (len(ranked) - early * soon) / max(len(ids) - early, 1))
    places = [(turn + 0.5) * soon if turn < early else early * soon + (turn - early + 0.5) * later
              for turn in range(len(ids))]  # fmt: skip
    beside = [ranked[int(place)] for place in places]
    return [RankingEntry(i, entry.position, 0.0, (), blind=True) for i, entry in zip(ids, beside, strict=True)]


def _until_enough(people: Sequence[int], persons: int, images: int) -> int:
    """How many of the images have so many people, and are so many."""
    if not persons and not images:
        return 0
    enough = [place for place, total in enumerate(accumulate(people), start=1) if total >= persons and place >= images]
    return enough[0] if enough else len(people)
