"""Annotations files as they are published, quirks and all."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sspcm.formats.coco.reading import LARGEST_FILE, CocoError
from sspcm.protocols.published import read_detections, read_published
from sspcm.skeletons.skeleton import BUILT_IN
from tests.coco_generator import broken_files
from tests.sspcm.protocols.data_sets import edit, write

COCO, WEPDTOF = BUILT_IN["coco-17"], BUILT_IN["wepdtof-14"]


def train_of(root):
    folder = root / "coco" if (root / "coco").exists() else root
    return folder / "annotations" / "person_keypoints_train2017.json", folder / "images" / "train2017"


def test_coco_persons_come_in_the_order_of_the_images_and_crowds_are_none(coco):
    found = read_published(*train_of(coco), skeleton=COCO)
    assert [person.id for person in found.persons] == [13, 16, 11, 15, 12, 14]
    assert [person.id for person in found.persons if person.label is None] == [14]
    assert found.complaints == () and all(image.path.is_file() for image in found.images)
    assert {person.area for person in found.persons} == {1500.0}


def test_wepdtof_names_14_keypoints_whatever_its_category_says_and_takes_the_area_from_the_box(wepdtof):
    found = read_published(*train_of(wepdtof), form="wepdtof", skeleton=WEPDTOF)
    assert [len(p.label.xyv) if p.label else None for p in found.persons] == [14, None, 14]
    np.testing.assert_allclose([person.area for person in found.persons], 0.53 * 40 * 60)
    assert found.images[0].lens.radius == 48


def test_wepdtof_areas_are_not_believed(wepdtof):
    edit(train_of(wepdtof)[0], lambda data: data["annotations"][0].update(area=7.0))
    found = read_published(*train_of(wepdtof), form="wepdtof", skeleton=WEPDTOF)
    assert found.persons[0].area == pytest.approx(0.53 * 40 * 60)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["images"][1].update(id=7), "the image at place 1 has the id 7; wanted 1"),
        (lambda data: data["annotations"][2].pop("num_keypoints"), "annotation 2 has no num_keypoints"),
        (lambda data: data["annotations"][2].update(keypoints=[1, 1, 2] * 17), "it has 51 keypoint numbers; wanted 42"),
    ],
)
def test_a_wepdtof_file_unlike_its_kind_names_the_first_entry(wepdtof, change, said):
    edit(train_of(wepdtof)[0], change)
    with pytest.raises(CocoError, match=r"person_keypoints_train2017\.json: ") as error:
        read_published(*train_of(wepdtof), form="wepdtof", skeleton=WEPDTOF)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["annotations"][1].update(keypoints=[400, 5, 2] * 17), "over a frame's width outside"),
        (lambda data: data["annotations"][1].update(keypoints=[1, 1, 2] * 14), "it has 42 keypoint numbers; wanted 51"),
        (lambda data: data["annotations"][1].update(image_id=77), "no image has the id 77"),
        (lambda data: data["images"][2].update(width=0), "image 000000000036.jpg has no width and height"),
        (
            lambda data: data["categories"][0].update(keypoints=["head", "foot"], skeleton=[]),
            "its keypoints are head, foot",
        ),
        (lambda data: data.pop("annotations"), "there is no list of annotations"),
        (lambda data: data.pop("images"), "has no list of images"),
        (lambda data: data["images"][0].update(lens=[1, 2]), "has the lens [1, 2]; wanted"),
    ],
)
def test_no_person_with_keypoints_is_left_out_in_silence(coco, change, said):
    edit(train_of(coco)[0], change)
    with pytest.raises(CocoError) as error:
        read_published(*train_of(coco), skeleton=COCO)
    assert said in str(error.value) and str(error.value).endswith(".")


def test_a_person_without_keypoints_whose_box_cannot_be_is_only_complained_of(coco):
    edit(train_of(coco)[0], lambda data: data["annotations"][3].update(bbox=[0, 0, 0, 9]))
    found = read_published(*train_of(coco), skeleton=COCO)
    assert len(found.persons) == 5 and "annotation 14 in '000000000036.jpg'" in found.complaints[0]


def unlabelled_of(root):
    return (
        root / "person_detection_results" / "COCO_unlabeled2017_detections_person_faster_rcnn.json",
        root / "annotations" / "image_info_unlabeled2017.json",
        root / "images" / "unlabeled2017",
    )


def test_detections_make_unlabelled_persons_in_the_order_of_the_images(coco):
    found = read_detections(*unlabelled_of(coco), least_score=0.0, skeleton=COCO)
    assert [(person.image.id, person.box.width, person.label) for person in found.persons] == [
        (8, 40, None),
        (26, 50, None),
    ]
    assert len(read_detections(*unlabelled_of(coco), least_score=0.5, skeleton=COCO).persons) == 1


def test_detections_of_another_set_of_images_are_refused(coco):
    edit(unlabelled_of(coco)[0], lambda found: found[0].update(image_id=139))
    with pytest.raises(CocoError, match=r"a box in image id 139, which image_info_unlabeled2017\.json does not list"):
        read_detections(*unlabelled_of(coco), least_score=0.0, skeleton=COCO)


def test_a_detections_file_that_is_none_says_so(coco):
    edit(unlabelled_of(coco)[0], lambda found: found[2].pop("score"))
    with pytest.raises(CocoError, match="entry 2 is"):
        read_detections(*unlabelled_of(coco), least_score=0.0, skeleton=COCO)
    write(unlabelled_of(coco)[0], {"images": []})
    with pytest.raises(CocoError, match="wanted a list of detections"):
        read_detections(*unlabelled_of(coco), least_score=0.0, skeleton=COCO)
    unlabelled_of(coco)[0].write_text("[{")
    with pytest.raises(CocoError, match="is not readable JSON"):
        read_detections(*unlabelled_of(coco), least_score=0.0, skeleton=COCO)


def test_a_file_too_large_or_too_deep_is_refused_before_it_costs_memory(coco):
    detections, annotations, images = unlabelled_of(coco)
    with detections.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)  # a hole: it takes no room on the disk
    with pytest.raises(CocoError, match="1000 MB; wanted at most 1000 MB"):
        read_detections(detections, annotations, images, least_score=0.0, skeleton=COCO)
    annotations.write_text("[" * 100_000)
    with pytest.raises(CocoError, match="nested too deep"):
        read_published(annotations, images, skeleton=COCO)


@pytest.mark.parametrize(
    "odd",
    [{"category_id": []}, {"category_id": None}, {"score": 10**400}, {"bbox": [1, 1, 10**400, 5]}, {"bbox": 7}],
    ids=["a list", "null", "a huge score", "a huge box", "no box"],
)
def test_a_detection_of_odd_values_is_named(coco, odd):
    edit(unlabelled_of(coco)[0], lambda found: found[0].update(odd))
    with pytest.raises(CocoError, match="entry 0 is"):
        read_detections(*unlabelled_of(coco), least_score=0.0, skeleton=COCO)


@pytest.mark.parametrize("odd", [[], {}, None, "x", 10**400], ids=lambda odd: type(odd).__name__)
def test_a_category_of_an_odd_id_is_nobodys(coco, odd):
    annotations, images = train_of(coco)
    before = len(read_published(annotations, images, skeleton=COCO).persons)
    edit(
        annotations, lambda found: found["annotations"].append({**found["annotations"][0], "id": 9, "category_id": odd})
    )
    edit(annotations, lambda found: found["categories"].append({"id": odd, "name": "pet"}))
    assert len(read_published(annotations, images, skeleton=COCO).persons) == before


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(broken_files(), st.sampled_from(["coco", "wepdtof"]))
def test_no_file_makes_the_reader_raise_anything_of_its_own(tmp_path, data, form):
    try:
        read_published(write(tmp_path / "any.json", data), tmp_path, form=form, skeleton=COCO)
    except CocoError as error:
        assert str(error).endswith((".", '"'))
