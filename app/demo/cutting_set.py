"""The demo's images and annotations, cut from a folder of `sspcm draw`.

python -P -m app.demo.cutting_set DRAWN OUT
"""

import argparse
import json
import shutil
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

SEED_ROOMS, VALIDATION_ROOMS = 3, 8
"""The first rooms are the labelled seed, the last ones validation, those between the pool."""


class DemoSetError(ValueError):
    """The folder cannot become a demo; the message says why."""


def cut_demo_set(drawn: Path, out: Path) -> dict[str, int]:
    """Write seed.json, pool.json, validation.json, truth.json and images/ into `out`; how many persons each has.

    Parts share no room. The pool's persons are boxes alone: what is true of them is in truth.json, which no import
    reads. Raises DemoSetError if `drawn` holds too few rooms.
    """
    file = drawn / "annotations.json"
    if not file.exists():
        raise DemoSetError(f"{drawn} has no annotations.json; wanted a finished drawing. Run: sspcm draw {drawn} ...")
    coco = json.loads(file.read_text())
    rooms = sorted({image["room"] for image in coco["images"]})
    if len(rooms) <= SEED_ROOMS + VALIDATION_ROOMS:
        raise DemoSetError(
            f"{drawn} has {len(rooms)} rooms; wanted more than {SEED_ROOMS + VALIDATION_ROOMS}, so that a pool is "
            "left. Draw more scenes."
        )
    parts = {
        "seed": rooms[:SEED_ROOMS],
        "pool": rooms[SEED_ROOMS:-VALIDATION_ROOMS],
        "validation": rooms[-VALIDATION_ROOMS:],
    }
    shutil.rmtree(out / "images", ignore_errors=True)
    (out / "images").mkdir(parents=True)
    counts = {}
    for name, own in parts.items():
        part = _part(coco, own)
        if name == "pool":
            truth = [_pick(person, "id", "image_id", "keypoints", "area") for person in part["annotations"]]
            _write(out / "truth.json", {"persons": truth})
            part["annotations"] = [
                _pick(person, "id", "image_id", "category_id", "iscrowd", "bbox") for person in part["annotations"]
            ]
        _write(out / f"{name}.json", part)
        for image in part["images"]:
            shutil.copyfile(drawn / "images" / image["file_name"], out / "images" / image["file_name"])
        counts[name] = len(part["annotations"])
    return counts


def _part(coco: dict[str, Any], rooms: Collection[str]) -> dict[str, Any]:
    """The images of these rooms with their persons; of both only what a camera's owner would know: one box a person.

    Images without a person are left out: a seed and a validation set have nothing to say of them, and a pool of boxes
    has nothing to ask.
    """
    images = [_pick(i, "id", "file_name", "width", "height", "license", "room") for i in coco["images"]]
    peopled = {person["image_id"] for person in coco["annotations"]}
    images = [image for image in images if image["room"] in rooms and image["id"] in peopled]
    own = {image["id"] for image in images}
    persons = [
        {k: v for k, v in a.items() if k not in ("pose", "rbbox")} for a in coco["annotations"] if a["image_id"] in own
    ]
    return {**coco, "images": images, "annotations": persons}


def _pick(entry: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: entry[key] for key in keys}


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if it succeeded."""
    parser = argparse.ArgumentParser(prog="app.demo.cutting_set", description=__doc__)
    parser.add_argument("drawn", type=Path, metavar="DRAWN", help="a folder drawn by sspcm draw")
    parser.add_argument("out", type=Path, metavar="OUT", help="where the demo lives: static/demo")
    options = parser.parse_args(arguments)
    try:
        counts = cut_demo_set(options.drawn, options.out)
    except DemoSetError as error:
        sys.stderr.write(f"app.demo.cutting_set: {error}\n")
        return 1
    sys.stdout.write(f"{json.dumps(counts)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
