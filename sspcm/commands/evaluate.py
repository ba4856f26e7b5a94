"""`sspcm evaluate`: predictions, or a network's own, held against annotations."""

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from sspcm.annotated import read_annotated
from sspcm.commands.predict import add_seeing, see
from sspcm.evaluation import EvaluationError, evaluate, read_annotations, read_predictions
from sspcm.formats.coco import CocoFile
from sspcm.model_folder import open_model
from sspcm.skeleton import get_skeleton


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    """The command's options."""
    measuring = commands.add_parser("evaluate", parents=[shared], help="AP and its kin of predictions, or of a network")
    measuring.add_argument("model", type=Path, nargs="?", metavar="MODEL", help="a folder to predict with first")
    measuring.add_argument("--annotations", type=Path, required=True, metavar="FILE", help="COCO JSON with labels")
    measuring.add_argument("--predictions", type=Path, metavar="FILE", help="COCO results, instead of MODEL")
    measuring.add_argument("--images", type=Path, metavar="DIR", help="for MODEL")
    measuring.add_argument("--skeleton", metavar="NAME", help="whose sigmas (those of the keypoints' names)")
    add_seeing(measuring)
    measuring.add_argument("--json", action="store_true", help="print the figures as JSON")
    measuring.set_defaults(run=run)


def run(options: argparse.Namespace, device: torch.device) -> int:
    """Measure and print."""
    coco, predictions = _measure_what(options, device)
    told = evaluate(coco, read_annotations(options.annotations), predictions)
    print(json.dumps(told.to_json() | {"complaints": list(coco.complaints)}, indent=1) if options.json else told)
    return 0


def _measure_what(options: argparse.Namespace, device: torch.device) -> tuple[CocoFile, list[dict[str, Any]]]:
    named = get_skeleton(options.skeleton) if options.skeleton else None
    if options.model is None and options.predictions is not None and options.images is None:
        return read_annotated(options.annotations, named), read_predictions(options.predictions)
    if options.model is None or options.predictions is not None or options.images is None:
        raise EvaluationError(
            "found neither --predictions alone nor MODEL with --images; wanted one of the two. "
            "Give --predictions FILE, or MODEL --images DIR."
        )
    model = open_model(options.model, options.network, device=device)
    coco = read_annotated(options.annotations, named or model.skeleton)
    return coco, see(options, model, coco, device)
