"""One round in a folder: manifest in; networks, predictions and a report out (docs/architecture.md).

Each stage looks for its own finished file first, so a round that was killed goes on where it stopped.
"""

import io
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from jaxtyping import Float

from sspcm.checkpoint import (
    MODEL_FILE,
    CheckpointError,
    load_starting_weights,
    load_training,
    save_networks,
    save_training,
    write_atomically,
)
from sspcm.config import DEMO_WEIGHTS, RoundConfig
from sspcm.crops import CropStore, Frame, crop_spec
from sspcm.cutting import CropError
from sspcm.geometry import Matrix, apply
from sspcm.manifest import Manifest, RoundError, RoundPerson, Use, read_manifest
from sspcm.metrics import Evaluated, average_precision
from sspcm.pose import Prediction
from sspcm.predict import predict_persons
from sspcm.training import (
    Labelled,
    StepLog,
    TrainingError,
    TrainingSet,
    is_refresh,
    make_optimiser,
    mean_frequency,
    train,
)
from sspcm.trio import MEMBERS, Trio, build_trio

TRAINING_FILE = "training.safetensors"
PREDICTIONS_FILE = "predictions.npz"
METRICS_FILE = "metrics.jsonl"
REPORT_FILE = "report.json"
STATUS_FILE = "status.json"
METRICS_EVERY_S = 1.0
PREDICT_BATCH = 64
NO_UNLABELLED = "there were no unlabelled persons: A, B and C learned from labels alone, without teaching each other."

logger = logging.getLogger(__name__)
Progress = Callable[[dict[str, Any]], None]


def run_round(folder: Path, *, device: torch.device, show: Progress | None = None) -> bool:
    """Run or go on with the round in `folder`; status.json tells how it ended, and so does the answer.

    show: called with each line of metrics.jsonl. Every error is written down before this returns False.
    """
    status = folder / STATUS_FILE
    if _is_done(status):
        return True
    status.unlink(missing_ok=True)
    try:
        _Round(folder, read_manifest(folder / "manifest.json"), device, show).run()
    except (RoundError, TrainingError, CheckpointError, CropError) as error:
        return _fail(status, str(error))
    except Exception as error:
        logger.exception("the round in %s stopped", folder)
        return _fail(
            status,
            f"the round stopped on {type(error).__name__}: {error}; wanted it to end by itself. "
            "Look into the log, then start it again: it goes on from its last checkpoint.",
        )
    _write_json(status, {"state": "done"})
    return True


@dataclass
class _Log:
    """What the report tells of the training; travels with its checkpoint."""

    ap_before: dict[str, dict[str, float | None]] = field(default_factory=dict)
    ap: dict[str, dict[str, float | None]] = field(default_factory=dict)
    epochs: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    train_seconds: float = 0.0


