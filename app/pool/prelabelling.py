"""Pre-labels: a pose model's predictions for everybody, and the queue ordered by them.

Open persons of the pool come first: annotators begin from these. Validation persons and those who are decided follow,
so that the model's predictions can be held against their labels; nobody is shown those of validation persons.

The worker and the command line run it; the web never imports it, since it loads onnxruntime.
"""

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from app.cameras.lenses import lens_of
from app.home.image_files import ImageFiles
from app.home.model_files import ModelFileError, network_name
from app.pool.judging import judge_predicted
from app.pool.order_figures import note_figures
from app.pool.ordering import rank_before_rounds
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import ImageRecord, KeypointFlag, PersonRecord, PersonScore, StoredPrediction
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.cutting import CropError, read_image
from sspcm.fisheye import LensCircle
from sspcm.pose_models.copies import COPIES, Judged, Person, judge, known_keypoints
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
    """Whom it was asked about to begin from: the open persons of the pool."""
    predicted: int
    """Of them, those predicted now."""
    known: int
    """Those predicted by this very model on the same crop before."""
    flagged: int
    """Those predicted now with at least one flag."""
    validation: int
    """Validation persons predicted now: to measure the model by, and shown to nobody."""
    decided: int
    """Labelled and skipped persons of the pool predicted now: to measure the model by their labels."""
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
    """Predict every open person of the pool, batch by batch, and order the queue by what the model is unsure of.

    Then everybody else whose label it can be measured by. Persons whom this model predicted on the same crop before are
    left, so a run that broke off goes on where it stopped. Raises PrelabellingFailed.
    """
    began = time.perf_counter()
    with store.reading() as tx:
        skeleton = get_project(tx).skeleton
        unknown = check_keypoints(model, skeleton)
        waiting, others = _everybody(images.list_images(tx), list_persons(tx))
        stored = predictions.imported(tx, [person.id for _, person in waiting + others])
    run = _Run(store, files, model, skeleton, stored, of=len(waiting) + len(others), progress=progress)
    predicted = run.predict(waiting)
    known, flagged = run.known, run.flagged
    _order(store, files)  # nobody waits for the others' sake
    measured = run.predict(others)
    if measured:  # labels of persons predicted only now teach what the model gets wrong
        _order(store, files)
    validation = sum(image.split == "validation" for image, _ in measured)
    return PrelabelReport(
        model=model.name,
        layout=model.layout.kind,
        persons=len(waiting),
        predicted=len(predicted),
        known=known,
        flagged=flagged,
        validation=validation,
        decided=len(measured) - validation,
        unknown_keypoints=unknown,
        complaints=tuple(run.complaints),
        seconds=round(time.perf_counter() - began, 2),
    )


def _order(store: Store, files: ImageFiles) -> None:
    note_figures(files.home, judge_predicted(store, files).measured)
    rank_before_rounds(store, files)


class _Run:
    """A model's way through the persons, and what came of it so far."""

    def __init__(
        self,
        store: Store,
        files: ImageFiles,
        model: PoseModel,
        skeleton: Skeleton,
        stored: Mapping[int, StoredPrediction],
        *,
        of: int,
        progress: Progress | None,
    ) -> None:
        self._store, self._files, self._model, self._skeleton = store, files, model, skeleton
        self._stored, self._of, self._tell = stored, of, progress or (lambda _done, _total: None)
        self._done = self.known = self.flagged = 0
        self.complaints: list[str] = []

    def predict(self, everybody: Sequence[Work]) -> list[Work]:
        """Those of them who are predicted now."""
        wanted = [work for work in everybody if not self._is_known(*work)]
        self.known += len(everybody) - len(wanted)
        self._did(len(everybody) - len(wanted))
        by_id = {person.id: (image, person) for image, person in wanted}
        predicted: list[Work] = []
        for batch in _batches(wanted):
            found = list(_predict(self._model, self._files, batch, self._skeleton, self.complaints))
            with self._store.transaction() as tx:
                predictions.add_imported(tx, found)
            predicted += [by_id[one.score.person_id] for one in found]
            self.flagged += sum(bool(one.score.flags) for one in found)
            self._did(len(batch))
        return predicted

    def _is_known(self, image: ImageRecord, person: PersonRecord) -> bool:
        stored = self._stored.get(person.id)
        return stored is not None and stored.crop == crop_hash(self._model, person, lens_of(image))

    def _did(self, count: int) -> None:
        self._done += count
        self._tell(self._done, self._of)


def crop_hash(model: PoseModel, person: PersonRecord, lens: LensCircle | None) -> str:
    """What of the image the model sees, in which copies, by which file: the same again would give the same answer."""
    circle = dataclasses.astuple(lens) if lens else None
    told = [model.sha256, dataclasses.astuple(person.box), circle, COPIES]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _everybody(all_images: Sequence[ImageRecord], persons: Sequence[PersonRecord]) -> tuple[list[Work], list[Work]]:
    """Whom a label is wanted for, and everybody else who is somebody, validation persons first; each image by image."""
    by_id = {image.id: image for image in all_images}
    somebody = [(by_id[person.image_id], person) for person in persons if person.is_somebody]
    waiting = [(image, person) for image, person in somebody if image.split == "train" and person.state == "open"]
    validation = [(image, person) for image, person in somebody if image.split == "validation"]
    decided = [(image, person) for image, person in somebody if image.split == "train" and person.state != "open"]
    return waiting, validation + decided


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
    files.fetch(image.sha256 for image, _ in batch)
    for image, group in groupby(batch, key=lambda one: one[0]):
        try:
            pixels = read_image(files.path(image.sha256))
        except (CropError, FileNotFoundError) as error:
            complaints.append(f"image {image.file_name!r}: {error} Left without predictions.")
            continue
        readable += [(person, Person(pixels, person.box, lens_of(image), person.oks_area)) for _, person in group]
    for (person, seen), judged in zip(readable, _judge(model, [seen for _, seen in readable], skeleton), strict=True):
        yield ImportedPrediction(judged.prediction, _unjudged(person.id, judged), crop_hash(model, person, seen.lens))


def _unjudged(person_id: int, judged: Judged) -> PersonScore:
    """What stands until the whole pool is predicted: the mean inconsistency, and a flag for everything in doubt."""
    apart = judged.inconsistency
    worst_first = sorted(judged.reasons, key=lambda k: (-apart[k], k))
    flags = tuple(KeypointFlag(k, float(apart[k]), judged.reasons[k]) for k in worst_first)
    return PersonScore(person_id, float(np.nanmean(apart)), tuple(apart.tolist()), flags)


def _judge(model: PoseModel, persons: Sequence[Person], skeleton: Skeleton) -> list[Judged]:
    try:
        return judge(model, persons, skeleton=skeleton)
    except PoseModelError as error:
        raise PrelabellingFailed(str(error)) from error
