"""From keypoints to persons to images: which image an annotator should see next, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from sspcm.inconsistency import farthest_pair, mutual_oks
from sspcm.skeleton import Skeleton

DRAWN_AT_RANDOM = "drawn at random, to judge the ranking by"
UNLIKE_OTHERS = "unlike the images before it"


@dataclass(frozen=True)
class Flag:
    """A keypoint worth an annotator's look. score in [0, 1]; the reason in words."""

    keypoint: int
    score: float
    reason: str


@dataclass(frozen=True, eq=False)
class PersonInconsistency:
    """How inconsistent the teachers are about one person: K keypoint scores, and the flags, worst first."""

    score: float
    keypoints: Float[np.ndarray, "K"]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Ranked:
    """One image's place. `blind`: part of the random control share, which annotators are not told."""

    image_id: int
    score: float
    reasons: tuple[str, ...]
    blind: bool = False


@dataclass(frozen=True)
class Ranking:
    """Images in queue order."""

    entries: tuple[Ranked, ...]


def score_persons(
    members: Mapping[str, Float[np.ndarray, "P K 2"]],
    *,
    area: Float[np.ndarray, "P"],
    skeleton: Skeleton,
    top_keypoints: int,
    flag_above: float,
) -> list[PersonInconsistency]:
    """Score P persons by the mutual OKS of the members ("A", "B", "A_prev", "B_prev"), image pixels.

    A person's score is the mean of their `top_keypoints` worst keypoints (method.md section 12).
    """
    names, estimates = list(members), np.stack(list(members.values()))
    scores = mutual_oks(estimates, area=area, sigmas=skeleton.sigma_array)
    return [
        _score_person(names, estimates[:, p], row, skeleton, top_keypoints, flag_above) for p, row in enumerate(scores)
    ]


def _score_person(
    names: list[str],
    members: Float[np.ndarray, "M K 2"],
    scores: Float[np.ndarray, "K"],
    skeleton: Skeleton,
    top_keypoints: int,
    flag_above: float,
) -> PersonInconsistency:
    worst_first = np.argsort(-scores, kind="stable")
    flags = tuple(
        Flag(int(k), float(scores[k]), _reason(names, members, int(k), skeleton))
        for k in worst_first
        if scores[k] > flag_above
    )
    return PersonInconsistency(float(scores[worst_first[:top_keypoints]].mean()), scores, flags)


def _reason(names: list[str], members: Float[np.ndarray, "M K 2"], keypoint: int, skeleton: Skeleton) -> str:
    first, second, apart = farthest_pair(members, keypoint)
    who = _say_pair(names[first], names[second])
    return f"{who} disagree on {skeleton.spoken(keypoint)} by {apart:.0f} px"


def _say_pair(first: str, second: str) -> str:
    """ "A and B"; "A and B an epoch ago"; "A now and A an epoch ago"."""
    one, two = first.removesuffix("_prev"), second.removesuffix("_prev")
    if one == two:
        return f"{one} now and {one} an epoch ago"
    old_one, old_two = first != one, second != two
    if old_one and old_two:
        return f"{one} and {two}, both an epoch ago,"
    if old_one:
        return f"{two} and {one} an epoch ago"
    if old_two:
        return f"{one} and {two} an epoch ago"
    return f"{one} and {two}"


def rank_images(
    scores: Mapping[int, float], reasons: Mapping[int, Sequence[str]], *, blind_share: float, seed: int
) -> Ranking:
    """Worst first, ties by image id, with a blind random share mixed in evenly.

    The blind images are drawn from all images, whatever their score, so that labelling them estimates what random
    sampling would have found.
    """
    rng = np.random.default_rng(seed)
    ids = sorted(scores)
    count = round(blind_share * len(ids))
    blind = [int(i) for i in rng.permutation(np.array(ids, dtype=np.int64))[:count]]
    chosen = set(blind)
    ordered = sorted((i for i in ids if i not in chosen), key=lambda i: (-scores[i], i))
    sorted_entries = [Ranked(i, float(scores[i]), tuple(reasons.get(i, ()))) for i in ordered]
    blind_entries = [Ranked(i, float(scores[i]), (DRAWN_AT_RANDOM,), blind=True) for i in blind]
    return Ranking(_mix(sorted_entries, blind_entries, rng))


def _mix(ordered: list[Ranked], blind: list[Ranked], rng: np.random.Generator) -> tuple[Ranked, ...]:
    """Spread the blind entries: one at a random place in each of as many equal stretches."""
    total = len(ordered) + len(blind)
    edges = np.linspace(0, total, len(blind) + 1).astype(int)
    places = {int(rng.integers(low, high)) for low, high in pairwise(edges)}
    rest, hidden = iter(ordered), iter(blind)
    return tuple(next(hidden) if place in places else next(rest) for place in range(total))


def cold_ranking(features: Mapping[int, Float[np.ndarray, "D"]], *, blind_share: float, seed: int) -> Ranking:
    """An order for a pool nobody has trained on: greedy k-centre over image features, with a blind random share.

    Each next image is the one farthest from all before it (the first: farthest from the mean). After the first
    `DIVERSE_LIMIT` images the rest follow at random: their order matters little, and the search costs N per image.
    """
    ids = np.array(sorted(features), dtype=np.int64)
    if len(ids) == 0:
        return Ranking(())
    rng = np.random.default_rng(seed)
    count = round(blind_share * len(ids))
    shuffled = rng.permutation(ids)
    blind, rest = shuffled[:count], np.sort(shuffled[count:])
    vectors = np.stack([features[int(i)] for i in rest])
    order = _k_centre(vectors, limit=DIVERSE_LIMIT)
    remaining = rng.permutation(np.setdiff1d(np.arange(len(rest)), order))
    diverse = [Ranked(int(rest[i]), 0.0, (UNLIKE_OTHERS,)) for i in order]
    others = [Ranked(int(rest[i]), 0.0, (DRAWN_AT_RANDOM,)) for i in remaining]
    return Ranking(_mix(diverse + others, [Ranked(int(i), 0.0, (DRAWN_AT_RANDOM,), blind=True) for i in blind], rng))


DIVERSE_LIMIT = 2000


def _k_centre(vectors: Float[np.ndarray, "N D"], *, limit: int) -> list[int]:
    nearest = ((vectors - vectors.mean(0)) ** 2).sum(-1)
    order: list[int] = []
    for _ in range(min(limit, len(vectors))):
        chosen = int(nearest.argmax())
        order.append(chosen)
        to_chosen = ((vectors - vectors[chosen]) ** 2).sum(-1)
        nearest = to_chosen if len(order) == 1 else np.minimum(nearest, to_chosen)
        nearest[order] = -1.0
    return order
