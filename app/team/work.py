"""Work: given to people by leads, with a line in the audit log; and how much of it each has left."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.contract.work import PersonsWorkPayload, PiecePayload, WorkCameraPayload, WorkPayload
from db.clock import utc_now
from db.labelling import work
from db.people import audit, users
from db.people.audit import Actor
from db.pool import cameras, counts
from db.pool.given import NOBODYS
from db.records import WorkRecord
from db.store.session import Store


def give(store: Store, actor: Actor, people: Sequence[int], camera_ids: Sequence[int], part: str) -> str:
    """Give these people images of these cameras, of all where none is named; in words, also what others lose by it.

    Raises NotFound, InvalidDecision.
    """
    with store.transaction() as tx:
        before = {piece.id: piece.open for piece in work.list_work(tx)}
        made = set(work.give(tx, camera_ids, part, people, now=utc_now()))
        all_of_them = work.list_work(tx)
        pieces = [piece for piece in all_of_them if piece.id in made]
        lost = [
            (piece, before[piece.id] - piece.open, losers)
            for piece in all_of_them
            if piece.open < before.get(piece.id, 0)
            and (losers := [one.user.name for one in piece.people if one.user.id not in people])
        ]
        names = [user.name for user in users.list_users(tx) if user.id in set(people)]
        about = _listed([called(piece) for piece in pieces])
        left = sum(piece.open for piece in pieces)
        told: dict[str, str | int] = {"to": _listed(names), "open": left}
        if lost:
            told["taken_over"] = sum(count for _, count, _ in lost)
        audit.note(tx, actor, "work given", about, told)
    said = f"{_listed(names)} {'gets' if len(names) == 1 else 'get'} {about}: {_images(left)} to do."
    return " ".join([said, *(_lost(*one) for one in lost)])


def take(store: Store, actor: Actor, work_id: int, person: int | None) -> str:
    """Take a piece from one person, or from everybody; in words. Raises NotFound."""
    with store.transaction() as tx:
        piece = work.take(tx, work_id, person)
        names = [one.user.name for one in piece.people if person is None or one.user.id == person]
        audit.note(tx, actor, "work taken", called(piece), {"from": _listed(names)})
    return f"{called(piece)} is taken from {_listed(names)}."


def take_all(store: Store, actor: Actor, person: int) -> str:
    """Take all work from one person; in words. Raises NotFound."""
    with store.transaction() as tx:
        pieces = work.take_all(tx, person)
        name = next(one.user.name for one in pieces[0].people if one.user.id == person)
        about = _listed([called(piece) for piece in reversed(pieces)])
        audit.note(tx, actor, "work taken", about, {"from": name})
    return f"{about} is taken from {name}." if len(pieces) == 1 else f"All {len(pieces)} pieces are taken from {name}."


def work_told(tx: Session, said: str = "") -> WorkPayload:
    """Every piece, and what each person has left."""
    pieces = work.list_work(tx)
    left = {piece.id: piece.open for piece in pieces}
    free = left[NOBODYS] = counts.open_images(tx, [NOBODYS])
    people = [account.user for account in users.list_accounts(tx, now=utc_now()) if account.disabled_at is None]
    told = []
    for user in people:
        marks = work.work_of(tx, user)
        told.append(
            PersonsWorkPayload(
                id=user.id, name=user.name, is_given=marks != [NOBODYS], open=sum(left.get(one, 0) for one in marks)
            )
        )
    return WorkPayload(
        pieces=[PiecePayload.of(piece) for piece in pieces],
        people=told,
        cameras=_cameras(tx),
        free=free,
        said=said,
    )


def _cameras(tx: Session) -> list[WorkCameraPayload]:
    left = work.open_by_camera(tx)
    told = [WorkCameraPayload(id=one.id, name=one.name, open=left.get(one.id, 0)) for one in cameras.list_cameras(tx)]
    return sorted(told, key=lambda one: not one.open)


def _lost(piece: WorkRecord, count: int, losers: Sequence[str]) -> str:
    what = f"{_images(count)} of {called(piece)}, given before to {_listed(losers)},"
    return f"{what} {'is' if count == 1 else 'are'} no more theirs."


def called(piece: WorkRecord | PiecePayload) -> str:
    """What a piece is called: "hall", "hall, names with 'morning'"."""
    where = "every camera" if piece.camera is None else piece.camera or "the images without a camera"
    return f"{where}, names with '{piece.part}'" if piece.part else where


def _images(count: int) -> str:
    return "1 open image" if count == 1 else f"{count} open images"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
