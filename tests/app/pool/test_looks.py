"""Images are looked at once, and what was seen is kept."""

from pathlib import Path

import cv2
import numpy as np

from app.home.image_files import ImageFiles
from app.pool.looks import FILE, UNSEEN, known_light, look_at, unlabelable
from db.records import CameraRecord, ImageRecord, PersonRecord
from sspcm.pose import Box

HALL = CameraRecord(1, "hall")


def stored(files: ImageFiles, image_id: int, pixels: np.ndarray | None) -> ImageRecord:
    content = b"no image" if pixels is None else cv2.imencode(".png", pixels)[1].tobytes()
    sha256 = files.put(content, ".png")
    return ImageRecord(image_id, sha256, f"{image_id}.png", 200, 200, HALL, image_id, "train", True, None, {})


def person(person_id: int, image_id: int, box: Box) -> PersonRecord:
    return PersonRecord(person_id, image_id, box, "open", 0, None, None, None, None, None, {})


def frame() -> np.ndarray:
    """Noise on the left, night on the right."""
    pixels = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    pixels[:, 100:] = 7
    return pixels


def test_who_is_too_dark_or_too_small_is_told_from_who_is_not(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    image = stored(files, 1, frame())
    people = [person(1, 1, Box(0, 0, 90, 190)), person(2, 1, Box(110, 0, 90, 190)), person(3, 1, Box(0, 0, 20, 30))]
    why = unlabelable(people, look_at(files, [image], people), smallest_px=64)
    assert why == {
        2: "too dark to label: brightness 7 of 255, contrast 0",
        3: "too small to label: 20 x 30 px",
    }


def test_what_is_known_is_told_without_reading_anything_else(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    image, seen, new = stored(files, 1, frame()), person(1, 1, Box(110, 0, 90, 190)), person(2, 1, Box(0, 0, 90, 190))
    assert known_light(files, [image], [seen]) == {}, "nobody looked yet"
    light = look_at(files, [image], [seen]).light
    assert known_light(files, [image], [seen, new]) == light
    assert known_light(files, [], [seen]) == {}


def test_what_was_seen_once_is_not_read_again(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    image, people = stored(files, 1, frame()), [person(1, 1, Box(110, 0, 90, 190))]
    seen = look_at(files, [image], people)
    files.path(image.sha256).unlink()
    again = look_at(files, [image], people)
    assert np.array_equal(again.features[1], seen.features[1]) and again.light == seen.light
    assert seen.features[1].shape == UNSEEN.shape and seen.features[1].any()


def test_a_changed_box_is_looked_at_anew(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    image = stored(files, 1, frame())
    look_at(files, [image], [person(1, 1, Box(0, 0, 90, 190))])
    (light,) = look_at(files, [image], [person(1, 1, Box(110, 0, 90, 190))]).light.values()
    assert light is not None and light.brightness == 7


def test_an_image_that_cannot_be_read_is_like_nothing_and_hides_nobody(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    image, people = stored(files, 1, None), [person(1, 1, Box(0, 0, 90, 190))]
    looks = look_at(files, [image], people)
    assert np.array_equal(looks.features[1], UNSEEN) and looks.light == {1: None}
    assert unlabelable(people, looks, smallest_px=64) == {}


def test_a_broken_file_of_looks_is_made_anew(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    (tmp_path / FILE).write_bytes(b"PK\x03\x04 cut short")
    assert look_at(files, [stored(files, 1, frame())], []).features[1].any()
    assert (tmp_path / FILE).stat().st_size > 100
