"""A folder of drawn scenes with exact annotations: a seed always gives the same, and an interrupted drawing goes on."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache, lru_cache
from multiprocessing.synchronize import Event, Lock
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sspcm.formats.coco.reading import category_of
from sspcm.pose import Box
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton
from sspcm.synthetic.body import BodyModel
from sspcm.synthetic.camera_file import CameraFile
from sspcm.synthetic.orphans import end_with_parent
from sspcm.synthetic.scenes import Setting, Truth, draw_scene, draw_setting
from sspcm.synthetic.sensor import encode

STYLE = 2
"""Raised whenever the same seed would draw something else; a folder of another style is not gone on with."""
FILES: Mapping[str, str] = {"coco-17": "annotations.json", "wepdtof-14": "annotations-wepdtof-14.json"}
SETTINGS_FILE, IMAGES, TRUTHS = "drawing.json", "images", "truth"
PART = ".part-"
"""How the name of a file begins that is being written."""
_ROOM, _SCENE = 1, 2
"""Which of a seed's independent streams of chance: rooms with their cameras, or single scenes."""

Progress = Callable[[int, int], None]
"""Told (scenes done, scenes in all)."""


class DrawError(ValueError):
    """The folder cannot be drawn; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """What a folder holds: everything that decides how its scenes look."""

    seed: int
    size: int = 640
    scenes_a_room: int = 4
    camera: CameraFile = field(default_factory=CameraFile)

    def as_json(self) -> dict[str, Any]:
        """Plain data, to recognise the folder by."""
        return {
            "style": STYLE,
            "seed": self.seed,
            "size": self.size,
            "scenes_a_room": self.scenes_a_room,
            "camera": json.loads(json.dumps(self.camera.as_json())),
        }


@dataclass(frozen=True)
class DrawReport:
    """What was done."""

    scenes: int
    new: int
    people: int


def draw_folder(
    out: Path, *, count: int, plan: Plan, workers: int, device: str = "cpu", progress: Progress | None = None
) -> DrawReport:
    """Draw scenes 0 to count - 1 of the plan into `out`: images/, annotations.json and wepdtof-14's beside it.

    Scenes that are there stay, so an interrupted drawing goes on and a finished one can grow; how many workers draw
    changes nothing about what they draw. Raises DrawError if the folder holds another plan's scenes or other files.
    """
    _claim(out, plan)
    missing = [index for index in range(count) if not _truth_file(out, index).exists()]
    for done in _draw_all(out, plan, missing, workers=workers, device=device):
        if progress:
            progress(count - len(missing) + done, count)
    truths = [json.loads(_truth_file(out, index).read_text()) for index in range(count)]
    for name, file in FILES.items():
        _write(out / file, json.dumps(as_coco(truths, BUILT_IN[name], plan)))
    return DrawReport(count, len(missing), sum(len(truth["people"]) for truth in truths))


def draw_one(model: BodyModel, plan: Plan, index: int, *, device: str = "cpu") -> tuple[bytes, dict[str, Any]]:
    """Scene `index` of a plan: the JPEG file and the truth about it as plain data."""
    room = index // plan.scenes_a_room
    setting = _setting(plan, room)
    scene = draw_scene(_chance(plan, _SCENE, index), model, setting, device=device)
    return encode(scene.frame, setting.sensor), _describe(index, room, setting, scene.people)


@lru_cache(maxsize=2)
def _setting(plan: Plan, room: int) -> Setting:
    """A room; kept, since its scenes are mostly drawn one after the other."""
    return draw_setting(_chance(plan, _ROOM, room), size=plan.size, given=plan.camera)


def as_coco(truths: Sequence[Mapping[str, Any]], skeleton: Skeleton, plan: Plan) -> dict[str, Any]:
    """The COCO file of drawn scenes, with keypoints in the skeleton's order."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for truth in truths:
        images.append({"id": len(images) + 1, **truth["image"]})
        for person in truth["people"]:
            points = [person["joints"][name] for name in skeleton.keypoints]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": len(images),
                    "category_id": 1,
                    "iscrowd": 0,
                    "bbox": person["bbox"],
                    "rbbox": person["rbbox"],
                    "area": person["area"],
                    "num_keypoints": sum(v > 0 for _, _, v in points),
                    "keypoints": [value for point in points for value in point],
                    "pose": person["pose"],
                }
            )
    return {
        "info": {
            "description": f"Overhead-fisheye scenes drawn by sspcm draw, seed {plan.seed}",
            "drawing": plan.as_json(),
        },
        "licenses": [{"id": 1, "name": "CC0 1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"}],
        "categories": [{**category_of(skeleton), "id": 1}],
        "images": images,
        "annotations": annotations,
    }


