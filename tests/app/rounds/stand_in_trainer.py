"""A trainer that learns nothing but keeps the folder's contract: manifest in; metrics, predictions and status out.

    python stand_in_trainer.py SECONDS_A_STEP FOLDER --device DEVICE

The settings' seed chooses how it ends: 13 fails with words, 14 dies without any, 15 is killed, 16 is killed once.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

pace, folder = float(sys.argv[1]), Path(sys.argv[2])
manifest = json.loads((folder / "manifest.json").read_text())
seed, steps = manifest["config"]["seed"], manifest["config"]["train"]["steps"]
with (folder / "pids").open("a") as pids:
    pids.write(f"{os.getpid()}\n")


def say(**line: object) -> None:
    with (folder / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def write(name: str, content: dict[str, object]) -> None:
    (folder / f"{name}.part").write_text(json.dumps(content))
    (folder / f"{name}.part").replace(folder / name)


for step in range(1, steps + 1):
    time.sleep(pace)
    say(
        stage="train", step=step, steps=steps, epoch=1, epochs=1, loss=1 / step, seconds_left=(steps - step) * pace,
        **({"ap": {name: {"AP": 0.5, "AP50": 0.9} for name in "ABC"}} if step == steps else {}),
    )  # fmt: skip
if seed == 13:
    write("status.json", {"state": "failed", "error": "the loss is NaN; wanted a number. Lower the learning rate."})
    sys.exit(1)
if seed == 14:
    print("a last word", flush=True)
    os._exit(9)

if seed == 15 or (seed == 16 and len((folder / "pids").read_text().split()) == 1):
    os.kill(os.getpid(), signal.SIGKILL)

rng = np.random.default_rng(seed)
persons = [person for person in manifest["persons"] if person["predict"]]
boxes = np.array([person["box"] for person in persons])
count = len(manifest["skeleton"]["keypoints"])
inside = boxes[:, None, :2] + boxes[:, None, 2:4] * rng.random((len(persons), count, 2))
apart = 0.3 * np.arange(len(persons))[:, None, None]  # pixels: about later persons, the networks disagree more
confidence = np.full((*inside.shape[:2], 1), 0.7)
predictions = {
    name: np.concatenate([inside + member * apart, confidence], axis=-1)
    for member, name in enumerate(("A", "B", "A_prev", "B_prev", "C", "C_closer"))
}
np.savez(folder / "predictions.npz", ids=np.array([person["id"] for person in persons]), **predictions)
say(stage="predict", step=len(persons), steps=len(persons), seconds_left=0.0)
ap = {name: {"AP": 0.5} for name in "ABC"}
write(
    "report.json",
    {
        "ap": ap, "ap_before": ap, "pair_frequency": [[1, 0, 0, 0]], "refreshes": 1,
        "seconds": {"train": steps * pace}, "device": sys.argv[4],
    },
)  # fmt: skip
write("status.json", {"state": "done"})
