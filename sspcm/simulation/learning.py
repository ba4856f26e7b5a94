"""One round of a simulation: networks trained on the labels so far by the product's own round, and what they say."""

import io
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int

from sspcm.config import RoundConfig
from sspcm.crops.store import CropStore, Frame, crop_spec
from sspcm.manifest import Manifest, RoundPerson, Use
from sspcm.members import COMPARED, STUDENT
from sspcm.models.folder import open_model
from sspcm.models.predict import PREDICT_BATCH, predict_persons
from sspcm.ranking.inconsistency import mutual_oks
from sspcm.round_folder import PREDICTIONS_FILE, STATUS_FILE
from sspcm.simulation.acquisition import Source
from sspcm.simulation.people import Everybody, SimulationError
from sspcm.training.folder import open_folder
from sspcm.training.round import run_round
from sspcm.whole_files import write_atomically

SEEN_FILE = "seen.npz"
"""What a round's networks said, kept when their weights are gone."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a round learns from, and whom it is asked about. compared: whether the members' answers are wanted, too,
    of `waiting`, to order the pool by."""

    labelled: Int[np.ndarray, "L"]
    waiting: Int[np.ndarray, "W"]
    others: Int[np.ndarray, "O"]
    compared: bool


def learn(
    folder: Path, lesson: Lesson, everybody: Everybody, config: RoundConfig, *, name: str, device: torch.device
) -> Source:
    """What the round's student says of those who wait and of the others, NaN of everybody else.

    Done before, it is read out of the folder; interrupted, it goes on. The networks stay in the folder. Raises
    SimulationError with the training's own words.
    """
    path = folder / SEEN_FILE
    if not path.exists():
        open_folder(folder, _manifest(lesson, everybody, config))
        if not run_round(folder, device=device):
            raise SimulationError(str(json.loads((folder / STATUS_FILE).read_text())["error"]))
        _keep(path, _see(folder, lesson, everybody, config, device))
    with np.load(path, allow_pickle=False) as kept:
        return Source(name, kept["xyc"], kept["inconsistency"])


def going_on_from(config: RoundConfig, folder: Path | None) -> RoundConfig:
    """The settings with the networks of an earlier round to begin at; without one as they are."""
    return config if folder is None else replace(config, model=replace(config.model, weights=str(folder.resolve())))


def throw_networks_away(folder: Path) -> None:
    """A simulation has many: what they said is kept."""
    for heavy in (*folder.glob("*.safetensors"), *folder.glob("*.onnx")):
        heavy.unlink()


def _manifest(lesson: Lesson, everybody: Everybody, config: RoundConfig) -> Manifest:
    """Labels of the labelled; those who wait are unlabelled; nobody else is there, not even to measure on."""

    def person(i: int, use: Use) -> RoundPerson:
        one = everybody.persons[i]
        return RoundPerson(
            id=i,
            image=one.image.path.resolve(),
            box=one.box,
            lens=everybody.lens(i),
            area=one.area,
            use=use,
            predict=lesson.compared and use == "unlabelled",
            label=one.label if use == "labelled" else None,
        )

    persons = [person(int(i), "labelled") for i in lesson.labelled]
    persons += [person(int(i), "unlabelled") for i in lesson.waiting]
    return Manifest(everybody.skeleton, config, None, tuple(persons))


def _see(folder: Path, lesson: Lesson, everybody: Everybody, config: RoundConfig, device: torch.device) -> Source:
    count, keypoints = len(everybody), len(everybody.skeleton)
    xyc, inconsistency = np.full((count, keypoints, 3), np.nan), np.full((count, keypoints), np.nan)
    asked = lesson.others if lesson.compared else np.concatenate([lesson.waiting, lesson.others])
    if lesson.compared:
        with np.load(folder / PREDICTIONS_FILE, allow_pickle=False) as said:
            rows, members = said["ids"], np.stack([said[name][..., :2] for name in COMPARED])
            xyc[rows] = said[STUDENT]
        area = everybody.area[rows]
        inconsistency[rows] = mutual_oks(members, area=area, sigmas=everybody.skeleton.sigma_array)
    xyc[asked] = _predict(folder, asked, everybody, config, device)
    return Source(STUDENT, xyc, inconsistency)


def _predict(
    folder: Path, rows: Int[np.ndarray, "N"], everybody: Everybody, config: RoundConfig, device: torch.device
) -> Float[np.ndarray, "N K 3"]:
    """The student's word alone."""
    model = open_model(folder, device=device)
    specs = [
        crop_spec(everybody.persons[i].image.path, everybody.persons[i].box, everybody.lens(int(i)), config.model)
        for i in rows
    ]
    frame = Frame(config.model.input_height, config.model.input_width, context=1.0)
    return predict_persons(
        {"C": model.network},
        CropStore(specs, frame, threads=1, memory_budget=0),
        batch=PREDICT_BATCH,
        device=device,
        pixels=config.model.pixels,
        keypoints=len(everybody.skeleton),
    )["C"]


def _keep(path: Path, source: Source) -> None:
    content = io.BytesIO()
    np.savez_compressed(content, xyc=source.xyc, inconsistency=source.inconsistency)
    write_atomically(path, content.getvalue())


def shortened(config: RoundConfig, steps: int) -> RoundConfig:
    """The settings with so many steps, and a snapshot refresh within them."""
    every = min(config.train.snapshot_every, max(1, steps // 2))
    return replace(config, train=replace(config.train, steps=steps, snapshot_every=every))
