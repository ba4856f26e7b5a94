"""What a training writes about itself while it runs: one JSON line each."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import torch

from sspcm.config import RoundConfig
from sspcm.method.step import StepLog
from sspcm.training.loop import mean_frequency

METRICS_EVERY_S = 1.0
NO_UNLABELLED = "there were no unlabelled persons: the networks learned from labels alone, without teaching each other."
NO_START = (
    "train.anchor holds networks to the model that they started as, and these started at random, at least in their "
    "heads: nothing held them. Start from an imported model or an earlier training, or set train.anchor to 0."
)
NO_PSEUDO = (
    "train.pseudo_share asks for pseudo-labels, and there were none: no unlabelled person has an imported model's "
    "prediction with a keypoint as confident as train.pseudo_confidence. Labels alone taught. Pre-label the images, or "
    "lower train.pseudo_confidence."
)
Progress = Callable[[dict[str, Any]], None]


@dataclass
class Log:
    """What the report tells of the training; travels with its checkpoint."""

    ap_before: dict[str, dict[str, float | None]] = field(default_factory=dict)
    ap: dict[str, dict[str, float | None]] = field(default_factory=dict)
    epochs: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    train_seconds: float = 0.0
    moved: dict[str, dict[str, float | int]] = field(default_factory=dict)
    processes: int = 1
    """That share each batch."""
    under_way: dict[str, Any] = field(default_factory=dict)
    """The steps since the last refresh, of a training that was stopped between two."""

    @classmethod
    def recalled(cls, told: Mapping[str, Any]) -> "Log":
        """As a checkpoint has it, maybe another version's: what that one told besides is left out, and said so."""
        known = {one.name for one in fields(cls)}
        log = cls(**{name: value for name, value in told.items() if name in known})
        if others := ", ".join(sorted(set(told) - known)):
            log.warnings = [*log.warnings, f"another version began this training; left out of its report: {others}."]
        return log


@dataclass(frozen=True)
class Pace:
    """How fast this process trains: at step `step`, `seconds` after it began at step `start`. unlabelled: whether such
    persons are in the batches."""

    step: int
    start: int
    seconds: float
    unlabelled: bool

    def seconds_left(self, config: RoundConfig) -> float:
        """Of the steps that are left."""
        return self.seconds / (self.step - self.start) * (config.train.steps - self.step)

    def persons_per_s(self, config: RoundConfig) -> float:
        """Persons that one network sees a second, labelled or not."""
        batch = config.train.labelled_batch + (config.train.unlabelled_batch if self.unlabelled else 0)
        return batch * (self.step - self.start) / max(self.seconds, 1e-9)


def pack_steps(epoch: Sequence[StepLog]) -> dict[str, Any]:
    """Steps as plain data, for a checkpoint between two refreshes; nothing for none."""
    if not epoch:
        return {}
    values = [[float(value) for value in log.values.tolist()] for log in epoch]
    return {
        "first": epoch[0].step,
        "names": [list(log.names) for log in epoch],
        "values": values,
        "compares_pairs": epoch[0].compares_pairs,
        "start_votes": epoch[0].start_votes,
    }


def unpack_steps(packed: Mapping[str, Any]) -> list[StepLog]:
    """What `pack_steps` wrote."""
    if not packed:
        return []
    return [
        StepLog(
            packed["first"] + number,
            tuple(names),
            torch.tensor(values),
            packed["compares_pairs"],
            packed.get("start_votes", False),  # earlier versions wrote none
        )
        for number, (names, values) in enumerate(zip(packed["names"], packed["values"], strict=True))
    ]


def train_line(log: StepLog, config: RoundConfig, pace: Pace, used: Mapping[str, object]) -> dict[str, Any]:
    """What one step is told as. used: what the training takes of the machine."""
    told = {
        "loss": log.loss,
        "losses": log.losses,
        "seconds_left": round(pace.seconds_left(config), 1),
        "persons_per_s": round(pace.persons_per_s(config), 2),
    }
    return {**line_of(log.step, config), **told, **used}


def line_of(step: int, config: RoundConfig) -> dict[str, Any]:
    """What every line begins with: how far the training is."""
    every, steps = config.train.snapshot_every, config.train.steps
    epochs = max(1, steps // every)  # steps that fill no whole epoch belong to the last
    epoch = min((max(step, 1) - 1) // every + 1, epochs)
    return {"stage": "train", "step": step, "steps": steps, "epoch": epoch, "epochs": epochs}


def summarise(epoch: Sequence[StepLog]) -> dict[str, Any]:
    """What teaching looked like since the last refresh (method.md section 13); nothing without unlabelled persons."""
    taught = [log for log in epoch if log.teaches]
    if not taught:
        return {}
    frequency = mean_frequency(taught)
    masked = np.mean([log.masked_by_keypoint or () for log in taught], axis=0)
    pairs: dict[str, Any] = {} if frequency is None else {"pair_frequency": [round(share, 4) for share in frequency]}
    alone = [log.start_alone for log in taught if log.start_alone is not None]
    pairs |= {"start_alone": round(float(np.mean(alone)), 4)} if alone else {}
    return pairs | {
        "masked": round(float(masked.mean()), 4),
        "masked_by_keypoint": [round(float(share), 4) for share in masked],
        "mean_peak": round(float(np.mean([log.mean_peak or 0.0 for log in taught])), 4),
        "apart": round(float(np.mean([log.apart or 0.0 for log in taught])), 3),
    }


def only_ap(measured: dict[str, dict[str, float | None]]) -> dict[str, float | None]:
    """Each network's AP alone."""
    return {name: figures["AP"] for name, figures in measured.items()}


def finite_figures(figures: dict[str, float]) -> dict[str, float | None]:
    """JSON knows no NaN: a figure that could not be measured is null."""
    return {name: round(value, 4) if np.isfinite(value) else None for name, value in figures.items()}


class Predicting:
    """Counts the crops that were looked at, and says how many are left: two a person, the closer one the student's."""

    def __init__(self, say: Progress, *, persons: int, members: int) -> None:
        self._say, self._members = say, members
        self._crops, self._done = 2 * persons, 0
        self._looks_left, self._looks = persons * (members + 1), 0
        self._begun = 0, 0, self._looks_left
        self._began = time.monotonic()

    def by_members(self, crops: int) -> None:
        """Every network has just looked at so many crops."""
        self._looked(crops, self._members)

    def by_student(self, crops: int) -> None:
        """The student alone has just looked at so many crops."""
        self._looked(crops, 1)

    def before(self, persons: int) -> None:
        """So many persons were predicted before."""
        self._done += 2 * persons
        self._looks_left -= persons * (self._members + 1)

    def begin(self, number: int) -> None:
        """A shard begins."""
        self._begun = self._done, self._looks, self._looks_left

    def drop(self) -> None:
        """What was done of that shard does not count."""
        self._done, self._looks, self._looks_left = self._begun

    def elsewhere(self, persons: int) -> None:
        """Another process has predicted so many persons meanwhile: all go on the faster for it."""
        looks = persons * (self._members + 1)
        self._done += 2 * persons
        self._looks, self._looks_left = self._looks + looks, self._looks_left - looks

    def _looked(self, crops: int, networks: int) -> None:
        self._done += crops
        self._looks += crops * networks
        self._looks_left -= crops * networks
        left = (time.monotonic() - self._began) / self._looks * self._looks_left
        self._say({"stage": "predict", "step": self._done, "steps": self._crops, "seconds_left": round(left, 1)})
