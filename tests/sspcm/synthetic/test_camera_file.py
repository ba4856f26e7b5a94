"""A camera of one's own from a TOML file."""

from dataclasses import fields

import numpy as np
import pytest

from sspcm.synthetic.camera_file import CameraFile, CameraFileError, read_camera_file
from sspcm.synthetic.scenes import draw_setting

EVERYTHING = """
width = 200
height = 150
projection = "equisolid"
field = 175.5
circle = [100, 74, 73.5]
height_m = 2.8
heading = 20
tilt = 3
tilt_towards = 90
grey = true
infrared = false
vignette = 0.4
blur = 0.7
noise = 0.01
quality = 77
"""


@pytest.fixture
def write(tmp_path):
    def to(text):
        (tmp_path / "mine.toml").write_text(text)
        return tmp_path / "mine.toml"

    return to


@pytest.mark.parametrize("seed", range(3))
def test_every_key_is_kept_whatever_the_seed(write, seed):
    given = read_camera_file(write(EVERYTHING))
    assert set(given.as_json()) == {f.name for f in fields(CameraFile)}
    setting = draw_setting(np.random.default_rng(seed), size=640, given=given)
    camera, sensor = setting.camera, setting.sensor
    assert (camera.width, camera.height, camera.projection, camera.field) == (200, 150, "equisolid", 175.5)
    assert (camera.circle.x, camera.circle.y, camera.circle.radius) == (100, 74, 73.5)
    assert (camera.position[2], camera.heading, camera.tilt, camera.tilt_towards) == (2.8, 20, 3, 90)
    assert (sensor.grey, setting.infrared) == (True, False)
    assert (sensor.vignette, sensor.blur, sensor.noise, sensor.quality) == (0.4, 0.7, 0.01, 77)


def test_zero_is_a_value_and_not_a_missing_one(write):
    given = read_camera_file(write("tilt = 0\nheading = 0\nvignette = 0\nnoise = 0\n"))
    setting = draw_setting(np.random.default_rng(1), size=128, given=given)
    assert (setting.camera.tilt, setting.camera.heading) == (0, 0)
    assert (setting.sensor.vignette, setting.sensor.noise) == (0, 0)


@pytest.mark.parametrize("seed", range(12))
def test_a_field_too_wide_for_some_projections_is_drawn_with_another(write, seed):
    given = read_camera_file(write("field = 215"))
    camera = draw_setting(np.random.default_rng(seed), size=128, given=given).camera
    assert camera.field == 215 and camera.projection != "stereographic"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fild = 170", "unknown key 'fild'. Did you mean 'field'?"),
        ("qqq = 1", "Known are width, height"),
        ("field = 400", "field = 400; wanted a number from 60 to 220"),
        ("width = 640.5", "wanted a whole number from 64 to 8192"),
        ("quality = true", "wanted a whole number"),
        ("grey = 1", "wanted true or false"),
        ('projection = "fisheye"', "wanted one of equidistant, equisolid, stereographic"),
        ("circle = [1, 2]", "wanted [centre x, centre y, radius]"),
        ("circle = [320, 320, 300]", "wanted width and height as well"),
        ("circle = [900, 320, 300]\nwidth = 640\nheight = 640", "outside the frame of 640 x 640 px"),
        ('projection = "stereographic"\nfield = 210', "Give a smaller field, or another projection"),
        ("field = ", "mine.toml is not TOML"),
        ("circle = [320, 320, inf]\nwidth = 640\nheight = 640", "the radius up to 20,000"),
        ("circle = [nan, 320, 300]\nwidth = 640\nheight = 640", "outside the frame"),
        ("width = " + "9" * 400, "wanted a whole number from 64 to 8192"),
        ("width = " + "9" * 5000, "a number is too long"),
        ("field = " + "[" * 5000 + "]" * 5000, "nest too deep"),
        (f"{'x' * 10_000} = 1", "has an unknown key"),
        (f"projection = '{'x' * 10_000}'", "wanted one of equidistant"),
    ],
)
def test_what_cannot_be_is_refused_in_words(write, text, said):
    with pytest.raises(CameraFileError) as refused:
        read_camera_file(write(text))
    assert said in str(refused.value) and len(str(refused.value)) < 500


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CameraFileError, match=r"none.toml cannot be read: No such file"):
        read_camera_file(tmp_path / "none.toml")
