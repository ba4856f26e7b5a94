"""What other tools write comes in, goes out, and every label of it has AP 1.0 against itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.dataset.exporting import accepted, export_coco
from app.dataset.importing import import_folder
from app.dataset.report import ImportFailed, ImportReport
from app.home.image_files import ImageFiles
from db.pool import images, project
from db.schema import PersonRow
from db.store.session import Store
from sspcm.formats.coco.reading import category_of
from sspcm.skeletons.skeleton import get_skeleton
from tests.coco_readers import finding

COCO = get_skeleton("coco-17")
PEOPLE = category_of(COCO)
POSE = [v for k in range(17) for v in (60 + k, 40 + 2 * k, 2)]
NAN = float("nan")
GOOD = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [50, 30, 40, 60], "area": 2400, "iscrowd": 0}
LABELLED = {**GOOD, "keypoints": POSE, "num_keypoints": 17}

Take = Callable[..., tuple[ImportReport, dict[str, Any]]]


def file_of(*annotations: dict[str, Any], categories: Any = (PEOPLE,), **more: Any) -> dict[str, Any]:
    """A file with one image, a.jpg of 160 x 120 px."""
    image = {"id": 1, "file_name": "a.jpg", "width": 160, "height": 120}
    return {"images": [image], "annotations": list(annotations), "categories": list(categories), **more}


def second(**fields: Any) -> dict[str, Any]:
    """Another labelled person of the same image."""
    return {**LABELLED, "id": 2, "bbox": [90, 20, 40, 60], **fields}


@pytest.fixture
def take(sqlite_store: Store, tmp_path: Path) -> Take:
    """Import a document into the home, then export the home: the report, and what came out."""
    frames = tmp_path / "frames"
    frames.mkdir()
    for number, name in enumerate("abc"):
        cv2.imwrite(str(frames / f"{name}.jpg"), np.full((120, 160, 3), 60 * number, np.uint8))

    def do(document: dict[str, Any], **more: Any) -> tuple[ImportReport, dict[str, Any]]:
        path = tmp_path / "in.json"
        path.write_text(json.dumps(document))
        report = import_folder(sqlite_store, ImageFiles(tmp_path), images_dir=frames, annotations=path, **more)
        return report, export_coco(sqlite_store)

    return do


def about_the_file(report: ImportReport) -> list[str]:
    """What is said of the file, and not of images of the folder that it does not name."""
    return [said for said in report.complaints if "not named" not in said]


def without(fields: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in keys}


def with_first(*row: Any) -> list[Any]:
    return [*row, *POSE[3:]]


CAR = {**GOOD, "id": 9, "category_id": 3, "bbox": [1, 1, 20, 20]}
TWO = (PEOPLE, {"id": 3, "name": "car"})
CROWD = {"id": 8, "image_id": 1, "category_id": 1, "iscrowd": 1, "bbox": [5, 5, 20, 30], "area": 600}


@pytest.mark.parametrize(
    ("document", "persons", "labelled"),
    [
        # a count that is none, on a person, a box, a crowd and a car
        *((file_of({**LABELLED, "num_keypoints": odd}), 1, 1) for odd in (None, "17", "many", [], {}, True, -3, 2.5)),
        *((file_of({**GOOD, "keypoints": [], "num_keypoints": odd}), 1, 0) for odd in (None, "x", [1], 5)),
        *((file_of(LABELLED, {**CROWD, "num_keypoints": odd}), 1, 1) for odd in (None, [], "0", {"a": 1})),
        *((file_of(LABELLED, {**CAR, "num_keypoints": odd}, categories=TWO), 1, 1) for odd in (None, "x", 17)),
        # ids
        (file_of({**LABELLED, "id": 0}), 1, 1),
        (file_of({**LABELLED, "id": -7}, second(id=0)), 2, 2),
        (file_of({**LABELLED, "id": "person-7"}, second(id="5")), 2, 2),
        (file_of({**LABELLED, "id": 5.0}), 1, 1),
        (file_of(without(LABELLED, "id"), without(second(), "id")), 2, 2),
        (file_of({**LABELLED, "id": None}, second(id=None)), 2, 2),
        (file_of(LABELLED, second(id=1)), 2, 2),
        (file_of({**LABELLED, "image_id": "1"}), 1, 1),
        # what readers ask for and files leave out or write otherwise
        (file_of(LABELLED, {**GOOD, "id": 2, "keypoints": None}), 2, 1),
        *((file_of({**LABELLED, "iscrowd": odd}), 1, 1) for odd in (None, "0", False, "false", "", "maybe", [])),
        *((file_of(LABELLED, {**CROWD, "iscrowd": odd}), 1, 1) for odd in ("1", True, "true", 1.0)),
        (file_of(LABELLED, CROWD), 1, 1),
        (file_of(LABELLED, without(CAR, "area"), categories=TWO), 1, 1),
        (file_of(LABELLED, {**CAR, "bbox": None}, {**CAR, "id": 10, "bbox": "x"}, categories=TWO), 1, 1),
        (file_of(LABELLED, {**CAR, "keypoints": [5, 5, 2], "num_keypoints": 1}, categories=TWO), 1, 1),
        *((file_of({**LABELLED, "area": odd}), 1, 1) for odd in (None, 0, -4, "2400", "big", [], 1e300, NAN)),
        (file_of(without(LABELLED, "area", "iscrowd", "num_keypoints")), 1, 1),
        (file_of(without(LABELLED, "category_id"), second(category_id=77)), 2, 2),
        (file_of({**LABELLED, "ignore": 1, "score": None, "lvis_mark": "x", "segmentation": {"counts": 3}}), 1, 1),
        # several categories of the same keypoints
        (file_of(LABELLED, second(category_id=2), categories=(PEOPLE, {**PEOPLE, "id": 2, "name": "fallen"})), 2, 2),
        (file_of({**LABELLED, "category_id": 0}, categories=({**PEOPLE, "id": 0},)), 1, 1),
        (file_of({**LABELLED, "category_id": "1"}, categories=({**PEOPLE, "id": "1"},)), 1, 1),
        (file_of({**LABELLED, "category_id": "p"}, categories=({**PEOPLE, "id": "p"},)), 1, 1),
        (file_of({**LABELLED, "category_id": None}, categories=({**PEOPLE, "id": None}, 7, None)), 1, 1),
        # absent keypoints, and loose types
        *(
            (file_of({**LABELLED, "keypoints": with_first(odd, odd, 0)}), 1, 1)
            for odd in (NAN, None, "x", float("inf"))
        ),
        (file_of({**LABELLED, "keypoints": with_first(None, None, None)}), 1, 1),
        (file_of({**LABELLED, "keypoints": with_first("60", 40.5, "2")}), 1, 1),
        (file_of({**LABELLED, "keypoints": [POSE[i : i + 3] for i in range(0, 51, 3)]}), 1, 1),
        # keypoints that cannot be read leave an open person
        *(
            (file_of({**LABELLED, "keypoints": odd}), 1, 0)
            for odd in (
                POSE[:48],
                [*POSE, 1, 1, 2],
                "x",
                {},
                7,
                with_first(5, 5, 7),
                with_first(NAN, 5, 2),
                [9999] * 51,
            )
        ),
        # boxes
        *((file_of({**LABELLED, "bbox": odd}), 1, 1) for odd in (None, [], [0, 0, 0, 0], "x", [1, 2], [NAN] * 4, {})),
        *(
            (file_of({**LABELLED, "bbox": odd}), 1, 1)
            for odd in (["50", "30", "40", "60"], [900, 0, 5, 5], [5, 5, -3, 4])
        ),
        (file_of(without(LABELLED, "bbox")), 1, 1),
        (file_of({**LABELLED, "bbox": [60, 40, 0, 40], "keypoints": [60, 50, 2] * 17}), 1, 1),
        # what JSON cannot carry
        (file_of(LABELLED, categories=({**PEOPLE, "supercategory": NAN},)), 1, 1),
        (file_of(LABELLED, info={"year": NAN}, licenses=[{"id": 1, "url": NAN}]), 1, 1),
        (file_of(LABELLED, info=[1], licenses="x", videos=None, export_changes=3, further_headers=7), 1, 1),
    ],
)
def test_what_can_be_read_is_and_comes_out_evaluable(
    document: dict[str, Any], persons: int, labelled: int, take: Take
) -> None:
    report, out = take(document)
    assert (report.persons, report.labelled) == (persons, labelled), report.complaints
    assert len(list(accepted(out))) == labelled
    json.dumps(out, allow_nan=False)
    if labelled:
        for reader in ("pycocotools", "faster-coco-eval"):
            assert finding(reader, out, list(COCO.sigmas)) == ""
    again, once_more = take(out)
    assert (again.images_known, again.persons) == (1, 0)
    assert once_more == out, "an export changes nothing in the home it came from"


def nested(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize("levels", [63, 65, 300, 500])
@pytest.mark.parametrize("field", ["segmentation", "keypoints", "bbox", "area", "num_keypoints", "note"])
def test_depth_costs_a_field_at_most(levels: int, field: str, take: Take) -> None:
    report, out = take(file_of({**LABELLED, field: nested(levels)}, info=nested(levels)))
    assert report.persons == 1
    json.dumps(out)


def test_an_image_entry_with_our_own_word_in_it_comes_in_and_out(take: Take) -> None:
    document = file_of(LABELLED)
    document["images"][0]["annotations_kept_aside"] = "x"
    report, out = take(document)
    assert "annotations_kept_aside" in report.complaints[0]
    assert "annotations_kept_aside" not in out["images"][0]


@pytest.mark.parametrize("odd", [0, None, "", "wide", -3, [], NAN, 2.5])
def test_the_size_of_an_image_is_its_own_where_the_file_has_none(odd: Any, take: Take) -> None:
    document = file_of(LABELLED)
    document["images"][0] |= {"width": odd}
    report, out = take(document)
    assert (report.images_new, report.labelled) == (1, 1)
    assert "taken from the image itself" in report.complaints[0]
    assert (out["images"][0]["width"], out["images"][0]["height"]) == (160, 120)


def test_an_image_listed_twice_has_the_persons_of_both(take: Take) -> None:
    document = file_of(LABELLED, second(image_id=2))
    document["images"].append({**document["images"][0], "id": 2})
    report, _ = take(document)
    assert (report.images_new, report.labelled) == (1, 2)


def test_ids_in_words_are_numbered_and_kept(take: Take) -> None:
    document = file_of({**LABELLED, "id": "person-7", "image_id": "img-5"})
    document["images"][0]["id"] = "img-5"
    _, out = take(document)
    assert out["images"][0]["own_id"] == "img-5"
    (person,) = out["annotations"]
    assert (person["own_id"], person["image_id"]) == ("person-7", out["images"][0]["id"])


def test_an_export_says_by_count_what_it_changed(take: Take) -> None:
    _, out = take(file_of({**LABELLED, "id": 0, "area": 0}, {**CAR, "keypoints": [1, 1, 2]}, categories=TWO))
    assert sorted(out["export_changes"].values()) == [1, 1, 1]
    assert out["annotations"][1]["as_read"] == {"keypoints": [1, 1, 2]}


def test_the_categories_of_persons_are_kept_one_by_one(take: Take) -> None:
    lying = {**PEOPLE, "id": 2, "name": "fallen"}
    standing = {**PEOPLE, "name": "standing"}
    boxes = {**GOOD, "id": 3, "category_id": 2, "bbox": [10, 10, 20, 20]}
    report, out = take(file_of(LABELLED, second(category_id=2), boxes, categories=(standing, lying)))
    assert (report.persons, report.labelled, about_the_file(report)) == (3, 2, [])
    assert [a["category_id"] for a in out["annotations"]] == [1, 2, 2]


HAND = {"id": 5, "name": "hand", "keypoints": ["thumb", "index"], "skeleton": []}
HANDS = [{**GOOD, "id": n, "category_id": 5, "keypoints": [60, 40, 2, 61, 41, 2]} for n in (20, 21, 22)]


@pytest.mark.parametrize("categories", [(PEOPLE, HAND), (HAND, PEOPLE)])
def test_the_homes_category_is_found_by_name_and_never_by_order(categories: Any, take: Take) -> None:
    report, out = take(file_of(LABELLED, *HANDS, categories=categories))
    assert report.labelled == 1
    assert any("'hand'" in c and "--skeleton" in c and c.startswith("3 ") for c in report.complaints)
    assert finding("pycocotools", out, list(COCO.sigmas)) == ""


def test_without_a_name_the_category_with_most_labels_is_the_homes(take: Take) -> None:
    dog = {**PEOPLE, "name": "dog"}
    report, _ = take(file_of(LABELLED, *HANDS, categories=(dog, HAND)))
    assert (report.persons, report.labelled) == (3, 3)


def test_a_given_skeleton_decides_and_gives_its_mirror(take: Take, sqlite_store: Store) -> None:
    swapped = type(COCO)("hand", ("thumb", "index"), ((0, 1),), (1, 0), (0.05, 0.06))
    report, _ = take(file_of(LABELLED, *HANDS, categories=(PEOPLE, HAND)), skeleton=swapped)
    assert report.labelled == 3
    with sqlite_store.reading() as tx:
        assert project.get_project(tx).skeleton == swapped


def test_a_given_skeleton_of_other_names_is_refused_and_binds_nothing(take: Take, sqlite_store: Store) -> None:
    with pytest.raises(ImportFailed, match="17 keypoints, such as 'nose'; wanted the 14"):
        take(file_of(LABELLED), skeleton=get_skeleton("wepdtof-14"))
    report, _ = take(file_of(LABELLED))
    assert report.labelled == 1


def test_a_file_of_which_nothing_was_taken_binds_no_home(take: Take) -> None:
    document = file_of(*HANDS, categories=(HAND,))
    document["images"][0] |= {"width": 99, "height": 99}
    with pytest.raises(Exception, match="no project yet"):
        take(document)
    report, _ = take(file_of(LABELLED))
    assert report.labelled == 1


def test_label_studios_boxes_are_people_beside_the_poses(take: Take) -> None:
    default = {**PEOPLE, "id": 0, "name": "default"}
    boxes = {"id": 1, "name": "person"}
    far = [{**GOOD, "id": n, "bbox": [x, 5, 20, 20]} for n, x in ((2, 5), (3, 130))]
    pose = {**LABELLED, "category_id": 0, "bbox": [60, 40, 16, 32]}
    report, out = take(file_of(pose, *far, categories=(default, boxes)))
    assert (report.persons, report.labelled) == (3, 1)
    assert [a["category_id"] for a in out["annotations"]] == [0, 1, 1]


def test_a_box_that_holds_a_pose_of_another_category_is_that_person(take: Take) -> None:
    pose = {**LABELLED, "category_id": 2, "bbox": [60, 40, 16, 32]}
    report, out = take(
        file_of(pose, {**GOOD, "id": 2}, categories=({"id": 1, "name": "person"}, {**PEOPLE, "id": 2, "name": "pose"}))
    )
    assert (report.persons, report.labelled) == (1, 1)
    assert len(out["annotations"]) == 2


def other_image(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The same, of another image."""
    document["images"][0] |= {"id": 2, "file_name": name}
    for annotation in document["annotations"]:
        annotation |= {"id": annotation["id"] + 10, "image_id": 2}
    return document


