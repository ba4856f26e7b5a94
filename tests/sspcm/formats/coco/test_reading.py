"""COCO files lose nothing, and what is wrong in them is named."""

import contextlib
import gzip
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from sspcm.formats.coco.reading import (
    CocoError,
    CocoFile,
    CocoPerson,
    category_of,
    parse_coco,
    read_coco,
    read_json,
    write_coco,
)
from sspcm.pose import Box, Label, PersonInstance
from sspcm.skeletons.skeleton import BUILT_IN

KEYPOINTS = [v for k in range(17) for v in (10.5 + k, 20.25, 2)]
CATEGORY = {"id": 1, "name": "person", "keypoints": list(BUILT_IN["coco-17"].keypoints), "skeleton": [[16, 14]]}


def document(**person: Any) -> dict[str, Any]:
    good = {"id": 5, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 99.5, "bbox": [1.5, 2, 30, 40]}
    return {
        "info": {"year": 2026},
        "categories": [CATEGORY],
        "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 64, "scene": "hall"}],
        "annotations": [{**good, "num_keypoints": 17, "keypoints": KEYPOINTS, **person}],
    }


@pytest.mark.parametrize("folder", ["coco_tiny", "coco_persons", "fisheye", "synthetic"])
def test_reading_then_writing_a_real_file_changes_no_number(folder: str, real_data: Callable[[str], Path]) -> None:
    path = real_data(folder) / "annotations.json"
    found = read_coco(path)
    assert found.complaints == ()
    assert write_coco(found) == json.loads(path.read_text())


def test_unknown_fields_survive() -> None:
    before = document(rbbox=[1, 2, 3, 4, 5], note="kept", segmentation=[[1, 2, 3.5, 4, 5, 6]])
    assert write_coco(parse_coco(before)) == before


NUMBERS = st.integers(-30, 90) | st.floats(-30, 90)
SIZES = st.integers(1, 100) | st.floats(1, 100)
UNKNOWN = st.dictionaries(
    st.sampled_from(["note", "rbbox", "segmentation", "track", "license"]),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4),
)
NOT_OURS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """COCO files of stick skeletons, with boxes in the frame, some people labelled, some crowds, some cars."""
    names = ["head", "left_foot", "right_foot"]
    images = draw(st.lists(st.integers(0, 2**40), min_size=1, max_size=4, unique=True))
    numbers = draw(st.lists(st.integers(1, 2**40), max_size=6, unique=True))
    annotations = []
    for number in numbers:
        x, y = draw(st.tuples(st.floats(0, 63), st.floats(0, 63)))
        extra = {"area": draw(SIZES)} if draw(st.booleans()) else {}
        seen = draw(st.lists(st.sampled_from([0, 1, 2]), min_size=3, max_size=3))
        if draw(st.booleans()):
            extra["keypoints"] = [n for v in seen for n in (draw(NUMBERS), draw(NUMBERS), v)]
            extra["num_keypoints"] = sum(v > 0 for v in seen)
        category = 1 if extra.get("num_keypoints") else draw(st.sampled_from([1, 1, 3]))  # a car places no keypoints
        annotations.append(
            {"id": number, "image_id": draw(st.sampled_from(images)), "category_id": category}
            | draw(UNKNOWN)
            | {"bbox": [x, y, draw(SIZES), draw(SIZES)], "iscrowd": draw(st.sampled_from([0, 0, 1]))}
            | extra
        )
    return {
        "info": draw(UNKNOWN),
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 64, "height": 64} | draw(UNKNOWN) for i in images],
        "annotations": annotations,
        "categories": [
            {"id": 1, "name": "person", "keypoints": names, "skeleton": [[1, 2]]},
            {"id": 3, "name": "car"},
        ],
        **draw(UNKNOWN),
    }


def by_id(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: int(entry["id"]))


@settings(max_examples=60)
@given(documents())
def test_what_was_read_is_written_field_by_field_and_again_the_same(before: dict[str, Any]) -> None:
    after = json.loads(json.dumps(write_coco(parse_coco(before))))
    assert after["images"] == before["images"]
    assert len(after["annotations"]) == len(before["annotations"])
    for old, new in zip(by_id(before["annotations"]), by_id(after["annotations"]), strict=True):
        assert {key: new[key] for key in old} == old
    rest = {key: value for key, value in before.items() if key not in ("images", "annotations")}
    assert {key: after[key] for key in rest} == rest
    assert write_coco(parse_coco(after)) == after


