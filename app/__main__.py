"""The command line: `python -P -m app COMMAND`. Every command has --help; --json prints one JSON document.

What carries a command out is imported once the options are read, so that `--help` and a misspelt option answer at once.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

LARGEST = 10_000_000
"""Of a count: steps, images, rounds."""
PROGRAM = "python -P -m app"
HOME_HELP = "the home: its folder (default: $SSPCM_HOME or ./data)"
ENVIRONMENT = """environment (an option goes first):
  SSPCM_HOME             the home's folder
  DATABASE_URL           another store than the home's own: postgresql://USER@HOST/NAME
  SSPCM_HOST, SSPCM_PORT where the web server listens (127.0.0.1, 7860)
  SSPCM_ALLOWED_HOSTS    the host names that it answers for, with commas between
  SSPCM_SECURE_COOKIES   1 behind TLS
  SSPCM_TRUSTED_PROXIES  whose forwarding headers are believed
  SSPCM_MOST_HELD        how many images one annotator holds at a time (4)
  SSPCM_LARGEST_MEGAPIXELS, SSPCM_LARGEST_IMAGE_MB
                         the largest image that an import takes
  SSPCM_DEVICE           where rounds train: auto, cpu or cuda"""

_Subparsers = argparse._SubParsersAction  # argparse has no public name for what add_subparsers returns


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 only on success, 1 with one sentence on stderr when it could not be done, 2 for usage."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    options.home = _one_home(parser, options)
    from app.cli import commands

    return commands.run(options)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options; `run` names the command in `commands.COMMANDS`."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Active labelling for overhead-fisheye pose.",
        epilog=_epilog("demo"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--home", type=_folder, metavar="DIR", help=HOME_HELP)
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


def _one_home(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Path | None:
    """The home given before the command, or after it; both only if they are the same."""
    before: Path | None = options.home
    after: Path | None = getattr(options, "home_after", None)
    if before is None or after is None:
        return before or after
    if before.expanduser().resolve() != after.expanduser().resolve():
        parser.error(f"--home is {before} before the command and {after} after it; give it once")
    return before


def _command(
    several: "_Subparsers[argparse.ArgumentParser]", name: str, *, example: str, help: str
) -> argparse.ArgumentParser:
    """A command's parser: --home goes after it as well, and its help ends with an example."""
    parser = several.add_parser(
        name,
        help=help,
        description=help[:1].upper() + help[1:] + ".",
        epilog=_epilog(example),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--home", dest="home_after", type=_folder, metavar="DIR", help=HOME_HELP)
    return parser


def _epilog(example: str) -> str:
    return f"example:\n  {PROGRAM} --home data {example}\n\n{ENVIRONMENT}"


def _add_services(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    demo = _command(several, "demo", example="demo", help="a home with the demo images, opened again if it exists")
    demo.add_argument("--check", action="store_true", help="run the whole loop over HTTP in a fresh home and judge it")
    demo.add_argument("--steps", type=_positive, help="with --check: training steps a round (default: the preset's)")
    _add_port(demo)
    _add_json(demo, run="demo")

    up = _command(
        several, "up", example="up --port 7860", help="web and worker under one supervisor that restarts either"
    )
    _add_port(up)
    _add_json(up, run="up")

    web = _command(several, "web", example="web", help="the web server alone")
    _add_port(web)
    web.set_defaults(run="web")

    worker = _command(several, "worker", example="worker --device cuda", help="the worker alone: runs rounds")
    worker.add_argument("--device", choices=["auto", "cpu", "cuda"], help="where rounds train (default: auto)")
    worker.set_defaults(run="worker")

    _add_json(_command(several, "migrate", example="migrate", help="create or upgrade the store"), run="migrate")


def _add_user(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    user = several.add_parser("user", help="accounts").add_subparsers(dest="action", required=True, metavar="ACTION")
    add = _command(
        user,
        "add",
        example="user add ann --role annotator",
        help="add an account; prints a generated password unless one comes on stdin",
    )
    add.add_argument("name", metavar="NAME", help="whom they sign in as; capitals do not count")
    add.add_argument("--role", choices=["annotator", "lead"], required=True, help="a lead also launches rounds")
    add.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    _add_json(add, run="user add")


def _add_import(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    imports = _command(
        several,
        "import",
        example="import frames --annotations boxes.json",
        help="a folder of images, with or without a COCO file",
    )
    imports.add_argument(
        "images_dir", type=Path, metavar="IMAGES_DIR", help="the folder of images, with its sub-folders"
    )
    imports.add_argument("--annotations", type=Path, metavar="FILE", help="COCO keypoints or boxes")
    imports.add_argument("--format", choices=["coco"], default="coco", help="what --annotations is written in (coco)")
    imports.add_argument(
        "--group-from",
        metavar="FIELD",
        help="the field of the file's images that names the camera (default: sub-folder, or what names share)",
    )
    imports.add_argument(
        "--split", choices=["train", "validation"], default="train", help="validation is only measured on (train)"
    )
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

    prelabel = _command(
        several,
        "prelabel",
        example="prelabel movenet.onnx",
        help="a pose model's predictions for everybody who has no label",
    )
    prelabel.add_argument("model", type=Path, metavar="MODEL.onnx", help="a pose model (docs/cold-start.md)")
    _add_json(prelabel, run="prelabel")


def _add_export(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    export = _command(several, "export", example="export labels.json", help="labels out as COCO keypoints")
    export.add_argument("out", type=Path, metavar="OUT", help="the file to write")
    export.add_argument("--format", choices=["coco"], default="coco", help="what is written (coco)")
    export.add_argument("--with-predictions", action="store_true", help="add the student's, marked as such")
    _add_json(export, run="export")


def _add_camera(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    camera = several.add_parser("camera", help="cameras and their lens circles")
    actions = camera.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_json(
        _command(actions, "list", example="camera list", help="every camera, its circle and who says so"),
        run="camera list",
    )
    change = _command(
        actions,
        "set",
        example="camera set hall --lens 320,240,235",
        help="say where a camera's lens circle lies; a person's word is kept",
    )
    change.add_argument("name", metavar="NAME", help="as `camera list` has it")
    word = change.add_mutually_exclusive_group(required=True)
    word.add_argument("--lens", type=_lens, metavar="X,Y,RADIUS", help="in px of the frame that `camera list` names")
    word.add_argument("--plain", action="store_true", help="no fisheye: its images are upright as they are")
    word.add_argument("--find", action="store_true", help="look for the circle in its frames again")
    _add_json(change, run="camera set")


def _add_skeleton(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    skeleton = several.add_parser("skeleton", help="the home's keypoints: which are left and right, how they join")
    actions = skeleton.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_json(
        _command(actions, "show", example="skeleton show", help="keypoints, pairs, sigmas, edges"), run="skeleton show"
    )
    change = _command(
        actions,
        "set",
        example="skeleton set coco-17",
        help="another mirror, edges, sigmas or name for the same keypoints",
    )
    source = change.add_mutually_exclusive_group(required=True)
    source.add_argument("skeleton", nargs="?", metavar="FILE", help="a .toml or .json file, or a built-in name")
    source.add_argument("--by-name", action="store_true", help="pair left and right by the keypoints' names")
    _add_json(change, run="skeleton set")


def _add_queue(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    queue = _command(several, "queue", example="queue --limit 5", help="what annotators get next, and why")
    queue.add_argument("--limit", type=_positive, default=20, help="how many images (default: 20)")
    _add_json(queue, run="queue")


def _add_round(several: "_Subparsers[argparse.ArgumentParser]") -> None:
    rounds = several.add_parser("round", help="rounds").add_subparsers(dest="action", required=True, metavar="ACTION")
    launch = _command(rounds, "launch", example="round launch --preset demo", help="start a round; a worker must run")
    launch.add_argument("--config", type=Path, metavar="FILE", help="TOML over the other settings")
    launch.add_argument(
        "--method", help="supervised, dualpose, sspcm or multiaugs (default: the last round's, or sspcm)"
    )
    launch.add_argument(
        "--preset", choices=["demo", "standard"], help="start afresh from it (default: the last round's settings)"
    )
    launch.add_argument("--as", dest="lead", metavar="NAME", help="the lead who launches it, if there are several")
    _add_json(launch, run="round launch")
    _add_json(_command(rounds, "list", example="round list", help="every round, newest first"), run="round list")
    show = _command(rounds, "show", example="round show 1", help="one round")
    show.add_argument("number", type=_positive, metavar="N", help="the round's number")
    _add_json(show, run="round show")


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, help="where the web server listens (default: $SSPCM_PORT or 7860)")


def _add_json(parser: argparse.ArgumentParser, *, run: str) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.set_defaults(run=run)


def _folder(text: str) -> Path:
    """ "" would be the folder that one happens to be in: a script's variable that is not set."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty; give a folder, '.' for the one you are in")
    return Path(text)


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
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 1 <= number <= LARGEST:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no number from 1 to {LARGEST:,}")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no port; give a number from 1 to 65535")
    return number


if __name__ == "__main__":
    sys.exit(main())
