"""The lens circle, found where a fisheye's picture ends and the surround begins, or honestly not found.

The surround is what stays of one colour in every frame, seen in the corners: black, grey or bright, with or without a
time stamp. Every circle that a lens can draw is tried on a small picture, all the way round at once, so that walls and
tables do not matter; rays from its centre then place the rim to a fraction of a pixel (docs/adr/0007).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8

from sspcm.fisheye import LensCircle

LONGEST = 8
"""How many times as long as wide a frame may be to show a lens."""
WORKING_SIDE, SEARCH_SIDE = 480, 120
"""The shorter side of the picture that the rim is placed in, and of the one that is searched."""
RAYS, SEARCH_RAYS = 720, 120
RADII = (0.40, 0.80)
"""Of the frame's shorter side: a smaller circle is some round thing in the picture."""
OFF_CENTRE = 0.15
"""How far the circle's centre may lie from the frame's, across and down, of its shorter side."""
CENTRES_TRIED = 9
"""Across, and as many down."""
CIRCLES_PLACED = 4
LEAST_CONTRAST = 12.0
"""Of 255: what differs less from the surround is noise of its compression."""
BRIGHT = 128.0
"""What differs more counts no more: a window at the rim does not outweigh the rest of it."""
HALO = 0.7
"""Lenses draw a halo outside their rim. One that is fainter than this, of the picture inside, is no picture."""
TOLERANCE = 0.012
"""Of the shorter side: how far from the circle a ray's rim may lie and count for it."""
LEAST_ARC_DEGREES = 30.0
LEAST_SHARE = 0.65
"""Of the rays whose rim lies inside the frame, dark corners of the room aside; the others meet writing."""
LEAST_SURROUND = 0.8
"""Of those rays: this many see surround from the rim to the frame's edge."""
WIDEST_GAP_DEGREES = 200.0
"""A rim seen on one side alone does not tell where the centre is."""
SOFTEST_RIM = 0.16
"""Of the radius: a picture that fades more slowly into black is a vignette without a rim."""


@dataclass(frozen=True)
class FoundLens:
    """A circle in the frames' pixels, and what speaks for it."""

    lens: LensCircle
    inlier_share: float
    """Of the rays that leave the picture inside the frame, how many meet the rim there; dark ones aside."""
    arc_degrees: float
    """How much of the rim was seen."""


def find_lens(frames: Sequence[UInt8[np.ndarray, "H W 3"]]) -> FoundLens | None:
    """The lens circle of a camera from one or more frames of one size; None where no rim is to be seen.

    Several frames help where the room is dark: a pixel counts as picture if any of them shows something there.
    """
    height, width = frames[0].shape[:2]
    if max(height, width) > LONGEST * min(height, width):
        return None
    difference = _difference_from_surround(frames)
    if difference is None:
        return None
    placed = (_place_rim(difference, rough) for rough in _search(difference))
    found = next((one for one in placed if one is not None), None)
    if found is None:
        return None
    small_height, small_width = difference.shape
    fx, fy = width / small_width, height / small_height
    circle = found.lens
    lens = LensCircle((circle.x + 0.5) * fx - 0.5, (circle.y + 0.5) * fy - 0.5, circle.radius * (fx + fy) / 2)
    return FoundLens(lens, found.inlier_share, found.arc_degrees)


# --- what is picture and what is surround ---------------------------------------------------------------------------


def _difference_from_surround(frames: Sequence[UInt8[np.ndarray, "H W 3"]]) -> Float[np.ndarray, "h w"] | None:
    """How much each pixel ever differs from the surround's colour, in grey levels; None where no corner shows any."""
    small = [_shrink(frame) for frame in frames]
    surround = _surround_colour(np.stack(small))
    if surround is None:
        return None
    apart = np.stack([np.abs(frame - surround).max(axis=-1) for frame in small])
    # The second largest, where there are several: one frame's glitch is no picture.
    return np.asarray(np.sort(apart, axis=0)[-min(2, len(apart))])


def _shrink(frame: UInt8[np.ndarray, "H W 3"]) -> Float[np.ndarray, "h w 3"]:
    height, width = frame.shape[:2]
    factor = min(1.0, WORKING_SIDE / min(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 1.0))


def _surround_colour(stack: Float[np.ndarray, "F h w 3"]) -> Float[np.ndarray, "3"] | None:
    """The colour of the corner that is steady in space and time and most like the others; None where none is."""
    height, width = stack.shape[1:3]
    reach = max(3, round(0.05 * min(height, width)))
    ends = (slice(0, reach), slice(-reach, None))
    patches = [stack[:, rows, columns].reshape(-1, 3) for rows in ends for columns in ends]
    colours = np.stack([np.median(patch, axis=0) for patch in patches])
    steady = [
        np.median(np.abs(patch - colour).max(axis=-1)) < LEAST_CONTRAST
        for patch, colour in zip(patches, colours, strict=True)
    ]
    apart = np.abs(colours[:, None] - colours[None]).max(axis=-1)
    alike = (apart < LEAST_CONTRAST)[:, steady].sum(axis=1) * np.array(steady)
    return None if alike.max() < 2 else np.asarray(colours[int(alike.argmax())])


