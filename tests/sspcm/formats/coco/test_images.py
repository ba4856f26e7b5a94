"""The images of a file, whatever they are numbered by."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sspcm.formats.coco.images import Images, read_images
from sspcm.formats.complaints import Complaints
from tests.coco_generator import JSON, ODD


def read(*entries: Any) -> tuple[Images, tuple[str, ...], list[str]]:
    complaints = Complaints()
    return read_images(entries, complaints), complaints.told(), complaints.losses


def image(said: Any, name: Any = "a.jpg", **more: Any) -> dict[str, Any]:
    return {"id": said, "file_name": name, "width": 160, "height": 120, **more}


@pytest.mark.parametrize("meant", [7, 7.0, "7", " 7 "])
def test_an_annotation_finds_its_image_however_the_id_is_written(meant: Any) -> None:
    images, told, _ = read(image(7, scene="hall"))
    found = images.find(meant)
    assert found is not None
    assert (found.id, found.extra, told) == (7, {"scene": "hall"}, ())
    assert images.find([]) is images.find(8) is None


def test_an_id_in_words_gets_a_number_that_no_other_has_and_is_kept() -> None:
    images, told, _ = read(image("yard", "b.jpg"), image(1))
    found = images.find("yard")
    assert found is not None
    assert found.id != 1
    assert found.extra == {"own_id": "yard"}
    assert "its id is the text 'yard'" in told[0]


def test_an_image_listed_twice_is_one_that_both_ids_mean() -> None:
    images, told, losses = read(image(1), image(2))
    assert images.find(1) is images.find(2) is not None
    assert len(images.by_id) == 1
    assert ("came before" in told[0], losses) == (True, [])


@pytest.mark.parametrize("same", [1, "1", 1.0, " 1.0 "])
def test_an_id_that_two_images_claim_is_neithers_and_both_are_there(same: Any) -> None:
    images, told, losses = read(image(1), image(same, "b.jpg"), image(2, "c.jpg"))
    assert [one.file_name for one in images.by_id.values()] == ["a.jpg", "b.jpg", "c.jpg"]
    assert images.find(1) is images.find(same) is None
    assert images.ambiguous == {1: ("'a.jpg'", "'b.jpg'")}
    assert (told, losses) == ((), []), "told of with its annotations, which can be counted there"


def test_an_id_in_words_that_two_images_claim_is_neithers() -> None:
    images, _, _ = read(image("yard"), image("yard", "b.jpg"), image("hall", "c.jpg"))
    assert len(images.by_id) == 3
    assert images.find("yard") is None
    assert images.find("hall") is not None


def test_an_image_listed_twice_keeps_the_id_that_nobody_else_claims() -> None:
    images, _, _ = read(image(1), image(2), image(2, "b.jpg"))
    found = images.find(1)
    assert found is not None
    assert (found.file_name, images.find(2)) == ("a.jpg", None)


def test_an_image_without_a_name_claims_its_id_too() -> None:
    images, _, _ = read({"id": 1}, image(1))
    assert images.find(1) is None
    assert images.ambiguous == {1: ("one without a name", "'a.jpg'")}


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (7, "JSON int"),
        (None, "it is null"),
        ({"id": 1}, "needs the field 'file_name'"),
        (image(1, 5), "wanted a path"),
    ],
)
def test_what_has_no_name_is_left_out_as_a_loss(odd: Any, said: str) -> None:
    images, told, losses = read(odd)
    assert (images.by_id, len(losses)) == ({}, 1)
    assert said in told[0]


@pytest.mark.parametrize("odd", [0, None, "wide", -3, [], 2.5, 10**400])
def test_a_size_that_is_none_is_left_to_the_image_itself(odd: Any) -> None:
    images, told, _ = read(image(1, width=odd))
    assert (images.by_id[1].width, images.by_id[1].height) == (None, None)
    assert "taken from the image itself" in told[0]


@settings(max_examples=30)
@given(st.lists(JSON | st.builds(image, ODD | JSON, ODD | JSON | st.sampled_from(["a.jpg", "b.jpg"])), max_size=5))
def test_whatever_is_listed_numbers_and_names_stay_single(entries: list[Any]) -> None:
    images, _, _ = read(*entries)
    names = [one.file_name for one in images.by_id.values()]
    assert len(set(names)) == len(names)
    assert all(one.id == number for number, one in images.by_id.items())
    assert set(images.numbers.values()) <= set(images.by_id)


def test_an_image_that_is_left_out_is_known_so_that_its_persons_are_not_complained_of_again() -> None:
    images, told, _ = read({"id": 2}, image(1))
    assert images.left_out == {2}
    assert len(told) == 1


def test_an_id_too_large_for_a_store_is_called_a_number() -> None:
    images, told, _ = read(image(2**63 + 5))
    assert images.find(2**63 + 5) is not None
    assert told[0].startswith(f"image 'a.jpg': its id is a number of over 18 digits, {2**63 + 5}; numbered ")
