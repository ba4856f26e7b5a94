"""Who is labelled, unlabelled and measured on."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from sspcm.formats.coco.reading import CocoError
from sspcm.manifest import manifest_data, read_manifest
from sspcm.protocols.people import count_images, manifest_of, people_of_file, people_of_protocol
from sspcm.protocols.protocol import read_protocol
from tests.sspcm.protocols.data_sets import edit, image


def coco_2(*, keeps_labelled: bool = False):
    """coco-1k, with two labelled persons instead of a thousand."""
    protocol = read_protocol("coco-1k")
    labelled = replace(protocol.labelled, first_persons=2)
    return replace(protocol, labelled=labelled, unlabelled_keeps_labelled=keeps_labelled)


def ids(persons):
    return [person.id for person in persons]


def test_the_first_persons_with_keypoints_are_labelled_and_the_others_with_keypoints_unlabelled(coco):
    people = people_of_protocol(coco_2(), coco, learns_unlabelled=True)
    assert ids(people.labelled) == [13, 16] and ids(people.unlabelled) == [11, 15, 12]
    assert ids(people.validation) == [21, 22]
    assert ids(people_of_protocol(coco_2(keeps_labelled=True), coco, learns_unlabelled=True).unlabelled) == [
        13,
        16,
        11,
        15,
        12,
    ]


def test_a_method_without_unlabelled_persons_does_not_read_them(coco):
    shutil.rmtree(coco / "person_detection_results")
    people = people_of_protocol(read_protocol("coco-full"), coco, learns_unlabelled=False)
    assert len(people.labelled) == 5 and people.unlabelled == ()
    with pytest.raises(CocoError, match=r"rcnn\.json cannot be read"):
        people_of_protocol(read_protocol("coco-full"), coco, learns_unlabelled=True)


def test_fewer_persons_than_the_protocol_labels_are_no_experiment(coco):
    with pytest.raises(CocoError, match="has 5 persons to take; wanted the first 1000"):
        people_of_protocol(read_protocol("coco-1k"), coco, learns_unlabelled=True)


def test_wepdtof_drops_dummies_from_labelled_and_validation_and_keeps_them_unlabelled(wepdtof):
    people = people_of_protocol(read_protocol("wepdtof"), wepdtof, learns_unlabelled=True)
    assert ids(people.labelled) == [0, 2] and ids(people.unlabelled) == [0, 1, 2] and ids(people.validation) == [0]
    assert people.skeleton.name == "wepdtof-14"
    assert "images name no clip" in people.complaints[-1]


def test_the_manifest_hides_the_keypoints_of_unlabelled_persons(coco, tmp_path):
    people = people_of_protocol(coco_2(), coco, learns_unlabelled=True)
    manifest = manifest_of(people, coco_2().round, weights=None)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest_data(manifest)))
    again = read_manifest(tmp_path / "manifest.json")
    assert [person.use for person in again.persons] == ["labelled"] * 2 + ["unlabelled"] * 3 + ["validation"] * 2
    assert [person.label is None for person in again.persons] == [False] * 2 + [True] * 3 + [False] * 2
    assert len({person.id for person in again.persons}) == 7 and not any(person.predict for person in again.persons)
    np.testing.assert_array_equal(again.persons[0].label.xyv, people.labelled[0].label.xyv)


def test_your_own_file_gives_unlabelled_persons_and_holds_images_out_by_name(coco):
    train, images = coco / "annotations" / "person_keypoints_train2017.json", coco / "images" / "train2017"
    people = people_of_file(train, images, holdout=1)  # 000000581929.jpg
    assert (ids(people.labelled), ids(people.unlabelled), ids(people.validation)) == ([11, 15, 12], [14], [13, 16])
    assert ids(people_of_file(train, images, skip=1).labelled) == [13, 16, 12]
    validation = coco / "annotations" / "person_keypoints_val2017.json", coco / "images" / "val2017"
    people = people_of_file(train, images, unlabelled=validation)
    assert ids(people.unlabelled) == [14, 21, 22, 23] and count_images(people.unlabelled) == 3
    with pytest.raises(CocoError, match="no person with keypoints is left"):
        people_of_file(train, images, holdout=3)
    with pytest.raises(CocoError, match="no person is unlabelled; wanted some"):
        people_of_file(train, images, skip=2)


def test_missing_images_are_counted_and_the_first_is_named(coco):
    (coco / "images" / "train2017" / "000000000009.jpg").unlink()
    (coco / "images" / "val2017" / "000000000285.jpg").unlink()
    with pytest.raises(CocoError, match=r"2 of 5 images are missing, the first is .*train2017/000000000009\.jpg"):
        people_of_protocol(coco_2(), coco, learns_unlabelled=True)


def test_no_image_is_in_training_and_validation_by_id_and_name(coco):
    val = coco / "annotations" / "person_keypoints_val2017.json"
    shutil.copy(coco / "images" / "train2017" / "000000000036.jpg", coco / "images" / "val2017")

    def move(data):
        data["images"].append(image(36))
        data["annotations"][1]["image_id"] = 36

    edit(val, move)
    with pytest.raises(CocoError, match=r"image 000000000036\.jpg is in training .* and in validation"):
        people_of_protocol(coco_2(), coco, learns_unlabelled=True)


def test_no_image_is_in_training_and_validation_under_another_name(coco):
    held_out = coco / "images" / "val2017" / "000000000139.jpg"
    held_out.unlink()
    held_out.symlink_to(coco / "images" / "train2017" / "000000000009.jpg")
    with pytest.raises(CocoError, match=r"image 000000000009\.jpg is in training .* in validation \(.*139\.jpg\)"):
        people_of_protocol(coco_2(), coco, learns_unlabelled=True)


def rename_first(root, name, part, content):
    """Give the part's first image another name; `content`: the file it is to be a copy of."""
    edit(
        root / "coco" / "annotations" / f"person_keypoints_{part}.json",
        lambda data: data["images"][0].update(file_name=name),
    )
    path = root / "coco" / "images" / part / name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(content, path)


