"""A round is published: its ranking and predictions count from one moment on. Or it is kept, where it is no gain."""

import json
from dataclasses import replace

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.pool.blind_places import blind_entries
from app.rounds.compare_told import twin_verdict
from app.rounds.evidence import imported_source
from app.rounds.folder import read_seconds, round_folder
from app.rounds.ordering import ranked_by
from app.rounds.starts import judge_round, keep_measured
from db.clock import utc_now
from db.records import StartsChoice
from db.rounds import rankings, rounds
from db.store.session import Store
from sspcm.round_folder import REPORT_FILE


def publish_round(store: Store, settings: Settings, number: int, attempt: int = 1) -> None:
    """Show the round's ranking and predictions to annotators, by one pointer in one transaction.

    A round whose student is worse than what annotators begin from now is kept instead (`app/rounds/starts.py`), and so
    is a twin, whatever it is worth.
    """
    folder = round_folder(settings, number, attempt)
    report = json.loads((folder / REPORT_FILE).read_text())
    with store.reading() as tx:
        record = rounds.get(tx, number)
        if record.state in ("published", "kept"):  # by a worker that ended before it could say so
            return
        judged = judge_round(tx, number)
        twin_of = record.twin_of
        if twin_of is not None:  # launched to be compared: only a lead publishes it
            judged = replace(judged, because=twin_verdict(tx, record))
    starts = judged.starts
    if judged.because is None:
        by_model = starts.source == "imported" and _rank_by_model(store, settings, number, starts)
        starts = replace(starts, ordered_by="imported" if by_model else "student")
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        rounds.require_held(tx, record.id)
        frozen = rounds.frozen(tx, record.id)
        metrics = {
            **report,
            "seconds": {**report.get("seconds", {}), **read_seconds(folder)},
            "labelled": sum(person.role == "labelled" for person in frozen),
            "validation": sum(person.role == "validation" for person in frozen),
            "starts": judged.measured,
        }
        directory, now = folder.relative_to(settings.home).as_posix(), utc_now()
        if judged.because is None:
            rounds.publish(tx, record.id, metrics=metrics, directory=directory, now=now)
        else:
            rounds.keep(tx, record.id, because=judged.because, metrics=metrics, directory=directory, now=now)
        if twin_of is None:
            keep_measured(tx, starts, judged.lessons, now=now)


def _rank_by_model(store: Store, settings: Settings, number: int, starts: StartsChoice) -> bool:
    """Labelling goes on from the imported model: the queue goes by its scores, where it has any. Whether it has.

    The round's are about its student's poses, and say little of the model's (docs/adr/0021).
    """
    with store.reading() as tx:
        if imported_source(tx) is None:
            return False
        record = rounds.get(tx, number)
    entries = ranked_by(store, ImageFiles(settings.home), record, replace(starts, overridden="imported"))
    with store.transaction() as tx:
        rankings.add_round_ranking(tx, record.id, entries + blind_entries(tx, entries))
    return True
