"""Which person of a file is which of the home's, in one image: by id unless the boxes say otherwise, else by place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from db.records import NewPerson, PersonRecord
from sspcm.pose import Box, Label

ALIKE = 0.65
"""How much two persons overlap, from 0 to 1, to be one: boxes of one size with an IoU of 0.58, or a pose in its box."""
NEAR = 0.5
"""Two who overlap that much may be one; nobody can tell."""
AHEAD = 0.1
"""By how much the best must be ahead of the next."""
SAME_PX = 0.01
"""Coordinates this near are the same: what other tools round away."""
COINCIDE_PX = 1.5


@dataclass(frozen=True, eq=False)
class Matches:
    """Pairs of one in the file and one in the home; those whom the home has not; those who could be several."""

    pairs: list[tuple[NewPerson, PersonRecord]] = field(default_factory=list)
    new: list[NewPerson] = field(default_factory=list)
    unclear: list[NewPerson] = field(default_factory=list)


def match_persons(persons: Sequence[NewPerson], known: Sequence[PersonRecord]) -> Matches:
    """Everybody of the file, each with at most one of the home's and the other way round."""
    overlaps = np.array([[_overlap(one, other) for other in known] for one in persons])
    overlaps = overlaps.reshape(len(persons), len(known))
    pairs = _by_id(persons, known, overlaps)
    _add_identical(pairs, persons, known)
    _add_by_place(pairs, overlaps)
    free = [place for place in range(len(known)) if place not in pairs.values()]
    matches = Matches([(persons[i], known[k]) for i, k in sorted(pairs.items())])
    for i, person in enumerate(persons):
        if i not in pairs:
            could_be_one = any(overlaps[i, k] >= NEAR for k in free)
            (matches.unclear if could_be_one else matches.new).append(person)
    return matches


def same_box(a: Box, b: Box) -> bool:
    """Whether two boxes are the same, but for what other tools round away."""
    pairs = ((a.x, b.x), (a.y, b.y), (a.width, b.width), (a.height, b.height), (a.angle, b.angle))
    return all(abs(one - other) <= SAME_PX for one, other in pairs)


def same_label(a: Label, b: Label) -> bool:
    """Whether two labels say the same; where an absent keypoint lies says nothing."""
    if a.xyv.shape != b.xyv.shape or not np.array_equal(a.visibility, b.visibility):
        return False
    return bool(np.allclose(a.xyv[a.labelled], b.xyv[b.labelled], rtol=0, atol=SAME_PX))


def _by_id(persons: Sequence[NewPerson], known: Sequence[PersonRecord], overlaps: np.ndarray) -> dict[int, int]:
    """Pairs of one id. A file that was numbered anew gives them away: their boxes lie elsewhere, on somebody else."""
    places = {other.source_id: k for k, other in enumerate(known) if other.source_id is not None}
    alike = overlaps >= ALIKE
    pairs = {}
    for i, person in enumerate(persons):
        k = None if person.source_id is None else places.get(person.source_id)
        if k is not None and (alike[i, k] or not (alike[i].any() or alike[:, k].any())):
            pairs[i] = k
    return pairs


def _add_identical(pairs: dict[int, int], persons: Sequence[NewPerson], known: Sequence[PersonRecord]) -> None:
    for i, person in enumerate(persons):
        if i in pairs:
            continue
        free = (k for k, other in enumerate(known) if k not in pairs.values() and _is_identical(person, other))
        first = next(free, None)
        if first is not None:
            pairs[i] = first


def _is_identical(person: NewPerson, other: PersonRecord) -> bool:
    if (person.label is None) != (other.label is None) or not same_box(person.box, other.box):
        return False
    return person.label is None or other.label is None or same_label(person.label, other.label)


def _add_by_place(pairs: dict[int, int], overlaps: np.ndarray) -> None:
    """The best pair that is left, while it is alike and well ahead of what else its two could be."""
    left = overlaps.copy()
    left[list(pairs)] = 0
    left[:, list(pairs.values())] = 0
    while left.size and left.max() >= ALIKE:
        i, k = (int(place) for place in np.unravel_index(left.argmax(), left.shape))
        rivals = np.concatenate((np.delete(left[i], k), np.delete(left[:, k], i)))
        if not (rivals > left[i, k] - AHEAD).any():
            pairs[i] = k
            left[i] = left[:, k] = 0
        else:
            left[i, k] = 0  # one of several that it could be: for this pair, nobody can tell
            left[i, left[i] >= ALIKE] = 0
            left[left[:, k] >= ALIKE, k] = 0


def _overlap(person: NewPerson, other: PersonRecord) -> float:
    """From 0 to 1: of their boxes, or of their poses where both have one."""
    if person.label is None or other.label is None:
        return _overlap_of(person.box, other.box)
    both = person.label.labelled & other.label.labelled
    if both.sum() >= 2:
        apart = np.linalg.norm(person.label.xyv[both, :2] - other.label.xyv[both, :2], axis=1).mean()
        if apart <= COINCIDE_PX:
            return 1.0
    return _overlap_of(person.box, other.box)


def _overlap_of(a: Box, b: Box) -> float:
    """The mean of two shares: what both cover, of what either covers and of the smaller one."""
    a, b = a.enclosing, b.enclosing
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0.0, across) * max(0.0, down)
    return (shared / (a.area + b.area - shared) + shared / min(a.area, b.area)) / 2
