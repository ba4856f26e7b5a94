"""A round, from the lead's click to the published ranking: freeze, train, score, publish.

The four stages are run by the worker, one after another, each in its own process lifetime if need be: every stage finds
what it finished before and leaves it as it is, so doing one again costs time and changes nothing.
"""

import dataclasses
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from jaxtyping import Float, Int
from sqlalchemy.exc import OperationalError

from app.cameras.lenses import lens_of
from app.home.image_files import ImageFiles, write_atomically
from app.home.settings import Settings
from app.pool.ordering import person_score, rank_pool
from app.processes.child import LOCKED, start_guarded, stop_guarded
from app.processes.job_engine import Engine
from app.rounds.starting_weights import located, require_named
from db.clock import utc_now
from db.errors import StoreBusy
from db.labelling import labels, queue
from db.pool import images
from db.pool.project import get_project
from db.records import (
    FrozenPerson,
    ImageRecord,
    PersonRecord,
    PersonScore,
    ProjectRecord,
    RoundPoint,
    RoundRecord,
    RoundStage,
    UserRecord,
)
from db.rounds import predictions, rounds
from db.store.session import Store
from sspcm.config import DEMO_WEIGHTS, TIMM, ModelConfig, RoundConfig
from sspcm.pose import Label, Prediction
from sspcm.ranking.ranking import score_persons

TRAIN_COMMAND = (sys.executable, "-P", "-m", "sspcm", "round")
"""What trains; the round's folder and the device follow."""
TEACHERS = ("A", "B", "A_prev", "B_prev")
"""Whose disagreement ranks the pool."""
NETWORKS = (*TEACHERS, "C")
PERSONS_A_TRANSACTION = 200
"""Annotators' saves wait for a transaction at most, so it stays short."""
REPORT_EVERY_S = 1.0
POLL_S = 0.2
TRAINER_NICE = 10
"""The trainer gives way to whatever else the machine does: annotators wait for their next image, a round does not."""

log = logging.getLogger(__name__)


class LearningError(RuntimeError):
    """A round that cannot be launched or cannot go on; the message may be shown as it is."""


# --- the lead's click ---------------------------------------------------------------------------------------------


def launch_round(store: Store, engine: Engine, *, config: RoundConfig, user: UserRecord) -> RoundRecord:
    """A new round, queued for the worker: its row and its job, together or not at all.

    Raises RoundActive while another one is, LearningError without a labelled person.
    """
    with store.transaction() as tx:
        if images.count(tx).persons_accepted == 0:
            raise LearningError(
                "no person is labelled yet; a round learns from labels. Label at least one person first."
            )
        record = rounds.create(tx, config_toml=config.to_toml(), user=user)
        engine.enqueue_round(tx, record.number)
    return record


def launch_from_page(store: Store, engine: Engine, *, config: RoundConfig, user: UserRecord) -> RoundRecord:
    """The same for somebody who may name weights but no paths. Raises ConfigError as well."""
    require_named(config, engine.home)
    return launch_round(store, engine, config=config, user=user)


def round_folder(settings: Settings, number: int, attempt: int = 1) -> Path:
    """Where one attempt at a round keeps its files."""
    return settings.rounds_dir / f"{number:04d}" / f"attempt-{attempt}"


def weights_folder(model: ModelConfig) -> Path | None:
    """The folder of the networks' starting weights; None where they start at random or from published weights."""
    if model.weights == "demo":
        return DEMO_WEIGHTS
    folder = Path(model.weights).expanduser().resolve()
    return None if _is_published(model.weights) or folder.is_file() else folder


def _is_published(weights: str) -> bool:
    return weights in ("random", "imagenet") or weights.startswith(TIMM)


def _require_weights(model: ModelConfig, folder: Path | None) -> None:
    """Weights that were there when the round was launched may be gone when it begins."""
    if folder is not None and not folder.is_dir():
        raise LearningError(
            f"model.weights is '{model.weights}', which is no folder and no file any more; wanted a folder with A, B "
            "and C.safetensors, or a file of the backbone's published weights. Put it back, or launch with others."
        )


# --- stage 1: freeze ----------------------------------------------------------------------------------------------


