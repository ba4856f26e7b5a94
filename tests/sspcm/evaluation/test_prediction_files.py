"""Several networks' predictions side by side, person by person."""

import numpy as np
import pytest

from sspcm.evaluation.prediction_files import EvaluationError, compare
from sspcm.formats.coco.reading import parse_coco
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")


def people() -> dict:
    """Two images, one person in the first and two in the second; the first is labelled."""

    def person(number: int, image: int, v: int) -> dict:
        told = {"id": number, "image_id": image, "category_id": 1, "bbox": [0, 0, 40, 80]}
        return told | {"keypoints": [5.0, 6.0, v] * 17 if v else [0] * 51, "num_keypoints": 17 if v else 0}

    images = [{"id": i, "file_name": f"{i}.jpg", "width": 99, "height": 99} for i in (1, 2)]
    category = {"id": 1, "name": "person", "keypoints": list(COCO.keypoints), "skeleton": []}
    return {"images": images, "annotations": [person(7, 1, 2), person(8, 2, 0), person(9, 2, 0)],
            "categories": [category]}  # fmt: skip


def result(value: float, image: int, person: int | None = None) -> dict:
    told = {"image_id": image, "keypoints": [value, value, 0.5] * 17, "score": 0.5}
    return told if person is None else told | {"annotation_id": person}


def test_persons_whom_every_member_predicts_are_compared() -> None:
    coco = parse_coco(people(), COCO)
    one = [result(1, 1), result(2, 2, 8), result(3, 2, 9)]
    other = [result(4, 2, 9), result(5, 1, 7), result(6, 2)]  # the last: of which of the two?
    found = compare(coco, {"A": one, "B": other})
    assert found.annotations.tolist() == [7, 9] and found.file_names == ("1.jpg", "2.jpg")
    assert found.members["A"][:, 0, 0].tolist() == [1.0, 3.0]
    assert found.members["B"][:, 0, 0].tolist() == [5.0, 4.0]
    assert found.is_labelled.tolist() == [True, False] and found.area.tolist() == [0.53 * 3200] * 2
    assert found.of(np.array([False, True])).annotations.tolist() == [9]


def test_members_of_nobody_in_common_are_refused_with_their_counts() -> None:
    coco = parse_coco(people(), COCO)
    with pytest.raises(EvaluationError, match=r"no person of 3 .*\(persons by file: A 1, B 1\).*Predict them all"):
        compare(coco, {"A": [result(1, 1)], "B": [result(2, 2, 8)]})


def test_a_prediction_of_another_skeleton_is_named() -> None:
    coco = parse_coco(people(), COCO)
    short = result(1, 1) | {"keypoints": [1, 2, 0.5]}
    with pytest.raises(EvaluationError, match="B predicts annotation 7 with other than 51 finite keypoint numbers"):
        compare(coco, {"A": [result(1, 1)], "B": [short]})