# --- where a circle may be ------------------------------------------------------------------------------------------


def _search(difference: Float[np.ndarray, "h w"]) -> Iterator[LensCircle]:
    """The circles whose inside differs most from their outside, all along what the frame shows of them; best first."""
    factor = SEARCH_SIDE / min(difference.shape)
    size = (round(difference.shape[1] * factor), round(difference.shape[0] * factor))
    small = np.minimum(cv2.resize(difference, size, interpolation=cv2.INTER_AREA), BRIGHT)
    offsets = np.linspace(-OFF_CENTRE, OFF_CENTRE, CENTRES_TRIED) * SEARCH_SIDE
    middle = np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])
    tried = [_best_about(small, middle + [across, down]) for down in offsets for across in offsets]
    tried.sort(key=lambda scored: scored[0], reverse=True)
    for score, circle in tried[:CIRCLES_PLACED]:
        if score > 0:
            yield LensCircle((circle.x + 0.5) / factor - 0.5, (circle.y + 0.5) / factor - 0.5, circle.radius / factor)


def _best_about(small: Float[np.ndarray, "h w"], centre: Float[np.ndarray, "2"]) -> tuple[float, LensCircle]:
    """The best circle about one centre, with its score: the step at its rim, times the root of how much is seen.

    What is seen on one side alone counts little: such a rim fits circles of any size.
    """
    spacing, band, gap = 0.5, 3, 3  # pixels between places on a ray; places averaged on either side; the rim's own
    reach = (band + gap / 2) * spacing
    radii = np.arange(RADII[0] * SEARCH_SIDE - reach, RADII[1] * SEARCH_SIDE + reach, spacing)
    directions = _directions(SEARCH_RAYS)
    profiles, in_frame = _profiles(small, centre, radii, directions)
    sums = np.cumsum(np.pad(profiles, ((0, 0), (1, 0))), axis=1)
    means = (sums[:, band:] - sums[:, :-band]) / band
    inside, outside, seen = means[:, : -band - gap], means[:, band + gap :], in_frame[:, 2 * band + gap - 1 :]
    count = np.maximum(seen.sum(axis=0), 1)
    inside, outside = (inside * seen).sum(axis=0) / count, (outside * seen).sum(axis=0) / count
    lopsided = np.linalg.norm(directions.T @ seen, axis=0) / count
    score = (inside - outside) * np.sqrt(count / SEARCH_RAYS) * (1 - lopsided)
    score[(count < LEAST_ARC_DEGREES * SEARCH_RAYS / 360) | (outside > HALO * inside)] = -1
    best = int(score.argmax())
    radius = float(radii[best] + reach - spacing / 2)
    return float(score[best]), LensCircle(float(centre[0]), float(centre[1]), radius)


def _directions(rays: int) -> Float[np.ndarray, "R 2"]:
    angles = np.arange(rays) * (2 * np.pi / rays)
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def _profiles(
    difference: Float[np.ndarray, "h w"],
    centre: Float[np.ndarray, "2"],
    radii: Float[np.ndarray, "n"],
    directions: Float[np.ndarray, "R 2"],
) -> tuple[Float[np.ndarray, "R n"], Bool[np.ndarray, "R n"]]:
    """The difference along every ray, and whether each place lies inside the frame."""
    x = (centre[0] + np.outer(directions[:, 0], radii)).astype(np.float32)
    y = (centre[1] + np.outer(directions[:, 1], radii)).astype(np.float32)
    height, width = difference.shape
    in_frame = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    values = cv2.remap(difference.astype(np.float32), x, y, cv2.INTER_LINEAR)
    return np.asarray(values), np.asarray(in_frame)


# --- the exact circle -----------------------------------------------------------------------------------------------


def _place_rim(difference: Float[np.ndarray, "h w"], rough: LensCircle) -> FoundLens | None:
    """Rim points along rays from the circle's own centre, the circle fitted to them, and whether it convinces."""
    side = min(difference.shape)
    circle = rough
    for tolerance in (4 * TOLERANCE, 2 * TOLERANCE, TOLERANCE, TOLERANCE):
        rim = _rim(difference, circle)
        near = np.abs(rim.distances - circle.radius) < tolerance * side
        if near.sum() < 3:
            return None
        circle = _fit(rim.points[near], circle)
    inliers = np.abs(np.linalg.norm(rim.points - [circle.x, circle.y], axis=-1) - circle.radius) < TOLERANCE * side
    arc = float(inliers.sum() * 360 / RAYS)
    share = float(inliers.sum() / max(1, rim.lit.sum()))
    convincing = (
        arc >= LEAST_ARC_DEGREES
        and share >= LEAST_SHARE
        and _widest_gap(rim.points[inliers], circle) <= WIDEST_GAP_DEGREES
        and np.median(rim.widths[inliers]) <= SOFTEST_RIM * circle.radius
        and _surround_share(difference, circle) >= LEAST_SURROUND
    )
    return FoundLens(circle, share, arc) if convincing else None


