"""Skeletons contradict themselves nowhere, and say so when they would."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from sspcm.skeleton import (
    BUILT_IN,
    Skeleton,
    SkeletonError,
    differences,
    get_skeleton,
    match_keypoints,
    recognise,
    same_keypoints,
    spelling,
)

COCO = BUILT_IN["coco-17"]


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


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", "{", r"a\.json is not readable JSON"),
        ("a.toml", "name =", r"a\.toml is not readable TOML"),
        ("a.json", "[1]", r"a\.json: a skeleton is an object .* found list"),
        ("a.json", '{"name": "x"}', "needs \\['edges', 'keypoints', 'mirror', 'sigmas'\\] as well"),
        (
            "a.json",
            '{"name": "x", "keypoints": ["a"], "edges": [3], "mirror": [0], "sigmas": [0.1]}',
            "'x' cannot be read: .* pairs of indices",
        ),
        ("a.json", '{"name": "x", "keypoints": ["a"], "edges": [], "mirror": [4], "sigmas": [0.1]}', "permutation"),
    ],
)
def test_a_file_that_holds_no_skeleton_is_refused_by_name(name: str, content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(SkeletonError, match=said):
        get_skeleton(str(path))


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
            "names: 'nose' only in 'coco-17', 'chin' only in 'coco-17'",
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


def test_pairs_are_counted() -> None:
    assert [one.pairs for one in BUILT_IN.values()] == [8, 6, 6, 6]
