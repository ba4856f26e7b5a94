"""Images kept for validation: chosen, mixed into the queue, and given back to the pool.

Whom rounds are measured by is labelled as everybody else is, but blind: no prediction, no score, no reason.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.pool.blind_places import blind_entries
from app.pool.stretches import choose_stretches, people
from db.clock import utc_now
from db.errors import NotFound
from db.labelling import moving
from db.labelling.moving import Frame
from db.pool import cameras
from db.records import Split
from db.rounds import rankings
from db.store.session import Store

SHARE = 0.1
"""Of all people, those whom rounds are measured by."""
AT_LEAST = 40
"""So many of them at least: of two networks that differ much, 20 labelled people tell the better one."""


@dataclass(frozen=True)
class Moved:
    """Images that changed their split, with how many people; and how many people validation then has.

    persons: an image in which nobody is boxed yet counts for one. refused: the names of those that were asked for and
    stay where they are. warning: where one image is most of what measures then, and what to do about it.
    """

    images: int
    persons: int
    validation: int
    refused: tuple[str, ...] = ()
    warning: str | None = None


def keep_share(
    store: Store, *, share: float = SHARE, at_least: int = AT_LEAST, camera: str | None = None, seed: int = 0
) -> Moved:
    """Keep images until validation has this share of all people, and so many at least; more of them change nothing.

    Whole images in which nobody is decided and that nobody holds, in stretches of each camera's frames
    (`choose_stretches`); never more than half of those, the ones that were kept before counted in. camera: of this one
    alone, whose people are then all people. Raises NotFound for a camera that is not there.
    """
    now = utc_now()
    with store.reading() as tx:
        only = None if camera is None else _camera_id(tx, camera)
        pool, validation = (moving.frames(tx, split, now=now) for split in ("train", "validation"))
    if only is not None:
        pool, validation = ([one for one in found if one.camera_id == only] for found in (pool, validation))
    wanted = max(at_least, round(share * people(pool + validation))) - people(validation)
    untouched, kept = (people([one for one in found if one.is_movable]) for found in (pool, validation))
    most = (untouched + kept) // 2 - kept
    chosen = choose_stretches(pool, persons=min(wanted, most), seed=seed, kept=people(validation))
    return _move(store, chosen, to="validation")


def keep_named(store: Store, names: Collection[str]) -> Moved:
    """Keep these images, by their file names. Raises NotFound where the pool has none of a name."""
    return _move(store, _named(store, names, "train"), to="validation")


def give_back(store: Store, names: Collection[str]) -> Moved:
    """These validation images belong to the pool again, where nobody in them was ever labelled. Raises NotFound."""
    return _move(store, _named(store, names, "validation"), to="train")


def _named(store: Store, names: Collection[str], split: Split) -> list[Frame]:
    with store.reading() as tx:
        found = [frame for frame in moving.frames(tx, split, now=utc_now()) if frame.file_name in set(names)]
    missing = sorted(set(names) - {frame.file_name for frame in found})
    if missing:
        raise NotFound(
            f"no {split} image is called {missing[0]!r:.200}; wanted the name of one as the queue has it. Look it up "
            "with `queue --json` or `validation list --json`."
        )
    return found


def _move(store: Store, chosen: Sequence[Frame], *, to: Split) -> Moved:
    """Those that are still movable, in one transaction with their places in the queue."""
    by_id = {frame.image_id: frame for frame in chosen}
    with store.transaction() as tx:
        moved = moving.move(tx, by_id, to=to, now=utc_now())
        if moved:
            mix_in(tx)
        validation = moving.frames(tx, "validation", now=utc_now())
    refused = sorted(frame.file_name for frame in chosen if frame.image_id not in moved)
    persons = people([by_id[i] for i in moved])
    return Moved(len(moved), persons, people(validation), tuple(refused), lopsided(validation))


def lopsided(validation: Sequence[Frame]) -> str | None:
    """A warning where one image has most of the people who measure rounds; None where none has."""
    largest = max(validation, key=lambda frame: frame.persons, default=None)
    if largest is None or largest.persons < 2 or 2 * largest.persons <= people(validation):
        return None
    found = f"{largest.persons} of the {people(validation)} validation people are in one image, {largest.file_name}"
    do = (
        f"Give it back by `validation remove {largest.file_name}`, then keep others"
        if largest.is_movable
        else "Somebody is labelled there, so it stays: keep more images"
    )
    return f"{found}: figures are mostly of that image, and one image tells little. {do}."


def mix_in(tx: Session) -> None:
    """Spread the open validation images anew over the queue, and over the one that a round is about to publish."""
    for ranking_id in rankings.shown_or_coming(tx):
        rankings.put_entries(tx, ranking_id, blind_entries(tx, rankings.open_entries(tx, ranking_id, "train")))


def _camera_id(tx: Session, name: str) -> int:
    for camera in cameras.list_cameras(tx):
        if camera.name == name:
            return camera.id
    raise NotFound(f"there is no camera '{name:.200}'; wanted one of this home. See `camera list`.")
