"""A check of labels: what looks wrong, the most probable first.

It learns what wrong labels look like from errors that it puts into the project's own labels itself: so it needs no
weights of anybody else's, goes by any skeleton, and trusts networks as far as they deserve it here.
"""

from dataclasses import replace

import numpy as np

from sspcm.label_checks.evidence import Evidence, gather
from sspcm.label_checks.finding import (
    Finding,
    duplicate_words,
    far,
    limb_words,
    miss_words,
    pair_words,
    place_words,
    swap_words,
    twin_words,
)
from sspcm.label_checks.fitting import Fitted, learn
from sspcm.label_checks.people import LabelledPeople
from sspcm.label_checks.suspicions import Suspicion, kind_of, settle, suspect

FEWEST = 50
"""Of fewer people nobody can tell what is usual among them."""


def check(people: LabelledPeople, *, seed: int = 0) -> list[Finding]:
    """What is probably wrong with these labels, the most probable first; nothing of fewer than FEWEST people.

    People beside whom a network speaks are checked among themselves, all others among everybody by labels alone.
    seed: of the errors that it learns from.
    """
    spoken_of = np.zeros(len(people), bool)
    for poses in people.networks.values():
        spoken_of |= np.isfinite(poses[..., 2]).any(1)
    found: list[Finding] = []
    if spoken_of.sum() >= FEWEST:
        found += _check(people.of(np.flatnonzero(spoken_of)), seed)
    else:
        spoken_of[:] = False
    if not spoken_of.all() and len(people) >= FEWEST:
        others = set(people.ids[~spoken_of].tolist())
        found += [one for one in _check(replace(people, networks={}), seed) if one.person in others]
    return sorted(found, key=lambda one: (-one.score, one.person, one.kind))


def _check(people: LabelledPeople, seed: int) -> list[Finding]:
    return check_by(people, learn(people, np.random.default_rng(seed)))


def check_by(people: LabelledPeople, fitted: Fitted) -> list[Finding]:
    """The same by what was learned before."""
    evidence = gather(people)
    return [_tell(evidence, one) for one in settle(suspect(evidence, fitted))]


def _tell(evidence: Evidence, one: Suspicion) -> Finding:
    people, (kind, edge) = evidence.people, kind_of(evidence, one)
    skeleton, keypoints = people.skeleton, one.keypoints
    other = int(people.ids[one.other]) if one.other is not None else None
    if kind == "inversion":
        words = pair_words(skeleton, keypoints)
    elif kind == "swap":
        words = swap_words(skeleton, keypoints[0], other)
    elif kind == "limb" and edge is not None:
        keypoints = skeleton.edges[edge]
        words = limb_words(skeleton, keypoints, float(np.exp(evidence.longer[one.person, edge])))
    elif kind == "miss":
        words = miss_words(skeleton, keypoints[0], float(evidence.sure[one.person, keypoints[0]]))
    elif kind == "duplicate":
        words = duplicate_words(skeleton, keypoints)
    elif kind == "twin":
        words = twin_words(other if other is not None else -1)
    else:
        k = keypoints[0]
        words = place_words(skeleton, k, far(people.xyv[one.person, k, :2], evidence.seen[one.person, k]))
    return Finding(int(people.ids[one.person]), kind, keypoints, round(one.score, 4), words, other)
