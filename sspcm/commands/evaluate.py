"""`sspcm evaluate`: predictions, or a network's own, held against annotations."""

import argparse
import json
from typing import Any

from sspcm.evaluation.coco_figures import evaluate
from sspcm.evaluation.prediction_files import EvaluationError, read_predictions
from sspcm.formats.annotated import parse_annotated
from sspcm.formats.coco.reading import CocoFile, read_json
from sspcm.skeletons.skeleton import get_skeleton


def run(options: argparse.Namespace) -> int:
    """Measure and print; torch is loaded for a network alone."""
    document = read_json(options.annotations)
    coco, predictions = _measure_what(options, document)
    told = evaluate(coco, document["annotations"], predictions)
    print(json.dumps(told.to_json() | {"complaints": list(coco.complaints)}, indent=1) if options.json else told)
    return 0


def _measure_what(options: argparse.Namespace, document: Any) -> tuple[CocoFile, list[dict[str, Any]]]:
    named = get_skeleton(options.skeleton) if options.skeleton else None
    if options.model is None and options.predictions is not None and options.images is None:
        return parse_annotated(document, named, name=options.annotations.name), read_predictions(options.predictions)
    if options.model is None or options.predictions is not None or options.images is None:
        raise EvaluationError(
            "found neither --predictions alone nor MODEL with --images; wanted one of the two. "
            "Give --predictions FILE, or MODEL --images DIR."
        )
    from sspcm.commands.devices import device_named
    from sspcm.commands.predict import see
    from sspcm.models.folder import open_model

    device = device_named(options.device)
    model = open_model(options.model, options.network, device=device)
    coco = parse_annotated(document, named or model.skeleton, name=options.annotations.name)
    return coco, see(options, model, coco, device)
