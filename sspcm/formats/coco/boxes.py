"""The box of an annotation: as the file says it, or round the keypoints where it says none that can be used."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sspcm.formats.coco.file import CocoImage
from sspcm.formats.plain_values import number, numbers, shown
from sspcm.pose import Box, PoseError

ROUNDING_PX = 1.0
"""How far a file's upright box may lie off its turned one for both to be the same box."""
LEAST_BOX_PX = 1.0
"""The longer side of whatever can be seen."""
MARGIN, LEAST_MARGIN_PX = 0.1, 5.0
"""Round placed keypoints: a part of the longer side of their hull, and at least so many px."""

Point = tuple[float, float]


def read_box(entry: Mapping[str, Any], image: CocoImage) -> Box:
    """The upright `bbox`, or the turned `rbbox` ([centre x, centre y, width, height, degrees]) where both agree.

    Raises PoseError where there is none, or none that can be somebody's in this image.
    """
    if entry.get("bbox") in (None, []):
        turned = _read_turned(entry.get("rbbox"))
        if turned is None:
            raise PoseError("it has no bbox" if "bbox" in entry else "needs the field 'bbox'")
        return _in_frame(turned, image)
    values = numbers(entry["bbox"])
    if values is None or len(values) != 4:
        raise PoseError(f"its bbox is {shown(entry['bbox'])}; wanted [x, y, width, height] in pixels")
    box = _in_frame(Box(*values), image)
    return turned_box(box, entry.get("rbbox")) or box


def box_around(entry: Mapping[str, Any], points: Sequence[Point], image: CocoImage) -> Box | None:
    """Round the placed keypoints, with a margin, and round a flat `bbox` that holds them; else round the outline."""
    flat = _flat_corners(entry.get("bbox"), points)
    made = (
        (with_margin([*points, *flat]), with_margin(points))
        if points
        else (_hull(_outline(entry.get("segmentation"))),)
    )
    return next((box for box in made if box is not None and _fits(box, image)), None)


def _fits(box: Box, image: CocoImage) -> bool:
    try:
        _in_frame(box, image)
    except PoseError:
        return False
    return True


def with_margin(points: Sequence[Point]) -> Box:
    """The smallest upright box round points, and a margin on each side. At least one point."""
    x0, y0 = min(x for x, _ in points), min(y for _, y in points)
    width, height = max(x for x, _ in points) - x0, max(y for _, y in points) - y0
    margin = max(LEAST_MARGIN_PX, MARGIN * max(width, height))
    return Box(x0 - margin, y0 - margin, width + 2 * margin, height + 2 * margin)


def turned_box(box: Box, values: Any) -> Box | None:
    """The box of an `rbbox`, where it lies as the upright box does."""
    turned = _read_turned(values)
    if turned is None:
        return None
    around = turned.enclosing
    pairs = ((box.x, around.x), (box.y, around.y), (box.width, around.width), (box.height, around.height))
    return turned if all(abs(a - b) <= ROUNDING_PX for a, b in pairs) else None


def _read_turned(values: Any) -> Box | None:
    found = numbers(values)
    if found is None or len(found) != 5 or min(found[2:4]) <= 0 or found[4] == 0:
        return None
    x, y, width, height, angle = found
    return Box(x - width / 2, y - height / 2, width, height, angle)


def _in_frame(box: Box, image: CocoImage) -> Box:
    """The box, if somebody in the image can have it. Raises PoseError."""
    in_parts = max(box.x + box.width, box.y + box.height) <= 1  # of the frame, perhaps: told with the person
    if max(box.width, box.height) < LEAST_BOX_PX and not in_parts:
        raise PoseError(f"its box {_tell(box)} is smaller than a pixel")
    if image.width is None or image.height is None:
        return box
    around = box.enclosing
    if outside(around, image.width, image.height):
        raise PoseError(f"its box {_tell(around)} lies outside the {image.width} x {image.height} px frame")
    if around.width > 2 * image.width or around.height > 2 * image.height:
        raise PoseError(f"its box {_tell(around)} is over twice the {image.width} x {image.height} px frame")
    return box


def outside(box: Box, width: int, height: int) -> bool:
    """Whether an upright box shares nothing with a frame of so many pixels."""
    return box.x >= width or box.y >= height or box.x + box.width <= 0 or box.y + box.height <= 0


def _tell(box: Box) -> str:
    return f"[{box.x:g}, {box.y:g}, {box.width:g}, {box.height:g}]"


def _flat_corners(values: Any, points: Sequence[Point]) -> list[Point]:
    """The corners of a box without width or height that holds the points: somebody drew it round them."""
    found = numbers(values)
    if found is None or len(found) != 4 or min(found[2:]) != 0 or max(found[2:]) == 0:
        return []
    x, y, width, height = found
    if not all(x - 1 <= px <= x + width + 1 and y - 1 <= py <= y + height + 1 for px, py in points):
        return []
    return [(x, y), (x + width, y + height)]


def _outline(segmentation: Any) -> list[Point]:
    """The corners of its polygons."""
    polygons = segmentation if isinstance(segmentation, list) else []
    return [point for polygon in polygons for point in _points(polygon)]


def _points(polygon: Any) -> Iterable[Point]:
    values = [number(one) for one in polygon] if isinstance(polygon, list) else []
    return [(x, y) for x, y in zip(values[::2], values[1::2], strict=False) if x is not None and y is not None]


def _hull(points: Sequence[Point]) -> Box | None:
    if not points:
        return None
    x0, y0 = min(x for x, _ in points), min(y for _, y in points)
    try:
        return Box(x0, y0, max(x for x, _ in points) - x0, max(y for _, y in points) - y0)
    except PoseError:
        return None
