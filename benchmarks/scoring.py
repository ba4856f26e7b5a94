"""Persons and images a second of a pool's scoring, from JPEG files to the five members' keypoints. One JSON line.

    python benchmarks/scoring.py [--images DIR --annotations FILE] [--preset demo] [--threads 1 2] [--batch 64]
        [--persons 350] [--repeats 5] [--device cpu] [--torch-threads 1]

- whole: what a round does with its pool: a streaming CropStore with so many reading threads, and predict_persons.
- waiting: the same, but each batch is read before the networks compute and the next one after.
- bare: the five networks on one batch of normalised crops that lie ready: what no scoring can beat.
- reading: the crops alone, nobody looks at them.

The ways take turns within one run, so that their ratios hold on a noisy machine; each figure is a median of --repeats.
The networks compute with --torch-threads: leave the reading threads a core each, or the two get in each other's way.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from sspcm.config import PRESETS
from sspcm.crops.store import CropSpec, CropStore, Frame, crop_spec
from sspcm.formats.coco.reading import lens_of, read_coco
from sspcm.method.trio import build_trio
from sspcm.models.predict import central, predict_persons
from sspcm.networks import PoseNetwork

DEMO = Path(__file__).resolve().parents[1] / "static" / "demo"


def main() -> None:
    """Let the ways take turns, and print."""
    options = _options()
    torch.set_num_threads(options.torch_threads)
    device, model = torch.device(options.device), PRESETS[options.preset].model
    coco = read_coco(options.annotations)
    lenses = {image.id: (options.images / image.file_name, lens_of(image)) for image in coco.images}
    specs = [crop_spec(lenses[one.image_id][0], one.person.box, lenses[one.image_id][1], model) for one in coco.persons]
    specs = (specs * (options.persons // len(specs) + 1))[: options.persons]
    members = build_trio(model, keypoints=len(coco.skeleton), seed=0).to(device).members()
    scoring = Scoring(specs, Frame(model.input_height, model.input_width), members, options.batch, device)
    ways: dict[str, Callable[[], object]] = {"bare": scoring.bare}
    for threads in options.threads:
        ways[f"whole_{threads}"] = lambda threads=threads: scoring.whole(threads)
        ways[f"waiting_{threads}"] = lambda threads=threads: scoring.waiting(threads)
        ways[f"reading_{threads}"] = lambda threads=threads: scoring.reading(threads)
    seconds = _in_turns(ways, options.repeats, device)
    images = 1 + sum(a.image != b.image for a, b in pairwise(specs))
    told = {
        "benchmark": "scoring",
        "preset": options.preset,
        "input": [model.input_height, model.input_width],
        "persons": len(specs),
        "images": images,
        "batch": options.batch,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else platform.processor() or "cpu",
        "cores": len(os.sched_getaffinity(0)),
        "torch_threads": torch.get_num_threads(),
        "persons_per_second": {way: round(len(specs) / s, 1) for way, s in seconds.items()},
        "images_per_second": {way: round(images / s, 1) for way, s in seconds.items() if way != "bare"},
        "whole_over_bare": {t: round(seconds["bare"] / seconds[f"whole_{t}"], 3) for t in options.threads},
        "waiting_over_bare": {t: round(seconds["bare"] / seconds[f"waiting_{t}"], 3) for t in options.threads},
    }
    print(json.dumps(told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, default=DEMO / "images")
    parser.add_argument("--annotations", type=Path, default=DEMO / "pool.json")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="demo")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="that read, one setting after another")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--persons", type=int, default=350, help="the file's, over and over until there are so many")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--torch-threads", type=int, default=1, help="that compute on the CPU (1)")
    return parser.parse_args()


class Scoring:
    """The same persons scored in several ways."""

    def __init__(
        self,
        specs: Sequence[CropSpec],
        frame: Frame,
        members: dict[str, PoseNetwork],
        batch: int,
        device: torch.device,
    ) -> None:
        """Reads one batch, for `bare`."""
        self.specs, self.frame, self.members, self.batch, self.device = specs, frame, members, batch, device
        first = CropStore(specs[:batch], frame, threads=1)
        self.ready = central(first.request(range(len(first))).result().to(device), first)
        for network in members.values():
            network.eval()

    def whole(self, threads: int) -> None:
        """Reading ahead, as a round does."""
        self._predict(self.specs, threads)

    def waiting(self, threads: int) -> None:
        """Each batch on its own."""
        for first in range(0, len(self.specs), self.batch):
            self._predict(self.specs[first : first + self.batch], threads)

    def reading(self, threads: int) -> None:
        """No network."""
        with self._streaming(self.specs, threads).opened() as crops:
            for first in range(0, len(crops), self.batch):
                crops.request(range(first, min(first + self.batch, len(crops)))).result()

    def bare(self) -> None:
        """As many forward passes over the batch that lies ready."""
        with torch.inference_mode():
            for first in range(0, len(self.specs), self.batch):
                images = self.ready[: len(self.specs) - first]
                for network in self.members.values():
                    network(images)

    def _predict(self, specs: Sequence[CropSpec], threads: int) -> None:
        predict_persons(self.members, self._streaming(specs, threads), batch=self.batch, device=self.device)

    def _streaming(self, specs: Sequence[CropSpec], threads: int) -> CropStore:
        return CropStore(specs, self.frame, threads=threads, memory_budget=0)


def _in_turns(ways: dict[str, Callable[[], object]], repeats: int, device: torch.device) -> dict[str, float]:
    """Median seconds of each way; the first turn warms up."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(repeats + 1):
        for way, run in ways.items():
            began = time.perf_counter()
            run()
            if device.type == "cuda":
                torch.cuda.synchronize()
            if turn:
                seconds[way].append(time.perf_counter() - began)
    return {way: float(np.median(values)) for way, values in seconds.items()}


if __name__ == "__main__":
    main()
