"""Bodies from anny's parametric model: any build, any pose, with the joints that skeletons name."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import anny
import numpy as np
import torch
from anny.models.model_data import TopologyConfig
from jaxtyping import Float, Int

from sspcm.synthetic.poses import Arm, Leg, Pose
from sspcm.synthetic.warp_words import quieten_warp

JOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "head_top",
    "neck",
)
"""COCO's keypoints by anny's own regressor, then the two that wepdtof-14 adds: the crown and the base of the neck."""

BUILDS = ("gender", "age", "muscle", "weight", "height", "proportions")
"""What anny varies a body by, each from 0 to 1."""

HELPERS = {"tights": (15328, 18002), "skirt": (18002, 18722), "hair": (18722, 19150)}
"""Vertex ranges of the MakeHuman base mesh (CC0) that lie over the skin and move with it: cut into clothes and hair."""
SKIN = 13380
"""The first vertices are the skin; what lies between it and the helpers is inside the mouth and the eyes."""
REGIONS = ("trunk", "upper_arm", "forearm", "hand", "thigh", "shin", "foot", "head")


@dataclass(frozen=True, eq=False)
class PosedBody:
    """One body in its pose, in metres, standing at the origin: feet at z = 0, facing -y."""

    vertices: Float[np.ndarray, "V 3"]
    joints: Float[np.ndarray, "J 3"]
    bones: Mapping[str, Float[np.ndarray, "4 4"]]
    """Where each bone was carried from its place at rest: rest point -> posed point."""
    rest_bones: Mapping[str, Float[np.ndarray, " 3"]]
    """The bones' heads at rest."""

    def height(self) -> float:
        """From the lowest to the highest vertex of the skin, as it is posed."""
        return float(np.ptp(self.vertices[:SKIN, 2]))


