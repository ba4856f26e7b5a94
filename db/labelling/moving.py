"""Images moved from one split into the other, while nobody in them was ever labelled.

So nobody is trained on whom a round is measured by: a label of the pool never becomes one of validation, not even one
that was taken back, for a round may have frozen it; nor does a label that rounds were measured by become one to learn
from.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from db.pool.persons import CROWD_REASON, is_listed
from db.records import Split
from db.rounds import rankings
from db.schema import ImageRow, LabelRow, LeaseRow, PersonRow, RankingEntryRow

_IDS_A_QUERY = 5000


@dataclass(frozen=True)
class Frame:
    """An image beside those of its camera.

    persons: how many people it counts for; an open one in which nobody is boxed yet counts for one. is_movable: it is
    open, nobody holds it, nobody in it is decided or was ever labelled, a crowd region aside.
    """

    image_id: int
    file_name: str
    camera_id: int
    persons: int
    is_movable: bool


def frames(tx: Session, split: Split, *, now: datetime) -> list[Frame]:
    """Every image of a split, camera by camera, each camera's in order."""
    counted = (
        select(PersonRow.image_id, func.count())
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(ImageRow.split == split, PersonRow.state != "not_a_person", ~_is_crowd())
        .group_by(PersonRow.image_id)
    )
    persons = Counter(dict(tx.execute(counted).all()))
    fixed = _fixed(tx, now=now)
    order = (ImageRow.camera_id, ImageRow.frame, ImageRow.id)
    columns = (ImageRow.id, ImageRow.file_name, ImageRow.camera_id, ImageRow.is_open)
    return [
        Frame(image_id, name, camera_id, persons[image_id] or int(is_open), is_open and image_id not in fixed)
        for image_id, name, camera_id, is_open in tx.execute(
            select(*columns).where(ImageRow.split == split).order_by(*order)
        )
    ]


def move(tx: Session, image_ids: Collection[int], *, to: Split, now: datetime) -> list[int]:
    """Those of the images that belong to the other split and are movable now belong to this one; which these are.

    A validation image that comes to the pool leaves every ranking: none of them knows its score.
    """
    moved: list[int] = []
    for ids in _chunks(image_ids):
        moved += _locked(tx, ids, other_than=to)
    fixed = _fixed(tx, now=now)  # after the locks: whoever was about to take or to label one of them is done
    moved = [image_id for image_id in moved if image_id not in fixed]
    for ids in _chunks(moved):
        tx.execute(
            update(ImageRow).where(ImageRow.id.in_(ids)).values(split=to).execution_options(synchronize_session=False)
        )
        if to == "train":
            rankings.forget_images(tx, ids)
    tx.expire_all()
    return moved


def _locked(tx: Session, ids: Sequence[int], *, other_than: Split) -> list[int]:
    """The open ones of the images, held until the transaction ends, as `closing` and `queue.claim` hold them.

    Images first, then their places in the queue, so that two transactions wait for each other in one order.
    """
    rows = select(ImageRow.id).where(ImageRow.id.in_(ids), ImageRow.split != other_than, ImageRow.is_open)
    found = list(tx.scalars(rows.order_by(ImageRow.id).with_for_update(key_share=True)))
    places = select(RankingEntryRow.image_id).where(RankingEntryRow.image_id.in_(found))
    tx.scalars(places.order_by(RankingEntryRow.ranking_id, RankingEntryRow.image_id).with_for_update()).all()
    return found


def _fixed(tx: Session, *, now: datetime) -> set[int]:
    """The images that stay in their split: somebody holds them, or somebody in them is decided or was labelled."""
    held = set(tx.scalars(select(LeaseRow.image_id).where(LeaseRow.expires_at > now)))
    decided = set(tx.scalars(select(PersonRow.image_id).where(_is_decided()).distinct()))
    labelled = select(PersonRow.image_id).join(LabelRow, LabelRow.person_id == PersonRow.id).distinct()
    return held | decided | set(tx.scalars(labelled))


def _is_decided() -> ColumnElement[bool]:
    """Whether somebody said something about the person."""
    return and_(PersonRow.state != "open", is_listed(), ~_is_crowd())


def _is_crowd() -> ColumnElement[bool]:
    return and_(PersonRow.state == "skipped", PersonRow.revision == 0, PersonRow.skip_reason == CROWD_REASON)


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Databases take a few ten thousand parameters at most. Sorted: two transactions lock the rows in one order."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _IDS_A_QUERY):
        yield ordered[start : start + _IDS_A_QUERY]
