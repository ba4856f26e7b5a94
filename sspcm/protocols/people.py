"""Who is labelled, unlabelled and measured on in a training; nobody is in training and validation."""

import filecmp
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sspcm.config import RoundConfig
from sspcm.formats.coco.reading import CocoError
from sspcm.manifest import Manifest, RoundPerson, Use
from sspcm.protocols.protocol import ANNOTATED, Form, Protocol, Source
from sspcm.protocols.published import Published, PublishedImage, PublishedPerson, read_detections, read_published
from sspcm.skeletons.skeleton import Skeleton, get_skeleton

Persons = tuple[PublishedPerson, ...]


@dataclass(frozen=True, eq=False)
class People:
    """The persons of each use. complaints: what the files' readers left out, or could not check."""

    skeleton: Skeleton
    labelled: Persons
    unlabelled: Persons
    validation: Persons
    complaints: tuple[str, ...] = ()

    def used_as(self, use: Use) -> Persons:
        """The persons of one use."""
        return {"labelled": self.labelled, "unlabelled": self.unlabelled, "validation": self.validation}[use]


def people_of_protocol(protocol: Protocol, root: Path, *, learns_unlabelled: bool) -> People:
    """The protocol's people out of the files under `root`, read and checked; without unlabelled ones where no method
    learns from them. Raises CocoError, SkeletonError."""
    from_file = protocol.skeleton.endswith((".toml", ".json"))
    skeleton = get_skeleton(str(root / protocol.skeleton) if from_file else protocol.skeleton)
    files: dict[tuple[str, str], Published] = {}

    def read(source: Source) -> Published:
        annotations, images = root / source.annotations, root / source.images
        if source.boxes != ANNOTATED:
            return read_detections(
                root / source.boxes, annotations, images, least_score=source.box_score, skeleton=skeleton
            )
        key = source.annotations, source.images
        if key not in files:
            files[key] = read_published(annotations, images, form=protocol.form, skeleton=skeleton)
        return files[key]

    labelled = _first(_with_keypoints(read(protocol.labelled).persons), protocol.labelled)
    unlabelled: Persons = ()
    others: tuple[str, ...] = ()
    if protocol.unlabelled is not None and learns_unlabelled:
        published = read(protocol.unlabelled)
        everyone = protocol.unlabelled.persons == "all" or protocol.unlabelled.boxes != ANNOTATED
        pool = published.persons if everyone else _with_keypoints(published.persons)
        known = set() if protocol.unlabelled_keeps_labelled else set(labelled)
        unlabelled = _first(tuple(person for person in pool if person not in known), protocol.unlabelled)
        others = published.complaints if protocol.unlabelled.boxes != ANNOTATED else ()
    validation = _with_keypoints(read(protocol.validation).persons) if protocol.validation is not None else ()
    if protocol.validation is not None:
        validation = _first(validation, protocol.validation)
    complaints = tuple(c for published in files.values() for c in published.complaints) + others
    people = People(skeleton, labelled, unlabelled, validation, complaints)
    return checked(people, form=protocol.form, learns_unlabelled=learns_unlabelled)


def people_of_file(
    annotations: Path,
    images: Path,
    *,
    unlabelled: tuple[Path, Path] | None = None,
    validation: tuple[Path, Path] | None = None,
    skip: int = 0,
    holdout: int = 0,
    learns_unlabelled: bool = True,
) -> People:
    """The people of your own files, read and checked: persons with keypoints are labelled, the others unlabelled.

    unlabelled, validation: further annotations, each with its folder of images; of the former all persons are
    unlabelled. The first `skip` images by file name are left out, the last `holdout` ones are for validation.
    Raises CocoError.
    """
    main = read_published(annotations, images, skeleton=None)
    order = sorted(main.images, key=lambda image: image.file_name)
    held_out = set(order[max(skip, len(order) - holdout) :])
    learned = set(order[skip:]) - held_out
    persons = tuple(person for person in main.persons if person.image in learned)
    pool = tuple(person for person in persons if person.label is None)
    measured = _with_keypoints(person for person in main.persons if person.image in held_out)
    complaints = main.complaints
    if unlabelled is not None:
        more = read_published(*unlabelled, skeleton=None)
        pool, complaints = (*pool, *more.persons), complaints + more.complaints
    if validation is not None:
        other = read_published(*validation, skeleton=main.skeleton)
        measured, complaints = (*measured, *_with_keypoints(other.persons)), complaints + other.complaints
    people = People(
        main.skeleton,
        _with_keypoints(persons),
        pool if learns_unlabelled else (),
        measured,
        tuple(dict.fromkeys(complaints)),
    )
    return checked(people, form="coco", learns_unlabelled=learns_unlabelled)