class BodyModel:
    """anny's full-body model with MakeHuman's helper meshes. The very first use on a machine takes about 100 s."""

    def __init__(self) -> None:
        quieten_warp()  # anny starts warp
        logging.getLogger("anny").setLevel(logging.WARNING)
        topology = TopologyConfig(
            base_mesh="makehuman", remove_unattached_vertices=False, nudity_edits=False, triangulate_faces=True
        )
        self._model = anny.Anny(rig="anny", topology=topology).to(torch.float32)
        self._model.set_skinning_method("lbs")
        self._regressor = anny.KeypointsRegressor.coco(self._model, labels=list(JOINTS[:17]))
        self._bone = {name: i for i, name in enumerate(self._model.bone_labels)}
        helper_faces, kept = self._helper_faces()
        skin_faces = self._model.faces.numpy()
        skin_faces = skin_faces[(skin_faces < SKIN).all(1)]
        self.skin_faces: Int[np.ndarray, "F 3"] = skin_faces.astype(np.int32)
        self.helper_faces: Mapping[str, Int[np.ndarray, "F 3"]] = dict(zip(kept, helper_faces, strict=True))
        self._rest_directions = self._measure_rest()

    def _helper_faces(self) -> tuple[list[Int[np.ndarray, "F 3"]], list[str]]:
        """Triangles of the helper meshes, which the model itself leaves out."""
        from anny.paths import get_anny_root_dir
        from anny.utils.obj_utils import load_obj_file

        _, _, groups = load_obj_file(str(get_anny_root_dir() / "data/mpfb2/3dobjs/base.obj"), dtype=torch.float32)
        found = []
        for name in HELPERS:
            quads = np.asarray(groups[f"helper-{name}"]["face_vertex_indices"], np.int32)
            found.append(np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]))
        return found, list(HELPERS)

    @cached_property
    def template(self) -> Float[np.ndarray, "V 3"]:
        """The average body at rest; patterns and cuts are laid out on it, so that they stick to the cloth."""
        return np.asarray(self._model.template_vertices.numpy(), np.float32)

    @cached_property
    def region(self) -> Int[np.ndarray, " V"]:
        """Which of REGIONS each vertex belongs to, by the bone that moves it most."""
        strongest = self._model.vertex_bone_weights.argmax(1, keepdim=True)
        bone = self._model.vertex_bone_indices.gather(1, strongest)[:, 0].numpy()
        of_bone = np.array([_region(name) for name in self._model.bone_labels])
        return np.asarray(of_bone[bone])

    def pose(self, builds: Sequence[Mapping[str, float]], poses: Sequence[Pose]) -> list[PosedBody]:
        """Each build in its pose. Not yet on the floor: its root is at the origin (see `grounded`)."""
        if not poses:
            return []
        deltas = torch.eye(4).repeat(len(poses), len(self._bone), 1, 1)
        for row, pose in enumerate(poses):
            for name, rotation in self._rotations(pose).items():
                deltas[row, self._bone[name], :3, :3] = torch.from_numpy(rotation.astype(np.float32))
        phenotypes = {name: torch.tensor([build[name] for build in builds], dtype=torch.float32) for name in BUILDS}
        with torch.inference_mode():
            told = self._model.forward(deltas, phenotypes)
            joints = self._regressor(told).numpy()
        vertices = told["vertices"].numpy()
        poses_now, rest = told["bone_poses"].numpy(), told["rest_bone_poses"].numpy()
        return [
            self._posed(vertices[row], joints[row], poses_now[row], rest[min(row, len(rest) - 1)])
            for row in range(len(poses))
        ]

    def _posed(
        self,
        vertices: Float[np.ndarray, "V 3"],
        joints: Float[np.ndarray, "J 3"],
        now: Float[np.ndarray, "B 4 4"],
        rest: Float[np.ndarray, "B 4 4"],
    ) -> PosedBody:
        carried = {name: now[i] @ np.linalg.inv(rest[i]) for name, i in self._bone.items() if name in _CARRIERS}
        crown = vertices[self._crown]
        neck = now[self._bone["neck01"], :3, 3]
        return PosedBody(
            vertices=vertices,
            joints=np.vstack([joints, crown, neck]),
            bones=carried,
            rest_bones={name: rest[self._bone[name], :3, 3] for name in _CARRIERS},
        )

    @cached_property
    def _crown(self) -> int:
        return int(self.template[:SKIN, 2].argmax())

    def _measure_rest(self) -> Mapping[str, Float[np.ndarray, " 3"]]:
        """The directions in which limbs point at rest, of an average body."""
        with torch.inference_mode():
            told = self._model.forward(torch.eye(4).repeat(1, len(self._bone), 1, 1), {})
        heads = told["rest_bone_poses"][0, :, :3, 3].numpy().astype(float)
        at = {name: heads[i] for name, i in self._bone.items()}
        chains = {
            "upperarm01": "lowerarm01",
            "lowerarm01": "wrist",
            "upperleg01": "lowerleg01",
            "lowerleg01": "foot",
        }
        return {
            f"{bone}.{side}": _unit(at[f"{child}.{side}"] - at[f"{bone}.{side}"])
            for bone, child in chains.items()
            for side in "LR"
        }

    def _rotations(self, pose: Pose) -> dict[str, Float[np.ndarray, "3 3"]]:
        """Each bone's turn against its parent, in the axes of the body at rest."""
        turns = {"root": _about_y(pose.roll) @ _about_x(pose.pitch)}
        spine = [_SPINE_SHARE * angle for angle in (pose.spine_bend, pose.spine_side, pose.spine_twist)]
        for name in _SPINE:
            turns[name] = _about_x(spine[0]) @ _about_y(spine[1]) @ _about_z(spine[2])
        neck = [_NECK_SHARE * angle for angle in (pose.neck_bend, pose.neck_side, pose.neck_turn)]
        for name in _NECK:
            turns[name] = _about_z(neck[2]) @ _about_x(neck[0]) @ _about_y(neck[1])
        for side, arm, leg in (("L", pose.left_arm, pose.left_leg), ("R", pose.right_arm, pose.right_leg)):
            turns |= self._arm(side, arm) | self._leg(side, leg)
        return turns

    def _arm(self, side: str, arm: Arm) -> dict[str, Float[np.ndarray, "3 3"]]:
        left = 1.0 if side == "L" else -1.0
        hang_upper = _align(self._rest_directions[f"upperarm01.{side}"], _DOWN)
        hang_fore = _align(self._rest_directions[f"lowerarm01.{side}"], _DOWN)
        plane = np.radians(arm.plane)
        raised = _about(np.array([-np.cos(plane), -left * np.sin(plane), 0.0]), arm.lift)
        shrug = max(0.0, arm.lift - 70) * 0.25
        inward = _about_z(-left * arm.inward)
        return {
            f"clavicle.{side}": _about_y(-left * shrug),
            f"upperarm01.{side}": raised @ inward @ hang_upper,
            f"lowerarm01.{side}": hang_upper.T @ _about_x(-arm.elbow) @ hang_fore,
        }

    def _leg(self, side: str, leg: Leg) -> dict[str, Float[np.ndarray, "3 3"]]:
        left = 1.0 if side == "L" else -1.0
        straight_thigh = _align(self._rest_directions[f"upperleg01.{side}"], _DOWN)
        straight_shin = _align(self._rest_directions[f"lowerleg01.{side}"], _DOWN)
        hip = _about_z(left * leg.outward) @ _about_y(-left * leg.aside) @ _about_x(-leg.flex)
        return {
            f"upperleg01.{side}": hip @ straight_thigh,
            f"lowerleg01.{side}": straight_thigh.T @ _about_x(leg.knee) @ straight_shin,
            f"foot.{side}": straight_shin.T @ _about_x(-leg.ankle),
        }


_SPINE = ("spine05", "spine04", "spine03", "spine02")
_NECK = ("neck01", "neck02", "neck03", "head")
_SPINE_SHARE, _NECK_SHARE = 1 / len(_SPINE), 1 / len(_NECK)
_CARRIERS = ("root", "spine02", "spine03", "head", "wrist.L", "wrist.R", "neck01", "foot.L", "foot.R")
_DOWN = np.array([0.0, 0.0, -1.0])


