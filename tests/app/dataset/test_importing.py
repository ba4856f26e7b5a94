"""Folders of images: what is wrong is named, the rest is there, and twice is once."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from app.dataset.exporting import export_coco
from app.dataset.importing import import_folder
from app.dataset.report import ImportFailed, ImportReport
from app.home.image_files import ImageFiles
from db.clock import utc_now
from db.labelling import adding, labels, queue
from db.labelling.merging import Merged
from db.pool import images
from db.pool.persons import insert_person, list_persons
from db.records import Decision, NewPerson, UserRecord
from db.store.session import Store
from sspcm.formats.coco.reading import category_of
from sspcm.images.limits import Limits
from sspcm.pose import Box, Label
from sspcm.skeletons.skeleton import get_skeleton

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


def test_a_home_in_its_own_folder_of_images_brings_nothing_in_twice(sqlite_store: Store, folder: Path) -> None:
    files = ImageFiles(folder / "data")
    first = import_folder(sqlite_store, files, images_dir=folder)
    again = import_folder(sqlite_store, files, images_dir=folder)
    assert (first.images_new, again.images_new, again.images_known) == (2, 0, 2)
    assert any("is the home's own" in said for said in again.complaints)
    for ours in (files.folder, next(files.folder.iterdir())):
        with pytest.raises(ImportFailed, match="where the home keeps the images"):
            import_folder(sqlite_store, files, images_dir=ours)


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
    assert (report.images_new, report.persons, report.labelled) == (2, 3, 1)
    complaints = "\n".join(report.complaints)
    for named in ("annotation 3 in 'f9.png'", "annotation 4 in 'f9.png'", "'broken.jpg'", "'gone.jpg'"):
        assert named in complaints
    with sqlite_store.reading() as tx:
        stored = images.list_images(tx)
        persons = list_persons(tx)
    assert [(i.file_name, i.camera.name, i.frame) for i in stored] == [("f9.png", "hall", 1), ("f10.jpg", "hall", 2)]
    assert [p.state for p in persons] == ["open", "accepted", "open"]


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
        assert list_persons(tx) == []


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
    assert "before its EXIF turn" in complaint and "exiftool -Orientation=" in complaint
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
    assert "2 image files of the folder, 'broken.jpg' first, are not named" in report.complaints[0]


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


def test_another_split_than_asked_for_is_told_once(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    entries = [entry(1, "f9.png"), entry(2, "f10.jpg")]
    annotations = coco(tmp_path / "a.json", entries, [])
    run(sqlite_store, tmp_path, folder, annotations)
    report = run(sqlite_store, tmp_path, folder, annotations, split="validation")
    assert report.complaints[1:] == (
        "2 images, image 'f9.png' first: is here as train already and stays so; asked for validation.",
    )


def test_an_import_that_fails_halfway_leaves_whole_images(
    sqlite_store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry(1, "f9.png"), entry(2, "f10.jpg")]
    annotations = coco(tmp_path / "a.json", entries, [box(1, 1), box(2, 2), box(3, 2)])
    insert, inserted = insert_person, []

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
        assert len(list_persons(tx)) == 1
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
    plain = {key: value for key, value in entry(1, "f9.png").items() if key != "scene"}
    with pytest.raises(ImportFailed, match="no further field: leave it out, and sub-folders or file names tell"):
        run(sqlite_store, tmp_path, folder, coco(tmp_path / "b.json", [plain], []), group_from="scene")
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


def one_of_each(store: Store) -> tuple[list[Any], list[Any]]:
    with store.reading() as tx:
        return images.list_images(tx), list_persons(tx)


def test_labels_made_elsewhere_come_to_images_that_are_here(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    entries = [entry(1, "f9.png")]
    run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", entries, [box(1, 1), box(2, 1)]))
    labelled = coco(
        tmp_path / "b.json", entries, [box(1, 1, keypoints=POSE), box(2, 1), box(3, 1) | {"bbox": [60, 5, 9, 9]}]
    )
    report = run(sqlite_store, tmp_path, folder, labelled)
    assert (report.images_known, report.merged.labels_added, report.merged.persons_added) == (1, 1, 1)
    assert [p.state for p in one_of_each(sqlite_store)[1]] == ["accepted", "open", "open"]
    again = run(sqlite_store, tmp_path, folder, labelled)
    assert again.merged == Merged()
    assert not any("label" in complaint for complaint in again.complaints)


def test_what_a_file_says_otherwise_is_told_by_count_and_name_and_taken_with_update(
    sqlite_store: Store, folder: Path, tmp_path: Path
) -> None:
    entries = [entry(1, "f9.png"), entry(2, "f10.jpg")]
    first = [box(1, 1, keypoints=POSE), box(2, 2, keypoints=POSE)]
    run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", entries, first))
    moved = [v + 1 if i % 3 == 0 else v for i, v in enumerate(POSE)]
    others = [one | {"scene": "yard"} for one in entries]
    second = [one | {"keypoints": moved, "bbox": [11, 10, 40, 30]} for one in first]
    changed = coco(tmp_path / "b.json", others, second)
    report = run(sqlite_store, tmp_path, folder, changed)
    told = "\n".join(report.complaints)
    assert "2 persons, one person in 'f9.png' first: the file has a label that differs" in told
    assert "2 persons, one person in 'f9.png' first: the file has another box" in told
    assert "2 fields, the field 'scene' in 'f9.png' first: the file says something else" in told
    assert "--update" in told
    taken = run(sqlite_store, tmp_path, folder, changed, update=True, group_from="scene").merged
    assert (taken.labels_updated, taken.boxes_updated, taken.fields_updated) == (2, 2, 4)
    stored, persons = one_of_each(sqlite_store)
    assert {image.camera.name for image in stored} == {"yard"}
    assert [person.label.xyv[0, 0] for person in persons] == [21.5, 21.5]
    assert run(sqlite_store, tmp_path, folder, changed, update=True).merged == Merged()


def test_an_export_of_the_home_brings_nothing_new_to_it(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    document = {
        "categories": [category_of(COCO), {"id": 2, "name": "car"}],
        "images": [entry(1, "f9.png"), entry(2, "f10.jpg")],
        "annotations": [
            box(0, 1, keypoints=POSE),
            box(2, 1) | {"bbox": [50, 5, 9, 9]},
            box(3, 2, keypoints=POSE, area=77.5),
            box(4, 2) | {"category_id": 2},
            box(5, 2, iscrowd=1) | {"bbox": [1, 1, 5, 5]},
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(document))
    run(sqlite_store, tmp_path, folder, tmp_path / "a.json")
    (tmp_path / "b.json").write_text(json.dumps(export_coco(sqlite_store)))
    for update in (False, True):
        report = run(sqlite_store, tmp_path, folder, tmp_path / "b.json", update=update)
        assert report.merged == Merged()
        assert not any("differs" in one or "another" in one for one in report.complaints)


def test_names_written_otherwise_are_matched_and_said_once(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    entries = [entry(1, "images/F9.png"), entry(2, "images\\f10.jpg"), entry(3, "images/f11.png")]
    report = run(sqlite_store, tmp_path, folder, coco(tmp_path / "a.json", entries, [box(1, 1), box(2, 3)]))
    assert (report.images_new, report.persons) == (2, 1)
    told = "\n".join(report.complaints)
    assert (
        "2 file names of the COCO file, 'images/F9.png' first, are written otherwise in the folder, as 'f9.png'" in told
    )
    assert "1 image of the COCO file, 'images/f11.png' first, is not in the folder; the nearest there is" in told
    assert "left out with 1 person" in told
    assert run(sqlite_store, tmp_path, folder).images_known == 2


def test_every_broken_image_is_told_with_others_of_its_kind(sqlite_store: Store, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    frames.mkdir()
    picture(frames / "a.png")
    for number in range(5):
        (frames / f"b{number}.jpg").write_bytes(b"no image at all")
        (frames / f"c{number}.jpg").write_bytes(b"\0\0\0\x18ftypavif" + bytes(40))
    (frames / "notes.txt").write_text("words")
    report = run(sqlite_store, tmp_path, frames)
    assert report.images_new == 1
    assert len(report.complaints) == 3
    assert "5 images, 'b0.jpg' first: not a whole image" in "\n".join(report.complaints)


def test_too_large_an_image_is_told_before_it_is_read(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    with (folder / "sparse.jpg").open("wb") as file:
        file.truncate(300_000_000)
    report = run(sqlite_store, tmp_path, folder, limits=Limits(pixels=96 * 64 - 1))
    told = "\n".join(report.complaints)
    assert "'sparse.jpg': the file has 300 MB; wanted at most 200 MB" in told
    assert "2 images, 'f9.png' first: the image has 96 x 64 px" in told


def test_the_same_name_with_other_bytes_is_said(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    run(sqlite_store, tmp_path, folder)
    picture(folder / "f9.png", upside_down=True)
    report = run(sqlite_store, tmp_path, folder)
    assert (report.images_new, report.images_known) == (1, 1)
    assert any("'f9.png': an image of this name is here with other bytes" in one for one in report.complaints)


@pytest.mark.parametrize(
    "name",
    [
        "new\nline.png",
        "tab\t.png",
        "\u202e.png",
        "-rf.png",
        "%20.png",
        "a?b#c.png",
        " .png",
        "\u246001.png",
        "\u00b2.png",
    ],
)
def test_odd_names_come_in_as_they_are(name: str, sqlite_store: Store, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    frames.mkdir()
    picture(frames / name)
    assert run(sqlite_store, tmp_path, frames).images_new == 1
    assert run(sqlite_store, tmp_path, frames, coco(tmp_path / "a.json", [entry(1, name)], [])).images_known == 1


def test_a_path_over_1024_characters_is_named_and_the_rest_imported(
    sqlite_store: Store, folder: Path, tmp_path: Path
) -> None:
    long = folder
    for _ in range(6):
        long = long / ("d" * 200)
        long.mkdir()
    picture(long / "deep.png")
    report = run(sqlite_store, tmp_path, folder)
    assert report.images_new == 2
    assert any("wanted at most 1024" in one for one in report.complaints)


def test_a_full_disk_says_where_how_far_it_came_and_that_it_goes_on(
    sqlite_store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, written = ImageFiles.put, []

    def full_at_the_second(self: ImageFiles, content: bytes, suffix: str) -> str:
        written.append(suffix)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return put(self, content, suffix)

    monkeypatch.setattr(ImageFiles, "put", full_at_the_second)
    with pytest.raises(ImportFailed, match=r"images or the store is full\. 1 of 3 images are in.*goes on from here"):
        run(sqlite_store, tmp_path, folder)
    monkeypatch.undo()
    report = run(sqlite_store, tmp_path, folder)
    assert (report.images_new, report.images_known) == (1, 1)


def test_the_work_done_here_comes_back_as_no_news_however_the_export_was_numbered(
    sqlite_store: Store,
    folder: Path,
    tmp_path: Path,
    add_account: Callable[..., UserRecord],
    make_label: Callable[..., Label],
    now: datetime,
) -> None:
    ann = add_account(sqlite_store)
    other = {"bbox": [60, 5, 20, 20]}
    annotations = [box(1, 1), box(2, 1) | other, box(3, 2, keypoints=POSE, area=50.0), box(4, 2) | other]
    run(
        sqlite_store,
        tmp_path,
        folder,
        coco(tmp_path / "a.json", [entry(1, "f9.png"), entry(2, "f10.jpg")], annotations),
    )
    first, second, third, fourth = one_of_each(sqlite_store)[1]
    with sqlite_store.transaction() as tx:
        drawn = adding.add_person(tx, third.image_id, NewPerson(Box(30, 30, 20, 20)), user=ann, key="add", now=now)
        label, moved = make_label(x=20, y=20, author="ann"), Box(11, 12, 30, 31)
        labels.decide(tx, Decision("1", "accept", first.id, 0, ann, label=label, box=moved), now=now)
        labels.decide(tx, Decision("2", "skip", second.id, 0, ann, reason="dark"), now=now)
        labels.decide(tx, Decision("3", "not_a_person", fourth.id, 0, ann), now=now)
        labels.decide(tx, Decision("4", "accept", drawn.id, 0, ann, label=label), now=now)
    document = export_coco(sqlite_store)
    anew = [{**a, "id": n} for n, a in enumerate(reversed(document["annotations"]), start=1)]
    for written in (document, document | {"annotations": anew}):
        (tmp_path / "b.json").write_text(json.dumps(written))
        for update in (False, True):
            assert run(sqlite_store, tmp_path, folder, tmp_path / "b.json", update=update).merged == Merged()


def test_a_home_keeps_its_mirror_and_says_once_that_a_given_one_differs(
    sqlite_store: Store, folder: Path, tmp_path: Path
) -> None:
    unpaired = replace(COCO, mirror=tuple(range(len(COCO))))
    assert run(sqlite_store, tmp_path / "home", folder, skeleton=COCO).images_new == 2
    told = run(sqlite_store, tmp_path / "home", folder, skeleton=unpaired).complaints
    assert (
        len([said for said in told if "mirror: 8 pairs against 0 pairs" in said and "skeleton set FILE" in said]) == 1
    )
    assert not [
        said for said in run(sqlite_store, tmp_path / "home", folder, skeleton=COCO).complaints if "given" in said
    ]
