"""Work: cameras, and parts of their images by file name, given to people. An image belongs to one piece of it or none.

Which one is a mark on the image and on its places in the rankings, so that the queue reads one range of an index for
each piece. Where two pieces cover an image, the newer one has it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from db.convert import user_record
from db.errors import InvalidDecision, NotFound
from db.pool import counts
from db.pool.checks import check_name
from db.pool.given import NOBODYS, mark_of_image
from db.records import UserRecord, WorkPerson, WorkRecord
from db.schema import CameraRow, ImageRow, LeaseRow, ProjectRow, RankingEntryRow, UserRow, WorkPersonRow, WorkRow

PART_LENGTH = 256
_MARKS = select(WorkPersonRow.work_id).where(WorkPersonRow.user_id == bindparam("user_id"))


def give(tx: Session, camera_ids: Collection[int], part: str, user_ids: Collection[int], *, now: datetime) -> list[int]:
    """Give these people the images of each camera whose file name has `part` in it; the pieces' ids.

    No camera: of every camera. part "": every file name; capitals do not count. A piece that is there already gets the
    people as well. Raises NotFound, or InvalidDecision where nobody is named or one is disabled.
    """
    _one_after_the_other(tx)
    part = part.strip()
    check_name("part of the file name", part, PART_LENGTH)
    _check_people(tx, user_ids)
    wanted: Sequence[int | None] = sorted(set(camera_ids)) or [None]
    _check_cameras(tx, [one for one in wanted if one is not None])
    pieces = [_piece(tx, camera_id, part, now=now) for camera_id in wanted]
    for work_id in pieces:
        there = set(tx.scalars(select(WorkPersonRow.user_id).where(WorkPersonRow.work_id == work_id)))
        tx.add_all([WorkPersonRow(work_id=work_id, user_id=one) for one in sorted(set(user_ids) - there)])
    tx.flush()
    _mark(tx)
    return pieces


def take(tx: Session, work_id: int, user_id: int | None = None) -> WorkRecord:
    """Take a piece from one person, or with None from everybody, as it was before.

    Its images are of the next piece that covers them then, else nobody's. Raises NotFound.
    """
    _one_after_the_other(tx)
    before = {one.id: one for one in list_work(tx)}.get(work_id)
    if before is None or (user_id is not None and user_id not in [one.user.id for one in before.people]):
        raise NotFound(
            f"nobody like that has the work {work_id}; wanted a piece that was given. Look at the list again."
        )
    whose = delete(WorkPersonRow).where(WorkPersonRow.work_id == work_id)
    tx.execute(whose if user_id is None else whose.where(WorkPersonRow.user_id == user_id))
    if tx.scalar(select(WorkPersonRow.user_id).where(WorkPersonRow.work_id == work_id).limit(1)) is None:
        tx.execute(delete(WorkRow).where(WorkRow.id == work_id))
        _mark(tx)
    return before


def take_all(tx: Session, user_id: int) -> list[WorkRecord]:
    """Take every piece from one person; what they had, as it was before. Raises NotFound where that is nothing."""
    _one_after_the_other(tx)
    had = [one for one in list_work(tx) if user_id in [person.user.id for person in one.people]]
    if not had:
        raise NotFound(f"the account {user_id} has no work; wanted somebody who has some. Look at the list again.")
    tx.execute(delete(WorkPersonRow).where(WorkPersonRow.user_id == user_id))
    alone = [one.id for one in had if len(one.people) == 1]
    if alone:
        tx.execute(delete(WorkRow).where(WorkRow.id.in_(alone)))
        _mark(tx)
    return had


def list_work(tx: Session) -> list[WorkRecord]:
    """Every piece, the newest first, with how many images it has and how many are open."""
    images = counts.images_by_work(tx)
    people: dict[int, list[WorkPerson]] = {}
    named = select(WorkPersonRow.work_id, UserRow).join(UserRow, UserRow.id == WorkPersonRow.user_id)
    for work_id, row in tx.execute(named.order_by(UserRow.folded_name)):
        people.setdefault(work_id, []).append(WorkPerson(user_record(row), is_disabled=row.disabled_at is not None))
    rows = tx.execute(
        select(WorkRow, CameraRow.name)
        .outerjoin(CameraRow, CameraRow.id == WorkRow.camera_id)
        .order_by(WorkRow.id.desc())
    )
    return [
        WorkRecord(
            row.id,
            row.camera_id,
            camera,
            row.part,
            row.given_at,
            tuple(people.get(row.id, ())),
            *images.get(row.id, (0, 0)),
        )
        for row, camera in rows
    ]


def work_of(tx: Session, user: UserRecord) -> list[int]:
    """The marks of the images that this person gets: those of their work, or nobody's where they were given none."""
    return list(tx.scalars(_MARKS, {"user_id": user.id})) or [NOBODYS]


