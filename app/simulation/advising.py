"""What a lead is told of the newest simulation: where it stands, what came of it, and what to do."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from app.contract.simulation import SimulationFigurePayload, SimulationPayload
from app.home.settings import Settings
from app.processes.worker_state import worker_state
from app.simulation.folder import RUN_FOLDER, Job, is_cancelled, newest, read
from app.simulation.launching import what_is_missing
from app.simulation.planning import ACQUISITIONS, LEAST_LABELLED, SEEDS
from app.simulation.sharing import CURVE_FILE, SUMMARY_FILE
from app.simulation.sharing import read as read_file
from db.pool.counts import count
from db.store.session import Store
from sspcm.simulation.advice import say_advice
from sspcm.simulation.rows import ROWS_FILE, rows_in

ORDER, CHANCE = ACQUISITIONS[1], ACQUISITIONS[0]
MANY_NEW = 0.2
"""Of the labels that there were: so many more since, and the advice is old."""


def simulation_told(store: Store, settings: Settings) -> SimulationPayload:
    """As pages and commands show it."""
    home = settings.home
    job, missing = newest(home), what_is_missing(store, home)
    summary = _summary(home, job) if job is not None and job.state == "done" else None
    running = worker_state(store, settings).stand == "running" if job is not None and job.is_active else True
    gain = None if summary is None else summary["acquisitions"][ORDER].get("last_gain")
    may_ask = missing is None and (job is None or job.state in ("done", "failed", "cancelled"))
    return SimulationPayload(
        state=job.state if job is not None else "none" if missing is None else "missing",
        number=None if job is None else job.number,
        words=_words(home, job, missing, worker_runs=running),
        advice="" if gain is None or job is None else f"{say_advice(gain)}{_since(store, job)}",
        verdict=None if gain is None else gain["verdict"],
        figures=[] if summary is None else _figures(summary, gain),
        done=0 if job is None else _rows(home, job),
        of=_rows_wanted(job),
        minutes=None if job is None or job.cost_s is None else round(job.cost_s / 60, 1),
        curve=None if summary is None or job is None else f"/api/simulation/{job.number}/curve",
        error=None if job is None else job.error,
        ask=("What would it cost?" if job is None else "Simulate again: what would it cost?") if may_ask else None,
        begin="Begin" if job is not None and job.state == "measured" else None,
        cancel=_cancel_words(home, job),
    )


def curve_of(home: Path, number: int) -> bytes:
    """The picture of a simulation. Raises FileNotFoundError, BucketAway."""
    with suppress(FileNotFoundError):  # no such simulation
        return read_file(home, read(home, number), f"{RUN_FOLDER}/{CURVE_FILE}")
    raise FileNotFoundError(f"simulation {number} has no curve; wanted one that has ended.")


def _summary(home: Path, job: Job) -> dict[str, Any] | None:
    try:
        found = json.loads(read_file(home, job, f"{RUN_FOLDER}/{SUMMARY_FILE}"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and ORDER in found.get("acquisitions", {}) else None


def _rows(home: Path, job: Job) -> int:
    try:
        return len(rows_in(read_file(home, job, f"{RUN_FOLDER}/{ROWS_FILE}").decode(errors="replace")))
    except FileNotFoundError:
        return 0


def _rows_wanted(job: Job | None) -> int:
    """One before any label, and one a round, of each run."""
    return 0 if job is None or job.plan is None else len(ACQUISITIONS) * len(SEEDS) * (job.plan.rounds + 1)


def _cancel_words(home: Path, job: Job | None) -> str | None:
    if job is None or is_cancelled(home, job.number):
        return None
    return "Leave it" if job.state == "measured" else "Cancel" if job.is_active else None


def _words(home: Path, job: Job | None, missing: str | None, *, worker_runs: bool) -> str:
    about = (
        "Plays your project again with the labels there are: how much rounds and the queue's order save, and whether "
        "more labels are worth it."
    )
    if job is None:
        return f"{about} Not yet: {missing}" if missing else about
    if job.is_active and is_cancelled(home, job.number):
        return "It is being cancelled."
    if job.is_active and not worker_runs:
        return "It waits for a worker; none runs. It begins, or goes on where it stopped, when one does."
    if job.state == "queued":
        return "It waits for the worker, behind a round or a model's run if there is one."
    if job.state == "running":
        return _running_words(home, job)
    if job.state == "measured":
        return f"{_plan_words(job)} It takes about {_minutes(job)} on this machine. Rounds wait meanwhile."
    if job.state == "failed":
        return f"Simulation {job.number} failed: {job.error}"
    if job.state == "cancelled":
        return f"Simulation {job.number} was cancelled."
    return _plan_words(job)


def _running_words(home: Path, job: Job) -> str:
    done, of = _rows(home, job), _rows_wanted(job)
    if job.cost_s is None:
        return "A few steps are timed, to say what it costs."
    return (
        f"It runs: {done} of {of} points of the curve are there; about {_minutes(job)} in all. Rounds wait meanwhile."
    )


def _plan_words(job: Job) -> str:
    plan = job.plan
    if plan is None:
        return ""
    used = f"{plan.people} of {plan.labelled}" if plan.people < plan.labelled else str(plan.people)
    left = f" {plan.left_out} people of other cameras are left out." if plan.left_out else ""
    return (
        f"{used} labelled people, {len(SEEDS)} times anew: {plan.rounds} rounds of {plan.per_round} labels, by the "
        f"queue's order and by chance, beginning at {job.model}; a quarter is held out to measure on.{left}"
    )


def _minutes(job: Job) -> str:
    minutes = (job.cost_s or 0.0) / 60
    if minutes >= 90:
        return f"{minutes / 60:.1f} hours"
    return f"{max(1, round(minutes))} {'minute' if minutes < 1.5 else 'minutes'}"


def _since(store: Store, job: Job) -> str:
    """That the advice is old, where many labels came since."""
    with store.reading() as tx:
        counts = count(tx)
    now = counts.persons_accepted + counts.persons_validation_accepted
    before = now if job.plan is None else job.plan.labelled + job.plan.left_out
    day = datetime.fromisoformat(job.created_at).date().isoformat()
    if now - before < max(LEAST_LABELLED * MANY_NEW, MANY_NEW * before):
        return f" As of {day}."
    return f" As of {day}, with {before} labels; there are {now} now: simulate again."


def _figures(summary: Mapping[str, Any], gain: Mapping[str, Any] | None) -> list[SimulationFigurePayload]:
    """What the curve says, each with its 95 % interval."""
    told = summary["acquisitions"][ORDER]
    first, last = told["curve"][0], told["curve"][-1]
    found = [
        _figure(
            "Starts of held-out people",
            f"{_oks(first['oks'])} → {_oks(last['oks'])}",
            f"mean OKS before any label, and after {last['labels']} in the queue's order",
        ),
        _figure(
            "Actions a person",
            f"{_actions(first['actions_a_person'])} → {_actions(last['actions_a_person'])}",
            "keypoints moved or placed, visibilities changed, and the accept",
        ),
    ]
    saved, beside = told.get("saved"), told.get("beside_random")
    if saved and beside:
        found += [
            _figure(
                "Labels saved by the queue's order",
                _signed(saved["labels"]),
                f"of {last['labels']}, until starts are as good as by a random order; {_decided(saved['labels'])}",
            ),
            _figure(
                "Actions saved by the queue's order",
                _signed(saved["actions"]),
                f"in the same way; people who come first take {beside['actions'][0]:.2f} times the actions of others",
            ),
        ]
    if gain is not None:
        fewer = gain["actions"]
        found.append(
            _figure(
                "Actions saved by 100 more labels",
                f"{fewer[0]:.2f} [{fewer[1]:.2f}, {fewer[2]:.2f}]",
                f"of each person who still waits, from {gain['from_labels']} to {gain['to_labels']} labels",
            )
        )
    return found


def _figure(name: str, text: str, more: str) -> SimulationFigurePayload:
    return SimulationFigurePayload(name=name, text=text.replace("-", "−"), more=more)


def _oks(figure: tuple[float, float, float]) -> str:
    return f"{figure[0]:.3f} [{figure[1]:.3f}, {figure[2]:.3f}]"


def _actions(figure: tuple[float, float, float]) -> str:
    return f"{figure[0]:.1f} [{figure[1]:.1f}, {figure[2]:.1f}]"


def _signed(figure: tuple[float, float, float]) -> str:
    return f"{figure[0]:+.0f} [{figure[1]:+.0f}, {figure[2]:+.0f}]"


def _decided(saved: tuple[float, float, float]) -> str:
    if saved[1] > 0:
        return "the order is surely better"
    return "chance is surely better" if saved[2] < 0 else "undecided"
