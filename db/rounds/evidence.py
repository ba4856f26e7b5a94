"""What networks can be measured by: labels that people made, and who learned from which."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.convert import person_record
from db.records import PersonRecord, Split
from db.schema import (
    DecisionRow,
    FrozenPersonRow,
    ImageRow,
    LabelRow,
    PersonRow,
    PersonScoreRow,
    PredictionRow,
    ProbeRow,
    RoundRow,
)
from sspcm.pose import IMPORTED


def labelled(
    tx: Session, split: Split, *, most: int, and_imported: bool = False, since: datetime | None = None
) -> list[PersonRecord]:
    """A split's accepted persons, the last labels first; of the pool only those whom somebody labelled here.

    Nobody who was shown with a keypoint put wrong. and_imported: of the pool those as well whose label is a file's.
    since: only those without any label until then.
    """
    current = and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision)
    query = (
        select(PersonRow, LabelRow)
        .join(LabelRow, current)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(PersonRow.state == "accepted", ImageRow.split == split, ~_is_probed())
        .order_by(LabelRow.id.desc())
        .limit(most)
    )
    if split == "train" and not and_imported:
        query = query.where(LabelRow.author != IMPORTED)
    if since is not None:
        earlier = aliased(LabelRow)
        query = query.where(~exists().where(earlier.person_id == PersonRow.id, earlier.created_at <= since))
    return [person_record(person, label) for person, label in tx.execute(query)]


def open_in_doubt(tx: Session, number: int, *, most: int) -> list[PersonRecord]:
    """The pool's open persons whom a round scored, those in most doubt first."""
    query = (
        select(PersonRow)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .join(PersonScoreRow, PersonScoreRow.person_id == PersonRow.id)
        .join(RoundRow, RoundRow.id == PersonScoreRow.round_id)
        .where(PersonRow.state == "open", ImageRow.split == "train", RoundRow.number == number)
        .order_by(PersonScoreRow.score.desc(), PersonRow.id)
        .limit(most)
    )
    return [person_record(person, None) for person in tx.scalars(query)]


def learned_from(tx: Session, number: int) -> set[int]:
    """Whose labels a round's networks may have learned from: those of every round up to it, which it may go on from."""
    query = (
        select(FrozenPersonRow.person_id)
        .join(RoundRow, RoundRow.id == FrozenPersonRow.round_id)
        .where(RoundRow.number <= number, FrozenPersonRow.role == "labelled")
    )
    return set(tx.scalars(query))


def count_taught_by(tx: Session, *, network: str, round_number: int | None) -> int:
    """How many accepted persons a network predicted and did not learn from. round_number: None for an imported one."""
    labelled = PersonRow.state == "accepted", PersonRow.label_revision.is_not(None)
    query = select(func.count()).select_from(PersonRow).where(*labelled)
    return tx.scalar(query.where(*_fairly_predicted(network, round_number), ~_is_probed())) or 0


def count_deciding(tx: Session, *, network: str, round_number: int | None) -> tuple[int, int]:
    """How many labelled people a network can be measured by: of validation, and of those labelled here in the pool."""
    current = and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision)
    query = (
        select(ImageRow.split, func.count())
        .select_from(PersonRow)
        .join(LabelRow, current)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(PersonRow.state == "accepted", (ImageRow.split == "validation") | (LabelRow.author != IMPORTED))
        .where(*_fairly_predicted(network, round_number), ~_is_probed())
        .group_by(ImageRow.split)
    )
    counted = dict(tx.execute(query).all())
    return counted.get("validation", 0), counted.get("train", 0)


def count_corrected(tx: Session) -> int:
    """How many labelled people of the pool an imported model predicted: corrections teach the order before rounds."""
    predicted = exists().where(PersonScoreRow.person_id == PersonRow.id, PersonScoreRow.round_id.is_(None))
    query = (
        select(func.count())
        .select_from(PersonRow)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(PersonRow.label_revision.is_not(None), PersonRow.state == "accepted", ImageRow.split == "train")
    )
    return tx.scalar(query.where(predicted, ~_is_probed())) or 0


def probed(tx: Session) -> set[int]:
    """Who was shown with a keypoint put wrong: what people made of that start says nothing of the network's."""
    return set(tx.scalars(select(ProbeRow.person_id).where(ProbeRow.kind == "wrong")))


def _is_probed() -> ColumnElement[bool]:
    """The same, of a person's row."""
    return exists().where(ProbeRow.person_id == PersonRow.id, ProbeRow.kind == "wrong")


def _fairly_predicted(network: str, round_number: int | None) -> list[ColumnElement[bool]]:
    """Of a person: the network predicted them, and did not learn from them."""
    theirs = PredictionRow.person_id == PersonRow.id, PredictionRow.network == network
    if round_number is None:
        return [exists().where(*theirs, PredictionRow.round_id.is_(None))]
    its_round = select(RoundRow.id).where(RoundRow.number == round_number).scalar_subquery()
    learned = exists().where(
        FrozenPersonRow.person_id == PersonRow.id,
        FrozenPersonRow.role == "labelled",
        FrozenPersonRow.round_id.in_(select(RoundRow.id).where(RoundRow.number <= round_number)),
    )
    return [exists().where(*theirs, PredictionRow.round_id == its_round), ~learned]


def rounds_of(tx: Session, prediction_ids: Collection[int]) -> dict[int, int | None]:
    """Which round each prediction is of; None: an imported model's. Ids that are none are left out."""
    query = (
        select(PredictionRow.id, RoundRow.number)
        .outerjoin(RoundRow, RoundRow.id == PredictionRow.round_id)
        .where(PredictionRow.id.in_(prediction_ids))
    )
    return dict(tx.execute(query).all())


def imported_network(tx: Session) -> str | None:
    """The name of an imported model that predicted somebody; None before any did."""
    return tx.scalar(select(PersonScoreRow.network).where(PersonScoreRow.round_id.is_(None)).limit(1))


def mark(tx: Session) -> tuple[int | None, ...]:
    """Another one whenever a label, a decision or a prediction came: nothing else changes what can be measured."""
    newest = (select(func.max(column)).scalar_subquery() for column in (LabelRow.id, DecisionRow.id, PredictionRow.id))
    return tuple(tx.execute(select(*newest)).one())
