"""Skeletons contradict themselves nowhere, and say so when they would."""

import json
from pathlib import Path

import pytest

from sspcm.skeleton import BUILT_IN, Skeleton, SkeletonError, get_skeleton


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


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(SkeletonError, match="Did you mean 'coco-17'"):
        get_skeleton("coco17")


@pytest.mark.parametrize(
    "broken",
    [
        {"mirror": (1, 0, 0)},
        {"mirror": (1, 2, 0)},
        {"sigmas": (0.1,)},
        {"edges": ((0, 9),)},
        {"keypoints": ("a", "a", "b")},
    ],
)
def test_a_contradiction_is_refused(broken: dict[str, object]) -> None:
    good: dict[str, object] = {"keypoints": ("a", "b", "c"), "edges": (), "mirror": (0, 1, 2), "sigmas": (0.1,) * 3}
    with pytest.raises(SkeletonError):
        Skeleton("test", **(good | broken))
