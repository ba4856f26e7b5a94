"""A trainer that learns nothing, and whose pool others may share; and the scorer that shares it. A person is a shard.

python stand_in_sharing.py SECONDS_A_SHARD round|score FOLDER --device DEVICE

The trainer is slow until there is a file `hurry` in the folder.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sspcm.shard_files import read_scoring
from sspcm.training.shards import fill_shards, predict_in_shards

pace, role, folder = float(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
manifest = json.loads((folder / "manifest.json").read_text())
persons = [person for person in manifest["persons"] if person["predict"]]
keypoints = len(manifest["skeleton"]["keypoints"])
with (folder / ("pids" if role == "round" else "scorers")).open("a") as pids:
    pids.write(f"{os.getpid()}\n")


def say(**line: object) -> None:
    with (folder / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def predict(shard: Sequence[dict[str, Any]], still: Callable[[], None]) -> dict[str, np.ndarray]:
    until = time.monotonic() + pace
    while time.monotonic() < until and not (role == "round" and (folder / "hurry").exists()):
        time.sleep(min(0.05, pace))
    still()
    ids = np.array([person["id"] for person in shard])
    middle = np.array([person["box"][:2] for person in shard], float) + 10
    arrays = {"ids": ids}
    for number, name in enumerate(("A", "B", "A_prev", "B_prev", "C", "C_closer")):
        xyc = np.full((len(shard), keypoints, 3), 0.7)
        xyc[..., :2] = (middle + 0.3 * number * ids[:, None])[:, None]
        arrays[name] = xyc
    return arrays


class Watch:
    def begin(self, number: int) -> None:
        if role == "score":
            print(json.dumps({"shard": number + 1, "shards": len(persons)}), flush=True)
        else:
            say(stage="predict", step=number, steps=len(persons), seconds_left=1.0)

    def before(self, persons: int) -> None: ...

    def drop(self) -> None: ...

    def elsewhere(self, persons: int) -> None: ...


if role == "score":
    scoring = read_scoring(folder)
    if scoring is not None:

        def require_wanted() -> None:
            if read_scoring(folder) != scoring:
                sys.exit()

        fill_shards(folder, scoring, [[one] for one in persons], predict, Watch(), require_wanted=require_wanted)
    sys.exit()

say(stage="train", step=1, steps=1, epoch=1, epochs=1, loss=1.0, seconds_left=9.0)
predict_in_shards(folder, persons, predict, Watch(), size=1)
ap = {name: {"AP": 0.5} for name in "ABC"}
(folder / "report.json").write_text(
    json.dumps(
        {
            "ap": ap, "ap_before": ap, "pair_frequency": [[1, 0, 0, 0]], "refreshes": 1,
            "seconds": {"train": 1.0}, "device": sys.argv[5],
        }
    )
)  # fmt: skip
(folder / "status.part").write_text(json.dumps({"state": "done"}))
(folder / "status.part").replace(folder / "status.json")
