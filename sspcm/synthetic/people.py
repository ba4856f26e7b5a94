"""Dressing a body: skin, clothes cut from its helper meshes, shoes, hair, and what it carries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Int

from sspcm.synthetic.body import REGIONS, SKIN, BodyModel, PosedBody
from sspcm.synthetic.poses import Kind
from sspcm.synthetic.surfaces import Colour, Material, Pattern, Surface, box, carried, cloth

SKIN_TONES: tuple[Colour, ...] = (
    (0.56, 0.38, 0.29),
    (0.50, 0.32, 0.23),
    (0.40, 0.24, 0.16),
    (0.27, 0.15, 0.09),
    (0.16, 0.08, 0.05),
    (0.09, 0.05, 0.035),
)
HAIR_TONES: tuple[Colour, ...] = (
    (0.012, 0.010, 0.009),
    (0.022, 0.015, 0.011),
    (0.05, 0.028, 0.016),
    (0.13, 0.075, 0.035),
    (0.30, 0.20, 0.10),
    (0.32, 0.31, 0.30),
    (0.16, 0.05, 0.02),
)
DYES: tuple[Colour, ...] = (
    (0.015, 0.015, 0.018),
    (0.03, 0.03, 0.035),
    (0.02, 0.03, 0.08),
    (0.03, 0.06, 0.16),
    (0.10, 0.14, 0.24),
    (0.62, 0.62, 0.60),
    (0.45, 0.45, 0.44),
    (0.24, 0.24, 0.24),
    (0.32, 0.03, 0.03),
    (0.14, 0.02, 0.03),
    (0.03, 0.11, 0.05),
    (0.14, 0.14, 0.06),
    (0.36, 0.27, 0.16),
    (0.18, 0.11, 0.06),
    (0.50, 0.22, 0.05),
    (0.52, 0.42, 0.06),
    (0.40, 0.14, 0.20),
    (0.16, 0.05, 0.18),
    (0.05, 0.22, 0.24),
)


HairStyle = Literal["bald", "short", "bob", "long", "cap", "bun"]
Sleeves = Literal["long", "short", "none"]
Legs = Literal["trousers", "shorts", "skirt"]
Carries = Literal["", "backpack", "shoulder bag", "handbag", "phone", "parcel"]


@dataclass(frozen=True)
class Outfit:
    """What a person wears and carries; the same in every scene that the person is in."""

    skin: Material
    hair: Material
    top: Material
    bottom: Material
    shoes: Material
    bag: Material
    hair_style: HairStyle
    sleeves: Sleeves
    legs: Legs
    loose: float
    """Metres between skin and top."""
    carries: Carries


def draw_outfit(rng: np.random.Generator, gender: float) -> Outfit:
    """A random outfit; `gender` is the body's, from 0 (male) to 1 (female), and only tilts the odds."""
    tone = SKIN_TONES[int(rng.integers(len(SKIN_TONES)))]
    hair = HAIR_TONES[int(rng.choice(len(HAIR_TONES), p=[0.27, 0.24, 0.2, 0.1, 0.07, 0.09, 0.03]))]
    style: tuple[HairStyle, ...] = get_args(HairStyle)
    odds = np.array([0.08, 0.62, 0.06, 0.04, 0.16, 0.04] if gender < 0.5 else [0.01, 0.22, 0.28, 0.33, 0.06, 0.10])
    legs: tuple[Legs, ...] = get_args(Legs)
    sleeves: tuple[Sleeves, ...] = get_args(Sleeves)
    carries: tuple[Carries, ...] = get_args(Carries)
    return Outfit(
        skin=Material(_tinted(rng, tone, 0.12)),
        hair=Material(hair, pattern=Pattern.STRANDS),
        top=_fabric(rng),
        bottom=_fabric(rng, plain=0.85),
        shoes=Material(_dye(rng)),
        bag=Material(_dye(rng), _dye(rng), Pattern.CLOTH, 0.3),
        hair_style=style[int(rng.choice(len(style), p=odds))],
        sleeves=sleeves[int(rng.choice(3, p=[0.52, 0.42, 0.06]))],
        legs=legs[int(rng.choice(3, p=[0.82, 0.18, 0.0] if gender < 0.5 else [0.62, 0.12, 0.26]))],
        loose=float(rng.uniform(0.002, 0.022)),
        carries=carries[int(rng.choice(6, p=[0.58, 0.11, 0.08, 0.08, 0.09, 0.06]))],
    )


def dress(model: BodyModel, body: PosedBody, outfit: Outfit, kind: Kind, person: int) -> list[Surface]:
    """All surfaces of one person; `person` marks them in the picture."""
    cut = _Cut(model)
    legs: Legs = "trousers" if outfit.legs == "skirt" and kind not in ("stand", "walk", "reach") else outfit.legs

    def sew(faces: Int[np.ndarray, "F 3"], material: Material, puff: float) -> Surface:
        return cloth(body.vertices, faces, model.template, material, person, puff=puff)

    surfaces = [sew(cut.bare_skin(outfit.sleeves, legs), outfit.skin, 0.0)]
    surfaces.append(sew(cut.shoes(), outfit.shoes, 0.008))
    surfaces.append(sew(cut.bottom(legs), outfit.bottom, 0.3 * outfit.loose))
    surfaces.append(sew(cut.top(outfit.sleeves), outfit.top, 0.002 + outfit.loose))
    if legs == "skirt":
        surfaces.append(sew(cut.skirt(), outfit.bottom, 0.002))
    surfaces += _hair(cut, sew, outfit)
    surfaces += _luggage(body, outfit, person)
    return surfaces


