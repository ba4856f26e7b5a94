"""What checks of labels suspect: kept beside the revision it is about, and gone with the next one that counts."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session

from db.errors import NotFound
from db.pool.persons import is_listed
from db.pool.project import get_project
from db.records import FindingRecord, LabelCheckRecord, ToCheckBy, UserRecord
from db.schema import FindingRow, ImageRow, LabelCheckRow, LabelRow, PersonRow, PredictionRow
from db.upsert import insert
from sspcm.label_checks.finding import Kind

_IDS_A_QUERY = 5000


def replace(tx: Session, findings: Sequence[FindingRecord], check: LabelCheckRecord) -> int:
    """What the newest check of everybody suspects, in place of all that earlier ones did; how much of it is shown.

    What a person called right of the same revision stays so: the same kind of the same keypoints is not said again.
    """
    tx.execute(delete(FindingRow).where(FindingRow.right_at.is_(None)))
    settled = set(tx.execute(select(FindingRow.person_id, FindingRow.revision, FindingRow.kind, FindingRow.about)))
    new = [one for one in findings if (one.person_id, one.revision, one.kind, _about(one)) not in settled]
    rows = [
        {
            "person_id": one.person_id,
            "revision": one.revision,
            "kind": one.kind,
            "about": _about(one),
            "keypoints": list(one.keypoints),
            "score": one.score,
            "words": one.words,
            "other_id": one.other,
            "beside": one.beside,
            "found_at": check.at,
        }
        for one in new
    ]
    if rows:
        # Of two checks at once the later one's deletion does not see what the other is about to add.
        tx.connection().execute(insert(tx, FindingRow).on_conflict_do_nothing(), rows)
    tx.add(
        LabelCheckRow(
            at=check.at,
            asked_by=check.asked_by,
            people=check.people,
            predicted=check.predicted,
            found=len(rows),
            newest_label=check.seen.label,
            newest_imported=check.seen.imported,
            published_round=check.seen.round,
        )
    )
    tx.flush()
    return len(rows)


def _about(one: FindingRecord) -> str:
    """Which keypoints, or which other person: what makes it another suspicion of the same kind."""
    if not one.keypoints:
        return f"person {one.other}" if one.other is not None else ""
    return ",".join(map(str, sorted(one.keypoints)))[:64]


def is_current() -> ColumnElement[bool]:
    """Beside a finding's person: whether it is about the label that counts, and nobody called it right."""
    return (
        FindingRow.right_at.is_(None)
        & (PersonRow.state == "accepted")
        & (PersonRow.label_revision == FindingRow.revision)
        & is_listed()
    )


def suspected_persons() -> Select[int]:
    """The few persons with a finding that nobody called right, of whatever revision."""
    return select(FindingRow.person_id).where(FindingRow.right_at.is_(None))


def worst_score() -> ColumnElement[float | None]:
    """Beside a person: the score of what is most suspicious about the label that counts; NULL where nothing is."""
    of_person = FindingRow.person_id == PersonRow.id, FindingRow.revision == PersonRow.label_revision
    worst = select(func.max(FindingRow.score)).where(FindingRow.right_at.is_(None), *of_person)
    return worst.correlate(PersonRow).scalar_subquery()


def current(tx: Session, *, kind: Kind | None = None, most: int | None = None) -> list[FindingRecord]:
    """What is suspected now, the most suspicious first; of one kind, if asked, and so many at most."""
    query = _current().order_by(FindingRow.score.desc(), FindingRow.person_id, FindingRow.id)
    if kind is not None:
        query = query.where(FindingRow.kind == kind)
    return [finding_record(row) for row in tx.scalars(query if most is None else query.limit(most))]


