"""Folders of images: what is wrong is named, the rest is there, and twice is once."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from app.exporting import export_coco
from app.files import ImageFiles
from app.importing import ImportFailed, ImportReport, import_folder
from db import images, queue
from db.clock import utc_now
from db.records import NewPerson
from db.session import Store
from sspcm.formats.coco import category_of
from sspcm.skeleton import get_skeleton

COCO = get_skeleton("coco-17")
POSE = [v for k in range(17) for v in (20.5 + k, 30.25, 2)]


def picture(path: Path, *, exif: int = 1, upside_down: bool = False) -> None:
    """A coloured wedge of 96 x 64 px: no two corners alike."""
    across, down = np.meshgrid(np.linspace(0, 255, 96), np.linspace(0, 255, 64))
    pixels = np.dstack([across, down, np.zeros_like(across)]).astype(np.uint8)
    image = Image.fromarray(pixels[::-1] if upside_down else pixels)
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


def test_coordinates_are_those_of_the_upright_image(sqlite_store: Store, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    frames.mkdir()
    picture(frames / "turned.jpg", exif=6)
    picture(frames / "unturned.jpg", exif=6)
    entries = [entry(1, "turned.jpg", (64, 96)), entry(2, "unturned.jpg", (96, 64))]
    report = run(sqlite_store, tmp_path, frames, coco(tmp_path / "a.json", entries, [box(1, 1), box(2, 2)]))
    assert (report.images_new, report.persons) == (1, 1)
    (complaint,) = report.complaints
    assert "'unturned.jpg'" in complaint
    assert "before its EXIF turn" in complaint
    with sqlite_store.reading() as tx:
        (stored,) = images.list_images(tx)
    assert (stored.width, stored.height) == (64, 96)
    shown = cv2.imread(str(ImageFiles(tmp_path).path(stored.sha256)))
    assert shown.shape == (96, 64, 3)


def test_another_size_than_the_file_says_is_refused_by_name(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    entries = [entry(1, "f10.jpg", (960, 640)), entry(2, "f9.png")]
    report = run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", entries, []))
    assert report.images_new == 1
    assert any("'f10.jpg'" in c and "says 960 x 640 px, the upright image has 96 x 64" in c for c in report.complaints)


def test_images_that_the_file_does_not_name_stay_out(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    report = run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", [entry(1, "f9.png")], []))
    assert report.images_new == 1
    assert "2 image file(s) of the folder, 'broken.jpg' first, are not named" in report.complaints[0]


@pytest.mark.parametrize(
    ("names", "cameras"),
    [
        (["hall_1.jpg", "hall_2.jpg", "yard-7.jpg", "yard-8.jpg"], ["hall", "hall", "yard", "yard"]),
        (["a/1.jpg", "b/c/1.jpg"], ["a", "b/c"]),
        (["001.jpg", "002.jpg"], ["default", "default"]),
        (["left.jpg", "right.jpg", "one_1.jpg"], ["default", "default", "default"]),
    ],
)
def test_a_camera_is_a_folder_or_what_file_names_share(
    names: list[str], cameras: list[str], sqlite_store: Store, tmp_path: Path
) -> None:
    for name in names:
        path = tmp_path / "frames" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(path)
    run(sqlite_store, tmp_path, tmp_path / "frames")
    with sqlite_store.reading() as tx:
        found = {image.file_name: image.camera.name for image in images.list_images(tx)}
    assert found == dict(zip(names, cameras, strict=True))


def test_frames_of_a_later_import_follow_the_earlier_ones(sqlite_store: Store, tmp_path: Path) -> None:
    for part, numbers in (("monday", (1, 2)), ("tuesday", (1, 2, 10))):
        (tmp_path / part).mkdir()
        for number in numbers:
            picture(tmp_path / part / f"{part}{number}.jpg")
        entries = [entry(number, f"{part}{number}.jpg") for number in numbers]
        run(sqlite_store, tmp_path, tmp_path / part, coco(tmp_path / "a.json", entries, []), group_from="scene")
    with sqlite_store.reading() as tx:
        stored = [(i.file_name, i.camera.name, i.frame) for i in images.list_images(tx)]
    names = ["monday1.jpg", "monday2.jpg", "tuesday1.jpg", "tuesday2.jpg", "tuesday10.jpg"]
    assert stored == [(name, "hall", frame) for frame, name in enumerate(names)]


def test_images_added_to_a_folder_are_the_only_ones_imported(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    run(sqlite_store, tmp_path, folder)
    picture(folder / "f11.jpg")
    report = run(sqlite_store, tmp_path, folder)
    assert (report.images_new, report.images_known) == (1, 2)
    with sqlite_store.reading() as tx:
        assert len(queue.listing(tx, limit=10, now=utc_now())) == 3


def test_what_a_known_image_does_not_take_over_is_said(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    entries = [entry(1, "f9.png"), entry(2, "f10.jpg")]
    run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", entries, [box(1, 1)]))
    more = coco(tmp_path / "b.json", entries, [box(1, 1), box(2, 1), box(3, 1)])
    report = run(sqlite_store, tmp_path, folder, more, split="validation")
    said = "\n".join(report.complaints)
    assert "'f9.png': is here already, without 2 person(s) of the file" in said
    assert "'f10.jpg': is here as train already and stays so; asked for validation" in said


def test_an_import_that_fails_halfway_leaves_whole_images(
    sqlite_store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry(1, "f9.png"), entry(2, "f10.jpg")]
    annotations = coco(tmp_path / "a.json", entries, [box(1, 1), box(2, 2), box(3, 2)])
    insert, inserted = images.insert_person, []

    def die_at_the_third(tx: Any, image_id: int, person: NewPerson) -> int:
        inserted.append(image_id)
        if len(inserted) == 3:
            raise KeyboardInterrupt
        return insert(tx, image_id, person)

    monkeypatch.setattr(images, "insert_person", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run(sqlite_store, tmp_path, folder, annotations)
    with sqlite_store.reading() as tx:
        assert [image.file_name for image in images.list_images(tx)] == ["f9.png"]
        assert len(images.list_persons(tx)) == 1
    monkeypatch.undo()
    report = run(sqlite_store, tmp_path, folder, annotations)
    assert (report.images_new, report.images_known, report.persons) == (1, 1, 2)
    with sqlite_store.reading() as tx:
        assert all(item.reasons for item in queue.listing(tx, limit=10, now=utc_now()))


def test_the_cold_queue_starts_with_unlike_images_and_says_why(sqlite_store: Store, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    frames.mkdir()
    for number in range(20):
        picture(frames / f"same_{number}.png")
    picture(frames / "odd.png", upside_down=True)
    run(sqlite_store, tmp_path, frames)
    with sqlite_store.reading() as tx:
        shown = queue.listing(tx, limit=100, now=utc_now())
    assert len(shown) == 21
    assert next(i.image.file_name for i in shown if not i.blind) == "odd.png"
    assert all(item.reasons for item in shown)
    assert sum(item.blind for item in shown) == 2


def test_boxes_take_the_skeleton_that_is_asked_for_and_later_ones_the_homes(
    sqlite_store: Store, folder: Path, tmp_path: Path
) -> None:
    boxes = coco(tmp_path / "a.json", [entry(1, "f9.png")], [box(1, 1)])
    document = json.loads(boxes.read_text()) | {"categories": [{"id": 1, "name": "person"}]}
    boxes.write_text(json.dumps(document))
    run(sqlite_store, tmp_path, folder, boxes, skeleton=get_skeleton("wepdtof-14"))
    assert run(sqlite_store, tmp_path, folder).images_new == 1
    keypoints = coco(tmp_path / "b.json", [entry(2, "f10.jpg")], [])
    with pytest.raises(ImportFailed, match="another home"):
        run(sqlite_store, tmp_path, folder, keypoints)


def test_progress_is_told_image_by_image(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    run(sqlite_store, tmp_path, folder, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


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
    with pytest.raises(ImportFailed, match="no COCO file whose images could have the field 'scene'"):
        run(sqlite_store, tmp_path, folder, group_from="scene")


@pytest.mark.parametrize(
    "name",
    [
        "coco_tiny",
        "fisheye",
        pytest.param("synthetic", marks=pytest.mark.slow),
        pytest.param("coco_persons", marks=pytest.mark.slow),
    ],
)
def test_real_data_come_out_as_they_went_in(
    name: str, real_data: Callable[[str], Path], sqlite_store: Store, tmp_path: Path
) -> None:
    source = real_data(name)
    report = run(sqlite_store, tmp_path, source / "images", source / "annotations.json")
    assert report.complaints == ()
    assert name != "fisheye" or report.seconds < 60
    before, after = json.loads((source / "annotations.json").read_text()), export_coco(sqlite_store)
    for part in ("images", "annotations"):
        assert sorted(after[part], key=lambda e: e["id"]) == sorted(before[part], key=lambda e: e["id"])
    assert {k: after[k] for k in before if k not in ("images", "annotations")} == {
        k: v for k, v in before.items() if k not in ("images", "annotations")
    }


def test_a_file_name_that_is_no_unicode_is_named_and_the_rest_imported(
    sqlite_store: Store, folder: Path, tmp_path: Path
) -> None:
    (folder / "f9.png").rename(os.fsdecode(bytes(folder) + b"/caf\xe9.png"))
    report = run(sqlite_store, tmp_path, folder)
    assert report.images_new == 1
    assert any("'caf\\udce9.png'" in complaint and "Unicode" in complaint for complaint in report.complaints)


def test_a_second_file_takes_the_homes_categories(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", [entry(1, "f9.png")], [box(1, 1, keypoints=POSE)]))
    people = category_of(COCO) | {"id": 7}
    document = {
        "categories": [people, {"id": 1, "name": "car"}],
        "images": [entry(2, "f10.jpg")],
        "annotations": [box(2, 2, keypoints=POSE) | {"category_id": 7}, box(3, 2)],
    }
    (tmp_path / "b.json").write_text(json.dumps(document))
    for _ in range(2):
        run(sqlite_store, tmp_path, folder, tmp_path / "b.json")
        exported = export_coco(sqlite_store)
        assert [(one["id"], one["name"]) for one in exported["categories"]] == [(1, "person"), (2, "car")]
        assert {a["id"]: a["category_id"] for a in exported["annotations"]} == {1: 1, 2: 1, 3: 2}
