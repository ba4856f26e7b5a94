"""Random colours and materials for rooms and what stands in them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from sspcm.synthetic.surfaces import Colour, Material, Pattern


def grey(rng: np.random.Generator, low: float, high: float, tint: float = 0.04) -> Colour:
    """A random grey between these levels, hardly coloured."""
    level = float(rng.uniform(low, high))
    made = np.clip(level * (1 + rng.normal(0, tint, 3)), 0.01, 0.92)
    return float(made[0]), float(made[1]), float(made[2])


def as_colour(values: Sequence[float] | Float[np.ndarray, " 3"]) -> Colour:
    """Three numbers as red, green and blue."""
    red, green, blue = (float(v) for v in values)
    return red, green, blue


def floor(rng: np.random.Generator, *, polished: bool) -> Material:
    """Tiles, planks, carpet or concrete."""
    gloss = float(rng.uniform(0.05, 0.16)) if polished or rng.random() < 0.35 else 0.0
    kind = rng.choice(("tiles", "planks", "carpet", "concrete"), p=[0.34, 0.2, 0.28, 0.18])
    if kind == "tiles":
        return Material(grey(rng, 0.14, 0.5), grey(rng, 0.05, 0.25), Pattern.TILES, float(rng.uniform(0.3, 1.1)), gloss)
    if kind == "planks":
        brown = np.array([0.34, 0.2, 0.1]) * rng.uniform(0.4, 1.3)
        return Material(as_colour(brown), as_colour(brown * 0.7), Pattern.PLANKS, float(rng.uniform(0.25, 0.5)), gloss)
    if kind == "carpet":
        base = grey(rng, 0.035, 0.26, 0.14)
        return Material(base, as_colour(np.asarray(base) * 0.5), Pattern.CARPET, float(rng.uniform(0.3, 1.5)))
    base = grey(rng, 0.2, 0.5)
    return Material(base, as_colour(np.asarray(base) * 0.72), Pattern.SPECKLE, float(rng.uniform(0.1, 0.5)), gloss)


def wood(rng: np.random.Generator) -> Material:
    """Planks, or boards painted over."""
    brown = np.array([0.40, 0.24, 0.11]) * rng.uniform(0.35, 1.35)
    if rng.random() < 0.35:
        return Material(grey(rng, 0.1, 0.75), gloss=float(rng.uniform(0, 0.05)))
    return Material(as_colour(brown), as_colour(brown * 0.75), Pattern.PLANKS, 0.5, float(rng.uniform(0, 0.06)))


def chair_looks(rng: np.random.Generator) -> tuple[Material, Material]:
    """Upholstery and frame."""
    cover = as_colour(rng.uniform(0.02, 0.5, 3) if rng.random() < 0.4 else np.full(3, rng.uniform(0.02, 0.3)))
    return Material(cover, as_colour(np.asarray(cover) * 0.6), Pattern.CARPET, 0.3), Material(grey(rng, 0.02, 0.4))