@given(
    where=st.sampled_from(["images", "annotations", "categories"]),
    key=st.sampled_from(["id", "image_id", "bbox", "keypoints", "area", "iscrowd", "num_keypoints", "width", "rbbox"]),
    value=NOT_OURS,
)
def test_no_value_anywhere_breaks_the_reader(where: str, key: str, value: Any) -> None:
    data = document()
    data[where][0] = {**data[where][0], key: value}
    try:
        found = parse_coco(data)
    except CocoError:
        assert where == "categories"
        return
    json.dumps(write_coco(found), allow_nan=False)


@given(NOT_OURS)
def test_any_other_json_is_refused(value: Any) -> None:
    with pytest.raises(CocoError, match="wanted"):
        parse_coco(value)


def test_a_crowd_region_is_nobody_but_stays_in_the_file() -> None:
    before = document(iscrowd=1, segmentation={"counts": [1, 2], "size": [64, 64]})
    found = parse_coco(before)
    assert found.persons == ()
    assert found.complaints == (
        "annotation 5 in 'a.jpg': a crowd region; kept for export, never shown nor trained on.",
    )
    assert write_coco(found) == before


def test_a_car_is_nobody_but_stays_in_the_file() -> None:
    before = document(category_id=3, num_keypoints=0, keypoints=[0] * 51)
    before["categories"].append({"id": 3, "name": "car"})
    found = parse_coco(before)
    assert found.persons == ()
    assert found.complaints == ("1 annotation of category 'car': no persons; kept for export, never shown.",)
    assert write_coco(found) == before


def test_a_person_added_here_does_not_collide_with_what_was_kept_aside() -> None:
    found = parse_coco(document(iscrowd=1))
    added = CocoPerson(5, 1, PersonInstance(Box(0, 0, 9, 9)))
    assert [a["id"] for a in write_coco(replace(found, persons=(added,)))["annotations"]] == [5, 6]


TURNED = [632.06, 632.34, 81.64, 143.35, -45.84]
UPRIGHT = [552.2, 553.13, 159.71, 158.44]


def test_a_turned_box_is_read_where_it_fits_the_upright_one() -> None:
    before = document(bbox=UPRIGHT, rbbox=TURNED)
    before["images"][0] |= {"width": 2048, "height": 2048}
    found = parse_coco(before)
    box = found.persons[0].person.box
    assert [*box.centre, box.width, box.height, box.angle] == pytest.approx(TURNED)
    assert write_coco(found) == before


@pytest.mark.parametrize("unfit", [[600, 600, 80, 140, -45], [632, 632, 81], "turned", [632, 632, -8, 14, 3], None])
def test_a_turned_box_that_does_not_fit_is_kept_and_not_used(unfit: Any) -> None:
    before = document(bbox=UPRIGHT, rbbox=unfit)
    before["images"][0] |= {"width": 2048, "height": 2048}
    found = parse_coco(before)
    assert found.persons[0].person.box == Box(*UPRIGHT)
    assert write_coco(found) == before


def test_a_turned_box_drawn_here_is_written_upright_and_read_back() -> None:
    box = Box(100.0, 100.0, 40.0, 90.0, angle=30.0)
    file = parse_coco(document())
    image = replace(file.images[0], width=640, height=640)
    person = CocoPerson(9, 1, PersonInstance(box, extra={"bbox": [0, 0, 1, 1], "rbbox": [5, 5, 1, 1, 1]}))
    written = write_coco(replace(file, images=(image,), persons=(person,)))
    x, y, width, height = written["annotations"][0]["bbox"]
    assert width == pytest.approx(40 * math.cos(math.pi / 6) + 90 / 2)
    assert (x + width / 2, y + height / 2) == pytest.approx(box.centre)
    read = parse_coco(written).persons[0].person.box
    assert read == box


def test_a_label_placed_here_is_counted_anew() -> None:
    file = parse_coco(document(num_keypoints=3, keypoints=[7, 7, 2] * 3 + [0, 0, 0] * 14))
    xyv = np.array([[8.0, 9.0, 1.0]] + [[0.0, 0.0, 0.0]] * 16)
    one = file.persons[0]
    human = replace(one, person=replace(one.person, label=Label(xyv, author="ann", revision=2)))
    written = write_coco(replace(file, persons=(human,)))["annotations"][0]
    assert (written["num_keypoints"], written["keypoints"][:6]) == (1, [8, 9, 1, 0, 0, 0])


