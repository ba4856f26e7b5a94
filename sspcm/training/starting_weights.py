"""Starting weights: A and B trained on labels alone, from two seeds, for rounds to start from."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from sspcm.config import RoundConfig, Variant
from sspcm.crops.store import CropSpec, CropStore, Frame, crop_spec
from sspcm.evaluation.metrics import Evaluated, average_precision
from sspcm.formats.coco.reading import CocoFile, lens_of, read_coco
from sspcm.method.trio import heatmaps_of
from sspcm.models.checkpoint import load_network, save_networks
from sspcm.models.predict import predict_persons
from sspcm.networks import PoseNetwork, build_network
from sspcm.pose import Label, PersonInstance, Prediction
from sspcm.skeletons.skeleton import Skeleton
from sspcm.training.loop import Labelled, TrainingError, train_supervised_network

PREDICT_BATCH = 64


def train_starting_weights(
    images: Path,
    annotations: Path,
    out: Path,
    *,
    config: RoundConfig,
    skip: int,
    holdout: int,
    names: Sequence[Literal["A", "B"]],
    weights: Path | None,
    dtype: torch.dtype,
    device: torch.device,
    show: Callable[[], object],
) -> dict[str, Any]:
    """Train the named networks, A from the config's seed, B from the next, and write them with model.json into `out`.

    With `weights`, the networks go on from that folder's; else they start at random.
    The first `skip` images by file name are left out, the last `holdout` ones only measured on. An image's lens circle
    is what its field `lens` says (centre x, y and radius in pixels, as `sspcm draw` writes it), else the circle
    inscribed in its frame. show: called after every step. Gives a report of plain data, the annotations' complaints
    among it. Raises TrainingError, CocoError.
    """
    began = time.monotonic()
    coco = read_coco(annotations)
    learn, measure = _split(coco, images, config, skip=skip, holdout=holdout)
    if not learn:
        raise TrainingError(
            f"{annotations} leaves no person with keypoints to train on (skip {skip}, holdout {holdout}, "
            f"{len(coco.images)} images); wanted at least one. Skip or hold out fewer images."
        )
    frame = Frame(config.model.input_height, config.model.input_width)
    crops = CropStore([spec for spec, _, _ in learn], frame, threads=config.train.loader_threads)
    xyv = np.stack([np.column_stack((s.to_crop(label.xyv[:, :2]), label.xyv[:, 2])) for s, label, _ in learn])
    labelled = Labelled(crops, torch.from_numpy(xyv).float())
    networks = {
        name: _train_one(
            labelled,
            coco.skeleton,
            replace(config, seed=config.seed + "AB".index(name)),
            weights / f"{name}.safetensors" if weights is not None else None,
            device,
            show,
        )
        for name in names
    }
    out.mkdir(parents=True, exist_ok=True)
    save_networks(out, networks, skeleton=coco.skeleton, model=config.model, dtype=dtype)
    return {
        "complaints": list(coco.complaints),
        "persons": len(learn),
        "held_out": len(measure),
        "steps": config.train.steps,
        "seed": config.seed,
        "ap": _measure(networks, measure, frame, coco.skeleton, config.model.pixels, device) if measure else {},
        "seconds": round(time.monotonic() - began, 1),
    }


Sample = tuple[CropSpec, Label, PersonInstance]


def _split(
    coco: CocoFile, images: Path, config: RoundConfig, *, skip: int, holdout: int
) -> tuple[list[Sample], list[Sample]]:
    """Labelled persons to learn from and to measure on, image by image."""
    order = sorted(coco.images, key=lambda image: image.file_name)
    kept, last = order[skip:], len(order) - holdout
    measured = {image.id for image in order[max(skip, last) :]}  # few images: never one that was skipped
    persons: dict[int, list[PersonInstance]] = {}
    for entry in coco.persons:
        if entry.person.label is not None and entry.person.label.labelled.any():
            persons.setdefault(entry.image_id, []).append(entry.person)
    learn: list[Sample] = []
    measure: list[Sample] = []
    for image in kept:
        lens = lens_of(image)
        for person in persons.get(image.id, []):
            assert person.label is not None
            spec = crop_spec(images / image.file_name, person.box, lens, config.model)
            (measure if image.id in measured else learn).append((spec, person.label, person))
    return learn, measure


def _train_one(
    labelled: Labelled,
    skeleton: Skeleton,
    config: RoundConfig,
    weights: Path | None,
    device: torch.device,
    show: Callable[[], object],
) -> PoseNetwork:
    model = config.model
    network = build_network(model.backbone, heatmaps_of(model, len(skeleton)), model.deconv_channels, config.seed).to(
        device
    )
    if weights is not None:
        load_network(weights, network)
    mirror = torch.from_numpy(skeleton.mirror_array)
    for _ in train_supervised_network(network, labelled, mirror, config, device):
        show()
    return network


def _measure(
    networks: Mapping[Literal["A", "B"], PoseNetwork],
    samples: list[Sample],
    frame: Frame,
    skeleton: Skeleton,
    pixels: Variant,
    device: torch.device,
) -> dict[Literal["A", "B"], dict[str, float]]:
    crops = CropStore([spec for spec, _, _ in samples], replace(frame, context=1.0), threads=2)
    predicted = predict_persons(
        networks, crops, batch=PREDICT_BATCH, device=device, keypoints=len(skeleton), pixels=pixels
    )
    numbers = {path: number for number, path in enumerate(dict.fromkeys(spec.image for spec, _, _ in samples))}
    return {
        name: average_precision(
            [
                Evaluated(Prediction(xyc, name), label, person.oks_area, numbers[spec.image])
                for (spec, label, person), xyc in zip(samples, rows, strict=True)
            ],
            skeleton,
        )
        for name, rows in predicted.items()
    }