class _Round:
    """The stages of one round, told by `run`."""

    def __init__(self, folder: Path, manifest: Manifest, device: torch.device, show: Progress | None) -> None:
        self.folder, self.manifest, self.config, self.device = folder, manifest, manifest.config, device
        self.log, self._show = _Log(), show
        self.started = self._said = time.monotonic()
        self.frame = Frame(self.config.model.input_height, self.config.model.input_width)

    def run(self) -> None:
        """Train, predict, report; the checkpoint, which alone holds all five networks, goes last."""
        if not self.has(PREDICTIONS_FILE) or not self.has(REPORT_FILE):
            trio, optimiser, start = self.prepare()
            if self.steps_after(start) or not self.has(MODEL_FILE):
                self.train(trio, optimiser, start)
            if not self.has(PREDICTIONS_FILE):
                self.predict(trio)
            self.report()
        (self.folder / TRAINING_FILE).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Whether the folder holds this file, which is written whole or not at all."""
        return (self.folder / name).exists()

    def prepare(self) -> tuple[Trio, torch.optim.Optimizer, int]:
        """The networks as the last checkpoint or the starting weights have them, and the step to go on from."""
        torch.manual_seed(self.config.seed)
        model, skeleton = self.config.model, self.manifest.skeleton
        trio = build_trio(model, keypoints=len(skeleton), seed=self.config.seed).to(self.device)
        optimiser = make_optimiser(trio, self.config.train)
        if self.has(TRAINING_FILE):
            step, log = load_training(self.folder / TRAINING_FILE, trio, optimiser)
            self.log = _Log(**log)
            return trio, optimiser, step
        weights = self.starting_weights()
        if weights is not None:
            load_starting_weights(weights, trio, skeleton=skeleton, model=model)
        return trio, optimiser, 0

    def starting_weights(self) -> Path | None:
        """The manifest's folder, else what the settings name; None for random ones."""
        if self.manifest.weights is not None:
            return self.manifest.weights
        named = self.config.model.weights
        return {"random": None, "demo": DEMO_WEIGHTS}.get(named, Path(named))

    def train(self, trio: Trio, optimiser: torch.optim.Optimizer, start: int) -> None:
        """From `start` to the last step: a checkpoint at each refresh and at the end, then the finished networks."""
        (self.folder / MODEL_FILE).unlink(missing_ok=True)  # the networks it vouches for are about to change
        data, validation = self.read_training_set(), self.read_validation()
        if start == 0:
            self.log.ap_before = self.log.ap = self.measure(trio, validation)
        else:
            self.log.warnings.append(f"the training was interrupted, and went on from step {start}.")
        self.begin_metrics(start)
        earlier, began = self.log.train_seconds, time.monotonic()
        epoch: list[StepLog] = []
        for log in train(trio, optimiser, data, self.config, start=start, device=self.device):
            epoch.append(log)
            seconds = time.monotonic() - began
            line = _train_line(log, self.config, seconds_left=seconds / (log.step - start) * self.steps_after(log.step))
            if not is_refresh(log.step, self.config.train) and self.steps_after(log.step):
                self.say(line)
                continue
            self.log.ap = self.measure(trio, validation)
            self.log.train_seconds = earlier + time.monotonic() - began
            self.log.epochs.append(_summary(epoch) | {"step": log.step, "ap": self.log.ap})
            self.say(line | _summary(epoch) | {"ap": _only_ap(self.log.ap)}, always=True)
            save_training(self.folder / TRAINING_FILE, trio, optimiser, step=log.step, log=vars(self.log))
            epoch = []
        save_networks(self.folder, trio.networks(), skeleton=self.manifest.skeleton, model=self.config.model)

    def begin_metrics(self, start: int) -> None:
        """Tell where the training begins: a reader forgets what an interrupted one told beyond that step."""
        path = self.folder / METRICS_FILE
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            with path.open("a") as file:
                file.write("\n")  # a killed process leaves half a line
        line = _line(start, self.config) | {"began": True, "ap": _only_ap(self.log.ap)}
        self.say(line, always=True)

    def steps_after(self, step: int) -> int:
        """How many steps are left once `step` of them are done."""
        return self.config.train.steps - step

    def read_training_set(self) -> TrainingSet:
        """The labelled and unlabelled persons' crops; validation persons are in neither."""
        labelled, unlabelled = self.manifest.used_as("labelled"), self.manifest.used_as("unlabelled")
        if not labelled:
            raise TrainingError(
                "there is no labelled person to train on; wanted at least one. "
                "Label a few persons, then start the round."
            )
        if not unlabelled and NO_UNLABELLED not in self.log.warnings:
            self.log.warnings.append(NO_UNLABELLED)
        crops = self.crops(labelled)
        xyv = [_in_crop(person, spec.matrix) for person, spec in zip(labelled, crops.specs, strict=True)]
        return TrainingSet(
            labelled=Labelled(crops, torch.from_numpy(np.stack(xyv)).float()),
            unlabelled=self.crops(unlabelled) if unlabelled else None,
            mirror=torch.from_numpy(self.manifest.skeleton.mirror_array),
        )

    def read_validation(self) -> CropStore:
        """The validation persons' crops, for measuring only."""
        return self.crops(self.manifest.used_as("validation"))

    def crops(self, persons: Sequence[RoundPerson]) -> CropStore:
        """Their crops, kept or streamed."""
        specs = [crop_spec(person.image, person.box, person.lens, self.config.model) for person in persons]
        return CropStore(specs, self.frame, threads=self.config.train.loader_threads)

    def measure(self, trio: Trio, validation: CropStore) -> dict[str, dict[str, float | None]]:
        """AP and its kin of A, B and C on the validation persons; empty without any."""
        persons = self.manifest.used_as("validation")
        if not persons:
            return {}
        images = {path: number for number, path in enumerate(dict.fromkeys(person.image for person in persons))}
        predicted = predict_persons(trio.networks(), validation, batch=PREDICT_BATCH, device=self.device)
        return {
            name: _finite(
                average_precision(
                    [
                        Evaluated(Prediction(xyc, name), person.label, person.area, images[person.image])
                        for person, xyc in zip(persons, rows, strict=True)
                        if person.label is not None
                    ],
                    self.manifest.skeleton,
                )
            )
            for name, rows in predicted.items()
        }

    def predict(self, trio: Trio) -> None:
        """All five members' word on every person to be predicted, in image pixels."""
        persons = [person for person in self.manifest.persons if person.predict]
        count, keypoints = len(persons), len(self.manifest.skeleton)
        found: dict[str, list[Float[np.ndarray, "P K 3"]]] = {name: [] for name in MEMBERS}
        began = time.monotonic()
        for first in range(0, count, PREDICT_BATCH):
            crops = self.crops(persons[first : first + PREDICT_BATCH])
            for name, rows in predict_persons(trio.members(), crops, batch=PREDICT_BATCH, device=self.device).items():
                found[name].append(rows)
            done = first + len(crops)
            left = (time.monotonic() - began) / done * (count - done)
            self.say({"stage": "predict", "step": done, "steps": count, "seconds_left": round(left, 1)}, always=True)
        empty = np.empty((0, keypoints, 3))
        arrays: dict[str, Any] = {name: np.concatenate([empty, *rows]) for name, rows in found.items()}
        content = io.BytesIO()
        np.savez_compressed(content, ids=np.array([person.id for person in persons], dtype=np.int64), **arrays)
        write_atomically(self.folder / PREDICTIONS_FILE, content.getvalue())

    def report(self) -> None:
        """What the round achieved, in one file."""
        seconds = {"train": round(self.log.train_seconds, 1), "this_run": round(time.monotonic() - self.started, 1)}
        frequencies = [epoch["pair_frequency"] for epoch in self.log.epochs if "pair_frequency" in epoch]
        _write_json(
            self.folder / REPORT_FILE,
            {
                "ap": self.log.ap,
                "ap_before": self.log.ap_before,
                "pair_frequency": frequencies,
                "refreshes": sum(is_refresh(step, self.config.train) for step in range(self.config.train.steps)),
                "epochs": self.log.epochs,
                "persons": {use: len(self.manifest.used_as(use)) for use in get_args(Use)},
                "warnings": self.log.warnings,
                "seconds": seconds,
                "device": str(self.device),
            },
        )

    def say(self, line: dict[str, Any], *, always: bool = False) -> None:
        """Append a line to metrics.jsonl: at most about one a second, unless it must not be missed."""
        if not always and time.monotonic() - self._said < METRICS_EVERY_S:
            return
        self._said = time.monotonic()
        with (self.folder / METRICS_FILE).open("a") as file:
            file.write(json.dumps(line) + "\n")
        if self._show is not None:
            self._show(line)


