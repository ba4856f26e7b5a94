"""Everybody of the demo's drawn scenes, read once, and networks' words about them made up by chance."""

from pathlib import Path

import numpy as np

from sspcm.simulation.acquisition import Source
from sspcm.simulation.people import Everybody, read_everybody

DEMO = Path(__file__).parents[3] / "static" / "demo"
SEED, IMAGES = DEMO / "seed.json", DEMO / "images"


def drawn_people() -> Everybody:
    """53 people in 11 images."""
    return read_everybody(SEED, IMAGES, plain=False)


def said(everybody: Everybody, *, off: float, seed: int = 0, name: str = "model") -> Source:
    """The truth, off by so many deviations; the farther, the less sure and the less the answers agree."""
    rng = np.random.default_rng(seed)
    spread = 0.1 * np.sqrt(everybody.area)[:, None]
    away = off * rng.gamma(1.0, 1.0, everybody.truth.shape[:2])
    turn = rng.uniform(0, 2 * np.pi, away.shape)
    xy = everybody.truth[..., :2] + (spread * away)[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    doubt = np.clip(1 - np.exp(-away) + rng.normal(0, 0.1, away.shape), 0, 0.99)
    return Source(name, np.concatenate([xy, (1 - doubt)[..., None]], axis=-1), doubt)
