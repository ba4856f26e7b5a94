"""`sspcm export`: a trained network as a folder for others."""

import argparse
import json
from pathlib import Path

import torch

from sspcm.config import ConfigError
from sspcm.model_folder import NAMES, open_model


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    """The command's options."""
    exporting = commands.add_parser(
        "export", parents=[shared], help="write a network as ONNX with a model card (needs the extra: sspcm[export])"
    )
    exporting.add_argument("model", type=Path, metavar="MODEL", help="a training's, round's or export's folder")
    exporting.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder")
    exporting.add_argument("--network", choices=NAMES, help="which of the folder's (the student, else A)")
    exporting.add_argument("--flip", choices=("no", "yes"), default="no", help="put the flip test into the file (no)")
    exporting.add_argument("--opset", type=int, metavar="N", help="ONNX's version (what torch chooses)")
    exporting.add_argument("--force", action="store_true", help="replace an earlier export")
    exporting.add_argument("--json", action="store_true", help="print the model card as JSON")
    exporting.set_defaults(run=run)


def run(options: argparse.Namespace, device: torch.device) -> int:
    """Export and tell what was measured; always on the CPU, whatever `device`."""
    try:
        from sspcm.export import TOLERANCE, ExportError, export_model
    except ImportError as error:
        raise ConfigError(
            f"exporting needs {error.name}, which is not installed. Run: pip install 'sspcm[export]'"
        ) from error
    model = open_model(options.model, options.network, device=torch.device("cpu"))
    try:
        card = export_model(model, options.out, flip=options.flip == "yes", opset=options.opset, force=options.force)
    except ExportError as error:
        raise ConfigError(str(error)) from error
    if options.json:
        print(json.dumps(card, indent=1))
        return 0
    difference = card["check"]["largest_difference"]
    print(f"network {model.name} in {options.out}; ONNX lies {difference:.2g} off torch ({TOLERANCE:g} allowed)")
    return 0
