"""A simulated project, round by round: choose, correct, learn, choose the start, measure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from sspcm.config import RoundConfig
from sspcm.simulation.acquisition import Labelled, Source, Waiting, choose
from sspcm.simulation.annotator import Actions, count_actions
from sspcm.simulation.learning import Lesson, going_on_from, learn, throw_networks_away
from sspcm.simulation.people import Everybody, SimulationError, Split, split
from sspcm.simulation.rows import Row, Run
from sspcm.simulation.starts import InUse, after_round

Clock = Callable[[], float]
"""CPU seconds of this process."""


@dataclass(frozen=True)
class Plan:
    """How much is labelled between two trainings, how often, and who is kept aside."""

    config: RoundConfig
    rounds: int
    per_round: int
    holdout: float
    validation: int
    anew: bool = False
    """Each round begins at the imported model, and not at the networks of the published one."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Everything that all runs share. looks: how everybody looks. folder: holds the rounds, and what they said."""

    everybody: Everybody
    model: Source
    looks: Float[np.ndarray, "P D"]
    plan: Plan
    folder: Path
    device: torch.device


def require_enough(everybody: Everybody, plan: Plan, seeds: list[int]) -> None:
    """Before any work. Raises SimulationError where a pool is used up, or nobody is left to measure on."""
    for seed in seeds:
        parts = split(everybody, seed=seed, holdout=plan.holdout, validation=plan.validation)
        wanted = plan.rounds * plan.per_round
        if len(parts.pool) < wanted or not len(parts.held_out):
            raise SimulationError(
                f"of {len(everybody)} people seed {seed} leaves {len(parts.pool)} in the pool and "
                f"{len(parts.held_out)} held out; wanted at least {wanted} ({plan.rounds} rounds of {plan.per_round}) "
                "and 1. Give fewer rounds, a smaller --per-round, --holdout or --validation."
            )


def simulate(simulation: Simulation, run: Run, clock: Clock) -> Iterator[Row]:
    """A row before any label, then one a round. What was trained before is read, so a run that was killed goes on.

    Raises SimulationError.
    """
    everybody, plan = simulation.everybody, simulation.plan
    parts = split(everybody, seed=run.seed, holdout=plan.holdout, validation=plan.validation)
    rest, in_use, done, began = parts.pool, InUse(simulation.model), list[Labelled](), clock()
    yield _row(simulation, run, 0, parts, rest, in_use, in_use.starts) | {"labels": 0, "cpu_s": clock() - began}
    for number in range(1, (1 if run.acquisition == "all" else plan.rounds) + 1):
        began = clock()
        waiting = Waiting(everybody, rest, in_use.order, simulation.looks, done)
        batch = choose(run.acquisition, waiting, plan.per_round, seed=run.seed)
        spent = _actions(everybody, in_use.starts, batch)
        done, rest = [*done, Labelled(in_use.order, batch)], np.setdiff1d(rest, batch)
        student = _learn(simulation, run, number, parts, rest, done, in_use)
        in_use = after_round(in_use, student, everybody, parts.validation)
        in_use = in_use.taught_by(everybody, np.concatenate([one.rows for one in done]), parts.validation)
        _keep_networks(simulation, run, number, in_use)
        told = {
            "labels": sum(len(one.rows) for one in done),
            "chosen": [everybody.persons[i].id for i in batch],
            "actions_each": spent.total.tolist(),
            "moves": int(spent.moved.sum()),
            "changes": int(spent.changed.sum()),
            "groups_chosen": everybody.group[batch].tolist(),
            "cpu_s": round(clock() - began, 1),
        }
        yield _row(simulation, run, number, parts, rest, in_use, student) | told


def _learn(
    simulation: Simulation,
    run: Run,
    number: int,
    parts: Split,
    rest: Int[np.ndarray, "N"],
    done: list[Labelled],
    in_use: InUse,
) -> Source:
    """Begins where the published round ended. Members' answers are asked for where an order follows: not after the last
    round, and not for chance."""
    last = run.acquisition == "all" or number == simulation.plan.rounds
    lesson = Lesson(
        labelled=np.concatenate([one.rows for one in done]),
        waiting=rest,
        others=np.concatenate([parts.held_out, parts.validation]),
        compared=not last and run.acquisition != "random",
    )
    plan, published = simulation.plan, in_use.published
    begins = None if plan.anew or published is None else _folder(simulation, run, published.name)
    name = f"round {number}"
    return learn(
        _folder(simulation, run, name),
        lesson,
        simulation.everybody,
        going_on_from(replace(plan.config, seed=run.seed), begins),
        name=name,
        device=simulation.device,
    )


def _folder(simulation: Simulation, run: Run, name: str) -> Path:
    """Of a round, by its name."""
    return simulation.folder / "rounds" / f"{run.acquisition}-seed{run.seed}-{name.replace(' ', '')}"


def _keep_networks(simulation: Simulation, run: Run, number: int, in_use: InUse) -> None:
    """Those that the next round begins at, if there is one."""
    is_last = run.acquisition == "all" or number == simulation.plan.rounds
    needed = None if is_last or in_use.published is None else in_use.published.name
    for name in (f"round {one}" for one in range(1, number + 1)):
        if name != needed:
            throw_networks_away(_folder(simulation, run, name))


def _row(
    simulation: Simulation,
    run: Run,
    number: int,
    parts: Split,
    rest: Int[np.ndarray, "N"],
    in_use: InUse,
    student: Source,
) -> Row:
    """What annotators would begin from now, measured on those who wait and on people held out."""
    everybody, starts = simulation.everybody, in_use.starts
    held_out, students = (everybody.oks(one.xyc, parts.held_out) for one in (starts, student))
    found: dict[str, Any] = {
        "acquisition": run.acquisition,
        "seed": run.seed,
        "round": number,
        "starts": starts.name,
        "is_published": in_use.published is not None and in_use.published.name == student.name,
        "held_out": {
            "oks": held_out.round(4).tolist(),
            "student_oks": students.round(4).tolist(),
            "actions": _actions(everybody, starts, parts.held_out).total.tolist(),
            "groups": everybody.group[parts.held_out].tolist(),
        },
        "rest": {"people": len(rest), "oks": None, "actions": 0},
    }
    if len(rest):
        oks = float(everybody.oks(starts.xyc, rest).mean())
        actions = int(_actions(everybody, starts, rest).total.sum())
        found["rest"] = {"people": len(rest), "oks": round(oks, 4), "actions": actions}
    return found


def _actions(everybody: Everybody, starts: Source, rows: Int[np.ndarray, "N"]) -> Actions:
    """What the annotator does with these people's starts."""
    sigmas = everybody.skeleton.sigma_array
    return count_actions(
        starts.xyc[rows],
        everybody.truth[rows],
        area=everybody.area[rows],
        sigmas=sigmas,
        visibility=starts.visibility,
    )