def freeze_round(store: Store, files: ImageFiles, settings: Settings, number: int, attempt: int = 1) -> None:
    """Fix what the round learns from, and write it down for the trainer as manifest.json."""
    began, folder = time.monotonic(), round_folder(settings, number, attempt)
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
    if (folder / "manifest.json").exists():
        return
    with store.reading() as tx:
        frozen = rounds.frozen(tx, record.id)
        content = build_manifest(
            config=_runnable(record, settings),
            project=get_project(tx),
            files=files,
            images_by_id={image.id: image for image in images.list_images(tx)},
            persons=images.list_persons(tx),
            frozen=frozen,
            frozen_labels=labels.get_labels(tx, [person.label_id for person in frozen]),
        )
    folder.mkdir(parents=True, exist_ok=True)
    _note_seconds(folder, "freeze", time.monotonic() - began)
    _write_json(folder / "manifest.json", content)


def _runnable(record: RoundRecord, settings: Settings) -> RoundConfig:
    """The round's settings with its weights' paths. Raises ConfigError where they are refused today."""
    config = RoundConfig.from_toml(record.config_toml)
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
) -> dict[str, Any]:
    """Plain data for the trainer (docs/architecture.md, the round's folder).

    labelled and validation: the frozen labels. unlabelled: every other person of the train split, but neither crowds
    nor boxes that hold nobody. Raises LearningError when nothing is labelled or an image file is gone.
    """
    if not any(person.role == "labelled" for person in frozen):
        raise LearningError(
            "no labelled person was left when the round froze its labels; a round learns from labels. "
            "Label at least one person, then launch again."
        )
    by_person = {person.person_id: person for person in frozen}
    listed = [
        _manifest_person(person, images_by_id[person.image_id], use, label, files=files, model=config.model)
        for person, use, label in _uses(persons, images_by_id, by_person, frozen_labels)
    ]
    weights = weights_folder(config.model)
    _require_weights(config.model, weights)
    return {
        "version": 1,
        "skeleton": project.skeleton.to_json(),
        "config": dataclasses.asdict(config),
        "weights": str(weights) if weights else None,
        "persons": listed,
    }


def _uses(
    persons: Sequence[PersonRecord],
    images_by_id: Mapping[int, ImageRecord],
    frozen: Mapping[int, FrozenPerson],
    frozen_labels: Mapping[int, Label],
) -> Iterator[tuple[PersonRecord, str, Label | None]]:
    """What each person is to the round; those that are nothing to it are left out."""
    for person in persons:
        if person.id in frozen:
            yield person, frozen[person.id].role, frozen_labels[frozen[person.id].label_id]
        elif _may_teach(person) and images_by_id[person.image_id].split == "train":
            yield person, "unlabelled", None


def _may_teach(person: PersonRecord) -> bool:
    """Whether the box holds one person, as far as anybody knows."""
    return person.state != "not_a_person" and person.extra.get("iscrowd") != 1


def _manifest_person(
    person: PersonRecord, image: ImageRecord, use: str, label: Label | None, *, files: ImageFiles, model: ModelConfig
) -> dict[str, Any]:
    try:
        path = files.path(image.sha256)
    except FileNotFoundError as error:
        raise LearningError(
            f"the file of image '{image.file_name}' is gone ({error}); the round needs it. "
            "Import its folder again, then launch the round again."
        ) from error
    box = person.box
    return {
        "id": person.id,
        "image": str(path.resolve()),
        "box": [box.x, box.y, box.width, box.height, box.angle],
        "lens": _lens(image) if model.orientation == "radial" else None,
        "area": person.oks_area,
        "use": use,
        "predict": True,
        "xyv": None if label is None else label.xyv.tolist(),
    }


def _lens(image: ImageRecord) -> list[float] | None:
    lens = lens_of(image)
    return [lens.x, lens.y, lens.radius] if lens else None


# --- stage 2: train -----------------------------------------------------------------------------------------------


def train_round(
    store: Store, settings: Settings, number: int, attempt: int = 1, *, command: Sequence[str] = TRAIN_COMMAND
) -> None:
    """Run the trainer on the round's folder in a process of its own, and tell the store how it goes.

    The trainer ends with this process, however that ends, and goes on from its last checkpoint when started again.
    Raises LearningError with the trainer's own words.
    """
    folder = round_folder(settings, number, attempt)
    if _read_status(folder).get("state") == "done":
        return
    (folder / "status.json").unlink(missing_ok=True)
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        rounds.report_progress(tx, record.id, stage="train", progress={})
    reporter = _Reporter(store, record.id)
    with (folder / "trainer.log").open("ab") as output:
        arguments = [*command, str(folder), "--device", settings.device]
        lock = settings.home / "train.lock"
        trainer = start_guarded(arguments, lock=lock, output=output, nice=TRAINER_NICE)
    try:
        _follow(trainer, folder / "metrics.jsonl", reporter)
    finally:
        exit_status = stop_guarded(trainer)
    _require_done(folder, exit_status)


