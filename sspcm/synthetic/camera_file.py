"""A camera of one's own, from a TOML file: what it says is kept, the rest is drawn at random."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sspcm.plain import ConfigError, read_toml, short
from sspcm.synthetic.camera import PROJECTIONS, WIDEST_STEREOGRAPHIC, Projection
from sspcm.synthetic.sensor import Sensor


class CameraFileError(ValueError):
    """The camera file cannot be used; the message says why and what to write instead."""


@dataclass(frozen=True)
class CameraFile:
    """What is known of a camera; None: not known. Angles in degrees, `circle` = centre x, y and radius in pixels."""

    width: int | None = None
    height: int | None = None
    projection: Projection | None = None
    field: float | None = None
    circle: tuple[float, float, float] | None = None
    height_m: float | None = None
    heading: float | None = None
    tilt: float | None = None
    tilt_towards: float | None = None
    grey: bool | None = None
    infrared: bool | None = None
    vignette: float | None = None
    blur: float | None = None
    noise: float | None = None
    quality: int | None = None

    def over(self, sensor: Sensor) -> Sensor:
        """The sensor with what the file says of it."""
        told = {name: getattr(self, name) for name in ("vignette", "blur", "noise", "quality")}
        return replace(sensor, **{name: value for name, value in told.items() if value is not None})

    def as_json(self) -> dict[str, Any]:
        """What is known, as plain data."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}


LARGEST_RADIUS = 20_000
RANGES: dict[str, tuple[float, float]] = {
    "width": (64, 8192),
    "height": (64, 8192),
    "field": (60, 220),
    "height_m": (1.8, 12.0),
    "heading": (-360, 360),
    "tilt": (-45, 45),
    "tilt_towards": (-360, 360),
    "vignette": (0, 1),
    "blur": (0.05, 10),
    "noise": (0, 0.3),
    "quality": (1, 100),
}


def read_camera_file(path: Path) -> CameraFile:
    """Raises CameraFileError for what is no TOML, an unknown key (the nearest is named), or a value out of range."""
    try:
        told = read_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CameraFileError(
            f"{path} cannot be read: {error.strerror}. Give a TOML file that describes a camera."
        ) from error
    except (ConfigError, UnicodeDecodeError) as error:
        raise CameraFileError(f"{path.name} is not TOML as wanted: {error} Correct the file.") from error
    known = [f.name for f in fields(CameraFile)]
    for key, value in told.items():
        if key not in known:
            near = get_close_matches(key[:80], known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known are {', '.join(known)}."
            raise CameraFileError(f"{path.name} has an unknown key {short(key)}. {hint}")
        _check(path.name, key, value)
    _check_together(path.name, told)
    if "circle" in told:
        told["circle"] = tuple(float(v) for v in told["circle"])
    return CameraFile(**told)


def _check_together(file: str, told: Mapping[str, Any]) -> None:
    """Values that are right one by one and cannot be together."""
    if told.get("projection") == "stereographic" and told.get("field", 0) > WIDEST_STEREOGRAPHIC:
        raise CameraFileError(
            f"{file} has a stereographic lens with a field of {told['field']:g}; wanted {WIDEST_STEREOGRAPHIC} at "
            "most. Give a smaller field, or another projection."
        )
    if "circle" not in told:
        return
    if "width" not in told or "height" not in told:
        raise CameraFileError(
            f"{file} has a circle in a frame of no known size; wanted width and height as well. Add them."
        )
    x, y, _ = told["circle"]
    if not (0 <= x < told["width"] and 0 <= y < told["height"]):
        raise CameraFileError(
            f"{file} has a circle around {x:g}, {y:g}, outside the frame of {told['width']} x {told['height']} px; "
            "wanted one inside. Correct the circle or the size."
        )


def _check(file: str, key: str, value: object) -> None:
    if key == "projection":
        good = value in PROJECTIONS
        wanted = f"one of {', '.join(PROJECTIONS)}"
    elif key in ("grey", "infrared"):
        good, wanted = isinstance(value, bool), "true or false"
    elif key == "circle":
        good = isinstance(value, list) and len(value) == 3 and all(_is_number(v) for v in value)
        good = good and 0 < value[2] <= LARGEST_RADIUS  # type: ignore[index]
        wanted = f"[centre x, centre y, radius] in pixels, the radius up to {LARGEST_RADIUS:,}"
    else:
        low, high = RANGES[key]
        whole = key in ("width", "height", "quality")
        good = _is_number(value) and low <= value <= high and (not whole or isinstance(value, int))  # type: ignore[operator]
        wanted = f"a {'whole ' if whole else ''}number from {low:g} to {high:g}"
    if not good:
        raise CameraFileError(f"{file} says {key} = {short(value)}; wanted {wanted}. Correct it, or leave it out.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
