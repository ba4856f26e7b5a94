"""`sspcm predict`: every person of a COCO file seen by a trained network, as COCO results."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, get_args

import torch
from tqdm import tqdm

from sspcm.annotated import read_annotated
from sspcm.checkpoint import write_atomically
from sspcm.commands.outputs import check_free
from sspcm.formats.coco import CocoFile
from sspcm.heatmaps import Decoder
from sspcm.model_folder import NAMES, Model, open_model
from sspcm.predict import predict_file


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    """The command's options."""
    predicting = commands.add_parser("predict", parents=[shared], help="predict every person box of a COCO file")
    predicting.add_argument("model", type=Path, metavar="MODEL", help="a training's, round's or export's folder")
    predicting.add_argument("--images", type=Path, required=True, metavar="DIR")
    predicting.add_argument("--annotations", type=Path, required=True, metavar="FILE", help="COCO JSON with the boxes")
    predicting.add_argument("--out", type=Path, required=True, metavar="FILE", help="COCO results, as JSON")
    add_seeing(predicting)
    predicting.add_argument("--force", action="store_true", help="write over --out")
    predicting.add_argument("--json", action="store_true", help="print the report as JSON")
    predicting.set_defaults(run=run)


def add_seeing(command: argparse.ArgumentParser) -> None:
    """The options that say which network looks, and how."""
    command.add_argument("--network", choices=NAMES, help="which of the folder's (the student, else A)")
    command.add_argument("--decode", choices=get_args(Decoder), default="parabola", help="heatmap to place (parabola)")
    command.add_argument("--flip", action="store_true", help="average with what the network sees in a mirror")


def run(options: argparse.Namespace, device: torch.device) -> int:
    """Predict, write, report."""
    check_free(options.out, force=options.force)
    began = time.perf_counter()
    model = open_model(options.model, options.network, device=device)
    coco = read_annotated(options.annotations, model.skeleton)
    results = see(options, model, coco, device)
    write_atomically(options.out, json.dumps(results).encode())
    seconds = time.perf_counter() - began
    images = len({result["image_id"] for result in results})
    report = {
        "network": model.name,
        "decoder": options.decode,
        "flip": options.flip,
        "persons": len(results),
        "images": images,
        "seconds": round(seconds, 2),
        "images_per_second": round(images / seconds, 2),
        "complaints": list(coco.complaints),
    }
    if options.json:
        print(json.dumps(report, indent=1))
    else:
        print(f"{len(results)} persons of {images} images by {model.name}, {seconds:.1f} s, in {options.out}")
    return 0


def see(options: argparse.Namespace, model: Model, coco: CocoFile, device: torch.device) -> list[dict[str, Any]]:
    """The predictions, with the file's complaints on stderr and a bar while it lasts."""
    for complaint in coco.complaints:
        print(f"sspcm: {complaint}", file=sys.stderr)
    with tqdm(disable=not sys.stderr.isatty(), total=len(coco.persons), unit="person") as bar:
        return predict_file(
            model, coco, options.images, decode=options.decode, flip=options.flip, device=device, show=bar.update
        )
