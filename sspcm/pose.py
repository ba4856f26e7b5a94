"""One person in one image: the box around them, where a human put their keypoints, where a network did."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

ABSENT, HIDDEN, VISIBLE = 0, 1, 2
PART_OF_BOX = 0.53
"""OKS's area where nobody annotated one, as a part of the box (method.md sections 9 and 12)."""
"""Visibility of a labelled keypoint, as COCO counts it."""

IMPORTED = "import"
"""The author of a label that came with a file; no annotator may have this name."""


class PoseError(ValueError):
    """Keypoints or a box that cannot be."""


@dataclass(frozen=True)
class Box:
    """A rectangle around a person, in image pixels, independent of the keypoints.

    x, y is the corner with the smallest coordinates before the turn; `angle` turns the rectangle about its centre,
    in degrees clockwise as seen on the screen. COCO's [x, y, width, height] is a Box of angle 0, number for number.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x, self.y, self.width, self.height, self.angle))):
            raise PoseError(f"a box needs finite numbers; found {self}.")
        if self.width <= 0 or self.height <= 0:
            raise PoseError(f"a box needs a positive width and height; found {self.width} x {self.height} px.")

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, in image pixels."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    @property
    def enclosing(self) -> "Box":
        """The smallest box of angle 0 around it; itself where it is not turned."""
        if self.angle == 0:
            return self
        cos, sin = abs(math.cos(math.radians(self.angle))), abs(math.sin(math.radians(self.angle)))
        width, height = self.width * cos + self.height * sin, self.width * sin + self.height * cos
        x, y = self.centre
        return Box(x - width / 2, y - height / 2, width, height)


@dataclass(frozen=True, eq=False)
class Label:
    """Where a human placed the keypoints of one person.

    xyv: image pixels and visibility (0 absent, 1 hidden, 2 visible); the x, y of an absent keypoint carry no meaning
    but are kept as given, so that import then export changes no number.
    author: a user's name, or "import". revision counts from 1 per person.
    touched: which keypoints a human moved or confirmed. started_from: the prediction's id in the store, if any.
    """

    xyv: Float[np.ndarray, "K 3"]
    author: str = IMPORTED
    revision: int = 1
    touched: Bool[np.ndarray, "K"] | None = None
    started_from: int | None = None

    def __post_init__(self) -> None:
        xyv = np.array(self.xyv, dtype=np.float64)
        if xyv.ndim != 2 or xyv.shape[1] != 3:
            raise PoseError(f"a label needs K rows of x, y, visibility; found an array of shape {xyv.shape}.")
        if not np.isfinite(xyv).all():
            raise PoseError(
                "a label needs finite numbers; found NaN or infinity. Use visibility 0 for an absent point."
            )
        visibility = xyv[:, 2]
        if not ((visibility == ABSENT) | (visibility == HIDDEN) | (visibility == VISIBLE)).all():
            raise PoseError(f"visibility is 0, 1 or 2; found {sorted(set(visibility.tolist()))}.")
        touched = np.ones(len(xyv), bool) if self.touched is None else np.array(self.touched, dtype=bool)
        if touched.shape != (len(xyv),):
            raise PoseError(f"touched needs {len(xyv)} flags, one a keypoint; found shape {touched.shape}.")
        xyv.flags.writeable = touched.flags.writeable = False
        object.__setattr__(self, "xyv", xyv)
        object.__setattr__(self, "touched", touched)

    @property
    def xy(self) -> Float[np.ndarray, "K 2"]:
        """Positions in image pixels, NaN where the keypoint is absent."""
        return np.where(self.labelled[:, None], self.xyv[:, :2], np.nan)

    @property
    def visibility(self) -> Int[np.ndarray, "K"]:
        """0 absent, 1 hidden, 2 visible."""
        return self.xyv[:, 2].astype(np.int64)

    @property
    def labelled(self) -> Bool[np.ndarray, "K"]:
        """Which keypoints have a place: hidden ones do, absent ones do not."""
        return np.asarray(self.xyv[:, 2] > ABSENT)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Where a network put the keypoints of one person.

    xyc: image pixels and confidence in [0, 1]. network: "A", "B" (teachers), "A_prev", "B_prev" (the teachers one
    epoch ago), "C" (student), or the name of an imported model.
    """

    xyc: Float[np.ndarray, "K 3"]
    network: str

    def __post_init__(self) -> None:
        xyc = np.array(self.xyc, dtype=np.float64)
        if xyc.ndim != 2 or xyc.shape[1] != 3 or not np.isfinite(xyc).all():
            raise PoseError(
                f"a prediction needs K finite rows of x, y, confidence; found shape {xyc.shape}"
                f"{'' if np.isfinite(xyc).all() else ' with NaN or infinity'}."
            )
        if (xyc[:, 2] < 0).any() or (xyc[:, 2] > 1).any():
            raise PoseError(f"confidence lies in [0, 1]; found {xyc[:, 2].min():.3g} to {xyc[:, 2].max():.3g}.")
        xyc.flags.writeable = False
        object.__setattr__(self, "xyc", xyc)

    @property
    def xy(self) -> Float[np.ndarray, "K 2"]:
        """Positions in image pixels."""
        return np.asarray(self.xyc[:, :2])

    @property
    def confidence(self) -> Float[np.ndarray, "K"]:
        """The network's own confidence, in [0, 1]."""
        return np.asarray(self.xyc[:, 2])


@dataclass(frozen=True)
class PersonInstance:
    """One person in one image: the unit of training. `label` is None while nobody has labelled them."""

    box: Box
    label: Label | None = None
    area: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def oks_area(self) -> float:
        """The area OKS divides by: the annotated one, else PART_OF_BOX."""
        return self.area if self.area else PART_OF_BOX * self.box.area
