"""What `sspcm train --dry-run` tells: who is trained on, for how long, and what it costs on this machine."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from sspcm.config import RoundConfig
from sspcm.protocols.people import People, count_images
from sspcm.protocols.protocol import steps_of_epoch
from sspcm.training.cost import Cost, measure_cost
from sspcm.training.initial_weights import make_trio, start_networks


@dataclass(frozen=True, eq=False)
class Training:
    """What is to be trained, under the name of its protocol or of its annotations file."""

    name: str
    people: People
    config: RoundConfig

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Images and persons of each use."""
        people = self.people
        used = {"labelled": people.labelled, "unlabelled": people.unlabelled, "validation": people.validation}
        return {use: {"images": count_images(persons), "persons": len(persons)} for use, persons in used.items()}

    @property
    def epochs(self) -> float:
        """Passes over the larger of the labelled and the unlabelled persons."""
        labelled, unlabelled = len(self.people.labelled), len(self.people.unlabelled)
        return self.config.train.steps / steps_of_epoch(self.config, labelled=labelled, unlabelled=unlabelled)

    @property
    def refreshes(self) -> int:
        """Snapshot refreshes: after every stretch that leaves a whole one (sspcm.training.loop.is_refresh)."""
        return max(0, self.config.train.steps // self.config.train.snapshot_every - 1)


def tell(training: Training, device: torch.device, *, weights: Path | None, as_json: bool) -> int:
    """Measure and print; 0. Raises RoundError where a step runs out of memory, and what `start_networks` raises."""
    people, config = training.people, training.config
    trio = make_trio(config, people.skeleton, folder=weights)
    start_networks(trio, config.model, people.skeleton, folder=weights)
    del trio
    cost = measure_cost(training.config, people.skeleton, device, unlabelled=bool(people.unlabelled), weights=weights)
    print(json.dumps(data(training, cost, device), indent=1) if as_json else "\n".join(said(training, cost, device)))
    return 0


def data(training: Training, cost: Cost, device: torch.device) -> dict[str, Any]:
    """Everything as plain JSON data; sizes in bytes, times in seconds."""
    steps = training.config.train.steps
    return {
        "training": training.name,
        "persons": training.counts,
        "steps": steps,
        "epochs": round(training.epochs, 2),
        "snapshot_refreshes": training.refreshes,
        **asdict(cost),
        "fits": cost.fits,
        "seconds": round(cost.step_seconds * steps, 1),
        "device": str(device),
    }


def said(training: Training, cost: Cost, device: torch.device) -> Iterator[str]:
    """The same in words, line by line."""
    steps, how = training.config.train.steps, "measured" if cost.measured else "estimated from steps of a few persons"
    for use, counted in training.counts.items():
        yield f"{use}: {counted['persons']:,} persons in {counted['images']:,} images, every file is there"
    yield f"{steps:,} steps, {training.epochs:,.4g} epochs, {training.refreshes:,} snapshot refreshes"
    yield ", ".join(f"{name}: {count / 1e6:.2f} M parameters" for name, count in cost.parameters.items())
    yield _say_memory(cost)
    in_all = _say_time(cost.step_seconds * steps)
    yield f"{cost.step_seconds:.3g} s a step, {in_all} in all on {device} ({how}); measuring AP comes on top"


def _say_memory(cost: Cost) -> str:
    state, activations = cost.state_bytes / 1e9, cost.activation_bytes / 1e9
    parts = f"{state:.2f} weights, gradients, Adam; {activations:.2f} activations"
    if cost.process_bytes:
        parts = f"{parts}; {cost.process_bytes / 1e9:.2f} the program itself"
    said = f"about {cost.memory_bytes / 1e9:.2f} GB of memory beside the crops ({parts})"
    if cost.fits or cost.available_bytes is None:
        return said
    return f"{said}: more than the {cost.available_bytes / 1e9:.2f} GB there are. Raise train.accumulate"


def _say_time(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
