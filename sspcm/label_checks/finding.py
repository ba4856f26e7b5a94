"""What a check of labels suspects, and how it says so."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from sspcm.skeletons.skeleton import Skeleton

Kind = Literal["inversion", "swap", "jitter", "limb", "miss", "duplicate", "twin"]
"""Left and right exchanged; a keypoint on somebody else's; one in a wrong place; one at the end of a limb of an odd
length; one that is absent and should not be; two in one place; a person labelled twice."""
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Finding:
    """One suspicion about one person's label. keypoints: which it is about; none where it is the whole label.

    score: how probable it is, from 0 to 1, where one label in ten is wrong. other: the id of the other person of a
    swap, or of somebody labelled twice.
    """

    person: int
    kind: Kind
    keypoints: tuple[int, ...]
    score: float
    words: str
    other: int | None = None


def pair_words(skeleton: Skeleton, keypoints: tuple[int, ...]) -> str:
    """ "left and right knee seem exchanged"; of no keypoints, that all are."""
    if not keypoints:
        return "left and right seem exchanged all over"
    one, other = (skeleton.spoken(k).split() for k in keypoints)
    differs = [place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) == len(other) and len(differs) == 1:
        (place,) = differs
        return f"{' '.join([*one[:place], one[place], 'and', other[place], *one[place + 1 :]])} seem exchanged"
    return f"{' '.join(one)} and {' '.join(other)} seem exchanged"


def swap_words(skeleton: Skeleton, keypoint: int, other: int | None) -> str:
    """ "left wrist seems to be on person 12"."""
    return f"{skeleton.spoken(keypoint)} seems to be on {'somebody else' if other is None else f'person {other}'}"


def place_words(skeleton: Skeleton, keypoint: int, pixels: float) -> str:
    """ "left wrist: networks put it 34 px away"; without any, that it lies oddly."""
    name = skeleton.spoken(keypoint)
    if np.isfinite(pixels):
        return f"{name} may be misplaced: networks put it {pixels:.0f} px away"
    return f"{name} may be misplaced: it lies oddly beside the others"


def limb_words(skeleton: Skeleton, edge: tuple[int, int], times: float) -> str:
    """ "left elbow to left wrist is 2.4 times as long as usual"."""
    return f"{skeleton.spoken(edge[0])} to {skeleton.spoken(edge[1])} is {times:.1f} times as long as usual"


def miss_words(skeleton: Skeleton, keypoint: int, sure: float) -> str:
    """ "left ear is absent, and networks see it (84 %)"."""
    seen = f"networks see it ({100 * sure:.0f} %)" if sure > 0 else "labels like this one have it"
    return f"{skeleton.spoken(keypoint)} is absent, and {seen}"


def duplicate_words(skeleton: Skeleton, keypoints: tuple[int, ...]) -> str:
    """ "left wrist and left elbow are in one place"."""
    return " and ".join(skeleton.spoken(k) for k in keypoints) + " are in one place"


def twin_words(other: int) -> str:
    """That the same person has two labels."""
    return f"person {other} seems to be the same one, labelled twice"


def far(xy: Float[np.ndarray, "2"], seen: Float[np.ndarray, "2"]) -> float:
    """Pixels between a label and what networks say; NaN where they say nothing."""
    return float(np.hypot(*(xy - seen)))
