"""The command line of training: `sspcm round DIR` runs one round's folder, `sspcm train` makes starting weights."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from sspcm.checkpoint import CheckpointError
from sspcm.config import PRESETS, ConfigError, RoundConfig
from sspcm.crops import CropError
from sspcm.formats.coco import CocoError
from sspcm.rounds import STATUS_FILE, RoundError, run_round
from sspcm.starting import train_starting_weights
from sspcm.training import TrainingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if it succeeded, 1 with one line on stderr if it did not."""
    options = _parser().parse_args(arguments)
    try:
        device = _device(options.device)
        return int(options.run(options, device))
    except (RoundError, ConfigError, CropError, CocoError, CheckpointError, TrainingError, OSError) as error:
        print(f"sspcm: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sspcm", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute")

    a_round = commands.add_parser("round", parents=[shared], help="run, or go on with, the round in a folder")
    a_round.add_argument("folder", type=Path, metavar="DIR", help="holds manifest.json; results are written here")
    a_round.set_defaults(run=_round)

    training = commands.add_parser("train", parents=[shared], help="train starting weights A and B on COCO keypoints")
    training.add_argument("--images", type=Path, required=True, metavar="DIR")
    training.add_argument("--annotations", type=Path, required=True, metavar="FILE")
    training.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    training.add_argument("--preset", choices=tuple(PRESETS), default="demo", help="settings to start from")
    training.add_argument("--config", type=Path, metavar="FILE", help="a round's settings (TOML) instead of a preset")
    training.add_argument("--weights", type=Path, metavar="FOLDER", help="go on from these instead of random weights")
    training.add_argument("--steps", type=int, help="steps of each network")
    training.add_argument("--seed", type=int, help="A trains from this seed, B from the next")
    training.add_argument(
        "--skip", type=_count, default=0, metavar="N", help="leave out the first N images by file name"
    )
    training.add_argument(
        "--holdout", type=_count, default=0, metavar="N", help="measure on the last N images by file name"
    )
    training.add_argument("--network", choices=("A", "B", "both"), default="both", help="one at a time, side by side")
    training.add_argument("--half", action="store_true", help="store float16")
    training.add_argument("--json", action="store_true", help="print the report as JSON")
    training.set_defaults(run=_train)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"found {text}; wanted a whole number, 0 or more")
    return int(text)


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            "--device cuda found no CUDA device; wanted one. Use --device cpu, or install a GPU's driver."
        )
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def _round(options: argparse.Namespace, device: torch.device) -> int:
    if not options.folder.is_dir():
        raise RoundError(f"there is no folder {options.folder}; wanted one that holds manifest.json. Check the path.")
    with tqdm(disable=not sys.stderr.isatty(), unit="step") as bar:

        def show(line: dict[str, Any]) -> None:
            bar.total, bar.n = line["steps"], line["step"]
            bar.set_description(line["stage"], refresh=True)

        if run_round(options.folder, device=device, show=show):
            return 0
    print(f"sspcm: {json.loads((options.folder / STATUS_FILE).read_text())['error']}", file=sys.stderr)
    return 1


def _train(options: argparse.Namespace, device: torch.device) -> int:
    config = _read_config(options)
    with tqdm(
        disable=not sys.stderr.isatty(), total=config.train.steps * (2 if options.network == "both" else 1), unit="step"
    ) as bar:
        report = train_starting_weights(
            options.images,
            options.annotations,
            options.out,
            config=config,
            skip=options.skip,
            holdout=options.holdout,
            names=("A", "B") if options.network == "both" else (options.network,),
            weights=options.weights,
            dtype=torch.float16 if options.half else torch.float32,
            device=device,
            show=lambda: bool(bar.update()),
        )
    for complaint in report["complaints"]:
        print(f"sspcm: {complaint}", file=sys.stderr)
    if options.json:
        print(json.dumps(report, indent=1))
        return 0
    for name, ap in report["ap"].items():
        print(f"{name}: AP {ap['AP']:.3f} on {report['held_out']} persons of the last {options.holdout} images")
    print(f"{report['persons']} persons, {report['seconds']:.0f} s, weights in {options.out}")
    return 0


def _read_config(options: argparse.Namespace) -> RoundConfig:
    config = PRESETS[options.preset]
    if options.config is not None:
        try:
            config = RoundConfig.from_toml(options.config.read_text(encoding="utf-8"))
        except (ConfigError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{options.config} cannot be used: {error} Wanted a round's settings as TOML in UTF-8; mend the file."
            ) from error
    if options.steps is not None:
        config = replace(config, train=replace(config.train, steps=options.steps))
    return config if options.seed is None else replace(config, seed=options.seed)


if __name__ == "__main__":
    sys.exit(main())
