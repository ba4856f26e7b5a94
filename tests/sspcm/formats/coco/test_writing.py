"""What is written can be evaluated, whatever was kept for it, and what had to be changed is counted."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sspcm.formats.coco.file import CocoError, CocoFile, CocoImage, CocoPerson
from sspcm.formats.coco.reading import AS_READ, KEPT_ASIDE, category_of
from sspcm.formats.coco.writing import RENUMBERED, STRANGE, UNCARRIED, UNLISTED, Written, write
from sspcm.pose import Box, PersonInstance
from sspcm.skeletons.skeleton import BUILT_IN
from tests.coco_generator import JSON

COCO = BUILT_IN["coco-17"]
HEADER = {"categories": [category_of(COCO)]}


def written(number: int = 1, *, extra: Any = None, aside: Any = None, header: Any = None) -> Written:
    """One image with one open person, in whose fields there may be anything."""
    image = CocoImage(1, "a.jpg", 160, 120, {} if aside is None else {KEPT_ASIDE: aside})
    person = CocoPerson(number, 1, PersonInstance(Box(1, 1, 10, 20), None, None, extra or {}))
    return write(CocoFile(COCO, (image,), (person,), HEADER if header is None else header))


def test_a_person_without_anything_gets_all_that_readers_ask_for() -> None:
    found = written()
    assert found.changes == {}
    assert found.document["annotations"] == [
        {
            "id": 1, "image_id": 1, "category_id": 1, "area": 0.53 * 200, "iscrowd": 0, "bbox": [1, 1, 10, 20],
            "keypoints": [0] * 51, "num_keypoints": 0,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("number", [0, -7, 2**63])
def test_an_id_that_readers_cannot_take_is_renumbered_past_those_kept_aside(number: int) -> None:
    found = written(number, aside=[{"id": 41, "bbox": [1, 1, 2, 2], "iscrowd": 1, "area": 4}])
    assert (found.person_ids, found.changes[RENUMBERED]) == ((42,), 1)


@pytest.mark.parametrize(
    ("extra", "key", "value"),
    [
        ({"iscrowd": "maybe"}, "iscrowd", 0),
        ({"keypoints": [1, 1, 2] * 17}, "keypoints", [0] * 51),
        ({"num_keypoints": 5}, "num_keypoints", 0),
    ],
)
def test_what_was_changed_stays_as_it_was_read(extra: dict[str, Any], key: str, value: Any) -> None:
    found = written(extra=extra)
    (annotation,) = found.document["annotations"]
    assert (annotation[key], annotation[AS_READ]) == (value, extra)
    assert sum(found.changes.values()) == 1


def test_each_change_is_counted_under_its_own_words() -> None:
    found = written(extra={"category_id": 77, "score": float("nan")}, aside=[7, {"bbox": [1, 1, 2, 2], "area": 4}])
    assert {why: found.changes[why] for why in (UNLISTED, UNCARRIED, STRANGE, RENUMBERED)} == {
        UNLISTED: 1, UNCARRIED: 1, STRANGE: 1, RENUMBERED: 1,
    }  # fmt: skip


def test_a_header_without_categories_gets_the_skeletons() -> None:
    assert written(header={"categories": "none"}).document["categories"] == [category_of(COCO)]


def test_two_images_of_one_id_are_not_written() -> None:
    image = CocoImage(1, "a.jpg", 4, 3)
    with pytest.raises(CocoError, match="image ids must be unique"):
        write(CocoFile(COCO, (image, image), (), HEADER))


FIELDS = st.dictionaries(
    st.sampled_from(["id", "iscrowd", "area", "bbox", "keypoints", "num_keypoints", "category_id", AS_READ]), JSON
)


@settings(max_examples=30)
@given(FIELDS, JSON | st.lists(FIELDS | JSON, max_size=3), st.integers(-2, 3) | st.integers())
def test_whatever_was_kept_ids_are_whole_and_single_and_all_is_json(extra: Any, aside: Any, number: int) -> None:
    document = written(number, extra=extra, aside=aside).document
    json.dumps(document, allow_nan=False)
    ids = [one["id"] for one in document["annotations"]]
    assert len(set(ids)) == len(ids)
    assert all(type(one) is int and one > 0 for one in ids)
