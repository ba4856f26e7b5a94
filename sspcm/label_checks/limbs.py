"""How long limbs are beside the person's other limbs, as such limbs usually are in the project's labels."""

import numpy as np
from jaxtyping import Float, Int

from sspcm.label_checks.robust import folds, robust_scale
from sspcm.skeletons.skeleton import Skeleton

FEWEST_LIMBS = 3
"""Of fewer other limbs nobody can tell how large a person is."""


def limb_lengths(
    upright: Float[np.ndarray, "P K 2"], images: Int[np.ndarray, "P"], skeleton: Skeleton
) -> tuple[Float[np.ndarray, "P E"], Float[np.ndarray, "P E"]]:
    """Of each edge of the skeleton the logarithm of how much longer it is than usual, and how many robust standard
    deviations that is. Usual is what people of other images have, beside the size that the person's other limbs tell.

    NaN where the limb is not placed, or too few others are.
    """
    if not skeleton.edges:
        nothing = np.zeros((len(upright), 0))
        return nothing, nothing
    ends = np.array(skeleton.edges)
    length = np.linalg.norm(upright[:, ends[:, 0]] - upright[:, ends[:, 1]], axis=-1)
    logarithm = np.log(np.maximum(length, 1e-3))
    longer, spread = np.full(length.shape, np.nan), np.full(length.shape, np.nan)
    part = folds(images)
    for fold in np.unique(part):
        rows = part == fold
        others = part != fold if (part != fold).any() else rows
        middle, _ = robust_scale(logarithm[others])
        usual, deviation = robust_scale(_beside_others(logarithm[others] - middle))
        longer[rows] = _beside_others(logarithm[rows] - middle) - usual
        spread[rows] = deviation
    return longer, longer / np.maximum(spread, 0.1)


def _beside_others(values: Float[np.ndarray, "P E"]) -> Float[np.ndarray, "P E"]:
    """Each limb less the median of the person's others."""
    found = np.full(values.shape, np.nan)
    for limb in range(values.shape[1]):
        others = np.delete(values, limb, axis=1)
        known = np.isfinite(others).sum(1) >= FEWEST_LIMBS
        if known.any():
            found[known, limb] = values[known, limb] - np.nanmedian(others[known], axis=1)
    return found
