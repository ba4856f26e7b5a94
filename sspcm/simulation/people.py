"""Who is in a simulation: the pool, people held out to measure on, and validation people to choose starts by."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from sspcm.evaluation.ranking_figures import joint_errors
from sspcm.fisheye import LensCircle
from sspcm.formats.coco.reading import read_json
from sspcm.protocols.published import PublishedPerson, read_published
from sspcm.skeletons.skeleton import Skeleton

GROUPED_BY = ("camera", "clip", "clip_id", "video", "video_id", "scene", "room", "source_image_id")
"""What a file may say of its images that puts them together: the first of these that it has; else each is alone."""


class SimulationError(ValueError):
    """A simulation that cannot be run as it was asked for."""


@dataclass(frozen=True, eq=False)
class Everybody:
    """P labelled persons. group: who belongs together, being of one camera or image. plain: images are upright."""

    skeleton: Skeleton
    persons: tuple[PublishedPerson, ...]
    group: Int[np.ndarray, "P"]
    plain: bool

    def __len__(self) -> int:
        return len(self.persons)

    @property
    def truth(self) -> Float[np.ndarray, "P K 3"]:
        """x, y in image pixels, and visibility."""
        return np.stack([one.label.xyv for one in self.persons if one.label is not None])

    @property
    def area(self) -> Float[np.ndarray, "P"]:
        """Square pixels, as OKS divides by it."""
        return np.array([one.area for one in self.persons])

    @property
    def image(self) -> Int[np.ndarray, "P"]:
        """In which image each of them is."""
        return np.array([one.image.id for one in self.persons])

    def lens(self, person: int) -> LensCircle | None:
        """Which way is up in the person's image; None where images are upright as they are."""
        return None if self.plain else self.persons[person].image.lens

    def oks(self, xyc: Float[np.ndarray, "P K 3"], rows: Int[np.ndarray, "N"]) -> Float[np.ndarray, "N"]:
        """Of these persons' poses beside the truth."""
        errors = joint_errors(
            xyc[rows],
            self.truth[rows],
            area=self.area[rows],
            sigmas=self.skeleton.sigma_array,
            images=self.image[rows],
        )
        return np.asarray(1 - errors.person)


@dataclass(frozen=True, eq=False)
class Split:
    """Places of persons, in order; no group is in two of the three."""

    pool: Int[np.ndarray, "N"]
    held_out: Int[np.ndarray, "H"]
    validation: Int[np.ndarray, "V"]


def read_everybody(annotations: Path, images: Path, *, plain: bool, most: int = 0) -> Everybody:
    """Everybody of a COCO file with a placed keypoint, in its order. most: so many, by whole groups; 0 for all.

    Raises CocoError, and SimulationError where nobody has keypoints or an image is missing.
    """
    published = read_published(annotations, images, skeleton=None)
    known = [one for one in published.persons if one.label is not None and one.label.labelled.any()]
    if not known:
        raise SimulationError(
            f"{annotations} has no person with keypoints; wanted labels to play the annotator. Give a labelled set."
        )
    missing = sorted({str(one.image.path) for one in known if not one.image.path.is_file()})
    if missing:
        raise SimulationError(
            f"{len(missing)} images are missing, first {missing[0]}; wanted every image that has a person. "
            "Give the folder that the annotations' file names start from."
        )
    groups = _groups(read_json(annotations))
    names = [groups.get(one.image.id, one.image.id) for one in known]
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    group = np.array([number[name] for name in names])
    kept = np.sort(_whole_groups(group, np.random.default_rng(0), most)) if most else np.arange(len(known))
    return Everybody(published.skeleton, tuple(known[i] for i in kept), group[kept], plain)


def split(everybody: Everybody, *, seed: int, holdout: float, validation: int) -> Split:
    """Whole groups by chance: `holdout` of the people are held out, at least `validation` people are for validation."""
    rng, group = np.random.default_rng(seed), everybody.group
    held_out = _whole_groups(group, rng, round(holdout * len(everybody)))
    rest = np.setdiff1d(np.arange(len(everybody)), held_out)
    chosen = rest[_whole_groups(group[rest], rng, validation)]
    return Split(np.setdiff1d(rest, chosen), np.sort(held_out), np.sort(chosen))


def _whole_groups(group: Int[np.ndarray, "N"], rng: np.random.Generator, least: int) -> Int[np.ndarray, "M"]:
    """Places of persons of groups drawn until there are `least`; none for 0."""
    order = rng.permutation(np.unique(group))
    sizes = np.array([int((group == one).sum()) for one in order])
    count = int(np.searchsorted(np.cumsum(sizes), least)) + 1 if least > 0 else 0
    return np.flatnonzero(np.isin(group, order[:count]))


def _groups(data: Mapping[str, Any]) -> dict[Any, Any]:
    """By image id what its images have in common with others, where the file says it of all."""
    images = [one for one in data["images"] if isinstance(one, dict)]
    for key in GROUPED_BY:
        if images and all(one.get(key) is not None for one in images):
            return {one.get("id"): str(one[key]) for one in images}
    return {}
