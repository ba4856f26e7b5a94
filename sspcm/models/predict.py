"""What networks say about persons: keypoints in image pixels, with confidences."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from sspcm.config import ModelConfig, Variant
from sspcm.crops.store import CropSpec, CropStore, Frame, crop_spec
from sspcm.cutting import CropError
from sspcm.evaluation.metrics import person_confidence
from sspcm.formats.coco.reading import CocoFile, CocoPerson, lens_of
from sspcm.method.views import normalise
from sspcm.models.folder import Model
from sspcm.networks import PoseNetwork
from sspcm.networks.heatmaps import Decoder
from sspcm.pose import Prediction
from sspcm.ranking.inconsistency import CLOSER

Name = TypeVar("Name", bound=str)
PREDICT_BATCH = 64


def predict_persons(
    networks: Mapping[Name, PoseNetwork],
    crops: CropStore,
    *,
    batch: int,
    device: torch.device,
    decode: Decoder = "parabola",
    flip: bool = False,
    mirror: Int[np.ndarray, "K"] | None = None,
    pixels: Variant = "correct",
    keypoints: int | None = None,
    show: Callable[[int], object] = lambda persons: None,
) -> dict[Name, Float[np.ndarray, "P K 3"]]:
    """Per network, x, y in IMAGE pixels (sub-pixel, through the exact inverse crop matrix) and confidence in [0, 1].

    flip: each heatmap is the mean of the crop's and its mirror image's, put back by the skeleton's `mirror`.
    pixels: how the networks were trained to see colours. keypoints: only so many heatmaps are read, the first ones.
    show: called with how many persons were just done. The next batch is read while the networks compute.
    Networks run in eval mode and are put back to the mode they were in.
    """
    if flip and mirror is None:
        raise ValueError("a flip test came without a mirror; wanted which keypoint becomes which. Pass mirror=.")
    swap = torch.from_numpy(mirror).to(device) if flip and mirror is not None else None
    modes = {name: network.training for name, network in networks.items()}
    found: dict[Name, list[Float[np.ndarray, "K 3"]]] = {name: [] for name in networks}
    for network in networks.values():
        network.eval()
    with torch.inference_mode(), crops.opened():
        for chosen, stored in _in_batches(crops, batch):
            images = central(stored.to(device), crops, pixels)  # B 3 P Q -> B 3 H W
            said = {  # without a student C is A: each network is asked once
                network: network.answer(images, keypoints=keypoints, decode=decode, swap=swap)
                for network in set(networks.values())
            }
            for name, network in networks.items():
                found[name] += _to_image(np.asarray(said[network].double().cpu().numpy()), crops, chosen)
            show(len(chosen))
    for name, network in networks.items():
        network.train(modes[name])
    return {name: np.stack(rows) if rows else np.empty((0, keypoints or 0, 3)) for name, rows in found.items()}


def predict_file(
    model: Model,
    coco: CocoFile,
    images: Path,
    *,
    decode: Decoder,
    flip: bool,
    closer: bool = False,
    device: torch.device,
    threads: int = 2,
    show: Callable[[int], object] = lambda persons: None,
) -> list[dict[str, Any]]:
    """A COCO result for every person of the file, labelled or not, in its order.

    The score is the mean of the confident keypoints (method.md section 9); `annotation_id` tells whose box it was.
    closer: as a round's student looks closer. show: called with how many persons were just done. Raises CropError
    naming an image that is missing or broken.
    """
    config = replace(model.config, box_scale=model.config.box_scale / CLOSER) if closer else model.config
    specs = _specs(coco, images, config)
    frame = Frame(model.config.input_height, model.config.input_width, context=1.0)
    found = predict_persons(
        {model.name: model.network},
        CropStore(specs, frame, threads=threads, memory_budget=0),  # each is looked at once: none is kept
        batch=PREDICT_BATCH,
        device=device,
        decode=decode,
        flip=flip,
        mirror=model.skeleton.mirror_array,
        pixels=model.config.pixels,
        keypoints=len(model.skeleton),
        show=show,
    )[model.name]
    return [_result(one, Prediction(xyc, model.name)) for one, xyc in zip(coco.persons, found, strict=True)]


def central(
    stored: UInt8[Tensor, "B 3 P Q"], crops: CropStore, pixels: Variant = "correct"
) -> Float[Tensor, "B 3 H W"]:
    """The networks' input out of the middle of stored crops."""
    (dx, dy), frame = crops.frame.shift, crops.frame
    middle = stored[:, :, dy : dy + frame.height, dx : dx + frame.width]
    return normalise(middle, pixels).contiguous(memory_format=torch.channels_last)


def _in_batches(crops: CropStore, batch: int) -> Iterator[tuple[range, UInt8[Tensor, "B 3 P Q"]]]:
    """All stored crops in order, with their places; the next ones are read while these are used."""
    parts = deque(range(first, min(first + batch, len(crops))) for first in range(0, len(crops), batch))
    upcoming = crops.request(parts[0]) if parts else None
    while upcoming is not None:
        part, stored = parts.popleft(), upcoming.result()
        upcoming = crops.request(parts[0]) if parts else None
        yield part, stored


def _to_image(xyc: Float[np.ndarray, "B K 3"], crops: CropStore, chosen: range) -> list[Float[np.ndarray, "K 3"]]:
    specs = crops.specs[chosen.start : chosen.stop]
    return [np.column_stack((spec.to_image(row[:, :2]), row[:, 2])) for spec, row in zip(specs, xyc, strict=True)]


def _specs(coco: CocoFile, images: Path, config: ModelConfig) -> list[CropSpec]:
    """One a person; every image is looked for before the first is read."""
    shown = {entry.image_id for entry in coco.persons}
    by_id = {image.id: image for image in coco.images if image.id in shown}
    missing = [image.file_name for image in by_id.values() if not (images / image.file_name).is_file()]
    if missing:
        raise CropError(
            f"{len(missing)} of {len(by_id)} images are not in {images}, first {missing[0]}; wanted every image that "
            "has a person. Give the folder that the annotations' file names start from."
        )
    lenses = {number: lens_of(image) for number, image in by_id.items()}
    return [
        crop_spec(images / by_id[one.image_id].file_name, one.person.box, lenses[one.image_id], config)
        for one in coco.persons
    ]


def _result(entry: CocoPerson, prediction: Prediction) -> dict[str, Any]:
    return {
        "image_id": entry.image_id,
        "category_id": entry.person.extra.get("category_id", 1),
        "keypoints": [round(value, 4) for row in prediction.xyc.tolist() for value in row],
        "score": person_confidence(prediction),
        "annotation_id": entry.id,
    }
