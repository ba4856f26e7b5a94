"""How long a round goes on after its last step: it is measured, put on its way, and everybody is predicted."""

from dataclasses import dataclass
from typing import Any

from sspcm.config import RoundConfig
from sspcm.manifest import Manifest
from sspcm.training.loop import left_out_of
from sspcm.training.moving import PARTS

SHIPPED, LOOKS, CUTS = 3, 6, 2
"""Networks that are measured; looks at a person who is predicted, the student's closer one among them; their crops."""
FEWEST_LOOKS = 8
"""One network's word on one person is a look; fewer at a time are mostly what beginning costs."""
LOOK_OF_A_STEP = 0.7
"""A look beside a step's time for each person and network: both passes of the flip test and the crop, but no gradients.
.7 of MoveNet's on two CPU cores (docs/log.md)."""


@dataclass
class Speed:
    """How fast this run cuts crops and how fast networks look at people, in the mean of all that it did so far."""

    looks: int = 0
    looking_s: float = 0.0
    cuts: int = 0
    cutting_s: float = 0.0

    def looked(self, looks: int, seconds: float) -> None:
        """So many looks took so long, on crops that were there."""
        self.looks, self.looking_s = self.looks + looks, self.looking_s + seconds

    def cut(self, crops: int, seconds: float) -> None:
        """So many crops were cut in so long."""
        self.cuts, self.cutting_s = self.cuts + crops, self.cutting_s + seconds

    @property
    def a_look(self) -> float | None:
        """Seconds; None before there were enough."""
        return self.looking_s / self.looks if self.looks >= FEWEST_LOOKS else None

    @property
    def a_cut(self) -> float:
        """Seconds; 0 while none was cut."""
        return self.cutting_s / max(1, self.cuts)


@dataclass(frozen=True)
class Afterwards:
    """Whom a round looks at besides its steps. held_out: persons whom networks left out, each network's counted."""

    validation: int
    held_out: int
    predicted: int

    def looks(self, config: RoundConfig, *, step: int) -> int:
        """How many are still to come once `step` steps are done."""
        train = config.train
        every = train.snapshot_every
        refreshes = max(0, (train.steps - every) // every - step // every)  # as sspcm.training.loop.is_refresh has them
        is_moved = bool(train.held_out) or train.ships == "mean"
        measured = self.validation * SHIPPED * (refreshes + 1 + is_moved)
        moved = self.held_out * (len(PARTS) + 1)
        return measured + moved + self.predicted * LOOKS


def seconds_afterwards(
    config: RoundConfig,
    afterwards: Afterwards,
    speed: Speed,
    *,
    step: int,
    step_seconds: float,
    networks: int,
    unlabelled: bool,
) -> float:
    """What comes on top of the steps that are left. step_seconds: of one step; networks: how many learn.

    unlabelled: whether they learn from unlabelled persons, too, of whom each sees an easy view and every hard one.
    """
    looks = afterwards.looks(config, step=step)
    if speed.a_look is not None:
        return speed.a_look * looks + speed.a_cut * CUTS * afterwards.predicted
    views = 1 + len(config.method.paths) if unlabelled else 0
    a_step = networks * (config.train.labelled_batch + views * config.train.unlabelled_batch)
    return LOOK_OF_A_STEP * step_seconds / max(1, a_step) * looks


def afterwards_of(manifest: Manifest, *, networks: int) -> Afterwards:
    """Whom the round of this manifest looks at. networks: how many learn."""
    labelled = [one.id for one in manifest.used_as("labelled")]
    held_out = sum(len(left_out_of(labelled, manifest.config, network=number)) for number in range(networks))
    return Afterwards(len(manifest.measured_by()), held_out, sum(one.predict for one in manifest.persons))


class TimeLeft:
    """Makes the time left of the steps that of the whole round."""

    def __init__(self, manifest: Manifest) -> None:
        self.speed, self._config = Speed(), manifest.config
        self._networks = 3 if manifest.config.method.student else 2
        self._unlabelled = bool(manifest.config.method.paths and manifest.used_as("unlabelled"))
        self._afterwards = afterwards_of(manifest, networks=self._networks)

    def in_all(self, line: dict[str, Any]) -> dict[str, Any]:
        """The same line of metrics.jsonl: a training's with what comes after its steps, others as they are."""
        left = line.get("seconds_left")
        if line["stage"] != "train" or left is None:
            return line
        step = line["step"]
        rest = seconds_afterwards(
            self._config,
            self._afterwards,
            self.speed,
            step=step,
            step_seconds=left / max(1, self._config.train.steps - step),
            networks=self._networks,
            unlabelled=self._unlabelled,
        )
        return line | {"seconds_left": round(left + rest, 1)}