def test_a_second_files_licences_videos_and_info_stay_true(take: Take) -> None:
    first = file_of(
        dict(LABELLED), info={"year": 1}, licenses=[{"id": 1, "name": "free"}], videos=[{"id": 1, "name": "v"}]
    )
    first["images"][0] |= {"license": 1, "video_id": 1}
    take(first)
    second_file = file_of(
        {**LABELLED, "track_id": 1},
        info={"year": 2},
        licenses=[{"id": 1, "name": "paid"}, {"id": 2, "name": "free"}],
        videos=[{"id": 1, "name": "w", "license": 2}],
        tracks=[{"id": 1, "video_id": 1}],
    )
    second_file["images"][0] |= {"license": 1, "video_id": 1}
    for _ in range(2):
        report, out = take(other_image(json.loads(json.dumps(second_file)), "b.jpg"))
        said = about_the_file(report)
        assert said == [
            "the file's 'info' differs from the home's, which stays; kept in the export's 'further_headers'."
        ]
        licences = {one["id"]: one["name"] for one in out["licenses"]}
        videos = {one["id"]: one for one in out["videos"]}
        assert [licences[image["license"]] for image in out["images"]] == ["free", "paid"]
        assert [videos[image["video_id"]]["name"] for image in out["images"]] == ["v", "w"]
        assert licences[videos[out["images"][1]["video_id"]]["license"]] == "free"
        assert videos[out["tracks"][0]["video_id"]]["name"] == "w"
        assert (out["info"], out["further_headers"]) == ({"year": 1}, [{"info": {"year": 2}}])
        assert len(licences) == len(videos) == 2


