"""The command line of the method: `round` runs a round's folder, `train` trains on COCO files, `draw` scenes.

What carries a command out is imported once its options are read: torch takes seconds to load.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from sspcm.commands.options import build_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if it succeeded, 1 with one line on stderr if it did not."""
    options = build_parser().parse_args(arguments)
    if check := getattr(options, "check", None):
        check(options)
    try:
        return COMMANDS[options.command](options)
    except KeyboardInterrupt:
        print("sspcm: stopped; a training goes on from its last checkpoint by the same command.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # who read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from sspcm.commands.errors import ERRORS

        if not isinstance(error, ERRORS):
            raise
        print(f"sspcm: {_said(error)}", file=sys.stderr)
        return 1


def _said(error: Exception) -> str:
    """The error in our words; the system's own are short of what to do."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    where = f"'{error.filename}'" if error.filename else "a file"
    return f"{where} cannot be used ({error.strerror}); wanted a path to read from or write to. Correct it."


def _round(options: argparse.Namespace) -> int:
    from sspcm.commands import round
    from sspcm.commands.devices import device_named

    return round.run(options, device_named(options.device))


def _score(options: argparse.Namespace) -> int:
    from sspcm.commands import score
    from sspcm.commands.devices import device_named

    return score.run(options, device_named(options.device))


def _train(options: argparse.Namespace) -> int:
    from sspcm.commands import train
    from sspcm.commands.devices import device_named

    return train.run(options, device_named(options.device))


def _predict(options: argparse.Namespace) -> int:
    from sspcm.commands import predict
    from sspcm.commands.devices import device_named

    return predict.run(options, device_named(options.device))


def _rank(options: argparse.Namespace) -> int:
    from sspcm.commands import rank

    return rank.run(options)


def _evaluate(options: argparse.Namespace) -> int:
    if options.ranking:
        from sspcm.commands import evaluate_ranking

        return evaluate_ranking.run(options)
    from sspcm.commands import evaluate

    return evaluate.run(options)


def _check(options: argparse.Namespace) -> int:
    from sspcm.commands import check

    return check.run(options)


def _simulate(options: argparse.Namespace) -> int:
    from sspcm.commands import simulate
    from sspcm.commands.devices import device_named

    return simulate.run(options, device_named(options.device))


def _export(options: argparse.Namespace) -> int:
    from sspcm.commands import export

    return export.run(options)


def _draw(options: argparse.Namespace) -> int:
    from sspcm.commands import draw
    from sspcm.commands.devices import device_named

    return draw.run(options, device_named(options.device))


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "round": _round,
    "score": _score,
    "train": _train,
    "predict": _predict,
    "rank": _rank,
    "evaluate": _evaluate,
    "check": _check,
    "simulate": _simulate,
    "export": _export,
    "draw": _draw,
}


if __name__ == "__main__":
    sys.exit(main())
