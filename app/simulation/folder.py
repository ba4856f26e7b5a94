"""Where simulations lie in the home, and where each stands: small files, each written once, whole, by one writer.

simulations/0001/told-0003/job.json  where it stands; the highest number counts
simulations/0001/cancel              somebody wants it to end
simulations/0001/labels.json         the truth: the project's labelled people, as they were
simulations/0001/log.txt             what the command said
simulations/0001/run/                the command's own folder (docs/simulate.md)
simulations/0001/attempt-2/          the last three, once a worker elsewhere has it

Whoever says where it stands says so of what it read before, and only one can: a worker that stood still while another
took the simulation is refused, at whatever moment it wakes up.

Where homes share a bucket, all this is there under the same names (`standing`, `sharing`); the worker that has the
simulation works in its own home.
"""

import dataclasses
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from app.simulation.standing import CANCEL_FILE, FOLDER, JOB_FILE, TOLD, standing

LABELS_FILE, LOG_FILE, RUN_FOLDER = "labels.json", "log.txt", "run"
State = Literal["queued", "running", "measured", "done", "failed", "cancelled"]
Phase = Literal["cost", "run"]
ACTIVE: tuple[State, ...] = ("queued", "running")


class SimulationLost(RuntimeError):
    """Somebody else has said where it stands since; the message says so."""


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

    cost_s: what the dry run expects. Times as ISO 8601. attempt, place: in which folder its files are, and where that
    is written (`Worker.place`). holder: the token of the worker that has it. told: how often it was said where it
    stands.
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
    attempt: int = 1
    place: str | None = None
    holder: str | None = None
    told: int = 0

    @property
    def is_active(self) -> bool:
        """Whether the worker has it, or will."""
        return self.state in ACTIVE


def folder_of(home: Path, number: int) -> Path:
    """Where one lies."""
    return home / FOLDER / f"{number:04d}"  # four digits: names sort as numbers


def files_of(home: Path, job: Job) -> Path:
    """Where the files are that count: the truth, the log and the command's own folder."""
    folder = folder_of(home, job.number)
    return folder if job.attempt == 1 else folder / f"attempt-{job.attempt}"


def newest(home: Path) -> Job | None:
    """The last one that was asked for. Raises OSError, BucketAway."""
    names = standing(home).names()
    numbers = {name.split("/")[1] for name in names if name.endswith(f"/{JOB_FILE}")}
    return _read(home, int(max(numbers, key=int)), names) if numbers else None


def read(home: Path, number: int) -> Job:
    """Where one stands; what only a later version writes is left out. Raises OSError, BucketAway."""
    return _read(home, number, standing(home).names())


def _read(home: Path, number: int, names: Collection[str]) -> Job:
    own = _name(number, "")
    # of earlier versions the file lies in the folder itself, before all others
    told = sorted((name for name in names if name.startswith(own) and name.endswith(f"/{JOB_FILE}")), key=_how_often)
    if not told:
        raise FileNotFoundError(f"{folder_of(home, number)} has no {JOB_FILE}; wanted a simulation.")
    found: dict[str, Any] = json.loads(standing(home).read(told[-1]))
    plan = found.pop("plan")
    return Job(**_known(Job, found), plan=None if plan is None else Plan(**_known(Plan, plan)))


def _how_often(name: str) -> int:
    part = name.split("/")[2]
    return int(part.removeprefix(TOLD)) if part.startswith(TOLD) else 0


def _name(number: int, name: str) -> str:
    return f"{FOLDER}/{number:04d}/{name}"


def _known(of: type[Job] | type[Plan], told: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(of)}
    return {name: value for name, value in told.items() if name in names}


def write(home: Path, job: Job) -> Job:
    """Say where it stands, once it stood as `job` was read; as it reads now.

    Raises SimulationLost, OSError, BucketAway.
    """
    job = replace(job, told=job.told + 1)
    content = json.dumps(dataclasses.asdict(job), allow_nan=False).encode()
    if not standing(home).create(_name(job.number, f"{TOLD}{job.told:04d}/{JOB_FILE}"), content):
        raise SimulationLost(
            f"simulation {job.number} was gone on with elsewhere; wanted one writer. What this one found is left out."
        )
    return job


def require_one_writer(home: Path, job: Job) -> None:
    """Raises LearningError where two could say at once where it stands."""
    standing(home).require_one_writer(_name(job.number, f"{TOLD}{job.told:04d}/{JOB_FILE}"))


def forget(home: Path, number: int) -> None:
    """Take one away that nobody has."""
    standing(home).forget(_name(number, "").rstrip("/"))


def wish_its_end(home: Path, number: int) -> None:
    """Whoever has it looks for that."""
    standing(home).wish(_name(number, CANCEL_FILE))


def is_cancelled(home: Path, number: int) -> bool:
    """Whether somebody wants it to end. Raises BucketAway."""
    return standing(home).has(_name(number, CANCEL_FILE))
