"""What is asked about labels, one row of numbers for each thing that could be wrong.

What the numbers weigh is learned in each project (fitting.py).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.label_checks.evidence import BINS, IN_A_BIN, Evidence, near, signed_log
from sspcm.label_checks.neighbours import by_image

Question = Literal["misplaced", "swap", "duplicate", "pair", "whole", "miss", "twin"]
OVERLAP = 0.2
"""People whose boxes share less than this, of both, are not one."""
TOUCHES = 0.5
"""Keypoints that lie nearer than so many steps of OKS are in one place."""
APART = 0.2
"""`near` of left and right that can be told apart."""


@dataclass(frozen=True, eq=False)
class Rows:
    """N things that could be wrong. about: the person's place, then the keypoints or the other person's place."""

    about: Int[np.ndarray, "N A"]
    values: Float[np.ndarray, "N D"]


def ask(evidence: Evidence) -> dict[Question, Rows]:
    """Every question about everybody."""
    keypoints = _keypoint_rows(evidence)
    return {
        "misplaced": keypoints,
        "swap": keypoints,
        "duplicate": keypoints,
        "pair": _pair_rows(evidence),
        "whole": _whole_rows(evidence),
        "miss": _absent_rows(evidence),
        "twin": _twin_rows(evidence),
    }


def _keypoint_rows(known: Evidence) -> Rows:
    """Of every placed keypoint."""
    people, sure, off_z = known.people, known.sure, known.off_z
    says = known.says
    beside = near(known.others.apart)
    swapped = np.where(says, near(known.off) - beside, 0.0)
    apart = near(_label_apart(known))
    above, strange, strange_seen = np.maximum(off_z, 0), known.strange, known.strange_seen
    columns = (
        np.where(says, near(known.off), 0.0), off_z, sure, sure * off_z, known.person_z, np.maximum(off_z - 1.5, 0),
        known.pair_gain, sure * known.gain, apart, _elsewhere(known), swapped, beside, sure * swapped,
        known.near, np.minimum(known.near, -2.0), np.maximum(-2 - known.near, 0) * above,
        strange, strange * (1 - sure), np.maximum(strange - 2, 0), np.maximum(strange, 0) * above,
        signed_log(known.unusual.exchanged), _worst_limb(known), (people.xyv[..., 2] == 1).astype(np.float64),
        np.broadcast_to(known.others.alike[:, None], sure.shape), strange_seen, np.maximum(strange_seen - 1, 0),
        np.minimum(near(known.near_by), 0), (known.near_by < TOUCHES) * above, np.maximum(strange_seen - 3, 0),
        signed_log(known.unusual_seen.exchanged), np.maximum(strange_seen, 0) * above,
    )  # fmt: skip
    return Rows(np.argwhere(people.placed), np.stack([one[people.placed] for one in columns], axis=-1))


def _pair_rows(known: Evidence) -> Rows:
    """Of every left and right that are both placed."""
    mirror, sure = known.people.skeleton.mirror_array, known.sure
    seen_apart = near(np.linalg.norm(known.seen - known.seen[:, mirror], axis=-1) / known.people.unit)
    crossed = np.linalg.norm(known.people.xy - known.seen[:, mirror], axis=-1) / known.people.unit
    apart, elsewhere = near(_label_apart(known)), _elsewhere(known)
    fits, fits_seen = signed_log(known.unusual.exchanged), signed_log(known.unusual_seen.exchanged)

    def both(values: Float[np.ndarray, "P K"]) -> Float[np.ndarray, "P K"]:
        return np.asarray(values + values[:, mirror])

    def least(values: Float[np.ndarray, "P K"]) -> Float[np.ndarray, "P K"]:
        return np.asarray(np.minimum(values, values[:, mirror]))

    surer = least(sure)
    hidden = (known.people.xyv[..., 2] == 1).astype(np.float64)
    columns = (
        known.pair_gain, surer, surer * known.pair_gain, seen_apart, apart, elsewhere, least(known.gain),
        both(known.off_z), known.person_z, fits, np.maximum(fits - 1, 0), both(known.strange), least(known.strange),
        both(hidden), np.maximum(fits, 0) * np.maximum(known.pair_gain, 0), both(near(crossed)),
        apart * known.pair_gain, fits_seen, np.maximum(fits_seen - 1, 0), both(known.strange_seen),
        least(known.strange_seen),
    )  # fmt: skip
    first = known.paired & (mirror > np.arange(len(mirror)))
    at = np.argwhere(first)
    return Rows(np.column_stack([at, mirror[at[:, 1]]]), np.stack([one[first] for one in columns], axis=-1))


def _whole_rows(known: Evidence) -> Rows:
    """Of every person with two pairs."""
    mirror = known.people.skeleton.mirror_array
    first = known.paired & (mirror > np.arange(len(mirror)))
    clear = first & (near(_label_apart(known)) > APART)
    count = np.maximum(first.sum(1), 1)
    mean = (known.pair_gain * first).sum(1) / count
    weight = known.sure * first
    surely = (known.pair_gain * weight).sum(1) / np.maximum(weight.sum(1), 1e-3)
    sure = weight.sum(1) / count
    told = np.where(clear, known.pair_gain, np.nan)
    columns = (
        mean, surely, ((known.pair_gain > 0) & clear).sum(1) / np.maximum(clear.sum(1), 1), np.log(count), sure,
        signed_log(known.unusual.inverted), signed_log(known.unusual_seen.inverted), mean * sure,
        _quantile(told, 0.5), _quantile(told, 0.25),
    )  # fmt: skip
    who = np.flatnonzero(first.sum(1) >= 2)
    return Rows(who[:, None], np.stack([one[who] for one in columns], axis=-1))


def _absent_rows(known: Evidence) -> Rows:
    """Of every keypoint that has no place, of people who have one elsewhere."""
    people, sure, placed = known.people, known.sure, known.people.placed
    skeleton = people.skeleton
    rate = (placed.sum(0) + 1) / (len(people) + 2)
    often = np.broadcast_to(np.log(rate / (1 - rate)), placed.shape)
    odds = _placed_odds(sure, np.isfinite(known.seen[..., 0]), placed)
    beside = _placed_beside(placed, skeleton.edges)
    partner = placed[:, skeleton.mirror_array].astype(np.float64)
    low, high = people.boxes[:, None, :2], people.boxes[:, None, :2] + people.boxes[:, None, 2:]
    columns = (
        sure, np.log((sure + 0.02) / (1.02 - sure)), odds, often, beside, partner,
        np.broadcast_to(placed.mean(1, keepdims=True), placed.shape),
        _within(known, np.zeros(2), people.frames[:, None] - 1), _within(known, low, high), known.person_z,
        sure * beside, sure * partner, odds * beside, np.maximum(odds, 0), np.maximum(often, 0), often * beside,
        often * partner,
    )  # fmt: skip
    absent = ~placed & np.asarray(placed.any(1))[:, None]
    return Rows(np.argwhere(absent), np.stack([one[absent] for one in columns], axis=-1))


def _twin_rows(known: Evidence) -> Rows:
    """Of every two people of an image whose boxes overlap and who have two keypoints in common."""
    people, xy, unit = known.people, known.people.xy, known.people.unit
    about, values = [], []
    for rows in by_image(people.images):
        for place, one in enumerate(rows):
            for other in rows[place + 1 :]:
                shared = _overlap(people.boxes[one], people.boxes[other])
                apart = np.linalg.norm(xy[one] - xy[other], axis=-1) / (unit[one] + unit[other]) * 2
                apart = apart[np.isfinite(apart)]
                if shared < OVERLAP or len(apart) < 2:
                    continue
                about.append((one, other))
                values.append(_alike(apart, shared))
    return Rows(np.array(about, dtype=np.int64).reshape(-1, 2), np.array(values, dtype=np.float64).reshape(-1, 6))


def _alike(apart: Float[np.ndarray, "N"], shared: float) -> tuple[float, ...]:
    """Of two labels whose common keypoints lie so many steps of OKS apart, in boxes that share so much."""
    oks = np.exp(-(apart**2) / 2)
    return (
        float(oks.mean()), float(np.median(oks)), shared, float(np.log(len(apart))), float((apart < 1).mean()),
        float(near(apart).mean()),
    )  # fmt: skip


def _label_apart(known: Evidence) -> Float[np.ndarray, "P K"]:
    """How far a keypoint lies from its mirror partner, steps of OKS; NaN without one."""
    mirror, xy = known.people.skeleton.mirror_array, known.people.xy
    return np.where(known.paired, np.linalg.norm(xy - xy[:, mirror], axis=-1) / known.people.unit, np.nan)


def _elsewhere(known: Evidence) -> Float[np.ndarray, "P K"]:
    """The mean gain of exchanging the person's other pairs."""
    total = (known.pair_gain * known.paired).sum(1, keepdims=True) / 2
    rest = known.paired.sum(1, keepdims=True) / 2 - known.paired
    return np.where(rest > 0, (total - known.pair_gain * known.paired) / np.maximum(rest, 1), 0.0)