def test_a_number_that_pointed_at_nothing_never_comes_to_mean_something(take: Take) -> None:
    first = file_of(dict(LABELLED))
    first["images"][0]["license"] = 1
    take(first)
    later = file_of(dict(LABELLED), licenses=[{"id": 1, "name": "paid"}])
    later["images"][0]["license"] = 1
    _, out = take(other_image(later, "b.jpg"))
    licences = {one["id"]: one["name"] for one in out["licenses"]}
    assert [licences.get(image["license"]) for image in out["images"]] == [None, "paid"]


def test_one_cause_is_one_complaint(take: Take) -> None:
    strangers = [{**LABELLED, "id": n, "image_id": 77} for n in range(2, 2000)]
    report, _ = take(file_of(LABELLED, *strangers))
    said = about_the_file(report)
    assert said == ["1998 annotations, annotation 2 of image id 77 first: no image has the id 77; left out."]


def test_homes_that_hold_odd_values_already_export(take: Take, sqlite_store: Store) -> None:
    take(file_of(LABELLED, CROWD))
    with sqlite_store.transaction() as tx:
        row = images.ImageRow
        aside = [{"id": "x", "num_keypoints": None}, 7, {"bbox": None, "iscrowd": None, "category_id": []}]
        tx.query(row).update({row.extra: {"annotations_kept_aside": aside, "id": "mine", "deep": nested(300)}})
        person = PersonRow
        tx.query(person).update({person.extra: {"num_keypoints": None, "iscrowd": None, "keypoints": "x", "id": 4}})
        project.set_coco_header(tx, {"categories": "none", "images": 3, "info": nested(200)})
    out = export_coco(sqlite_store)
    assert finding("pycocotools", out, list(COCO.sigmas)) == ""
    assert len(out["annotations"]) == 3


