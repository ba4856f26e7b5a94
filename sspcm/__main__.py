"""The command line of the method: `round` runs a round's folder, `train` trains on COCO files, `draw` scenes."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from tqdm import tqdm

from sspcm.checkpoint import CheckpointError
from sspcm.commands import evaluate, export, predict, train
from sspcm.commands.train import count
from sspcm.config import ConfigError
from sspcm.cutting import CropError
from sspcm.evaluation import EvaluationError
from sspcm.formats.coco import CocoError
from sspcm.manifest import RoundError
from sspcm.skeleton import SkeletonError
from sspcm.training import TrainingError

ERRORS = (
    RoundError,
    ConfigError,
    CropError,
    CocoError,
    CheckpointError,
    TrainingError,
    EvaluationError,
    SkeletonError,
    OSError,
)
"""What is wrong with what was asked for: said in one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if it succeeded, 1 with one line on stderr if it did not."""
    options = _parser().parse_args(arguments)
    try:
        device = _device(options.device)
        return int(options.run(options, device))
    except KeyboardInterrupt:
        print("sspcm: stopped; a training goes on from its last checkpoint by the same command.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # who read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ERRORS as error:
        print(f"sspcm: {_said(error)}", file=sys.stderr)
        return 1


def _said(error: Exception) -> str:
    """The error in our words; the system's own are short of what to do."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    where = f"'{error.filename}'" if error.filename else "a file"
    return f"{where} cannot be used ({error.strerror}); wanted a path to read from or write to. Correct it."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sspcm", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute")

    a_round = commands.add_parser("round", parents=[shared], help="run, or go on with, the round in a folder")
    a_round.add_argument("folder", type=Path, metavar="DIR", help="holds manifest.json; results are written here")
    a_round.set_defaults(run=_round)

    train.add(commands, shared)
    predict.add(commands, shared)
    evaluate.add(commands, shared)
    export.add(commands, shared)
    _add_draw(commands)
    return parser


def _add_draw(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    drawing = commands.add_parser(
        "draw", help="draw overhead-fisheye scenes of people with exact keypoints (needs the extra: sspcm[synth])"
    )
    drawing.add_argument("out", type=Path, metavar="OUT", help="a new folder, or one drawn before: it goes on")
    drawing.add_argument("--count", type=count, required=True, metavar="N", help="how many scenes there are to be")
    drawing.add_argument("--seed", type=count, required=True, metavar="S", help="another seed draws other scenes")
    drawing.add_argument("--camera", type=Path, metavar="FILE", help="your own camera (TOML); else random ones")
    drawing.add_argument("--size", type=count, default=640, metavar="PX", help="the frame's longer side (640)")
    drawing.add_argument("--scenes-a-room", type=count, default=4, metavar="N", help="scenes before the next room (4)")
    drawing.add_argument("--workers", type=count, default=0, metavar="N", help="processes (as many as processors)")
    drawing.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to trace rays")
    drawing.add_argument("--json", action="store_true", help="print the report as JSON")
    drawing.set_defaults(run=_draw)


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            "--device cuda found no CUDA device; wanted one. Use --device cpu, or install a GPU's driver."
        )
    torch.backends.cudnn.deterministic = True  # the same seed gives the same networks, on a GPU too
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def _round(options: argparse.Namespace, device: torch.device) -> int:
    if not options.folder.is_dir():
        raise RoundError(f"there is no folder {options.folder}; wanted one that holds manifest.json. Check the path.")
    error = train.run_shown(options.folder, device)
    if error is not None:
        print(f"sspcm: {error}", file=sys.stderr)
    return 0 if error is None else 1


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


if __name__ == "__main__":
    sys.exit(main())
