"""An image or a person deleted for good: every row that is about them, in one transaction.

Which tables these are is read from the tables themselves: whatever points at an image or a person goes with it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Table, delete, select, tuple_
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import InvalidDecision, NotFound
from db.labelling.closing import may_be_closed, set_open
from db.pool import tombstones
from db.pool.persons import count_open_persons
from db.records import DeletedKind, RoundRecord
from db.rounds import rounds
from db.schema import Base, ImageRow, LeaseRow, PersonRow, PrelabellingRow, ProjectRow, RoundRow, UserRow

_AT_A_TIME = 500
One = TypeVar("One")


@dataclass(frozen=True)
class Target:
    """What is to go. images: all of the same bytes, under whatever names; persons: in them, or the one."""

    kind: DeletedKind
    sha256: str
    images: tuple[int, ...]
    names: tuple[str, ...]
    persons: tuple[int, ...]
    digests: tuple[str, ...] = field(repr=False)


def image_target(tx: Session, image_id: int) -> Target:
    """An image with all others of the same bytes. Raises NotFound."""
    row = tx.get(ImageRow, image_id, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no image {image_id}; wanted one of this home. Reload the page for those there are.")
    alike = tx.execute(
        select(ImageRow.id, ImageRow.file_name).where(ImageRow.sha256 == row.sha256).order_by(ImageRow.id)
    ).all()
    images = tuple(one.id for one in alike)
    return Target(
        kind="image",
        sha256=row.sha256,
        images=images,
        names=tuple(one.file_name for one in alike),
        persons=tuple(tx.scalars(select(PersonRow.id).where(PersonRow.image_id.in_(images)).order_by(PersonRow.id))),
        digests=(row.sha256,),
    )


def image_named(tx: Session, name: str) -> int:
    """The number of the image of that file name. Raises NotFound, and InvalidDecision where several have it."""
    named = name.replace("\0", "")
    found = list(tx.scalars(select(ImageRow.id).where(ImageRow.file_name == named).order_by(ImageRow.id).limit(20)))
    if not found:
        raise NotFound(f"there is no image named '{name:.300}'; wanted the name as the home has it, or its number.")
    if len(found) > 1:
        numbers = ", ".join(map(str, found))
        raise InvalidDecision(f"several images are named '{name:.300}': {numbers}. Give one of these numbers.")
    return found[0]


def person_target(tx: Session, person_id: int) -> Target:
    """One person; their image stays. Raises NotFound."""
    row = tx.get(PersonRow, person_id, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no person {person_id}; wanted one of this home. Reload the page for those there are.")
    image = tx.get_one(ImageRow, row.image_id, populate_existing=True)
    digest = tombstones.person_digest(image.sha256, row.source_id, row.id)
    return Target("person", image.sha256, (image.id,), (image.file_name,), (row.id,), (digest,))


def count_rows(tx: Session, target: Target) -> dict[str, int]:
    """How many rows go, by table."""
    return dict(Counter({table.name: len(ids) for table, ids in _gathered(tx, target).items() if ids}))


def held_by(tx: Session, target: Target) -> list[str]:
    """Who works on it just now, or did until a moment ago."""
    query = select(UserRow.name).join(LeaseRow, LeaseRow.user_id == UserRow.id)
    return sorted(set(tx.scalars(query.where(LeaseRow.image_id.in_(target.images)))))


def lock(tx: Session, target: Target) -> tuple[Target, RoundRecord | None]:
    """The same, as it is now, and the round that is not over; no round changes until the transaction ends.

    The rounds first, as whoever writes to one locks it; then the project, which a new round reads; then the images, as
    decisions do. Raises NotFound where it is gone meanwhile, InvalidDecision where a model's run is under way.
    """
    tx.execute(select(RoundRow.id).order_by(RoundRow.id).with_for_update())
    tx.execute(select(ProjectRow.id).with_for_update())
    tx.execute(select(ImageRow.id).where(ImageRow.id.in_(target.images)).order_by(ImageRow.id).with_for_update())
    if target.kind == "image":
        now = image_target(tx, target.images[0])
        tx.execute(select(ImageRow.id).where(ImageRow.id.in_(now.images)).order_by(ImageRow.id).with_for_update())
    else:
        now = person_target(tx, target.persons[0])
    for some in _some(now.persons):
        tx.execute(select(PersonRow.id).where(PersonRow.id.in_(some)).order_by(PersonRow.id).with_for_update())
    if tx.scalar(select(PrelabellingRow.id).where(PrelabellingRow.state == "running").limit(1)) is not None:
        raise InvalidDecision("a pose model runs over the pool just now; wanted it done. Wait for it, then delete.")
    return now, rounds.active(tx)


def delete_for_good(tx: Session, target: Target, *, by: str, why: str) -> dict[str, int]:
    """Take every row away that is about it, after `lock`; how many, by table. A tombstone stays."""
    gathered = _gathered(tx, target)
    gone = {table.name: len(ids) for table, ids in gathered.items() if ids}
    for table in reversed(Base.metadata.sorted_tables):
        keys = list(table.primary_key.columns)
        for some in _some(sorted(gathered.get(table, ()))):
            tx.execute(delete(table).where(_among(keys, some)))
    _keep_numbers(tx, target)
    _forget_worst(tx, set(target.persons))
    tombstones.put(tx, target.kind, target.digests, by=by, why=why, now=utc_now())
    if target.kind == "person":
        _settle(tx, target.images[0])
    return gone


def _gathered(tx: Session, target: Target) -> dict[Table, set[tuple[int, ...]]]:
    """The keys of the rows that go, by table: what points at the persons and images, and what points at that."""
    images, persons = _table(ImageRow), _table(PersonRow)
    found: dict[Table, set[tuple[int, ...]]] = {persons: {(one,) for one in target.persons}}
    if target.kind == "image":
        found[images] = {(one,) for one in target.images}
    waiting = list(found)
    while waiting:
        parent = waiting.pop()
        ids = sorted(key[0] for key in found[parent])
        for table, column in children(parent):
            keys = list(table.primary_key.columns)
            for some in _some(ids):
                rows = {tuple(row) for row in tx.execute(select(*keys).where(column.in_(some)))}
                if rows - found.setdefault(table, set()):
                    found[table] |= rows
                    waiting.append(table)
    return found


def children(parent: Table) -> Iterator[tuple[Table, Column[int]]]:
    """The tables that point at another's number, each with the column that does."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is parent:
                yield table, key.parent


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table


