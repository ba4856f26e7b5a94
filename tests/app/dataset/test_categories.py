"""A further COCO file in the categories of the home."""

from typing import Any

from app.dataset.categories import adopt_categories
from sspcm.formats.coco.reading import KEPT_ASIDE, category_of, parse_coco
from sspcm.skeletons.skeleton import get_skeleton

HOME = [category_of(get_skeleton("coco-17")), {"id": 2, "name": "dog"}]
CATEGORIES = [{"id": 2, "name": "Person"}, {"id": 5, "name": "dog"}, {"id": 1, "name": "car"}]


def annotation(number: int, category: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "image_id": 1, "category_id": category, "bbox": [1, 1, 5, 5], **more}


def test_persons_become_the_homes_and_the_rest_keeps_its_name() -> None:
    image = {"id": 1, "file_name": "f.jpg", "width": 9, "height": 9}
    annotations = [annotation(1, 2), annotation(2, 5), annotation(3, 1), annotation(4, 2, iscrowd=1)]
    file = parse_coco({"categories": CATEGORIES, "images": [image], "annotations": annotations})
    adopted, categories, _ = adopt_categories(file, HOME)
    assert categories == [*HOME, {"id": 3, "name": "car"}]
    assert adopted.persons[0].person.extra["category_id"] == 1
    aside = adopted.images[0].extra[KEPT_ASIDE]
    assert [(one["id"], one["category_id"]) for one in aside] == [(2, 2), (3, 3), (4, 1)]


def test_a_file_in_the_homes_own_categories_stays_as_it_is() -> None:
    file = parse_coco({"categories": HOME, "images": [], "annotations": []})
    assert adopt_categories(file, HOME) == (file, HOME, [])


def test_a_home_of_boxes_learns_the_keypoints_names() -> None:
    file = parse_coco({"categories": HOME, "images": [], "annotations": []})
    _, categories, _ = adopt_categories(file, [{"id": 4, "name": "person"}])
    assert (categories[0]["id"], categories[0]["keypoints"]) == (4, HOME[0]["keypoints"])


def test_what_a_file_says_of_a_category_is_added_or_comes_back_as_differing() -> None:
    said = {**HOME[0], "id": 7, "supercategory": "worker", "color": "red"}
    file = parse_coco({"categories": [said], "images": [], "annotations": []})
    _, categories, otherwise = adopt_categories(file, HOME)
    assert categories == [{**HOME[0], "color": "red"}, HOME[1]]
    assert otherwise == [{"name": "person", "supercategory": "worker"}]


def test_a_file_that_tells_people_apart_keeps_them_apart() -> None:
    """VisDrone has "pedestrian" and "people": folded into the home's "person", nobody could say who was which."""
    kinds = [{"id": 1, "name": "pedestrian"}, {"id": 2, "name": "people"}]
    image = {"id": 1, "file_name": "f.jpg", "width": 9, "height": 9}
    file = parse_coco({"categories": kinds, "images": [image], "annotations": [annotation(1, 1), annotation(2, 2)]})
    adopted, categories, otherwise = adopt_categories(file, HOME)
    names = {one["id"]: one["name"] for one in categories}
    assert [names[one.person.extra["category_id"]] for one in adopted.persons] == ["pedestrian", "people"]
    assert (list(names.values()), otherwise) == (["person", "dog", "pedestrian", "people"], [])


def test_names_that_differ_by_case_or_not_at_all_stay_the_ones_they_were() -> None:
    twice = [{"id": 1, "name": "Person"}, {"id": 3, "name": "person"}, {"id": 4, "name": "person"}]
    file = parse_coco({"categories": twice, "images": [], "annotations": []})
    assert adopt_categories(file, twice) == (file, twice, [])
