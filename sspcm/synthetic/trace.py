"""Rays through a scene by warp: what each pixel sees, lit by several lights with soft shadows.

Runs on the CPU or, where warp finds one, on a GPU; the same seed gives the same picture on the same kind of machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from jaxtyping import Bool, Float, Int

from sspcm.synthetic.camera import PROJECTIONS, FisheyeCamera
from sspcm.synthetic.kernels import View, first_hits, shade, smooth_within
from sspcm.synthetic.surfaces import Surface
from sspcm.synthetic.warp_words import quieten_warp

EDGE_STEP = 0.05
"""A difference between neighbouring pixels, in display brightness, that counts as an edge."""
MOST_EDGES = 0.08
"""The share of a frame's pixels that get more than one sample, at most: those with the steepest steps."""


@dataclass(frozen=True)
class Light:
    """A rectangle that shines: centre, two half sides, and its radiance in red, green and blue."""

    centre: tuple[float, float, float]
    half_u: tuple[float, float, float]
    half_v: tuple[float, float, float]
    radiance: tuple[float, float, float]


@dataclass(frozen=True)
class Lighting:
    """All light in a scene: `lamp` shines from the camera itself, as infrared cameras do; `sun` from `sun_from`."""

    lights: tuple[Light, ...]
    ambient: tuple[float, float, float]
    sky: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sun: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sun_from: tuple[float, float, float] = (0.0, 0.0, 1.0)
    lamp: float = 0.0


@dataclass(frozen=True, eq=False)
class Picture:
    """Linear light per pixel, black outside the lens circle; and which person each pixel shows, -1 for none."""

    light: Float[np.ndarray, "h w 3"]
    person: Int[np.ndarray, "h w"]


class Tracer:
    """One scene, ready for rays."""

    def __init__(self, surfaces: Sequence[Surface], *, device: str = "cpu") -> None:
        quieten_warp()
        self._device = device
        first = np.cumsum([0] + [len(s.vertices) for s in surfaces])
        materials = {id(s.material): s.material for s in surfaces}
        place = {key: i for i, key in enumerate(materials)}
        faces = np.concatenate([s.faces + start for s, start in zip(surfaces, first, strict=False)]).astype(np.int32)
        counts = [len(s.faces) for s in surfaces]
        self._faces = self._ints(faces.ravel())
        self._mesh = wp.Mesh(
            points=self._vectors(np.concatenate([s.vertices for s in surfaces])),
            indices=self._faces,
        )
        self._normals = self._vectors(np.concatenate([s.normals for s in surfaces]))
        self._layout = self._vectors(np.concatenate([s.layout for s in surfaces]))
        self._face_material = self._ints(np.repeat([place[id(s.material)] for s in surfaces], counts))
        self._face_person = self._ints(np.repeat([s.person for s in surfaces], counts))
        self._colour = self._vectors(np.array([m.colour for m in materials.values()]))
        self._other = self._vectors(np.array([m.other for m in materials.values()]))
        self._mirrors = any(material.gloss > 0 for material in materials.values())
        self._look = self._vectors(np.array([[m.pattern, m.period, m.gloss] for m in materials.values()]))

    def first_hits(
        self, origin: Sequence[float], directions: Float[np.ndarray, "N 3"]
    ) -> tuple[Float[np.ndarray, " N"], Int[np.ndarray, " N"]]:
        """How far along each ray the first surface lies, in metres, and whose it is (-1: nobody's)."""
        far = wp.empty(len(directions), dtype=float, device=self._device)
        person = wp.empty(len(directions), dtype=wp.int32, device=self._device)
        wp.launch(
            first_hits,
            dim=len(directions),
            inputs=[self._mesh.id, wp.vec3(*origin), self._vectors(directions), self._face_person, far, person],
            device=self._device,
        )
        return _array(far), _array(person)

    def picture(self, camera: FisheyeCamera, lighting: Lighting, *, seed: int) -> Picture:
        """What the camera sees: one sample a pixel, and more where something ends."""
        ys, xs = np.mgrid[: camera.height, : camera.width]
        inside = np.hypot(xs - camera.circle.x, ys - camera.circle.y) <= camera.circle.radius
        xy = np.column_stack([xs[inside], ys[inside]]).astype(np.float32)
        albedo, lit, glow, person, part = (
            _spread_out(values, inside) for values in self._samples(camera, lighting, xy, seed, scattered=False)
        )
        light = albedo * self._smooth_within(lit, part) + (self._smooth_within(glow, part) if self._mirrors else glow)
        edge = _edges(albedo + glow, person) & inside
        light[edge] = self._resample(camera, lighting, edge, light[edge], seed + 1)
        return Picture(light, np.where(inside, person, -1))

    def _smooth_within(
        self, lit: Float[np.ndarray, "h w 3"], part: Int[np.ndarray, "h w"]
    ) -> Float[np.ndarray, "h w 3"]:
        """The mean light over each pixel's 4 x 4 block neighbourhood, of the same part of the same surface.

        Neighbours sample different directions (see `shade`), so this removes the grain and leaves every texture sharp.
        """
        out = wp.empty(part.shape, dtype=wp.vec3, device=self._device)
        light: Any = wp.array(lit, dtype=wp.vec3, device=self._device)
        of_part: Any = wp.array(part, dtype=wp.int32, device=self._device)
        wp.launch(smooth_within, dim=part.shape, inputs=[light, of_part, out], device=self._device)
        return _array(out)

    def _resample(
        self,
        camera: FisheyeCamera,
        lighting: Lighting,
        edge: Bool[np.ndarray, "h w"],
        first: Float[np.ndarray, "E 3"],
        seed: int,
    ) -> Float[np.ndarray, "E 3"]:
        """The mean of each of these pixels' first sample and further ones around it."""
        ys, xs = np.nonzero(edge)
        centre = np.column_stack([xs, ys]).astype(np.float32)
        xy = (centre[:, None] + _AROUND[None]).reshape(-1, 2)
        albedo, lit, glow, _, _ = self._samples(camera, lighting, xy, seed, scattered=True)
        found = (albedo * lit + glow).reshape(len(centre), len(_AROUND), 3)
        found = np.concatenate([first[:, None], found], axis=1)
        return np.asarray(np.minimum(found, 1.5 * np.median(found, axis=1, keepdims=True) + 0.2).mean(1))

    def _samples(
        self, camera: FisheyeCamera, lighting: Lighting, xy: Float[np.ndarray, "N 2"], seed: int, *, scattered: bool
    ) -> tuple[np.ndarray, ...]:
        """Per sample: albedo, light upon it and light of its own (N x 3 each); whose it is; which part of a surface."""
        count, lights = len(xy), lighting.lights
        albedo, lit, glow = (wp.empty(count, dtype=wp.vec3, device=self._device) for _ in range(3))
        person, part = (wp.empty(count, dtype=wp.int32, device=self._device) for _ in range(2))
        wp.launch(
            shade,
            dim=count,
            inputs=[
                self._mesh.id,
                _view(camera, lighting, seed, scattered=scattered),
                wp.array(xy, dtype=wp.vec2, device=self._device),
                self._faces,
                self._normals,
                self._layout,
                self._face_material,
                self._face_person,
                self._colour,
                self._other,
                self._look,
                self._vectors(np.array([light.centre for light in lights]).reshape(-1, 3)),
                self._vectors(np.array([light.half_u for light in lights]).reshape(-1, 3)),
                self._vectors(np.array([light.half_v for light in lights]).reshape(-1, 3)),
                self._vectors(np.array([light.radiance for light in lights]).reshape(-1, 3)),
                albedo,
                lit,
                glow,
                person,
                part,
            ],
            device=self._device,
        )
        return tuple(_array(values) for values in (albedo, lit, glow, person, part))

    def _vectors(self, values: Float[np.ndarray, "N 3"]) -> Any:
        return wp.array(np.ascontiguousarray(values, np.float32), dtype=wp.vec3, device=self._device)

    def _ints(self, values: Int[np.ndarray, " N"]) -> Any:
        return wp.array(np.ascontiguousarray(values, np.int32), dtype=wp.int32, device=self._device)


