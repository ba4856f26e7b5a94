"""The queue as people see it: nothing tells its blind share, and no score stands where none is known."""

from dataclasses import dataclass

from db.records import QueueItem
from sspcm.ranking.ranking import AFTER_THE_DIVERSE, DRAWN_AT_RANDOM, UNLIKE_OTHERS

NOT_SAID = (DRAWN_AT_RANDOM, UNLIKE_OTHERS, AFTER_THE_DIVERSE)
"""Reasons of a ranking: the first would tell the blind share, and the others would by their absence."""


@dataclass(frozen=True)
class ShownItem:
    """What of an image's place may be shown."""

    score: float | None
    reasons: tuple[str, ...]


def as_shown(item: QueueItem) -> ShownItem:
    """score: None where nothing has looked at the image yet: 0 would say that everybody agrees about it."""
    is_known = item.score is not None and not (item.score == 0 and set(item.reasons) <= set(NOT_SAID))
    return ShownItem(item.score if is_known else None, tuple(why for why in item.reasons if why not in NOT_SAID))