def _follow(trainer: subprocess.Popen[bytes], path: Path, reporter: "_Reporter") -> None:
    """Report what the trainer writes until it ends."""
    tail = _Tail(path)
    while trainer.poll() is None:
        for line in tail.read():
            reporter.take(line)
        reporter.send()
        time.sleep(POLL_S)
    for line in tail.read():
        reporter.take(line)
    reporter.send(last=True)


class _Tail:
    """The whole lines that a growing file of JSON lines got since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def read(self) -> list[dict[str, Any]]:
        """A line that is no JSON is left out: a killed trainer leaves half a one."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read += len(whole)
        return [parsed for line in whole.splitlines() if (parsed := _parse(line)) is not None]


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


class _Reporter:
    """Brings the trainer's metrics to the round's row and curves, at most once in REPORT_EVERY_S."""

    def __init__(self, store: Store, round_id: int) -> None:
        self._store = store
        self._round_id = round_id
        self._stage: RoundStage = "train"
        self._progress: dict[str, Any] = {}
        self._ap: dict[str, float] = {}
        self._points: list[RoundPoint] = []
        self._began_at: int | None = None
        self._fresh = False
        self._sent = 0.0

    def take(self, line: dict[str, Any]) -> None:
        """Note one line of metrics.jsonl."""
        measured = _ap_of(line)
        self._ap |= measured
        self._stage = "score" if line.get("stage") == "predict" else "train"
        told = ("step", "steps", "epoch", "epochs", "loss", "seconds_left")
        self._progress = {key: line[key] for key in told if key in line} | {"ap": dict(self._ap)}
        self._fresh = True
        if line.get("began"):
            self._began_at = int(line["step"])
            self._points = [point for point in self._points if point.step <= self._began_at]
        if self._stage == "train" and "step" in line:
            values = {f"ap_{network}": value for network, value in measured.items()}
            if line.get("loss") is not None:
                values["loss"] = float(line["loss"])
            self._points.append(RoundPoint(int(line["step"]), values))

    def send(self, *, last: bool = False) -> None:
        """Write what is new. A database that is away for a while must not end a training: the next call writes it."""
        now = time.monotonic()
        if not self._fresh or (now - self._sent < REPORT_EVERY_S and not last):
            return
        self._sent = now
        try:
            with self._store.transaction(durable=False) as tx:
                rounds.report_progress(tx, self._round_id, stage=self._stage, progress=self._progress)
                if self._began_at is not None:
                    rounds.forget_points(tx, self._round_id, after=self._began_at)
                rounds.add_points(tx, self._round_id, self._points)
        except (OperationalError, StoreBusy) as error:
            said = error.orig if isinstance(error, OperationalError) else error
            log.warning("the round's progress could not be stored (%s); trying again.", said)
            return
        self._points, self._began_at, self._fresh = [], None, False


def _ap_of(line: dict[str, Any]) -> dict[str, float]:
    """AP by network, where just measured; the trainer tells it alone or among its kin (AP50, ...)."""
    found: dict[str, float] = {}
    for network, told in (line.get("ap") or {}).items():
        value = told.get("AP") if isinstance(told, dict) else told
        if value is not None:
            found[network] = float(value)
    return found


def _require_done(folder: Path, exit_status: int) -> None:
    status = _read_status(folder)
    if status.get("state") == "done":
        return
    if status.get("state") == "failed":
        raise LearningError(str(status.get("error")))
    if exit_status == LOCKED:
        raise LearningError(
            "another training runs in this home and did not end; a home trains one round at a time. "
            "End the process that holds train.lock, then launch the round again."
        )
    raise LearningError(
        f"the trainer ended with status {exit_status} and no word of its own; wanted it to finish. It may have been "
        f"killed, for want of memory for example. Its last lines: {_last_lines(folder / 'trainer.log')}"
    )


def _read_status(folder: Path) -> dict[str, Any]:
    path = folder / "status.json"
    return cast(dict[str, Any], json.loads(path.read_text())) if path.exists() else {}


def _last_lines(path: Path, count: int = 3) -> str:
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return " | ".join(lines[-count:]) or "(none)"


# --- stage 3: score -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, eq=False)
class PoolPredictions:
    """What the networks said about P persons: ids, and per network image pixels and confidence."""

    ids: Int[np.ndarray, "P"]
    xyc: Mapping[str, Float[np.ndarray, "P K 3"]]