def grounded(body: PosedBody, floor: float = 0.0) -> PosedBody:
    """The same body with its lowest vertex of skin on the floor."""
    return moved(body, np.array([0.0, 0.0, floor - float(body.vertices[:SKIN, 2].min())]))


def moved(body: PosedBody, by: Float[np.ndarray, " 3"], yaw: float = 0.0) -> PosedBody:
    """The same body turned about the z axis by `yaw` radians, then moved by metres."""
    carry = np.eye(4)
    carry[:3, :3] = _about_z(np.degrees(yaw))
    carry[:3, 3] = by

    def go(points: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 3"]:
        return np.asarray(points @ carry[:3, :3].T + carry[:3, 3], np.float32)

    return PosedBody(
        vertices=go(body.vertices),
        joints=go(body.joints),
        bones={name: carry @ bone for name, bone in body.bones.items()},
        rest_bones=body.rest_bones,
    )


def draw_build(rng: np.random.Generator) -> dict[str, float]:
    """A random person: mostly grown up, some children, of any build."""
    age = rng.uniform(0.45, 1.0) if rng.random() < 0.9 else rng.uniform(0.22, 0.45)
    return {
        "gender": float(rng.choice([rng.uniform(0, 0.2), rng.uniform(0.8, 1.0)])),
        "age": float(age),
        "muscle": float(np.clip(rng.normal(0.5, 0.18), 0.05, 0.95)),
        "weight": float(np.clip(rng.normal(0.5, 0.2), 0.05, 0.98)),
        "height": float(np.clip(rng.normal(0.40, 0.06), 0.05, 0.95)),
        "proportions": float(np.clip(rng.normal(0.5, 0.2), 0.05, 0.95)),
    }


def hands_clear(body: PosedBody) -> bool:
    """Whether elbows and wrists stay outside the trunk, the head and the thighs."""
    at = dict(zip(JOINTS, body.joints, strict=True))
    pelvis = (at["left_hip"] + at["right_hip"]) / 2
    size = float(np.linalg.norm(at["neck"] - pelvis)) / 0.5
    hands = [body.bones[f"wrist.{s}"] @ np.append(body.rest_bones[f"wrist.{s}"], 1) for s in "LR"]
    for point in (at["left_elbow"], at["right_elbow"], *(hand[:3] for hand in hands)):
        if _distance(point, pelvis, at["neck"]) < 0.155 * size:
            return False
        if np.linalg.norm(point - (at["left_ear"] + at["right_ear"]) / 2) < 0.12 * size:
            return False
        for side in ("left", "right"):
            if _distance(point, at[f"{side}_hip"], at[f"{side}_knee"]) < 0.10 * size:
                return False
    return True


def _distance(point: Float[np.ndarray, " 3"], a: Float[np.ndarray, " 3"], b: Float[np.ndarray, " 3"]) -> float:
    """From a point to the segment a b."""
    along = b - a
    share = float(np.clip(np.dot(point - a, along) / np.dot(along, along), 0, 1))
    return float(np.linalg.norm(point - a - share * along))


def _region(bone: str) -> int:
    for region, starts in (
        ("hand", ("wrist", "finger", "metacarpal")),
        ("forearm", ("lowerarm",)),
        ("upper_arm", ("upperarm",)),
        ("thigh", ("upperleg",)),
        ("shin", ("lowerleg",)),
        ("foot", ("foot", "toe")),
        ("head", ("neck", "head", "eye")),
    ):
        if bone.startswith(starts):
            return REGIONS.index(region)
    return REGIONS.index("trunk")


def _about(axis: Float[np.ndarray, " 3"], degrees: float) -> Float[np.ndarray, "3 3"]:
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew)


def _about_x(degrees: float) -> Float[np.ndarray, "3 3"]:
    return _about(np.array([1.0, 0.0, 0.0]), degrees)


def _about_y(degrees: float) -> Float[np.ndarray, "3 3"]:
    return _about(np.array([0.0, 1.0, 0.0]), degrees)


def _about_z(degrees: float) -> Float[np.ndarray, "3 3"]:
    return _about(np.array([0.0, 0.0, 1.0]), degrees)


def _unit(vector: Float[np.ndarray, " 3"]) -> Float[np.ndarray, " 3"]:
    return np.asarray(vector / np.linalg.norm(vector))


def _align(a: Float[np.ndarray, " 3"], b: Float[np.ndarray, " 3"]) -> Float[np.ndarray, "3 3"]:
    """The smallest turn that takes direction a to direction b."""
    axis = np.cross(a, b)
    length = float(np.linalg.norm(axis))
    if length < 1e-9:
        return np.eye(3)
    return _about(axis / length, float(np.degrees(np.arctan2(length, np.dot(a, b)))))
