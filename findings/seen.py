"""What every finding's Python needs: a small COCO keypoints file made on the spot, and a way to say what was seen."""

import json
import sys
from pathlib import Path
from typing import Any

_PAIRS = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
NAMES = ["nose", *(f"{side}_{part}" for part in _PAIRS for side in ("left", "right"))]
"""COCO's 17 keypoints, in its order."""
EDGES = [[16, 14], [14, 12], [17, 15], [15, 13], [12, 13], [6, 12], [7, 13], [6, 7], [6, 8], [7, 9], [8, 10], [9, 11]]
"""Some of COCO's edges, counted from one as its files do."""


def expect(what: str, seen: Any, wanted: Any, *, within: float = 0.0) -> None:
    """Print what was seen; exit with 1 where it is no longer what was wanted (a number: farther than `within`)."""
    same = abs(seen - wanted) <= within if within else seen == wanted
    sys.stdout.write(f"{what}: {seen!r}\n")
    if not same:
        sys.exit(f"CHANGED: this was {wanted!r} when the finding was written.")


def points(x: float, y: float, *, step: float = 5.0, v: int = 2, count: int = 17) -> list[float]:
    """Keypoints on a slanted line from (x, y), `step` pixels apart, as COCO's flat list."""
    return [value for k in range(count) for value in (x + k * step, y + k * step, v)]


def person(number: int, keypoints: list[float], bbox: list[float], **fields: Any) -> dict[str, Any]:
    """One valid annotation of image 1; `fields` are added or replace its own."""
    seen = sum(v > 0 for v in keypoints[2::3])
    own = {"id": number, "image_id": 1, "category_id": 1, "bbox": bbox, "area": bbox[2] * bbox[3], "iscrowd": 0}
    return {**own, "keypoints": keypoints, "num_keypoints": seen, **fields}


def coco(annotations: list[dict[str, Any]], *, size: tuple[int, int] = (640, 480), images: int = 1) -> dict[str, Any]:
    """A valid COCO keypoints file of `images` images named 1.png, 2.png and so on."""
    named = [{"id": n, "file_name": f"{n}.png", "width": size[0], "height": size[1]} for n in range(1, images + 1)]
    category = {"id": 1, "name": "person", "supercategory": "person", "keypoints": NAMES, "skeleton": EDGES}
    return {"info": {}, "licenses": [], "images": named, "annotations": annotations, "categories": [category]}


def write(path: str, data: Any) -> str:
    """Write JSON; returns the path."""
    Path(path).write_text(json.dumps(data))
    return path


def read(path: str) -> Any:
    """Read JSON."""
    return json.loads(Path(path).read_text())
