"""Whether the loop did its work: labels frozen, people placed better, a new ranking, a whole export."""

import contextlib
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from app.demo.home import DEMO_FOLDER
from app.demo.loop import CheckFailed, Loop, Truth
from db.clock import utc_now
from db.labelling import queue
from db.pool import images, persons
from db.pool.project import get_project
from db.rounds import predictions
from db.store.session import Store
from sspcm.evaluation.metrics import oks
from sspcm.members import STUDENT
from sspcm.pose import IMPORTED, Label

MOVED_PX = 0.5
"""A keypoint placed farther than this from where it started counts as touched."""


def read_truth() -> dict[tuple[str, tuple[float, ...]], Truth]:
    """By file name and box, as the editor gets them."""
    pool = json.loads((DEMO_FOLDER / "pool.json").read_text())
    truth = {p["id"]: p for p in json.loads((DEMO_FOLDER / "truth.json").read_text())["persons"]}
    names = {image["id"]: image["file_name"] for image in pool["images"]}
    return {
        (names[a["image_id"]], tuple(a["bbox"])): Truth(
            np.array(truth[a["id"]]["keypoints"], dtype=float).reshape(-1, 3).tolist(), truth[a["id"]]["area"]
        )
        for a in pool["annotations"]
    }


def accepted_now(store: Store) -> set[int]:
    """The persons with a label that counts."""
    with store.reading() as tx:
        return {p.id for p in persons.list_persons(tx, split="train") if p.state == "accepted"}


def ranking_now(store: Store) -> dict[int, float]:
    """The open pool's images with the published scores."""
    with store.reading() as tx:
        return {
            item.image.id: item.score
            for item in queue.listing(tx, limit=10_000, now=utc_now())
            if item.score is not None
        }


def mean_oks(store: Store, loop: Loop, number: int) -> float:
    """Of the student's predictions in one round, on the persons that were corrected."""
    with store.reading() as tx:
        found = predictions.for_persons(tx, list(loop.accepted), round_number=number)
        sigmas = get_project(tx).skeleton.sigma_array
    values = [
        oks(stored.prediction.xy, Label(np.array(truth.xyv)), area=truth.area, sigmas=sigmas)
        for person_id, truth in loop.accepted.items()
        for stored in found.get(person_id, [])
        if stored.prediction.network == STUDENT
    ]
    if len(values) != len(loop.accepted):
        raise CheckFailed(f"round {number} predicted {len(values)} of the {len(loop.accepted)} corrected persons.")
    return round(float(np.mean(values)), 4)


def judge_frozen(frozen: list[dict[str, Any]], seed: set[int], corrected: set[int]) -> Iterator[str]:
    """What is wrong with the labels that a round froze: they are the seed and those corrected since."""
    labelled = [(f["person_id"], f["revision"], f["author"]) for f in frozen if f["role"] == "labelled"]
    wanted = {(i, 1, IMPORTED) for i in seed} | {(i, 1, "annotator") for i in corrected}
    if set(labelled) != wanted or len(labelled) != len(wanted):
        yield (
            f"the frozen label set has {len(labelled)} revisions, wanted the {len(seed)} of the seed and the "
            f"{len(corrected)} new ones; {len(wanted - set(labelled))} missing, {len(set(labelled) - wanted)} extra."
        )


def judge_oks(before: float, after: float) -> Iterator[str]:
    """What is wrong with where the student puts the corrected persons: a round must bring it nearer."""
    if not after > before:
        yield f"the student's mean OKS on the corrected persons did not rise: {before} before, {after} after."


def judge_ranking(before: dict[int, float], after: dict[int, float]) -> Iterator[str]:
    """Order by score alone: the blind share's places are chance."""
    common = [i for i in before if i in after]
    if len(common) < 2:
        yield f"only {len(common)} images are in both rankings; too few to compare."
        return
    first, second = (sorted(common, key=lambda i: (-scores[i], i)) for scores in (before, after))
    if first == second:
        yield f"both rounds rank the {len(common)} common images alike: the new labels changed nothing."


def judge_export(store: Store, export: dict[str, Any], loop: Loop) -> Iterator[str]:
    """pycocotools loads it; its labels are exactly the accepted persons, with the numbers that were accepted."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = export
        coco.createIndex()
        names = {image["file_name"]: image["id"] for image in export["images"]}
        perfect = [
            {"image_id": a["image_id"], "category_id": a["category_id"], "keypoints": a["keypoints"], "score": 1.0}
            for a in export["annotations"]
            if a["num_keypoints"] > 0
        ]
        judged = COCOeval(coco, coco.loadRes(perfect), "keypoints")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    if judged.stats[0] < 0.999:
        yield f"pycocotools gives the export's own labels AP {judged.stats[0]:.3f} against themselves; wanted 1."
    with store.reading() as tx:
        accepted = [p for p in persons.list_persons(tx) if p.state == "accepted"]
        files = {image.id: image.file_name for image in images.list_images(tx)}
    wanted = {(names[files[p.image_id]], _rounded(_flat(p.label))) for p in accepted}
    found = {(a["image_id"], _rounded(a["keypoints"])) for a in export["annotations"] if a["num_keypoints"] > 0}
    if found != wanted or len(perfect) != len(accepted):
        yield f"the export labels {len(perfect)} persons; {len(accepted)} are accepted, {len(found & wanted)} agree."
    human = [a for a in export["annotations"] if a.get("source") == "human"]
    truths = {_rounded([v for row in truth.xyv for v in row]) for truth in loop.accepted.values()}
    if {_rounded(a["keypoints"]) for a in human} != truths:
        yield f"the export's {len(human)} human labels are not the {len(loop.accepted)} that were accepted."


def _flat(label: Label | None) -> list[float]:
    return [] if label is None else [float(v) for v in label.xyv.ravel()]


def _rounded(values: list[float]) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in values)