_AROUND = np.array([[-0.33, -0.12], [0.28, -0.28], [0.05, 0.38]], np.float32)
"""Where in a pixel the further samples lie, from its centre."""


def _array(values: Any) -> np.ndarray:
    """What warp computed, brought over to NumPy."""
    return np.asarray(values.numpy())


def _view(camera: FisheyeCamera, lighting: Lighting, seed: int, *, scattered: bool) -> Any:
    right, down, axis = camera.axes()
    view: Any = View()
    view.origin = wp.vec3(*camera.position)
    view.right, view.down, view.axis = wp.vec3(*right), wp.vec3(*down), wp.vec3(*axis)
    view.cx, view.cy, view.radius = camera.circle.x, camera.circle.y, camera.circle.radius
    view.rim = camera.rim_angle
    view.projection = PROJECTIONS.index(camera.projection)
    view.ambient, view.sky = wp.vec3(*lighting.ambient), wp.vec3(*lighting.sky)
    view.sun = wp.vec3(*lighting.sun)
    view.sun_from = wp.normalize(wp.vec3(*lighting.sun_from))
    view.lamp = lighting.lamp
    view.seed = seed % (2**30)
    view.scattered = int(scattered)
    return view


def _spread_out(values: np.ndarray, inside: Bool[np.ndarray, "h w"]) -> np.ndarray:
    """Values of the pixels inside the circle, laid out as a picture; 0 elsewhere."""
    out = np.zeros((*inside.shape, *values.shape[1:]), values.dtype)
    out[inside] = values
    return out


def _edges(light: Float[np.ndarray, "h w 3"], person: Int[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Where colours step or a person ends, at most MOST_EDGES of the frame."""
    shown = np.sqrt(np.clip(light.mean(2), 0, 1))
    step = np.zeros(shown.shape, np.float32)
    for axis in (0, 1):
        found = np.abs(np.diff(shown, axis=axis)) + (np.diff(person, axis=axis) != 0)
        before, after = [slice(None)] * 2, [slice(None)] * 2
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        np.maximum(step[tuple(before)], found, out=step[tuple(before)])
        np.maximum(step[tuple(after)], found, out=step[tuple(after)])
    return np.asarray(step > max(EDGE_STEP, float(np.quantile(step, 1 - MOST_EDGES))))
