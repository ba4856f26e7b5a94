"""Errors put into labels on purpose: a check learns from them what wrong labels are like, and is measured by others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from sspcm.label_checks.finding import KINDS, Kind
from sspcm.label_checks.people import LabelledPeople

JITTER = (1.2, 4.0)
"""How far off a misplaced keypoint is, in steps of OKS (2 sigma times the person's size): wrong begins at 1.2."""
LIMB = (1.8, 3.0)
"""By how much a limb is too long, or too short."""
APART = 1.2
"""Keypoints that lie closer than so many steps of OKS are not exchanged or doubled: nobody could tell."""
ON_THE_OTHER, IN_ONE_PLACE, ANOTHER_HAND = 0.4, 0.15, 0.5
"""Steps of OKS by which a swapped keypoint misses the other person's, a double the first, and another annotator all."""
FEWEST_PAIRS = 3
"""Of fewer pairs one alone is exchanged, never all."""
FEWEST_LEFT = 2
"""A keypoint is not taken away from fewer."""


@dataclass(frozen=True)
class Injected:
    """What was done to whom. person: their place. keypoints: which were changed; of somebody labelled twice their first
    place. size: of a jitter, steps of OKS."""

    person: int
    kind: Kind
    keypoints: tuple[int, ...]
    size: float = 0.0


@dataclass(frozen=True, eq=False)
class _One:
    """One person's label, about to be changed in place."""

    people: LabelledPeople
    person: int
    xyv: Float[np.ndarray, "K 3"]
    jitter: tuple[float, float]
    rng: np.random.Generator

    @property
    def unit(self) -> Float[np.ndarray, "K"]:
        return np.asarray(self.people.unit_of(self.person))

    @property
    def placed(self) -> Int[np.ndarray, "N"]:
        return np.flatnonzero(self.xyv[:, 2] > 0)

    def are_apart(self, one: int, other: int) -> bool:
        limit = APART * max(self.unit[one], self.unit[other])
        return bool(np.hypot(*(self.xyv[one, :2] - self.xyv[other, :2])) > limit)

    def about(self, steps: float, keypoint: int) -> Float[np.ndarray, "2"]:
        """A normally distributed shift of so many steps."""
        return np.asarray(self.rng.normal(size=2) * steps * self.unit[keypoint])

    def told(self, kind: Kind, *keypoints: int, size: float = 0.0) -> Injected:
        return Injected(self.person, kind, tuple(int(k) for k in keypoints), size)


def inject(
    people: LabelledPeople,
    share: float,
    rng: np.random.Generator,
    *,
    kinds: Sequence[Kind] = KINDS,
    jitter: tuple[float, float] = JITTER,
) -> tuple[LabelledPeople, list[Injected]]:
    """The same people, a share of them with one error each, and what was done. People labelled twice come last."""
    xyv, done, doubled = people.xyv.copy(), list[Injected](), list[int]()
    for person in rng.permutation(len(people))[: round(share * len(people))].tolist():
        one = _One(people, person, xyv[person], jitter, rng)
        for kind in rng.permutation(np.array(kinds, dtype=object)).tolist():
            if kind == "twin":
                found: Injected | None = Injected(len(people) + len(doubled), "twin", (person,))
                doubled.append(person)
            else:
                found = _WAYS[kind](one) if len(one.placed) else None
            if found is not None:
                done.append(found)
                break
    changed = replace(people, xyv=xyv)
    return (_with_doubles(changed, doubled, rng) if doubled else changed), done


def _with_doubles(people: LabelledPeople, doubled: Sequence[int], rng: np.random.Generator) -> LabelledPeople:
    """Some people labelled once more, as another annotator would: every keypoint a little elsewhere."""
    both = people.of(np.array([*range(len(people)), *doubled]))
    xyv, ids, new = both.xyv.copy(), both.ids.copy(), len(people)
    xyv[new:, :, :2] += rng.normal(size=xyv[new:, :, :2].shape) * ANOTHER_HAND * both.unit[new:, :, None]
    ids[new:] = people.ids.max() + 1 + np.arange(len(doubled))
    return replace(both, xyv=xyv, ids=ids)


def _misplace(one: _One) -> Injected:
    k = int(one.rng.choice(one.placed))
    size, angle = float(np.exp(one.rng.uniform(*np.log(one.jitter)))), one.rng.uniform(0, 2 * np.pi)
    one.xyv[k, :2] += size * one.unit[k] * np.array([np.cos(angle), np.sin(angle)])
    return one.told("jitter", k, size=size)


def _exchange(one: _One) -> Injected | None:
    """Left and right of one pair, or of all."""
    mirror, placed = one.people.skeleton.mirror_array, one.placed
    pairs = [k for k in placed if mirror[k] > k and mirror[k] in placed and one.are_apart(k, mirror[k])]
    if not pairs:
        return None
    if len(pairs) >= FEWEST_PAIRS and one.rng.random() < 0.5:
        one.xyv[:] = one.xyv[mirror]
        return one.told("inversion", *(k for k in placed if mirror[k] != k))
    k = int(one.rng.choice(pairs))
    one.xyv[[k, mirror[k]]] = one.xyv[[mirror[k], k]]
    return one.told("inversion", k, mirror[k])


def _swap(one: _One) -> Injected | None:
    """On the nearest other person's same keypoint."""
    people, k = one.people, int(one.rng.choice(one.placed))
    there = (people.images == people.images[one.person]) & people.placed[:, k]
    there[one.person] = False
    apart = np.where(there, np.hypot(*(people.xyv[:, k, :2] - one.xyv[k, :2]).T), np.inf)
    apart[apart <= APART * one.unit[k]] = np.inf
    if not np.isfinite(apart).any():
        return None
    one.xyv[k, :2] = people.xyv[apart.argmin(), k, :2] + one.about(ON_THE_OTHER, k)
    return one.told("swap", k)


def _take_away(one: _One) -> Injected | None:
    visible = np.flatnonzero(one.xyv[:, 2] == 2)
    if not len(visible) or len(one.placed) <= FEWEST_LEFT:
        return None
    k = int(one.rng.choice(visible))
    one.xyv[k] = 0.0
    return one.told("miss", k)


def _double(one: _One) -> Injected | None:
    """On another keypoint of the person: half of the time on its mirror partner."""
    k = int(one.rng.choice(one.placed))
    others = [int(j) for j in one.placed if j != k and one.are_apart(k, j)]
    if not others:
        return None
    partner = int(one.people.skeleton.mirror_array[k])
    j = partner if partner in others and one.rng.random() < 0.5 else int(one.rng.choice(others))
    one.xyv[k, :2] = one.xyv[j, :2] + one.about(IN_ONE_PLACE, k)
    return one.told("duplicate", k, j)


def _stretch(one: _One) -> Injected | None:
    """One end of a limb nearer the other, or farther away."""
    placed = set(one.placed.tolist())
    edges = [(a, b) for a, b in one.people.skeleton.edges if a in placed and b in placed and one.are_apart(a, b)]
    if not edges:
        return None
    a, b = edges[int(one.rng.integers(len(edges)))]
    factor = np.exp(one.rng.choice([-1, 1]) * one.rng.uniform(*np.log(LIMB)))
    one.xyv[b, :2] = one.xyv[a, :2] + factor * (one.xyv[b, :2] - one.xyv[a, :2])
    return one.told("limb", a, b)


_WAYS: dict[Kind, Callable[[_One], Injected | None]] = {
    "jitter": _misplace,
    "inversion": _exchange,
    "swap": _swap,
    "miss": _take_away,
    "duplicate": _double,
    "limb": _stretch,
}
