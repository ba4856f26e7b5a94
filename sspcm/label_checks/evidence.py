"""What speaks for and against a label, keypoint by keypoint.

Distances are in steps of OKS (2 sigma times the person's size). `near` makes a number of one that grows slowly: how far
off something very far is does not matter.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.label_checks.limbs import limb_lengths
from sspcm.label_checks.neighbours import NOBODY, Others, look_beside, strangely_near
from sspcm.label_checks.people import LabelledPeople, agreed
from sspcm.label_checks.poses import Unusual, how_unusual
from sspcm.label_checks.robust import robust_scale, robust_z

BINS, IN_A_BIN = 8, 100
"""Labels are compared with those about which networks are as sure: in so many groups, of so many keypoints at least."""
LOWEST, HIGHEST = -3.0, 8.0
"""No robust standard deviation counts as more, or less."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """P people's labels beside all that is known. What a network does not say is 0.

    seen: where networks put keypoints, image pixels. sure: how sure they are. off: steps of OKS from there. off_z: how
    much farther than labels usually are where networks are as sure. person_z: the same of the person's other keypoints.
    gain: by how much the mirror partner's place fits better. pair_gain: that of both partners. strange: how unusual the
    keypoint is beside its own label; strange_seen: given what networks say, too. near, nearest: which other of the
    person's keypoints is strangely near, and near_by how far it is. limb_z, longer: of each edge.
    """

    people: LabelledPeople
    seen: Float[np.ndarray, "P K 2"]
    sure: Float[np.ndarray, "P K"]
    off: Float[np.ndarray, "P K"]
    off_z: Float[np.ndarray, "P K"]
    person_z: Float[np.ndarray, "P K"]
    gain: Float[np.ndarray, "P K"]
    paired: Bool[np.ndarray, "P K"]
    pair_gain: Float[np.ndarray, "P K"]
    strange: Float[np.ndarray, "P K"]
    strange_seen: Float[np.ndarray, "P K"]
    unusual: Unusual
    unusual_seen: Unusual
    near: Float[np.ndarray, "P K"]
    nearest: Int[np.ndarray, "P K"]
    near_by: Float[np.ndarray, "P K"]
    others: Others
    longer: Float[np.ndarray, "P E"]
    limb_z: Float[np.ndarray, "P E"]

    @property
    def says(self) -> Bool[np.ndarray, "P K"]:
        """About which placed keypoints networks say something."""
        return np.asarray(np.isfinite(self.off))


def near(distance: Float[np.ndarray, "*batch"]) -> Float[np.ndarray, "*batch"]:
    """A slowly growing number of a distance in steps of OKS; NaN counts as very far."""
    return np.asarray(np.log(0.3 + np.minimum(np.nan_to_num(distance, nan=NOBODY), NOBODY)))


def signed_log(value: Float[np.ndarray, "*batch"]) -> Float[np.ndarray, "*batch"]:
    """A slowly growing number of a difference; NaN counts as none."""
    return np.asarray(np.sign(np.nan_to_num(value)) * np.log1p(np.abs(np.nan_to_num(value))))


def gather(people: LabelledPeople) -> Evidence:
    """All that is known."""
    skeleton, mirror, unit, xy, placed = (
        people.skeleton,
        people.skeleton.mirror_array,
        people.unit,
        people.xy,
        people.placed,
    )
    said = agreed(people)
    seen, sure = said[..., :2], np.nan_to_num(said[..., 2])
    off = np.linalg.norm(xy - seen, axis=-1) / unit
    crossed = np.linalg.norm(xy - seen[:, mirror], axis=-1) / unit
    off_z = _beside_sureness(near(off), sure, np.isfinite(off))
    gain = np.where(np.isfinite(off) & np.isfinite(crossed), near(off) - near(crossed), 0.0)
    paired = placed & placed[:, mirror] & (mirror != np.arange(len(skeleton)))
    upright = people.upright(xy)
    unusual = how_unusual(upright, people.images, skeleton)
    unusual_seen = (
        how_unusual(upright, people.images, skeleton, seen=people.upright(seen)) if people.networks else unusual
    )
    longer, limb_z = limb_lengths(upright, people.images, skeleton)
    close, nearest, near_by = strangely_near(xy, unit)
    return Evidence(
        people=people,
        seen=seen,
        sure=sure,
        off=off,
        off_z=off_z,
        person_z=_of_others(np.where(np.isfinite(off), off_z, np.nan)),
        gain=gain,
        paired=paired,
        pair_gain=np.where(paired, gain + gain[:, mirror], 0.0),
        strange=_strange(unusual),
        strange_seen=_strange(unusual_seen),
        unusual=unusual,
        unusual_seen=unusual_seen,
        near=close,
        nearest=nearest,
        near_by=near_by,
        others=look_beside(people, seen),
        longer=longer,
        limb_z=limb_z,
    )


def _strange(unusual: Unusual) -> Float[np.ndarray, "P K"]:
    return np.asarray(np.nan_to_num(robust_z(np.log(0.1 + unusual.own)).clip(LOWEST, HIGHEST)))


def _beside_sureness(
    value: Float[np.ndarray, "P K"], sure: Float[np.ndarray, "P K"], known: Bool[np.ndarray, "P K"]
) -> Float[np.ndarray, "P K"]:
    """How much more than usual each is, for its keypoint, and among those about which networks are as sure."""
    if not known.any():
        return np.zeros(value.shape)
    moved = value - np.array(
        [np.median(of[is_known]) if is_known.any() else 0.0 for of, is_known in zip(value.T, known.T, strict=True)]
    )
    flat, sureness = moved[known], sure[known]
    parts = np.array_split(np.argsort(sureness, kind="stable"), int(np.clip(len(flat) // IN_A_BIN, 1, BINS)))
    scales = [robust_scale(flat[part], prior=(0.0, 0.6)) for part in parts]
    centres = [float(np.median(sureness[part])) for part in parts]
    middle = np.interp(sure, centres, [float(one) for one, _ in scales])
    spread = np.interp(sure, centres, [float(one) for _, one in scales])
    return np.where(known, ((moved - middle) / np.maximum(spread, 0.15)).clip(LOWEST, HIGHEST), 0.0)


def _of_others(values: Float[np.ndarray, "P K"]) -> Float[np.ndarray, "P K"]:
    """The median of the person's other keypoints; 0 where there are none."""
    found = np.zeros(values.shape)
    for k in range(values.shape[1]):
        others = np.delete(values, k, axis=1)
        some = np.isfinite(others).any(1)
        found[some, k] = np.nanmedian(others[some], axis=1)
    return found
