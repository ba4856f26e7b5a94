"""The command line of the method: `round` runs a round's folder, `train` makes starting weights, `draw` scenes."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from sspcm.checkpoint import CheckpointError
from sspcm.config import PRESETS, ConfigError, RoundConfig
from sspcm.cutting import CropError
from sspcm.formats.coco import CocoError
from sspcm.manifest import RoundError
from sspcm.rounds import STATUS_FILE, run_round
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
    _add_draw(commands)
    return parser


def _add_draw(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    drawing = commands.add_parser(
        "draw", help="draw overhead-fisheye scenes of people with exact keypoints (needs the extra: sspcm[synth])"
    )
    drawing.add_argument("out", type=Path, metavar="OUT", help="a new folder, or one drawn before: it goes on")
    drawing.add_argument("--count", type=_count, required=True, metavar="N", help="how many scenes there are to be")
    drawing.add_argument("--seed", type=_count, required=True, metavar="S", help="another seed draws other scenes")
    drawing.add_argument("--camera", type=Path, metavar="FILE", help="your own camera (TOML); else random ones")
    drawing.add_argument("--size", type=_count, default=640, metavar="PX", help="the frame's longer side (640)")
    drawing.add_argument("--scenes-a-room", type=_count, default=4, metavar="N", help="scenes before the next room (4)")
    drawing.add_argument("--workers", type=_count, default=0, metavar="N", help="processes (as many as processors)")
    drawing.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to trace rays")
    drawing.add_argument("--json", action="store_true", help="print the report as JSON")
    drawing.set_defaults(run=_draw)


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


def _draw(options: argparse.Namespace, device: torch.device) -> int:
    try:
        from sspcm.synthetic.camera_file import CameraFile, CameraFileError, read_camera_file
        from sspcm.synthetic.drawing import DrawError, Plan, draw_folder
    except ImportError as error:
        raise ConfigError(
            f"drawing needs {error.name}, which is not installed. Run: pip install 'sspcm[synth]'"
        ) from error
    if not options.count or not 64 <= options.size <= 4096 or not options.scenes_a_room:
        raise ConfigError(
            f"found --count {options.count} --scenes-a-room {options.scenes_a_room} --size {options.size}; wanted at "
            "least one scene, one scene a room, and a size from 64 to 4096 px. Give other numbers."
        )
    workers = options.workers or (1 if device.type == "cuda" else os.cpu_count() or 1)
    began = time.perf_counter()
    try:
        camera = read_camera_file(options.camera) if options.camera else CameraFile()
        plan = Plan(options.seed, options.size, options.scenes_a_room, camera)
        with tqdm(disable=not sys.stderr.isatty(), total=options.count, unit="scene") as bar:

            def show(done: int, _count: int) -> None:
                bar.update(done - bar.n)

            report = draw_folder(
                options.out, count=options.count, plan=plan, workers=workers, device=device.type, progress=show
            )
    except (DrawError, CameraFileError) as error:
        raise ConfigError(str(error)) from error
    seconds = time.perf_counter() - began
    if options.json:
        print(json.dumps({**asdict(report), "seconds": round(seconds, 1)}))
    else:
        print(f"{report.scenes} scenes ({report.new} new), {report.people} people, {seconds:.0f} s, in {options.out}")
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
