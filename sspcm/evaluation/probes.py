"""One keypoint of a start put where it surely is not, as networks err, and what an annotator made of it.

Whoever looks sees it: it lies at another joint or far along its limb, at least six standard deviations of human
annotators off. Whoever only accepts leaves it, and then the label gets the place that the network had said.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.pose import ABSENT, VISIBLE, Box
from sspcm.skeletons.skeleton import Skeleton

How = Literal["other side", "next joint", "along the limb"]
LEAST_SIGMAS, LEAST_PX = 6.0, 8.0
"""How far off at least: human annotators differ by one sigma, and nobody sees less than some pixels."""
LEFT_SIGMAS, LEFT_SHARE = 2.0, 1 / 3
"""Nearer than that to the wrong place, and than a third of the way back, is left there: hands shake."""
SAME_PX = 0.02
"""Another keypoint that lies so near to the wrong place has got it, by an exchange of left and right."""
APART_PX = 3.0
"""A wrong place lies so far from the others at least, so that it can be told from theirs."""
FOLLOWS_PX, FEWEST_FOLLOWING = 1.0, 5
"""Where so many of the others moved as one, by an affine map to within a pixel, the whole pose was moved."""


@dataclass(frozen=True)
class Wrong:
    """Which keypoint is put wrong, by how much in image px, and how."""

    keypoint: int
    dx: float
    dy: float
    how: How

    @property
    def offset(self) -> Float[np.ndarray, "2"]:
        """From where a network put it to where it is shown."""
        return np.array([self.dx, self.dy])


def choose_wrong(
    xyv: Float[np.ndarray, "K 3"],
    *,
    box: Box,
    size: tuple[int, int],
    area: float,
    skeleton: Skeleton,
    generator: np.random.Generator,
    but: frozenset[int] = frozenset(),
) -> Wrong | None:
    """A keypoint of a start (x, y, visibility) and where it is put; None where none can be put far enough off.

    Of those that the start shows as visible, and not of `but`, which draw the eye already. The wrong place lies within
    the box and the image, whose width and height are `size`.
    """
    reach = np.maximum(LEAST_SIGMAS * skeleton.sigma_array * math.sqrt(area), LEAST_PX)  # K px
    jitter = skeleton.sigma_array * math.sqrt(area)
    found: dict[How, list[tuple[int, Float[np.ndarray, 2]]]] = {}
    for k in np.flatnonzero(xyv[:, 2] == VISIBLE).tolist():
        shaken = generator.normal(0.0, jitter[k], 2)
        for how, place in _places(xyv, k, skeleton, far=1.25 * float(reach[k])) if k not in but else ():
            there = place if how == "along the limb" else place + shaken
            if _is_apart(xyv, k, there, float(reach[k])) and _holds(box, there) and _is_in(size, there):
                found.setdefault(how, []).append((k, there))
    if not found:
        return None
    # first how: along its limb nearly every keypoint can be put, and networks err in all these ways
    how = sorted(found)[int(generator.integers(len(found)))]
    keypoint, place = found[how][int(generator.integers(len(found[how])))]
    dx, dy = (place - xyv[keypoint, :2]).round(2).tolist()
    return Wrong(keypoint, dx, dy, how)


def _is_apart(xyv: Float[np.ndarray, "K 3"], k: int, place: Float[np.ndarray, "2"], reach: float) -> bool:
    """Whether it lies far enough from where the keypoint is, and can be told from the others' places."""
    away = np.hypot(*(xyv[:, :2] - place).T)
    return bool(away[k] >= reach and np.delete(away, k).min(initial=np.inf) >= APART_PX)


def _places(
    xyv: Float[np.ndarray, "K 3"], k: int, skeleton: Skeleton, *, far: float
) -> list[tuple[How, Float[np.ndarray, "2"]]]:
    """Where networks wrongly put a keypoint: at its mirror image, at a joint beside it, too far along its limb."""
    there = xyv[:, 2] > ABSENT
    places: list[tuple[How, Float[np.ndarray, 2]]] = []
    other = skeleton.mirror[k]
    if other != k and there[other]:
        places.append(("other side", xyv[other, :2]))
    beside = sorted({b if a == k else a for a, b in skeleton.edges if k in (a, b) and a != b})
    for n in (n for n in beside if there[n]):
        places.append(("next joint", xyv[n, :2]))
        along = xyv[k, :2] - xyv[n, :2]
        length = float(np.hypot(*along))
        if length > 0:
            places += [("along the limb", xyv[k, :2] + way * far * along / length) for way in (1.0, -1.0)]
    return places


def _holds(box: Box, place: Float[np.ndarray, "2"]) -> bool:
    x, y = place - np.array(box.centre)
    cos, sin = math.cos(math.radians(box.angle)), math.sin(math.radians(box.angle))
    return bool(abs(x * cos + y * sin) <= box.width / 2 and abs(y * cos - x * sin) <= box.height / 2)


