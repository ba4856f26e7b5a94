"""People who stand, sit and turn, labelled exactly, and a network that sees them a little blurred."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sspcm.label_checks.people import LabelledPeople
from sspcm.skeletons.skeleton import BUILT_IN

COCO = BUILT_IN["coco-17"]
# Of somebody who faces us and stands, in parts of their height from the middle; y goes down.
STANDING = np.array([
    [0, -.44], [.02, -.46], [-.02, -.46], [.05, -.45], [-.05, -.45], [.12, -.32], [-.12, -.32],
    [.17, -.16], [-.17, -.16], [.2, 0], [-.2, 0], [.08, 0], [-.08, 0], [.09, .24], [-.09, .24], [.1, .46], [-.1, .46],
])  # fmt: skip


def people_who_stand(count: int, seed: int = 0, *, in_an_image: int = 2, off: float = 0.25) -> LabelledPeople:
    """off: how far a network named "net" is off, in steps of OKS; 0: there is none."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(80, 200, count)
    bend = rng.normal(size=(count, 17, 2)) * 0.012
    wide = rng.uniform(0.55, 1.1, (count, 1, 1)) * np.array([1.0, 0.0]) + np.array([0.0, 1.0])
    xy = (STANDING * wide + bend) * size[:, None, None]
    place = np.arange(count) % in_an_image
    centre = np.stack([200 + 150 * place + rng.uniform(-20, 20, count), rng.uniform(180, 220, count)], axis=-1)
    xy = xy + centre[:, None]
    half = np.stack([0.3 * size, 0.5 * size], axis=-1)
    people = LabelledPeople(
        skeleton=COCO,
        ids=np.arange(count) + 1,
        images=np.arange(count) // in_an_image + 1,
        xyv=np.concatenate([xy, np.full((count, 17, 1), 2.0)], axis=-1),
        boxes=np.concatenate([centre - half, 2 * half], axis=-1),
        up=np.zeros(count),
        area=0.53 * 4 * half[:, 0] * half[:, 1],
        frames=np.full((count, 2), 600.0),
        networks={},
    )
    if not off:
        return people
    seen = xy + rng.normal(size=xy.shape) * off * people.unit[..., None]
    return replace(people, networks={"net": np.concatenate([seen, rng.uniform(0.7, 0.95, (count, 17, 1))], axis=-1)})


@pytest.fixture
def standing() -> Callable[..., LabelledPeople]:
    return people_who_stand
