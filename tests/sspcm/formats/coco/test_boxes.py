"""Boxes as files say them, and made where they do not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sspcm.formats.coco.boxes import LEAST_MARGIN_PX, box_around, outside, read_box, turned_box, with_margin
from sspcm.formats.coco.file import CocoImage
from sspcm.pose import Box, PoseError
from tests.coco_generator import JSON, ODD

FRAME = CocoImage(1, "a.jpg", 160, 120)
PX = st.floats(-1e4, 1e4)
TURNED = Box(40, 30, 20, 60, 30)
UPRIGHT = TURNED.enclosing


def fields(box: Box) -> list[float]:
    return [box.x, box.y, box.width, box.height]


@pytest.mark.parametrize("said", [[50, 30, 40, 60], ["50", "30.0", "40", "60"]])
def test_a_box_is_read_number_for_number(said: list[Any]) -> None:
    assert read_box({"bbox": said}, FRAME) == Box(50, 30, 40, 60)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({}, "needs the field 'bbox'"),
        ({"bbox": None}, "it has no bbox"),
        ({"bbox": [1, 2, 3]}, "wanted .x, y, width, height. in pixels"),
        ({"bbox": "wide"}, "wanted .x, y, width, height. in pixels"),
        ({"bbox": [0, 0, 0, 5]}, "positive width and height"),
        ({"bbox": [20, 20, 5e-324, 5e-324]}, "smaller than a pixel"),
        ({"bbox": [20, 20, 0.9, 0.2]}, "smaller than a pixel"),
        ({"bbox": [200, 0, 5, 5]}, "outside the 160 x 120 px frame"),
        ({"bbox": [-5, 5, 400, 5]}, "over twice the 160 x 120 px frame"),
    ],
)
def test_a_box_that_cannot_be_says_why(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(PoseError, match=said):
        read_box(entry, FRAME)


def test_a_turned_box_is_taken_where_it_lies_as_the_upright_one_does_or_stands_alone() -> None:
    turned = [*TURNED.centre, 20, 60, 30]
    assert read_box({"bbox": fields(UPRIGHT), "rbbox": turned}, FRAME) == TURNED
    assert read_box({"rbbox": turned}, FRAME) == TURNED
    assert read_box({"bbox": [1, 1, 9, 9], "rbbox": turned}, FRAME) == Box(1, 1, 9, 9)


@settings(max_examples=30)
@given(JSON | st.lists(ODD, min_size=5, max_size=5))
def test_no_value_makes_a_turned_box_raise(values: Any) -> None:
    found = turned_box(UPRIGHT, values)
    assert found is None or found.angle != 0


@settings(max_examples=30)
@given(st.lists(st.tuples(PX, PX), min_size=1, max_size=17))
def test_a_box_made_of_points_holds_them_all_with_room_on_each_side(points: list[tuple[float, float]]) -> None:
    box = with_margin(points)
    for x, y in points:
        assert box.x < x < box.x + box.width
        assert box.y < y < box.y + box.height
    assert min(box.width, box.height) >= 2 * LEAST_MARGIN_PX - 1e-6


def test_points_on_a_line_get_a_box_that_a_network_can_crop() -> None:
    assert with_margin([(10, 10), (10, 110)]) == Box(0, 0, 20, 120)


def test_a_flat_box_that_holds_the_points_counts_as_drawn_round_them() -> None:
    points = [(60.0, 50.0), (60.0, 60.0)]
    around = box_around({"bbox": [60, 20, 0, 80]}, points, FRAME)
    assert around == with_margin([*points, (60, 20), (60, 100)])
    assert box_around({"bbox": [90, 20, 0, 80]}, points, FRAME) == with_margin(points)


@pytest.mark.parametrize("unfit", [[-400, -400, 1000, 1000], [0, 0, 160, 300], [0, -400, 0, 1000], [1e6, 1e6, 5, 5]])
def test_a_box_that_nobody_can_have_gives_way_to_the_placed_keypoints(unfit: list[float]) -> None:
    points = [(60.0, 50.0), (80.0, 90.0)]
    assert box_around({"bbox": unfit}, points, FRAME) == with_margin(points)


def test_without_points_the_outline_says_where_somebody_is() -> None:
    outline = {"segmentation": [[10, 10, 50, 10, 50, 90], "x", [None, 3]]}
    assert box_around(outline, [], FRAME) == Box(10, 10, 40, 80)
    assert box_around({"segmentation": {"counts": 3}}, [], FRAME) is None
    assert box_around({"segmentation": [[10, 10]]}, [], FRAME) is None


def test_a_frame_of_unknown_size_holds_every_box() -> None:
    assert read_box({"bbox": [9000, 0, 5, 5]}, CocoImage(1, "a.jpg", None, None)) == Box(9000, 0, 5, 5)


def test_a_box_that_only_touches_the_frame_lies_outside() -> None:
    assert outside(Box(160, 0, 5, 5), 160, 120)
    assert outside(Box(-5, 0, 5, 5), 160, 120)
    assert not outside(Box(-5, 0, 6, 5), 160, 120)


@settings(max_examples=30)
@given(st.fixed_dictionaries({}, optional={"bbox": ODD | JSON | st.lists(ODD, min_size=4, max_size=4), "rbbox": JSON}))
def test_no_value_makes_the_reader_raise_anything_of_its_own(entry: dict[str, Any]) -> None:
    try:
        assert isinstance(read_box(entry, FRAME), Box)
    except PoseError as error:
        assert str(error)