def _is_in(size: tuple[int, int], place: Float[np.ndarray, "2"]) -> bool:
    return bool(0 <= place[0] < size[0] and 0 <= place[1] < size[1])


def shifted(rows: list[list[float]], wrong: Wrong) -> list[list[float]]:
    """What a network says (K rows of x, y, anything), with the keypoint put wrong as well where it has a place."""
    x, y, more = rows[wrong.keypoint]
    if x == 0 and y == 0:  # it does not know the keypoint
        return rows
    moved = [x + wrong.dx, y + wrong.dy, more]
    return [moved if k == wrong.keypoint else row for k, row in enumerate(rows)]


@dataclass(frozen=True, eq=False)
class PutRight:
    """A label as it is stored. changed: the keypoints that got the network's own place; is_left: the wrong one had not
    been moved away."""

    xyv: Float[np.ndarray, "K 3"]
    changed: Bool[np.ndarray, "K"]

    @property
    def is_left(self) -> bool:
        """Whether a wrong place was still there."""
        return bool(self.changed.any())


def put_right(
    accepted: Float[np.ndarray, "K 3"],
    wrong: Wrong,
    places: Float[np.ndarray, "N 2"],
    *,
    start: Float[np.ndarray, "K 2"] | None,
    radius: float,
) -> PutRight:
    """The accepted keypoints without any wrong place.

    places: where networks had put the keypoint; each was shown `wrong.offset` away. start: what the label began at,
    by which a pose that was moved as a whole is known. radius: so many px from a wrong place is still there, at most a
    third of the offset.
    """
    xyv, changed = accepted.copy(), np.zeros(len(accepted), dtype=bool)
    shown, near = places + wrong.offset, min(radius, LEFT_SHARE * math.hypot(wrong.dx, wrong.dy))
    there = accepted[:, 2] > ABSENT

    def replace(k: int, by: Float[np.ndarray, "2"]) -> None:
        xyv[k, :2], changed[k] = by, True

    own = wrong.keypoint
    exchanged = False
    for k in np.flatnonzero(there).tolist():
        apart = np.hypot(*(accepted[k, :2] - shown).T)  # N
        if k != own and apart.min() <= SAME_PX:
            replace(k, places[int(apart.argmin())])
            exchanged = start is None or math.dist(accepted[own, :2], start[k]) <= SAME_PX
    if exchanged or not there[own]:
        return PutRight(xyv, changed)
    moved = None if start is None else _moved_as_one(start, accepted, there, but=own)
    if (
        start is not None
        and moved is not None
        and math.dist(accepted[own, :2], moved(start[own] + wrong.offset)) <= near
    ):
        replace(own, moved(start[own]))
        return PutRight(xyv, changed)
    apart = np.hypot(*(accepted[own, :2] - shown).T)
    if apart.min() <= near:
        replace(own, places[int(apart.argmin())])
    return PutRight(xyv, changed)


class _Map:
    """An affine map of the plane."""

    def __init__(self, matrix: Float[np.ndarray, "3 2"]) -> None:
        self._matrix = matrix

    def __call__(self, xy: Float[np.ndarray, "*batch 2"]) -> Float[np.ndarray, "*batch 2"]:
        return np.asarray(np.concatenate([xy, np.ones((*xy.shape[:-1], 1))], axis=-1) @ self._matrix)


def _moved_as_one(
    start: Float[np.ndarray, "K 2"], accepted: Float[np.ndarray, "K 3"], there: Bool[np.ndarray, "K"], *, but: int
) -> _Map | None:
    """How the whole pose was moved, turned or scaled; None where its keypoints went ways of their own."""
    others: Int[np.ndarray, N] = np.array([k for k in np.flatnonzero(there) if k != but], dtype=np.int64)
    if len(others) < FEWEST_FOLLOWING:
        return None
    rows = np.concatenate([start[others], np.ones((len(others), 1))], axis=1)
    matrix = np.linalg.lstsq(rows, accepted[others, :2], rcond=None)[0]
    off = np.hypot(*(rows @ matrix - accepted[others, :2]).T)
    return _Map(matrix) if off.max() <= FOLLOWS_PX else None


def left_radius(sigma: float, area: float) -> float:
    """Within how many px of the wrong place a keypoint is left there."""
    return LEFT_SIGMAS * sigma * math.sqrt(area)


def wilson(hits: int, of: int, *, share: float = 0.95) -> tuple[float, float]:
    """The interval of a share of so many tries (Wilson 1927): it holds for few tries and for none that hit.

    NaN twice of no tries.
    """
    if of == 0:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + share) / 2)
    middle = (hits + z * z / 2) / (of + z * z)
    reach = z / (of + z * z) * math.sqrt(hits * (of - hits) / of + z * z / 4)
    return max(0.0, middle - reach), min(1.0, middle + reach)
