"""Members' predictions as files, for the commands that rank: wrong where they differ."""

import json
from pathlib import Path

import numpy as np

from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")


def write_members(folder: Path, *, labelled: int, waiting: int) -> list[str]:
    """labels.json, A.json and B.json; the paths of the members."""
    rng = np.random.default_rng(0)
    images, annotations, members = [], [], {"A": [], "B": []}
    for number in range(1, labelled + waiting + 1):
        images.append({"id": number, "file_name": f"{number}.jpg", "width": 300, "height": 300})
        truth = rng.uniform(20, 280, (17, 2)).round(1)
        off = (rng.random(17) < 0.3) * rng.uniform(20, 60, 17)
        v = 2 if number <= labelled else 0
        xyv = np.column_stack([truth if v else 0 * truth, np.full(17, v)])
        annotations.append({"id": number, "image_id": number, "category_id": 1, "bbox": [10, 10, 280, 280],
                            "keypoints": xyv.ravel().tolist(), "num_keypoints": 17 if v else 0})  # fmt: skip
        for sign, name in ((1, "A"), (-1, "B")):
            pose = truth + np.column_stack([sign * off, 0 * off]) + rng.normal(0, 1, (17, 2))
            sure = np.clip(0.9 - off / 100 + rng.normal(0, 0.1, 17), 0, 1)
            values = np.column_stack([pose, sure]).ravel().tolist()
            members[name].append({"image_id": number, "annotation_id": number, "keypoints": values, "score": 0.5})
    category = {"id": 1, "name": "person", "keypoints": list(COCO.keypoints), "skeleton": []}
    document = {"images": images, "annotations": annotations, "categories": [category]}
    (folder / "labels.json").write_text(json.dumps(document))
    for name, results in members.items():
        (folder / f"{name}.json").write_text(json.dumps(results))
    return [str(folder / f"{name}.json") for name in members]
