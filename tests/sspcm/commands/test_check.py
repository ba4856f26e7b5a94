"""`sspcm check` says which labels of a file look wrong."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from sspcm.__main__ import main
from sspcm.label_checks.people import LabelledPeople
from sspcm.skeletons.skeleton import BUILT_IN
from tests.sspcm.label_checks.conftest import people_who_stand

COCO = BUILT_IN["coco-17"]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less is learned from fewer errors; what is tried is plain enough."""
    monkeypatch.setattr("sspcm.label_checks.fitting.MOST_TIMES", 10)


def write(folder: Path, people: LabelledPeople) -> tuple[str, str]:
    """Labels, the first person's knees exchanged, and what a network says."""
    xyv = people.xyv.copy()
    xyv[0, [13, 14]] = xyv[0, [14, 13]]
    category = {"id": 1, "name": "person", "keypoints": list(COCO.keypoints), "skeleton": []}
    images = [
        {"id": i, "file_name": f"{i}.jpg", "width": 600, "height": 600} for i in np.unique(people.images).tolist()
    ]
    annotations, results = [], []
    for row, person in enumerate(people.ids.tolist()):
        one = {"image_id": int(people.images[row]), "category_id": 1}
        whole = {"bbox": people.boxes[row].tolist(), "area": float(people.area[row]), "num_keypoints": 17, "iscrowd": 0}
        annotations.append({**one, **whole, "id": person, "keypoints": xyv[row].ravel().tolist()})
        results.append({**one, "annotation_id": person, "keypoints": people.networks["net"][row].ravel().tolist()})
    labels, said = folder / "labels.json", folder / "net.json"
    labels.write_text(json.dumps({"images": images, "annotations": annotations, "categories": [category]}))
    said.write_text(json.dumps(results))
    return str(labels), str(said)


def test_what_looks_wrong_is_printed_and_written_as_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels, said = write(tmp_path, people_who_stand(70, 4))
    table = tmp_path / "suspicious.csv"
    assert main(["check", labels, "--predictions", said, "--plain", "--json", "--csv", str(table)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["people"], told["networks"]) == (70, ["net"])
    worst = told["findings"][0]
    assert (worst["annotation_id"], worst["kind"]) == (1, "inversion") and worst["file_name"] == "1.jpg"
    assert worst["keypoints"] == ["left_knee", "right_knee"] and worst["words"] == "left and right knee seem exchanged"
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(told["findings"]) and rows[0]["keypoints"] == "left_knee right_knee"
    assert main(["check", labels, "--plain", "--csv", str(table)]) == 1, "nothing is written over"
    assert "--force" in capsys.readouterr().err


def test_too_few_labels_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels, _ = write(tmp_path, people_who_stand(8))
    assert main(["check", labels]) == 1
    assert "8 labelled people; wanted 50" in capsys.readouterr().err
