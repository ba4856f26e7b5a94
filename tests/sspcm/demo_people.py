"""A few people of the demo's held-out rooms, and the weights that were trained for such rooms."""

import json
from pathlib import Path

DEMO = Path(__file__).parents[2] / "static" / "demo"
IMAGES, WEIGHTS = DEMO / "images", DEMO / "weights"


def few_people(folder: Path, *, images: int = 2) -> Path:
    """An annotations file of the first images; one of its persons is unlabelled."""
    data = json.loads((DEMO / "validation.json").read_text())
    data["images"] = data["images"][:images]
    kept = {image["id"] for image in data["images"]}
    data["annotations"] = [one for one in data["annotations"] if one["image_id"] in kept]
    data["annotations"][0] |= {"keypoints": [0] * 51, "num_keypoints": 0}
    path = folder / "people.json"
    path.write_text(json.dumps(data))
    return path