def checked(people: People, *, form: Form, learns_unlabelled: bool) -> People:
    """The same people once every image is there and none is in training and validation. Raises CocoError."""
    if not people.labelled:
        raise CocoError(
            "no person with keypoints is left to train on; wanted at least one. "
            "Check the annotations, or skip or hold out fewer images."
        )
    if learns_unlabelled and not people.unlabelled:
        raise CocoError(
            "no person is unlabelled; wanted some, the method learns from them. "
            "Give annotations of unlabelled persons, or train with --method supervised."
        )
    trained, measured = _images((*people.labelled, *people.unlabelled)), _images(people.validation)
    _refuse_same_names(trained, measured, form=form)
    _refuse_same_clips(trained, measured, form=form)
    _refuse_same_files(trained, measured)
    if form == "wepdtof" and measured and any(_clip(image, form) is None for image in (*trained, *measured)):
        told = (
            "images name no clip, so it was not checked that none is in both training and validation: frames of one "
            "clip are nearly alike."
        )
        return replace(people, complaints=(*people.complaints, told))
    return people


def manifest_of(people: People, config: RoundConfig, *, weights: Path | None) -> Manifest:
    """The training as a round's manifest: nobody is predicted, unlabelled persons' keypoints are hidden."""
    uses: tuple[Use, ...] = ("labelled", "unlabelled", "validation")
    used = [(use, person) for use in uses for person in people.used_as(use)]
    persons = tuple(
        RoundPerson(
            id=number,
            image=person.image.path,
            box=person.box,
            lens=person.image.lens,
            area=person.area,
            use=use,
            predict=False,
            label=person.label if use != "unlabelled" else None,
        )
        for number, (use, person) in enumerate(used, start=1)
    )
    return Manifest(people.skeleton, config, weights, persons)


def count_images(persons: Iterable[PublishedPerson]) -> int:
    """How many images they are in."""
    return len({person.image.path for person in persons})


def _with_keypoints(persons: Iterable[PublishedPerson]) -> Persons:
    return tuple(person for person in persons if person.label is not None)


def _first(persons: Persons, source: Source) -> Persons:
    """The first so many, or all. Raises CocoError where the file has fewer."""
    if source.first_persons > len(persons):
        raise CocoError(
            f"{source.annotations} has {len(persons)} persons to take; wanted the first {source.first_persons}. "
            "Give the whole file, or a protocol with a smaller first_persons."
        )
    return persons[: source.first_persons] if source.first_persons else persons


def _images(persons: Sequence[PublishedPerson]) -> tuple[PublishedImage, ...]:
    return tuple({person.image.path: person.image for person in persons}.values())


def _refuse_same_names(trained: Sequence[PublishedImage], measured: Sequence[PublishedImage], *, form: Form) -> None:
    """By id and file name; where ids are mere list positions, the two files must also be alike byte for byte."""
    known = {(image.id, image.file_name): image for image in trained}
    for image in measured:
        twin = known.get((image.id, image.file_name))
        if twin is not None and (form == "coco" or twin.path == image.path or _are_alike(twin.path, image.path)):
            raise _in_both(twin, image)


def _are_alike(a: Path, b: Path) -> bool:
    return a.is_file() and b.is_file() and filecmp.cmp(a, b, shallow=False)


def _refuse_same_clips(trained: Sequence[PublishedImage], measured: Sequence[PublishedImage], *, form: Form) -> None:
    clips = {_clip(image, form): image for image in reversed(trained)}
    for image in measured:
        clip = _clip(image, form)
        if clip is not None and clip in clips:
            raise CocoError(
                f"clip {clip!r} is in training ({clips[clip].file_name}) and in validation ({image.file_name}); wanted "
                "whole clips in one of them, frames of one clip being nearly alike. Split the files by clip."
            )


def _clip(image: PublishedImage, form: Form) -> str | None:
    """What the file says; in WEPDTOF-Pose's files, else the folder that the image's name begins with."""
    folder = Path(image.file_name).parent
    return image.clip or (str(folder) if form == "wepdtof" and folder != Path() else None)


def _refuse_same_files(trained: Sequence[PublishedImage], measured: Sequence[PublishedImage]) -> None:
    """By the files themselves, links followed; each must be there. Raises CocoError counting those missing."""
    known = _files(trained, measured)
    for image in measured:
        twin = known.get(_identity(image.path))
        if twin is not None:
            raise _in_both(twin, image)


def _files(trained: Sequence[PublishedImage], measured: Sequence[PublishedImage]) -> dict[object, PublishedImage]:
    found = {image.path: _identity(image.path) for image in (*trained, *measured)}
    missing = [path for path, identity in found.items() if identity is None]
    if missing:
        raise CocoError(
            f"{len(missing)} of {len(found)} images are missing, the first is {missing[0]}; wanted every image of the "
            "annotations. Check the images folder, or fetch them."
        )
    return {found[image.path]: image for image in trained}


def _identity(path: Path) -> tuple[int, int] | None:
    """The file behind the path, links followed; None where there is none."""
    try:
        told = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return told.st_dev, told.st_ino


def _in_both(trained: PublishedImage, measured: PublishedImage) -> CocoError:
    return CocoError(
        f"image {trained.file_name} is in training ({trained.path}) and in validation ({measured.path}); wanted it in "
        "one of them. Take it out of one of the files, or hold out fewer images."
    )
