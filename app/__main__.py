"""The command line: `python -P -m app COMMAND`. Every command has --help; --json prints one JSON document.

What carries a command out is imported once the options are read, so that `--help` and a misspelt option answer at once.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli import (
    accounts,
    agreement,
    backups,
    bucket,
    cameras,
    dataset,
    deletion,
    figures,
    findings,
    labels,
    probes,
    queue,
    review,
    rounds,
    serving,
    simulation,
    skeletons,
    unlabelable,
    validation,
    work,
    workers,
)
from app.cli.options import HOME_HELP, PROGRAM, epilog, folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 only on success, 1 with one sentence on stderr when it could not be done, 2 for usage."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    options.home = _one_home(parser, options)
    from app.cli.running import run

    return run(options)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options; `run` is the function that carries it out."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Active labelling for overhead-fisheye pose.",
        epilog=epilog("demo"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--home", type=folder, metavar="DIR", help=HOME_HELP)
    several = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serving.add_services(several)
    accounts.add_user(several)
    backups.add_backup(several)
    dataset.add_import(several)
    dataset.add_export(several)
    deletion.add_deletion(several)
    cameras.add_camera(several)
    skeletons.add_skeleton(several)
    labels.add_label(several)
    queue.add_queue(several)
    work.add_work(several)
    probes.add_probes(several)
    agreement.add_agreement(several)
    figures.add_team(several)
    review.add_review(several)
    validation.add_validation(several)
    unlabelable.add_unlabelable(several)
    findings.add_label_checks(several)
    simulation.add_simulate(several)
    rounds.add_round(several)
    workers.add_workers(several)
    bucket.add_bucket(several)
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


if __name__ == "__main__":
    sys.exit(main())