def of_persons(tx: Session, person_ids: Collection[int]) -> dict[int, list[FindingRecord]]:
    """What is suspected now about these persons, the most suspicious first; others are left out."""
    found: dict[int, list[FindingRecord]] = {}
    for ids in _chunks(person_ids):
        query = _current().where(FindingRow.person_id.in_(ids)).order_by(FindingRow.score.desc(), FindingRow.id)
        for row in tx.scalars(query):
            found.setdefault(row.person_id, []).append(finding_record(row))
    return found


def counts(tx: Session) -> dict[str, int]:
    """How many persons are suspected of each kind now."""
    query = (
        select(FindingRow.kind, func.count(FindingRow.person_id.distinct()))
        .join(PersonRow, PersonRow.id == FindingRow.person_id)
        .where(is_current())
        .group_by(FindingRow.kind)
    )
    return dict(tx.execute(query).all())


def call_right(tx: Session, finding_id: int, user: UserRecord, *, now: datetime) -> FindingRecord:
    """The label is right as it is: this is no longer shown, and not said again of this revision. Twice is once.

    Raises NotFound where there is no such finding: a newer check or a newer label took it away.
    """
    row = tx.get(FindingRow, finding_id)
    if row is None:
        raise NotFound(
            f"There is no finding {finding_id} any more: the label or the check is a newer one. Load the page again."
        )
    mine = update(FindingRow).where(FindingRow.id == finding_id, FindingRow.right_at.is_(None))
    tx.execute(mine.values(right_at=now, right_by_id=user.id))
    return finding_record(row)


def found_good(tx: Session, person_id: int, revision: int, reviewer_id: int, *, now: datetime) -> None:
    """A reviewer found this label good: what is suspected of it is called right."""
    suspected = update(FindingRow).where(FindingRow.person_id == person_id, FindingRow.revision == revision)
    tx.execute(suspected.where(FindingRow.right_at.is_(None)).values(right_at=now, right_by_id=reviewer_id))


def not_found_good(tx: Session, person_id: int, revision: int, reviewer_id: int, *, at: datetime) -> None:
    """That was taken back: what `found_good` called right at that time is suspected as before."""
    settled = update(FindingRow).where(FindingRow.person_id == person_id, FindingRow.revision == revision)
    settled = settled.where(FindingRow.right_by_id == reviewer_id, FindingRow.right_at == at)
    tx.execute(settled.values(right_at=None, right_by_id=None))


def last_check(tx: Session) -> LabelCheckRecord | None:
    """The newest check; None before any."""
    row = tx.scalar(select(LabelCheckRow).order_by(LabelCheckRow.id.desc()).limit(1))
    if row is None:
        return None
    seen = ToCheckBy(row.newest_label, row.newest_imported, row.published_round)
    return LabelCheckRecord(row.at, row.asked_by, row.people, row.predicted, row.found, seen)


def to_check_by(tx: Session) -> ToCheckBy:
    """What a check would depend on now. Raises NotFound before there is a project."""
    label = tx.scalar(select(func.max(LabelRow.id)))
    imported = tx.scalar(select(func.max(PredictionRow.id)).where(PredictionRow.round_id.is_(None)))
    return ToCheckBy(label or 0, imported or 0, get_project(tx).published_round)


def labels_since(tx: Session, label_id: int) -> int:
    """How many labels are newer than that one."""
    return tx.scalar(select(func.count()).select_from(LabelRow).where(LabelRow.id > label_id)) or 0


def finding_record(row: FindingRow) -> FindingRecord:
    """A row as others see it."""
    return FindingRecord(
        person_id=row.person_id,
        revision=row.revision,
        kind=row.kind,
        keypoints=tuple(row.keypoints),
        score=row.score,
        words=row.words,
        other=row.other_id,
        beside=row.beside,
        id=row.id,
        found_at=row.found_at,
    )


def _current() -> Select[FindingRow]:
    return (
        select(FindingRow)
        .join(PersonRow, PersonRow.id == FindingRow.person_id)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(is_current())
    )


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Databases take a few ten thousand parameters at most."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _IDS_A_QUERY):
        yield ordered[start : start + _IDS_A_QUERY]
