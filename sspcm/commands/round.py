"""`sspcm round`: a round's folder, run or gone on with, by one process or by several that share its batches."""

import argparse
import json
import os
import signal
import sys
import uuid
from dataclasses import asdict

import torch

from sspcm.commands.processes import STARTED_BY_TORCHRUN, joined, processes_for, require_shares
from sspcm.commands.train import run_shown
from sspcm.crops.sampling import Share
from sspcm.manifest import RoundError, read_manifest
from sspcm.round_folder import MANIFEST_FILE, STATUS_FILE
from sspcm.training.round_cost import cost_of_round

LOOK_EVERY_S = 0.5


def run(options: argparse.Namespace, device: torch.device) -> int:
    """0 if the round ended well; its error on stderr otherwise. Raises RoundError without a folder, ConfigError where
    the processes cannot share its batches."""
    if not options.folder.is_dir():
        raise RoundError(f"there is no folder {options.folder}; wanted one that holds manifest.json. Check the path.")
    if options.dry_run:
        print(json.dumps(asdict(cost_of_round(options.folder, device)), indent=1))
        return 0
    if options.processes != 1 and STARTED_BY_TORCHRUN not in os.environ:
        train = read_manifest(options.folder / MANIFEST_FILE).config.train
        count = options.processes or processes_for(train, torch.cuda.device_count() if device.type == "cuda" else 1)
        require_shares(train, Share(0, count))
        if count > 1:
            return _run_together(options, count)
    with joined(device) as (share, own):
        error = run_shown(options.folder, own, share)
    if error is not None and share.first:
        print(f"sspcm: {error}", file=sys.stderr)
    return 0 if error is None else 1


def _run_together(options: argparse.Namespace, count: int) -> int:
    """The same command in so many processes of this machine, as torchrun starts them.

    Where a signal ended one of them, this process ends by the same one, so that who started it knows.
    """
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=count,
        run_id=uuid.uuid4().hex,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        max_restarts=0,
        monitor_interval=LOOK_EVERY_S,
    )
    command = (sys.executable, "-P", "-m", "sspcm", "round", str(options.folder), "--device", str(options.device))
    try:
        elastic_launch(config, command[0])(*command[1:])
    except SignalException:  # told to end: the processes have kept their step
        return 1
    except ChildFailedError as error:
        killed = [one.exitcode for one in error.failures.values() if one.exitcode < 0]
        if killed:
            # what the others said of it, that a neighbour is gone, is not why the round ended
            (options.folder / STATUS_FILE).unlink(missing_ok=True)
            _end_by(signal.Signals(-killed[0]))
        return 1
    return 0


def _end_by(number: signal.Signals) -> None:
    """End this process by a signal, as if it had been sent."""
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
