"""A labelled set plays the annotator: what it takes to correct a start to the truth, in actions."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from sspcm.evaluation.visibility import Visibility, by_confidence
from sspcm.pose import ABSENT, VISIBLE


@dataclass(frozen=True, eq=False)
class Actions:
    """Of P persons: keypoints that were moved or placed, and visibilities that were changed. An accept comes on top."""

    moved: Int[np.ndarray, "P"]
    changed: Int[np.ndarray, "P"]

    @property
    def total(self) -> Int[np.ndarray, "P"]:
        """All actions, the accept among them: 1 where the start was right."""
        return np.asarray(self.moved + self.changed + 1)


def started_from(xyc: Float[np.ndarray, "P K 3"], visibility: Visibility | None = None) -> Float[np.ndarray, "P K 3"]:
    """A prediction as the editor opens it: x, y and visibility. visibility: what labels taught, if they did."""
    confidence = xyc[..., 2]
    seen = by_confidence(confidence) if visibility is None else visibility.choose(confidence)
    return np.concatenate([xyc[..., :2], seen[..., None].astype(np.float64)], axis=-1)


def count_actions(
    start: Float[np.ndarray, "P K 3"],
    truth: Float[np.ndarray, "P K 3"],
    *,
    area: Float[np.ndarray, "P"],
    sigmas: Float[np.ndarray, "K"],
    visibility: Visibility | None = None,
) -> Actions:
    """What correcting predictions (x, y, confidence) to the truth (x, y, visibility) takes."""
    return count_corrections(started_from(start, visibility), truth, area=area, sigmas=sigmas)


def count_corrections(
    opened: Float[np.ndarray, "P K 3"],
    truth: Float[np.ndarray, "P K 3"],
    *,
    area: Float[np.ndarray, "P"],
    sigmas: Float[np.ndarray, "K"],
) -> Actions:
    """What correcting poses as the editor opens them (x, y, visibility) takes.

    A keypoint is moved where it lies farther off than 2 sigma times the square root of the area, the spread of human
    annotators (COCO's kappa), and placed where the start has none. Any other visibility than the truth's is a change:
    a placed keypoint comes as visible, and one that is absent in truth is only taken away.
    """
    spread = 2 * sigmas[None, :] * np.sqrt(area)[:, None]
    is_off = ((opened[..., :2] - truth[..., :2]) ** 2).sum(-1) > spread**2
    was, wanted = opened[..., 2], truth[..., 2]
    is_placed = (was == ABSENT) & (wanted > ABSENT)
    is_moved = (wanted > ABSENT) & (is_placed | is_off)
    is_changed = np.where(is_placed, wanted != VISIBLE, was != wanted)
    return Actions(moved=is_moved.sum(1), changed=is_changed.sum(1))
