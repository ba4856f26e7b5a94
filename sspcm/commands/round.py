"""`sspcm round`: a round's folder, run or gone on with."""

import argparse
import json
import sys
from dataclasses import asdict

import torch

from sspcm.commands.train import run_shown
from sspcm.manifest import RoundError
from sspcm.training.round_cost import cost_of_round


def run(options: argparse.Namespace, device: torch.device) -> int:
    """0 if the round ended well; its error on stderr otherwise. Raises RoundError without a folder."""
    if not options.folder.is_dir():
        raise RoundError(f"there is no folder {options.folder}; wanted one that holds manifest.json. Check the path.")
    if options.dry_run:
        print(json.dumps(asdict(cost_of_round(options.folder, device)), indent=1))
        return 0
    error = run_shown(options.folder, device)
    if error is not None:
        print(f"sspcm: {error}", file=sys.stderr)
    return 0 if error is None else 1
