"""Which exports were made: when, by whom, and of what, so that a deletion can name those that held it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.schema import ExportRow, ImageRow, PersonRow

MOST_KEPT = 10_000
"""Beyond, the oldest go: ten a day are kept for nearly three years."""


@dataclass(frozen=True)
class Export:
    """An export that was made. sha256: of its file."""

    id: int
    at: datetime
    actor: str
    via: str
    filter: dict[str, Any]
    images: int
    persons: int
    labelled: int
    sha256: str


@dataclass(frozen=True)
class LastNumbers:
    """Of what there was when an export read the home: numbers are given once, so it held nothing beyond them."""

    image: int
    person: int


def last_numbers(tx: Session) -> LastNumbers:
    """Of now, in the reading that the export reads."""
    return LastNumbers(tx.scalar(select(func.max(ImageRow.id))) or 0, tx.scalar(select(func.max(PersonRow.id))) or 0)


def note(
    tx: Session,
    last: LastNumbers,
    *,
    actor: str,
    via: str,
    filter: dict[str, Any],
    images: int,
    persons: int,
    labelled: int,
    sha256: str,
) -> None:
    """Record an export, before anybody gets it."""
    row = ExportRow(
        at=utc_now(),
        actor=actor[:64],
        via=via[:80],
        filter=filter,
        images=images,
        persons=persons,
        labelled=labelled,
        last_image_id=last.image,
        last_person_id=last.person,
        sha256=sha256,
    )
    tx.add(row)
    tx.flush()
    tx.execute(delete(ExportRow).where(ExportRow.id <= row.id - MOST_KEPT))


def holding(tx: Session, *, image_id: int, person_id: int | None, most: int = 20) -> tuple[list[Export], int]:
    """The newest exports that held an image, or one of its persons, newest first; and how many there are in all."""
    held = [ExportRow.last_image_id >= image_id]
    if person_id is not None:
        held.append(ExportRow.last_person_id >= person_id)
    count = tx.scalar(select(func.count()).select_from(ExportRow).where(*held)) or 0
    rows = tx.scalars(select(ExportRow).where(*held).order_by(ExportRow.id.desc()).limit(most))
    return [_told(row) for row in rows], count


def _told(row: ExportRow) -> Export:
    return Export(row.id, row.at, row.actor, row.via, row.filter, row.images, row.persons, row.labelled, row.sha256)
