"""An image or a person deleted for good: what goes is said first, and then it is done, whole."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from app.deletion import folders
from app.deletion.files import forget_image
from app.deletion.folders import Holding
from app.home.bucket import BucketAway
from app.home.settings import Settings
from db.errors import InvalidDecision
from db.labelling import deleting
from db.labelling.deleting import Target
from db.people import audit
from db.people.audit import Actor
from db.pool import exports, tombstones
from db.pool.exports import Export
from db.records import DeletedKind, RoundRecord
from db.rounds import rounds
from db.store.session import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Goes:
    """What would go, and where it is held. rows: by table. rounds: with their states. blocked: why not just now."""

    target: Target
    rows: dict[str, int]
    held_by: tuple[str, ...]
    rounds: tuple[tuple[int, str], ...]
    simulations: tuple[int, ...]
    exports: tuple[Export, ...]
    exports_in_all: int
    blocked: str | None


@dataclass(frozen=True)
class Deleted:
    """What went. trouble: what of its files could not be taken away, in words; they go when a server starts again."""

    goes: Goes
    trouble: tuple[str, ...]


def look(store: Store, settings: Settings, kind: DeletedKind, number: int) -> Goes:
    """What would go with an image or a person. Raises NotFound."""
    with store.reading() as tx:
        target = deleting.image_target(tx, number) if kind == "image" else deleting.person_target(tx, number)
        rows, held_by = deleting.count_rows(tx, target), deleting.held_by(tx, target)
        person = target.persons[0] if kind == "person" else None
        held, in_all = exports.holding(tx, image_id=target.images[0], person_id=person)
        active, states = rounds.active(tx), {one.number: one.state for one in rounds.latest(tx, limit=100_000)}
    holding = folders.holding_rounds(settings, target)
    return Goes(
        target=target,
        rows=rows,
        held_by=tuple(held_by),
        rounds=tuple((number, states.get(number, "deleted")) for number in sorted({one.number for one in holding})),
        simulations=tuple(folders.holding_simulations(settings.home, target)),
        exports=tuple(held),
        exports_in_all=in_all,
        blocked=_why_not_now(settings, target, active),
    )


def delete(store: Store, settings: Settings, goes: Goes, *, actor: Actor, why: str) -> Deleted:
    """Take it away. Rows first, in one transaction; then the files, which nothing names any more.

    Raises InvalidDecision for a reason that is none, and while a round that holds it is under way; NotFound.
    """
    why = tombstones.checked_reason(why)
    with store.transaction() as tx:
        target, active = deleting.lock(tx, goes.target)
        if target.images != goes.target.images:
            raise InvalidDecision("other images of the same bytes came in meanwhile. Look again at what goes.")
        blocked = _why_not_now(settings, target, active)
        if blocked is not None:
            raise InvalidDecision(blocked)
        holding = folders.holding_rounds(settings, target)
        states = {one.number: one.state for one in rounds.latest(tx, limit=100_000)}
        for one in _to_begin_anew(holding, states):  # while nobody can go on with them
            folders.take_out(settings, one, target, begins_anew=True)
        gone = deleting.delete_for_good(tx, target, by=actor.name, why=why)
        told = {"rows": gone, "why": why, "rounds": sorted({one.number for one in holding})}
        about = ", ".join(map(str, target.images if target.kind == "image" else target.persons))
        audit.note(tx, actor, f"{target.kind} deleted", about, told | {"exports": goes.exports_in_all})
    trouble = []
    for one in holding:
        if one not in _to_begin_anew(holding, states):
            trouble += _trying(partial(folders.take_out, settings, one, target, begins_anew=False), str(one.folder))
    if target.kind == "image":
        trouble += _trying(partial(forget_image, settings, target.sha256), "the image's file")
    return Deleted(goes, tuple(trouble))


def allow(store: Store, tombstone_id: int, *, actor: Actor) -> tombstones.Tombstone:
    """Let it come in again. Raises NotFound."""
    with store.transaction() as tx:
        allowed = tombstones.allow(tx, tombstone_id, by=actor.name)
        audit.note(tx, actor, f"deleted {allowed.kind} allowed again", str(tombstone_id))
    return allowed


def _to_begin_anew(holding: list[Holding], states: Mapping[int, str]) -> list[Holding]:
    return [one for one in holding if states.get(one.number) in ("failed", "cancelled")]


def _why_not_now(settings: Settings, target: Target, active: RoundRecord | None) -> str | None:
    if active is None:
        return None
    which = f"round {active.number} is {active.state}"
    way_out = f"Cancel it (round cancel {active.number}), or wait until it is over, then delete."
    if folders.holding_rounds(settings, target, number=active.number):
        return f"{which} and learns from it or scores it; wanted no work under way on it. {way_out}"
    if active.state == "running" and not folders.has_manifest(settings, active):
        return f"{which} and reads the labels just now; wanted it to have done so. Try again in a moment. Or: {way_out}"
    return None


def _trying(work: Callable[[], None], what: str) -> list[str]:
    """The rows are gone: whatever fails of the files is told, and tried again by `sweep`."""
    try:
        work()
    except (OSError, BucketAway, ValueError) as error:
        log.exception("%s of what was deleted could not be taken away.", what)
        return [f"{what} could not be taken away ({error})."]
    return []
