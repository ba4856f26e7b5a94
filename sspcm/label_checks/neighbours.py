"""What lies near a keypoint: others of the same person, and the other people of the image."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from sspcm.label_checks.people import LabelledPeople
from sspcm.label_checks.robust import robust_z

NOBODY = 12.0
"""As far off, in steps of OKS, as this is whatever is not there."""
TOUCHING = 1.0
"""Keypoints that lie farther apart, in steps of OKS, are not in one place, however near that is for these two."""


def strangely_near(
    xy: Float[np.ndarray, "P K 2"], unit: Float[np.ndarray, "P K"]
) -> tuple[Float[np.ndarray, "P K"], Int[np.ndarray, "P K"], Float[np.ndarray, "P K"]]:
    """Of each keypoint how much nearer another of the same person lies than these two usually do, in robust standard
    deviations from the usual, below 0; which one; and how near, in steps of OKS. 3 where there is no other."""
    least, which = np.full(xy.shape[:2], 3.0), np.zeros(xy.shape[:2], dtype=np.int64)
    distance = np.full(xy.shape[:2], NOBODY)
    for k in range(xy.shape[1]):
        apart = np.linalg.norm(xy[:, k, None] - xy, axis=-1) / unit[:, k, None]
        z = robust_z(np.log(0.05 + apart))
        z = np.where(apart > TOUCHING, np.maximum(z, -1.0), z)
        z[:, k] = np.nan
        z = np.nan_to_num(z, nan=3.0)
        which[:, k] = z.argmin(1)
        least[:, k] = z.min(1).clip(-8, 3)
        distance[:, k] = np.nan_to_num(apart[np.arange(len(xy)), which[:, k]], nan=NOBODY)
    return least, which, distance


@dataclass(frozen=True, eq=False)
class Others:
    """The other people of each person's image. apart: how far each keypoint lies, in steps of OKS, from where somebody
    else has theirs, by their label or by networks; whose: their place, -1 for nobody. alike: how far the label is that
    of somebody else, as the mean OKS of what both place."""

    apart: Float[np.ndarray, "P K"]
    whose: Int[np.ndarray, "P K"]
    alike: Float[np.ndarray, "P"]


def look_beside(people: LabelledPeople, seen: Float[np.ndarray, "P K 2"]) -> Others:
    """seen: where networks put everybody's keypoints; NaN where they say nothing."""
    xy, unit = people.xy, people.unit
    found = Others(np.full(unit.shape, NOBODY), np.full(unit.shape, -1, dtype=np.int64), np.zeros(len(people)))
    for rows in by_image(people.images):
        for person in rows:
            rest = rows[rows != person]
            labels = _apart(xy[person], xy[rest], unit[person])
            nearest = np.minimum(labels, _apart(xy[person], seen[rest], unit[person]))
            found.apart[person], found.whose[person] = nearest.min(0), rest[nearest.argmin(0)]
            both = people.placed[rest] & people.placed[person]
            alike = (np.exp(-(labels**2) / 2) * both).sum(1) / np.maximum(both.sum(1), 1)
            found.alike[person] = alike.max()
    return found


def _apart(
    own: Float[np.ndarray, "K 2"], others: Float[np.ndarray, "N K 2"], unit: Float[np.ndarray, "K"]
) -> Float[np.ndarray, "N K"]:
    return np.asarray(np.nan_to_num(np.linalg.norm(own - others, axis=-1) / unit, nan=NOBODY).clip(0, NOBODY))


def by_image(images: Int[np.ndarray, "P"]) -> Iterator[Int[np.ndarray, "N"]]:
    """The places of the people of each image that has several."""
    order = np.argsort(images, kind="stable")
    _, first = np.unique(images[order], return_index=True)
    yield from (rows for rows in np.split(order, first[1:]) if len(rows) > 1)
