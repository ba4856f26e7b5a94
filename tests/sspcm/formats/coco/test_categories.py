"""Whose annotations are persons, and what their keypoints are called."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sspcm.formats.coco.categories import keypoint_names, number_categories, person_category
from sspcm.formats.coco.file import CocoError, CocoFile
from sspcm.formats.coco.reading import category_of, parse_coco
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton
from tests.coco_generator import JSON, ODD

COCO = BUILT_IN["coco-17"]
PERSON = category_of(COCO)
STICK = ["head", "left_hand", "right_hand", "foot"]
HAND = {"id": 5, "name": "hand", "keypoints": ["thumb", "index"]}


def stick(**more: Any) -> dict[str, Any]:
    """A category of four keypoints that no built-in skeleton has."""
    return {"id": 1, "name": "person", "keypoints": STICK, **more}


def posed(category: int, count: int) -> dict[str, Any]:
    return {"id": 1, "image_id": 1, "category_id": category, "bbox": [1, 1, 9, 9], "keypoints": [5, 5, 2] * count}


def read(*categories: Any, annotations: Any = (), skeleton: Skeleton | None = None) -> CocoFile:
    image = {"id": 1, "file_name": "a.jpg", "width": 160, "height": 120}
    return parse_coco({"images": [image], "annotations": list(annotations), "categories": list(categories)}, skeleton)


@pytest.mark.parametrize(
    ("edges", "read_as", "said"),
    [
        ([[1, 2], [1, 3]], ((0, 1), (0, 2)), ""),
        ([["head", "left_hand"], ["1", 4.0]], ((0, 1), (0, 3)), ""),
        ([[0, 1], [0, 3]], ((0, 1), (0, 3)), "its edges count from zero"),
        ([[1, 2], [1, 5]], ((0, 1),), "1 of 2 edges name no two of its 4 keypoints"),
        ([[0, 1], [1, 4]], ((0, 3),), "1 of 2 edges name no two of its 4 keypoints"),
        ([[1, 2], [-1, 2], [3], "x", None, [1, 2, 3]], ((0, 1),), "5 of 6 edges name no two"),
        ([[10**400, 1], [1.5, 2]], (), "2 of 2 edges name no two"),
        ("head-foot", (), "1 of 1 edges name no two"),
        ([], (), ""),
        (None, (), ""),
    ],
    ids=str,
)
def test_edges_count_from_one_or_zero_and_those_beyond_are_dropped_and_said(
    edges: Any, read_as: tuple[tuple[int, int], ...], said: str
) -> None:
    file = read(stick(skeleton=edges))
    assert file.skeleton.edges == read_as
    assert any(said in one for one in file.complaints)
    assert said or not any("edges" in one for one in file.complaints)


def test_a_skeleton_of_its_own_says_how_many_pairs_were_found() -> None:
    file = read(stick())
    assert (file.skeleton.mirror, file.names_keypoints) == ((0, 2, 1, 3), True)
    assert "1 pair of left and right found by name" in file.complaints[0]
    assert "0 pairs: give --skeleton FILE" in read(HAND).complaints[0]


def test_people_are_found_by_name_then_by_use_and_never_by_order() -> None:
    for categories in ((PERSON, HAND), (HAND, PERSON)):
        assert read(*categories, annotations=[posed(1, 17), posed(5, 2), posed(5, 2)]).skeleton == COCO
        dogs = [{**one, "name": "dog"} if one is PERSON else one for one in categories]
        assert len(read(*dogs, annotations=[posed(1, 17), posed(5, 2), posed(5, 2)]).skeleton) == 2
        assert len(read(*categories, annotations=[posed(5, 2)]).skeleton) == 2, "a category that nothing uses"


def test_a_given_skeleton_decides_and_one_of_other_names_is_refused() -> None:
    swapped = Skeleton("hand", ("thumb", "index"), (), (1, 0), (0.05, 0.06))
    assert read(PERSON, HAND, annotations=[posed(1, 17)], skeleton=swapped).skeleton == swapped
    with pytest.raises(CocoError, match="names 17 keypoints, such as 'nose'; wanted the 2 of skeleton 'hand'"):
        read(PERSON, skeleton=swapped)


def test_where_nobody_names_keypoints_boxes_named_for_people_are_people() -> None:
    file = read(
        {"id": 1, "name": "car"}, {"id": 2, "name": "Pedestrian"}, annotations=[posed(2, 0), posed(1, 0) | {"id": 2}]
    )
    assert (len(file.persons), file.names_keypoints, file.skeleton) == (1, False, COCO)
    assert "1 annotation of category 'car': no persons" in file.complaints[0]


def test_a_category_without_an_id_of_its_own_is_numbered_and_said() -> None:
    kept, numbers, changed = number_categories(
        [{"name": "a", "id": 3}, {"name": "b", "id": "x"}, {"name": "c", "id": 3}]
    )
    assert [one["id"] for one in kept] == [3, 4, 5]
    assert (numbers, kept[1]["own_id"]) == ({3: 3, "x": 4}, "x")
    assert changed == [
        "category 'b' has the id 'x'; numbered 4",
        "category 'c' has the id 3; numbered 5, and annotations of that id are taken for 'a'",
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_two_categories_under_one_id_cost_no_label_in_either_order(order: int) -> None:
    person = {"name": "person", "id": 1, "keypoints": ["nose"]}
    _, numbers, changed = number_categories([{"name": "car", "id": 1}, person][::order])
    kept = {1: "car", 2: "person"} if order == 1 else {1: "person", 2: "car"}
    assert kept[numbers[1]] == "person"
    assert "annotations of that id are taken for 'person'" in changed[0]


@settings(max_examples=30)
@given(st.lists(st.fixed_dictionaries({"id": ODD | JSON}, optional={"keypoints": JSON}) | JSON, max_size=5))
def test_whatever_the_categories_their_ids_are_whole_and_single_and_stay(entries: list[Any]) -> None:
    kept, _, _ = number_categories(entries)
    ids = [one["id"] for one in kept]
    assert len(set(ids)) == len(ids)
    assert all(type(one) is int for one in ids)
    assert number_categories(kept)[0] == kept


def test_an_export_writes_people_under_their_own_category_however_it_spells_the_keypoints() -> None:
    spelled = {**PERSON, "id": 3, "keypoints": [one.replace("_", " ").title() for one in COCO.keypoints]}
    found = person_category([{"id": 1, "name": "person"}, HAND, spelled], COCO.keypoints)
    assert found is not None
    assert found["id"] == 3
    assert person_category([HAND], COCO.keypoints) is None


@pytest.mark.parametrize("odd", [None, [], "nose", 17, {}, [None], [[1]], [True]])
def test_what_names_no_keypoints_names_none(odd: Any) -> None:
    assert keypoint_names({"keypoints": odd}) is None


def test_numbers_may_name_keypoints() -> None:
    assert keypoint_names({"keypoints": [1, 2, "nose"]}) == ("1", "2", "nose")