def open_by_camera(tx: Session) -> dict[int, int]:
    """How many open images each camera has; cameras without one are left out."""
    counted = select(ImageRow.camera_id, func.count()).where(ImageRow.is_open).group_by(ImageRow.camera_id)
    return dict(tx.execute(counted).all())


def holders(tx: Session, works: Collection[int], *, now: datetime) -> set[str]:
    """Who holds open images of these marks now."""
    held = (
        select(UserRow.name)
        .join(LeaseRow, LeaseRow.user_id == UserRow.id)
        .join(ImageRow, ImageRow.id == LeaseRow.image_id)
        .where(LeaseRow.expires_at > now, ImageRow.is_open, ImageRow.work_id.in_(works))
    )
    return set(tx.scalars(held))


def _one_after_the_other(tx: Session) -> None:
    """Two leads who give at once mark images one after the other."""
    tx.execute(select(ProjectRow.id).with_for_update(key_share=True))


def _check_people(tx: Session, user_ids: Collection[int]) -> None:
    if not user_ids:
        raise InvalidDecision("nobody is named; wanted who gets the work. Choose one person at least.")
    for user_id in user_ids:
        row = tx.get(UserRow, user_id)
        if row is None:
            raise NotFound(f"there is no account {user_id}; wanted one of this home. Reload the page.")
        if row.disabled_at is not None:
            raise InvalidDecision(f"{row.name}'s account is disabled; wanted somebody who labels. Enable it first.")


def _check_cameras(tx: Session, camera_ids: Sequence[int]) -> None:
    for camera_id in camera_ids:
        if tx.get(CameraRow, camera_id) is None:
            raise NotFound(f"there is no camera {camera_id}; wanted one of this home. Reload the page.")


def _piece(tx: Session, camera_id: int | None, part: str, *, now: datetime) -> int:
    """The piece of this camera and part; made if there is none."""
    there = select(WorkRow.id).where(func.lower(WorkRow.part) == func.lower(part))
    same = WorkRow.camera_id.is_(None) if camera_id is None else WorkRow.camera_id == camera_id
    found = tx.scalar(there.where(same))
    if found is not None:
        return found
    row = WorkRow(camera_id=camera_id, part=part, given_at=now)
    tx.add(row)
    tx.flush()
    return row.id


def _mark(tx: Session) -> None:
    """Give every image the mark of the newest piece that covers it, and its places in the rankings with it.

    Images before their places, as decisions take them.
    """
    wanted = mark_of_image(tx)
    images = update(ImageRow).where(ImageRow.work_id != wanted).values(work_id=wanted)
    tx.execute(images.execution_options(synchronize_session=False))
    mark = select(ImageRow.work_id).where(ImageRow.id == RankingEntryRow.image_id).scalar_subquery()
    places = update(RankingEntryRow).where(RankingEntryRow.work_id != mark).values(work_id=mark)
    tx.execute(places.execution_options(synchronize_session=False))
    tx.expire_all()
