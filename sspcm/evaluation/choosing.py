"""Which of two networks places people better: mean OKS against labels that neither learned from, in pairs.

The people of one image are alike, so an interval counts images and not people: the variance of a mean is that of its
images' sums (cluster-robust), and the quantile is Student's for as many images as there are. A network that is in use
stays until another is surely higher; the same test takes it back.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from jaxtyping import Float, Int

FEWEST_PERSONS = 20
"""With fewer, nothing is sure: a large difference shows at 20, and a small one does no harm meanwhile."""
FEWEST_IMAGES = 5
"""The interval counts images; of fewer than these it would be a guess."""

NOT_WORTH_KEEPING_BACK = 0.005
"""A student that is surely worse by no more than this is published: its ranking is new, and starts hardly differ."""
WORSE_ON_VALIDATION = 0.02
"""A student whose mean on validation people is lower by more than this is kept, also where that is not sure."""


@dataclass(frozen=True)
class Mean:
    """A mean over persons with its 95 % interval: from `low` to `high`, NaN where too few images tell it."""

    mean: float
    low: float
    high: float
    persons: int


@dataclass(frozen=True)
class Difference:
    """How much higher one network's mean is than another's on the same persons.

    low, high: the lower and the upper one-sided 95 % end; NaN where too few images tell them.
    """

    mean: float
    low: float
    high: float
    persons: int
    images: int

    @property
    def is_measured(self) -> bool:
        """Whether there are enough persons and images for a word."""
        return self.persons >= FEWEST_PERSONS and self.images >= FEWEST_IMAGES

    @property
    def is_surely_higher(self) -> bool:
        """Whether the first may take the second's place."""
        return self.is_measured and self.low > 0

    @property
    def is_surely_lower(self) -> bool:
        """Whether the second is surely the better one."""
        return self.is_measured and self.high < 0


def mean_oks(oks: Float[np.ndarray, "P"], image: Int[np.ndarray, "P"]) -> Mean:
    """Of P persons; `image`: in which image each of them is. NaN without any."""
    mean, error, images = _clustered(oks, image)
    reach = _t_quantile(0.975, images - 1) * error
    return Mean(mean, mean - reach, mean + reach, len(oks))


def spread_of_one(oks: Float[np.ndarray, "P"], image: Int[np.ndarray, "P"]) -> float:
    """The standard deviation that one person stands for: neighbours in one image counted as what they tell.

    NaN of fewer than two images.
    """
    return _clustered(oks, image)[1] * math.sqrt(len(oks))


def mean_difference(first: Float[np.ndarray, "P"], second: Float[np.ndarray, "P"], image: Int[np.ndarray, "P"]) -> Mean:
    """By how much the first is higher on the same P persons, with the two-sided interval: to be told, not to decide."""
    return mean_oks(first - second, image)


def compare(first: Float[np.ndarray, "P"], second: Float[np.ndarray, "P"], image: Int[np.ndarray, "P"]) -> Difference:
    """The first network's OKS less the second's, on the same P persons."""
    mean, error, images = _clustered(first - second, image)
    reach = _t_quantile(0.95, images - 1) * error
    return Difference(mean, mean - reach, mean + reach, len(first), images)


def is_worse(in_use: Difference, *, validation: Difference) -> bool:
    """Whether a round's student is kept back: what is in use is surely better, or on validation people much better.

    Both differences are that of what is in use less the student.
    """
    surely = in_use.is_surely_higher and in_use.mean > NOT_WORTH_KEEPING_BACK
    return surely or (validation.is_measured and validation.mean > WORSE_ON_VALIDATION)


def _clustered(values: Float[np.ndarray, "P"], image: Int[np.ndarray, "P"]) -> tuple[float, float, int]:
    """The mean, its standard error over images, and how many images there are. NaN where nothing can be said."""
    if not len(values):
        return math.nan, math.nan, 0
    mean = float(values.mean())
    _, place = np.unique(image, return_inverse=True)
    sums = np.bincount(place, weights=values - mean)
    if len(sums) < 2:
        return mean, math.nan, len(sums)
    return mean, math.sqrt(len(sums) / (len(sums) - 1) * float((sums**2).sum())) / len(values), len(sums)


def _t_quantile(share: float, freedom: int) -> float:
    """Student's t by the Cornish-Fisher expansion: the tables' to .001 from 4 degrees of freedom on, NaN below."""
    if freedom < FEWEST_IMAGES - 1:
        return math.nan
    z, n = NormalDist().inv_cdf(share), freedom
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4)
    )