def _chance(plan: Plan, stream: int, number: int) -> np.random.Generator:
    return np.random.default_rng([plan.seed, stream, number])


def _describe(index: int, room: int, setting: Setting, people: Sequence[Truth]) -> dict[str, Any]:
    camera = setting.camera
    return {
        "image": {
            "file_name": _image_name(index),
            "width": camera.width,
            "height": camera.height,
            "license": 1,
            "room": f"room-{room:04d}",
            "lens": [round(v, 3) for v in (camera.circle.x, camera.circle.y, camera.circle.radius)],
            "projection": camera.projection,
            "field": round(camera.field, 2),
            "height_m": round(camera.position[2], 3),
            "tilt": round(camera.tilt, 2),
            "infrared": setting.infrared,
        },
        "people": [
            {
                "bbox": _rounded(person.box)[:4],
                "rbbox": [
                    round(v, 2)
                    for v in (
                        *person.upright_box.centre,
                        person.upright_box.width,
                        person.upright_box.height,
                        person.upright_box.angle,
                    )
                ],
                "area": person.area,
                "pose": person.kind,
                "joints": {name: list(point) for name, point in person.joints.items()},
            }
            for person in people
        ],
    }


def _rounded(box: Box) -> list[float]:
    return [round(v, 2) for v in (box.x, box.y, box.width, box.height)]


def _image_name(index: int) -> str:
    return f"{index:06d}.jpg"


def _truth_file(out: Path, index: int) -> Path:
    return out / TRUTHS / f"{index:06d}.json"


def _claim(out: Path, plan: Plan) -> None:
    """Make the folder this plan's, or find that it is."""
    file = out / SETTINGS_FILE
    if not file.exists():
        if out.exists() and any(not _is_left_over(path) for path in out.iterdir()):
            raise DrawError(f"{out} is not empty and holds no drawing. Give a new folder, or an empty one.")
        out.mkdir(parents=True, exist_ok=True)
        _write(file, json.dumps(plan.as_json(), indent=1))
    _check_plan(out, plan)
    for folder in (out / IMAGES, out / TRUTHS):
        folder.mkdir(exist_ok=True)
    for path in (*out.iterdir(), *(out / IMAGES).iterdir(), *(out / TRUTHS).iterdir()):
        if _is_left_over(path):
            path.unlink()


def _is_left_over(path: Path) -> bool:
    """Whether a drawing that was killed had begun to write this."""
    return path.name.startswith(PART)


def _check_plan(out: Path, plan: Plan) -> None:
    try:
        found = json.loads((out / SETTINGS_FILE).read_text())
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
    except ValueError as error:
        raise DrawError(
            f"{out / SETTINGS_FILE} cannot be read: {error}. It tells what the folder holds: give another folder."
        ) from error
    if found != plan.as_json():
        other = [
            f"{key} {found.get(key)!r}, not {value!r}"
            for key, value in plan.as_json().items()
            if found.get(key) != value
        ]
        raise DrawError(f"{out} was drawn with {'; '.join(other)}. Ask for the same again, or give another folder.")


def _draw_all(out: Path, plan: Plan, missing: Sequence[int], *, workers: int, device: str) -> Iterator[int]:
    """Draw these scenes, telling how many are done."""
    if not missing:
        return
    if workers == 1:
        for done, index in enumerate(missing, start=1):
            _draw_into(out, plan, index, device)
            yield done
        return
    spawn = multiprocessing.get_context("spawn")
    beginning = (spawn.Lock(), spawn.Event())
    with ProcessPoolExecutor(min(workers, len(missing)), spawn, initializer=_begin, initargs=beginning) as pool:
        jobs = [pool.submit(_draw_into, out, plan, index, device) for index in missing]
        try:
            for done, job in enumerate(as_completed(jobs), start=1):
                job.result()
                yield done
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _draw_into(out: Path, plan: Plan, index: int, device: str) -> None:
    content, truth = draw_one(body_model(), plan, index, device=device)
    _write(out / IMAGES / _image_name(index), content)
    _write(_truth_file(out, index), json.dumps(truth))  # last: a scene whose truth is there is whole


def _begin(lock: Lock, built: Event) -> None:
    """Start a worker. The first opens the bodies alone: on a new machine that builds anny's cache for all."""
    end_with_parent()
    with lock:
        if not built.is_set():
            body_model()
            built.set()


@cache
def body_model() -> BodyModel:
    """The bodies: one a process, since opening them takes seconds."""
    torch.set_num_threads(1)
    return BodyModel()


def _write(path: Path, content: str | bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(f"{PART}{path.name}.{os.getpid()}")
    part.write_bytes(content.encode() if isinstance(content, str) else content)
    part.replace(path)
