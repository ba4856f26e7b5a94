"""Circles of cameras, looked for after an import: found, improved, and never over a person's word."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.cameras.finding import _reduction, find_camera_lens
from app.cameras.shown import named
from app.dataset.importing import import_folder
from app.dataset.report import as_json
from app.home.image_files import ImageFiles
from db.pool import cameras, images
from db.records import MeasuredLens
from db.store.session import Store
from sspcm.fisheye import LensCircle


def draw(path: Path, *, lens: LensCircle | None, seed: int = 0, width: int = 640, height: int = 480) -> None:
    """A cluttered room seen through a lens; without one, all over the frame."""
    chance = np.random.default_rng(seed)
    room = np.full((height, width, 3), 130, np.uint8)
    for _ in range(30):
        corner = chance.integers(0, (width, height))
        other = corner + chance.integers(20, 150, 2)
        colour = [int(v) for v in chance.integers(40, 230, 3)]
        cv2.rectangle(room, [int(v) for v in corner], [int(v) for v in other], colour, -1)
    if lens is not None:
        rows, columns = np.indices((height, width))
        room[np.hypot(columns - lens.x, rows - lens.y) > lens.radius] = 0
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), room)


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """Two cameras: the hall's circle lies off the middle, the door has none."""
    for number in range(3):
        draw(tmp_path / "frames" / f"hall_{number}.png", lens=LensCircle(300, 250, 215), seed=number)
        draw(tmp_path / "frames" / f"door_{number}.png", lens=None, seed=number)
    return tmp_path / "frames"


def test_an_import_finds_the_circles_and_tells_how_many(sqlite_store: Store, tmp_path: Path, frames: Path) -> None:
    report = import_folder(sqlite_store, ImageFiles(tmp_path / "home"), images_dir=frames)
    assert as_json(report)["lenses"] == {"assumed": 1, "found": 1, "set": 0}
    hall, door = named(sqlite_store, "hall"), named(sqlite_store, "door")
    assert hall.lens is not None
    assert (hall.lens.x, hall.lens.y, hall.lens.radius) == pytest.approx((300, 250, 215), abs=1.0)
    assert door.lens == LensCircle(319.5, 239.5, 240)


def test_a_persons_word_stays_when_frames_are_added(sqlite_store: Store, tmp_path: Path, frames: Path) -> None:
    files, word = ImageFiles(tmp_path / "home"), MeasuredLens(LensCircle(310, 240, 220), 640, 480)
    import_folder(sqlite_store, files, images_dir=frames)
    with sqlite_store.transaction() as tx:
        cameras.set_lens(tx, named(sqlite_store, "hall").camera.id, word)
    draw(frames / "hall_9.png", lens=LensCircle(300, 250, 215), seed=9)
    report = import_folder(sqlite_store, files, images_dir=frames)
    assert (report.images_new, report.lenses["set"]) == (1, 1)
    assert named(sqlite_store, "hall").lens == word.circle


def test_more_frames_may_find_what_one_did_not_show(sqlite_store: Store, tmp_path: Path) -> None:
    files, folder = ImageFiles(tmp_path / "home"), tmp_path / "frames"
    draw(folder / "hall_0.png", lens=LensCircle(300, 250, 1))
    draw(folder / "hall_1.png", lens=LensCircle(300, 250, 1), seed=1)
    assert import_folder(sqlite_store, files, images_dir=folder).lenses == {"assumed": 1}
    for number in range(2, 6):
        draw(folder / f"hall_{number}.png", lens=LensCircle(300, 250, 215), seed=number)
    assert import_folder(sqlite_store, files, images_dir=folder).lenses == {"found": 1}


def test_large_frames_are_read_smaller_and_the_circle_comes_back_in_their_pixels(
    sqlite_store: Store, tmp_path: Path
) -> None:
    files, truth = ImageFiles(tmp_path / "home"), LensCircle(1000, 740, 660)
    draw(tmp_path / "frames" / "hall.png", lens=truth, width=1920, height=1440)
    import_folder(sqlite_store, files, images_dir=tmp_path / "frames")
    with sqlite_store.reading() as tx:
        found = find_camera_lens(files, images.list_images(tx))
    assert found is not None
    assert (found.circle.x, found.circle.y, found.circle.radius) == pytest.approx((1000, 740, 660), abs=2.0)


def test_frames_are_read_smaller_only_by_what_divides_them() -> None:
    sizes = [(2048, 2048), (1000, 1000), (1015, 1010), (640, 480)]
    wanted = [cv2.IMREAD_REDUCED_COLOR_4, cv2.IMREAD_REDUCED_COLOR_2, cv2.IMREAD_COLOR, cv2.IMREAD_COLOR]
    assert [_reduction(*size) for size in sizes] == wanted
