"""Skeletons contradict themselves nowhere, and say so when they would."""

import json
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from sspcm.skeleton import BUILT_IN, Skeleton, SkeletonError, get_skeleton, mirror_by_name


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


@pytest.mark.parametrize(
    "names",
    [
        ["nose", "left_eye", "right_eye"],
        ["Nose", "LeftEye", "RightEye"],
        ["nose", "eye.L", "eye.R"],
        ["nose", "l-eye", "r-eye"],
        ["NOSE", "LEFT EYE", "RIGHT EYE"],
    ],
)
def test_left_and_right_are_paired_however_they_are_spelled(names: list[str]) -> None:
    assert mirror_by_name(names) == (0, 2, 1)


def test_a_partner_that_does_not_answer_is_none() -> None:
    assert mirror_by_name(["lEFT", "Right"]) == (0, 1)  # "Right" looks for "Left"


@given(st.lists(st.text("lreft ighLR_-", max_size=9), unique=True, max_size=8))
def test_pairing_by_name_is_its_own_inverse_whatever_the_names(names: list[str]) -> None:
    mirror = mirror_by_name(names)
    assert [mirror[i] for i in mirror] == list(range(len(names)))


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
