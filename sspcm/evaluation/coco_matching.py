"""pycocotools' measure for keypoints, over whole arrays: OKS, the greedy match, precision by recall.

The same figures as COCOeval's, whose rules are followed to the order of equals; images with as many predictions and as
many labels are matched together. docs/adr/0056 says why no library does it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0.0, 1.0, 101)
MOST_PERSONS = 20
"""Of one image's predictions only so many, the best, count: pycocotools' limit for keypoints."""
AREAS = {"all": (0.0, 1e10), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
_NUMBERS_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Truths:
    """G labels. area: square pixels. ignored: neither right nor wrong to find; crowds are, and may be found often.

    box: x, y, width, height.
    """

    image: Int[np.ndarray, "G"]
    xyv: Float[np.ndarray, "G K 3"]
    area: Float[np.ndarray, "G"]
    box: Float[np.ndarray, "G 4"]
    ignored: Bool[np.ndarray, "G"]
    crowd: Bool[np.ndarray, "G"]

    def of(self, order: Int[np.ndarray, "G"]) -> "Truths":
        """The same in another order."""
        return Truths(*(values[order] for values in vars(self).values()))


@dataclass(frozen=True, eq=False)
class Found:
    """D predictions."""

    image: Int[np.ndarray, "D"]
    xy: Float[np.ndarray, "D K 2"]
    score: Float[np.ndarray, "D"]

    def of(self, order: Int[np.ndarray, "N"]) -> "Found":
        """Some of them, in that order."""
        return Found(self.image[order], self.xy[order], self.score[order])

    @property
    def area(self) -> Float[np.ndarray, "D"]:
        """Of the box around the keypoints, by which predictions of other sizes are left out."""
        return np.asarray(np.prod(self.xy.max(1) - self.xy.min(1), axis=-1))


@dataclass(frozen=True, eq=False)
class Curve:
    """What predictions of one range of areas are worth. precision: by threshold and recall; recall: by threshold.

    None where no label of that size counts.
    """

    precision: Float[np.ndarray, "T R"]
    recall: Float[np.ndarray, "T"]


def oks_of(
    xy: Float[np.ndarray, "*N K 2"],
    truth: Float[np.ndarray, "*N K 3"],
    area: Float[np.ndarray, "*N"],
    sigmas: Float[np.ndarray, "K"],
) -> Float[np.ndarray, "*N"]:
    """Object keypoint similarity in [0, 1] over the keypoints that the label places; NaN where it places none."""
    placed = truth[..., 2] > 0
    count = placed.sum(-1)
    squared = ((xy - truth[..., :2]) ** 2).sum(-1)
    similar = np.exp(-squared / (2 * sigmas) ** 2 / (area[..., None] + np.spacing(1)) / 2)
    return np.asarray(np.where(count > 0, np.where(placed, similar, 0.0).sum(-1), np.nan) / np.maximum(count, 1))


def curves(
    truths: Truths, found: Found, sigmas: Float[np.ndarray, "K"], areas: dict[str, tuple[float, float]] = AREAS
) -> dict[str, Curve | None]:
    """Precision and recall in each range of areas."""
    truths = truths.of(np.argsort(truths.image, kind="stable"))
    # Within an image by score, equals as they came; images by number, since equals of two images keep that order.
    found = found.of(np.lexsort((-found.score, found.image)))
    begins, counts = _runs(found.image)
    found = found.of(np.flatnonzero(np.arange(len(found.image)) - np.repeat(begins, counts) < MOST_PERSONS))
    size = found.area
    matches = {name: _Matches(len(found.image), (size < low) | (size > high)) for name, (low, high) in areas.items()}
    for truth_rows, found_rows in _alike(truths.image, found.image):
        of = truths.of(truth_rows)
        table = _oks_table(found.xy[found_rows], of, sigmas)
        for name, (low, high) in areas.items():
            ignored = of.ignored | (of.area < low) | (of.area > high)
            matches[name].note(found_rows, *_match(table, ignored, of.crowd))
    best_first = np.argsort(-found.score, kind="stable")
    told = {}
    for name, (low, high) in areas.items():
        counted = ~truths.ignored & (truths.area >= low) & (truths.area <= high)
        told[name] = matches[name].curve(best_first, int(counted.sum()))
    return told


class _Matches:
    """By threshold and prediction: whether it found a label, and whether it counts neither way."""

    def __init__(self, count: int, other_size: Bool[np.ndarray, "D"]) -> None:
        self._hit = np.zeros((len(THRESHOLDS), count), dtype=bool)
        self._void = np.tile(other_size, (len(THRESHOLDS), 1))

    def note(
        self, rows: Int[np.ndarray, "B D"], hit: Bool[np.ndarray, "T B D"], void: Bool[np.ndarray, "T B D"]
    ) -> None:
        """Of a prediction that found nothing, its own size says whether it counts."""
        self._hit[:, rows] = hit
        self._void[:, rows] = np.where(hit, void, self._void[:, rows])

    def curve(self, order: Int[np.ndarray, "D"], total: int) -> Curve | None:
        """Interpolated precision at 101 recalls, and the recall reached."""
        if not total:
            return None
        hit, void = self._hit[:, order], self._void[:, order]
        true = np.cumsum(hit & ~void, axis=1, dtype=np.float64)
        false = np.cumsum(~hit & ~void, axis=1, dtype=np.float64)
        recall = true / total
        precision = true / (false + true + np.spacing(1))
        envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        sampled = np.zeros((len(THRESHOLDS), len(RECALLS)))
        for row, reached, best in zip(sampled, recall, envelope, strict=True):
            places = np.searchsorted(reached, RECALLS, side="left")
            row[places < len(best)] = best[places[places < len(best)]]
        return Curve(sampled, recall[:, -1] if recall.shape[1] else np.zeros(len(THRESHOLDS)))


def _runs(images: Int[np.ndarray, "N"]) -> tuple[Int[np.ndarray, "I"], Int[np.ndarray, "I"]]:
    """Of sorted numbers: where each one begins, and how often it is there."""
    _, begins, counts = np.unique(images, return_index=True, return_counts=True)
    return begins, counts


def _alike(
    truth_images: Int[np.ndarray, "G"], found_images: Int[np.ndarray, "D"]
) -> Iterator[tuple[Int[np.ndarray, "B G1"], Int[np.ndarray, "B D1"]]]:
    """The rows of images with as many labels and as many predictions each, together; both are sorted by image."""
    images = np.intersect1d(truth_images, found_images)
    sides = truth_images, found_images
    begins = [np.searchsorted(side, images) for side in sides]
    counts = np.stack([np.searchsorted(side, images, "right") for side in sides], axis=1) - np.stack(begins, axis=1)
    for truths, founds in np.unique(counts, axis=0):
        those = np.flatnonzero((counts == (truths, founds)).all(1))
        step = max(1, _NUMBERS_AT_ONCE // (int(truths) * int(founds) * 17))
        for start in range(0, len(those), step):
            some = those[start : start + step]
            yield begins[0][some, None] + np.arange(truths), begins[1][some, None] + np.arange(founds)


def _oks_table(
    xy: Float[np.ndarray, "B D K 2"], truths: Truths, sigmas: Float[np.ndarray, "K"]
) -> Float[np.ndarray, "B D G"]:
    """Of each image's predictions with its labels; with a label without a keypoint by how far outside its region."""
    xyv, area = truths.xyv[:, None], truths.area[:, None] + np.zeros((1, xy.shape[1], 1))
    table = oks_of(xy[:, :, None], np.broadcast_to(xyv, (*xy.shape[:2], *xyv.shape[2:])), area, sigmas)
    bare = np.asarray(~(truths.xyv[..., 2] > 0).any(-1))
    if bare.any():
        corner, size = truths.box[:, None, :, None, :2], truths.box[:, None, :, None, 2:]
        outside = np.maximum(0, corner - size - xy[:, :, None]) + np.maximum(0, xy[:, :, None] - corner - 2 * size)
        squared = (outside**2).sum(-1)
        near = np.exp(-squared / (2 * sigmas) ** 2 / (area[..., None] + np.spacing(1)) / 2).mean(-1)
        table = np.where(bare[:, None], near, table)
    return table


