"""A simulation is asked what it costs, begun and ended; the worker does the work."""

from dataclasses import replace
from pathlib import Path

from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.rounds.usual_settings import Found, trainable_model, wanted_model
from app.simulation.folder import (
    Job,
    Phase,
    SimulationLost,
    forget,
    newest,
    read,
    require_one_writer,
    wish_its_end,
    write,
)
from app.simulation.planning import LEAST_LABELLED, too_few
from db.clock import utc_now
from db.pool.counts import count
from db.records import UserRecord
from db.store.session import Store


def what_is_missing(store: Store, home: Path) -> str | None:
    """Why nothing can be simulated yet, in words; None where it can."""
    with store.reading() as tx:
        counts = count(tx)
    labelled = counts.persons_accepted + counts.persons_validation_accepted
    if labelled < LEAST_LABELLED:
        return too_few(labelled)
    found = trainable_model(store, home)
    return _no_model(found) if found.model is None else None


def _no_model(found: Found) -> str:
    return (
        f"{wanted_model(found, 'the rounds of a simulation want')} Give one under “Start from a pose model”, or by "
        "`prelabel MODEL.onnx`."
    )


def ask(store: Store, engine: Engine, user: UserRecord, *, phase: Phase = "cost") -> Job:
    """A new one, queued: for its cost alone, or to be run to the end. Raises LearningError where it cannot be."""
    home = engine.home
    missing, found = what_is_missing(store, home), trainable_model(store, home)
    model = found.model
    if missing is not None or model is None:
        raise LearningError(missing or _no_model(found))
    before = newest(home)
    if before is not None and before.is_active:
        raise LearningError(_another(before))
    number = 1 if before is None else before.number + 1
    job = Job(number, phase, "queued", user.name, utc_now().isoformat(), model.name, model.sha256)
    try:
        job = write(home, job)
    except SimulationLost as error:  # another lead was faster
        raise LearningError("another simulation is being asked for just now; wanted one at a time.") from error
    try:
        require_one_writer(home, job)
        with store.transaction() as tx:
            engine.enqueue_simulation(tx, number, phase)
    except BaseException:
        forget(home, number)
        raise
    return job


def begin(store: Store, engine: Engine) -> Job:
    """Run the one whose cost was said. Raises LearningError where there is none. Begun twice is begun once."""
    job = newest(engine.home)
    if job is None or job.state != "measured":
        raise LearningError("no simulation waits to be begun; wanted one whose cost is known. Ask for its cost first.")
    try:
        with store.transaction() as tx:
            engine.enqueue_simulation(tx, job.number, "run")
            return write(engine.home, replace(job, phase="run", state="queued"))
    except SimulationLost:  # another lead began or ended it just now
        return read(engine.home, job.number)


def cancel(home: Path) -> Job:
    """End the newest: at once where the worker does not have it, within seconds where it does.

    Raises LearningError where none is there to end.
    """
    job = newest(home)
    if job is None or not (job.is_active or job.state == "measured"):
        raise LearningError("no simulation is queued or running; wanted one to end.")
    wish_its_end(home, job.number)
    if job.state == "running":
        return job  # the worker says that it ended
    try:
        return write(home, replace(job, state="cancelled", finished_at=utc_now().isoformat()))
    except SimulationLost:  # the worker took it just now, and looks for the file
        return read(home, job.number)


def _another(job: Job) -> str:
    return f"simulation {job.number} is {job.state}; wanted one at a time. Wait until it ends, or cancel it."
