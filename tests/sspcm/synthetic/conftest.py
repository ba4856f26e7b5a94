"""One body model for all tests, and a bare place to draw in."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from sspcm.fisheye import LensCircle
from sspcm.synthetic.body import BodyModel, PosedBody, grounded
from sspcm.synthetic.building import Builder
from sspcm.synthetic.camera import FisheyeCamera
from sspcm.synthetic.drawing import body_model
from sspcm.synthetic.poses import Pose
from sspcm.synthetic.rooms import Room
from sspcm.synthetic.surfaces import Material, Surface, rectangle
from sspcm.synthetic.trace import Lighting

AVERAGE = {"gender": 0.5, "age": 0.7, "muscle": 0.5, "weight": 0.5, "height": 0.5, "proportions": 0.5}


@pytest.fixture(scope="session")
def model() -> BodyModel:
    """The bodies. The very first use on a machine builds them, which takes about 100 s."""
    threads = torch.get_num_threads()
    opened = body_model()
    torch.set_num_threads(threads)
    return opened


@pytest.fixture
def stand_up(model: BodyModel) -> Callable[..., PosedBody]:
    """An average person on the floor at the origin, facing -y: stand_up(Pose("stand"))."""

    def make(pose: Pose | None = None) -> PosedBody:
        return grounded(model.pose([AVERAGE], [pose or Pose("stand")])[0])

    return make


@pytest.fixture
def make_camera() -> Callable[..., FisheyeCamera]:
    """A camera 3 m over the origin, of 128 pixels: make_camera(tilt=10)."""

    def make(**changes: object) -> FisheyeCamera:
        told: dict[str, object] = {
            "width": 128,
            "height": 128,
            "circle": LensCircle(63.5, 63.5, 60.0),
            "projection": "equidistant",
            "field": 180.0,
            "position": (0.0, 0.0, 3.0),
        }
        return FisheyeCamera(**(told | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def floor() -> Surface:
    """Ten metres of white floor."""
    return rectangle(np.array([[-5, -5, 0], [5, -5, 0], [5, 5, 0], [-5, 5, 0.0]]), Material((0.7, 0.7, 0.7)))


@pytest.fixture
def daylight() -> Lighting:
    """Even light from everywhere."""
    return Lighting((), (0.8, 0.8, 0.8))


@pytest.fixture
def make_room(floor: Surface, daylight: Lighting) -> Callable[..., Room]:
    """A bare room: make_room(half_x=2, obstacles=[points])."""

    def make(half_x: float = 4.0, half_y: float = 4.0, obstacles: Sequence[np.ndarray] = ()) -> Room:
        return Room(half_x, half_y, [floor], daylight, (), obstacles, outdoors=False)

    return make


@pytest.fixture
def builder() -> Builder:
    """An empty room of 6 x 4 m, to put pieces into."""
    return Builder(np.random.default_rng(0), 3.0, 2.0, 2.8)
