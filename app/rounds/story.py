"""What happened to a round, what its trainer said last, and what a lead can do with it now."""

import os
from collections.abc import Mapping
from pathlib import Path

from app.contract.rounds import EventPayload, StoryPayload
from app.home.settings import Settings
from app.home.shared_files import shared_files
from app.processes.worker_state import worker_state
from app.rounds.folder import round_folder
from app.rounds.pruning import taken
from db.pool.project import get_project
from db.records import RoundRecord, RoundState
from db.rounds import events, rounds
from db.store.session import Store
from sspcm.round_folder import LOG_FILE

LOG_LINES = 12
_LOG_BYTES = 16_384
"""So much of the log's end is looked at."""
_WORDS: Mapping[RoundState, str] = {
    "queued": "It waits for the worker.",
    "running": "It runs.",
    "cancelling": "It was told to stop: the worker ends it after the step under way, and keeps that step.",
    "cancelled": "It was stopped. What it had trained is kept: resumed, it goes on from there with its own labels.",
    "failed": "It failed. Mend the cause, then try again: it goes on from what it had finished, with its own labels.",
    "published": "It ended well and was published.",
    "kept": "It ended well and was kept, not published.",
}
_ALONE: Mapping[RoundState, str] = {
    "queued": "It waits for a worker; none runs. It begins when one does.",
    "running": "It stands still: no worker runs. The next one goes on with it.",
    "cancelling": "It was told to stop; no worker runs. The next one ends it.",
}


def round_story(store: Store, settings: Settings, number: int | None = None) -> StoryPayload | None:
    """The story of one round: the active one, else the newest, unless told; None before any. Raises NotFound."""
    with store.reading() as tx:
        everybody = rounds.latest(tx, 1000)
        if number is None:
            if not everybody:
                return None
            record = rounds.active(tx) or everybody[0]
        else:
            record = rounds.get(tx, number)
        told, shown = events.story(tx, record.id), get_project(tx).published_round
    state = record.state
    is_alone = record.is_active and worker_state(store, settings).stand != "running"
    return StoryPayload(
        number=record.number,
        numbers=[one.number for one in everybody],
        state=state,
        words=(_ALONE if is_alone else _WORDS)[state],
        events=[EventPayload(at=one.at, what=one.what) for one in told],
        log=_log(settings, record),
        cancel=_cancel(record),
        go_on={"failed": f"Try round {record.number} again", "cancelled": f"Resume round {record.number}"}.get(state),
        promote=_promote(record, shown),
        delete=f"Delete round {record.number}" if state in ("failed", "cancelled", "kept") else None,
        confirm=f"Round {record.number}, its networks and its predictions go for good. Labels stay.",
        disk=_disk(settings, record),
    )


def _promote(record: RoundRecord, shown: int | None) -> str | None:
    is_whole = record.state in ("published", "kept") and record.pruned_at is None
    return f"Let annotators begin from round {record.number}" if is_whole and record.number != shown else None


def _disk(settings: Settings, record: RoundRecord) -> str:
    own, everything, where = taken(settings, record.number)
    pruned = " after it was pruned" if record.pruned_at is not None else ""
    return f"Its files take {own / 1e6:,.1f} MB of {where}{pruned}, those of all rounds {everything / 1e6:,.1f} MB."


def _cancel(record: RoundRecord) -> str | None:
    return f"Cancel round {record.number}" if record.state in ("queued", "running") else None


def _log(settings: Settings, record: RoundRecord) -> list[str]:
    """This machine's, else as another one put it last."""
    path = round_folder(settings, record.number, record.attempt) / LOG_FILE
    if path.is_file():
        return log_tail(path)
    return _last_lines(shared_files(settings.home).end_of(path.relative_to(settings.home).as_posix(), _LOG_BYTES))


def log_tail(path: Path, lines: int = LOG_LINES) -> list[str]:
    """A log's last lines with words in them; none where there is no log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LOG_BYTES))
            return _last_lines(file.read(), lines)
    except FileNotFoundError:  # not begun, or deleted just now
        return []


def _last_lines(end: bytes | None, lines: int = LOG_LINES) -> list[str]:
    content = (end or b"").decode("utf-8", errors="replace")
    return [line.rstrip() for line in content.replace("\r", "\n").splitlines() if line.strip()][-lines:]
