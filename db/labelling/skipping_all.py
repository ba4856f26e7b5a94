"""Many people skipped at once, because nobody can label them, and taken back at once: each in one transaction.

Whoever works on an image loses nothing: people in an image that somebody holds are left as they are, and so is whoever
was ever labelled.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from db.convert import person_record
from db.labelling.keys import fingerprint
from db.records import DecisionKind, PersonRecord, PersonState, UserRecord
from db.schema import DecisionRow, ImageRow, LabelRow, LeaseRow, PersonRow, RankingEntryRow
from db.upsert import insert

REASON = "too small or too dark to label; skipped with all others like that"
"""By which these people are found again."""
KINDS = ("skip_all", "reopen_all")
"""What the store calls these decisions: no page leads back to the images of hundreds of them."""
_IDS_A_QUERY = 5000


@dataclass(frozen=True)
class Changed:
    """How many people another state, and in how many images an annotator's work ended, or began again.

    left: people who stay as they are, since somebody holds their image or decided about them meanwhile.
    """

    persons: int
    images: int
    left: int


@dataclass(frozen=True)
class Waiting:
    """The pool's open people whom nobody ever labelled, in open images. held: those whom somebody is at work on.

    with_others: the images in which somebody is open who was labelled once.
    """

    persons: list[PersonRecord]
    held: frozenset[int]
    with_others: frozenset[int]


def never_labelled(tx: Session, *, now: datetime) -> Waiting:
    """Who may be skipped at once."""
    query = (
        select(PersonRow)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(ImageRow.is_open, _is_never_labelled())
        .order_by(PersonRow.image_id, PersonRow.id)
    )
    persons = [person_record(row, None) for row in tx.scalars(query)]
    held, labelled = _held(tx, now=now), select(1).where(LabelRow.person_id == PersonRow.id).exists()
    others = select(PersonRow.image_id).where(PersonRow.state == "open", labelled)
    mine = frozenset(one.id for one in persons if one.image_id in held)
    return Waiting(persons, mine, frozenset(tx.scalars(others)))


def skip_all(tx: Session, person_ids: Collection[int], *, user: UserRecord, key: str, now: datetime) -> Changed:
    """Skip those of the people who are open, were never labelled, and whose image nobody holds.

    Each is remembered as a decision of the user. An image in which nobody else is open closes. key: of this change;
    with a number behind it, it names the decisions. Validation people stay as they are.
    """
    return _change(tx, person_ids, "skip", _is_never_labelled(), user=user, key=key, now=now)


def skipped_at_once(tx: Session) -> list[int]:
    """Whom `skip_all` skipped and nobody opened again."""
    return list(tx.scalars(select(PersonRow.id).where(_is_skipped_at_once()).order_by(PersonRow.id)))


def reopen_all(tx: Session, *, user: UserRecord, key: str, now: datetime) -> Changed:
    """Take every `skip_all` back: these people are open again, and so are their images, which nobody holds then."""
    return _change(tx, skipped_at_once(tx), "reopen", _is_skipped_at_once(), user=user, key=key, now=now)


def _change(
    tx: Session,
    person_ids: Collection[int],
    kind: DecisionKind,
    may: ColumnElement[bool],
    *,
    user: UserRecord,
    key: str,
    now: datetime,
) -> Changed:
    asked = set(person_ids)
    image_ids = [found for ids in _chunks(asked) for found in _images_of(tx, ids)]
    for ids in _chunks(image_ids):
        _lock(tx, ids)
    # after the locks: whoever was about to take one of the images, or to decide there, is done
    held = _held(tx, now=now)
    rows: list[tuple[int, int, int]] = []
    for ids in _chunks(asked):
        query = (
            select(PersonRow.id, PersonRow.image_id, PersonRow.revision)
            .join(ImageRow, ImageRow.id == PersonRow.image_id)
            .where(PersonRow.id.in_(ids), may)
            .order_by(PersonRow.id)
        )
        rows += [(i, image_id, revision) for i, image_id, revision in tx.execute(query) if image_id not in held]
    state: PersonState = "skipped" if kind == "skip" else "open"
    for ids in _chunks([person_id for person_id, _, _ in rows]):
        values = {"state": state, "skip_reason": REASON if kind == "skip" else None}
        changed = update(PersonRow).where(PersonRow.id.in_(ids))
        tx.execute(
            changed.values(**values, revision=PersonRow.revision + 1).execution_options(synchronize_session=False)
        )
    turned = _settle(tx, {image_id for _, image_id, _ in rows}, is_open=kind == "reopen")
    _remember(tx, rows, kind, state, turned, user=user, key=key, now=now)
    tx.expire_all()
    return Changed(persons=len(rows), images=len(turned), left=len(asked) - len(rows))


def _is_never_labelled() -> ColumnElement[bool]:
    """Whether a person of the pool is open and was never labelled."""
    labelled = select(1).where(LabelRow.person_id == PersonRow.id).exists()
    return (PersonRow.state == "open") & (ImageRow.split == "train") & ~labelled


def _is_skipped_at_once() -> ColumnElement[bool]:
    return (PersonRow.state == "skipped") & (PersonRow.skip_reason == REASON)


def _held(tx: Session, *, now: datetime) -> set[int]:
    return set(tx.scalars(select(LeaseRow.image_id).where(LeaseRow.expires_at > now)))


def _images_of(tx: Session, person_ids: Sequence[int]) -> set[int]:
    return set(tx.scalars(select(PersonRow.image_id).where(PersonRow.id.in_(person_ids)).distinct()))


def _lock(tx: Session, image_ids: Sequence[int]) -> None:
    """Images first, then their places in the queue, as `moving` and `closing` take them; until the transaction ends."""
    images = select(ImageRow.id).where(ImageRow.id.in_(image_ids)).order_by(ImageRow.id)
    tx.scalars(images.with_for_update(key_share=True)).all()
    places = select(RankingEntryRow.image_id).where(RankingEntryRow.image_id.in_(image_ids))
    tx.scalars(places.order_by(RankingEntryRow.ranking_id, RankingEntryRow.image_id).with_for_update()).all()


def _settle(tx: Session, image_ids: Collection[int], *, is_open: bool) -> set[int]:
    """Open the images, or close those in which nobody is open; which changed."""
    turned: set[int] = set()
    for ids in _chunks(image_ids):
        waiting = select(1).where(PersonRow.image_id == ImageRow.id, PersonRow.state == "open").exists()
        found = select(ImageRow.id).where(ImageRow.id.in_(ids), ImageRow.is_open != is_open)
        turning = list(tx.scalars(found if is_open else found.where(~waiting)))
        for table, column in ((ImageRow, ImageRow.id), (RankingEntryRow, RankingEntryRow.image_id)):
            now = update(table).where(column.in_(turning)).values(is_open=is_open)
            tx.execute(now.execution_options(synchronize_session=False))
        if not is_open:  # one that ran out
            tx.execute(delete(LeaseRow).where(LeaseRow.image_id.in_(turning)))
        turned |= set(turning)
    return turned


def _remember(
    tx: Session,
    rows: Sequence[tuple[int, int, int]],
    kind: DecisionKind,
    state: PersonState,
    turned: Collection[int],
    *,
    user: UserRecord,
    key: str,
    now: datetime,
) -> None:
    """One decision a person, as if the user had decided each."""
    reason = REASON if kind == "skip" else None
    told = [
        {
            "key": f"{key}-{person_id}",
            "user_id": user.id,
            "kind": f"{kind}_all",
            "image_id": image_id,
            "person_id": person_id,
            "content": fingerprint(kind=f"{kind}_all", user=user, person_id=person_id, reason=reason),
            "outcome": {
                "person_id": person_id,
                "image_id": image_id,
                "state": state,
                "revision": revision + 1,
                "image_done": kind == "skip" and image_id in turned,
            },
            "decided_at": now,
        }
        for person_id, image_id, revision in rows
    ]
    if told:
        tx.connection().execute(insert(tx, DecisionRow), told)


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Databases take a few ten thousand parameters at most. Sorted: two transactions lock the rows in one order."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _IDS_A_QUERY):
        yield ordered[start : start + _IDS_A_QUERY]
