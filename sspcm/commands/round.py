"""`sspcm round`: a round's folder, run or gone on with."""

import argparse
import sys

import torch

from sspcm.commands.train import run_shown
from sspcm.manifest import RoundError


def run(options: argparse.Namespace, device: torch.device) -> int:
    """0 if the round ended well; its error on stderr otherwise. Raises RoundError without a folder."""
    if not options.folder.is_dir():
        raise RoundError(f"there is no folder {options.folder}; wanted one that holds manifest.json. Check the path.")
    error = run_shown(options.folder, device)
    if error is not None:
        print(f"sspcm: {error}", file=sys.stderr)
    return 0 if error is None else 1
