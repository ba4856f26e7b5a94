"""What a further COCO file says beside its images and annotations, joined to the home's header."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.dataset.headers import FURTHER, adopt_header
from sspcm.formats.coco.reading import KEPT_ASIDE, CocoFile, category_of, parse_coco
from sspcm.skeletons.skeleton import get_skeleton
from tests.coco_generator import JSON, ODD

PERSON = category_of(get_skeleton("coco-17"))
FREE, PAID = {"id": 1, "name": "free"}, {"id": 1, "name": "paid"}


def file_of(*, of_image: Mapping[str, Any] | None = None, **header: Any) -> CocoFile:
    """A file of one image and one person, with these in its header."""
    image = {"id": 1, "file_name": "a.jpg", "width": 160, "height": 120, **(of_image or {})}
    person = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9]}
    return parse_coco({"images": [image], "annotations": [person], "categories": [PERSON], **header})


def adopt(
    file: CocoFile, home: Mapping[str, Any], *pointing: dict[str, Any]
) -> tuple[CocoFile, dict[str, Any], tuple[str, ...]]:
    return adopt_header(file, {"categories": [PERSON], **home}, lambda: pointing)


def test_the_first_files_header_is_the_homes() -> None:
    file = file_of(info={"year": 1}, licenses=[FREE])
    adopted, header, complaints = adopt_header(file, {}, tuple)
    assert (adopted, header, complaints) == (file, file.header, ())


def test_the_same_content_under_another_number_is_shared() -> None:
    file = file_of(licenses=[{**FREE, "id": 7}], of_image={"license": 7})
    adopted, header, _ = adopt(file, {"licenses": [FREE]})
    assert header["licenses"] == [FREE]
    assert adopted.images[0].extra["license"] == 1


def test_a_clash_is_renumbered_with_everything_that_points_there() -> None:
    crowd = {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "iscrowd": 1, "license_id": 1}
    file = file_of(licenses=[PAID], videos=[{"id": 1, "license": "1"}], of_image={"license": 1.0, "video_id": 1})
    with_crowd = replace(file.images[0], extra={**file.images[0].extra, KEPT_ASIDE: [crowd]})
    adopted, header, _ = adopt(replace(file, images=(with_crowd,)), {"licenses": [FREE]})
    assert header["licenses"] == [FREE, {**PAID, "id": 2}]
    assert header["videos"] == [{"id": 1, "license": 2}]
    (image,) = adopted.images
    assert (image.extra["license"], image.extra["video_id"]) == (2, 1)
    assert image.extra[KEPT_ASIDE][0]["license_id"] == 2


def test_ids_in_words_clash_and_get_a_number_behind() -> None:
    file = file_of(licenses=[{"id": "cc", "name": "paid"}], of_image={"license": "cc"})
    adopted, header, _ = adopt(file, {"licenses": [{"id": "cc", "name": "free"}]})
    assert [one["id"] for one in header["licenses"]] == ["cc", "cc-2"]
    assert adopted.images[0].extra["license"] == "cc-2"


def test_a_number_that_points_at_nothing_never_comes_to_mean_an_entry() -> None:
    adopted, _, _ = adopt(file_of(licenses=[{**PAID, "id": 5}], of_image={"license": 1}), {"licenses": [FREE]})
    assert adopted.images[0].extra["license"] not in (1, 5)
    _, header, _ = adopt(file_of(licenses=[PAID]), {}, {"license": 1})
    assert header["licenses"] == [{**PAID, "id": 2}], "an image of the home points at 1, which nobody listed"


def test_what_has_no_ids_and_differs_stays_the_homes_and_is_said_and_kept() -> None:
    file = file_of(info={"year": 2}, licenses="mine")
    _, header, complaints = adopt(file, {"info": {"year": 1}, "licenses": [FREE]})
    assert (header["info"], header["licenses"]) == ({"year": 1}, [FREE])
    assert header[FURTHER] == [{"info": {"year": 2}, "licenses": "mine"}]
    assert complaints[0].startswith("the file's 'info', 'licenses' differ from the home's, which stay; kept in")
    assert adopt(file, header)[1] == header, "a second time adds nothing"


ENTRY = st.fixed_dictionaries({"id": ODD}, optional={"name": ODD, "license": ODD, "video_id": ODD})
HEADER = st.dictionaries(
    st.sampled_from(["licenses", "videos", "info", FURTHER, "x"]), st.lists(ENTRY, max_size=3) | JSON, max_size=4
)


@settings(max_examples=40)
@given(HEADER, HEADER)
def test_whatever_two_files_say_they_can_be_joined_and_joining_again_changes_nothing(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    _, home, _ = adopt(file_of(**first), {})
    adopted, header, _ = adopt(file_of(**second), home)
    assert {**header, **home} | {key: header[key] for key in home} == header, "nothing of the home's is lost"
    json.dumps(header, allow_nan=False)
    _, again, _ = adopt(replace(adopted, header=header), header)
    assert again == header
