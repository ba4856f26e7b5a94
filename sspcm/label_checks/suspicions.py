"""What may be wrong with labels, and which of it is told: one suspicion about a keypoint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from sspcm.label_checks.evidence import Evidence
from sspcm.label_checks.finding import Kind
from sspcm.label_checks.questions import Question, Rows, ask
from sspcm.ranking.logistic import Logistic

ODD_LIMB = 3.0
"""From so many robust standard deviations on a misplaced keypoint is told by its limb."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """One question's weights, and from which probability on its answer is told."""

    weights: Logistic
    threshold: float

    def probability(self, values: Float[np.ndarray, "N D"]) -> Float[np.ndarray, "N"]:
        """Of each row, that it is wrong."""
        return self.weights.probability(values)


@dataclass(frozen=True)
class Suspicion:
    """Something that may be wrong, before the suspicions about one label are settled. person, other: their places."""

    person: int
    question: Question
    keypoints: tuple[int, ...]
    score: float
    other: int | None = None


def suspect(evidence: Evidence, weighed: Mapping[Question, Weighed]) -> list[Suspicion]:
    """Every answer from its question's threshold on."""
    found: list[Suspicion] = []
    for question, rows in ask(evidence).items():
        if question in weighed and len(rows.about):
            score = weighed[question].probability(rows.values)
            found.extend(_suspicions(evidence, question, rows, score, score >= weighed[question].threshold))
    return found


def _suspicions(
    evidence: Evidence, question: Question, rows: Rows, score: Float[np.ndarray, "N"], above: Bool[np.ndarray, "N"]
) -> Iterator[Suspicion]:
    for row in np.flatnonzero(above):
        person, *rest = (int(one) for one in rows.about[row])
        one = Suspicion(person, question, tuple(rest), float(score[row]))
        if question == "duplicate":
            yield replace(one, keypoints=(rest[0], int(evidence.nearest[person, rest[0]])))
        elif question == "swap":
            whose = int(evidence.others.whose[person, rest[0]])
            yield replace(one, other=whose if whose >= 0 else None)
        elif question == "twin":
            yield replace(one, keypoints=(), other=rest[0])
        else:
            yield one


def settle(suspicions: Sequence[Suspicion]) -> list[Suspicion]:
    """One suspicion a keypoint, the most probable; that all of left and right are exchanged leaves no room for others
    about places. A person labelled twice is told beside whatever else is wrong."""
    found: list[Suspicion] = []
    taken: dict[int, set[int]] = {}
    inverted: set[int] = set()
    for one in sorted(suspicions, key=lambda one: -one.score):
        if one.question in ("twin", "miss"):
            found.append(one)
        elif one.person in inverted or (one.question == "whole" and one.person in taken):
            continue
        elif one.question == "whole":
            inverted.add(one.person)
            found.append(one)
        elif not taken.setdefault(one.person, set()).intersection(one.keypoints):
            taken[one.person].update(one.keypoints)
            found.append(one)
    return found


def kind_of(evidence: Evidence, one: Suspicion) -> tuple[Kind, int | None]:
    """What it is called, and of a limb of odd length the edge."""
    if one.question == "misplaced":
        edge = _odd_limb(evidence, one.person, one.keypoints[0])
        return ("limb", edge) if edge is not None else ("jitter", None)
    return _CALLED[one.question], None


_CALLED: dict[Question, Kind] = {
    "pair": "inversion",
    "whole": "inversion",
    "swap": "swap",
    "duplicate": "duplicate",
    "miss": "miss",
    "twin": "twin",
}


def _odd_limb(evidence: Evidence, person: int, keypoint: int) -> int | None:
    edges = evidence.people.skeleton.edges
    own = [edge for edge, ends in enumerate(edges) if keypoint in ends]
    odd = {edge: abs(float(evidence.limb_z[person, edge])) for edge in own}
    odd = {edge: z for edge, z in odd.items() if np.isfinite(z) and z >= ODD_LIMB}
    return max(odd, key=lambda edge: odd[edge]) if odd else None
