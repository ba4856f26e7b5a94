"""One answer to which lens a camera has."""

from app.cameras.lenses import lens_of, of_one_size
from db.records import CameraRecord, ImageRecord, MeasuredLens
from sspcm.fisheye import LensCircle


def image(camera: CameraRecord, *, width: int = 640, height: int = 480) -> ImageRecord:
    return ImageRecord(1, "0" * 64, "a.jpg", width, height, camera, 0, "train", True, None, {})


def test_a_camera_nobody_measured_has_the_inscribed_circle() -> None:
    assert lens_of(image(CameraRecord(1, "hall"))) == LensCircle(319.5, 239.5, 240)


def test_a_camera_that_is_no_fisheye_has_none() -> None:
    assert lens_of(image(CameraRecord(1, "door", is_fisheye=False, lens_source="set"))) is None


def test_a_measured_circle_holds_for_frames_of_every_size() -> None:
    camera = CameraRecord(1, "hall", MeasuredLens(LensCircle(300.0, 250.0, 200.0), 640, 480), "set")
    assert lens_of(image(camera)) == LensCircle(300.0, 250.0, 200.0)
    assert lens_of(image(camera, width=1280, height=960)) == LensCircle(600.5, 500.5, 400.0)
    assert lens_of(image(camera, width=480, height=480)) == LensCircle(220.0, 250.0, 200.0)  # its sides cut off


def test_the_most_frequent_size_stands_for_a_camera() -> None:
    camera = CameraRecord(1, "hall")
    large, small = image(camera), image(camera, width=320, height=240)
    assert of_one_size([small, large, large]) == [large, large]
    assert of_one_size([]) == []
