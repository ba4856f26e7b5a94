"""SSPCM's own step: which pair of teachers agrees best about a keypoint, and what it teaches the student.

Method.md section 4. Four pairs compete, each across the two teachers; the pair that lies closest is averaged, which
leaves the disagreeing member, the outlier, out.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sspcm.networks.heatmaps import decode_integer, peak
from sspcm.ranking.inconsistency import distance

PAIRS = (("A", "B"), ("A_prev", "B"), ("A", "B_prev"), ("A_prev", "B_prev"))
"""The competing pairs in the order ties are broken: integer argmax makes ties at 0 common, the current pair wins."""
PAIRS_WITH_START = (*PAIRS, ("A", "start"), ("B", "start"))
"""The same where the student's start, frozen, is one more member: it wins no tie."""
ONE_PLACE_PX = 2.0
"""Heatmap pixels within which two members mean the same place."""


@dataclass(frozen=True, eq=False)
class Correction:
    """The student's target and how it came about.

    target: the chosen pair's mean heatmap. pair: index into PAIRS, or PAIRS_WITH_START. distances: of those P pairs,
    heatmap pixels.
    """

    target: Float[Tensor, "B K h w"]
    pair: Int[Tensor, "B K"]
    distances: Float[Tensor, "B K P"]


def correct(
    a: Float[Tensor, "B K h w"],
    b: Float[Tensor, "B K h w"],
    a_prev: Float[Tensor, "B K h w"],
    b_prev: Float[Tensor, "B K h w"],
    start: Float[Tensor, "B K h w"] | None = None,
) -> Correction:
    """Per person and keypoint, the mean of the cross-teacher pair whose argmaxes lie closest (method.md section 4).

    start: what the student's frozen start says, where it is a member of the pairs, too.
    """
    teachers = {"A": a, "B": b, "A_prev": a_prev, "B_prev": b_prev}
    competing: tuple[tuple[str, str], ...] = PAIRS
    if start is not None:
        teachers, competing = teachers | {"start": start}, PAIRS_WITH_START
    xy = {name: decode_integer(heatmaps) for name, heatmaps in teachers.items()}  # B K 2 each, whole heatmap pixels
    distances = torch.stack([distance(xy[one], xy[other]) for one, other in competing], dim=-1)
    pair = _first_smallest(distances)
    # B K P h w: all pairs at once, on the device. The released code loops over persons and keypoints on the CPU.
    means = torch.stack([(teachers[one] + teachers[other]) / 2 for one, other in competing], dim=2)
    index = pair[:, :, None, None, None].expand(-1, -1, 1, *a.shape[-2:])  # B K 1 h w
    return Correction(target=means.gather(2, index)[:, :, 0], pair=pair, distances=distances)


def plain_mean(a: Float[Tensor, "B K h w"], b: Float[Tensor, "B K h w"]) -> Correction:
    """No correction: the mean of A and B now, whatever the snapshots say."""
    apart = distance(decode_integer(a), decode_integer(b))
    pair = torch.zeros_like(apart, dtype=torch.long)
    return Correction(target=(a + b) / 2, pair=pair, distances=apart[..., None].expand(-1, -1, len(PAIRS)))


def confident(a: Float[Tensor, "B K h w"], b: Float[Tensor, "B K h w"], *, above: float) -> Float[Tensor, "B K"]:
    """1 where the current teachers' mean peak exceeds `above`, else 0: the mask of all three unlabelled losses."""
    return (((peak(a) + peak(b)) / 2) > above).to(a.dtype)


def agreed(correction: Correction, *, within: float) -> Float[Tensor, "B K"]:
    """1 where A and B now lie at most `within` heatmap pixels apart, else 0."""
    now = correction.distances[..., PAIRS.index(("A", "B"))]
    return (now <= within).to(correction.target.dtype)


def start_alone(correction: Correction) -> Float[Tensor, "B K"]:
    """1 where A and B now mean one place and the start another, else 0; of a correction with the start's pairs."""
    now, a_start, b_start = (
        correction.distances[..., PAIRS_WITH_START.index(pair)] for pair in (("A", "B"), ("A", "start"), ("B", "start"))
    )
    alone = (now <= ONE_PLACE_PX) & (torch.minimum(a_start, b_start) > ONE_PLACE_PX)
    return alone.to(correction.target.dtype)


def _first_smallest(distances: Float[Tensor, "B K P"]) -> Int[Tensor, "B K"]:
    """The first of the smallest: `argmin` promises no order among equals on every device."""
    smallest = distances == distances.amin(-1, keepdim=True)
    return smallest.to(torch.int8).cumsum(-1).eq(0).sum(-1)  # B K P of 0 and 1 -> how many lie before the first 1