def score_round(store: Store, settings: Settings, number: int, attempt: int = 1) -> None:
    """Store the predictions, each person's inconsistency, and the ranking of the images that are open now.

    Nobody sees any of it until the round is published.
    """
    began, folder = time.monotonic(), round_folder(settings, number, attempt)
    if "score" in _seconds(folder):
        return
    told = read_predictions(folder / "predictions.npz")
    with store.reading() as tx:
        record, skeleton = rounds.get(tx, number), get_project(tx).skeleton
        persons = {person.id: person for person in images.list_persons(tx)}
        pool = {person.id for person in images.list_persons(tx, split="train")}
    config = RoundConfig.from_toml(record.config_toml)
    found = score_persons(
        {name: told.xyc[name][..., :2] for name in TEACHERS},
        area=np.array([persons[int(person_id)].oks_area for person_id in told.ids]),
        skeleton=skeleton,
        top_keypoints=config.ranking.top_keypoints,
        flag_above=config.ranking.flag_above,
    )
    scores = {int(i): person_score(int(i), one) for i, one in zip(told.ids, found, strict=True) if int(i) in pool}
    _store_in_batches(store, record, told, scores)
    _store_ranking(store, record, config, scores)
    _note_seconds(folder, "score", time.monotonic() - began)


def read_predictions(path: Path) -> PoolPredictions:
    """The trainer's predictions of the whole pool."""
    with np.load(path, allow_pickle=False) as content:
        return PoolPredictions(content["ids"], {name: content[name] for name in NETWORKS})


def _store_in_batches(
    store: Store, record: RoundRecord, told: PoolPredictions, scores: Mapping[int, PersonScore]
) -> None:
    count, measured = len(told.ids), {key: record.progress[key] for key in ("ap",) if key in record.progress}
    for first in range(0, count, PERSONS_A_TRANSACTION):
        rows = range(first, min(first + PERSONS_A_TRANSACTION, count))
        ids = [int(told.ids[row]) for row in rows]
        batch = [(int(told.ids[row]), Prediction(told.xyc[name][row], name)) for row in rows for name in NETWORKS]
        with store.transaction() as tx:
            predictions.add_predictions(tx, record.id, batch)
            predictions.add_person_scores(tx, record.id, [scores[i] for i in ids if i in scores])
            progress = measured | {"step": rows.stop, "steps": count}
            rounds.report_progress(tx, record.id, stage="score", progress=progress)


def _store_ranking(store: Store, record: RoundRecord, config: RoundConfig, scores: Mapping[int, PersonScore]) -> None:
    """Rank the images as they are now: persons decided while the round ran no longer count."""
    with store.reading() as tx:
        open_images = {image.id for image in images.list_images(tx, split="train") if image.is_open}
        waiting = [
            person
            for person in images.list_persons(tx, split="train")
            if person.image_id in open_images and person.state == "open"
        ]
    entries = rank_pool(waiting, scores, blind_share=config.ranking.blind_share, seed=config.seed)
    with store.transaction() as tx:
        queue.add_round_ranking(tx, record.id, entries)


# --- stage 4: publish ---------------------------------------------------------------------------------------------


def publish_round(store: Store, settings: Settings, number: int, attempt: int = 1) -> None:
    """Show the round's ranking and predictions to annotators, by one pointer in one transaction."""
    folder = round_folder(settings, number, attempt)
    report = json.loads((folder / "report.json").read_text())
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        frozen = rounds.frozen(tx, record.id)
        metrics = {
            **report,
            "seconds": {**report.get("seconds", {}), **_seconds(folder)},
            "labelled": sum(person.role == "labelled" for person in frozen),
            "validation": sum(person.role == "validation" for person in frozen),
        }
        directory = folder.relative_to(settings.home).as_posix()
        rounds.publish(tx, record.id, metrics=metrics, directory=directory, now=utc_now())


# --- files --------------------------------------------------------------------------------------------------------


def _seconds(folder: Path) -> dict[str, float]:
    """How long this side's finished stages took, by name."""
    path = folder / "seconds.json"
    return cast(dict[str, float], json.loads(path.read_text())) if path.exists() else {}


def _note_seconds(folder: Path, stage: str, seconds: float) -> None:
    _write_json(folder / "seconds.json", {**_seconds(folder), stage: round(seconds, 2)})


def _write_json(path: Path, content: dict[str, Any]) -> None:
    write_atomically(path, json.dumps(content, allow_nan=False).encode())
