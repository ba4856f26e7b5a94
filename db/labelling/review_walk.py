"""Whom a reviewer sees, one after the other: accepted persons nobody has reviewed, chosen by the project's rule."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session

from db.convert import image_record, person_record
from db.labelling import findings
from db.pool.project import get_project, project_row
from db.pool.workable import is_shown
from db.records import FindingRecord, ImageRecord, PersonRecord, PersonScore, ReviewRule, UserRecord
from db.rounds import predictions
from db.schema import ImageRow, LabelRow, LeaseRow, PersonFlagRow, PersonRow, ReviewRow, UserRow
from sspcm.pose import IMPORTED

ReviewShow = Literal["sample", "flagged", "suspicious", "all"]
"""Whom the project's rule chose; in whom networks flag keypoints; whose label a check suspects; everybody."""
PLACES = 2**31 - 1
"""Every person has one of so many places, and the rule's share says up to which of them persons are reviewed."""
_BEND, _STEP = 1_327_217_885, 1_070_739_019
"""So that neither neighbours nor every n-th person lie together; all products stay below 2**63, as both stores ask."""


@dataclass(frozen=True)
class ReviewFilter:
    """Whom to show. annotator: whose labels alone; IMPORTED, which a team's sample leaves out, for those of imports."""

    show: ReviewShow = "sample"
    annotator: str | None = None


@dataclass(frozen=True)
class ToReview:
    """A person to review, with the label that counts. came_back: their label before was sent back.

    score: what networks say; None in validation, where nobody is told. findings: what a check suspects of the label,
    the most suspicious first.
    """

    person: PersonRecord
    revision: int
    image: ImageRecord
    score: PersonScore | None
    came_back: bool
    findings: tuple[FindingRecord, ...] = ()


def place_of(person_id: int) -> int:
    """The person's place: below share * PLACES, they are in the sample. A larger share keeps whom a smaller one has."""
    return (person_id * person_id % PLACES * _BEND + person_id * _STEP) % PLACES


def annotators_with_labels(tx: Session) -> list[str]:
    """The names of who gave a person a label, and IMPORTED last where a label came with a file."""
    given = select(1).where(LabelRow.author == UserRow.name)
    people = list(tx.scalars(select(UserRow.name).where(given.exists()).order_by(UserRow.folded_name)))
    imported = tx.scalar(select(LabelRow.id).where(LabelRow.author == IMPORTED).limit(1))
    return people if imported is None else [*people, IMPORTED]


def is_sampled_now(tx: Session, person_id: int, author: str) -> bool:
    """Whether the project's rule, and not a reviewer, chose this person's label."""
    rule = get_project(tx).review
    return place_of(person_id) < _places(rule) or author in new_annotators(tx, rule)


def new_annotators(tx: Session, rule: ReviewRule) -> list[str]:
    """The names of those of whom fewer persons were reviewed than the rule wants at first."""
    counted = select(ReviewRow.annotator_id, func.count().label("count")).group_by(ReviewRow.annotator_id).subquery()
    accounts = select(UserRow.name).outerjoin(counted, counted.c.annotator_id == UserRow.id)
    return list(tx.scalars(accounts.where(func.coalesce(counted.c.count, 0) < rule.first).order_by(UserRow.name)))


def persons_to_review(
    tx: Session,
    wanted: ReviewFilter,
    reviewer: UserRecord,
    *,
    now: datetime,
    after: int | None = None,
    exclude: Collection[int] = (),
    limit: int,
) -> list[ToReview]:
    """The next persons for this reviewer, in a circle over all: those after a person, then those before.

    Each reviewer begins somewhere else, so that two at once meet late. Of suspicious labels the most suspicious come
    first, whoever asks, and `after` says nothing: who was reviewed is no longer among them. Nobody sees their own
    labels, those that measure rounds as they came, or a person whose image another works on.
    """
    query = _to_review(tx, wanted, reviewer, now=now).where(PersonRow.id.not_in(set(exclude)))
    if wanted.show == "suspicious":
        found = list(tx.execute(query.order_by(findings.worst_score().desc(), PersonRow.id).limit(limit)))
    else:
        found = _in_a_circle(tx, query, _begin(tx, reviewer) if after is None else after, limit)
    told = [person.id for person, _, image in found if image.split == "train"]
    scores = predictions.shown_scores(tx, told, get_project(tx))
    ids = [person.id for person, *_ in found]
    suspected = findings.of_persons(tx, ids)
    back = set(tx.scalars(select(ReviewRow.person_id).where(ReviewRow.person_id.in_(ids), ReviewRow.result == "back")))
    return [
        ToReview(
            person=person_record(person, label),
            revision=label.revision,
            image=image_record(image),
            score=scores.get(person.id),
            came_back=person.id in back,
            findings=tuple(suspected.get(person.id, ())),
        )
        for person, label, image in found
    ]


