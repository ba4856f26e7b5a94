"""`sspcm export`: a trained network as a folder for others."""

import argparse
import json

import torch

from sspcm.config import ConfigError
from sspcm.models.folder import open_model


def run(options: argparse.Namespace) -> int:
    """Export and tell what was measured; always on the CPU, whatever `--device`."""
    try:
        from sspcm.models.onnx import ExportError, export_model
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
    check = card["check"]
    off, allowed = check["largest_difference"], check["tolerance"]
    print(f"network {model.name} in {options.out}; ONNX lies {off:.2g} off torch ({allowed:g} allowed)")
    return 0