def test_annotations_of_an_id_that_two_images_claim_are_nobodys(take: Take) -> None:
    document = file_of(LABELLED, second(image_id="1.0"), {**CROWD, "image_id": 1.0})
    document["images"].append({**document["images"][0], "id": "1", "file_name": "b.jpg"})
    report, out = take(document)
    assert (report.images_new, report.persons, report.labelled) == (2, 0, 0)
    assert not out["annotations"]
    (said, unnamed) = report.complaints
    assert said.startswith("the image id 1 is claimed by 'a.jpg' and 'b.jpg'; 3 annotations may be about any of them")
    assert unnamed.startswith("1 image file of the folder, 'c.jpg' first"), "the other two are named by it"


def test_an_image_listed_under_two_spellings_has_the_persons_of_both(take: Take) -> None:
    document = file_of(LABELLED, second(image_id=2), {**CROWD, "image_id": 3})
    for number, name in ((2, "images/a.jpg"), (3, "https://example.org/a.jpg?sig=a")):
        document["images"].append({**document["images"][0], "id": number, "file_name": name})
    report, out = take(document)
    assert (report.images_new, report.labelled, len(out["annotations"])) == (1, 2, 3)
    assert {one["image_id"] for one in out["annotations"]} == {1}
    assert any("listed under several names" in said for said in report.complaints)


def test_keypoints_outweigh_a_box_that_nobody_can_have(take: Take) -> None:
    report, _ = take(file_of({**LABELLED, "bbox": [-400, -400, 1000, 1000]}))
    assert (report.labelled, "made of its placed keypoints" in report.complaints[0]) == (1, True)
