"""Probes: people who come with one keypoint put wrong, or without the start that there is; and what came of each.

Who gets one is drawn by a keyed hash of the person's number, so that it is stable and nobody can guess it.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Text, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from db.errors import InvalidDecision
from db.pool.counts import everybody
from db.pool.project import get_project, project_row
from db.records import Decision, ProbeKind
from db.schema import LabelRow, PersonRow, PredictionRow, ProbeRow, UserRow
from sspcm.evaluation.probes import Wrong, left_radius, put_right
from sspcm.pose import IMPORTED, PART_OF_BOX, Label

SHARE_WRONG, SHARE_EMPTY = 0.02, 0.05
"""Of people who have a network's start, unless a lead says otherwise."""
MOST = 0.2
"""A larger share would cost more labels than it tells of."""
FEWEST_PERSONS = 200
"""A home of fewer gets no probes: of 2 % there would be fewer than four."""
_OF_PERSON = (
    select(ProbeRow)
    .where(ProbeRow.person_id == bindparam("person_id"))
    .order_by(ProbeRow.id)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Shares:
    """Of people with a start: how many get one keypoint put wrong, and how many come without it."""

    wrong: float = SHARE_WRONG
    empty: float = SHARE_EMPTY


@dataclass(frozen=True)
class Probing:
    """How this home draws people."""

    secret: str
    shares: Shares

    def draws(self, person_id: int) -> ProbeKind | None:
        """What this person gets, if anything. A larger share draws those of the smaller one as well."""
        drawn = self._number("person", person_id) / 2**64
        if drawn < self.shares.wrong:
            return "wrong"
        return "empty" if 1 - drawn <= self.shares.empty else None

    def seed(self, person_id: int) -> int:
        """What the person's wrong keypoint is chosen by."""
        return self._number("keypoint", person_id)

    def _number(self, what: str, person_id: int) -> int:
        text = f"{what} {person_id}".encode()
        return int.from_bytes(hmac.digest(self.secret.encode(), text, "sha256")[:8], "big")


@dataclass(frozen=True)
class Served:
    """A person as somebody gets them. wrong: None of who comes without a start. places: where networks had put it."""

    person_id: int
    wrong: Wrong | None
    places: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Looked:
    """What is known of how closely one annotator looks.

    caught, missed: people whose wrong keypoint was moved, or left. empty: people labelled from nothing though there was
    a start. started: labels that began at a network's pose; untouched: those in which no keypoint was touched.
    """

    name: str
    caught: int = 0
    missed: int = 0
    empty: int = 0
    started: int = 0
    untouched: int = 0


@dataclass(frozen=True)
class Missed:
    """A person who was accepted with the wrong keypoint left in place."""

    person_id: int
    image_id: int
    annotator: str
    keypoint: int
    at: datetime


def shares(tx: Session) -> Shares:
    """As a lead set them."""
    return Shares(**(project_row(tx).probes or {}))


def set_shares(tx: Session, wanted: Shares) -> Shares:
    """From now on so many are drawn; what they were. Raises InvalidDecision for shares that cannot be."""
    for what, share in (("with a wrong keypoint", wanted.wrong), ("without a start", wanted.empty)):
        if not 0 <= share <= MOST:  # NaN fails this too
            raise InvalidDecision(
                f"the share of people {what} is {share:g}; wanted 0 to {MOST:g}, as in 0.02. 0 switches it off."
            )
    before = shares(tx)
    project_row(tx).probes = {"wrong": wanted.wrong, "empty": wanted.empty}
    tx.flush()
    return before


def probing(tx: Session) -> Probing | None:
    """How people are drawn; None where nobody is."""
    row = project_row(tx)
    asked = Shares(**(row.probes or {}))
    if not row.secret or not (asked.wrong or asked.empty):
        return None
    return Probing(row.secret, asked) if is_large_enough(tx) else None


def is_large_enough(tx: Session) -> bool:
    """Whether the home has so many people that probes tell anything."""
    return everybody(tx).persons >= FEWEST_PERSONS


def never_labelled(tx: Session, person_ids: Collection[int]) -> set[int]:
    """Those of the persons who never had a label."""
    labelled = select(LabelRow.person_id).where(LabelRow.person_id.in_(person_ids))
    return set(person_ids) - set(tx.scalars(labelled))


def not_noted(tx: Session, served: Sequence[Served], user_id: int) -> list[Served]:
    """Those of which the store does not know yet that this annotator got them so."""
    rows = tx.scalars(
        select(ProbeRow).where(ProbeRow.person_id.in_([one.person_id for one in served]), ProbeRow.user_id == user_id)
    )
    known = {_served(row) for row in rows}
    return [one for one in served if one not in known]


def note(tx: Session, served: Sequence[Served], user_id: int, *, now: datetime) -> None:
    """Write down what this annotator gets, before they get it."""
    tx.add_all(
        ProbeRow(
            person_id=one.person_id,
            user_id=user_id,
            kind="empty" if one.wrong is None else "wrong",
            how="" if one.wrong is None else one.wrong.how,
            keypoint=None if one.wrong is None else one.wrong.keypoint,
            dx=None if one.wrong is None else one.wrong.dx,
            dy=None if one.wrong is None else one.wrong.dy,
            places=[list(place) for place in one.places],
            served_at=now,
        )
        for one in not_noted(tx, served, user_id)
    )
    tx.flush()


def answer(tx: Session, decision: Decision, label: Label, person: PersonRow, *, revision: int, now: datetime) -> Label:
    """The label as it is stored: without any place that was put wrong, whoever had got it so.

    The annotator's first accept of the person tells what came of their probe. In the accept's own transaction.
    """
    rows = list(tx.scalars(_OF_PERSON, {"person_id": person.id}))
    if not rows:
        return label
    right, missed = _put_right(tx, [row for row in rows if row.kind == "wrong"], label, person)
    own = [row for row in rows if row.user_id == decision.user.id]
    if own and all(row.outcome is None for row in own):
        row = own[-1]
        row.outcome = "labelled" if row.kind == "empty" else "missed" if missed else "caught"
        row.decided_at, row.label_revision = now, revision
        tx.flush()
    return right


def looked(tx: Session) -> list[Looked]:
    """How closely each annotator looks, by name: everybody who got a probe or began at a network's pose."""
    counts: dict[str, dict[str, int]] = {}
    outcomes = (
        select(UserRow.name, ProbeRow.outcome, func.count())
        .join(UserRow, UserRow.id == ProbeRow.user_id)
        .where(ProbeRow.outcome.is_not(None))
        .group_by(UserRow.name, ProbeRow.outcome)
    )
    for name, outcome, number in tx.execute(outcomes):
        counts.setdefault(name, {})["empty" if outcome == "labelled" else str(outcome)] = number
    is_touched = cast(LabelRow.touched, Text).contains("true")
    begun = (
        select(LabelRow.author, func.count(), func.sum(case((is_touched, 0), else_=1)))
        .where(
            LabelRow.started_from.is_not(None),
            LabelRow.author != IMPORTED,
            func.coalesce(LabelRow.began, "model").in_(("model", "student")),  # NULL: of before that was noted
        )
        .group_by(LabelRow.author)
    )
    for name, started, untouched in tx.execute(begun):
        counts.setdefault(name, {}).update(started=started, untouched=int(untouched))
    return [Looked(name, **counts[name]) for name in sorted(counts, key=str.casefold)]


def missed(tx: Session, *, most: int) -> list[Missed]:
    """Who was accepted with the wrong keypoint left in place, and not labelled again since; the last first."""
    query = (
        select(ProbeRow, PersonRow.image_id)
        .join(PersonRow, PersonRow.id == ProbeRow.person_id)
        .where(ProbeRow.outcome == "missed", ProbeRow.label_revision == PersonRow.label_revision)
        .order_by(ProbeRow.decided_at.desc(), ProbeRow.id.desc())
        .limit(most)
    )
    return [
        Missed(row.person_id, image_id, row.user.name, row.keypoint, row.decided_at)
        for row, image_id in tx.execute(query)
        if row.keypoint is not None and row.decided_at is not None
    ]


def _served(row: ProbeRow) -> Served:
    return Served(row.person_id, _wrong(row), tuple((x, y) for x, y in row.places))


def _wrong(row: ProbeRow) -> Wrong | None:
    if row.keypoint is None or row.dx is None or row.dy is None:
        return None
    return Wrong(row.keypoint, row.dx, row.dy, row.how)  # type: ignore[arg-type]  # `note` wrote it


def _put_right(tx: Session, rows: Sequence[ProbeRow], label: Label, person: PersonRow) -> tuple[Label, bool]:
    """The label without the wrong places of these probes, and whether one was there."""
    if not rows:
        return label, False
    began = None if label.started_from is None else tx.get(PredictionRow, label.started_from)
    start = None if began is None else np.array(began.xyc, dtype=np.float64)[:, :2]
    sigmas = get_project(tx).skeleton.sigma_array
    area = person.area or PART_OF_BOX * person.box_width * person.box_height
    was_left = False
    for row in rows:
        wrong = _wrong(row)
        assert wrong is not None and label.touched is not None
        places = np.array(row.places, dtype=np.float64).reshape(-1, 2)
        radius = left_radius(float(sigmas[wrong.keypoint]), area)
        right = put_right(label.xyv, wrong, places, start=start, radius=radius)
        if right.is_left:
            was_left = True
            touched = label.touched & ~right.changed
            label = Label(right.xyv, label.author, label.revision, touched, label.started_from)
    return label, was_left
