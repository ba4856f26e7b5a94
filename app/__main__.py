"""The command line: `python -P -m app COMMAND`. Every command has --help; --json prints one JSON document.

What carries a command out is imported once the options are read, so that `--help` and a misspelt option answer at once.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

_Subparsers = argparse._SubParsersAction  # argparse has no public name for what add_subparsers returns


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 only on success, 1 with one sentence on stderr when it could not be done, 2 for usage."""
    options = build_parser().parse_args(arguments)
    from app import commands

    return commands.run(options)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options; `run` names the command in `commands.COMMANDS`."""
    parser = argparse.ArgumentParser(prog="python -P -m app", description="Active labelling for overhead-fisheye pose.")
    parser.add_argument("--home", type=Path, help="state folder (default: $SSPCM_HOME or ./data)")
    several = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_services(several)
    _add_user(several)
    _add_import(several)
    _add_export(several)
    _add_camera(several)
    _add_skeleton(several)
    _add_queue(several)
    _add_round(several)
    return parser


def _add_services(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    demo = several.add_parser("demo", help="a home with the demo images, opened again if it exists")
    demo.add_argument("--check", action="store_true", help="run the whole loop over HTTP in a fresh home and judge it")
    demo.add_argument("--steps", type=_positive, help="with --check: training steps a round (default: the preset's)")
    _add_port(demo)
    _add_json(demo, run="demo")

    up = several.add_parser("up", help="web and worker under one supervisor that restarts either")
    _add_port(up)
    _add_json(up, run="up")

    web = several.add_parser("web", help="the web server alone")
    _add_port(web)
    web.set_defaults(run="web")

    worker = several.add_parser("worker", help="the worker alone: runs rounds")
    worker.add_argument("--device", choices=["auto", "cpu", "cuda"], help="where rounds train (default: auto)")
    worker.set_defaults(run="worker")

    _add_json(several.add_parser("migrate", help="create or upgrade the store"), run="migrate")


def _add_user(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    user = several.add_parser("user", help="accounts").add_subparsers(dest="action", required=True, metavar="ACTION")
    add = user.add_parser("add", help="add an account; prints a generated password unless one comes on stdin")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=["annotator", "lead"], required=True)
    add.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    _add_json(add, run="user add")


def _add_import(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    imports = several.add_parser("import", help="a folder of images, with or without a COCO file")
    imports.add_argument("images_dir", type=Path, metavar="IMAGES_DIR")
    imports.add_argument("--annotations", type=Path, metavar="FILE", help="COCO keypoints or boxes")
    imports.add_argument("--format", choices=["coco"], default="coco")
    imports.add_argument(
        "--group-from",
        metavar="FIELD",
        help="the field of the file's images that names the camera (default: sub-folder, or what names share)",
    )
    imports.add_argument("--split", choices=["train", "validation"], default="train")
    imports.add_argument(
        "--skeleton", help="built-in name or file, for boxes and bare images (default: the home's, or coco-17)"
    )
    imports.add_argument(
        "--update", action="store_true", help="take the file's labels, boxes and fields where those here differ"
    )
    imports.add_argument(
        "--prelabel", type=Path, metavar="MODEL.onnx", help="a pose model to predict everybody with who has no label"
    )
    _add_json(imports, run="import")

    prelabel = several.add_parser("prelabel", help="a pose model's predictions for everybody who has no label")
    prelabel.add_argument("model", type=Path, metavar="MODEL.onnx")
    _add_json(prelabel, run="prelabel")


def _add_export(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    export = several.add_parser("export", help="labels out as COCO keypoints")
    export.add_argument("out", type=Path, metavar="OUT", help="the file to write")
    export.add_argument("--format", choices=["coco"], default="coco")
    export.add_argument("--with-predictions", action="store_true", help="add the student's, marked as such")
    _add_json(export, run="export")


def _add_camera(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    camera = several.add_parser("camera", help="cameras and their lens circles")
    actions = camera.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_json(actions.add_parser("list", help="every camera, its circle and who says so"), run="camera list")
    change = actions.add_parser("set", help="say where a camera's lens circle lies; a person's word is kept")
    change.add_argument("name", metavar="NAME")
    word = change.add_mutually_exclusive_group(required=True)
    word.add_argument("--lens", type=_lens, metavar="X,Y,RADIUS", help="in px of the frame that `camera list` names")
    word.add_argument("--plain", action="store_true", help="no fisheye: its images are upright as they are")
    word.add_argument("--find", action="store_true", help="look for the circle in its frames again")
    _add_json(change, run="camera set")


def _add_skeleton(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    skeleton = several.add_parser("skeleton", help="the home's keypoints: which are left and right, how they join")
    actions = skeleton.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_json(actions.add_parser("show", help="keypoints, pairs, sigmas, edges"), run="skeleton show")
    change = actions.add_parser("set", help="another mirror, edges, sigmas or name for the same keypoints")
    source = change.add_mutually_exclusive_group(required=True)
    source.add_argument("skeleton", nargs="?", metavar="FILE", help="a .toml or .json file, or a built-in name")
    source.add_argument("--by-name", action="store_true", help="pair left and right by the keypoints' names")
    _add_json(change, run="skeleton set")


def _add_queue(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    queue = several.add_parser("queue", help="what annotators get next, and why")
    queue.add_argument("--limit", type=_positive, default=20, help="how many images (default: 20)")
    _add_json(queue, run="queue")


def _add_round(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    rounds = several.add_parser("round", help="rounds").add_subparsers(dest="action", required=True, metavar="ACTION")
    launch = rounds.add_parser("launch", help="start a round; a worker must run")
    launch.add_argument("--config", type=Path, metavar="FILE", help="TOML over the preset")
    launch.add_argument("--method", default="sspcm", help="supervised, dualpose, sspcm or multiaugs (sspcm)")
    launch.add_argument("--preset", choices=["demo", "standard"], default="standard", help="(default: standard)")
    launch.add_argument("--as", dest="lead", metavar="NAME", help="the lead who launches it, if there are several")
    _add_json(launch, run="round launch")
    _add_json(rounds.add_parser("list", help="every round, newest first"), run="round list")
    show = rounds.add_parser("show", help="one round")
    show.add_argument("number", type=int, metavar="N")
    _add_json(show, run="round show")


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, help="where the web server listens (default: $SSPCM_PORT or 7860)")


def _add_json(parser: argparse.ArgumentParser, *, run: str) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.set_defaults(run=run)


def _lens(text: str) -> tuple[float, float, float]:
    try:
        x, y, radius = (float(part) for part in text.split(","))
        if not (math.isfinite(x) and math.isfinite(y) and 0 < radius < math.inf):
            raise ValueError(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no X,Y,RADIUS; give three numbers in px, as in 320,240,235"
        ) from None
    return x, y, radius


def _positive(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 1 up")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"'{text}' is no port; give a number from 1 to 65535")
    return number


if __name__ == "__main__":
    sys.exit(main())
