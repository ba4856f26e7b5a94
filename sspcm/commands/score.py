"""`sspcm score`: shards of a pool that another process predicts, too."""

import argparse
import json
from typing import Any

import torch

from sspcm.manifest import RoundError
from sspcm.training.scorer import score_shards


def run(options: argparse.Namespace, device: torch.device) -> int:
    """0 once there are no shards left; a JSON line on stdout as each begins. Raises RoundError without a folder."""
    if not options.folder.is_dir():
        raise RoundError(f"there is no folder {options.folder}; wanted that of a round under way. Check the path.")
    score_shards(options.folder, device=device, tell=_print)
    return 0


def _print(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)
