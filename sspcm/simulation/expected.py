"""What a simulation costs, before it begins: steps and crops are timed on this machine, the rest is counted."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from sspcm.cutting import read_image
from sspcm.pose_models.copies import Person, judge
from sspcm.pose_models.model import PoseModel
from sspcm.simulation.people import Everybody, split
from sspcm.simulation.rows import Run
from sspcm.simulation.running import Plan
from sspcm.training.cost import measure_cost

_TIMED = 3
"""Persons."""
_STEP_IN_FORWARDS = 3.0
"""A step of one network on one crop is about so many looks at it."""
_COMPARED = 6.0
"""Looks at everybody who waits, where the order follows from the networks' answers: five, and the student's closer."""


@dataclass(frozen=True)
class Expected:
    """trainings: of all runs. seconds: computing, on one core or as many as torch takes; roughly."""

    people: int
    trainings: int
    looking_s: float
    training_s: float
    predicting_s: float

    @property
    def seconds(self) -> float:
        """In all."""
        return self.looking_s + self.training_s + self.predicting_s

    def __str__(self) -> str:
        return (
            f"{self.trainings} trainings: about {_minutes(self.training_s)} of training, {_minutes(self.predicting_s)} "
            f"of predicting, {_minutes(self.looking_s)} for the imported model to look at {self.people} people, once; "
            f"{_minutes(self.seconds)} in all"
        )


def expect(
    everybody: Everybody, model: PoseModel, plan: Plan, runs: Sequence[Run], *, is_seen: bool, device: torch.device
) -> Expected:
    """Take a few real steps and looks, and multiply. is_seen: the imported model has looked already."""
    one_look = _look_seconds(everybody, model)
    learns = bool(plan.config.method.paths)
    cost = measure_cost(plan.config, everybody.skeleton, device, unlabelled=learns)
    networks = len(cost.parameters)
    train = plan.config.train
    crops = train.labelled_batch * networks + (train.unlabelled_batch * networks if learns else 0)
    forward_s = cost.step_seconds / crops / _STEP_IN_FORWARDS
    trainings, seen = 0, 0.0
    for run in runs:
        parts = split(everybody, seed=run.seed, holdout=plan.holdout, validation=plan.validation)
        rounds = 1 if run.acquisition == "all" else plan.rounds
        asked = 1.0 if run.acquisition in ("random", "all") else _COMPARED
        rest = [len(parts.pool) - (number + 1) * plan.per_round for number in range(rounds)]
        trainings += rounds
        seen += rounds * (len(parts.held_out) + len(parts.validation))
        seen += 0 if run.acquisition == "all" else asked * sum(rest[:-1]) + rest[-1]
    return Expected(
        people=len(everybody),
        trainings=trainings,
        looking_s=0.0 if is_seen else one_look * len(everybody),
        training_s=trainings * cost.step_seconds * train.steps,
        predicting_s=seen * forward_s,
    )


def _look_seconds(everybody: Everybody, model: PoseModel) -> float:
    """Of one person, all copies."""
    persons = [
        Person(read_image(one.image.path), one.box, everybody.lens(i), one.area)
        for i, one in enumerate(everybody.persons[:_TIMED])
    ]
    judge(model, persons[:1], skeleton=everybody.skeleton)
    began = time.perf_counter()
    judge(model, persons, skeleton=everybody.skeleton)
    return (time.perf_counter() - began) / len(persons)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
