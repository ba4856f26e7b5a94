"""A person's labels: as they came about, and one of them brought back."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, positive

if TYPE_CHECKING:
    from app.contract.labelling import HistoryEntryPayload, HistoryPayload, MovedKeypoint
    from app.home.settings import Settings
    from sspcm.skeletons.skeleton import Skeleton


def add_label(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `label ...`."""
    actions = group(several, "label", help="every label that a person had")
    shown = command(
        actions, "history", example="label history 12", help="every label of a person, whose, when and from what"
    )
    shown.add_argument("person", type=positive, metavar="PERSON", help="by number, as the editor's history says it")
    add_json(shown, run=label_history, name="label history")
    back = command(
        actions, "restore", example="label restore 12 3", help="bring a person's earlier label back, as a new one"
    )
    back.add_argument("person", type=positive, metavar="PERSON", help="by number, as `label history` has it")
    back.add_argument("revision", type=positive, metavar="REVISION", help="which of their labels")
    back.add_argument("--as", dest="as_user", metavar="LEAD", help="whose label it is then, where there are several")
    add_json(back, run=label_restore, name="label restore")


def label_history(settings: "Settings", options: argparse.Namespace) -> int:
    """What became of a person, the newest first."""
    from app.cli.store import known_store
    from app.labelling.history import history_of
    from db.pool import project
    from db.records import UserRecord

    with known_store(settings) as store:
        whoever = UserRecord(0, "", "lead")  # who has the home sees all of it
        told = history_of(store, whoever, options.person)
        with store.reading() as tx:
            skeleton = project.get_project(tx).skeleton
    answer(told.model_dump(mode="json"), as_json=options.json, plain=lambda: _lines(told, skeleton))
    return 0


def label_restore(settings: "Settings", options: argparse.Namespace) -> int:
    """An earlier label becomes the person's again."""
    import secrets

    from app.cli.accounts import whoever_runs_this
    from app.cli.leads import lead_of
    from app.cli.store import known_store
    from app.labelling.history import restore

    with known_store(settings) as store:
        lead = lead_of(store, options.as_user, settings.home, does="restores labels")
        key = f"restore {secrets.token_hex(16)}"
        made = restore(store, lead, whoever_runs_this(), options.person, options.revision, key=key)
    shown = {"person": options.person, "restored": options.revision, "label": made, "by": lead.name}
    words = f"Label {options.revision} of person {options.person} is back, as label {made} by {lead.name}."
    answer(shown, as_json=options.json, plain=lambda: iter([words]))
    return 0


def _lines(told: "HistoryPayload", skeleton: "Skeleton") -> Iterator[str]:
    yield f"person {told.person_id} of image {told.image_id}: {told.state.replace('_', ' ')}"
    if told.stays:
        yield told.stays
    for entry in told.entries:
        yield _line(entry)
        if entry.label is not None:
            yield f"    began with: {entry.label.began}"
            for one in entry.label.moved:
                yield f"    {_moved(one, skeleton)}"


def _line(entry: "HistoryEntryPayload") -> str:
    worked = "" if entry.seconds is None else f"  {entry.seconds:.0f} s"
    counts = "  (counts)" if entry.label and entry.label.counts else ""
    return f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.by}  {entry.what}{worked}{counts}"


def _moved(one: "MovedKeypoint", skeleton: "Skeleton") -> str:
    touched = "" if one.touched else ", not by hand"
    far = "touched" if one.px is None else f"{one.px:.1f} px, {one.sigmas:.1f} human sigmas"
    return f"{skeleton.spoken(one.keypoint)}: {far}{touched}"
