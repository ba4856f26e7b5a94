"""COCO files lose nothing, and what is wrong in them is named."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from sspcm.formats.coco import CocoError, parse_coco, read_coco, write_coco
from sspcm.skeleton import BUILT_IN

KEYPOINTS = [v for k in range(17) for v in (10.5 + k, 20.25, 2)]
CATEGORY = {"id": 1, "name": "person", "keypoints": list(BUILT_IN["coco-17"].keypoints), "skeleton": [[16, 14]]}


def document(**person: Any) -> dict[str, Any]:
    good = {"id": 5, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 99.5, "bbox": [1.5, 2, 30, 40]}
    return {
        "info": {"year": 2026},
        "categories": [CATEGORY],
        "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 64, "scene": "hall"}],
        "annotations": [{**good, "num_keypoints": 17, "keypoints": KEYPOINTS, **person}],
    }


@pytest.mark.parametrize("folder", ["coco_tiny", "coco_persons", "fisheye", "synthetic"])
def test_reading_then_writing_a_real_file_changes_no_number(folder: str) -> None:
    if "SSPCM_TEST_DATA" not in os.environ:
        pytest.skip("SSPCM_TEST_DATA is unset: no real data here")
    path = Path(os.environ["SSPCM_TEST_DATA"]) / folder / "annotations.json"
    found = read_coco(path)
    assert found.complaints == ()
    assert write_coco(found) == json.loads(path.read_text())


def test_unknown_fields_survive() -> None:
    before = document(rbbox=[1, 2, 3, 4, 5], note="kept")
    assert write_coco(parse_coco(before)) == before


def test_a_box_without_keypoints_is_an_unlabelled_person() -> None:
    found = parse_coco(document(num_keypoints=0, keypoints=[0] * 51))
    assert found.persons[0].person.label is None
    assert write_coco(found)["annotations"][0]["keypoints"] == [0] * 51


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"bbox": [1, 2, 0, 5]}, "positive width"),
        ({"bbox": [500, 2, 5, 5]}, "outside the 64 x 64 px frame"),
        ({"bbox": [0, 0, 900, 5]}, "over twice"),
        ({"bbox": None}, "wanted \\[x, y, width, height\\]"),
        ({"keypoints": [1, 2, 2]}, "it has 3 keypoint numbers; wanted 51"),
        ({"keypoints": [1, 2, 5] * 17}, "visibility is 0, 1 or 2"),
        ({"keypoints": [9999, 2, 2] * 17}, "outside"),
        ({"image_id": 7}, "no image has the id 7"),
    ],
)
def test_a_wrong_annotation_is_named_and_left_out(wrong: dict[str, Any], said: str) -> None:
    found = parse_coco(document(**wrong))
    assert found.persons == ()
    assert len(found.complaints) == 1
    assert re.search(said, found.complaints[0])
    assert "annotation 5" in found.complaints[0]


@pytest.mark.parametrize("content", ["{", "[]", '{"images": []}'])
def test_a_file_that_is_no_coco_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    with pytest.raises(CocoError, match=r"broken\.json"):
        read_coco(path)


def test_a_skeleton_of_its_own_is_read_from_the_category() -> None:
    names = ["head", "left_hand", "right_hand"]
    data = document() | {"annotations": [], "categories": [{"id": 1, "name": "bird", "keypoints": names}]}
    assert parse_coco(data).skeleton.mirror == (0, 2, 1)