def count_to_review(tx: Session, wanted: ReviewFilter, reviewer: UserRecord, *, now: datetime, most: int) -> int:
    """How many there are for this reviewer, counted up to `most`."""
    some = _to_review(tx, wanted, reviewer, now=now).with_only_columns(PersonRow.id).limit(most).subquery()
    return tx.scalars(select(func.count()).select_from(some)).one()


def _in_a_circle(
    tx: Session, query: Select[PersonRow, LabelRow, ImageRow], begin: int, limit: int
) -> list[Row[PersonRow, LabelRow, ImageRow]]:
    found = list(tx.execute(query.where(PersonRow.id > begin).order_by(PersonRow.id).limit(limit)))
    if len(found) < limit:
        before = query.where(PersonRow.id <= begin).order_by(PersonRow.id).limit(limit - len(found))
        found += list(tx.execute(before))
    return found


def _begin(tx: Session, reviewer: UserRecord) -> int:
    """After which person this reviewer begins."""
    last = tx.scalar(select(func.max(PersonRow.id))) or 0
    return place_of(reviewer.id) * last // PLACES


def _to_review(
    tx: Session, wanted: ReviewFilter, reviewer: UserRecord, *, now: datetime
) -> Select[PersonRow, LabelRow, ImageRow]:
    current = and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision)
    reviewed = select(1).where(ReviewRow.person_id == PersonRow.id, ReviewRow.revision == PersonRow.label_revision)
    elsewhere = select(LeaseRow.image_id).where(LeaseRow.expires_at > now, LeaseRow.user_id != reviewer.id)
    query = (
        select(PersonRow, LabelRow, ImageRow)
        .join(LabelRow, current)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(PersonRow.state == "accepted", LabelRow.author != reviewer.name)
        .where(~reviewed.exists(), PersonRow.image_id.not_in(elsewhere), is_shown())
        .execution_options(populate_existing=True)
    )
    if wanted.annotator is None:
        query = query.where(LabelRow.author != IMPORTED)
    else:  # by the index of authors first: for somebody with few labels, all that are accepted would be walked
        theirs = select(LabelRow.person_id).where(LabelRow.author == wanted.annotator)
        query = query.where(LabelRow.author == wanted.annotator, PersonRow.id.in_(theirs))
    if wanted.show == "sample":
        return query.where(_is_sampled(tx))
    if wanted.show == "flagged":
        return query.where(ImageRow.split == "train", _is_flagged(tx))
    if wanted.show == "suspicious":
        return query.where(PersonRow.id.in_(findings.suspected_persons()), findings.worst_score().is_not(None))
    return query


def _is_sampled(tx: Session) -> ColumnElement[bool]:
    """`is_sampled_now` for the store, and whoever came back once: what became of them is looked at."""
    rule = get_project(tx).review
    number = cast(PersonRow.id, BigInteger)
    place = (number * number % PLACES * _BEND + number * _STEP) % PLACES
    new = new_annotators(tx, rule)
    came_back = select(1).where(ReviewRow.person_id == PersonRow.id, ReviewRow.result == "back")
    return or_(place < _places(rule), LabelRow.author.in_(new) if new else false(), came_back.exists())


def _places(rule: ReviewRule) -> int:
    """How many of all places the rule's share has."""
    return math.ceil(rule.share * PLACES)


def _is_flagged(tx: Session) -> ColumnElement[bool]:
    """Whether the network that labelling begins from flags a keypoint."""
    row = project_row(tx)
    of_model = row.published_round_id is None or get_project(tx).starts.source == "imported"
    source = PersonFlagRow.round_id.is_(None) if of_model else PersonFlagRow.round_id == row.published_round_id
    return select(1).where(PersonFlagRow.person_id == PersonRow.id, source).exists()
