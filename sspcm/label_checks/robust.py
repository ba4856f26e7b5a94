"""Middle and spread that a few wrong labels do not move."""

import numpy as np
from jaxtyping import Float, Int

NORMAL = 1.4826
"""A normal distribution's standard deviation, in its median absolute deviations."""
FOLDS = 3


def robust_z(
    values: Float[np.ndarray, "N *rest"], *, prior: tuple[float, float] = (0.0, 1.0), weight: float = 5.0
) -> Float[np.ndarray, "N *rest"]:
    """How many robust standard deviations each value lies above the median of its column; NaN stays NaN.

    prior: the middle and spread expected where there are few, which count as `weight` values.
    """
    middle, spread = robust_scale(values, prior=prior, weight=weight)
    return np.asarray((values - middle) / spread)


def robust_scale(
    values: Float[np.ndarray, "N *rest"], *, prior: tuple[float, float] = (0.0, 1.0), weight: float = 5.0
) -> tuple[Float[np.ndarray, "*rest"], Float[np.ndarray, "*rest"]]:
    """The median of each column, and the standard deviation that its median absolute deviation stands for."""
    count = np.isfinite(values).sum(0)
    empty = count == 0
    some = np.where(empty, 0.0, values)
    middle = np.nanmedian(some, axis=0)
    spread = NORMAL * np.nanmedian(np.abs(some - middle), axis=0)
    share = count / (count + weight)
    spread = np.sqrt(share * spread**2 + (1 - share) * prior[1] ** 2)
    return share * middle + (1 - share) * prior[0], np.maximum(spread, 1e-3)


def folds(images: Int[np.ndarray, "P"]) -> Int[np.ndarray, "P"]:
    """Which of FOLDS parts each person is in; people of one image stay together."""
    return np.asarray(np.unique(images, return_inverse=True)[1] % FOLDS)
