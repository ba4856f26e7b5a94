"""Who is too small or too dark to label: they wait behind all others, and a lead may skip them at once."""

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.contract.rounds import UnlabelablePayload
from app.home.image_files import ImageFiles
from app.pool.judging import BEFORE_ROUNDS
from app.pool.looks import Looks, known_light, unlabelable
from db.clock import utc_now
from db.labelling import skipping_all
from db.labelling.skipping_all import Changed, Waiting
from db.pool import images
from db.pool.project import get_project
from db.records import UserRecord
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import RoundConfig


@dataclass(frozen=True)
class Behind:
    """Who waits behind all others, and how many could be taken back.

    why: by person, of those who may be skipped. images: how many close with that. held: how many are left out because
    somebody works on their image.
    """

    why: dict[int, str]
    images: int
    held: int
    skipped: int


def look(store: Store, files: ImageFiles) -> Behind:
    """As the ranking in use has it, by what imports saw of the images: none is read for it."""
    with store.reading() as tx:
        pool = images.list_images(tx, split="train")
        waiting, smallest = skipping_all.never_labelled(tx, now=utc_now()), _smallest_px(tx)
        skipped = len(skipping_all.skipped_at_once(tx))
    looks = Looks({}, known_light(files, pool, waiting.persons))
    why = unlabelable(waiting.persons, looks, smallest_px=smallest)
    free = {person_id: reason for person_id, reason in why.items() if person_id not in waiting.held}
    return Behind(free, _closing(waiting, free), held=len(why) - len(free), skipped=skipped)


def skip_behind(store: Store, files: ImageFiles, user: UserRecord) -> Changed:
    """Everybody like that is skipped, as a decision of the user: one transaction, and nobody at work is touched."""
    found = look(store, files)
    with store.transaction() as tx:
        return skipping_all.skip_all(tx, found.why, user=user, key=_key(), now=utc_now())


def take_back(store: Store, user: UserRecord) -> Changed:
    """Whoever was skipped so is open again."""
    with store.transaction() as tx:
        return skipping_all.reopen_all(tx, user=user, key=_key(), now=utc_now())


def told(found: Behind, done: str = "") -> UnlabelablePayload:
    """In words, with what the buttons say."""
    count = len(found.why)
    dark = sum("too dark" in reason for reason in found.why.values())
    return UnlabelablePayload(
        words=_words(found),
        confirm=_confirm(found),
        people=count,
        small=count - dark,
        dark=dark,
        images=found.images,
        held=found.held,
        skipped=found.skipped,
        skip="Skip them all" if count > 1 else "Skip this person" if count else None,
        take_back=f"Take back all {found.skipped}" if found.skipped else None,
        done=done,
    )


def say_skipped(changed: Changed) -> str:
    """What came of it."""
    if not changed.persons:
        return "Nobody was skipped: they were decided about meanwhile, or somebody works on their images."
    ended = f"; {_images(changed.images)} left the queue" if changed.images else ""
    return f"{_people(changed.persons)} skipped{ended}."


def say_taken_back(changed: Changed) -> str:
    """What came of it."""
    left = f" {changed.left} stay skipped: somebody has their image open." if changed.left else ""
    if not changed.persons:
        return f"Nobody was taken back.{left}"
    back = f"; {_images(changed.images)} back in the queue" if changed.images else ""
    return f"{_people(changed.persons)} to be labelled again{back}.{left}"


def _smallest_px(tx: Session) -> int:
    number = get_project(tx).published_round
    if number is None:
        return BEFORE_ROUNDS.smallest_px
    return RoundConfig.recalled(rounds.get(tx, number).config_toml).ranking.smallest_px


def _closing(waiting: Waiting, free: dict[int, str]) -> int:
    """In how many images nobody else waits."""
    behind = {one.image_id for one in waiting.persons if one.id in free}
    others = {one.image_id for one in waiting.persons if one.id not in free}
    return len(behind - others - waiting.with_others)


def _key() -> str:
    return f"all-{secrets.token_hex(8)}"


def _words(found: Behind) -> str:
    count = len(found.why)
    held = f" {found.held} more are in images that somebody works on." if found.held else ""
    before = f" {found.skipped} were skipped before." if found.skipped else ""
    if not count:
        return f"Nobody who waits is too small or too dark to be labelled.{held}{before}"
    are, wait = ("is", "waits") if count == 1 else ("are", "wait")
    who = "They" if count > 1 else "Who is like that"
    return f"{_people(count)} {are} too small or too dark to be labelled. {who} {wait} behind all others.{held}{before}"


def _confirm(found: Behind) -> str:
    """What skipping does, before it is done."""
    count, small = len(found.why), sum("too small" in reason for reason in found.why.values())
    closing = (
        f" {_images(found.images)} {'leaves' if found.images == 1 else 'leave'} the queue." if found.images else ""
    )
    return (
        f"{_people(count)} ({small} too small, {count - small} too dark) {'is' if count == 1 else 'are'} skipped, as "
        f"your decision, with the reason “{skipping_all.REASON}”.{closing} Nobody's label changes, and no image that "
        "somebody works on. Rounds go on learning from them without labels. You can take it back here, all at once."
    )


def _people(count: int) -> str:
    return f"{count} {'person' if count == 1 else 'people'}"


def _images(count: int) -> str:
    return f"{count} {'image' if count == 1 else 'images'}"
