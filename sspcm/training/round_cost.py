"""What a whole round costs on this machine: steps, then measuring and predicting everybody; memory and disk."""

from dataclasses import dataclass
from pathlib import Path

import torch

from sspcm.config import IMPORTED, RoundConfig
from sspcm.crops.store import MEMORY_BUDGET_BYTES, Frame
from sspcm.manifest import Manifest, read_manifest
from sspcm.round_folder import MANIFEST_FILE
from sspcm.training.cost import FLOAT_BYTES, measure_cost
from sspcm.training.pseudo_labels import pseudo_labelled
from sspcm.training.time_left import LOOKS, afterwards_of, seconds_afterwards


@dataclass(frozen=True)
class RoundCost:
    """Of a round as its manifest asks for it. unlabelled: those that it learns from, by its method.

    seconds: of all its steps, and after_seconds of what comes then. memory_bytes: of the program, networks, a
    step and the crops that are kept, crops_bytes of these alone; on a GPU it is the GPU's. available_bytes: None where
    the machine does not say. disk_bytes: what stays; working_bytes: what is there besides until the round has ended.
    measured: whether whole steps were timed; else a few persons' were.
    """

    steps: int
    labelled: int
    unlabelled: int
    validation: int
    predicted: int
    step_seconds: float
    seconds: float
    after_seconds: float
    memory_bytes: int
    crops_bytes: int
    available_bytes: int | None
    disk_bytes: int
    working_bytes: int
    measured: bool
    device: str


def cost_of_round(folder: Path, device: torch.device) -> RoundCost:
    """Take a few of its steps on random crops. Raises RoundError where one runs out of memory, or for its manifest."""
    manifest = read_manifest(folder / MANIFEST_FILE)
    config = manifest.config
    labelled, unlabelled = manifest.used_as("labelled"), manifest.used_as("unlabelled")
    learns_from = unlabelled if config.method.paths else ()
    cost = measure_cost(config, manifest.skeleton, device, unlabelled=bool(learns_from), weights=manifest.weights)
    networks = len(cost.parameters)
    afterwards = afterwards_of(manifest, networks=networks)
    after = seconds_afterwards(
        config,
        afterwards,
        step=0,
        step_seconds=cost.step_seconds,
        networks=networks,
        unlabelled=bool(learns_from),
    )
    crops = _crops_bytes(config, len(labelled) + len(pseudo_labelled(manifest)) + len(learns_from))
    one_network = FLOAT_BYTES * max(cost.parameters.values())
    kept = 3 + (config.model.backbone == IMPORTED)  # and the graph that imported networks are built on
    return RoundCost(
        steps=config.train.steps,
        labelled=len(labelled),
        unlabelled=len(learns_from),
        validation=afterwards.validation,
        predicted=afterwards.predicted,
        step_seconds=cost.step_seconds,
        seconds=cost.step_seconds * config.train.steps,
        after_seconds=after,
        memory_bytes=cost.memory_bytes + crops,
        crops_bytes=crops,
        available_bytes=cost.available_bytes,
        disk_bytes=kept * one_network + _predictions_bytes(manifest, afterwards.predicted),
        working_bytes=cost.state_bytes,
        measured=cost.measured,
        device=str(device),
    )


def _crops_bytes(config: RoundConfig, persons: int) -> int:
    """Crops that a training keeps; beyond the budget they are cut anew each time."""
    frame = Frame(config.model.input_height, config.model.input_width)
    needed = persons * frame.stored_height * frame.stored_width * 3
    return needed if needed <= MEMORY_BUDGET_BYTES else 0


def _predictions_bytes(manifest: Manifest, predicted: int) -> int:
    """Uncompressed: what is written is about half of it."""
    return predicted * LOOKS * len(manifest.skeleton) * 3 * FLOAT_BYTES
