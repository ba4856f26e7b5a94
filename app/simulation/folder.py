"""Where simulations lie in the home, and where each stands: a small file that who works on it writes whole.

simulations/0001/job.json     where it stands
simulations/0001/labels.json  the truth: the project's labelled people, as they were
simulations/0001/cancel       somebody wants it to end
simulations/0001/log.txt      what the command said
simulations/0001/run/         the command's own folder (docs/simulate.md)
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sspcm.whole_files import write_atomically

FOLDER = "simulations"
JOB_FILE, LABELS_FILE, CANCEL_FILE, LOG_FILE, RUN_FOLDER = "job.json", "labels.json", "cancel", "log.txt", "run"
State = Literal["queued", "running", "measured", "done", "failed", "cancelled"]
Phase = Literal["cost", "run"]
ACTIVE: tuple[State, ...] = ("queued", "running")


@dataclass(frozen=True)
class Plan:
    """How the people are used. people: so many are played with, of `labelled`; left_out: those of other cameras."""

    labelled: int
    people: int
    holdout: float
    validation: int
    rounds: int
    per_round: int
    plain: bool
    left_out: int


@dataclass(frozen=True)
class Job:
    """A simulation. phase: saying what it costs, or running it; measured: the cost is known, and nobody began it.

    cost_s: what the dry run expects. Times as ISO 8601.
    """

    number: int
    phase: Phase
    state: State
    launched_by: str
    created_at: str
    model: str
    sha256: str
    plan: Plan | None = None
    cost_s: float | None = None
    error: str | None = None
    finished_at: str | None = None

    @property
    def is_active(self) -> bool:
        """Whether the worker has it, or will."""
        return self.state in ACTIVE


def folder_of(home: Path, number: int) -> Path:
    """Where one lies."""
    return home / FOLDER / f"{number:04d}"  # four digits: names sort as numbers


def newest(home: Path) -> Job | None:
    """The last one that was asked for."""
    found = sorted((home / FOLDER).glob("[0-9]*/" + JOB_FILE))
    return read(found[-1].parent) if found else None


def read(folder: Path) -> Job:
    """Where it stands. Raises OSError."""
    told: dict[str, Any] = json.loads((folder / JOB_FILE).read_text())
    plan = told.pop("plan")
    return Job(**told, plan=None if plan is None else Plan(**plan))


def write(home: Path, job: Job) -> None:
    """Say where it stands. Raises OSError."""
    path = folder_of(home, job.number) / JOB_FILE
    write_atomically(path, json.dumps(dataclasses.asdict(job), allow_nan=False).encode())


def is_cancelled(home: Path, number: int) -> bool:
    """Whether somebody wants it to end."""
    return (folder_of(home, number) / CANCEL_FILE).exists()
