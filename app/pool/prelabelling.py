"""Pre-labels: a pose model's predictions for the persons nobody has labelled, and the queue ordered by them.

The worker and the command line run it; the web never imports it, since it loads onnxruntime.
"""

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from app.cameras.lenses import lens_of
from app.home.image_files import ImageFiles
from app.home.model_files import ModelFileError, network_name
from app.pool.ordering import BEFORE_ROUNDS, person_score, rank_before_rounds
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import ImageRecord, PersonRecord
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.cutting import CropError, read_image
from sspcm.fisheye import LensCircle
from sspcm.pose_models.copies import Judged, Person, judge, known_keypoints
from sspcm.pose_models.layouts import PoseModelError
from sspcm.pose_models.model import PoseModel, read_pose_model
from sspcm.skeletons.skeleton import Skeleton

PERSONS_A_BATCH = 16
"""At least; persons of one image stay together. A model's run over them takes seconds, storing them milliseconds."""

Progress = Callable[[int, int], None]
"""Told (persons done, persons in all)."""
Work = tuple[ImageRecord, PersonRecord]


class PrelabellingFailed(ValueError):
    """A model that cannot be used; the message says why."""


@dataclasses.dataclass(frozen=True)
class PrelabelReport:
    """What a model's run over the pool did."""

    model: str
    layout: str
    persons: int
    """Whom it was asked about: the open persons of the pool."""
    predicted: int
    """Of them, those predicted now."""
    known: int
    """Those predicted by this very model on the same crop before."""
    flagged: int
    """Those predicted now with at least one flag."""
    unknown_keypoints: tuple[str, ...]
    """Keypoints of the skeleton that the model does not have: annotators place them."""
    complaints: tuple[str, ...]
    seconds: float


def open_model(path: Path, *, name: str | None = None, threads: int = 0) -> PoseModel:
    """The model in a file, checked by a run. name: that of its file, where it lies under another. Raises
    PrelabellingFailed."""
    try:
        return read_pose_model(path, name=name or network_name(path.name), threads=threads)
    except (PoseModelError, ModelFileError) as error:
        raise PrelabellingFailed(str(error)) from error


def check_keypoints(model: PoseModel, skeleton: Skeleton) -> tuple[str, ...]:
    """The skeleton's keypoints that the model does not know. Raises PrelabellingFailed where it knows none."""
    try:
        known = known_keypoints(model, skeleton)
    except PoseModelError as error:
        raise PrelabellingFailed(str(error)) from error
    return tuple(name for k, name in enumerate(skeleton.keypoints) if k not in known)


def prelabel(store: Store, files: ImageFiles, model: PoseModel, *, progress: Progress | None = None) -> PrelabelReport:
    """Predict every open person of the pool, batch by batch, then order the queue by what the model is unsure of.

    Persons whom this model predicted on the same crop before are left, so a run that broke off goes on where it
    stopped. Raises PrelabellingFailed.
    """
    began = time.perf_counter()
    with store.reading() as tx:
        skeleton = get_project(tx).skeleton
        unknown = check_keypoints(model, skeleton)
        everybody = _open_persons(images.list_images(tx, split="train"), list_persons(tx, split="train"))
        stored = predictions.imported(tx, [person.id for _, person in everybody])
    waiting = [
        (image, person)
        for image, person in everybody
        if person.id not in stored or stored[person.id].crop != crop_hash(model, person, lens_of(image))
    ]
    known, predicted, flagged = len(everybody) - len(waiting), 0, 0
    complaints: list[str] = []
    tell = progress or (lambda _done, _total: None)
    done = known
    tell(done, len(everybody))
    for batch in _batches(waiting):
        found = list(_predict(model, files, batch, skeleton, complaints))
        with store.transaction() as tx:
            predictions.add_imported(tx, found)
        predicted += len(found)
        flagged += sum(bool(one.score.flags) for one in found)
        done += len(batch)
        tell(done, len(everybody))
    rank_before_rounds(store, files)
    return PrelabelReport(
        model=model.name,
        layout=model.layout.kind,
        persons=len(everybody),
        predicted=predicted,
        known=known,
        flagged=flagged,
        unknown_keypoints=unknown,
        complaints=tuple(complaints),
        seconds=round(time.perf_counter() - began, 2),
    )


def crop_hash(model: PoseModel, person: PersonRecord, lens: LensCircle | None) -> str:
    """What of the image the model sees, and by which file: the same again would give the same prediction."""
    circle = dataclasses.astuple(lens) if lens else None
    told = [model.sha256, dataclasses.astuple(person.box), circle]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _open_persons(pool: Sequence[ImageRecord], persons: Sequence[PersonRecord]) -> list[Work]:
    """Whom a label is wanted for, image by image."""
    by_id = {image.id: image for image in pool}
    return [(by_id[person.image_id], person) for person in persons if person.state == "open"]


def _batches(work: Sequence[Work]) -> Iterator[list[Work]]:
    """Whole images, until there are enough persons."""
    batch: list[Work] = []
    for _, group in groupby(work, key=lambda one: one[0].id):
        batch += group
        if len(batch) >= PERSONS_A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _predict(
    model: PoseModel, files: ImageFiles, batch: Sequence[Work], skeleton: Skeleton, complaints: list[str]
) -> Iterator[ImportedPrediction]:
    """A prediction for everybody whose image can be read; a complaint for each image that cannot."""
    readable: list[tuple[PersonRecord, Person]] = []
    for image, group in groupby(batch, key=lambda one: one[0]):
        try:
            pixels = read_image(files.path(image.sha256))
        except (CropError, FileNotFoundError) as error:
            complaints.append(f"image {image.file_name!r}: {error} Left without predictions.")
            continue
        readable += [(person, Person(pixels, person.box, lens_of(image), person.oks_area)) for _, person in group]
    for (person, seen), judged in zip(readable, _judge(model, [seen for _, seen in readable], skeleton), strict=True):
        score = person_score(person.id, judged.inconsistency)
        yield ImportedPrediction(judged.prediction, score, crop_hash(model, person, seen.lens))


def _judge(model: PoseModel, persons: Sequence[Person], skeleton: Skeleton) -> list[Judged]:
    settings = BEFORE_ROUNDS
    try:
        return judge(
            model, persons, skeleton=skeleton, top_keypoints=settings.top_keypoints, flag_above=settings.flag_above
        )
    except PoseModelError as error:
        raise PrelabellingFailed(str(error)) from error
