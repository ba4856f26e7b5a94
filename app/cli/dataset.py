"""Images and labels in, labels out, a pose model over the pool."""

import argparse
import dataclasses
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.console import answer, progress_bar
from app.cli.options import Subparsers, add_json, command, share

if TYPE_CHECKING:
    from app.home.settings import Settings
    from app.pool.model_folders import GivenModel
    from app.pool.prelabelling import PrelabelReport
    from db.store.session import Store
    from sspcm.pose_models.model import PoseModel
    from sspcm.skeletons.skeleton import Skeleton


def add_import(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `import` and `prelabel`."""
    imports = command(
        several,
        "import",
        example="import frames --annotations boxes.json",
        help="a folder of images, with or without a COCO file",
    )
    imports.add_argument(
        "images_dir", type=Path, metavar="IMAGES_DIR", help="the folder of images, with its sub-folders"
    )
    imports.add_argument("--annotations", type=Path, metavar="FILE", help="COCO keypoints or boxes")
    imports.add_argument("--format", choices=["coco"], default="coco", help="what --annotations is written in (coco)")
    imports.add_argument(
        "--group-from",
        metavar="FIELD",
        help="the field of the file's images that names the camera (default: sub-folder, or what names share)",
    )
    imports.add_argument(
        "--split", choices=["train", "validation"], help="validation is only measured on (train, and see the next)"
    )
    imports.add_argument(
        "--validation-share",
        type=share,
        metavar="SHARE",
        help="keep images to measure rounds by until they hold this share of all people, and 40 at least; 0: none "
        "(of a home's first 100 people or more: .1, unless --split is given)",
    )
    imports.add_argument(
        "--skeleton", help="built-in name or file, for boxes and bare images (default: the home's, or coco-17)"
    )
    imports.add_argument(
        "--update", action="store_true", help="take the file's labels, boxes and fields where those here differ"
    )
    imports.add_argument(
        "--prelabel", type=Path, metavar="MODEL", help="a pose model to predict everybody with: see prelabel"
    )
    add_json(imports, run=import_images, name="import")

    prelabel = command(
        several,
        "prelabel",
        example="prelabel movenet.onnx",
        help="a pose model's predictions for everybody, to begin from and to measure it by",
    )
    prelabel.add_argument(
        "model",
        type=Path,
        metavar="MODEL",
        help="an ONNX file, a VitPose's folder as transformers saves it, or a training's (docs/cold-start.md)",
    )
    add_json(prelabel, run=run_prelabel, name="prelabel")


def add_export(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The command `export`."""
    export = command(several, "export", example="export labels.json", help="labels out as COCO keypoints")
    export.add_argument("out", type=Path, metavar="OUT", help="the file to write")
    export.add_argument("--format", choices=["coco"], default="coco", help="what is written (coco)")
    export.add_argument("--with-predictions", action="store_true", help="add the student's, marked as such")
    add_json(export, run=export_labels, name="export")


def import_images(settings: "Settings", options: argparse.Namespace) -> int:
    """A folder into the home; fails when no image of it is there afterwards."""
    from app.cli.store import CommandError, expecting, new_or_old_store
    from app.dataset.importing import import_folder
    from app.dataset.keeping import is_empty, keep_some
    from app.dataset.merging_labels import count_merged
    from app.dataset.report import ImportFailed, as_json
    from app.home import skeletons
    from app.home.image_files import ImageFiles
    from sspcm.skeletons.skeleton import get_skeleton

    skeleton = get_skeleton(options.skeleton) if options.skeleton else None
    if options.split == "validation" and options.validation_share:
        raise CommandError("a share is asked for, and all images go to validation; wanted one of both. Leave one out.")
    with _opened_model(options.prelabel, skeleton) as opened, new_or_old_store(settings) as store:
        unasked = options.split is None and is_empty(store)
        with expecting(ImportFailed), progress_bar("Importing") as progress:
            report = import_folder(
                store,
                ImageFiles(settings.home),
                images_dir=options.images_dir,
                annotations=options.annotations,
                group_from=options.group_from,
                split=options.split or "train",
                skeleton=skeleton,
                update=options.update,
                limits=settings.image_limits,
                progress=progress,
            )
        kept = keep_some(store, share=options.validation_share, unasked=unasked)
        predicted = _prelabel(store, settings, opened) if opened else None
        hint = skeletons.hint_of(store, settings.home)

    def plain() -> Iterator[str]:
        yield f"{report.images_new} new images, {report.images_known} known already, in {report.seconds:.1f} s"
        yield f"{report.persons} persons, {report.labelled} of them labelled"
        merged = count_merged(report.merged)
        if merged:
            yield merged
        if report.lenses:
            told = ", ".join(f"{count} {source}" for source, count in sorted(report.lenses.items()))
            yield f"lens circles of cameras: {told}"
        if kept and kept.images:
            yield (
                f"{kept.persons} people in {kept.images} images are kept for validation: labelled without predictions, "
                "to measure rounds by (`validation list`)"
            )
        if kept and kept.warning:
            yield f"note: {kept.warning}"
        for complaint in report.complaints:
            yield f"note: {complaint}"
        if hint:
            yield f"note: {hint}"
        if predicted:
            yield from _tell_prelabels(predicted)

    kept_json = {"images": kept.images, "persons": kept.persons, "warning": kept.warning} if kept else None
    shown = {
        **as_json(report),
        "validation": kept_json,
        "prelabel": dataclasses.asdict(predicted) if predicted else None,
        "hint": hint,
    }
    answer(shown, as_json=options.json, plain=plain)
    if report.images_new + report.images_known:
        return 0
    why = report.complaints[-1] if report.complaints else "The folder held none."
    raise CommandError(f"no image could be taken. {why}")


def run_prelabel(settings: "Settings", options: argparse.Namespace) -> int:
    """A model over the pool of a home that exists."""
    from app.cli.store import known_store

    with known_store(settings) as store, _opened_model(options.model) as opened:
        assert opened is not None
        report = _prelabel(store, settings, opened)
    answer(dataclasses.asdict(report), as_json=options.json, plain=lambda: _tell_prelabels(report))
    return 0


@contextmanager
def _opened_model(
    path: Path | None, skeleton: "Skeleton | None" = None
) -> "Iterator[tuple[GivenModel, PoseModel] | None]":
    """The model, of a folder exported once and there as long as the context lasts; None for none.

    Refuses one that could not be used, before anything is imported.
    """
    from app.cli.store import expecting
    from app.home.model_files import ModelFileError
    from app.pool.model_folders import ModelFolderError, as_model_file
    from app.pool.prelabelling import PrelabellingFailed, check_keypoints, open_model

    if path is None:
        yield None
        return
    with expecting(PrelabellingFailed, ModelFileError, ModelFolderError), as_model_file(path) as given:
        model = open_model(given.path, name=given.name)
        if skeleton is not None:
            check_keypoints(model, skeleton)
        yield given, model


def _prelabel(store: "Store", settings: "Settings", opened: "tuple[GivenModel, PoseModel]") -> "PrelabelReport":
    from app.cli.store import expecting
    from app.home.image_files import ImageFiles
    from app.home.model_files import ModelFiles
    from app.pool.prelabelling import PrelabellingFailed, prelabel
    from app.rounds.starts import choose_again

    given, model = opened
    ModelFiles(settings.home).keep(given.path, name=given.name)  # so that a round can start from it
    with expecting(PrelabellingFailed), progress_bar("Predicting", "person") as progress:
        report = prelabel(store, ImageFiles(settings.home), model, progress=progress)
    choose_again(store)
    return report


def _tell_prelabels(report: "PrelabelReport") -> Iterator[str]:
    yield (
        f"{report.predicted} persons predicted by {report.model} ({report.layout}) in {report.seconds:.1f} s, "
        f"{report.flagged} of them flagged; {report.known} were predicted before"
    )
    if report.validation or report.decided:
        yield (
            f"{report.validation} validation persons and {report.decided} labelled or skipped ones were predicted as "
            "well, to measure the model by"
        )
    if report.unknown_keypoints:
        yield f"note: the model has no {', '.join(report.unknown_keypoints)}; annotators place them."
    for complaint in report.complaints:
        yield f"note: {complaint}"


def export_labels(settings: "Settings", options: argparse.Namespace) -> int:
    """The labels into a file."""
    from app.cli.accounts import whoever_runs_this
    from app.cli.store import known_store
    from app.cli.targets import file_to_write
    from app.dataset.exporting import accepted, export, record_export
    from sspcm.formats.coco.reading import CHANGES
    from sspcm.whole_files import write_atomically

    target = file_to_write(options.out, settings.home)
    with known_store(settings) as store:
        exported = export(store, with_predictions=options.with_predictions)
        document = exported.document
        content = json.dumps(document).encode()
        record_export(store, exported, actor=whoever_runs_this(), sha256=hashlib.sha256(content).hexdigest())
    write_atomically(target, content)
    shown = {
        "file": str(options.out),
        "images": len(document["images"]),
        "persons": len(document["annotations"]),
        "labelled": sum(1 for _ in accepted(document)),
        "predictions": len(document["predictions"]) if options.with_predictions else 0,
    }
    changes = document.get(CHANGES, {})

    def plain() -> Iterator[str]:
        yield from (f"{key:<12} {value}" for key, value in shown.items())
        yield from (f"changed      {count} {said}" for said, count in changes.items())

    answer({**shown, "changes": changes}, as_json=options.json, plain=plain)
    return 0
