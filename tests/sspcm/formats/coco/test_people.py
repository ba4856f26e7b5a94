"""Which annotations are persons, and what is read of each."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sspcm.formats.coco.reading import KEPT_ASIDE, CocoFile, category_of, parse_coco
from sspcm.pose import Box
from sspcm.skeletons.skeleton import BUILT_IN
from tests.coco_generator import JSON, ODD

COCO = BUILT_IN["coco-17"]
PERSON = category_of(COCO)
POSE = [v for k in range(17) for v in (60 + k, 40 + 2 * k, 2)]
LABELLED = {"id": 5, "image_id": 1, "category_id": 1, "bbox": [50, 30, 40, 60], "keypoints": POSE}
CATEGORIES = [PERSON, {"id": 2, "name": "pedestrian"}, {"id": 3, "name": "car"}]


def read(*annotations: Any) -> CocoFile:
    image = {"id": 1, "file_name": "a.jpg", "width": 160, "height": 120}
    return parse_coco({"images": [image], "annotations": list(annotations), "categories": CATEGORIES})


def aside(file: CocoFile) -> list[dict[str, Any]]:
    return list(file.images[0].extra.get(KEPT_ASIDE, []))


def test_a_person_is_read_with_every_field_that_we_do_not() -> None:
    file = read({**LABELLED, "area": 900, "track": 4, "num_keypoints": 17})
    (entry,) = file.persons
    assert (entry.id, entry.image_id, entry.person.area) == (5, 1, 900)
    assert entry.person.label is not None
    assert entry.person.label.xyv.ravel().tolist() == POSE
    assert entry.person.extra == {"category_id": 1, "track": 4, "num_keypoints": 17}
    assert file.complaints == ()


def test_crowds_and_cars_wait_in_their_image_for_the_export() -> None:
    crowd, car = {**LABELLED, "iscrowd": 1}, {**LABELLED, "id": 6, "category_id": 3}
    file = read(crowd, car)
    assert (file.persons, aside(file)) == ((), [crowd, car])


def test_a_box_that_holds_exactly_one_pose_is_that_persons() -> None:
    box = {"id": 6, "image_id": 1, "category_id": 2, "bbox": [40, 20, 60, 80]}
    assert len(read(LABELLED, box).persons) == 1
    assert len(read(LABELLED, {**LABELLED, "id": 7}, box).persons) == 3, "of two it could be either's"


@pytest.mark.parametrize("absent", [[float("nan"), float("nan"), 0], [None, None, None], ["x", 5, 0], [0, 0, 0]])
def test_an_absent_keypoint_may_have_any_place(absent: list[Any]) -> None:
    (entry,) = read({**LABELLED, "keypoints": [*absent, *POSE[3:]]}).persons
    assert entry.person.label is not None
    assert entry.person.label.labelled.sum() == 16


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (POSE[:48], "it has 48 keypoint numbers; wanted 51"),
        ("x", "wanted a list of numbers"),
        ([None, 5, 2, *POSE[3:]], "its keypoint 1 is [None, 5, 2]"),
        ([9999] * 51, "visibility"),
        ([*POSE[:48], 900, 5, 2], "lies over a frame's width outside"),
    ],
)
def test_keypoints_that_cannot_be_read_leave_an_open_person_and_stay_for_the_export(odd: Any, said: str) -> None:
    file = read({**LABELLED, "keypoints": odd})
    (entry,) = file.persons
    assert (entry.person.label, entry.person.extra["keypoints"]) == (None, odd)
    assert entry.person.box == Box(50, 30, 40, 60)
    assert len(file.complaints) == 1
    assert said in file.complaints[0]


def test_a_person_without_a_box_gets_one_round_the_keypoints_and_else_is_a_loss_only_of_keypoints() -> None:
    (entry,) = read({**LABELLED, "bbox": None}).persons
    box = entry.person.box
    assert (box.x < 60, box.x + box.width > 76) == (True, True)
    nowhere = read({"id": 5, "image_id": 1, "category_id": 1})
    assert (nowhere.persons, len(nowhere.complaints), nowhere.losses) == ((), 1, ())


def test_a_labelled_person_of_no_image_is_a_loss() -> None:
    assert "no image has the id 77" in read({**LABELLED, "image_id": 77}).losses[0]


def test_ids_in_words_and_ids_twice_are_numbered_the_same_from_file_to_file() -> None:
    annotations = [{**LABELLED, "id": "p-7"}, LABELLED, LABELLED, {**LABELLED, "id": None}]
    first, again = read(*annotations), read(*annotations)
    numbers = [entry.id for entry in first.persons]
    assert numbers[1] == 5
    assert len(set(numbers)) == 4
    assert [entry.id for entry in again.persons] == numbers
    assert first.persons[0].person.extra["own_id"] == "p-7"


FIELDS = [*LABELLED, "area", "iscrowd", "num_keypoints", "rbbox"]


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(FIELDS), ODD | JSON, max_size=4))
def test_every_annotation_is_a_person_or_kept_or_complained_of(odd: dict[str, Any]) -> None:
    file = read({**LABELLED, **odd})
    assert len(file.persons) + len(aside(file)) == 1 or file.complaints


def test_boxes_that_are_unfit_for_different_reasons_are_told_apart_and_alike_ones_together() -> None:
    boxes = [[112, 102, -60, -70], [112, 102, -61, -71], [900, 900, 10, 10], {"a": 1}, {"b": 2}]
    placed = [20, 20, 2] * 17
    data = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 160, "height": 120}],
        "annotations": [
            {"id": i, "image_id": 1, "category_id": 1, "bbox": bbox, "keypoints": placed}
            for i, bbox in enumerate(boxes, start=1)
        ],
        "categories": [{"id": 1, "name": "person"}],
    }
    told = parse_coco(data).complaints
    assert [line.split(" annotations")[0] for line in told if "annotations" in line] == ["2", "2"]
    assert len(told) == 3
    assert "outside the 160 x 120 px frame" in told[1]


def test_a_box_made_of_keypoints_is_known_as_such() -> None:
    without = {key: value for key, value in LABELLED.items() if key != "bbox"}
    assert [one.box_is_made for one in read(LABELLED, {**without, "id": 6}).persons] == [False, True]


def test_a_person_measured_in_parts_of_the_frame_is_told_once() -> None:
    parts = {**LABELLED, "bbox": [0.2, 0.3, 0.4, 0.5], "keypoints": [0.4, 0.5, 2] * 17}
    told = read(parts, {**parts, "id": 6}).complaints
    assert len(told) == 1
    assert told[0].startswith("2 annotations") and "multiply x by the width and y by the height" in told[0]
