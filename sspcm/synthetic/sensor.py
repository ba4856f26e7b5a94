"""From linear light to the file a camera writes: exposure, rim, blur, noise, compression."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from sspcm.fisheye import LensCircle


@dataclass(frozen=True)
class Sensor:
    """How a camera turns light into a picture; the same for all frames of a camera."""

    exposure: float = 0.42
    """Display brightness, 0 to 1, that the middle of the picture's range is brought to."""
    contrast: float = 1.0
    saturation: float = 0.9
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Gains of red, green and blue."""
    vignette: float = 0.3
    """How much light the rim loses."""
    rim: float = 0.015
    """Over which share of the radius the picture fades into the surround."""
    fringe: float = 0.0
    """A bluish glow at the rim."""
    veil: float = 0.01
    """What the surround outside the lens circle shows instead of black."""
    blur: float = 0.5
    """Standard deviation in pixels at the centre; half as much again at the rim."""
    sharpen: float = 0.3
    noise: float = 0.01
    """Standard deviation of the grain, as a share of full brightness."""
    quality: int = 85
    """Of the JPEG file, 1 to 100."""
    grey: bool = False
    stamp: str = ""
    """Text that the camera writes into the frame's corner."""


def draw_sensor(rng: np.random.Generator, *, grey: bool) -> Sensor:
    """A random camera's way of seeing."""
    warm = float(rng.normal(0, 0.05))
    return Sensor(
        exposure=float(rng.uniform(0.32, 0.54)),
        contrast=float(rng.uniform(1.0, 1.6)),
        saturation=float(rng.uniform(0.55, 1.1)),
        cast=(1 + warm, 1.0, 1 - warm),
        vignette=float(rng.uniform(0.0, 0.5)),
        rim=float(rng.uniform(0.004, 0.05)),
        fringe=float(rng.uniform(0, 0.2)) if rng.random() < 0.4 else 0.0,
        veil=float(rng.choice([0.0, rng.uniform(0.0, 0.04), rng.uniform(0.0, 0.15)], p=[0.5, 0.4, 0.1])),
        blur=float(rng.uniform(0.25, 0.75)),
        sharpen=float(rng.choice([0.0, rng.uniform(0.3, 1.2)])),
        noise=float(rng.uniform(0.001, 0.015)),
        quality=int(rng.integers(45, 95)),
        grey=grey,
        stamp=f"2026-0{rng.integers(1, 10)}-{rng.integers(10, 29)} 1{rng.integers(0, 10)}:{rng.integers(10, 60)}"
        if rng.random() < 0.2
        else "",
    )


def develop(
    light: Float[np.ndarray, "h w 3"], circle: LensCircle, sensor: Sensor, rng: np.random.Generator
) -> UInt8[np.ndarray, "h w 3"]:
    """The 8-bit RGB frame that the camera shows of this light."""
    height, width = light.shape[:2]
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    share = np.hypot(xs - circle.x, ys - circle.y) / circle.radius
    seen = _expose(light * np.asarray(sensor.cast, np.float32), share < 0.8, sensor)
    seen = _focus(seen, share, sensor)
    fade = 1 - sensor.vignette * np.clip(share, 0, 1) ** 4
    edge = np.clip((1 - share) / sensor.rim, 0, 1)
    glow = sensor.fringe * np.exp(-(((share - 0.99) / 0.03) ** 2))
    seen = seen * (fade * edge)[..., None] + glow[..., None] * np.array([0.35, 0.5, 1.0], np.float32)
    seen += sensor.veil * (1 - edge)[..., None]
    if sensor.grey:
        seen = np.repeat(seen.mean(2, keepdims=True), 3, axis=2)
    seen += _grain(rng, (height, width), sensor)
    frame = np.clip(seen * 255 + 0.5, 0, 255).astype(np.uint8)
    return _stamp(frame, sensor.stamp)


def encode(frame: UInt8[np.ndarray, "h w 3"], sensor: Sensor) -> bytes:
    """The frame as a JPEG file of the camera's quality."""
    done, content = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, sensor.quality])
    if not done:
        raise RuntimeError("OpenCV could not write a JPEG; wanted one of the drawn frame.")
    return content.tobytes()


def _expose(light: Float[np.ndarray, "h w 3"], metered: np.ndarray, sensor: Sensor) -> Float[np.ndarray, "h w 3"]:
    """Auto exposure on the middle of the picture, a shoulder for the lights, gamma."""
    level = float(np.median(light[metered].mean(1))) or 1.0
    linear = np.maximum(light, 0) * (sensor.exposure**2.2 / level)
    shoulder = 1 - np.exp(-linear * 1.25)
    shown = np.clip(shoulder, 0, 1) ** (1 / 2.2)
    shown = np.clip((shown - sensor.exposure) * sensor.contrast + sensor.exposure, 0, 1)
    grey = shown.mean(2, keepdims=True)
    return np.asarray(np.clip(grey + (shown - grey) * sensor.saturation, 0, 1), np.float32)


def _focus(
    seen: Float[np.ndarray, "h w 3"], share: Float[np.ndarray, "h w"], sensor: Sensor
) -> Float[np.ndarray, "h w 3"]:
    soft = cv2.GaussianBlur(seen, (0, 0), sensor.blur)
    softer = cv2.GaussianBlur(seen, (0, 0), sensor.blur * 1.5)
    mix = np.clip(share, 0, 1)[..., None] ** 2
    blurred = soft * (1 - mix) + softer * mix
    if sensor.sharpen:
        blurred = blurred + sensor.sharpen * (blurred - cv2.GaussianBlur(blurred, (0, 0), 1.4))
    return np.asarray(np.clip(blurred, 0, 1), np.float32)


def _grain(rng: np.random.Generator, shape: tuple[int, int], sensor: Sensor) -> Float[np.ndarray, "h w 3"]:
    """Mostly in brightness, a little in colour, coarser than a pixel as after a camera's own smoothing."""
    bright = rng.standard_normal((*shape, 1), dtype=np.float32)
    colour = 0 if sensor.grey else 0.5 * rng.standard_normal((*shape, 3), dtype=np.float32)
    return np.asarray(
        sensor.noise * cv2.GaussianBlur(bright + colour + np.zeros((*shape, 3), np.float32), (0, 0), 0.6) * 1.6
    )


def _stamp(frame: UInt8[np.ndarray, "h w 3"], text: str) -> UInt8[np.ndarray, "h w 3"]:
    if not text:
        return frame
    scale = frame.shape[1] / 1300
    cv2.putText(frame, text, (8, int(30 * scale) + 6), cv2.FONT_HERSHEY_SIMPLEX, scale, (235, 235, 235), 1, cv2.LINE_AA)
    return frame
