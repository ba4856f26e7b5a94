"""How long a round goes on after its last step: it is measured, put on its way, and everybody is predicted."""

from dataclasses import dataclass

from sspcm.config import RoundConfig
from sspcm.training.moving import PARTS

SHIPPED, MEMBERS = 3, 5
"""Networks that are measured, and networks that predict."""
FEWEST_LOOKS = 8
"""One network's word on one person is a look; fewer at a time are mostly what beginning costs."""
LOOK_OF_A_STEP = 0.7
"""A look beside a step's time for each person and network: both passes of the flip test and the crop, but no gradients.
.7 of MoveNet's on two CPU cores (docs/log.md)."""


@dataclass
class LookSpeed:
    """How fast networks look at people in this run: the fastest time, since the first one pays for all beginnings."""

    seconds: float | None = None

    def note(self, looks: int, seconds: float) -> None:
        """So many looks took so long."""
        if looks >= FEWEST_LOOKS:
            each = seconds / looks
            self.seconds = each if self.seconds is None else min(self.seconds, each)


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
        return measured + moved + self.predicted * MEMBERS


def seconds_afterwards(
    config: RoundConfig, afterwards: Afterwards, speed: LookSpeed, *, step: int, step_seconds: float, networks: int
) -> float:
    """What comes on top of the steps that are left. step_seconds: of one step; networks: how many learn."""
    a_step = config.train.labelled_batch * networks
    look = speed.seconds if speed.seconds is not None else LOOK_OF_A_STEP * step_seconds / max(1, a_step)
    return look * afterwards.looks(config, step=step)
