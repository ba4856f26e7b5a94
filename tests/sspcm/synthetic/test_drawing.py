"""A folder of drawn scenes."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import cv2
import pytest
from pycocotools.coco import COCO

from sspcm.formats.coco.reading import read_coco
from sspcm.skeletons.skeleton import get_skeleton
from sspcm.synthetic import drawing
from sspcm.synthetic.camera_file import CameraFile
from sspcm.synthetic.drawing import FILES, DrawError, Plan, draw_folder

PLAN = Plan(seed=5, size=128, scenes_a_room=2)


def contents(folder):
    """Every file's path and hash."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def six(model, tmp_path_factory):
    """Six scenes of three rooms, drawn at once."""
    out = tmp_path_factory.mktemp("six")
    report = draw_folder(out, count=6, plan=PLAN, workers=1)
    assert (report.scenes, report.new) == (6, 6) and report.people > 0
    return out


def test_a_folder_grows_and_is_then_as_if_drawn_at_once(six, tmp_path):
    told = []
    draw_folder(tmp_path, count=4, plan=PLAN, workers=1, progress=lambda done, count: told.append((done, count)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert draw_folder(tmp_path, count=6, plan=PLAN, workers=1).new == 2
    assert contents(tmp_path) == contents(six)
    assert draw_folder(tmp_path, count=6, plan=PLAN, workers=1).new == 0


def test_a_drawing_of_two_workers_killed_in_the_middle_goes_on_to_the_bytes_of_one(six, tmp_path):
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "sspcm", "draw", str(out), "--count", "6", "--seed", "5", "--size", "128"]
    command += ["--scenes-a-room", "2", "--workers", "2", "--device", "cpu"]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(list(out.glob("truth/[0-9]*.json"))) >= 1 or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    left = len(list(out.glob("truth/[0-9]*.json")))
    assert 1 <= left < 6 and not (out / "annotations.json").exists()
    assert draw_folder(out, count=6, plan=PLAN, workers=2).new == 6 - left
    assert contents(out) == contents(six)


def wait_for(happened, seconds=240):
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def test_what_a_killed_drawing_had_begun_to_write_is_cleared_away(six, tmp_path):
    (tmp_path / ".part-drawing.json.123").write_text("half")
    draw_folder(tmp_path, count=1, plan=PLAN, workers=1)
    for left in ("images/.part-000001.jpg.9", "truth/.part-000001.json.9"):
        (tmp_path / left).write_text("half")
    draw_folder(tmp_path, count=2, plan=PLAN, workers=1)
    assert {path.name for path in tmp_path.rglob("*") if path.name.startswith(".")} == set()
    assert contents(tmp_path / "images").items() <= contents(six / "images").items()


def test_a_folder_of_other_files_is_left_alone(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(DrawError, match="is not empty and holds no drawing"):
        draw_folder(tmp_path, count=1, plan=PLAN, workers=1)
    assert contents(tmp_path).keys() == {"holiday.jpg"}


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(6, 128, 2), "seed 5, not 6"),
        (Plan(5, 256, 2), "size 128, not 256"),
        (Plan(5, 128, 2, CameraFile(tilt=3)), r"camera \{\}, not \{'tilt': 3\}"),
    ],
)
def test_another_plan_s_folder_is_refused_and_named(six, plan, said):
    with pytest.raises(DrawError, match=f"was drawn with {said}. Ask for the same again, or give another folder."):
        draw_folder(six, count=1, plan=plan, workers=1)


@pytest.mark.parametrize("broken", ["{", "[]"])
def test_a_folder_whose_settings_cannot_be_read_is_refused(tmp_path, broken):
    (tmp_path / "drawing.json").write_text(broken)
    with pytest.raises(DrawError, match=r"cannot be read: .* It tells what the folder holds"):
        draw_folder(tmp_path, count=1, plan=PLAN, workers=1)


@pytest.mark.parametrize(("skeleton", "file"), FILES.items())
def test_both_coco_files_load_and_are_read_without_a_complaint(six, skeleton, file, capsys):
    coco = COCO(str(six / file))
    assert len(coco.imgs) == 6 and coco.anns
    read = read_coco(six / file)
    assert not read.complaints
    assert read.skeleton == get_skeleton(skeleton)
    for annotation in coco.anns.values():
        points = annotation["keypoints"]
        assert len(points) == 3 * len(get_skeleton(skeleton).keypoints)
        assert annotation["num_keypoints"] == sum(v > 0 for v in points[2::3])
    capsys.readouterr()


def test_both_skeletons_tell_the_same_people(six):
    one, other = (json.loads((six / file).read_text()) for file in FILES.values())
    names = [file["categories"][0]["keypoints"] for file in (one, other)]
    for a, b in zip(one["annotations"], other["annotations"], strict=True):
        for name in set(names[0]) & set(names[1]):
            i, j = names[0].index(name), names[1].index(name)
            assert a["keypoints"][3 * i : 3 * i + 3] == b["keypoints"][3 * j : 3 * j + 3]


def test_images_are_as_they_are_told_and_a_room_keeps_its_camera(six):
    coco = json.loads((six / "annotations.json").read_text())
    lenses: dict[str, set[str]] = {}
    for image in coco["images"]:
        frame = cv2.imread(str(six / "images" / image["file_name"]))
        assert frame.shape[:2] == (image["height"], image["width"])
        camera = [image[key] for key in ("lens", "width", "height", "projection", "field", "height_m", "tilt")]
        lenses.setdefault(image["room"], set()).add(json.dumps(camera))
    assert sorted(lenses) == ["room-0000", "room-0001", "room-0002"]
    assert all(len(cameras) == 1 for cameras in lenses.values())
    assert len(set.union(*lenses.values())) == 3


def test_boxes_lie_within_the_frame(six):
    coco = json.loads((six / "annotations.json").read_text())
    frames = {image["id"]: image for image in coco["images"]}
    for annotation in coco["annotations"]:
        x, y, width, height = annotation["bbox"]
        frame = frames[annotation["image_id"]]
        assert x >= -0.5 and y >= -0.5 and width > 0 and height > 0
        assert x + width <= frame["width"] - 0.5 + 0.01 and y + height <= frame["height"] - 0.5 + 0.01


def test_a_scene_does_not_depend_on_the_others(six, model):
    content, truth = drawing.draw_one(model, PLAN, 3)
    assert content == (six / "images" / "000003.jpg").read_bytes()
    assert truth == json.loads((six / "truth" / "000003.json").read_text())


def test_another_seed_draws_something_else(six, model):
    content, _ = drawing.draw_one(model, Plan(6, 128, 2), 0)
    assert content != (six / "images" / "000000.jpg").read_bytes()
