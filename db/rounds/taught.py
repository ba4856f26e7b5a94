"""What labels taught of which keypoints people call visible: of which network, from how many labels, and when."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.records import TaughtRecord
from db.schema import LabelRow, TaughtRow


def add(tx: Session, taught: Iterable[TaughtRecord], *, now: datetime) -> None:
    """Note what holds from now on."""
    tx.add_all(
        TaughtRow(network=one.network, round_number=one.round_number, labels=one.labels, fits=one.fits, at=now)
        for one in taught
    )
    tx.flush()


def history(tx: Session, *, network: str, round_number: int | None) -> list[TaughtRecord]:
    """Everything ever taught of a network, the earliest first."""
    query = (
        select(TaughtRow)
        .where(TaughtRow.network == network, TaughtRow.round_number.is_not_distinct_from(round_number))
        .order_by(TaughtRow.id)
    )
    return [TaughtRecord(row.network, row.round_number, row.labels, row.fits, row.at) for row in tx.scalars(query)]


def labels_last(tx: Session, *, network: str, round_number: int | None) -> int:
    """From how many labels it was taught last; 0 before."""
    query = (
        select(TaughtRow.labels)
        .where(TaughtRow.network == network, TaughtRow.round_number.is_not_distinct_from(round_number))
        .order_by(TaughtRow.id.desc())
        .limit(1)
    )
    return tx.scalar(query) or 0


def first_labelled(tx: Session, person_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these persons got their first label."""
    query = (
        select(LabelRow.person_id, func.min(LabelRow.created_at))
        .where(LabelRow.person_id.in_(list(person_ids)))
        .group_by(LabelRow.person_id)
    )
    return dict(tx.execute(query).all())
