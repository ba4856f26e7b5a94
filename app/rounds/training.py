"""A round is trained: `sspcm round` as a process of its own, followed until it ends."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.home.settings import Settings
from app.processes.child import LOCKED, start_guarded, stop_guarded
from app.rounds.errors import LearningError
from app.rounds.folder import last_lines, read_status, round_folder
from app.rounds.progress import Reporter, Tail
from db.rounds import rounds
from db.store.session import Store
from sspcm.round_folder import LOG_FILE, METRICS_FILE, STATUS_FILE

TRAIN_COMMAND = (sys.executable, "-P", "-m", "sspcm", "round")
"""What trains; the round's folder and the device follow."""
POLL_S = 0.2
TRAINER_NICE = 10
"""The trainer gives way to whatever else the machine does: annotators wait for their next image, a round does not."""


def train_round(
    store: Store, settings: Settings, number: int, attempt: int = 1, *, command: Sequence[str] = TRAIN_COMMAND
) -> None:
    """Run the trainer on the round's folder in a process of its own, and tell the store how it goes.

    The trainer ends with this process, however that ends, and goes on from its last checkpoint when started again.
    Raises LearningError with the trainer's own words.
    """
    folder = round_folder(settings, number, attempt)
    if read_status(folder).get("state") == "done":
        return
    (folder / STATUS_FILE).unlink(missing_ok=True)  # an earlier try's word must not be taken for this one's
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        rounds.report_progress(tx, record.id, stage="train", progress={})
    reporter = Reporter(store, record.id)
    with (folder / LOG_FILE).open("ab") as output:
        arguments = [*command, str(folder), "--device", settings.device]
        lock = settings.home / "train.lock"  # held by the trainer itself: one trains at a time (docs/adr/0002)
        trainer = start_guarded(arguments, lock=lock, output=output, nice=TRAINER_NICE)
    try:
        _follow(trainer, folder / METRICS_FILE, reporter)
    finally:
        exit_status = stop_guarded(trainer)  # whatever happened: no trainer goes on unwatched
    _require_done(folder, exit_status)


def _follow(trainer: subprocess.Popen[bytes], path: Path, reporter: "Reporter") -> None:
    """Report what the trainer writes until it ends."""
    tail = Tail(path)
    while trainer.poll() is None:
        for line in tail.read():
            reporter.take(line)
        reporter.send()
        time.sleep(POLL_S)
    for line in tail.read():  # what it wrote between the last look and its end
        reporter.take(line)
    reporter.send(last=True)


def _require_done(folder: Path, exit_status: int) -> None:
    status = read_status(folder)
    if status.get("state") == "done":
        return
    if status.get("state") == "failed":
        raise LearningError(str(status.get("error")))
    if exit_status == LOCKED:
        raise LearningError(
            "another training runs in this home and did not end; a home trains one round at a time. "
            "End the process that holds train.lock, then launch the round again."
        )
    raise LearningError(
        f"the trainer ended with status {exit_status} and no word of its own; wanted it to finish. It may have been "
        f"killed, for want of memory for example. Its last lines: {last_lines(folder / LOG_FILE)}"
    )
