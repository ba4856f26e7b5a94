"""The people of a round who are predicted, and what its finished networks say of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from sspcm.config import IMPORTED, TrainConfig
from sspcm.crops.store import CropStore, Frame, crop_spec
from sspcm.geometry import enlarged
from sspcm.manifest import Manifest, RoundPerson
from sspcm.members import CLOSER_LOOK, STUDENT
from sspcm.method.trio import Trio
from sspcm.models.checkpoint import load_network
from sspcm.models.graphs import graphs_in
from sspcm.models.predict import PREDICT_BATCH, predict_persons
from sspcm.ranking.inconsistency import CLOSER
from sspcm.round_folder import MANIFEST_FILE, TRAINING_FILE
from sspcm.training.initial_weights import make_trio
from sspcm.training.resume import identity_of, load_snapshots


class Looks(Protocol):
    """Who is told how many crops were just looked at."""

    def by_members(self, crops: int) -> None:
        """By every network."""

    def by_student(self, crops: int) -> None:
        """By the student alone."""


class Pool:
    """Predicts people of a manifest. persons: all who are to be predicted, in its order."""

    def __init__(self, manifest: Manifest, trio: Trio, device: torch.device, looks: Looks) -> None:
        self.persons = [person for person in manifest.persons if person.predict]
        self._manifest, self._trio, self._device, self._looks = manifest, trio, device, looks

    def predict(self, persons: Sequence[RoundPerson], still: Callable[[], None]) -> dict[str, np.ndarray]:
        """Their ids, all five members' word on them, and the student's closer look, in image pixels (P K 3).

        still: called after each batch; what it raises ends it.
        """
        config = self._manifest.config
        model, members = config.model, self._trio.members()
        frame = Frame(model.input_height, model.input_width, context=1.0)
        specs = [crop_spec(person.image, person.box, person.lens, model) for person in persons]
        height, width = frame.height, frame.width
        closer = [replace(spec, matrix=enlarged(spec.matrix, CLOSER, height=height, width=width)) for spec in specs]
        arrays: dict[str, np.ndarray] = {"ids": np.array([person.id for person in persons], dtype=np.int64)}
        for networks, looked_at, tell in (
            (members, specs, self._looks.by_members),
            ({CLOSER_LOOK: members[STUDENT]}, closer, self._looks.by_student),
        ):

            def show(crops: int, tell: Callable[[int], None] = tell) -> None:
                tell(crops)
                still()

            found = predict_persons(
                {str(name): network for name, network in networks.items()},
                # each is looked at once: none is kept
                CropStore(looked_at, frame, threads=config.train.loader_threads, memory_budget=0),
                batch=PREDICT_BATCH,
                device=self._device,
                keypoints=len(self._manifest.skeleton),
                pixels=model.pixels,
                show=show,
            )
            arrays |= found
        return arrays


def finished_trio(folder: Path, manifest: Manifest) -> Trio:
    """A round's five networks once its training has ended, as its folder has them. Raises CheckpointError."""
    graphs = graphs_in(folder) if manifest.config.model.backbone == IMPORTED else None
    trio = make_trio(manifest.config, manifest.skeleton, graphs=graphs)
    load_snapshots(folder / TRAINING_FILE, trio, identity=identity_of(folder / MANIFEST_FILE))
    take_finished(folder, trio, manifest.config.train)
    return trio


def take_finished(folder: Path, trio: Trio, train: TrainConfig) -> None:
    """The networks that learn as they were written: a checkpoint has them as the last step left them."""
    for name, network in trio.networks().items():
        load_network(folder / f"{name}.safetensors", network)
    take_mean(trio, train)


def take_mean(trio: Trio, train: TrainConfig) -> None:
    """C, where the settings say that it is the mean of A's and B's weights."""
    if train.ships == "mean" and not trio.has_student:
        trio.take_mean()
