"""A round is published: its ranking and predictions count from one moment on."""

import json

from app.home.settings import Settings
from app.rounds.folder import read_seconds, round_folder
from db.clock import utc_now
from db.rounds import rounds
from db.store.session import Store
from sspcm.round_folder import REPORT_FILE


def publish_round(store: Store, settings: Settings, number: int, attempt: int = 1) -> None:
    """Show the round's ranking and predictions to annotators, by one pointer in one transaction."""
    folder = round_folder(settings, number, attempt)
    report = json.loads((folder / REPORT_FILE).read_text())
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        frozen = rounds.frozen(tx, record.id)
        metrics = {
            **report,
            "seconds": {**report.get("seconds", {}), **read_seconds(folder)},
            "labelled": sum(person.role == "labelled" for person in frozen),
            "validation": sum(person.role == "validation" for person in frozen),
        }
        directory = folder.relative_to(settings.home).as_posix()
        rounds.publish(tx, record.id, metrics=metrics, directory=directory, now=utc_now())