@dataclass(frozen=True)
class _Rim:
    """Where each ray crosses half way from surround to picture, NaN where it does not."""

    points: Float[np.ndarray, "R 2"]
    distances: Float[np.ndarray, "R"]
    widths: Float[np.ndarray, "R"]
    """Over how many pixels it rises from a fifth to four fifths."""
    lit: Bool[np.ndarray, "R"]
    """Whether the frame shows both sides of the circle's rim here, and something else than darkness inside."""


def _rim(difference: Float[np.ndarray, "h w"], circle: LensCircle) -> _Rim:
    centre, directions = np.array([circle.x, circle.y]), _directions(RAYS)
    radii = circle.radius * np.linspace(0.9, 1.1, 161)
    profiles, in_frame = _profiles(difference, centre, radii, directions)
    beyond = int(np.searchsorted(radii, circle.radius * 1.02))
    high = np.percentile(profiles[:, : beyond // 2], 75, axis=1)
    lit = in_frame[:, beyond] & (high >= LEAST_CONTRAST)
    low = np.where(lit, np.where(in_frame, profiles, np.inf)[:, beyond:].min(axis=1), 0.0)
    profiles = np.where(in_frame, profiles, -np.inf)
    steps = lit & (high - low >= np.maximum(LEAST_CONTRAST, (1 - HALO) * high))
    distances, lower, upper = (
        np.where(steps, _crossings(profiles, radii, low + part * (high - low)), np.nan) for part in (0.5, 0.2, 0.8)
    )
    return _Rim(centre + distances[:, None] * directions, distances, np.nan_to_num(lower - upper), lit)


def _crossings(
    profiles: Float[np.ndarray, "R n"], radii: Float[np.ndarray, "n"], levels: Float[np.ndarray, "R"]
) -> Float[np.ndarray, "R"]:
    """From outside in: the radius where each profile first reaches its level; NaN where it does not, or at once."""
    reached = profiles >= levels[:, None]
    last = reached.shape[1] - 1 - reached[:, ::-1].argmax(axis=1)
    after = np.minimum(last + 1, reached.shape[1] - 1)
    rays = np.arange(len(profiles))
    above, below = profiles[rays, last], profiles[rays, after]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = radii[last] + (above - levels) / (above - below) * (radii[after] - radii[last])
    return np.where(reached.any(axis=1) & (after > last) & np.isfinite(below), found, np.nan)


def _fit(points: Float[np.ndarray, "N 2"], start: LensCircle) -> LensCircle:
    """Least squares of the distances to the rim, points far off counting less (Gauss-Newton, Cauchy weights)."""
    x, y, radius = start.x, start.y, start.radius
    for _ in range(10):
        away = points - [x, y]
        distance = np.linalg.norm(away, axis=-1)
        residual = distance - radius
        scale = max(0.05, 1.4826 * float(np.median(np.abs(residual))))
        weight = 1 / (1 + (residual / (2 * scale)) ** 2)
        slopes = np.column_stack([-away / distance[:, None], -np.ones(len(points))])
        step = np.linalg.lstsq(slopes * weight[:, None] ** 0.5, -residual * weight**0.5, rcond=None)[0]
        x, y, radius = x + float(step[0]), y + float(step[1]), radius + float(step[2])
    return LensCircle(x, y, radius)


def _widest_gap(points: Float[np.ndarray, "N 2"], circle: LensCircle) -> float:
    """Degrees of the longest part of the rim without a point."""
    angles = np.sort(np.degrees(np.arctan2(points[:, 1] - circle.y, points[:, 0] - circle.x)))
    return float(np.diff(np.append(angles, angles[0] + 360)).max())


def _surround_share(difference: Float[np.ndarray, "h w"], circle: LensCircle) -> float:
    """Of the rays that leave the picture inside the frame, how many see surround, or a halo, from there on."""
    radii = circle.radius * np.linspace(0.85, 1.6, 151)
    profiles, in_frame = _profiles(difference, np.array([circle.x, circle.y]), radii, _directions(RAYS))
    inside, outside = radii < 0.98 * circle.radius, radii > 1.05 * circle.radius
    picture = profiles[:, inside].mean(axis=1)
    leaving = in_frame[:, outside][:, 0] & (picture > LEAST_CONTRAST)
    dim = (profiles < HALO * picture[:, None]) & in_frame
    share = dim[:, outside].sum(axis=1) / np.maximum(in_frame[:, outside].sum(axis=1), 1)
    return float((share[leaving] >= 0.75).mean()) if leaving.any() else 0.0
