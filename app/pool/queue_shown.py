"""The queue as people see it: why each image stands there, and nothing that tells its blind share."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.records import QueueItem
from sspcm.ranking.ranking import AFTER_THE_DIVERSE, DRAWN_AT_RANDOM, UNLIKE_OTHERS

NOT_SAID = (DRAWN_AT_RANDOM, UNLIKE_OTHERS, AFTER_THE_DIVERSE)
"""Reasons of a ranking: the first would tell the blind share, and the others would by their absence."""
OUT_OF_TURN = "unlike the images before it, or drawn at random"
"""Said of those that either holds for, so that it tells neither."""
BY_LOT = "by lot, as every image until a first round is published"
FOR_VALIDATION = "for validation: labelled without predictions, to measure rounds by"
IMPORTED_SINCE = "imported since the others were put in order"


@dataclass(frozen=True)
class ShownItem:
    """What of an image's place may be shown."""

    score: float | None
    reasons: tuple[str, ...]


def as_shown(items: Sequence[QueueItem], *, by_lot: bool) -> list[ShownItem]:
    """Each image of the queue's head, in its order.

    by_lot: no round is published yet, so whom a model predicted comes as a fair sample, the blind share like the others
    (docs/adr/0041): nothing is out of turn.
    """
    return [_shown(item, None if by_lot else items[place + 1 :]) for place, item in enumerate(items)]


def _shown(item: QueueItem, later: Sequence[QueueItem] | None) -> ShownItem:
    """score: None where nothing has looked at the image yet: 0 would say that everybody agrees about it.

    later: the images after this one; None where doubt puts none before another.
    """
    if item.image.split == "validation":
        return ShownItem(None, (FOR_VALIDATION,))
    if item.score is None:
        return ShownItem(None, (IMPORTED_SINCE,))
    reasons = tuple(why for why in item.reasons if why not in NOT_SAID)
    if item.score == 0 and not reasons:
        return ShownItem(None, (OUT_OF_TURN,))
    if later is None:
        return ShownItem(item.score, reasons or (BY_LOT,))
    # A blind one that comes later says nothing of this one: it stands where chance put it.
    has_waited = any(one.score is not None and one.score > item.score for one in later if not one.blind)
    return ShownItem(item.score, (OUT_OF_TURN, *reasons) if has_waited or not reasons else reasons)