def test_wepdtof_images_of_the_same_position_and_name_may_differ_but_not_be_the_same(wepdtof):
    cafe = wepdtof / "coco" / "images" / "train2017" / "cafe_000000.jpg"
    street = wepdtof / "coco" / "images" / "val2017" / "street_000000.jpg"
    rename_first(wepdtof, "000000.jpg", "train2017", cafe)
    rename_first(wepdtof, "000000.jpg", "val2017", street)
    people_of_protocol(read_protocol("wepdtof"), wepdtof, learns_unlabelled=True)
    rename_first(wepdtof, "000000.jpg", "val2017", cafe)
    with pytest.raises(CocoError, match=r"image 000000\.jpg is in training"):
        people_of_protocol(read_protocol("wepdtof"), wepdtof, learns_unlabelled=True)


def test_no_clip_is_in_training_and_validation(wepdtof):
    street = wepdtof / "coco" / "images" / "val2017" / "street_000000.jpg"
    cafe = wepdtof / "coco" / "images" / "train2017" / "cafe_000000.jpg"
    rename_first(wepdtof, "street/0.jpg", "train2017", cafe)
    rename_first(wepdtof, "street/9.jpg", "val2017", street)
    with pytest.raises(CocoError, match=r"clip 'street' is in training \(street/0\.jpg\) and in validation"):
        people_of_protocol(read_protocol("wepdtof"), wepdtof, learns_unlabelled=True)
    for part in ("train2017", "val2017"):
        path = wepdtof / "coco" / "annotations" / f"person_keypoints_{part}.json"
        edit(path, lambda data, part=part: [entry.update(video=part) for entry in data["images"]])
    assert people_of_protocol(read_protocol("wepdtof"), wepdtof, learns_unlabelled=True).complaints == ()
