"""The people whom rounds are measured by."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, positive, share

if TYPE_CHECKING:
    from app.home.settings import Settings
    from app.pool.validation import Moved


def add_validation(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `validation ...`."""
    actions = group(several, "validation", help="people kept to measure rounds by")
    add_json(
        command(
            actions, "list", example="validation list", help="who is kept, how many are labelled, and what is missing"
        ),
        run=validation_list,
        name="validation list",
    )
    add = command(
        actions, "add", example="validation add --share .1", help="keep images whose people nobody labelled yet"
    )
    add.add_argument("names", nargs="*", metavar="IMAGE", help="these images alone, as `queue --json` has them")
    add.add_argument("--share", type=share, default=None, help="until they are so much of all people (.1)")
    add.add_argument("--at-least", type=positive, default=None, metavar="N", help="and so many people at least (40)")
    add.add_argument("--camera", metavar="NAME", help="of this camera alone, as `camera list` has it")
    add.add_argument("--seed", type=int, default=0, help="which stretches of frames (0)")
    add_json(add, run=validation_add, name="validation add")
    remove = command(
        actions,
        "remove",
        example="validation remove frame_0012.jpg",
        help="give images back in which nobody was labelled",
    )
    remove.add_argument("names", nargs="+", metavar="IMAGE", help="as `validation list --json` has them")
    add_json(remove, run=validation_remove, name="validation remove")


def validation_list(settings: "Settings", options: argparse.Namespace) -> int:
    """What there is, and what is missing."""
    from app.cli.store import known_store
    from app.rounds.validation_told import validation_told
    from db.clock import utc_now
    from db.labelling import moving

    with known_store(settings) as store, store.reading() as tx:
        told = validation_told(tx)
        frames = moving.frames(tx, "validation", now=utc_now())

    def plain() -> Iterator[str]:
        yield told.words
        yield told.advice
        if told.warning:
            yield told.warning
        if told.offer:
            yield f"To keep more: validation add --at-least {told.offer} ({told.why})"

    images = [{"image": one.file_name, "persons": one.persons, "may_be_removed": one.is_movable} for one in frames]
    answer({**told.model_dump(exclude={"button"}), "images": images}, as_json=options.json, plain=plain)
    return 0


def validation_add(settings: "Settings", options: argparse.Namespace) -> int:
    """Images by name, or stretches of frames until there are enough."""
    from app.cli.store import CommandError, known_store
    from app.pool.validation import AT_LEAST, SHARE, keep_named, keep_share

    asked = (options.share, options.at_least, options.camera)
    if options.names and asked != (None, None, None):
        raise CommandError("images are named, and a share is asked for; wanted one of both. Leave one out.")
    with known_store(settings) as store:
        if options.names:
            moved = keep_named(store, options.names)
        else:
            moved = keep_share(
                store,
                share=SHARE if options.share is None else options.share,
                at_least=options.at_least or AT_LEAST,
                camera=options.camera,
                seed=options.seed,
            )
    return _tell(moved, options, "kept for validation")


def validation_remove(settings: "Settings", options: argparse.Namespace) -> int:
    """Images by name, back into the pool."""
    from app.cli.store import known_store
    from app.pool.validation import give_back

    with known_store(settings) as store:
        moved = give_back(store, options.names)
    return _tell(moved, options, "given back to the pool")


def _tell(moved: "Moved", options: argparse.Namespace, what: str) -> int:
    def plain() -> Iterator[str]:
        yield f"{moved.persons} people in {moved.images} images {what}; validation has {moved.validation} people now"
        if moved.warning:
            yield moved.warning
        if moved.refused:
            yield (
                f"note: {len(moved.refused)} stay where they are, {moved.refused[0]!r} first: somebody in them was "
                "labelled or decided about, or an annotator holds them."
            )

    shown: dict[str, Any] = {
        "images": moved.images,
        "persons": moved.persons,
        "validation_persons": moved.validation,
        "refused": list(moved.refused),
        "warning": moved.warning,
    }
    answer(shown, as_json=options.json, plain=plain)
    return 0 if moved.images or not moved.refused else 1
