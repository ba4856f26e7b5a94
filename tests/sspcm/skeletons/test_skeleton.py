"""Skeletons contradict themselves nowhere, and say so when they would."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from sspcm.skeletons.skeleton import (
    BUILT_IN,
    Skeleton,
    SkeletonError,
    differences,
    get_skeleton,
    in_order_of,
    match_keypoints,
    recognise,
    same_keypoints,
    spelling,
)

COCO = BUILT_IN["coco-17"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=8,
)


@pytest.mark.parametrize("skeleton", BUILT_IN.values(), ids=BUILT_IN)
def test_mirroring_twice_is_the_identity_and_swaps_left_and_right(skeleton: Skeleton) -> None:
    for i, name in enumerate(skeleton.keypoints):
        partner = skeleton.mirror[i]
        assert skeleton.mirror[partner] == i
        assert skeleton.keypoints[partner] == name.replace("left", "?").replace("right", "left").replace("?", "right")


def test_a_skeleton_from_a_file_equals_the_one_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(BUILT_IN["wepdtof-14"].to_json()))
    assert get_skeleton(str(path)) == BUILT_IN["wepdtof-14"]


def test_a_skeleton_from_toml_equals_the_one_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(tomli_w.dumps(BUILT_IN["mpii-16"].to_json()))
    assert get_skeleton(str(path)) == BUILT_IN["mpii-16"]


def write(path: Path, content: object) -> str:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(path)


def test_a_file_may_leave_out_what_its_names_tell(tmp_path: Path) -> None:
    told = get_skeleton(write(tmp_path / "mine.json", {"name": "mine", "keypoints": ["nose", "LHip", "RHip"]}))
    assert told == Skeleton("mine", ("nose", "LHip", "RHip"), (), (0, 2, 1), (0.07, 0.07, 0.07))


def test_a_toml_file_may_leave_it_out_as_well_and_its_ending_may_be_in_capitals(tmp_path: Path) -> None:
    told = get_skeleton(write(tmp_path / "MINE.TOML", b'name = "mine"\nkeypoints = ["earL", "earR"]\nedges = [[0, 1]]'))
    assert (told.pairs, told.edges) == (1, ((0, 1),))


def test_what_the_commands_show_beside_a_skeleton_is_no_hindrance(tmp_path: Path) -> None:
    shown = {**COCO.to_json(), "pairs": 8, "no_partner": [], "sides": ["left"]}
    assert get_skeleton(write(tmp_path / "a.json", shown)) == COCO


def test_a_byte_order_mark_is_no_hindrance(tmp_path: Path) -> None:
    assert get_skeleton(write(tmp_path / "a.json", b"\xef\xbb\xbf" + json.dumps(COCO.to_json()).encode())) == COCO


GOOD = {"name": "x", "keypoints": ["a", "b"]}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"{", r"a\.json is not readable JSON"),
        ("a.json", b"", r"a\.json is not readable JSON"),
        ("a.toml", b"name =", r"a\.toml is not readable TOML"),
        ("a.json", b"\xff\xfe{}", r"a\.json is not readable JSON: 'utf-8'"),
        ("a.json", b"[" * 100_000, r"a\.json is not readable JSON: it is nested too deep"),
        ("a.toml", b"a = " + b"[" * 5_000, r"a\.toml is not readable TOML"),
        ("a.json", b'{"name": ' + b"9" * 5_000 + b"}", r"a\.json is not readable JSON"),
        ("a.json", [[[]]], r"a\.json: a skeleton is an object .* found list"),
        ("a.json", {"name": "x"}, r"a\.json: a skeleton has name; wanted keypoints"),
        ("a.json", {"keypoints": ["a"]}, "wanted name as well"),
        ("a.json", {**GOOD, "edges": [3]}, "'x': edges holds 3; wanted pairs of indices"),
        ("a.json", {**GOOD, "edges": [[0, 1, 1]]}, "wanted pairs of indices"),
        ("a.json", {**GOOD, "edges": [[0, 1.5]]}, "edges holds 1.5; wanted indices"),
        ("a.json", {**GOOD, "edges": [[0, 2]]}, "Edges count from zero here"),
        ("a.json", {**GOOD, "edges": {"a": 1}}, "edges is {'a': 1}; wanted a list"),
        ("a.json", {**GOOD, "mirror": [1, 4]}, "mirror must be a permutation"),
        ("a.json", {**GOOD, "mirror": [True, False]}, "mirror holds True; wanted indices"),
        ("a.json", {**GOOD, "mirror": "10"}, "mirror is '10'; wanted a list"),
        ("a.json", {**GOOD, "mirror": None}, "mirror is None; wanted a list"),
        ("a.json", {**GOOD, "sigmas": [0.07]}, "needs 2 positive sigmas"),
        ("a.json", {**GOOD, "sigmas": ["0.07", 0.07]}, "sigmas holds '0.07'; wanted numbers"),
        ("a.json", {**GOOD, "sigmas": [0, 0.07]}, "positive sigmas"),
        ("a.json", {**GOOD, "sigmas": [1e308, 0.07]}, "none above 10"),
        ("a.json", b'{"name": "x", "keypoints": ["a"], "sigmas": [NaN]}', "positive sigmas"),
        ("a.json", b'{"name": "x", "keypoints": ["a"], "sigmas": [1' + b"0" * 400 + b"]}", "wanted numbers"),
        ("a.json", {**GOOD, "keypoints": ["a", "a"]}, "distinct keypoint names"),
        ("a.json", {**GOOD, "keypoints": []}, "distinct keypoint names"),
        ("a.json", {**GOOD, "keypoints": ["a", 2]}, "a keypoint's name is 2; wanted text"),
        ("a.json", {**GOOD, "keypoints": "ab"}, "keypoints is 'ab'; wanted a list"),
        ("a.json", {**GOOD, "keypoints": ["a", " "]}, "a name is ' '; wanted letters"),
        ("a.json", {**GOOD, "keypoints": ["a", "b\0"]}, "wanted letters"),
        ("a.json", b'{"name": "x", "keypoints": ["a", "\\ud800"]}', "wanted letters"),
        ("a.json", {**GOOD, "name": ["x"]}, r"the skeleton's name is \['x'\]; wanted text"),
        ("a.json", {**GOOD, "mirrors": [1, 0]}, "no field 'mirrors'.* Did you mean 'mirror'"),
        ("a.json", {**GOOD, "zoo": 1}, "no field 'zoo'.* Leave it out"),
        ("a.txt", GOOD, r"a\.txt ends in '\.txt'; wanted .*\.toml or \.json"),
        ("skeleton", GOOD, "skeleton ends in 'nothing'; wanted"),
        ("a.json", b" " * 1_000_001, "larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_holds_no_skeleton_is_refused_by_name(
    name: str, content: object, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SkeletonError, match=said):
        get_skeleton(write(tmp_path / name, content))


@given(st.dictionaries(st.sampled_from(["name", "keypoints", "edges", "mirror", "sigmas", "x"]), JSON))
def test_whatever_a_file_holds_is_a_skeleton_or_refused_in_words(tmp_path_factory: Any, content: object) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(content))
    try:
        told = get_skeleton(str(path))
    except SkeletonError as error:
        assert str(error).startswith("any.json")
    else:
        assert Skeleton.from_json(told.to_json()) == told


def test_a_folder_is_no_skeleton_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    for folder in (tmp_path, tmp_path / "folder.json"):
        with pytest.raises(SkeletonError, match="is a folder; wanted a skeleton's"):
            get_skeleton(str(folder))


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SkeletonError, match=r"cannot be read \(No such file"):
        get_skeleton(str(tmp_path / "none.json"))


@pytest.mark.parametrize("name", ["", "nobody", "a" * 5000, "a\0b", "x" * 300 + ".json"])
def test_what_names_neither_skeleton_nor_file_is_told_those_there_are(name: str) -> None:
    with pytest.raises(SkeletonError, match=r"coco-17|cannot be read|is a folder"):
        get_skeleton(name)


def test_keypoints_are_spoken_without_underscores() -> None:
    assert BUILT_IN["coco-17"].spoken(15) == "left ankle"


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(SkeletonError, match="Did you mean 'coco-17'"):
        get_skeleton("coco17")


@pytest.mark.parametrize(
    "broken",
    [
        {"mirror": (1, 0, 0)},
        {"mirror": (1, 2, 0)},
        {"sigmas": (0.1,)},
        {"sigmas": (0.1, 0.1, float("nan"))},
        {"sigmas": (0.1, 0.1, 0.0)},
        {"edges": ((0, 9),)},
        {"keypoints": ("a", "a", "b")},
    ],
)
def test_a_contradiction_is_refused(broken: dict[str, object]) -> None:
    good: dict[str, object] = {"keypoints": ("a", "b", "c"), "edges": (), "mirror": (0, 1, 2), "sigmas": (0.1,) * 3}
    with pytest.raises(SkeletonError):
        Skeleton("test", **(good | broken))


# --- two skeletons beside each other -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["left_eye", "Left Eye", "left-eye", "leftEye", "LEFT_EYE", " left  eye ", "left\u2013eye"]
)
def test_the_same_name_is_known_however_it_is_spelled(name: str) -> None:
    assert spelling(name) == "lefteye"


@pytest.mark.parametrize(
    ("one", "other"), [("face-1-1", "face-11"), ("a", "b"), ("eye", "eye2"), ("か", "が"), ("x+", "x-")]
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert spelling(one) != spelling(other)


def test_keypoints_spelled_otherwise_are_the_same_ones() -> None:
    spoken = [name.replace("_", " ").title() for name in COCO.keypoints]
    assert same_keypoints(COCO.keypoints, spoken)
    assert match_keypoints(COCO.keypoints, spoken[::-1]) == tuple(reversed(range(17)))


def test_names_that_are_spelled_alike_are_told_apart_exactly_or_not_at_all() -> None:
    assert match_keypoints(["eye_1", "Eye 1"], ["Eye 1", "eye_1"]) == (1, 0)
    assert match_keypoints(["eye_1", "Eye 1"], ["eye-1", "EYE1"]) is None
    assert match_keypoints(["eye"], ["eye", "ear"]) is None
    assert match_keypoints(["eye", "ear"], ["eye", "nose"]) is None


@given(st.lists(st.text(max_size=6), unique=True, max_size=6), st.randoms(use_true_random=False))
def test_a_list_matches_itself_in_any_order(names: list[str], chance: Random) -> None:
    shuffled = list(names)
    chance.shuffle(shuffled)
    places = match_keypoints(names, shuffled)
    assert places is not None
    assert [shuffled[place] for place in places] == names


def test_a_built_in_skeleton_is_recognised_in_another_spelling_and_keeps_it() -> None:
    spoken = tuple(name.replace("_", " ").title() for name in COCO.keypoints)
    assert recognise(spoken) == replace(COCO, keypoints=spoken)
    assert recognise(COCO.keypoints) == COCO
    assert recognise(spoken[1:]) is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (COCO, ""),
        (replace(COCO, mirror=tuple(range(17))), "mirror: 8 pairs against 0 pairs"),
        (replace(COCO, edges=((0, 1),)), "edges: 19 against 1"),
        (replace(COCO, name="person"), "name: 'coco-17' against 'person'"),
        (replace(COCO, sigmas=(0.07,) * 17), "sigmas: 0.026 against 0.07 for 'nose' and 16 more"),
        (
            replace(COCO, keypoints=("Nose", *COCO.keypoints[1:])),
            "spelling: 'nose' against 'Nose'",
        ),
        (
            replace(COCO, keypoints=(*COCO.keypoints[1:], "nose")),
            "order: keypoint 1 is 'nose' against 'left_eye'",
        ),
        (
            replace(COCO, keypoints=("chin", *COCO.keypoints[1:])),
            "names: 'nose' only in the first, 'chin' only in the second",
        ),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_differs_between_two_skeletons_is_said(other: Skeleton, said: str) -> None:
    assert differences(COCO, other) == said


def test_all_that_differs_is_said_in_one_line() -> None:
    assert differences(COCO, BUILT_IN["crowdpose-14"]) == (
        "17 keypoints against 14: 'nose', 'left_eye', 'right_eye' and 2 more only in 'coco-17', "
        "'head_top', 'neck' only in 'crowdpose-14'; edges: 19 against 14; name: 'coco-17' against 'crowdpose-14'"
    )


def test_a_skeleton_in_another_order_and_spelling_is_brought_into_this_one() -> None:
    turned = Skeleton("t", ("R Hip", "L hip", "NOSE"), ((0, 2),), (1, 0, 2), (0.1, 0.2, 0.3))
    own = Skeleton("own", ("nose", "l_hip", "r_hip"), (), (0, 1, 2), (1.0,) * 3)
    assert in_order_of(own, turned) == Skeleton("t", ("nose", "l_hip", "r_hip"), ((2, 0),), (0, 2, 1), (0.3, 0.2, 0.1))


def test_other_keypoints_are_not_brought_into_this_order() -> None:
    own, other = (Skeleton("t", names, (), (0, 1), (0.1, 0.1)) for names in (("nose", "tail"), ("R Hip", "nose")))
    with pytest.raises(SkeletonError, match="'tail' only in the first, 'R Hip' only in the second"):
        in_order_of(own, other)


def test_pairs_are_counted() -> None:
    assert [one.pairs for one in BUILT_IN.values()] == [8, 6, 6, 6]
