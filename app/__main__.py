"""The command line: `python -P -m app COMMAND`. Every command has --help; --json prints one JSON document.

Commands import what they need when they run: `--help` stays fast, and the web's environment is set before Gradio loads.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app import commands
from app.settings import Settings, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 only on success, 1 with one sentence on stderr when it could not be done."""
    options = build_parser().parse_args(arguments)
    try:
        settings: Settings = read_settings(
            options.home, port=getattr(options, "port", None), device=getattr(options, "device", None)
        )
        status: int = options.run(settings, options)
        return status
    except commands.EXPECTED as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(prog="python -P -m app", description="Active labelling for overhead-fisheye pose.")
    parser.add_argument("--home", type=Path, help="state folder (default: $SSPCM_HOME or ./data)")
    several = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = several.add_parser("demo", help="a home with the demo images, opened again if it exists")
    demo.add_argument("--check", action="store_true", help="run the whole loop over HTTP in a fresh home and judge it")
    demo.add_argument("--steps", type=int, help="with --check: training steps of its rounds (default: the preset's)")
    _add_port(demo)
    _add_json(demo)
    demo.set_defaults(run=commands.demo)

    up = several.add_parser("up", help="web and worker under one supervisor that restarts either")
    _add_port(up)
    up.set_defaults(run=commands.up)

    web = several.add_parser("web", help="the web server alone")
    _add_port(web)
    web.set_defaults(run=commands.web)

    worker = several.add_parser("worker", help="the worker alone: runs rounds")
    worker.add_argument("--device", choices=["auto", "cpu", "cuda"], help="where rounds train (default: auto)")
    worker.set_defaults(run=commands.worker)

    several.add_parser("migrate", help="create or upgrade the store").set_defaults(run=commands.migrate)

    _add_user(several)
    _add_import(several)

    export = several.add_parser("export", help="labels out as COCO keypoints")
    export.add_argument("out", type=Path, metavar="OUT", help="the file to write")
    export.add_argument("--format", choices=["coco"], default="coco")
    export.add_argument("--with-predictions", action="store_true", help="add the student's, marked as such")
    _add_json(export)
    export.set_defaults(run=commands.export)

    queue = several.add_parser("queue", help="what annotators get next, and why")
    queue.add_argument("--limit", type=int, default=20)
    _add_json(queue)
    queue.set_defaults(run=commands.queue)

    _add_round(several)
    return parser


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="where the web server listens (default: 7860)")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")


def _add_user(several: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    user = several.add_parser("user", help="accounts").add_subparsers(dest="action", required=True, metavar="ACTION")
    add = user.add_parser("add", help="add an account; prints a generated password unless one comes on stdin")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=["annotator", "lead"], required=True)
    add.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    _add_json(add)
    add.set_defaults(run=commands.user_add)


def _add_import(several: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    imports = several.add_parser("import", help="a folder of images, with or without a COCO file")
    imports.add_argument("images_dir", type=Path, metavar="IMAGES_DIR")
    imports.add_argument("--annotations", type=Path, metavar="FILE", help="COCO keypoints or boxes")
    imports.add_argument("--format", choices=["coco"], default="coco")
    imports.add_argument("--group-from", metavar="FIELD", help="the image field that names the camera")
    imports.add_argument("--split", choices=["train", "validation"], default="train")
    imports.add_argument("--skeleton", default="coco-17", help="built-in name or file, where no COCO file names one")
    _add_json(imports)
    imports.set_defaults(run=commands.import_images)


def _add_round(several: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    rounds = several.add_parser("round", help="rounds").add_subparsers(dest="action", required=True, metavar="ACTION")
    launch = rounds.add_parser("launch", help="start a round; a worker must run")
    launch.add_argument("--config", type=Path, metavar="FILE", help="TOML over the preset")
    launch.add_argument("--preset", choices=["demo", "standard"], default="standard")
    launch.add_argument("--as", dest="lead", default="lead", metavar="NAME", help="the lead who launches it")
    _add_json(launch)
    launch.set_defaults(run=commands.round_launch)
    listing = rounds.add_parser("list", help="every round, newest first")
    _add_json(listing)
    listing.set_defaults(run=commands.round_list)
    show = rounds.add_parser("show", help="one round")
    show.add_argument("number", type=int, metavar="N")
    _add_json(show)
    show.set_defaults(run=commands.round_show)


if __name__ == "__main__":
    sys.exit(main())
