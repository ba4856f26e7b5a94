"""The lens circle found in drawn frames whose truth is known, and left unfound where no rim is to be seen."""

import time
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import UInt8

from sspcm.fisheye import LensCircle
from sspcm.lens_finding import find_lens


@dataclass(frozen=True)
class Scene:
    """A room under a fisheye; `frames` of it, with people who move."""

    width: int = 640
    height: int = 480
    off: tuple[float, float] = (0.0, 0.0)
    """Of the shorter side, from the frame's middle."""
    radius: float = 0.47
    """Of the shorter side."""
    surround: tuple[int, int, int] = (0, 0, 0)
    soft: float = 0.01
    """Of the radius: over how much the rim fades."""
    light: float = 1.0
    noise: float = 2.0
    writing: bool = False
    vignette: float = 0.3
    seed: int = 0

    @property
    def lens(self) -> LensCircle:
        side = min(self.width, self.height)
        x = (self.width - 1) / 2 + self.off[0] * side
        return LensCircle(x, (self.height - 1) / 2 + self.off[1] * side, self.radius * side)

    def frames(self, count: int = 4) -> list[UInt8[np.ndarray, "H W 3"]]:
        chance = np.random.default_rng(self.seed)
        room = self._room(chance)
        return [self._frame(room.copy(), chance) for _ in range(count)]

    def _room(self, chance: np.random.Generator) -> np.ndarray:
        room = np.full((self.height, self.width, 3), chance.integers(90, 170, 3), np.float32)
        for _ in range(40):
            corner = chance.integers(0, (self.width, self.height))
            other = corner + chance.integers(10, 160, 2)
            colour = tuple(float(v) for v in chance.integers(20, 230, 3))
            cv2.rectangle(room, [int(v) for v in corner], [int(v) for v in other], colour, -1)
        cv2.circle(room, (self.width // 2, self.height // 2), min(self.width, self.height) // 6, (210, 200, 190), -1)
        return room

    def _frame(self, room: np.ndarray, chance: np.random.Generator) -> UInt8[np.ndarray, "H W 3"]:
        for _ in range(3):
            at = [int(v) for v in chance.integers(0, (self.width, self.height))]
            cv2.circle(room, at, 18, [float(v) for v in chance.integers(0, 250, 3)], -1)
        rows, columns = np.indices(room.shape[:2])
        lens = self.lens
        distance = np.hypot(columns - lens.x, rows - lens.y) / lens.radius
        seen = np.clip((1 - distance) / self.soft + 0.5, 0, 1)[..., None]
        lit = room * (self.light * (1 - self.vignette * distance[..., None] ** 2))
        frame = seen * lit + (1 - seen) * np.array(self.surround, np.float32)
        frame = np.clip(frame + chance.normal(0, self.noise, frame.shape), 0, 255).astype(np.uint8)
        if self.writing:
            cv2.putText(frame, "2031-05-01 12:00:07", (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
            cv2.rectangle(
                frame, (self.width - 70, self.height - 50), (self.width - 12, self.height - 12), (40, 90, 220)
            )
        return frame


def assert_found(scene: Scene, *, within: float = 0.006) -> None:
    """The circle lies where it was drawn, within a share of its radius."""
    found, truth = find_lens(scene.frames()), scene.lens
    assert found is not None
    off = np.hypot(found.lens.x - truth.x, found.lens.y - truth.y)
    assert off / truth.radius < within
    assert abs(found.lens.radius / truth.radius - 1) < within


@pytest.mark.parametrize(
    "scene",
    [
        Scene(),
        Scene(width=640, height=640, radius=0.5),
        Scene(width=1280, height=720, radius=0.75),
        Scene(width=640, height=640, radius=0.6),
        Scene(radius=0.42, off=(0.1, -0.07)),
        Scene(width=960, height=540, radius=0.55, off=(-0.08, 0.05)),
        Scene(surround=(120, 120, 122), writing=True),
        Scene(surround=(238, 238, 238)),
        Scene(writing=True, noise=5.0),
        Scene(soft=0.06, vignette=0.7),
        Scene(light=0.25, noise=3.0),
    ],
    ids=["plain", "touching", "cut", "corners", "off", "wide", "grey", "bright", "writing", "soft", "dark"],
)
def test_a_drawn_circle_is_found_where_it_is(scene: Scene) -> None:
    assert_found(scene, within=0.015 if scene.soft > 0.05 else 0.006)


@settings(max_examples=25)
@given(
    off=st.tuples(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1)),
    radius=st.floats(0.42, 0.58),
    seed=st.integers(0, 10_000),
    surround=st.sampled_from([(0, 0, 0), (16, 14, 12), (128, 128, 128)]),
)
def test_wherever_a_lens_puts_it(off: tuple[float, float], radius: float, seed: int, surround: tuple[int, ...]) -> None:
    scene = Scene(off=off, radius=radius, seed=seed, surround=surround)
    assert_found(scene, within=0.01)


def test_the_result_says_how_much_of_the_rim_it_saw() -> None:
    whole, cut = find_lens(Scene(radius=0.45).frames()), find_lens(Scene(width=800, radius=0.65).frames())
    assert whole is not None and cut is not None
    assert whole.arc_degrees > 300 > cut.arc_degrees > 60
    assert min(whole.inlier_share, cut.inlier_share) > 0.9


def test_a_room_half_in_the_dark_is_found_from_several_frames() -> None:
    frames = Scene().frames(6)
    for place, frame in enumerate(frames):
        start = 640 * place // 6
        dark = np.ones(640, bool)
        dark[start : start + 200] = False
        frame[:, dark] = 0
    found = find_lens(frames)
    assert found is not None
    assert np.hypot(found.lens.x - Scene().lens.x, found.lens.y - Scene().lens.y) < 2


def test_the_same_frames_give_the_same_circle() -> None:
    assert find_lens(Scene(seed=3).frames()) == find_lens(Scene(seed=3).frames())


def test_a_picture_inside_the_circle_shows_no_rim() -> None:
    assert find_lens([frame[120:360, 200:440] for frame in Scene().frames()]) is None


def test_a_picture_without_a_fisheye_shows_none() -> None:
    assert find_lens(Scene(radius=5.0, vignette=0.0).frames()) is None


def test_a_vignette_is_no_rim() -> None:
    assert find_lens(Scene(width=640, height=640, radius=0.7, soft=0.8, vignette=0.0).frames()) is None


def test_black_bars_are_no_rim() -> None:
    frames = Scene(radius=5.0, vignette=0.0).frames()
    for frame in frames:
        frame[:, :90] = frame[:, -90:] = 0
    assert find_lens(frames) is None


def test_black_frames_show_nothing() -> None:
    assert find_lens([np.zeros((480, 640, 3), np.uint8)] * 3) is None


@pytest.mark.slow
def test_a_camera_of_2048_pixels_takes_under_two_seconds() -> None:
    frames = Scene(width=2048, height=2048).frames(12)
    began = time.perf_counter()
    assert find_lens(frames) is not None
    assert time.perf_counter() - began < 2


def test_no_lens_is_looked_for_in_a_strip() -> None:
    strip = np.random.default_rng(0).integers(0, 255, (2, 30_000, 3), dtype=np.uint8)
    assert find_lens([strip]) is None
