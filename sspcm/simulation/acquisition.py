"""Whom to label next, by several rules; what corrections taught comes in where the rule is fitted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from sspcm.config import RankingConfig
from sspcm.evaluation.visibility import Visibility, fit_visibility
from sspcm.ranking.corrections import Corrections, Fit, fit_corrections, wrong_keypoints
from sspcm.ranking.diversity import arrange
from sspcm.ranking.evidence import Evidence
from sspcm.ranking.expected_gain import person_scores
from sspcm.ranking.ranking import expected_gains
from sspcm.simulation.people import Everybody
from sspcm.simulation.rows import Acquisition


@dataclass(frozen=True, eq=False)
class Source:
    """What one network says of everybody; NaN of those whom it was not asked about.

    xyc: image pixels and confidence. inconsistency: NaN, too, where nobody compared answers. visibility: what labels
    taught of which keypoints people call visible; None where they did not.
    """

    name: str
    xyc: Float[np.ndarray, "P K 3"]
    inconsistency: Float[np.ndarray, "P K"]
    visibility: Visibility | None = None

    def evidence(self, rows: Int[np.ndarray, "N"]) -> Evidence:
        """Of some persons, as rankings take it."""
        return Evidence(self.inconsistency[rows], self.xyc[rows, :, 2])

    def taught_by(self, everybody: Everybody, rows: Int[np.ndarray, "N"]) -> "Source":
        """The same, its visibilities taught by the labels of these persons, from whom it did not learn."""
        known = rows[~np.isnan(self.xyc[rows]).any((1, 2))]
        truth = everybody.truth[known][..., 2].astype(np.int64)
        return replace(self, visibility=fit_visibility(self.xyc[known][..., 2], truth, everybody.image[known]))


@dataclass(frozen=True, eq=False)
class Labelled:
    """Persons who were labelled in one go, by the order of `source`."""

    source: Source
    rows: Int[np.ndarray, "N"]


@dataclass(frozen=True, eq=False)
class Waiting:
    """What a choice goes by: who waits, what the order's source says of them, how they look, what was labelled."""

    everybody: Everybody
    rows: Int[np.ndarray, "N"]
    source: Source
    looks: Float[np.ndarray, "P D"]
    labelled: Sequence[Labelled]


def choose(acquisition: Acquisition, waiting: Waiting, count: int, *, seed: int) -> Int[np.ndarray, "M"]:
    """The persons to be labelled next, `count` of those who wait, the first one first; all of them for "all"."""
    rows = waiting.rows
    if acquisition == "all":
        return rows
    if acquisition == "queue":  # the product's: a fair sample before the first round (docs/adr/0041)
        acquisition = "fitted+diversity" if waiting.labelled else "random"
    if acquisition == "random":
        return np.random.default_rng([seed, len(rows)]).permutation(rows)[:count]
    scores = score(acquisition, waiting)
    if acquisition == "fitted+diversity":
        group, looks = waiting.everybody.group, waiting.looks
        gain = {int(row): float(one) for row, one in zip(rows, scores, strict=True)}
        done = [looks[row] for part in waiting.labelled for row in part.rows]
        order = arrange(gain, {row: looks[row] for row in gain}, {row: int(group[row]) for row in gain}, done)
        return np.array(order[:count])
    return rows[np.argsort(-scores, kind="stable")][:count]


def score(acquisition: Acquisition, waiting: Waiting) -> Float[np.ndarray, "N"]:
    """Of those who wait, the higher the sooner."""
    evidence = waiting.source.evidence(waiting.rows)
    if acquisition == "confidence":
        return np.asarray(1 - np.where(evidence.known, evidence.confidence, 0.0).sum(1) / _count(evidence))
    if acquisition == "u3":
        return np.asarray(np.nan_to_num(evidence.inconsistency).sum(1) / _count(evidence))
    skeleton = waiting.everybody.skeleton
    fit = taught(waiting.everybody, waiting.labelled)
    return person_scores(expected_gains(evidence, skeleton, fit), top_keypoints=RankingConfig().top_keypoints)


def taught(everybody: Everybody, labelled: Sequence[Labelled]) -> Fit | None:
    """What corrections teach of the network by which the last ones were chosen: it learnt from none of them."""
    same = [one for one in labelled if one.source.name == labelled[-1].source.name]
    if not same:
        return None
    rows, source = np.concatenate([one.rows for one in same]), same[-1].source
    truth, area = everybody.truth[rows], everybody.area[rows]
    wrong = wrong_keypoints(source.xyc[rows, :, :2], truth, area=area, sigmas=everybody.skeleton.sigma_array)
    corrections = Corrections(source.evidence(rows), wrong, truth[..., 2] > 0, everybody.image[rows])
    return fit_corrections(corrections, everybody.skeleton)


def _count(evidence: Evidence) -> Int[np.ndarray, "N"]:
    return np.asarray(np.maximum(evidence.known.sum(1), 1))
