"""The project's labelled people as a COCO file that plays the annotator; images stay where they are."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from app.cameras.lenses import lens_of
from app.home.image_files import ImageFiles
from app.simulation.folder import LABELS_FILE, Plan
from app.simulation.planning import plan_for
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import ImageRecord, PersonRecord
from db.rounds import evidence
from db.store.session import Store
from sspcm.formats.coco.writing import category_of
from sspcm.whole_files import write_atomically

WHOLE_UP_TO = 0.1
"""A camera of at most this share of the images is held out whole or not at all; a larger one by stretches of frames."""
STRETCHES = 24
"""So many a camera alone would have: fewer make intervals guesses, more have more neighbours on both sides."""


def export_labelled(store: Store, files: ImageFiles, folder: Path) -> Plan:
    """Write the file, and say how it is to be used. Names of images count from the home's folder of images.

    Images are all upright or all of lenses there, so people of the rarer kind of camera are left out, and counted.
    Raises NotEnough, FileNotFoundError.
    """
    with store.reading() as tx:
        by_id = {image.id: image for image in images.list_images(tx)}
        probed = evidence.probed(tx)  # a keypoint of theirs may be a network's that nobody looked at
        labelled = [one for one in list_persons(tx) if one.label is not None and one.label.labelled.any()]
        everybody = [one for one in labelled if one.id not in probed]
        skeleton = get_project(tx).skeleton
    plain = [one for one in everybody if lens_of(by_id[one.image_id]) is None]
    is_plain = 2 * len(plain) > len(everybody)
    chosen = [one for one in everybody if (lens_of(by_id[one.image_id]) is None) is is_plain]
    used = sorted({one.image_id for one in chosen})
    group = groups_of([by_id[i] for i in used])
    files.fetch(by_id[i].sha256 for i in used)
    plan = plan_for([group[one.image_id] for one in chosen], plain=is_plain, left_out=len(everybody) - len(chosen))
    document = {
        "images": [_image(by_id[i], group[i], files) for i in used],
        "annotations": [_annotation(one) for one in chosen],
        "categories": [category_of(skeleton)],
    }
    write_atomically(folder / LABELS_FILE, json.dumps(document, allow_nan=False).encode())
    return plan


def groups_of(labelled: Sequence[ImageRecord]) -> Mapping[int, str]:
    """Which images belong together: a small camera's, and those of each stretch of a large one's frames."""
    cameras: dict[str, list[ImageRecord]] = {}
    for image in labelled:
        cameras.setdefault(image.camera.name, []).append(image)
    found: dict[int, str] = {}
    for name, frames in cameras.items():
        share = len(frames) / len(labelled)
        parts = 1 if share <= WHOLE_UP_TO else min(len(frames), math.ceil(STRETCHES * share))
        for place, image in enumerate(sorted(frames, key=lambda image: (image.frame, image.id))):
            found[image.id] = f"{name}/{place * parts // len(frames)}"
    return found


def _image(image: ImageRecord, group: str, files: ImageFiles) -> dict[str, Any]:
    lens = lens_of(image)
    told = {} if lens is None else {"lens": list(astuple(lens))}
    name = files.path(image.sha256).relative_to(files.folder).as_posix()
    size = {"width": image.width, "height": image.height}
    return {"id": image.id, "file_name": name, "camera": group, **size, **told}


def _annotation(person: PersonRecord) -> dict[str, Any]:
    box, label = person.box, person.label
    assert label is not None
    around = box.enclosing
    turned = {"rbbox": [*box.centre, box.width, box.height, box.angle]} if box.angle else {}
    return {
        "id": person.id,
        "image_id": person.image_id,
        "category_id": 1,
        "iscrowd": 0,
        "area": person.oks_area,
        "bbox": [around.x, around.y, around.width, around.height],
        "keypoints": [value for point in label.xyv.tolist() for value in (point[0], point[1], int(point[2]))],
        "num_keypoints": int(label.labelled.sum()),
        **turned,
    }