def _train_line(log: StepLog, config: RoundConfig, *, seconds_left: float) -> dict[str, Any]:
    told = {"loss": log.loss, "losses": log.losses, "seconds_left": round(seconds_left, 1)}
    return _line(log.step, config) | told


def _line(step: int, config: RoundConfig) -> dict[str, Any]:
    every, steps = config.train.snapshot_every, config.train.steps
    epochs = max(1, steps // every)  # steps that fill no whole epoch belong to the last
    epoch = min((max(step, 1) - 1) // every + 1, epochs)
    return {"stage": "train", "step": step, "steps": steps, "epoch": epoch, "epochs": epochs}


def _summary(epoch: Sequence[StepLog]) -> dict[str, Any]:
    """Pair frequencies, masked share and mean peak since the last refresh; nothing without unlabelled persons."""
    frequency = mean_frequency(epoch)
    if frequency is None:
        return {}
    return {
        "pair_frequency": [round(share, 4) for share in frequency],
        "masked": round(float(np.mean([log.masked for log in epoch if log.masked is not None])), 4),
        "mean_peak": round(float(np.mean([log.mean_peak for log in epoch if log.mean_peak is not None])), 4),
    }


def _only_ap(measured: dict[str, dict[str, float | None]]) -> dict[str, float | None]:
    return {name: figures["AP"] for name, figures in measured.items()}


def _finite(figures: dict[str, float]) -> dict[str, float | None]:
    """JSON knows no NaN: a figure that could not be measured is null."""
    return {name: round(value, 4) if np.isfinite(value) else None for name, value in figures.items()}


def _in_crop(person: RoundPerson, matrix: Matrix) -> Float[np.ndarray, "K 3"]:
    """A labelled person's keypoints in input pixels, with visibility."""
    assert person.label is not None
    return np.column_stack((apply(matrix, person.label.xyv[:, :2]), person.label.xyv[:, 2]))


def _is_done(status: Path) -> bool:
    try:
        return bool(json.loads(status.read_text()).get("state") == "done")
    except (OSError, ValueError):
        return False


def _fail(status: Path, error: str) -> bool:
    _write_json(status, {"state": "failed", "error": error})
    return False


def _write_json(path: Path, data: dict[str, Any]) -> None:
    write_atomically(path, json.dumps(data, indent=1).encode())
