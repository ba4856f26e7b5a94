"""Whether the loop did its work: labels frozen, people placed better, better starts, a new ranking, a whole export."""

import contextlib
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from app.demo.home import DEMO_FOLDER
from app.demo.loop import CheckFailed, Loop, Truth
from db.clock import utc_now
from db.labelling import queue
from db.pool import images, persons
from db.pool.project import get_project
from db.records import PersonRecord
from db.rounds import predictions
from db.store.session import Store
from sspcm.evaluation.choosing import Mean, mean_difference
from sspcm.evaluation.metrics import oks
from sspcm.members import STUDENT
from sspcm.pose import IMPORTED, Label
from sspcm.simulation.annotator import count_actions

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


@dataclass(frozen=True, eq=False)
class OpenStarts:
    """Of P people without any label: the OKS and the actions of their starts after the first round, and the second's.

    image: in which image each of them is.
    """

    oks: tuple[Float[np.ndarray, "P"], Float[np.ndarray, "P"]]
    actions: tuple[Float[np.ndarray, "P"], Float[np.ndarray, "P"]]
    image: Int[np.ndarray, "P"]

    @property
    def higher(self) -> Mean:
        """By how much the second round's OKS is higher."""
        return mean_difference(self.oks[1], self.oks[0], self.image)

    @property
    def fewer(self) -> Mean:
        """How many actions fewer they take since the second round."""
        return mean_difference(self.actions[0], self.actions[1], self.image)

    def to_json(self) -> dict[str, Any]:
        """The means before and after, and the differences with their intervals."""
        return {
            "persons": len(self.image),
            "mean_oks": {"before": _mean(self.oks[0]), "after": _mean(self.oks[1]), "higher": _interval(self.higher)},
            "actions": {
                "before": _mean(self.actions[0]),
                "after": _mean(self.actions[1]),
                "fewer": _interval(self.fewer),
            },
        }


def open_starts(store: Store, first: int, second: int) -> OpenStarts:
    """Everybody of the pool who is open, by the truth: nobody ever labelled them."""
    truth = read_truth()
    with store.reading() as tx:
        names = {image.id: image.file_name for image in images.list_images(tx, split="train")}
        waiting = [person for person in persons.list_persons(tx, split="train") if person.state == "open"]
        sigmas = get_project(tx).skeleton.sigma_array
        said = [predictions.of_student(tx, [person.id for person in waiting], n) for n in (first, second)]
    missing = [len(waiting) - len(found) for found in said]
    if any(missing):
        raise CheckFailed(f"rounds {first} and {second} did not predict {missing} of the {len(waiting)} open persons.")
    known = [truth[names[person.image_id], _corner(person)] for person in waiting]
    before, after = (np.stack([found[person.id].prediction.xyc for person in waiting]) for found in said)
    return OpenStarts(
        oks=(_oks(before, known, sigmas), _oks(after, known, sigmas)),
        actions=(_actions(before, known, sigmas), _actions(after, known, sigmas)),
        image=np.array([person.image_id for person in waiting], dtype=np.int64),
    )


def judge_starts(starts: OpenStarts) -> Iterator[str]:
    """What is wrong with where people begin whom nobody labelled yet: a round is there to bring them nearer."""
    higher = starts.higher
    if not higher.mean > 0:
        before, after = (_mean(values) for values in starts.oks)
        yield (
            f"the starts of the {len(starts.image)} people not labelled yet did not improve: mean OKS {before} before "
            f"the second round, {after} after it, difference {_interval(higher)}; wanted a higher one."
        )


def _corner(person: PersonRecord) -> tuple[float, ...]:
    box = person.box
    return box.x, box.y, box.width, box.height


def _oks(xyc: Float[np.ndarray, "P K 3"], truth: list[Truth], sigmas: Float[np.ndarray, "K"]) -> Float[np.ndarray, "P"]:
    pairs = zip(xyc, truth, strict=True)
    return np.array([oks(one[:, :2], Label(np.array(t.xyv)), area=t.area, sigmas=sigmas) for one, t in pairs])


def _actions(
    xyc: Float[np.ndarray, "P K 3"], truth: list[Truth], sigmas: Float[np.ndarray, "K"]
) -> Float[np.ndarray, "P"]:
    wanted, area = np.array([one.xyv for one in truth]), np.array([one.area for one in truth])
    return count_actions(xyc, wanted, area=area, sigmas=sigmas).total.astype(np.float64)


def _mean(values: Float[np.ndarray, "P"]) -> float:
    return round(float(np.mean(values)), 4)


def _interval(mean: Mean) -> list[float | None]:
    """The mean, and the ends of its 95 % interval: null where too few images tell them."""
    return [None if math.isnan(value) else round(value, 4) for value in (mean.mean, mean.low, mean.high)]


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
