"""From keypoints to persons to images: which image an annotator should see next, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sspcm.members import CLOSER_LOOK
from sspcm.ranking.corrections import Fit
from sspcm.ranking.diversity import farthest_first
from sspcm.ranking.evidence import Evidence
from sspcm.ranking.expected_gain import Expected, expected_before_labels, person_scores, worth_a_look
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
    """How inconsistent the answers are about one person: K keypoints, what that makes of the person, and the flags.

    score: the share of the keypoints that annotators would place which is expected to be wrong. Flags worst first.
    """

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
    confidence: Float[np.ndarray, "P K"],
    area: Float[np.ndarray, "P"],
    skeleton: Skeleton,
    fit: Fit | None = None,
    top_keypoints: int,
    flag_above: float,
) -> list[PersonInconsistency]:
    """Score P persons by the mutual OKS of the members, of those of sspcm.members.COMPARED, image pixels.

    confidence: the student's, whose pose annotators correct. fit: what corrections taught, if they did. A flag's reason
    names the two members that are farthest apart. Raises ValueError with fewer than two members.
    """
    if len(members) < 2:
        raise ValueError(
            f"inconsistency compares at least two members; found {list(members)}. Give the teachers' poses."
        )
    names, estimates = list(members), np.stack(list(members.values()))  # M P K 2
    evidence = Evidence(mutual_oks(estimates, area=area, sigmas=skeleton.sigma_array), confidence)
    pairs, apart = farthest_pairs(estimates)

    def reason(p: int, k: int) -> str:
        first, second = (names[m] for m in pairs[p, k])
        return f"{skeleton.spoken(k)}: {_say_apart(first, second, apart[p, k])}"

    expected = expected_gains(evidence, skeleton, fit)
    return judge_persons(evidence, expected, reason, top_keypoints=top_keypoints, flag_above=flag_above)


def expected_gains(evidence: Evidence, skeleton: Skeleton, fit: Fit | None) -> Expected:
    """What labels would change, by what corrections taught, else by what is said before there are any."""
    return expected_before_labels(evidence, skeleton) if fit is None else fit.expected(evidence, skeleton)


def judge_persons(
    evidence: Evidence, expected: Expected, reason: Callable[[int, int], str], *, top_keypoints: int, flag_above: float
) -> list[PersonInconsistency]:
    """P persons' scores, and their keypoints of a gain over `flag_above`; reason: in words, of person p, keypoint k.

    Where most keypoints are wrong, those of more than the mean gain alone are flagged: all would be none.
    """
    scores, gain = person_scores(expected, top_keypoints=top_keypoints), expected.gain
    known = gain[np.isfinite(gain)]
    above = max(flag_above, float(known.mean()) if known.size else 0.0)
    return [
        PersonInconsistency(
            score=float(scores[p]),
            keypoints=evidence.inconsistency[p],
            flags=tuple(Flag(k, float(row[k]), reason(p, k)) for k in worth_a_look(row, flag_above=above)),
        )
        for p, row in enumerate(gain)
    ]


def _say_apart(first: str, second: str, pixels: float) -> str:
    """ "A and B 31 px apart"; "A moved 31 px in training"; "31 px away in a closer look"; of one network now and the
    other before, no names."""
    if second == CLOSER_LOOK:
        return f"{pixels:.0f} px away in a closer look"
    one, two = first.removesuffix("_prev"), second.removesuffix("_prev")
    if one == two:
        return f"{one} moved {pixels:.0f} px in training"
    return f"{f'{one} and {two}' if (first, second) == (one, two) else 'networks'} {pixels:.0f} px apart"


def rank_images(
    scores: Mapping[int, float],
    reasons: Mapping[int, Sequence[str]],
    *,
    blind_share: float,
    seed: int,
    arrange: Callable[[Mapping[int, float]], Sequence[int]] | None = None,
) -> Ranking:
    """Worst first, ties by image id, with a blind random share mixed in evenly.

    arrange: another order of the images that are not blind, by their scores. The blind images are drawn from all
    images, whatever their score, so that labelling them estimates what random sampling would have found.
    """
    rng = np.random.default_rng(seed)
    ids = sorted(scores)  # the draw follows from the seed, not from the mapping's order
    count = round(blind_share * len(ids))
    blind = [int(i) for i in rng.permutation(np.array(ids, dtype=np.int64))[:count]]
    chosen = set(blind)
    rest = {i: scores[i] for i in ids if i not in chosen}
    ordered = arrange(rest) if arrange else sorted(rest, key=lambda i: (-scores[i], i))
    sorted_entries = [Ranked(i, float(scores[i]), tuple(reasons.get(i, ()))) for i in ordered]
    blind_entries = [Ranked(i, float(scores[i]), (DRAWN_AT_RANDOM, *reasons.get(i, ())), blind=True) for i in blind]
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
    order = farthest_first(np.stack([features[int(i)] for i in rest]), limit=DIVERSE_LIMIT) if len(rest) else []
    remaining = rng.permutation(np.setdiff1d(np.arange(len(rest)), order))
    ordered = [
        *(Ranked(int(rest[i]), 0.0, (UNLIKE_OTHERS,)) for i in order),
        *(Ranked(int(rest[i]), 0.0, (AFTER_THE_DIVERSE,)) for i in remaining),
    ]
    return Ranking(_mix(ordered, [Ranked(int(i), 0.0, (DRAWN_AT_RANDOM,), blind=True) for i in blind], rng))
