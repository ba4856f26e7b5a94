"""Upright against plain crops: AP of the same network on the same drawn scenes, several seeds, one JSON line.

    python benchmarks/upright_crops.py FOLDER --steps 1500 --seeds 3 --holdout 200

Three ways to see a person under a ceiling camera: turned radially upright ("upright"); as the frame has it, with the
usual augmentation ("plain"); as the frame has it, with augmentation that turns by any angle ("plain, any turn").
"""

import argparse
import json
import platform
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sspcm.config import RoundConfig
from sspcm.training.starting_weights import train_starting_weights

TRAINING = Path(__file__).resolve().parents[1] / "static" / "demo" / "weights" / "training.toml"
WAYS = ("upright", "plain", "plain, any turn")


def ways(config: RoundConfig) -> dict[str, RoundConfig]:
    """The same training three times, but for which way is up."""
    plain = replace(config, model=replace(config.model, orientation="image"))
    any_turn = replace(plain.views, easy_rotation_std=180.0, easy_rotation_p=1.0, rotation_limit=180.0)
    return {"upright": config, "plain": plain, "plain, any turn": replace(plain, views=any_turn)}


def measure(folder: Path, config: RoundConfig, holdout: int) -> dict[str, Any]:
    """AP of network A trained with this config, on the last `holdout` scenes."""
    with tempfile.TemporaryDirectory() as out:
        return train_starting_weights(
            folder / "images",
            folder / "annotations.json",
            Path(out),
            config=config,
            skip=0,
            holdout=holdout,
            names=("A",),
            weights=None,
            dtype=torch.float32,
            device=torch.device("cuda" if torch.cuda.is_available() else "cpu"),
            show=lambda: None,
        )


def main() -> None:
    """Print one JSON line; rows that are there already in --rows are kept, so an interrupted run goes on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="scenes drawn by sspcm draw")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--holdout", type=int, default=200, help="scenes to measure on, the last ones")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="to run several side by side")
    parser.add_argument("--rows", type=Path, default=Path("build/upright_crops.jsonl"), help="where rows are kept")
    options = parser.parse_args()
    if options.folder is None:
        print(json.dumps({"benchmark": "upright_crops", "skipped": "no folder of drawn scenes given"}))
        return
    options.rows.parent.mkdir(parents=True, exist_ok=True)
    options.rows.touch()
    rows = [json.loads(line) for line in options.rows.read_text().splitlines()]
    base = RoundConfig.from_toml(TRAINING.read_text())
    base = replace(base, train=replace(base.train, steps=options.steps))
    for seed in range(options.seeds):
        for name, config in ways(base).items():
            if name not in options.ways:
                continue
            key = {"way": name, "seed": seed, "steps": options.steps, "holdout": options.holdout}
            if any(row["key"] == key for row in rows):
                continue
            began = time.monotonic()
            found = measure(options.folder, replace(config, seed=seed), options.holdout)
            told = {"ap": found["ap"]["A"], "persons": found["persons"], "held_out": found["held_out"]}
            rows.append({"key": key, **told, "seconds": round(time.monotonic() - began, 1)})
            with options.rows.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
    print(json.dumps(summary(rows, options.steps, options.holdout)))


def summary(rows: list[dict[str, Any]], steps: int, holdout: int) -> dict[str, Any]:
    """AP and mean OKS of each way, seed by seed, and their means."""
    mine = [row for row in rows if row["key"]["steps"] == steps and row["key"]["holdout"] == holdout]
    told = {name: by_way(mine, measure) for name, measure in (("ap", "AP"), ("mean_oks", "mean_oks"))}
    return {
        "benchmark": "upright_crops",
        **told,
        "mean": {
            name: {way: round(float(np.mean(each)), 4) for way, each in found.items()} for name, found in told.items()
        },
        "steps": steps,
        "persons": mine[0]["persons"],
        "held_out": mine[0]["held_out"],
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
    }


def by_way(rows: list[dict[str, Any]], measure: str) -> dict[str, list[float]]:
    """A measure of each way, in the order of the seeds."""
    ordered = sorted(rows, key=lambda row: row["key"]["seed"])
    return {
        way: [round(row["ap"][measure], 4) for row in ordered if row["key"]["way"] == way]
        for way in dict.fromkeys(row["key"]["way"] for row in rows)
    }


if __name__ == "__main__":
    main()
