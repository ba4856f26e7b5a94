"""What the options of several commands share: the home, `--json`, numbers that are checked as they are read."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.home.settings import Settings

LARGEST = 10_000_000
"""Of a count: steps, images, rounds."""
PROGRAM = "python -P -m app"
HOME_HELP = "the home: its folder (default: $SSPCM_HOME or ./data)"
ENVIRONMENT = """environment (an option goes first):
  SSPCM_HOME             the home's folder
  DATABASE_URL           another store than the home's own: postgresql://USER@HOST/NAME
  SSPCM_BUCKET           s3://NAME/PREFIX: what machines without a common folder share
  SSPCM_HOST, SSPCM_PORT where the web server listens (127.0.0.1, 7860)
  SSPCM_ALLOWED_HOSTS    the host names that it answers for, with commas between
  SSPCM_SECURE_COOKIES   1 behind TLS
  SSPCM_SESSION_HOURS    after how many hours a browser is signed out (12)
  SSPCM_IDLE_HOURS       after how many unused ones it is (4)
  SSPCM_OIDC_ISSUER, SSPCM_OIDC_CLIENT_ID, SSPCM_OIDC_CLIENT_SECRET
                         a provider by which people sign in, too (docs/serving.md)
  SSPCM_TRUSTED_PROXIES  whose forwarding headers are believed
  SSPCM_MOST_HELD        how many images one annotator holds at a time (4)
  SSPCM_KEEP_ROUNDS      how many of the newest rounds are kept whole, besides the
                         published one, the one before and the best; or 'all' (0)
  SSPCM_METRICS_TOKEN    whoever names it reads /metrics (none: there is no such page)
  SSPCM_LOG              plain, or json: a line of JSON for each entry of the log
  SSPCM_LARGEST_MEGAPIXELS, SSPCM_LARGEST_IMAGE_MB
                         the largest image that an import takes
  SSPCM_DEVICE           where rounds train: auto, cpu or cuda"""

Subparsers = argparse._SubParsersAction  # argparse has no public name for what add_subparsers returns
Command = Callable[["Settings", argparse.Namespace], int]
"""What carries a command out: settings and options in, an exit status out."""


def command(
    several: "Subparsers[argparse.ArgumentParser]", name: str, *, example: str, help: str
) -> argparse.ArgumentParser:
    """A command's parser: --home goes after it as well, and its help ends with an example."""
    parser = several.add_parser(
        name,
        help=help,
        description=help[:1].upper() + help[1:] + ".",
        epilog=epilog(example),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_home(parser)
    return parser


def group(
    several: "Subparsers[argparse.ArgumentParser]", name: str, *, help: str
) -> "Subparsers[argparse.ArgumentParser]":
    """Commands of one first word, as `round launch` and `round list`; --home may stand between the two as well."""
    parser = several.add_parser(name, help=help)
    _add_home(parser)
    return parser.add_subparsers(dest="action", required=True, metavar="ACTION")


def _add_home(parser: argparse.ArgumentParser) -> None:
    # argparse writes a parser's defaults over what the parser before it read: without one, what was given stays.
    parser.add_argument(
        "--home", dest="home_after", type=folder, default=argparse.SUPPRESS, metavar="DIR", help=HOME_HELP
    )


def epilog(example: str) -> str:
    """What stands under a help: an example, and the environment."""
    return f"example:\n  {PROGRAM} --home data {example}\n\n{ENVIRONMENT}"


def add_port(parser: argparse.ArgumentParser) -> None:
    """Where the web server listens."""
    parser.add_argument("--port", type=port, help="where the web server listens (default: $SSPCM_PORT or 7860)")


def add_json(parser: argparse.ArgumentParser, *, run: Command, name: str) -> None:
    """Whether a program reads the answer; and what carries the command out, under the name that errors begin with."""
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.set_defaults(run=run, command_name=name)


def folder(text: str) -> Path:
    """ "" would be the folder that one happens to be in: a script's variable that is not set."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty; give a folder, '.' for the one you are in")
    return Path(text)


def positive(text: str) -> int:
    """A count, from 1 on. Raises ArgumentTypeError."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 1 <= number <= LARGEST:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no number from 1 to {LARGEST:,}")
    return number


def share(text: str) -> float:
    """A part of everything, from 0 to .5. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 0.5:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no share; give a number from 0 to .5, as in .1")
    return number


def port(text: str) -> int:
    """A port. Raises ArgumentTypeError."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no port; give a number from 1 to 65535")
    return number
