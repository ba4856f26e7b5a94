"""Leases: one annotator's hold on one image, for a while."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from db.errors import HeldEnough, LeaseLost, NotFound
from db.pool.workable import workable_images
from db.records import Lease, UserRecord
from db.schema import ImageRow, LeaseRow, UserRow
from db.upsert import insert, insert_on, upsert_all

MOST_HELD = 4
"""How many images one annotator holds at a time, unless the caller says otherwise: others wait for them."""

# Statements of each next and each accept are built once: of a short one's time, building it is half.
_LOCKED = (
    select(ImageRow)
    .where(ImageRow.id == bindparam("image_id"))
    # key_share: rows that point at the image may still be written meanwhile.
    .with_for_update(of=ImageRow, key_share=True)
    .execution_options(populate_existing=True)  # as it is under the lock, not as this session once read it
)
_OTHER_HOLDER = (
    select(UserRow.name)
    .join(LeaseRow, LeaseRow.user_id == UserRow.id)
    .where(LeaseRow.image_id == bindparam("image_id"), LeaseRow.user_id != bindparam("user_id"))
    .where(LeaseRow.expires_at > bindparam("now"))
)
_ACCOUNT = select(UserRow.id).where(UserRow.id == bindparam("user_id")).with_for_update(key_share=True)
_OWN = select(LeaseRow.image_id).where(LeaseRow.user_id == bindparam("user_id"), LeaseRow.expires_at > bindparam("now"))
HELD = select(LeaseRow.image_id).where(LeaseRow.expires_at > bindparam("now"))
"""The images that somebody holds at `now`: part of other statements."""


def lock_image(tx: Session, image_id: int) -> ImageRow:
    """The image's row, locked until the transaction ends, so that decisions in one image follow each other.

    Raises NotFound.
    """
    row = tx.scalar(_LOCKED, {"image_id": image_id})
    if row is None:
        raise NotFound(f"There is no image {image_id}; wanted one of this home. Load the next image.")
    return row


def check_lease(tx: Session, image_id: int, user: UserRecord, *, now: datetime) -> None:
    """Raise LeaseLost if another annotator holds the image. Nobody holding it is fine."""
    holder = tx.scalar(_OTHER_HOLDER, {"image_id": image_id, "user_id": user.id, "now": now})
    if holder is not None:
        raise LeaseLost(
            f"{holder} holds this image now; wanted it held by you, whose hold ran out. "
            "Nothing was saved: go on with the next image."
        )


def take_lease(tx: Session, image_id: int, user: UserRecord, *, expires_at: datetime) -> None:
    """The image is held by this annotator, after `check_lease` in an image that `lock_image` locked."""
    held: dict[str, Any] = {"image_id": image_id, "user_id": user.id, "expires_at": expires_at}
    upsert_all(tx, LeaseRow, [held], key=["image_id"])


def keep_at_most(tx: Session, user: UserRecord, most_held: int, *, now: datetime, above_all: int) -> None:
    """Let go of images beyond `most_held`: closed ones first, then those not heard of for longest; never `above_all`.

    Nothing is lost with a hold: what is decided about an image that nobody holds is taken.
    """
    order = select(LeaseRow.image_id).join(ImageRow, ImageRow.id == LeaseRow.image_id)
    mine = order.where(LeaseRow.user_id == user.id, LeaseRow.expires_at > now, LeaseRow.image_id != above_all)
    others = list(tx.scalars(mine.order_by(ImageRow.is_open.desc(), LeaseRow.expires_at.desc(), LeaseRow.image_id)))
    if others[most_held - 1 :]:
        release(tx, user, others[most_held - 1 :])


def renew(
    tx: Session,
    user: UserRecord,
    image_ids: Collection[int],
    *,
    now: datetime,
    lease_s: float,
    most_held: int = MOST_HELD,
) -> list[Lease]:
    """Hold on to the images this annotator works on; the leases. An image that another took is left out.

    A lease that ran out is taken again if nobody took the image meanwhile, and so is one that another tab of the same
    annotator let go, while the image is open: a closed one is no more dealt, so nobody waits for it. Of more than
    `most_held` images the first ones asked for are kept, and the others are let go.
    """
    one_after_the_other(tx, user)
    expires_at, live = now + timedelta(seconds=lease_s), own_leases(tx, user, now=now)
    asked = list(dict.fromkeys(image_ids))
    kept = [image_id for image_id in asked if image_id in live][:most_held]
    release(tx, user, live.intersection(asked).difference(kept))
    room = max(0, most_held - len(kept) - len(live.difference(asked)))
    lapsed = [image_id for image_id in _may_hold(tx, user, asked) if image_id not in live][:room]
    held = _extend(tx, user, [*kept, *lapsed], expires_at=expires_at)
    held |= _hold_free(tx, set(lapsed) - held, user, expires_at=expires_at)
    return [Lease(image_id=image_id, user_id=user.id, expires_at=expires_at) for image_id in sorted(held)]


def release(tx: Session, user: UserRecord, image_ids: Collection[int]) -> list[int]:
    """Let go of images this annotator holds, so that others get them; which of them they held."""
    gone = delete(LeaseRow).where(LeaseRow.user_id == user.id, LeaseRow.image_id.in_(image_ids))
    return sorted(tx.scalars(gone.returning(LeaseRow.image_id).execution_options(synchronize_session=False)))


def lease_holders(tx: Session, *, now: datetime) -> dict[int, str]:
    """Who holds which image. There are about as many leases as annotators."""
    query = select(LeaseRow.image_id, UserRow.name).join(UserRow, UserRow.id == LeaseRow.user_id)
    return dict(tx.execute(query.where(LeaseRow.expires_at > now)).all())


def hold(tx: Session, image_id: int, user: UserRecord, *, now: datetime, expires_at: datetime) -> bool:
    """Take or extend the one lease of an image; False if another annotator was faster."""
    connection = tx.connection()  # past the session, which would make an object of the row
    asked = {"image": image_id, "holder": user.id, "until": expires_at, "now": now}
    return connection.execute(_holding(connection.dialect.name), asked).first() is not None


@cache
def _holding(dialect: str) -> ReturningInsert[tuple[int]]:
    """One statement, so that of two who ask at once one gets the row, on either database."""
    holder: BindParameter[int] = bindparam("holder")
    until: BindParameter[datetime] = bindparam("until")
    statement = insert_on(dialect, LeaseRow).values(image_id=bindparam("image"), user_id=holder, expires_at=until)
    return statement.on_conflict_do_update(
        index_elements=[LeaseRow.image_id],
        set_={"user_id": statement.excluded.user_id, "expires_at": statement.excluded.expires_at},
        where=(LeaseRow.user_id == holder) | (LeaseRow.expires_at <= bindparam("now")),
    ).returning(LeaseRow.image_id)


def own_leases(tx: Session, user: UserRecord, *, now: datetime) -> set[int]:
    """The images this annotator holds now."""
    return set(tx.scalars(_OWN, {"user_id": user.id, "now": now}))


def _may_hold(tx: Session, user: UserRecord, image_ids: Sequence[int]) -> list[int]:
    """Those of the images whose lease is this annotator's, run out or not, and the workable ones that have none."""
    leases = select(LeaseRow.image_id, LeaseRow.user_id).where(LeaseRow.image_id.in_(image_ids))
    holder = dict(tx.execute(leases).all())
    free = workable_images(tx, [image_id for image_id in image_ids if image_id not in holder])
    return [image_id for image_id in image_ids if holder.get(image_id) == user.id or image_id in free]


