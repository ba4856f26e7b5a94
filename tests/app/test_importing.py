"""Folders of images: what is wrong is named, the rest is there, and twice is once."""

import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from app.decoding import decode
from app.exporting import export_coco
from app.files import ImageFiles
from app.importing import ImportFailed, ImportReport, import_folder
from db import images, queue
from db.clock import utc_now
from db.session import Store
from sspcm.formats.coco import category_of
from sspcm.skeleton import get_skeleton

COCO = get_skeleton("coco-17")
POSE = [v for k in range(17) for v in (20.5 + k, 30.25, 2)]


def picture(path: Path, *, size: tuple[int, int] = (96, 64), exif: int = 1) -> None:
    """A coloured wedge: no two corners alike."""
    width, height = size
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    image = Image.fromarray(np.dstack([across, down, np.zeros_like(across)]).astype(np.uint8))
    tags = Image.Exif()
    tags[274] = exif
    image.save(path, exif=tags)


def coco(path: Path, entries: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> Path:
    document = {"categories": [category_of(COCO)], "images": entries, "annotations": annotations}
    path.write_text(json.dumps(document))
    return path


def entry(number: int, name: str, size: tuple[int, int] = (96, 64)) -> dict[str, Any]:
    return {"id": number, "file_name": name, "width": size[0], "height": size[1], "scene": "hall"}


def box(number: int, image: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "image_id": image, "category_id": 1, "bbox": [10, 10, 40, 30], **more}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good images (10 sorts after 9), a broken one, and one that only the COCO file knows."""
    images_dir = tmp_path / "frames"
    images_dir.mkdir()
    picture(images_dir / "f10.jpg")
    picture(images_dir / "f9.png")
    (images_dir / "broken.jpg").write_bytes((images_dir / "f10.jpg").read_bytes()[:300])
    return images_dir


def test_what_is_wrong_is_named_and_the_rest_imported(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    entries = [entry(1, "f10.jpg"), entry(2, "f9.png"), entry(3, "broken.jpg"), entry(4, "gone.jpg")]
    annotations = [
        box(1, 1, keypoints=POSE, num_keypoints=17),
        box(2, 1),
        box(3, 2, keypoints=[1, 2, 2]),
        box(4, 2) | {"bbox": [5000, 0, 4, 4]},
        box(5, 3),
    ]
    report = run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", entries, annotations), group_from="scene")
    assert (report.images_new, report.persons, report.labelled) == (2, 2, 1)
    complaints = "\n".join(report.complaints)
    for named in ("annotation 3 in 'f9.png'", "annotation 4 in 'f9.png'", "'broken.jpg'", "'gone.jpg'"):
        assert named in complaints
    with sqlite_store.reading() as tx:
        stored = images.list_images(tx)
        persons = images.list_persons(tx)
    assert [(i.file_name, i.camera.name, i.frame) for i in stored] == [("f9.png", "hall", 1), ("f10.jpg", "hall", 2)]
    assert [p.state for p in persons] == ["accepted", "open"]


def run(store: Store, home: Path, folder: Path, annotations: Path | None = None, **more: Any) -> ImportReport:
    return import_folder(store, ImageFiles(home), images_dir=folder, annotations=annotations, **more)


def test_the_same_folder_twice_changes_nothing(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    first = run(sqlite_store, tmp_path, folder)
    before = export_coco(sqlite_store)
    second = run(sqlite_store, tmp_path, folder)
    assert (first.images_new, second.images_new, second.images_known) == (2, 0, 2)
    assert export_coco(sqlite_store) == before


def test_images_without_a_coco_file_are_queued_without_persons(
    sqlite_store: Store, folder: Path, tmp_path: Path
) -> None:
    run(sqlite_store, tmp_path, folder)
    with sqlite_store.reading() as tx:
        assert len(queue.listing(tx, limit=10, now=utc_now())) == 2
        assert images.list_persons(tx) == []


@pytest.mark.parametrize("exif", range(1, 9))
def test_an_exif_turn_is_carried_out_once(exif: int, tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg", exif=exif)
    decoded = decode((tmp_path / "a.jpg").read_bytes())
    assert (decoded.width, decoded.height) == ((64, 96) if exif > 4 else (96, 64))
    again = decode(decoded.content)
    assert again.content == decoded.content


def test_coordinates_of_the_unturned_frame_are_refused_by_name(sqlite_store: Store, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    frames.mkdir()
    picture(frames / "turned.jpg", exif=6)
    picture(frames / "straight.jpg")
    annotations = coco(tmp_path / "a.json", [entry(1, "turned.jpg"), entry(2, "straight.jpg")], [box(1, 1)])
    report = run(sqlite_store, tmp_path, frames, annotations)
    assert report.images_new == 1
    assert "before its EXIF turn" in report.complaints[0]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_become_eight_by_their_own_depth(suffix: str, tmp_path: Path) -> None:
    deep = np.linspace(0, 4095, 64 * 64).reshape(64, 64).astype(np.uint16)
    cv2.imwrite(str(tmp_path / f"deep{suffix}"), deep)
    decoded = decode((tmp_path / f"deep{suffix}").read_bytes())
    shown = cv2.imdecode(np.frombuffer(decoded.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded.suffix == ".png"
    assert shown.dtype == np.uint8
    assert np.abs(shown.astype(float) - deep / 4095 * 255).max() <= 0.5


@pytest.mark.parametrize(("mode", "suffix"), [("L", ".jpg"), ("RGB", ".webp"), ("L", ".png"), ("RGB", ".jpg")])
def test_bytes_that_fit_are_kept_as_they_are(mode: str, suffix: str, tmp_path: Path) -> None:
    Image.new(mode, (2048, 1536)).save(tmp_path / f"a{suffix}")
    content = (tmp_path / f"a{suffix}").read_bytes()
    assert decode(content).content == content


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    decoded = decode((tmp_path / "clear.png").read_bytes())
    assert (cv2.imdecode(np.frombuffer(decoded.content, np.uint8), cv2.IMREAD_COLOR) == 255).all()


def test_a_folder_without_images_a_file_without_sense_and_an_unknown_field_are_refused(
    sqlite_store: Store, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.json").write_text("{")
    annotations = coco(tmp_path / "a.json", [entry(1, "f9.png")], [])
    with pytest.raises(ImportFailed, match="found no image"):
        run(sqlite_store, tmp_path, tmp_path / "empty")
    with pytest.raises(ImportFailed, match=r"bad\.json is not readable JSON"):
        run(sqlite_store, tmp_path, folder, tmp_path / "bad.json")
    with pytest.raises(ImportFailed, match="Did you mean 'scene'"):
        run(sqlite_store, tmp_path, folder, annotations, group_from="scenes")


@pytest.mark.parametrize("name", ["coco_tiny", "fisheye"])
def test_real_data_come_out_as_they_went_in(name: str, sqlite_store: Store, tmp_path: Path) -> None:
    if "SSPCM_TEST_DATA" not in os.environ:
        pytest.skip("SSPCM_TEST_DATA is unset: no real data here")
    source = Path(os.environ["SSPCM_TEST_DATA"]) / name
    report = run(sqlite_store, tmp_path, source / "images", source / "annotations.json")
    assert report.complaints == ()
    assert report.seconds < 60
    before, after = json.loads((source / "annotations.json").read_text()), export_coco(sqlite_store)
    for part in ("images", "annotations"):
        assert sorted(after[part], key=lambda e: e["id"]) == sorted(before[part], key=lambda e: e["id"])
    assert {k: after[k] for k in before if k not in ("images", "annotations")} == {
        k: v for k, v in before.items() if k not in ("images", "annotations")
    }
