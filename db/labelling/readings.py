"""Second readings: part of the people who are labelled blind are labelled once more, by somebody who does not know it.

The image is closed and its labels count as ever. A second annotator gets it as if nobody had been there; what they
decide stands in `second_labels` alone, and no label of the first is shown to anybody who may become the second.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, func, or_, select, true
from sqlalchemy.orm import Session

from db.convert import label_columns, label_of, person_record
from db.errors import InvalidDecision, RevisionConflict
from db.labelling.leases import take_lease
from db.labelling.probes import is_large_enough
from db.pool.counts import everybody
from db.pool.project import project_row
from db.records import WITHDRAWN, Decision, DecisionOutcome, PersonRecord, PersonState, UserRecord
from db.schema import (
    DecisionRow,
    ImageRow,
    LabelRow,
    LeaseRow,
    PersonRow,
    ReadingRow,
    SecondLabelRow,
    UserRow,
)
from sspcm.pose import Label

SHARE_TWICE = 0.05
"""Of all people, unless a lead says otherwise; they are drawn among those of validation, at most all of these."""
MOST_TWICE = 0.5


def _may_read(user_id: int | BindParameter[int]) -> tuple[ColumnElement[bool], ...]:
    """Of a reading: somebody in it waits, and this account may be its second."""
    somebody = select(1).where(SecondLabelRow.image_id == ReadingRow.image_id, SecondLabelRow.state == "open")
    second = or_(ReadingRow.second_id.is_(None), ReadingRow.second_id == user_id)
    return ReadingRow.is_waiting == true(), ReadingRow.first_id != user_id, second, somebody.exists()


_READER: BindParameter[int] = bindparam("user_id")
_ELSEWHERE = select(LeaseRow.image_id).where(LeaseRow.expires_at > bindparam("now"), LeaseRow.user_id != _READER)
_NEXT = (
    select(ReadingRow.image_id)
    .where(*_may_read(_READER), ReadingRow.image_id.not_in(_ELSEWHERE))
    .where(ReadingRow.image_id.not_in(bindparam("passed", expanding=True)))
    .order_by(ReadingRow.image_id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_WAITING = select(ReadingRow).where(ReadingRow.image_id == bindparam("image_id"), *_may_read(_READER))


@dataclass(frozen=True)
class Pair:
    """A person whom two people labelled, neither knowing of the other. at: when the second did."""

    person: PersonRecord
    first: Label
    second: Label
    second_by: str
    at: datetime


@dataclass(frozen=True)
class Reread:
    """How many people wait for a second annotator, and about how many the two decided otherwise: one labelled them."""

    waiting: int
    otherwise: int


def share(tx: Session) -> float:
    """Of all people, how many are to be labelled twice."""
    found = (project_row(tx).agreement or {}).get("twice")
    return SHARE_TWICE if found is None else float(found)


def set_share(tx: Session, twice: float) -> float:
    """From now on so many; what it was. Raises InvalidDecision for a share that cannot be."""
    if not 0 <= twice <= MOST_TWICE:  # NaN fails this too
        raise InvalidDecision(
            f"the share of people to label twice is {twice:g}; wanted 0 to {MOST_TWICE:g}, as in 0.05. 0 switches it "
            "off."
        )
    before = share(tx)
    row = project_row(tx)
    row.agreement = {**(row.agreement or {}), "twice": twice}
    tx.flush()
    return before


def draw(tx: Session, image: ImageRow, user: UserRecord, *, now: datetime) -> None:
    """Have a validation image read again, whose people this annotator has just labelled, if it is drawn.

    Only one where nobody else decided anything, and only where somebody else could read it.
    """
    if image.split != "validation" or tx.get(ReadingRow, image.id) is not None or not _is_drawn(tx, image.id):
        return
    rows = list(tx.scalars(select(PersonRow).where(PersonRow.image_id == image.id)))
    deciders = select(DecisionRow.user_id).where(DecisionRow.person_id.in_([row.id for row in rows])).distinct()
    somebody = select(UserRow.id).where(UserRow.id != user.id, UserRow.disabled_at.is_(None)).limit(1)
    if set(tx.scalars(deciders)) - {user.id} or tx.scalar(somebody) is None:
        return
    current = {row.id: row.label_revision for row in rows if row.state == "accepted"}
    labels = select(LabelRow).where(LabelRow.person_id.in_(current), LabelRow.author == user.name)
    own = {one.person_id: one.id for one in tx.scalars(labels) if one.revision == current[one.person_id]}
    if not own:
        return
    tx.add(ReadingRow(image_id=image.id, first_id=user.id, is_waiting=True, drawn_at=now))
    tx.flush()
    tx.add_all(
        SecondLabelRow(person_id=row.id, image_id=image.id, first_label_id=own.get(row.id), state="open", revision=0)
        for row in rows
        if (row.state != "accepted" or row.id in own) and not _is_nobodys(row)
    )
    tx.flush()


def next_for(tx: Session, user: UserRecord, *, exclude: Collection[int], now: datetime) -> ImageRow | None:
    """The first image that waits for this annotator to read it again, and that nobody else holds."""
    image_id = tx.scalar(_NEXT, {"user_id": user.id, "now": now, "passed": list(exclude)})
    return None if image_id is None else tx.get(ImageRow, image_id, populate_existing=True)


def hidden_from(tx: Session, user: UserRecord) -> set[int]:
    """The images whose labels this annotator may not see yet: they may be the second to read them. They are few."""
    return set(tx.scalars(select(ReadingRow.image_id).where(*_may_read(user.id))))


def as_second(
    tx: Session, image_id: int, user: UserRecord, persons: Sequence[PersonRecord]
) -> list[PersonRecord] | None:
    """The persons as this annotator, the second, left them; None where they read the image as it is."""
    reading = tx.scalar(_WAITING, {"image_id": image_id, "user_id": user.id})
    if reading is None:
        return None
    rows = {row.person_id: row for row in tx.scalars(select(SecondLabelRow).where(SecondLabelRow.image_id == image_id))}
    return [_shown(person, rows.get(person.id), user) for person in persons]


def row_of(tx: Session, decision: Decision, person: PersonRow) -> SecondLabelRow | None:
    """Where a decision is written that is a second reading's; None for every other one.

    Once the image is read, only the second's own undo, by the revision that they saw, is still one.
    """
    row = tx.get(SecondLabelRow, decision.person_id, populate_existing=True)
    if row is None:
        return None
    reading = tx.get_one(ReadingRow, row.image_id, populate_existing=True)
    if reading.first_id == decision.user.id or reading.second_id not in (None, decision.user.id):
        return None
    is_late = reading.second_id == decision.user.id and decision.expected_revision == row.revision != person.revision
    return row if reading.is_waiting or is_late else None


def decide(
    tx: Session, row: SecondLabelRow, decision: Decision, label: Label | None, *, now: datetime, lease_s: float
) -> DecisionOutcome:
    """Write down what the second annotator decided; nothing that counts changes. label: checked, of an accept.

    A box that they changed stays as it is. Raises RevisionConflict.
    """
    if row.revision != decision.expected_revision:
        raise RevisionConflict(
            f"You decided about this person in another window ({row.state.replace('_', ' ')} now); wanted the person "
            "as you last saw them here. Nothing was saved: load the image again."
        )
    states: dict[str, PersonState] = {"accept": "accepted", "skip": "skipped", "reopen": "open"}
    row.state = states.get(decision.kind, "not_a_person")
    row.reason = decision.reason
    row.revision += 1
    row.decided_at = now
    columns: dict[str, Any] = {"xyv": row.xyv, "touched": row.touched} if label is None else label_columns(label)
    row.xyv, row.touched = columns["xyv"], columns["touched"]
    reading = tx.get_one(ReadingRow, row.image_id)
    reading.second_id = decision.user.id
    tx.flush()
    still_open = select(func.count()).where(SecondLabelRow.image_id == row.image_id, SecondLabelRow.state == "open")
    reading.is_waiting = tx.scalars(still_open).one() > 0
    tx.flush()
    if not reading.is_waiting:
        tx.execute(delete(LeaseRow).where(LeaseRow.image_id == row.image_id, LeaseRow.user_id == decision.user.id))
    elif decision.kind == "reopen":
        take_lease(tx, row.image_id, decision.user, expires_at=now + timedelta(seconds=lease_s))
    return DecisionOutcome(
        person_id=row.person_id,
        image_id=row.image_id,
        state=row.state,
        revision=row.revision,
        image_done=not reading.is_waiting,
    )


def pairs(tx: Session, *, since: datetime | None = None) -> list[Pair]:
    """Everybody whom two people labelled, by when the second did; where asked, of this moment or later."""
    query = (
        select(SecondLabelRow, PersonRow, LabelRow, UserRow.name)
        .join(PersonRow, PersonRow.id == SecondLabelRow.person_id)
        .join(LabelRow, LabelRow.id == SecondLabelRow.first_label_id)
        .join(ReadingRow, ReadingRow.image_id == SecondLabelRow.image_id)
        .join(UserRow, UserRow.id == ReadingRow.second_id)
        .where(SecondLabelRow.state == "accepted")
        .order_by(SecondLabelRow.decided_at, SecondLabelRow.person_id)
    )
    if since is not None:
        query = query.where(SecondLabelRow.decided_at >= since)
    return [_pair(*found) for found in tx.execute(query)]


def reread(tx: Session) -> Reread:
    """What else there is of second readings."""
    waiting = (
        select(func.count())
        .select_from(SecondLabelRow)
        .join(ReadingRow, ReadingRow.image_id == SecondLabelRow.image_id)
        .where(ReadingRow.is_waiting, SecondLabelRow.state == "open")
    )
    labelled, accepted = SecondLabelRow.first_label_id.is_not(None), SecondLabelRow.state == "accepted"
    otherwise = select(func.count()).where(SecondLabelRow.state != "open", labelled != accepted)
    return Reread(tx.scalars(waiting).one(), tx.scalars(otherwise).one())


def _is_drawn(tx: Session, image_id: int) -> bool:
    """By a keyed hash, so often that the wanted share of all people is labelled twice."""
    row, wanted = project_row(tx), share(tx)
    if not wanted or not row.secret or not is_large_enough(tx):
        return False
    people = everybody(tx)
    drawn = int.from_bytes(hmac.digest(row.secret.encode(), f"twice {image_id}".encode(), "sha256")[:8], "big")
    return bool(drawn / 2**64 < wanted * people.persons / max(people.validation, 1))


def _is_nobodys(row: PersonRow) -> bool:
    """A crowd region, or a box that was taken off the list."""
    return row.extra.get("iscrowd") == 1 or (row.state == "not_a_person" and row.skip_reason == WITHDRAWN)


def _shown(person: PersonRecord, row: SecondLabelRow | None, user: UserRecord) -> PersonRecord:
    """Whoever was added since the first reading is as they are."""
    if row is None:
        return person
    label = None if row.xyv is None else _second(row, user.name)
    return replace(person, state=row.state, revision=row.revision, label=label, label_id=None, skip_reason=row.reason)


def _pair(row: SecondLabelRow, person: PersonRow, label: LabelRow, second_by: str) -> Pair:
    assert row.decided_at is not None
    return Pair(person_record(person, None), label_of(label), _second(row, second_by), second_by, row.decided_at)


def _second(row: SecondLabelRow, author: str) -> Label:
    """The second annotator's label, as they last accepted it."""
    return Label(np.array(row.xyv, dtype=np.float64), author, touched=np.array(row.touched, dtype=bool))