def _extend(tx: Session, user: UserRecord, image_ids: Sequence[int], *, expires_at: datetime) -> set[int]:
    """Their leases of those images last until then; the images of which there was one."""
    own = (
        update(LeaseRow)
        .where(LeaseRow.user_id == user.id, LeaseRow.image_id.in_(image_ids))
        .values(expires_at=expires_at)
        .returning(LeaseRow.image_id)
    )
    return set(tx.scalars(own.execution_options(synchronize_session=False)))


def one_after_the_other(tx: Session, user: UserRecord) -> None:
    """Two tabs of one annotator take images one after the other, so that together they take no more than one may."""
    tx.execute(_ACCOUNT, {"user_id": user.id})


def require_room(tx: Session, user: UserRecord, held: set[int], *, exclude: Collection[int], most_held: int) -> None:
    """Raise HeldEnough to who holds `most_held` images and works on them. Those their page does not have are let go
    before that."""
    if len(held) < most_held:
        return
    release(tx, user, held.difference(exclude))
    at_hand = held.intersection(exclude)
    if len(at_hand) >= most_held:
        raise HeldEnough(
            f"You have {len(at_hand)} images at hand; wanted fewer than {most_held}, so that others get some too. "
            "Finish one of them first."
        )


def _hold_free(tx: Session, image_ids: Collection[int], user: UserRecord, *, expires_at: datetime) -> set[int]:
    """Take the leases of those images, unless another was faster; which these were."""
    if not image_ids:
        return set()
    # sorted: two transactions lock the rows in one order
    rows = [{"image_id": image_id, "user_id": user.id, "expires_at": expires_at} for image_id in sorted(image_ids)]
    statement = insert(tx, LeaseRow).values(rows).on_conflict_do_nothing(index_elements=[LeaseRow.image_id])
    return set(tx.scalars(statement.returning(LeaseRow.image_id)))
