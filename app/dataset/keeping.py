"""What an import keeps for validation: what is asked for, else a share of a home's first images."""

from app.pool.stretches import people
from app.pool.validation import SHARE, Moved, keep_share
from db.clock import utc_now
from db.labelling import moving
from db.pool.counts import count
from db.store.session import Store

FEWEST = 100
"""Of fewer people, none are kept unasked: 40 of them would be too many."""


def is_empty(store: Store) -> bool:
    """Whether the home has no image yet."""
    with store.reading() as tx:
        return count(tx).images == 0


def keep_some(store: Store, *, share: float | None, unasked: bool) -> Moved | None:
    """Keep images until validation has this share of all people; None where none are to be kept.

    unasked: whether the usual share is kept where nobody said one, as of a home's first images. That takes at least
    100 people who wait for a label; a home that had images before is left as it is.
    """
    if share is not None:
        return keep_share(store, share=share) if share else None
    if not unasked:
        return None
    with store.reading() as tx:
        waiting = people([frame for frame in moving.frames(tx, "train", now=utc_now()) if frame.is_movable])
    return keep_share(store, share=SHARE) if waiting >= FEWEST else None
