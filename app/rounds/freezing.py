"""A round is frozen: the labels it learns from are written down as its manifest."""

import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from app.cameras.lenses import lens_of
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.home.shared_files import shared_files
from app.rounds.errors import LearningError
from app.rounds.folder import note_seconds, round_folder, write_json
from app.rounds.own_settings import own_settings
from app.rounds.starting_weights import located
from app.rounds.twins import twin_manifest
from app.rounds.weights import require_weights, weights_folder
from db.labelling import labels
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import (
    FrozenPerson,
    ImageRecord,
    PersonRecord,
    ProjectRecord,
    RoundRecord,
    StoredPrediction,
)
from db.rounds import predictions, rounds
from db.store.session import Store
from sspcm.config import ModelConfig, RoundConfig
from sspcm.manifest import Manifest, RoundPerson, Use, manifest_data
from sspcm.pose import Label
from sspcm.round_folder import MANIFEST_FILE


def freeze_round(store: Store, files: ImageFiles, settings: Settings, number: int, attempt: int = 1) -> None:
    """Fix what the round learns from, and write it down for the trainer as manifest.json."""
    began, folder = time.monotonic(), round_folder(settings, number, attempt)
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
    if (folder / MANIFEST_FILE).exists():  # done before the worker ended: a checkpoint knows it by its digest
        return
    with store.reading() as tx:
        manifest = _manifest(tx, files, settings, record)
    folder.mkdir(parents=True, exist_ok=True)
    note_seconds(folder, "freeze", time.monotonic() - began)
    shares = shared_files(settings.home).bucket is not None
    data = manifest_data(manifest, folder=folder, within=settings.home.resolve() if shares else None)
    write_json(folder / MANIFEST_FILE, data)  # last: where it stands, this stage is done


def _manifest(tx: Session, files: ImageFiles, settings: Settings, record: RoundRecord) -> Manifest:
    """Of the labels that were frozen; a twin's is that of the round it is the twin of, whatever changed since."""
    if record.twin_of is not None:
        return twin_manifest(settings.home, rounds.get(tx, record.twin_of))
    frozen, persons, config = rounds.frozen(tx, record.id), list_persons(tx), _runnable(record, settings)
    return build_manifest(
        config=config,
        project=get_project(tx),
        files=files,
        images_by_id={image.id: image for image in images.list_images(tx)},
        persons=persons,
        frozen=frozen,
        frozen_labels=labels.get_labels(tx, [person.label_id for person in frozen]),
        pseudo=said_of_unlabelled(tx, config, persons),
    )


def said_of_unlabelled(
    tx: Session, config: RoundConfig, persons: Sequence[PersonRecord]
) -> dict[int, StoredPrediction]:
    """What an imported model said last of those without a label, by person, where the settings let it teach."""
    if not config.train.pseudo_share:
        return {}
    return predictions.imported(tx, [person.id for person in persons if person.label is None])


def _runnable(record: RoundRecord, settings: Settings) -> RoundConfig:
    """The round's settings with its weights' paths. Raises LearningError where they are refused today."""
    config = own_settings(record)
    return dataclasses.replace(config, model=located(config.model, settings.home))


def build_manifest(
    *,
    config: RoundConfig,
    project: ProjectRecord,
    files: ImageFiles,
    images_by_id: Mapping[int, ImageRecord],
    persons: Sequence[PersonRecord],
    frozen: Sequence[FrozenPerson],
    frozen_labels: Mapping[int, Label],
    pseudo: Mapping[int, StoredPrediction],
) -> Manifest:
    """What the trainer is asked to do (docs/architecture.md, the round's folder).

    labelled: the frozen labels. unlabelled: every other person of the train split, but neither crowds nor boxes that
    hold nobody. validation: everybody of that split, with their frozen label or without: who is labelled later is
    measured as well. pseudo: what an imported model said of unlabelled persons where that is to teach, by person.
    Raises LearningError when nothing is labelled or an image file is gone.
    """
    if not any(person.role == "labelled" for person in frozen):
        raise LearningError(
            "no labelled person was left when the round froze its labels; a round learns from labels. "
            "Label at least one person, then launch again."
        )
    by_person = {person.person_id: person for person in frozen}
    files.fetch(images_by_id[person.image_id].sha256 for person in persons)
    listed = tuple(
        _manifest_person(
            person,
            images_by_id[person.image_id],
            use,
            label,
            files=files,
            model=config.model,
            pseudo=pseudo.get(person.id) if use == "unlabelled" else None,
        )
        for person, use, label in _uses(persons, images_by_id, by_person, frozen_labels)
    )
    weights = weights_folder(config.model)
    require_weights(config.model, weights)
    return Manifest(skeleton=project.skeleton, config=config, weights=weights, persons=listed)


def _uses(
    persons: Sequence[PersonRecord],
    images_by_id: Mapping[int, ImageRecord],
    frozen: Mapping[int, FrozenPerson],
    frozen_labels: Mapping[int, Label],
) -> Iterator[tuple[PersonRecord, Use, Label | None]]:
    """What each person is to the round; those that are nothing to it are left out.

    `moving` keeps whoever was ever labelled in their split; should anything else move them, they are left out as well.
    """
    for person in persons:
        split = images_by_id[person.image_id].split
        if person.id in frozen and (frozen[person.id].role == "labelled") == (split == "train"):
            yield person, frozen[person.id].role, frozen_labels[frozen[person.id].label_id]
        elif person.id not in frozen and person.is_somebody:
            yield person, "unlabelled" if split == "train" else "validation", None


def _manifest_person(
    person: PersonRecord,
    image: ImageRecord,
    use: Use,
    label: Label | None,
    *,
    files: ImageFiles,
    model: ModelConfig,
    pseudo: StoredPrediction | None,
) -> RoundPerson:
    try:
        path = files.path(image.sha256)
    except FileNotFoundError as error:
        raise LearningError(
            f"the file of image '{image.file_name}' is gone ({error}); the round needs it. "
            "Import its folder again, then launch the round again."
        ) from error
    return RoundPerson(
        id=person.id,
        image=path.resolve(),
        box=person.box,
        lens=lens_of(image) if model.orientation == "radial" else None,
        area=person.oks_area,
        use=use,
        predict=True,
        label=label,
        pseudo=pseudo.prediction.xyc if pseudo is not None else None,
    )
