"""From keypoints to persons to images: which image an annotator should see next, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sspcm.ranking.inconsistency import farthest_pairs, mutual_oks
from sspcm.skeletons.skeleton import Skeleton

DRAWN_AT_RANDOM = "drawn at random, to judge the ranking by"
UNLIKE_OTHERS = "unlike the images before it"
AFTER_THE_DIVERSE = "in random order, after the images most unlike each other"
DIVERSE_LIMIT = 1000
"""How many images of a new pool are ordered by how unlike they are: more than anyone labels before the first round."""


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

    A person's score is the mean of their `top_keypoints` worst keypoints (method.md section 12). A flag's reason names
    the two members that are farthest apart. Raises ValueError with fewer than two members.
    """
    if len(members) < 2:
        raise ValueError(
            f"inconsistency compares at least two members; found {list(members)}. Give the teachers' poses."
        )
    names, estimates = list(members), np.stack(list(members.values()))  # M P K 2
    scores = mutual_oks(estimates, area=area, sigmas=skeleton.sigma_array)  # P K
    pairs, apart = farthest_pairs(estimates)
    worst_first = np.argsort(-scores, axis=1, kind="stable")  # P K; ties keep the skeleton's order

    def flag(p: int, k: int) -> Flag:
        first, second = (names[m] for m in pairs[p, k])
        reason = f"{_say_pair(first, second)} disagree on {skeleton.spoken(k)} by {apart[p, k]:.0f} px"
        return Flag(k, float(scores[p, k]), reason)

    return [
        PersonInconsistency(
            score=float(row[order[:top_keypoints]].mean()),
            keypoints=row,
            flags=tuple(flag(p, int(k)) for k in order if row[k] > flag_above),
        )
        for p, (row, order) in enumerate(zip(scores, worst_first, strict=True))
    ]


def _say_pair(first: str, second: str) -> str:
    """ "A and B"; "A now and one epoch ago"; "A now and B one epoch ago"; "A and B, both one epoch ago,"."""
    one, two = first.removesuffix("_prev"), second.removesuffix("_prev")
    match first != one, second != two:
        case False, False:
            return f"{one} and {two}"
        case True, True:
            return f"{one} and {two}, both one epoch ago,"
        case True, False:
            one, two = two, one
    return f"{one} now and one epoch ago" if one == two else f"{one} now and {two} one epoch ago"


def rank_images(
    scores: Mapping[int, float], reasons: Mapping[int, Sequence[str]], *, blind_share: float, seed: int
) -> Ranking:
    """Worst first, ties by image id, with a blind random share mixed in evenly.

    The blind images are drawn from all images, whatever their score, so that labelling them estimates what random
    sampling would have found.
    """
    rng = np.random.default_rng(seed)
    ids = sorted(scores)  # the draw follows from the seed, not from the mapping's order
    count = round(blind_share * len(ids))
    blind = [int(i) for i in rng.permutation(np.array(ids, dtype=np.int64))[:count]]
    chosen = set(blind)
    ordered = sorted((i for i in ids if i not in chosen), key=lambda i: (-scores[i], i))
    sorted_entries = [Ranked(i, float(scores[i]), tuple(reasons.get(i, ()))) for i in ordered]
    blind_entries = [Ranked(i, float(scores[i]), (DRAWN_AT_RANDOM,), blind=True) for i in blind]
    return Ranking(_mix(sorted_entries, blind_entries, rng))


def _mix(ordered: list[Ranked], blind: list[Ranked], rng: np.random.Generator) -> tuple[Ranked, ...]:
    """Spread the blind entries: one at a random place in each of as many equal stretches."""
    total, count = len(ordered) + len(blind), len(blind)
    places = {int(rng.integers(i * total // count, (i + 1) * total // count)) for i in range(count)}
    rest, hidden = iter(ordered), iter(blind)
    return tuple(next(hidden) if place in places else next(rest) for place in range(total))


def cold_ranking(features: Mapping[int, Float[np.ndarray, "D"]], *, blind_share: float, seed: int) -> Ranking:
    """An order for a pool nobody has trained on: greedy k-centre over image features, with a blind random share.

    Each next image is the one farthest from all before it (the first: farthest from the mean). After the first
    `DIVERSE_LIMIT` images the rest follow at random: their order matters little, and the search costs N per image.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(np.array(sorted(features), dtype=np.int64))
    count = round(blind_share * len(shuffled))
    blind, rest = shuffled[:count], np.sort(shuffled[count:])
    order = _k_centre(np.stack([features[int(i)] for i in rest]), limit=DIVERSE_LIMIT) if len(rest) else []
    remaining = rng.permutation(np.setdiff1d(np.arange(len(rest)), order))
    ordered = [
        *(Ranked(int(rest[i]), 0.0, (UNLIKE_OTHERS,)) for i in order),
        *(Ranked(int(rest[i]), 0.0, (AFTER_THE_DIVERSE,)) for i in remaining),
    ]
    return Ranking(_mix(ordered, [Ranked(int(i), 0.0, (DRAWN_AT_RANDOM,), blind=True) for i in blind], rng))


def _k_centre(vectors: Float[np.ndarray, "N D"], *, limit: int) -> list[int]:
    """Rows, each the farthest from those before it; ties take the first."""
    vectors = (vectors - vectors.mean(0)).astype(np.float32)
    squares = (vectors**2).sum(-1)

    def squared_distances(row: int) -> Float[np.ndarray, "N"]:
        # One product of a matrix and a vector: the plain difference would write N x D numbers an image.
        return np.asarray(np.maximum(squares - 2 * (vectors @ vectors[row]) + squares[row], 0.0))

    order = [int(squares.argmax())]
    nearest = squared_distances(order[0])
    nearest[order[0]] = -1.0
    while len(order) < min(limit, len(vectors)):
        chosen = int(nearest.argmax())
        order.append(chosen)
        nearest = np.minimum(nearest, squared_distances(chosen))
        nearest[chosen] = -1.0  # below every distance: never again, even among images that are alike
    return order
