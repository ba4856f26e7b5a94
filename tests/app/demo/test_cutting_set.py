"""The demo's images and annotations, cut from a drawing."""

import json

import pytest

from app.demo.cutting_set import SEED_ROOMS, VALIDATION_ROOMS, main
from sspcm.formats.coco.reading import read_coco
from sspcm.skeletons.skeleton import get_skeleton

KEYPOINTS = [value for _ in range(17) for value in (12.0, 14.0, 2)]


@pytest.fixture
def make_drawing(tmp_path):
    """A folder as `sspcm draw` leaves it, with stand-ins for frames: make_drawing(rooms=15)."""

    def make(rooms):
        images = [
            {"id": n + 1, "file_name": f"{n:06d}.jpg", "width": 64, "height": 64, "license": 1,
             "room": f"room-{n // 2:04d}", "lens": [31.5, 31.5, 30.0], "projection": "equidistant"}
            for n in range(2 * rooms)
        ]  # fmt: skip
        persons = [
            {"id": n, "image_id": image["id"], "category_id": 1, "iscrowd": 0, "bbox": [10.0, 10.0, 20.0, 30.0],
             "rbbox": [20.0, 25.0, 18.0, 33.0, 45.0], "area": 400.0, "num_keypoints": 17, "keypoints": KEYPOINTS,
             "pose": "sit"}
            for n, image in enumerate(images, start=1)
        ]  # fmt: skip
        category = {
            "id": 1,
            "name": "person",
            "keypoints": list(get_skeleton("coco-17").keypoints),
            "skeleton": [[1, 2]],
        }
        drawn = tmp_path / "drawn"
        (drawn / "images").mkdir(parents=True)
        for image in images:
            (drawn / "images" / image["file_name"]).write_bytes(image["file_name"].encode())
        coco = {"info": {}, "licenses": [], "categories": [category], "images": images, "annotations": persons}
        (drawn / "annotations.json").write_text(json.dumps(coco))
        return drawn

    return make


@pytest.fixture
def cut(make_drawing, tmp_path, capsys):
    """The demo of 15 rooms: seed, pool, validation and truth."""
    out = tmp_path / "demo"
    assert main([str(make_drawing(15)), str(out)]) == 0
    assert json.loads(capsys.readouterr().out) == {"seed": 6, "pool": 8, "validation": 16}
    return {name: json.loads((out / f"{name}.json").read_text()) for name in ("seed", "pool", "validation", "truth")}


def test_parts_share_no_room_and_leave_none_out(cut):
    rooms = [{image["room"] for image in cut[part]["images"]} for part in ("seed", "pool", "validation")]
    assert [len(own) for own in rooms] == [SEED_ROOMS, 15 - SEED_ROOMS - VALIDATION_ROOMS, VALIDATION_ROOMS]
    assert len(set.union(*rooms)) == 15


def test_the_pool_has_boxes_alone_and_its_truth_is_apart(cut):
    told = {"id", "image_id", "category_id", "iscrowd", "bbox"}
    assert all(set(person) == told for person in cut["pool"]["annotations"])
    assert {p["id"] for p in cut["truth"]["persons"]} == {p["id"] for p in cut["pool"]["annotations"]}
    assert all(person["keypoints"] == KEYPOINTS for person in cut["truth"]["persons"])
    assert all(person["keypoints"] == KEYPOINTS for person in cut["seed"]["annotations"])


def test_nothing_is_told_that_a_camera_s_owner_would_not_know(cut):
    for part in ("seed", "pool", "validation"):
        assert all("projection" not in image and "lens" not in image for image in cut[part]["images"])
        assert all("pose" not in person for person in cut[part]["annotations"])


def test_every_part_can_be_imported_and_every_image_is_there(cut, tmp_path):
    for part in ("seed", "pool", "validation"):
        read = read_coco(tmp_path / "demo" / f"{part}.json")
        assert len(read.images) == len(cut[part]["images"])
        for image in cut[part]["images"]:
            assert (tmp_path / "demo" / "images" / image["file_name"]).read_bytes() == image["file_name"].encode()


def test_cutting_again_leaves_no_old_image(make_drawing, tmp_path):
    (tmp_path / "demo" / "images").mkdir(parents=True)
    (tmp_path / "demo" / "images" / "old.jpg").write_bytes(b"old")
    assert main([str(make_drawing(12)), str(tmp_path / "demo")]) == 0
    assert not (tmp_path / "demo" / "images" / "old.jpg").exists()


def test_too_few_rooms_are_refused(make_drawing, tmp_path, capsys):
    assert main([str(make_drawing(11)), str(tmp_path / "demo")]) == 1
    assert "has 11 rooms; wanted more than 11, so that a pool is left. Draw more scenes." in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_is_no_drawing_is_refused(tmp_path, capsys):
    assert main([str(tmp_path), str(tmp_path / "demo")]) == 1
    assert "has no annotations.json; wanted a finished drawing" in capsys.readouterr().err