def _among(keys: Sequence[Column[Any]], some: Sequence[tuple[int, ...]]) -> ColumnElement[bool]:
    return keys[0].in_([key[0] for key in some]) if len(keys) == 1 else tuple_(*keys).in_(some)


def _keep_numbers(tx: Session, target: Target) -> None:
    """None of the numbers is given again."""
    project = tx.get(ProjectRow, 1, populate_existing=True)
    assert project is not None  # without one there are no images
    if target.kind == "image":
        project.images_made = max(project.images_made, *target.images)
    project.persons_made = max(project.persons_made, 0, *target.persons)
    tx.flush()


def _forget_worst(tx: Session, persons: Collection[int]) -> None:
    """A round's progress tells the names of a few images that were most in doubt."""
    for row in tx.scalars(select(RoundRow).execution_options(populate_existing=True)):
        worst = row.progress.get("worst") or []
        kept = [one for one in worst if one.get("person") not in persons]
        if len(kept) != len(worst):
            row.progress = {**row.progress, "worst": kept}
    tx.flush()


def _settle(tx: Session, image_id: int) -> None:
    """Where the last open person went, the image closes."""
    image = tx.get_one(ImageRow, image_id, populate_existing=True)
    if image.is_open and not count_open_persons(tx, image_id) and may_be_closed(tx, image_id):
        set_open(tx, image, is_open=False)


def _some(items: Sequence[One]) -> Iterator[Sequence[One]]:
    for start in range(0, len(items), _AT_A_TIME):
        yield items[start : start + _AT_A_TIME]
