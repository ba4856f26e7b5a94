"""`sspcm predict`: every person of a COCO file seen by a trained network, as COCO results."""

import argparse
import json
import sys
import time
from typing import Any

import torch
from tqdm import tqdm

from sspcm.commands.outputs import check_free
from sspcm.formats.annotated import read_annotated
from sspcm.formats.coco.reading import CocoFile
from sspcm.models.folder import Model, open_model
from sspcm.models.predict import predict_file
from sspcm.whole_files import write_atomically


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
        "closer": options.closer,
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
            model,
            coco,
            options.images,
            decode=options.decode,
            flip=options.flip,
            closer=options.closer,
            device=device,
            show=bar.update,
        )