def _worst_limb(known: Evidence) -> Float[np.ndarray, "P K"]:
    """How odd the oddest limb of each keypoint is."""
    found = np.zeros(known.sure.shape)
    for edge, ends in enumerate(known.people.skeleton.edges):
        odd = np.nan_to_num(np.abs(known.limb_z[:, edge])).clip(0, 8)
        for k in ends:
            found[:, k] = np.maximum(found[:, k], odd)
    return found


def _placed_odds(
    sure: Float[np.ndarray, "P K"], known: Bool[np.ndarray, "P K"], placed: Bool[np.ndarray, "P K"]
) -> Float[np.ndarray, "P K"]:
    """The log odds that a keypoint of which networks are so sure is placed, by the project's labels."""
    if not known.any():
        return np.zeros(sure.shape)
    sureness, is_placed = sure[known], placed[known]
    parts = np.array_split(np.argsort(sureness, kind="stable"), int(np.clip(len(sureness) // IN_A_BIN, 1, 2 * BINS)))
    centres = [float(np.median(sureness[part])) for part in parts]
    rates = np.maximum.accumulate([(is_placed[part].sum() + 1) / (len(part) + 2) for part in parts])
    return np.asarray(np.interp(sure, centres, np.log(rates / (1 - rates))))


def _placed_beside(placed: Bool[np.ndarray, "P K"], edges: tuple[tuple[int, int], ...]) -> Float[np.ndarray, "P K"]:
    """Which part of a keypoint's neighbours is placed."""
    total, count = np.zeros(placed.shape), np.zeros(placed.shape)
    for one, other in edges:
        for k, neighbour in ((one, other), (other, one)):
            total[:, k] += placed[:, neighbour]
            count[:, k] += 1
    return np.asarray(total / np.maximum(count, 1))


def _within(known: Evidence, low: np.ndarray, high: np.ndarray) -> Float[np.ndarray, "P K"]:
    """How far inside the limits networks put a keypoint, steps of OKS, between -2 and 2."""
    inner = np.minimum(known.seen - low, high - known.seen).min(-1) / known.people.unit
    return np.asarray(np.nan_to_num(inner).clip(-2, 2))


def _quantile(values: Float[np.ndarray, "P K"], part: float) -> Float[np.ndarray, "P"]:
    """Of what is known of each person, the lower of two; 0 where nothing is."""
    count = np.isfinite(values).sum(1)
    place = np.maximum(np.ceil(part * count).astype(np.int64) - 1, 0)
    ordered = np.nan_to_num(np.sort(values, axis=1))  # NaN comes last
    return np.asarray(np.where(count > 0, ordered[np.arange(len(values)), place], 0.0))


def _overlap(one: Float[np.ndarray, "4"], other: Float[np.ndarray, "4"]) -> float:
    """Intersection over union of two boxes."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    inner = float(np.prod(np.maximum(high - low, 0)))
    return inner / float(one[2] * one[3] + other[2] * other[3] - inner)