class _Cut:
    """Which faces of the body and its helper meshes make up each garment."""

    def __init__(self, model: BodyModel) -> None:
        self._model = model
        self._z = model.template[:, 2]
        self._y = model.template[:, 1]
        self._in = {name: model.region == i for i, name in enumerate(REGIONS)}
        self._waist = 0.27

    def top(self, sleeves: Sleeves) -> Int[np.ndarray, "F 3"]:
        keep = self._in["trunk"] & (self._z > self._waist - 0.09)
        if sleeves != "none":
            keep |= self._in["upper_arm"]
        if sleeves == "long":
            keep |= self._in["forearm"]
        return self._faces("tights", keep)

    def bottom(self, legs: Legs) -> Int[np.ndarray, "F 3"]:
        keep = (self._in["trunk"] & (self._z < self._waist)) | self._in["thigh"]
        if legs == "trousers":
            keep |= self._in["shin"]
        return self._faces("tights", keep)

    def skirt(self) -> Int[np.ndarray, "F 3"]:
        return self._faces("skirt", self._z > -0.42)

    def shoes(self) -> Int[np.ndarray, "F 3"]:
        return self._skin(self._in["foot"])

    def scalp(self) -> Int[np.ndarray, "F 3"]:
        """The part of the head that hair grows on: above the forehead, and the back down to the neck."""
        top = float(self._z[:SKIN].max())
        front = float(self._y[:SKIN][self._in["head"][:SKIN]].min())
        behind = self._y - front
        keep = self._in["head"] & ((self._z > top - 0.055) | ((behind > 0.105) & (self._z > top - 0.19)))
        return self._skin(keep)

    def hair(self, length: float) -> Int[np.ndarray, "F 3"]:
        low, high = 0.55, float(self._z[:SKIN].max())
        return self._faces("hair", self._z > high - length * (high - low))

    def bare_skin(self, sleeves: Sleeves, legs: Legs) -> Int[np.ndarray, "F 3"]:
        """Skin that no garment covers; the rest is left out, for it could only poke through."""
        hidden = self._in["trunk"] & (self._z < 0.72)
        if sleeves == "long":
            hidden |= self._in["forearm"] | self._in["upper_arm"]
        hidden |= self._in["thigh"] if legs != "skirt" else False
        if legs == "trousers":
            hidden |= self._in["shin"]
        faces = self._model.skin_faces
        return np.asarray(faces[~(hidden | self._in["foot"])[faces].all(1)])

    def _faces(self, helper: str, keep: Bool[np.ndarray, " V"]) -> Int[np.ndarray, "F 3"]:
        faces = self._model.helper_faces[helper]
        return np.asarray(faces[keep[faces].all(1)])

    def _skin(self, keep: Bool[np.ndarray, " V"]) -> Int[np.ndarray, "F 3"]:
        faces = self._model.skin_faces
        return np.asarray(faces[keep[faces].all(1)])


def _hair(
    cut: _Cut, sew: Callable[[Int[np.ndarray, "F 3"], Material, float], Surface], outfit: Outfit
) -> list[Surface]:
    style = outfit.hair_style
    if style == "bald":
        return []
    if style == "cap":
        return [sew(cut.scalp(), outfit.bag, 0.02)]
    surfaces = [sew(cut.scalp(), outfit.hair, 0.011)]
    if style in ("bob", "long"):
        surfaces.append(sew(cut.hair(0.62 if style == "bob" else 1.0), outfit.hair, 0.0))
    return surfaces


def _luggage(body: PosedBody, outfit: Outfit, person: int) -> list[Surface]:
    """A bag on the back, at the hip or in the hand, a phone or a parcel; each hangs on its bone."""

    def at(bone: str, offset: tuple[float, float, float], size: tuple[float, float, float]) -> Surface:
        centre = body.rest_bones[bone] + np.array(offset)
        return carried(box(centre, size, outfit.bag, person=person), body.bones[bone], person)

    if outfit.carries == "backpack":
        return [at("spine02", (0.0, 0.20, -0.10), (0.28, 0.15, 0.42))]
    if outfit.carries == "shoulder bag":
        return [at("root", (0.25, 0.02, -0.06), (0.10, 0.28, 0.24))]
    wrist = (body.bones["wrist.L"] @ np.append(body.rest_bones["wrist.L"], 1))[:3]
    if outfit.carries == "handbag" and wrist[2] > 0.5:
        return [box(wrist + np.array([0, 0, -0.30]), (0.12, 0.30, 0.24), outfit.bag, person=person)]
    if outfit.carries == "phone":
        return [at("wrist.L", (0.055, -0.10, -0.04), (0.075, 0.012, 0.15))]
    if outfit.carries == "parcel":
        return [at("wrist.L", (0.0, -0.16, -0.10), (0.30, 0.22, 0.20))]
    return []


def _fabric(rng: np.random.Generator, plain: float = 0.5) -> Material:
    if rng.random() < plain:
        colour = _dye(rng)
        return Material(colour, colour, Pattern.CLOTH, 0.3)
    pattern = (Pattern.STRIPES, Pattern.CHECKS, Pattern.CLOTH)[int(rng.integers(3))]
    return Material(_dye(rng), _dye(rng), pattern, float(rng.uniform(0.05, 0.16)))


def _dye(rng: np.random.Generator) -> Colour:
    return _tinted(rng, DYES[int(rng.integers(len(DYES)))], 0.25)


def _tinted(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    tint = np.clip(np.asarray(colour) * rng.normal(1.0, spread) * rng.normal(1.0, spread / 3, 3), 0.005, 0.9)
    return float(tint[0]), float(tint[1]), float(tint[2])