@pytest.mark.parametrize(
    ("said", "label", "complaint"),
    [
        ({"num_keypoints": 0}, None, "says num_keypoints 0 but places 17; taken as unlabelled"),
        ({"num_keypoints": 4, "keypoints": [0] * 51}, None, "says num_keypoints 4 but places none"),
    ],
)
def test_a_count_that_contradicts_the_keypoints_leaves_the_person_unlabelled(
    said: dict[str, Any], label: None, complaint: str
) -> None:
    found = parse_coco(document(**said))
    assert found.persons[0].person.label is label
    assert complaint in found.complaints[0]
    after = write_coco(found)["annotations"][0]
    assert after["num_keypoints"] == 0
    assert after["keypoints"] == [0] * 51
    assert after.get("as_read", {}).get("keypoints") == (None if "keypoints" in said else KEYPOINTS)


def test_an_export_without_any_file_behind_it_loads_in_pycocotools(tmp_path: Path) -> None:
    skeleton = BUILT_IN["wepdtof-14"]
    label = Label(np.column_stack([np.arange(28.0).reshape(14, 2), np.full(14, 2.0)]), author="ann")
    image = parse_coco(document()).images[0]
    persons = (
        CocoPerson(1, 1, PersonInstance(Box(1, 2, 30, 40), label, 600.0)),
        CocoPerson(2, 1, PersonInstance(Box(5, 5, 9, 9))),
    )
    path = tmp_path / "export.json"
    path.write_text(json.dumps(write_coco(CocoFile(skeleton, (image,), persons, {}))))
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(path))
    assert loaded.loadCats(1) == [category_of(skeleton)]
    assert [loaded.anns[i]["num_keypoints"] for i in (1, 2)] == [14, 0]
    assert read_coco(path).skeleton == skeleton


def test_two_persons_with_one_id_are_not_written() -> None:
    file = parse_coco(document())
    with pytest.raises(CocoError, match="unique"):
        write_coco(replace(file, persons=file.persons * 2))


def test_a_box_without_keypoints_is_an_unlabelled_person() -> None:
    found = parse_coco(document(num_keypoints=0, keypoints=[0] * 51))
    assert found.persons[0].person.label is None
    assert write_coco(found)["annotations"][0]["keypoints"] == [0] * 51


UNPLACED = {"keypoints": None, "num_keypoints": 0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"bbox": [1, 2, 0, 5]}, "positive width"),
        ({"bbox": [500, 2, 5, 5]}, "outside the 64 x 64 px frame"),
        ({"bbox": [0, 0, 900, 5]}, "over twice"),
        ({"bbox": None}, "it has no bbox"),
        ({"bbox": [1, 2, float("nan"), 5]}, "wanted \\[x, y, width, height\\]"),
        ({"bbox": [1, 2, 10**400, 5]}, "wanted \\[x, y, width, height\\]"),
        ({"image_id": 7}, "no image has the id 7"),
        ({"image_id": [1]}, "its image_id is \\[1\\]; wanted a whole number"),
    ],
)
def test_an_annotation_that_says_nowhere_is_named_and_left_out(wrong: dict[str, Any], said: str) -> None:
    found = parse_coco(document(**UNPLACED, **wrong))
    assert found.persons == ()
    (complaint,) = found.complaints
    assert re.search(said, complaint)
    assert complaint.startswith("annotation 5 ")
    assert complaint.endswith("left out.")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"file_name": ""}, "its file_name is ''"),
        ({"file_name": 7}, "its file_name is 7"),
    ],
)
def test_a_wrong_image_is_named_and_left_out(wrong: dict[str, Any], said: str) -> None:
    data = document()
    data["images"].append({"id": 2, "file_name": "b.jpg", "width": 64, "height": 64, **wrong})
    found = parse_coco(data)
    assert [image.file_name for image in found.images] == ["a.jpg"]
    assert said in found.complaints[0]
    assert "left out with its persons" in found.complaints[0]
    assert found.losses == found.complaints


def test_a_field_that_json_cannot_carry_is_named_and_dropped() -> None:
    found = parse_coco(document(score=float("nan"), note="kept"))
    assert found.persons[0].person.extra == {"category_id": 1, "iscrowd": 0, "num_keypoints": 17, "note": "kept"}
    assert "field 'score' holds NaN" in found.complaints[0]


