"""Labelled people as arrays: what a check of their labels looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.skeletons.skeleton import Skeleton


@dataclass(frozen=True, eq=False)
class LabelledPeople:
    """P labelled persons of one project.

    xyv: image pixels and visibility. boxes: x, y, width, height in image pixels, upright in the image. up: radians,
    clockwise, from the image's up to the person's. area: square pixels, as OKS divides by it. frames: width and height
    of the person's image. networks: by name, image pixels and confidence; NaN where a network may not tell, having
    learned from that label, and where it says nothing.
    """

    skeleton: Skeleton
    ids: Int[np.ndarray, "P"]
    images: Int[np.ndarray, "P"]
    xyv: Float[np.ndarray, "P K 3"]
    boxes: Float[np.ndarray, "P 4"]
    up: Float[np.ndarray, "P"]
    area: Float[np.ndarray, "P"]
    frames: Float[np.ndarray, "P 2"]
    networks: Mapping[str, Float[np.ndarray, "P K 3"]]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def placed(self) -> Bool[np.ndarray, "P K"]:
        """Which keypoints have a place, visible or hidden."""
        return np.asarray(self.xyv[..., 2] > 0)

    @property
    def xy(self) -> Float[np.ndarray, "P K 2"]:
        """Where they are, image pixels; NaN where absent."""
        return np.where(self.placed[..., None], self.xyv[..., :2], np.nan)

    @property
    def unit(self) -> Float[np.ndarray, "P K"]:
        """How far off, in pixels, is one step of OKS: COCO's kappa, 2 sigma, times the person's size."""
        return np.asarray(2 * self.skeleton.sigma_array[None] * np.sqrt(self.area)[:, None])

    def unit_of(self, person: int) -> Float[np.ndarray, "K"]:
        """The same of one person, by their place."""
        return np.asarray(2 * self.skeleton.sigma_array * np.sqrt(self.area[person]))

    def of(self, rows: Int[np.ndarray, "N"]) -> "LabelledPeople":
        """Some of them."""
        return replace(
            self,
            ids=self.ids[rows],
            images=self.images[rows],
            xyv=self.xyv[rows],
            boxes=self.boxes[rows],
            up=self.up[rows],
            area=self.area[rows],
            frames=self.frames[rows],
            networks={name: poses[rows] for name, poses in self.networks.items()},
        )

    def upright(self, xy: Float[np.ndarray, "P K 2"]) -> Float[np.ndarray, "P K 2"]:
        """Places in each person's upright frame: from the middle of their box, in parts of their size."""
        centre = self.boxes[:, None, :2] + self.boxes[:, None, 2:] / 2
        cos, sin = np.cos(self.up)[:, None], np.sin(self.up)[:, None]
        x, y = np.moveaxis(xy - centre, -1, 0)
        turned = np.stack([cos * x + sin * y, cos * y - sin * x], axis=-1)
        return np.asarray(turned / np.sqrt(self.area)[:, None, None])


def agreed(people: LabelledPeople) -> Float[np.ndarray, "P K 3"]:
    """What the networks that may tell say together: image pixels and confidence, NaN where none does.

    Of several answers about a keypoint the one that the others support most, by OKS and confidence; its confidence is
    that support, so networks that disagree are less sure than each says.
    """
    answers = np.stack(list(people.networks.values())) if people.networks else np.full((1, *people.xyv.shape), np.nan)
    known = np.asarray(np.isfinite(answers).all(-1))
    is_told = np.asarray(known.any(0))
    sure = np.where(known, answers[..., 2], 0.0)
    apart = np.linalg.norm(answers[:, None, ..., :2] - answers[None, ..., :2], axis=-1) / people.unit
    alike = np.where(known[:, None] & known[None], np.exp(-(apart**2) / 2), 0.0)
    support = np.where(known, (alike * sure[None]).sum(1), -1.0)
    best = support.argmax(0)[None]
    count = np.maximum(known.sum(0), 1)
    place = np.take_along_axis(answers[..., :2], best[..., None], axis=0)[0]
    confidence = np.where(is_told, np.take_along_axis(support, best, axis=0)[0] / count, np.nan)
    return np.concatenate([np.where(is_told[..., None], place, np.nan), confidence[..., None]], axis=-1)
