"""How near a pose model comes to the labels of a COCO folder, on upright and on plain crops. One JSON line.

python benchmarks/prelabel.py FOLDER --model MODEL.onnx [--limit 200]

FOLDER holds images/ and annotations.json. `plain` takes the images' own up, `upright` the lens circle's, one crop a
person; `copies` is what pre-labelling stores: upright, of six copies the answer that the others lie nearest to.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sspcm.cutting import read_image
from sspcm.evaluation.metrics import oks
from sspcm.fisheye import LensCircle, default_lens
from sspcm.formats.coco.reading import read_coco
from sspcm.pose import Label
from sspcm.pose_models.copies import Person, see, see_copies, upright_crop
from sspcm.pose_models.layouts import COCO
from sspcm.pose_models.model import PoseModel, read_pose_model
from sspcm.ranking.inconsistency import middle_answers
from sspcm.skeletons.skeleton import BUILT_IN

PERSONS_A_BATCH = 16


@dataclass(frozen=True, eq=False)
class Labelled:
    """A person with the label to come near to."""

    person: Person
    label: Label


def labelled_persons(folder: Path, *, limit: int) -> list[Labelled]:
    """The first persons of a folder whose label places a keypoint, in the order of their images."""
    coco = read_coco(folder / "annotations.json")
    if coco.skeleton.keypoints != COCO:
        raise SystemExit(f"{folder} has skeleton '{coco.skeleton.name}'; wanted COCO's 17 keypoints.")
    entries = {image.id: image for image in coco.images}
    images: dict[int, np.ndarray] = {}
    found: list[Labelled] = []
    for one in coco.persons:
        label = one.person.label
        if label is None or not label.labelled.any() or len(found) == limit:
            continue
        entry = entries[one.image_id]
        if entry.id not in images:
            images[entry.id] = read_image(folder / "images" / entry.file_name)
        told = entry.extra.get("lens")
        lens = LensCircle(*told) if told else default_lens(entry.width, entry.height)
        found.append(Labelled(Person(images[entry.id], one.person.box, lens, one.person.oks_area), label))
    return found


def mean_oks(poses: np.ndarray, persons: Sequence[Labelled]) -> float:
    """Over the persons, rounded."""
    sigmas = BUILT_IN["coco-17"].sigma_array
    each = [
        oks(pose[:, :2], one.label, area=one.person.area, sigmas=sigmas)
        for pose, one in zip(poses, persons, strict=True)
    ]
    return round(float(np.mean(each)), 4)


def plain_pose(model: PoseModel, persons: Sequence[Person]) -> np.ndarray:
    """One crop a person, the image's own up."""
    return single_pose(model, [replace(one, lens=None) for one in persons])


def single_pose(model: PoseModel, persons: Sequence[Person]) -> np.ndarray:
    """One crop a person, upright where there is a lens."""
    return see(model, persons, [upright_crop(model, one) for one in persons])


def copies_pose(model: PoseModel, persons: Sequence[Person]) -> np.ndarray:
    """What pre-labelling stores."""
    return middle_answers(see_copies(model, persons))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--limit", type=int, default=200, help="how many persons (default: 200)")
    options = parser.parse_args()
    if options.folder is None or options.model is None:
        print(json.dumps({"benchmark": "prelabel", "skipped": "no FOLDER and --model given"}))
        return
    model = read_pose_model(options.model)
    persons = labelled_persons(options.folder, limit=options.limit)
    told = {"benchmark": "prelabel", "model": model.name, "layout": model.layout.kind, "folder": options.folder.name}
    told |= {"persons": len(persons)}
    for name, pose in (("plain", plain_pose), ("upright", single_pose), ("copies", copies_pose)):
        began = time.perf_counter()
        batches = [persons[i : i + PERSONS_A_BATCH] for i in range(0, len(persons), PERSONS_A_BATCH)]
        poses = np.concatenate([pose(model, [one.person for one in batch]) for batch in batches])
        seconds = time.perf_counter() - began
        told |= {f"{name}_oks": mean_oks(poses, persons), f"{name}_persons_a_second": round(len(persons) / seconds, 1)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
