"""Where simulations lie in the home, and where each stands: small files, each written once, whole, by one writer.

simulations/0001/told-0003/job.json  where it stands; the highest number counts
simulations/0001/cancel              somebody wants it to end
simulations/0001/labels.json         the truth: the project's labelled people, as they were
simulations/0001/log.txt             what the command said
simulations/0001/run/                the command's own folder (docs/simulate.md)
simulations/0001/attempt-2/          the last three, once a worker elsewhere has it

Whoever says where it stands says so of what it read before, and only one can: a worker that stood still while another
took the simulation is refused, at whatever moment it wakes up.
"""

import dataclasses
import json
import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sspcm.whole_files import keep_names, write_atomically

FOLDER = "simulations"
JOB_FILE, LABELS_FILE, CANCEL_FILE, LOG_FILE, RUN_FOLDER = "job.json", "labels.json", "cancel", "log.txt", "run"
State = Literal["queued", "running", "measured", "done", "failed", "cancelled"]
Phase = Literal["cost", "run"]
ACTIVE: tuple[State, ...] = ("queued", "running")
_TOLD = "told-"


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
    """The last one that was asked for."""
    for folder in sorted((home / FOLDER).glob("[0-9]*"), reverse=True):
        if _last_told(folder) is not None:
            return read(folder)
    return None


def read(folder: Path) -> Job:
    """Where it stands; what only a later version writes is left out. Raises FileNotFoundError, OSError."""
    path = _last_told(folder)
    if path is None:
        raise FileNotFoundError(f"{folder} has no {JOB_FILE}; wanted a simulation.")
    told: dict[str, Any] = json.loads(path.read_text())
    plan = told.pop("plan")
    return Job(**_known(Job, told), plan=None if plan is None else Plan(**_known(Plan, plan)))


def _known(of: type[Job] | type[Plan], told: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(of)}
    return {name: value for name, value in told.items() if name in names}


def write(home: Path, job: Job) -> Job:
    """Say where it stands, once it stood as `job` was read; as it reads now. Raises SimulationLost, OSError."""
    folder, job = folder_of(home, job.number), replace(job, told=job.told + 1)
    draft = folder / f".{_TOLD}{secrets.token_hex(8)}"
    target = folder / f"{_TOLD}{job.told:04d}"
    try:
        write_atomically(draft / JOB_FILE, json.dumps(dataclasses.asdict(job), allow_nan=False).encode())
        draft.rename(target)  # never onto a folder that holds something
    except OSError as error:
        if not target.exists():
            raise
        raise SimulationLost(
            f"simulation {job.number} was gone on with elsewhere; wanted one writer. What this one found is left out."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    keep_names(folder)
    return job


def _last_told(folder: Path) -> Path | None:
    """The file that counts. Of earlier versions it lies in the folder itself."""
    found = [path for path in (folder / JOB_FILE, *sorted(folder.glob(f"{_TOLD}*/{JOB_FILE}"))) if path.exists()]
    return found[-1] if found else None


def is_cancelled(home: Path, number: int) -> bool:
    """Whether somebody wants it to end."""
    return (folder_of(home, number) / CANCEL_FILE).exists()
