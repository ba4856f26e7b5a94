"""The worker's side of a simulation: `sspcm simulate` as a process of its own, followed until it ends or is to end."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.home.bucket import BucketAway
from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from app.home.settings import Settings
from app.processes.child import LAPSED, LOCKED, extend, start_guarded, stop_guarded
from app.processes.lease import UNLIMITED, Lease
from app.processes.this_worker import train_lock
from app.rounds.errors import LearningError
from app.rounds.folder import last_lines
from app.rounds.training import TRAINER_NICE
from app.simulation.exporting import export_labelled
from app.simulation.folder import (
    LABELS_FILE,
    LOG_FILE,
    RUN_FOLDER,
    Job,
    Phase,
    SimulationLost,
    State,
    files_of,
    is_cancelled,
    read,
    write,
)
from app.simulation.planning import ACQUISITIONS, SEEDS
from app.simulation.sharing import fetch_images, putting
from app.simulation.taking import take
from db.clock import utc_now
from db.rounds.workers import Worker
from db.store.session import Store

SIMULATE_COMMAND = (sys.executable, "-P", "-m", "sspcm", "simulate")
COST_FILE = "cost.json"
POLL_S, LOOK_EVERY_S = 0.2, 0.5
GRACE_S = 5.0


class _Cancelled(Exception):
    """Somebody wants it to end."""


def work_on(
    store: Store,
    settings: Settings,
    number: int,
    phase: Phase,
    *,
    command: Sequence[str] = SIMULATE_COMMAND,
    lease: Lease = UNLIMITED,
    worker: Worker,
) -> None:
    """Say what a simulation costs, and run it where that is asked; what was done before is not done again.

    Ends within a second when it is cancelled. Raises NotEnough, LearningError with the command's own words,
    SimulationLost, BucketAway.
    """
    home = settings.home
    job = take(home, number, worker)
    if job is None:
        return
    try:
        if is_cancelled(home, number):
            raise _Cancelled
        with putting(home, job):
            job = _measured(store, settings, job, command, lease)
            if phase == "run":
                _run(settings, job, [*command, *_options(settings, job)], lease)
        _end(home, job, "measured" if phase == "cost" else "done")
    except _Cancelled:
        found = read(home, number)  # its plan may have been told since
        _end(home, found if found.holder == job.holder else job, "cancelled")


def fail(home: Path, job: Job, error: str) -> None:
    """It ended with an error, which the lead's page shows; the first word stays."""
    if job.is_active:
        with suppress(SimulationLost):
            _end(home, replace(job, error=error), "failed")


def _end(home: Path, job: Job, state: State) -> None:
    write(home, replace(job, state=state, finished_at=None if state == "measured" else utc_now().isoformat()))


def _measured(store: Store, settings: Settings, job: Job, command: Sequence[str], lease: Lease) -> Job:
    """With its plan and its cost, by a dry run."""
    home, folder = settings.home, files_of(settings.home, job)
    if job.plan is None or not (folder / LABELS_FILE).exists():
        job = write(home, replace(job, plan=export_labelled(store, ImageFiles(home), folder)))
    fetch_images(home, folder)
    if job.cost_s is None:
        path = folder / COST_FILE
        _run(settings, job, [*command, *_options(settings, job), "--dry-run"], lease, output=path)
        job = write(home, replace(job, cost_s=round(float(_document(path)["seconds"]), 1)))
    return job


def _options(settings: Settings, job: Job) -> list[str]:
    home, plan = settings.home, job.plan
    assert plan is not None
    folder = files_of(home, job)
    return [
        *(str(folder / LABELS_FILE), "--images", str(ImageFiles(home).folder)),
        *("--model", str(ModelFiles(home).path(job.sha256)), "--out", str(folder / RUN_FOLDER)),
        *("--acquisition", *ACQUISITIONS, "--seeds", *map(str, SEEDS)),
        *("--rounds", str(plan.rounds), "--per-round", str(plan.per_round)),
        *("--holdout", str(plan.holdout), "--validation", str(plan.validation), "--people", str(plan.people)),
        *("--device", settings.device, "--json"),
        *(["--plain"] if plan.plain else []),
    ]


def _run(settings: Settings, job: Job, arguments: Sequence[str], lease: Lease, *, output: Path | None = None) -> None:
    """Run the command to its end; raises _Cancelled where that is not waited for.

    Where the worker could give no sign for too long, it was ended, and is begun again: it keeps what it has.
    """
    while (status := _run_once(settings, job, arguments, lease, output=output)) == LAPSED:
        lease.wait()
    if status == LOCKED:
        raise LearningError(
            "another training runs in this home and did not end; a home trains one at a time. "
            "End the process that holds its lock, then simulate again."
        )
    if status != 0:
        log = output or files_of(settings.home, job) / LOG_FILE
        raise LearningError(
            f"the simulation ended with status {status}; wanted a learning curve. Its last lines: {last_lines(log)}"
        )


def _run_once(settings: Settings, job: Job, arguments: Sequence[str], lease: Lease, *, output: Path | None) -> int:
    log = output or files_of(settings.home, job) / LOG_FILE
    with log.open("wb" if output else "ab") as said:
        # one trains at a time, as with rounds
        child = start_guarded(
            arguments, lock=train_lock(settings), output=said, nice=TRAINER_NICE,
            grace_s=lease.grace_s(GRACE_S), until=lease.until,
        )  # fmt: skip
    try:
        _follow(child, settings.home, job.number, lease)
    finally:
        status = stop_guarded(child)  # whatever happened: it does not go on unwatched
    return status


def _follow(child: "subprocess.Popen[bytes]", home: Path, number: int, lease: Lease) -> None:
    until, look_at = lease.until, 0.0
    while child.poll() is None:
        if lease.until != until:
            until = lease.until
            extend(child, until)
        if time.monotonic() >= look_at:
            if _is_to_end(home, number):
                raise _Cancelled
            look_at = time.monotonic() + LOOK_EVERY_S
        time.sleep(POLL_S)


def _is_to_end(home: Path, number: int) -> bool:
    try:
        return is_cancelled(home, number)
    except BucketAway:  # for a while: that must not end a simulation
        return False


def _document(path: Path) -> dict[str, Any]:
    """The JSON in what a command printed; warnings of libraries may stand before and behind it."""
    text = path.read_text(errors="replace")
    found: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return found
