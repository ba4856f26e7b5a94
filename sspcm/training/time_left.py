"""How long a round goes on after its last step: it is measured, put on its way, and everybody is predicted."""

from dataclasses import dataclass
from typing import Any

from sspcm.config import RoundConfig
from sspcm.manifest import Manifest
from sspcm.training.loop import left_out_of
from sspcm.training.moving import PARTS

SHIPPED, LOOKS, CUTS = 3, 6, 2
"""Networks that are measured; looks at a person who is predicted, the student's closer one among them; their crops."""
LOOK_OF_A_STEP = 0.5
"""A look beside a step's time for each person and network: both passes of the flip test, but no gradients. .4 to .5 of
MoveNet's on two CPU cores, up to .8 beside other work (docs/log.md). Looks that are timed as validation people are
measured tell worse: they are few, and the first ones pay for all beginnings."""


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
    *,
    step: int,
    step_seconds: float,
    networks: int,
    unlabelled: bool,
    cut_seconds: float = 0.0,
) -> float:
    """What comes on top of the steps that are left.

    step_seconds: of one step; networks: how many learn; cut_seconds: of one crop. unlabelled: whether they learn from
    unlabelled persons, too, of whom each sees an easy view and every hard one.
    """
    views = 1 + len(config.method.paths) if unlabelled else 0
    a_step = networks * (config.train.labelled_batch + views * config.train.unlabelled_batch)
    look = LOOK_OF_A_STEP * step_seconds / max(1, a_step)
    return look * afterwards.looks(config, step=step) + cut_seconds * CUTS * afterwards.predicted


def afterwards_of(manifest: Manifest, *, networks: int) -> Afterwards:
    """Whom the round of this manifest looks at. networks: how many learn."""
    labelled = [one.id for one in manifest.used_as("labelled")]
    held_out = sum(len(left_out_of(labelled, manifest.config, network=number)) for number in range(networks))
    return Afterwards(len(manifest.measured_by()), held_out, sum(one.predict for one in manifest.persons))


class TimeLeft:
    """Makes the time left of the steps that of the whole round."""

    def __init__(self, manifest: Manifest) -> None:
        self._config, self._step_s, self._cuts, self._cutting_s = manifest.config, 0.0, 0, 0.0
        self._networks = 3 if manifest.config.method.student else 2
        self._unlabelled = bool(manifest.config.method.paths and manifest.used_as("unlabelled"))
        self._afterwards = afterwards_of(manifest, networks=self._networks)

    def cut(self, crops: int, seconds: float) -> None:
        """So many crops were cut in so long."""
        self._cuts, self._cutting_s = self._cuts + crops, self._cutting_s + seconds

    def in_all(self, line: dict[str, Any]) -> dict[str, Any]:
        """The same line of metrics.jsonl: a training's with what comes after its steps, others as they are."""
        left = line.get("seconds_left")
        if line["stage"] != "train" or left is None:
            return line
        step, steps_left = line["step"], self._config.train.steps - line["step"]
        if steps_left:
            self._step_s = left / steps_left
        rest = seconds_afterwards(
            self._config,
            self._afterwards,
            step=step,
            step_seconds=self._step_s,
            networks=self._networks,
            unlabelled=self._unlabelled,
            cut_seconds=self._cutting_s / max(1, self._cuts),
        )
        return line | {"seconds_left": round(left + rest, 1)}
