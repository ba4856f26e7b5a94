"""From linear light to the file a camera writes."""

import cv2
import numpy as np
import pytest

from sspcm.fisheye import LensCircle
from sspcm.synthetic.sensor import Sensor, develop, draw_sensor, encode

CIRCLE = LensCircle(63.5, 63.5, 60)
CLEAN = Sensor(noise=0, veil=0)


@pytest.fixture
def light():
    """Coloured patches inside the lens circle, nothing outside it."""
    rng = np.random.default_rng(0)
    patches = cv2.resize(
        rng.uniform(0.05, 0.9, (8, 8, 3)).astype(np.float32), (128, 128), interpolation=cv2.INTER_NEAREST
    )
    ys, xs = np.mgrid[:128, :128]
    return patches * (np.hypot(xs - 63.5, ys - 63.5) <= 60)[..., None]


def shown(light, sensor, seed=0):
    return develop(light, CIRCLE, sensor, np.random.default_rng(seed))


def test_grey_is_grey(light):
    frame = shown(light, Sensor(grey=True, cast=(1.2, 1, 0.8), noise=0.02))
    assert (frame == frame[..., :1]).all()
    assert np.ptp(shown(light, CLEAN).astype(int), axis=2).max() > 30


def test_outside_the_circle_it_is_black_but_for_the_veil(light):
    corner = shown(light, CLEAN)[:8, :8]
    assert corner.max() == 0
    assert shown(light, Sensor(noise=0, veil=0.1))[:8, :8].mean() == pytest.approx(25.5, abs=1)


def test_the_rim_is_darker_than_the_middle(light):
    even = np.where(light > 0, 0.4, 0.0).astype(np.float32)
    middle, rim = (shown(even, Sensor(noise=0, vignette=0.6, sharpen=0))[64, x, 0] for x in (64, 118))
    assert rim < 0.75 * middle


def test_ten_times_the_light_looks_the_same(light):
    """Auto exposure."""
    assert np.abs(shown(light, CLEAN).astype(int) - shown(light * 10, CLEAN)).max() <= 1


def test_no_sensor_moves_the_picture(light):
    """Else every keypoint would be off: a mirrored scene gives the mirrored frame."""
    assert np.abs(shown(light[:, ::-1], CLEAN)[:, ::-1].astype(int) - shown(light, CLEAN)).max() <= 1
    assert np.abs(shown(light[::-1], CLEAN)[::-1].astype(int) - shown(light, CLEAN)).max() <= 1


def test_a_stamp_writes_into_its_corner_alone(light):
    plain, stamped = shown(light, CLEAN), shown(light, Sensor(noise=0, veil=0, stamp="2026-03-14 15:09"))
    changed = np.argwhere((plain != stamped).any(2))
    assert len(changed)
    assert changed[:, 0].max() < 20 and changed[:, 1].max() < 64


def test_a_better_file_is_a_larger_file(light):
    frame = shown(light, Sensor(noise=0.02))
    sizes = [len(encode(frame, Sensor(quality=quality))) for quality in (30, 60, 90)]
    assert sizes == sorted(sizes) and sizes[0] < 0.7 * sizes[2]


def test_a_jpeg_of_full_quality_is_the_frame(light):
    frame = shown(cv2.GaussianBlur(light, (0, 0), 5), CLEAN)
    read = cv2.imdecode(np.frombuffer(encode(frame, Sensor(quality=100)), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.abs(read.astype(int) - frame).mean() < 2


def test_drawn_sensors_can_be_built_and_differ():
    rng = np.random.default_rng(0)
    sensors = [draw_sensor(rng, grey=False) for _ in range(40)]
    assert len(set(sensors)) == 40
    assert all(1 <= sensor.quality <= 100 and sensor.blur > 0 for sensor in sensors)
    assert {bool(sensor.stamp) for sensor in sensors} == {True, False}


def test_a_dark_room_is_no_error():
    assert shown(np.zeros((128, 128, 3), np.float32), CLEAN).max() == 0
