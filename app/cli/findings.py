"""Labels that look wrong: checked, listed, called right."""

import argparse
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.home.settings import Settings


def add_label_checks(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `label-checks ...`."""
    actions = group(several, "label-checks", help="accepted labels that look wrong")
    run = command(actions, "run", example="label-checks run", help="check all accepted labels now")
    add_json(run, run=checks_run, name="label-checks run")
    shown = command(actions, "list", example="label-checks list", help="what is suspected, the most suspicious first")
    shown.add_argument("--limit", type=int, default=20, metavar="N", help="how many to print (20)")
    add_json(shown, run=checks_list, name="label-checks list")
    right = command(actions, "right", example="label-checks right 12", help="call a suspicious label right")
    right.add_argument("finding", type=int, metavar="NUMBER", help="of the suspicion, as list shows it")
    right.add_argument("--as", dest="lead", metavar="NAME", help="the lead who does it, if there are several")
    add_json(right, run=checks_right, name="label-checks right")


def checks_run(settings: "Settings", options: argparse.Namespace) -> int:
    """Check them all, and say how it went."""
    from app.cli.store import known_store
    from app.label_checks.checking import check_labels
    from app.label_checks.told import checks_told

    with known_store(settings) as store:
        check_labels(store, asked_by="command")
        with store.reading() as tx:
            told = checks_told(tx)
    answer(told.model_dump(), as_json=options.json, plain=lambda: iter([told.words]))
    return 0


def checks_list(settings: "Settings", options: argparse.Namespace) -> int:
    """What is suspected now."""
    from app.cli.store import known_store
    from app.label_checks.told import checks_told
    from db.labelling import findings

    with known_store(settings) as store, store.reading() as tx:
        told, found = checks_told(tx), findings.current(tx)
    rows = [
        {
            "id": one.id, "person": one.person_id, "kind": one.kind, "keypoints": list(one.keypoints),
            "score": one.score, "words": one.words, "other": one.other,
        }
        for one in found
    ]  # fmt: skip
    lines = [f"{one.id:>6}  {one.score:.2f}  person {one.person_id}: {one.words}" for one in found[: options.limit]]
    more = [f"... and {len(found) - options.limit} more."] if len(found) > options.limit else []
    answer(
        {"check": told.model_dump(), "findings": rows},
        as_json=options.json,
        plain=lambda: iter([told.words, *lines, *more]),
    )
    return 0


def checks_right(settings: "Settings", options: argparse.Namespace) -> int:
    """It is no longer shown, and no later check says it again of this label."""
    from app.cli.leads import lead_of
    from app.cli.store import known_store
    from db.clock import utc_now
    from db.labelling import findings

    with known_store(settings) as store:
        lead = lead_of(store, options.lead, settings.home, does="calls labels right")
        with store.transaction() as tx:
            found = findings.call_right(tx, options.finding, lead, now=utc_now())
    words = f"The label of person {found.person_id} was called right: {found.words}."
    answer({"person": found.person_id, "kind": found.kind}, as_json=options.json, plain=lambda: iter([words]))
    return 0
