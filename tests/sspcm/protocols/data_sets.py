"""Data sets as COCO and WEPDTOF-Pose publish them, tiny: drawn images, and the JSON field by field."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sspcm.skeletons.skeleton import BUILT_IN

COCO_17 = BUILT_IN["coco-17"]
LICENSES = [
    {"url": "http://creativecommons.org/licenses/by/2.0/", "id": 4, "name": "Attribution License"},
]
INFO = {"description": "COCO 2017 Dataset", "url": "http://cocodataset.org", "version": "1.0", "year": 2017,
        "contributor": "COCO Consortium", "date_created": "2017/09/01"}  # fmt: skip
PERSON = {"supercategory": "person", "id": 1, "name": "person", "keypoints": list(COCO_17.keypoints),
          "skeleton": [[a + 1, b + 1] for a, b in COCO_17.edges]}  # fmt: skip


def draw(path: Path, seed: int, side: int = 96) -> None:
    """An image of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), noise)


def keypoints(count: int, placed: int, at: float = 30.0) -> list[float]:
    """The first `placed` visible, on a diagonal; the rest zero, as COCO has absent ones."""
    return [value for k in range(count) for value in ((at + k, at + 1.5 * k, 2) if k < placed else (0, 0, 0))]


def annotation(number: int, image_id: int, placed: int, count: int = 17, **more: Any) -> dict[str, Any]:
    return {"segmentation": [[20.0, 20.0, 60.0, 20.0, 60.0, 80.0]], "num_keypoints": placed, "area": 1500.0,
            "iscrowd": 0, "keypoints": keypoints(count, placed), "image_id": image_id, "bbox": [20.0, 20.0, 40.0, 60.0],
            "category_id": 1, "id": number, **more}  # fmt: skip


def image(number: int, **more: Any) -> dict[str, Any]:
    return {"license": 4, "file_name": f"{number:012d}.jpg", "coco_url": f"http://images.cocodataset.org/{number}.jpg",
            "height": 96, "width": 96, "date_captured": "2013-11-14 11:18:45", "flickr_url": "http://flickr.com/x.jpg",
            "id": number, **more}  # fmt: skip


def write(path: Path, data: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))
    return path


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change a JSON file in place."""
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def coco_file(images: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> dict[str, Any]:
    return {"info": INFO, "licenses": LICENSES, "images": images, "annotations": annotations, "categories": [PERSON]}


def write_coco(root: Path) -> Path:
    """A root as COCO's: train2017 with 5 persons with keypoints, 1 without, 1 crowd; val2017; unlabeled2017."""
    train, val, extra = (581929, 9, 36), (139, 285), (8, 26)
    for folder, numbers in (("train2017", train), ("val2017", val), ("unlabeled2017", extra)):
        for number in numbers:
            draw(root / "images" / folder / f"{number:012d}.jpg", number)
    crowd = annotation(900100000009, 9, 0, iscrowd=1, segmentation={"counts": [1, 2], "size": [96, 96]})
    people = [annotation(11, 9, 17), annotation(12, 36, 5), annotation(13, 581929, 8), annotation(14, 36, 0), crowd,
              annotation(15, 9, 3), annotation(16, 581929, 1)]  # fmt: skip
    annotations = root / "annotations"
    write(annotations / "person_keypoints_train2017.json", coco_file([image(n) for n in train], people))
    measured = [annotation(21, 139, 17), annotation(22, 285, 9), annotation(23, 285, 0)]
    write(annotations / "person_keypoints_val2017.json", coco_file([image(n) for n in val], measured))
    categories = [{"supercategory": "person", "id": 1, "name": "person"},
                  {"supercategory": "vehicle", "id": 2, "name": "bicycle"}]  # fmt: skip
    listed = {"info": INFO, "licenses": LICENSES, "images": [image(n) for n in extra], "categories": categories}
    write(annotations / "image_info_unlabeled2017.json", listed)
    found = [{"image_id": 26, "category_id": 1, "bbox": [10.0, 10.0, 50.0, 70.0], "score": 0.98},
             {"image_id": 8, "category_id": 2, "bbox": [10.0, 10.0, 50.0, 70.0], "score": 0.9},
             {"image_id": 8, "category_id": 1, "bbox": [5.0, 12.0, 40.0, 60.0], "score": 0.04}]  # fmt: skip
    write(root / "person_detection_results" / "COCO_unlabeled2017_detections_person_faster_rcnn.json", found)
    return root


def write_wepdtof(root: Path) -> Path:
    """A root as WEPDTOF-Pose's: ids are list positions, no area, COCO's 17 keypoints named by mistake, dummies."""
    for part, clips, placed in (("train2017", ("cafe", "lobby"), (14, 0, 6)), ("val2017", ("street",), (14, 0))):
        names = [f"{clip}_{number:06d}.jpg" for clip in clips for number in range(2)]
        for number, name in enumerate(names):
            draw(root / "coco" / "images" / part / name, number + 100 * len(part))
        images = [{"id": number, "file_name": name, "width": 96, "height": 96} for number, name in enumerate(names)]
        people = [annotation(number, number, k, 14) for number, k in enumerate(placed)]
        for person in people:
            del person["area"], person["segmentation"]
        people[0]["iscrowd"] = 1  # its evaluator takes it for 0
        path = root / "coco" / "annotations" / f"person_keypoints_{part}.json"
        write(path, {"images": images, "annotations": people, "categories": [PERSON]})
    return root