@pytest.mark.parametrize("content", ["{", "[]", '{"images": []}', '{"images": [{"id": 1', "[" * 100_000])
def test_a_file_that_is_no_coco_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    with pytest.raises(CocoError, match=r"broken\.json"):
        read_coco(path)


def test_a_file_is_as_large_as_is_asked_for_and_no_larger(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text("[1, 2]")
    assert read_json(path, largest=6) == [1, 2]
    with pytest.raises(CocoError, match=r"in\.json has 0 MB; wanted at most 0 MB of JSON. Split it by images"):
        read_json(path, largest=5)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"images": ['])
def test_a_file_nested_too_deep_is_told_so(opening: str, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(opening * 50_000)
    with pytest.raises(CocoError, match="nested too deep; wanted at most 64 levels in a field"):
        read_json(tmp_path / "in.json")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CocoError, match=r"gone\.json cannot be read \(No such file or directory\)"):
        read_coco(tmp_path / "gone.json")


def test_a_skeleton_of_its_own_is_read_from_the_category_and_said() -> None:
    bird = {"id": 1, "name": "bird", "keypoints": ["head", "left_wing", "right_wing"], "skeleton": [[1, 2], [1, 3]]}
    found = parse_coco(document() | {"annotations": [], "categories": [bird]})
    assert (found.skeleton.mirror, found.skeleton.edges) == ((0, 2, 1), ((0, 1), (0, 2)))
    assert "no built-in skeleton has these 3 keypoints" in found.complaints[0]


@pytest.mark.parametrize("broken", [{"keypoints": ["a", "a"]}, {"keypoints": 17}, {"keypoints": [[1], [2]]}])
def test_a_category_that_makes_no_skeleton_is_refused(broken: dict[str, Any]) -> None:
    category = {"id": 1, "name": "bird", "keypoints": ["head", "tail"]} | broken
    with pytest.raises(CocoError, match="make no skeleton"):
        parse_coco(document() | {"categories": [category]})


@pytest.mark.parametrize("skeleton", BUILT_IN.values(), ids=BUILT_IN)
def test_a_built_in_skeleton_is_known_by_its_keypoints(skeleton: Any) -> None:
    data = document() | {"annotations": [], "categories": [category_of(skeleton)]}
    assert parse_coco(data).skeleton == skeleton
    assert parse_coco(data).complaints == ()


@pytest.mark.parametrize("keypoints", ["x", {}, [1], [True] * 51, [0] * 48])
def test_keypoints_that_cannot_be_read_are_complained_of_once(keypoints: Any) -> None:
    assert len(parse_coco(document(keypoints=keypoints)).complaints) == 1


def test_each_reason_for_having_no_image_is_one_complaint() -> None:
    data = document()
    (good,) = data["annotations"]
    said = [{**good, "id": 10 + i, "image_id": image} for i, image in enumerate((None, [1], 99, 98))]
    told = parse_coco({**data, "annotations": [good, *said]}).complaints
    assert [one.split(" annotations,")[0] for one in told] == ["2", "2"]


def test_annotations_without_an_id_are_one_complaint() -> None:
    data = document()
    (good,) = data["annotations"]
    bare = {key: value for key, value in good.items() if key != "id"}
    (told,) = parse_coco({**data, "annotations": [bare, bare, bare]}).complaints
    assert told.startswith("3 annotations,")


def test_a_file_in_another_encoding_is_refused_by_that_name(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_bytes('{"images": ["\u00e4"]}'.encode("latin-1"))
    with pytest.raises(CocoError, match="no text in UTF-8"):
        read_coco(tmp_path / "in.json")


@pytest.mark.parametrize(
    "content,said",
    [
        (gzip.compress(b"{}", mtime=0), "is compressed .gzip.; wanted the JSON itself"),
        (b"PK\x03\x04rest", "is a zip archive; wanted the JSON in it"),
        (b"<annotations></annotations>", "is XML or a web page; wanted JSON"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
        (b'{"images": [],}', "Mend it there, or export it again"),
        (b'{"images": [', "It may be cut short"),
    ],
)
def test_a_file_that_is_no_json_is_told_what_it_looks_like(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_bytes(content)
    with pytest.raises(CocoError, match=said):
        read_coco(tmp_path / "in.json")
