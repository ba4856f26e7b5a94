"""A round is trained: `sspcm round` as a process of its own, followed until it ends."""

import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import OperationalError

from app.home.settings import Settings
from app.processes.child import LAPSED, LOCKED, extend, start_guarded, stop_guarded
from app.processes.lease import UNLIMITED, Lease
from app.processes.this_worker import train_lock
from app.rounds.errors import LearningError
from app.rounds.folder import last_lines, read_status, round_folder
from app.rounds.progress import Reporter, Tail
from app.rounds.trainer_end import is_by_signal, memory_kills, why_killed, without_room
from db.errors import StoreBusy
from db.rounds import events, rounds, stopping
from db.store.session import Store
from sspcm.round_folder import LOG_FILE, METRICS_FILE, STATUS_FILE

TRAIN_COMMAND = (sys.executable, "-P", "-m", "sspcm", "round", "--processes", "auto")
"""What trains, on all GPUs of the machine; the round's folder and the device follow."""
POLL_S = 0.2
LOOK_EVERY_S = 0.5
"""How often the store is asked whether the round was told to stop."""
TRAINER_NICE = 10
"""The trainer gives way to whatever else the machine does: annotators wait for their next image, a round does not."""
TRAINER_GRACE_S = 20.0
"""How long a trainer that is told to end may take to finish its step and keep it."""
RESTARTS = 2
"""How often a trainer that ended by a signal is started again."""
LATE = "the worker could give no sign for too long, so the trainer was ended"

log = logging.getLogger(__name__)


def train_round(
    store: Store,
    settings: Settings,
    number: int,
    attempt: int = 1,
    *,
    command: Sequence[str] = TRAIN_COMMAND,
    lease: Lease = UNLIMITED,
) -> None:
    """Run the trainer on the round's folder in a process of its own, and tell the store how it goes.

    The trainer ends with this process, however that ends, and goes on from its last checkpoint when started again. One
    that ends by a signal is started again RESTARTS times; one that ended because this worker could give no sign in
    time, once it can. Raises LearningError with the trainer's own words, RoundOver once the round is told to stop.
    """
    folder = round_folder(settings, number, attempt)
    if read_status(folder).get("state") == "done":
        return
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        rounds.report_progress(tx, record.id, stage="train", progress={})
        events.tell(tx, record.id, "training")
    restart = 0
    while restart <= RESTARTS:
        killed = _train_once(store, settings, record.id, folder, command, lease)
        if killed is None:
            return
        if killed == LATE:
            log.warning("round %d: %s.", number, killed)
            lease.wait()
            continue
        restart += 1
        if restart <= RESTARTS:
            again = f"{killed}; it is started again ({restart} of {RESTARTS})"
            log.warning("round %d: %s.", number, again)
            with store.transaction() as tx:
                events.tell(tx, record.id, again)
    raise LearningError(
        f"{killed}, {RESTARTS + 1} times in all; wanted it to finish. Its last lines: {last_lines(folder / LOG_FILE)}. "
        "What was trained is kept: mend the cause, then go on with this round."
    )


def _train_once(
    store: Store, settings: Settings, round_id: int, folder: Path, command: Sequence[str], lease: Lease
) -> str | None:
    """One process, from its start to its end; None if the training is done, else which signal ended it, in words."""
    (folder / STATUS_FILE).unlink(missing_ok=True)  # an earlier try's word must not be taken for this one's
    kills = memory_kills()
    with (folder / LOG_FILE).open("ab") as output:
        arguments = [*command, str(folder), "--device", settings.device]
        trainer = start_guarded(
            arguments,
            lock=train_lock(settings),  # held by the trainer itself: one trains at a time (docs/adr/0002)
            output=output,
            nice=TRAINER_NICE,
            grace_s=lease.grace_s(TRAINER_GRACE_S),
            until=lease.until,
        )
    try:
        _follow(trainer, folder / METRICS_FILE, store, round_id, lease)
    finally:
        exit_status = stop_guarded(trainer)  # whatever happened: no trainer goes on unwatched
    with store.transaction() as tx:
        rounds.require_active(tx, round_id)
    status = read_status(folder)
    if exit_status == LAPSED and status.get("state") != "done":
        return LATE
    if status.get("state") == "stopped" or (not status and is_by_signal(exit_status)):
        return why_killed(exit_status, out_of_memory=memory_kills() > kills)
    _require_done(settings, folder, status, exit_status)
    return None


def _follow(trainer: subprocess.Popen[bytes], path: Path, store: Store, round_id: int, lease: Lease) -> None:
    """Report what the trainer writes until it ends, or until the round is told to stop."""
    tail, reporter, look_at, until = Tail(path), Reporter(store, round_id), 0.0, lease.until
    while trainer.poll() is None:
        if lease.until != until:
            until = lease.until
            extend(trainer, until)
        if time.monotonic() >= look_at:
            if _is_told_to_stop(store, round_id):
                return
            look_at = time.monotonic() + LOOK_EVERY_S
        for line in tail.read():
            reporter.take(line)
        reporter.send()
        time.sleep(POLL_S)
    for line in tail.read():  # what it wrote between the last look and its end
        reporter.take(line)
    reporter.send(last=True)


def _is_told_to_stop(store: Store, round_id: int) -> bool:
    try:
        with store.reading() as tx:
            return stopping.is_cancelled(tx, round_id)
    except (OperationalError, StoreBusy):  # away for a while: that must not end a training
        return False


def _require_done(settings: Settings, folder: Path, status: dict[str, object], exit_status: int) -> None:
    if status.get("state") == "done":
        return
    said = last_lines(folder / LOG_FILE)
    if words := without_room(settings.home, f"{status.get('error', '')} {said}"):
        raise LearningError(words)
    if status.get("state") == "failed":
        raise LearningError(str(status.get("error")))
    if exit_status == LOCKED:
        raise LearningError(
            "another training runs in this home and did not end; a home trains one round at a time. "
            "End the process that holds its lock, then go on with this round."
        )
    raise LearningError(
        f"the trainer ended with status {exit_status} and no word of its own; wanted it to finish. "
        f"Its last lines: {said}. What was trained is kept: mend the cause, then go on with this round."
    )
