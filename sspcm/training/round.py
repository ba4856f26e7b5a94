"""One round in a folder: manifest in; networks, predictions and a report out (docs/architecture.md).

Each stage looks for its own finished file first, so a round that was killed goes on where it stopped.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import numpy as np
import torch
from jaxtyping import Float
from torch import distributed

from sspcm.config import IMPORTED, ConfigError
from sspcm.crops.sampling import ALONE, Share
from sspcm.crops.store import CropStore, Frame, crop_spec
from sspcm.cutting import CropError
from sspcm.evaluation.metrics import Evaluated, average_precision, oks
from sspcm.geometry import Matrix, apply
from sspcm.manifest import Manifest, RoundError, RoundPerson, Use, read_manifest
from sspcm.members import LearnerName
from sspcm.method.step import StepLog
from sspcm.method.trio import Trio
from sspcm.models.checkpoint import MODEL_FILE, CheckpointError, save_networks
from sspcm.models.graphs import Graphs, graphs_in, has_graphs, import_graphs, keep_graphs
from sspcm.models.predict import PREDICT_BATCH, predict_persons
from sspcm.networks import PoseNetwork
from sspcm.pose import Prediction
from sspcm.round_folder import (
    MANIFEST_FILE,
    METRICS_FILE,
    PREDICTIONS_FILE,
    REPORT_FILE,
    STATUS_FILE,
    TRAINING_FILE,
)
from sspcm.shard_files import forget_shards
from sspcm.training.anchor import Anchor
from sspcm.training.initial_weights import make_trio, start_networks
from sspcm.training.loop import (
    Labelled,
    TrainingError,
    TrainingSet,
    is_refresh,
    left_out_of,
    make_optimiser,
    require_finite_weights,
    train,
)
from sspcm.training.machine import used
from sspcm.training.moving import Way, move
from sspcm.training.pool import Pool, take_finished, take_mean
from sspcm.training.pseudo_labels import pseudo_labelled
from sspcm.training.resume import identity_of, load_training, save_training
from sspcm.training.shards import predict_in_shards
from sspcm.training.stopping import Stopped, told_to_stop
from sspcm.training.telling import (
    METRICS_EVERY_S,
    NO_PSEUDO,
    NO_START,
    NO_UNLABELLED,
    Log,
    Pace,
    Predicting,
    Progress,
    finite_figures,
    line_of,
    only_ap,
    pack_steps,
    summarise,
    train_line,
    unpack_steps,
)
from sspcm.training.time_left import TimeLeft
from sspcm.whole_files import write_atomically

logger = logging.getLogger(__name__)
Name = TypeVar("Name", bound=str)


def run_round(folder: Path, *, device: torch.device, show: Progress | None = None, share: Share = ALONE) -> bool:
    """Run or go on with the round in `folder`; status.json tells how it ended, and so does the answer.

    show: called with each line of metrics.jsonl. share: this process's part; with more than one process,
    torch.distributed is initialised and the first one writes. Every error is written down before this returns False.
    """
    status = folder / STATUS_FILE
    if _is_done(status):
        return True
    if share.first:
        status.unlink(missing_ok=True)
    if share.world > 1:
        distributed.barrier()  # the status of before is gone: `_end` asks whether one stands there
    try:
        _Round(folder, read_manifest(folder / MANIFEST_FILE), device, show, share).run()
    except (RoundError, TrainingError, CheckpointError, ConfigError, CropError) as error:
        return _end(status, "failed", str(error), alone=share.world == 1)
    except Stopped as word:
        return _end(status, "stopped", str(word), alone=share.world == 1)
    except Exception as error:
        logger.exception("the round in %s stopped", folder)
        return _end(
            status,
            "failed",
            f"the round stopped on {type(error).__name__}: {error}; wanted it to end by itself. "
            "Look into the log, then start it again: it goes on from its last checkpoint.",
            alone=share.world == 1,
        )
    if share.first:
        _write_json(status, {"state": "done"})
    return True


class _Round:
    """The stages of one round, told by `run`."""

    def __init__(
        self, folder: Path, manifest: Manifest, device: torch.device, show: Progress | None, share: Share
    ) -> None:
        self.folder, self.manifest, self.config, self.device = folder, manifest, manifest.config, device
        self.log, self.share, self._show = Log(), share, show
        self.time_left = TimeLeft(manifest)
        self.started = self._said = time.monotonic()
        self.frame = Frame(self.config.model.input_height, self.config.model.input_width)
        self.plain = replace(self.frame, context=1.0)

    @property
    def identity(self) -> str:
        """Whose checkpoints this training goes on from."""
        return identity_of(self.folder / MANIFEST_FILE)

    def run(self) -> None:
        """Train, predict, report; the checkpoint, which alone holds all five networks, goes last."""
        if not self.has(PREDICTIONS_FILE) or not self.has(REPORT_FILE):
            trio, optimiser, start = self.prepare()
            # The second: killed after the last checkpoint, before its networks were written.
            if self.steps_after(start) or not self.has(MODEL_FILE):
                self.train(trio, optimiser, start)
            else:
                take_finished(self.folder, trio, self.config.train)
            if not self.share.first:
                return
            if not self.has(PREDICTIONS_FILE):
                self.predict(trio)
            self.report()
        if self.share.first:
            (self.folder / TRAINING_FILE).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Whether the folder holds this file, which is written whole or not at all."""
        return (self.folder / name).exists()

    def prepare(self) -> tuple[Trio, torch.optim.Optimizer, int]:
        """The networks as the last checkpoint or the starting weights have them, and the step to go on from."""
        model, skeleton = self.config.model, self.manifest.skeleton
        trio = make_trio(self.config, skeleton, graphs=self.graphs()).to(self.device)
        optimiser = make_optimiser(trio, self.config.train)
        if self.has(TRAINING_FILE):
            step, log = load_training(self.folder / TRAINING_FILE, trio, optimiser, identity=self.identity)
            self.log = Log.recalled(log)
            if self.log.processes != self.share.world:
                self.log.warnings.append(
                    f"the training went on in {self.share.world} processes from step {step} on, before in "
                    f"{self.log.processes}: batches are the same, but each process has statistics of its own part."
                )
                self.log.processes = self.share.world
            return trio, optimiser, step
        start_networks(trio, model, skeleton, folder=self.manifest.weights)
        self.log.processes = self.share.world
        return trio, optimiser, 0

    def graphs(self) -> Graphs | None:
        """What imported networks are built on: kept in the folder before anything else, so that a checkpoint always
        finds the very same; None for others."""
        if self.config.model.backbone != IMPORTED:
            return None
        if has_graphs(self.folder):
            return graphs_in(self.folder)
        graphs = import_graphs(self.config.model, self.manifest.weights)
        if self.share.first:
            keep_graphs(self.folder, graphs)
        return graphs

    def train(self, trio: Trio, optimiser: torch.optim.Optimizer, start: int) -> None:
        """From `start` to the last step: a checkpoint at each refresh and at the end, then the finished networks."""
        data = self.read_training_set()
        validation = self.read_validation() if self.share.first else None
        if validation is not None:
            for unfinished in self.folder.glob(f".{TRAINING_FILE}.*"):
                unfinished.unlink()  # a write that was killed
            (self.folder / MODEL_FILE).unlink(missing_ok=True)  # the networks it vouches for are about to change
            forget_shards(self.folder)
            self.begin_training(trio, validation, start)
        earlier, began = self.log.train_seconds, time.monotonic()
        epoch = unpack_steps(self.log.under_way)
        with told_to_stop() as stop:
            for log in train(
                trio, optimiser, data, self.config,
                start=start, device=self.device, share=self.share, anchor=self.anchor(trio),
            ):  # fmt: skip
                is_asked = stop.agreed(self.share, log.step) and bool(self.steps_after(log.step))
                if validation is not None:
                    epoch.append(log)
                    seconds = time.monotonic() - began
                    pace = Pace(log.step, start, seconds, data.unlabelled is not None)
                    self.log.train_seconds = earlier + seconds  # before a checkpoint, which carries the log
                    if is_refresh(log.step, self.config.train) or not self.steps_after(log.step):
                        self.end_epoch(trio, validation, epoch, pace)
                        epoch = []
                        self.keep(trio, optimiser, log.step, epoch)
                    elif is_asked:
                        require_finite_weights(trio, log.step)
                        self.keep(trio, optimiser, log.step, epoch)
                    elif self.is_due():
                        self.say(train_line(log, self.config, pace, used(self.device)))
                if is_asked:
                    raise Stopped(
                        f"the training was told to end after step {log.step} of {self.config.train.steps}, which is "
                        "kept. Start it again: it goes on from there."
                    )
        if validation is not None:
            self.move(trio, validation)
            self.save(trio)

    def anchor(self, trio: Trio) -> Anchor | None:
        """What holds the networks back that start as a whole model; None where nothing is to, or none does."""
        share = self.config.train.anchor
        if not share:
            return None
        start, whole = self.as_it_began()
        if not whole:
            if NO_START not in self.log.warnings:
                self.log.warnings.append(NO_START)
            return None
        held = {name: network for name, network in trio.networks().items() if name in whole}
        return Anchor(held, start.networks(), share)

    def as_it_began(self) -> tuple[Trio, frozenset[LearnerName]]:
        """The networks as they were before the first step, made anew, and which of them start as a whole model."""
        start = make_trio(self.config, self.manifest.skeleton, graphs=self.graphs()).to(self.device)
        return start, start_networks(start, self.config.model, self.manifest.skeleton, folder=self.manifest.weights)

    def keep(self, trio: Trio, optimiser: torch.optim.Optimizer, step: int, epoch: Sequence[StepLog]) -> None:
        """A checkpoint. epoch: the steps since the last refresh, where the training stops between two."""
        self.log.under_way = pack_steps(epoch)
        path, told = self.folder / TRAINING_FILE, vars(self.log)
        save_training(path, trio, optimiser, step=step, log=told, identity=self.identity)

    def move(self, trio: Trio, validation: CropStore) -> None:
        """The networks as far from where they started as the persons say whom they left out; then C where it is the
        mean of A and B; measured again."""
        if not self.config.train.held_out and self.config.train.ships == "A":
            return
        self.move_by_held_out(trio)
        take_mean(trio, self.config.train)
        self.log.ap = self.measure(trio, validation)
        self.say(line_of(self.config.train.steps, self.config) | {"ap": only_ap(self.log.ap)})

    def move_by_held_out(self, trio: Trio) -> None:
        """Every network that left persons out."""
        persons = self.manifest.used_as("labelled")
        start, _ = self.as_it_began()
        ways = {}
        for number, (name, network) in enumerate(trio.networks().items()):
            left_out = [persons[i] for i in left_out_of([one.id for one in persons], self.config, network=number)]
            if left_out:
                measure = partial(self.oks_of, left_out, self.crops(left_out, frame=self.plain))
                ways[name] = Way(network, start.networks()[name], measure)
        moved = move(ways) if ways else {}
        self.log.moved = {name: asdict(one) for name, one in moved.items()}
        if moved and not any(one.part for one in moved.values()):
            count = sum(one.persons for one in moved.values())
            self.log.warnings.append(
                f"the networks stay as they started: trained, they are no better on the {count} labelled people "
                "whom they left out. Label more people."
            )

    def oks_of(self, persons: Sequence[RoundPerson], crops: CropStore, network: PoseNetwork) -> Float[np.ndarray, "P"]:
        """OKS of each labelled person; those without a placed keypoint are left out."""
        sigmas, found = self.manifest.skeleton.sigma_array, self.look({"A": network}, crops)["A"]
        each = [
            oks(xyc[:, :2], person.label, area=person.area, sigmas=sigmas)
            for person, xyc in zip(persons, found, strict=True)
            if person.label is not None
        ]
        return np.array([value for value in each if not np.isnan(value)])

    def save(self, trio: Trio) -> None:
        """The finished networks; without a student C is A, its backbone too."""
        model = self.config.model
        if not trio.has_student:
            model = replace(model, student_backbone=model.backbone)
        save_networks(self.folder, trio.shipped(), skeleton=self.manifest.skeleton, model=model)

    def begin_training(self, trio: Trio, validation: CropStore, start: int) -> None:
        """What there is to tell before the first step."""
        if start == 0:
            self.log.ap_before = self.log.ap = self.measure(trio, validation)
        else:
            self.log.warnings.append(f"the training was interrupted, and went on from step {start}.")
        self.begin_metrics(start)

    def end_epoch(self, trio: Trio, validation: CropStore, epoch: Sequence[StepLog], pace: Pace) -> None:
        """Measure and tell at a refresh, or at the end."""
        summary, last = summarise(epoch), epoch[-1]
        if summary.get("masked") == 1.0 and not self.steps_after(last.step):
            self.log.warnings.append(
                "the unlabelled persons taught nothing, to the end: none of their keypoints was confident enough (mean "
                f"peak {summary['mean_peak']:.3f}, train.mask_peak {self.config.train.mask_peak}). Train longer, or "
                "start from better weights."
            )
        self.log.ap = self.measure(trio, validation)
        self.log.epochs.append(summary | {"step": last.step, "ap": self.log.ap})
        line = train_line(last, self.config, pace, used(self.device))
        self.say(line | summary | {"ap": only_ap(self.log.ap)})

    def begin_metrics(self, start: int) -> None:
        """Tell where the training begins: a reader forgets what an interrupted one told beyond that step."""
        path = self.folder / METRICS_FILE
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            with path.open("a") as file:
                file.write("\n")  # a killed process leaves half a line
        line = line_of(start, self.config) | {"began": True, "ap": only_ap(self.log.ap)}
        self.say(line)

    def steps_after(self, step: int) -> int:
        """How many steps are left once `step` of them are done."""
        return self.config.train.steps - step

    def read_training_set(self) -> TrainingSet:
        """The labelled, pseudo-labelled and unlabelled persons' crops; validation persons are in none of them."""
        labelled, unlabelled = self.manifest.used_as("labelled"), self.manifest.used_as("unlabelled")
        wanted = bool(self.config.method.paths)
        if not labelled:
            raise TrainingError(
                "there is no labelled person to train on; wanted at least one. "
                "Label a few persons, then start the round."
            )
        if wanted and not unlabelled and NO_UNLABELLED not in self.log.warnings:
            self.log.warnings.append(NO_UNLABELLED)
        pseudo = pseudo_labelled(self.manifest)
        if self.config.train.pseudo_share and not pseudo and NO_PSEUDO not in self.log.warnings:
            self.log.warnings.append(NO_PSEUDO)
        taught = (*labelled, *pseudo)
        crops = self.crops(taught)
        xyv = [_in_crop(person, spec.matrix) for person, spec in zip(taught, crops.specs, strict=True)]  # K 3 each
        ids = tuple(one.id for one in labelled)
        return TrainingSet(
            labelled=Labelled(crops, torch.from_numpy(np.stack(xyv)).float(), ids, pseudo=len(pseudo)),
            unlabelled=self.crops(unlabelled) if wanted and unlabelled else None,
            mirror=torch.from_numpy(self.manifest.skeleton.mirror_array),
        )

    def read_validation(self) -> CropStore:
        """The crops of the labelled validation persons, for measuring only."""
        return self.crops(self.manifest.measured_by(), frame=self.plain)

    def crops(self, persons: Sequence[RoundPerson], *, frame: Frame | None = None) -> CropStore:
        """Their crops, kept or streamed; frame: the size, with the surroundings that views need unless told."""
        specs = [crop_spec(person.image, person.box, person.lens, self.config.model) for person in persons]
        threads, began = self.config.train.loader_threads, time.monotonic()
        store = CropStore(specs, frame or self.frame, threads=threads)
        if not store.streams:
            self.time_left.cut(len(specs), time.monotonic() - began)
        return store

    def look(self, networks: Mapping[Name, PoseNetwork], crops: CropStore) -> dict[Name, Float[np.ndarray, "P K 3"]]:
        """What the networks say about these persons."""
        return predict_persons(
            networks,
            crops,
            batch=PREDICT_BATCH,
            device=self.device,
            keypoints=len(self.manifest.skeleton),
            pixels=self.config.model.pixels,
        )

    def measure(self, trio: Trio, validation: CropStore) -> dict[str, dict[str, float | None]]:
        """AP and its kin of A, B and C on the labelled validation persons; empty without any. C is what is shipped."""
        persons = self.manifest.measured_by()
        if not persons:
            return {}
        take_mean(trio, self.config.train)
        # AP matches within an image
        images = {path: number for number, path in enumerate(dict.fromkeys(person.image for person in persons))}
        predicted = self.look(trio.shipped(), validation)
        figures: dict[str, dict[str, float | None]] = {
            name: finite_figures(
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
        return figures

    def predict(self, trio: Trio) -> None:
        """Everybody to be predicted, in shards that other processes may share (sspcm/training/scorer.py)."""
        persons = sum(person.predict for person in self.manifest.persons)
        told = Predicting(self.say, persons=persons, members=len(trio.members()))
        pool = Pool(self.manifest, trio, self.device, told)
        predict_in_shards(self.folder, pool.persons, pool.predict, told)

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
                "moved": self.log.moved,
                "persons": {use: len(self.manifest.used_as(use)) for use in get_args(Use)}
                | {"validation": len(self.manifest.measured_by())},
                "pseudo_labelled": len(pseudo_labelled(self.manifest)),
                "warnings": self.log.warnings,
                "seconds": seconds,
                "device": str(self.device),
            },
        )

    def is_due(self) -> bool:
        """Whether METRICS_EVERY_S passed since the last line."""
        return time.monotonic() - self._said >= METRICS_EVERY_S

    def say(self, line: dict[str, Any]) -> None:
        """Append a line to metrics.jsonl."""
        line = self.time_left.in_all(line)
        self._said = time.monotonic()
        with (self.folder / METRICS_FILE).open("a") as file:
            file.write(json.dumps(line) + "\n")
        if self._show is not None:
            self._show(line)


def _in_crop(person: RoundPerson, matrix: Matrix) -> Float[np.ndarray, "K 3"]:
    """A labelled or pseudo-labelled person's keypoints in input pixels, with visibility."""
    assert person.label is not None
    return np.column_stack((apply(matrix, person.label.xyv[:, :2]), person.label.xyv[:, 2]))


def _is_done(status: Path) -> bool:
    try:
        return bool(json.loads(status.read_text()).get("state") == "done")
    except (OSError, ValueError):
        return False


def _end(status: Path, state: Literal["failed", "stopped"], word: str, *, alone: bool) -> bool:
    """Write down why it did not end well; another process's word is the cause of ours: what stands there stays."""
    if alone or not status.exists():
        _write_json(status, {"state": state, "error": word})
    return False


def _write_json(path: Path, data: dict[str, Any]) -> None:
    write_atomically(path, json.dumps(data, indent=1).encode())