def _match(
    table: Float[np.ndarray, "B D G"], ignored: Bool[np.ndarray, "B G"], crowd: Bool[np.ndarray, "B G"]
) -> tuple[Bool[np.ndarray, "T B D"], Bool[np.ndarray, "T B D"]]:
    """The best predictions first, each takes the best label that is free; one that counts before one that does not.

    By threshold: whether a prediction found a label, and whether that one counts neither way.
    """
    images, founds, _ = table.shape
    least = np.minimum(THRESHOLDS, 1 - 1e-10)[:, None, None]
    free = np.ones((len(THRESHOLDS), *ignored.shape), dtype=bool)
    hit = np.zeros((len(THRESHOLDS), images, founds), dtype=bool)
    void = np.zeros_like(hit)
    for place in range(founds):
        similar = table[:, place]
        can = (similar >= least) & (free | crowd)
        good, any_good = _last_of_best(similar, can & ~ignored)
        other, any_other = _last_of_best(similar, can & ignored)
        hit[..., place], void[..., place] = any_good | any_other, ~any_good & any_other
        chosen = np.where(any_good, good, other)[..., None]
        taken = np.take_along_axis(free, chosen, axis=-1) & ~hit[..., place, None]
        np.put_along_axis(free, chosen, taken, axis=-1)
    return hit, void


def _last_of_best(
    similar: Float[np.ndarray, "B G"], can: Bool[np.ndarray, "T B G"]
) -> tuple[Int[np.ndarray, "T B"], Bool[np.ndarray, "T B"]]:
    """Which of those that can be taken, the last of equals; and whether there is one."""
    values = np.where(can, similar, -1.0)[..., ::-1]
    return can.shape[-1] - 1 - values.argmax(-1), np.asarray(can.any(-1))
