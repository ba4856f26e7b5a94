"""`sspcm predict` writes COCO results for every box."""

import json
import shutil

import numpy as np
import pytest

from sspcm.__main__ import main
from tests.sspcm.demo_people import IMAGES, WEIGHTS, few_people


@pytest.fixture
def arguments(tmp_path):
    people = few_people(tmp_path)
    return [
        "predict", str(WEIGHTS), "--images", str(IMAGES), "--annotations", str(people), "--device", "cpu",
        "--out", str(tmp_path / "found.json"),
    ]  # fmt: skip


def test_every_box_gets_a_result_labelled_or_not(arguments, tmp_path, capsys):
    assert main([*arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = json.loads((tmp_path / "found.json").read_text())
    wanted = json.loads((tmp_path / "people.json").read_text())["annotations"]
    assert [(one["annotation_id"], one["image_id"]) for one in found] == [
        (one["id"], one["image_id"]) for one in wanted
    ]
    assert report["persons"] == len(found) and report["network"] == "A" and report["images_per_second"] > 0
    for one, annotation in zip(found, wanted, strict=True):
        xyc = np.reshape(one["keypoints"], (17, 3))
        confident = xyc[:, 2][xyc[:, 2] > 0.2]
        assert one["score"] == pytest.approx(confident.mean() if len(confident) else 0, abs=1e-3)
        assert np.abs(xyc[:, :2].mean(0) - annotation["bbox"][:2] - np.array(annotation["bbox"][2:]) / 2).max() < 60


def test_what_is_there_already_stays_unless_forced(arguments, tmp_path, capsys):
    (tmp_path / "found.json").write_text("mine")
    assert main(arguments) == 1
    assert "add --force" in capsys.readouterr().err and (tmp_path / "found.json").read_text() == "mine"
    assert main([*arguments, "--force", "--flip", "--decode", "dark", "--network", "B"]) == 0
    assert "persons of 2 images by B" in capsys.readouterr().out
    assert json.loads((tmp_path / "found.json").read_text())


def test_a_closer_look_is_another_answer_about_the_same_people(arguments, tmp_path):
    assert main(arguments) == 0
    usual = json.loads((tmp_path / "found.json").read_text())
    assert main([*arguments, "--force", "--closer"]) == 0
    closer = json.loads((tmp_path / "found.json").read_text())
    assert [one["annotation_id"] for one in closer] == [one["annotation_id"] for one in usual]
    moved = np.abs(np.array([one["keypoints"] for one in closer]) - [one["keypoints"] for one in usual])
    assert moved.max() > 0.1


def refusal(capsys, arguments):
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("sspcm: ") and said.count("\n") == 1
    return said


def test_networks_that_are_not_there_broken_or_of_another_kind_are_refused(arguments, tmp_path, capsys):
    assert "holds no network C (there are: A, B)" in refusal(capsys, [*arguments, "--network", "C"])
    broken = tmp_path / "broken"
    shutil.copytree(WEIGHTS, broken)
    (broken / "A.safetensors").write_bytes((WEIGHTS / "A.safetensors").read_bytes()[:9000])
    assert "cannot read the weights" in refusal(capsys, [arguments[0], str(broken), *arguments[2:]])
    card = json.loads((WEIGHTS / "model.json").read_text())
    card["model"]["deconv_channels"] = 32
    (broken / "model.json").write_text(json.dumps(card))
    (broken / "A.safetensors").write_bytes((WEIGHTS / "A.safetensors").read_bytes())
    assert "does not fit these networks" in refusal(capsys, [arguments[0], str(broken), *arguments[2:]])
    assert "holds no model.json" in refusal(capsys, [arguments[0], str(tmp_path), *arguments[2:]])
    assert not (tmp_path / "found.json").exists()


def test_annotations_of_another_skeleton_empty_or_of_missing_images_are_refused(arguments, tmp_path, capsys):
    people = tmp_path / "people.json"
    data = json.loads(people.read_text())
    gone = [image | {"file_name": "gone.jpg"} for image in data["images"][:1]] + data["images"][1:]
    people.write_text(json.dumps(data | {"images": gone}))
    assert "1 of 2 images are not in" in refusal(capsys, arguments)
    people.write_text(json.dumps(data | {"annotations": []}))
    assert "people.json holds no person (2 images)" in refusal(capsys, arguments)
    data["categories"][0]["keypoints"] = ["tail", *data["categories"][0]["keypoints"][1:]]
    people.write_text(json.dumps(data))
    assert "names 17 keypoints, such as 'tail'" in refusal(capsys, arguments)


def test_the_lens_that_an_image_tells_turns_its_people(arguments, tmp_path, capsys):
    people = tmp_path / "people.json"
    data = json.loads(people.read_text())
    assert main(arguments) == 0
    before = json.loads((tmp_path / "found.json").read_text())
    data["images"][0]["lens"] = [10.0, 20.0, 300.0]
    people.write_text(json.dumps(data))
    assert main([*arguments, "--force"]) == 0
    after = json.loads((tmp_path / "found.json").read_text())
    changed = {one["image_id"] for one, other in zip(before, after, strict=True) if one != other}
    assert changed == {data["images"][0]["id"]}
    data["images"][0]["lens"] = [10.0]
    people.write_text(json.dumps(data))
    capsys.readouterr()
    assert "has the lens [10.0]" in refusal(capsys, [*arguments, "--force"])
