"""What predicting a pool in shards costs beside predicting it at once. One JSON line.

python benchmarks/predict_shards.py [--persons 1152] [--repeats 5] [--device cpu] [--threads N]
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from sspcm.config import PRESETS
from sspcm.crops.store import CropStore, Frame, crop_spec
from sspcm.method.trio import build_trio
from sspcm.models.predict import predict_persons
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton
from sspcm.training.shards import SHARD_PERSONS, predict_in_shards


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the median seconds of both ways, taken in turns, and how much more the shards take.

    cpu: of this process's own CPU time, which other work on the machine leaves alone.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=6 * SHARD_PERSONS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    seconds: dict[int, list[tuple[float, float]]] = {SHARD_PERSONS: [], options.persons: []}
    with tempfile.TemporaryDirectory() as folder:
        pool = _Pool(Path(folder), options.persons, torch.device(options.device))
        pool.predict(list(range(64)), lambda: None)  # the first ones pay for all beginnings
        for turn in range(options.repeats):
            sizes = list(seconds)
            for size in sizes if turn % 2 else sizes[::-1]:
                began, began_cpu = time.perf_counter(), time.process_time()
                predict_in_shards(Path(folder), list(range(options.persons)), pool.predict, Unwatched(), size=size)
                seconds[size].append((time.perf_counter() - began, time.process_time() - began_cpu))
    taken = np.array(list(seconds.values()))  # 2 ways, repeats, wall and CPU
    (sharded, sharded_cpu), (whole, whole_cpu) = np.median(taken, axis=1)
    overhead, overhead_cpu = np.median(taken[0] / taken[1], axis=0) - 1
    told = {
        "benchmark": "predict_shards",
        "persons": options.persons,
        "shard": SHARD_PERSONS,
        "device": options.device,
        "threads": torch.get_num_threads(),
        "sharded_s": round(float(sharded), 3),
        "at_once_s": round(float(whole), 3),
        "overhead": round(float(overhead), 4),
        "sharded_cpu_s": round(float(sharded_cpu), 3),
        "at_once_cpu_s": round(float(whole_cpu), 3),
        "overhead_cpu": round(float(overhead_cpu), 4),
    }
    print(json.dumps(told))


class Unwatched:
    """Nobody is told how far the shards are."""

    def before(self, persons: int) -> None: ...

    def begin(self, number: int) -> None: ...

    def drop(self) -> None: ...

    def elsewhere(self, persons: int) -> None: ...


class _Pool:
    """People of one noisy image, and the demo's five networks."""

    def __init__(self, folder: Path, persons: int, device: torch.device) -> None:
        import cv2

        config, self._device = PRESETS["demo"], device
        image = folder / "image.png"
        cv2.imwrite(str(image), np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8))
        self._keypoints = len(get_skeleton("coco-17"))
        self._members = build_trio(config.model, keypoints=self._keypoints, seed=0).to(device).members()
        self._frame = Frame(config.model.input_height, config.model.input_width, context=1.0)
        boxes = [Box(float(i % 500), float(i % 300), 60.0, 120.0) for i in range(persons)]
        self._specs = [crop_spec(image, box, None, config.model) for box in boxes]
        self._pixels = config.model.pixels

    def predict(self, persons: Sequence[int], still: Callable[[], None]) -> Mapping[str, np.ndarray]:
        """What the five networks say of these persons."""
        crops = CropStore([self._specs[i] for i in persons], self._frame, threads=1, memory_budget=0)
        found = predict_persons(
            self._members,
            crops,
            batch=64,
            device=self._device,
            keypoints=self._keypoints,
            pixels=self._pixels,
            show=lambda _: still(),
        )
        return {"ids": np.array(persons), **{str(name): rows for name, rows in found.items()}}


if __name__ == "__main__":
    main()
