"""A VitPose as a folder that transformers saved: config.json and model.safetensors.

Nothing is fetched, and no code of the folder is run. What networks are built on afterwards holds all of it
(networks/vitpose.py).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from sspcm.networks.cut_graph import CutInfo
from sspcm.networks.finite import unusable
from sspcm.networks.trunk import IMAGENET_MEAN, IMAGENET_STD, BackboneError, first_line
from sspcm.networks.vitpose import VitPoseGraph, VitPoseLayers, vitpose_graph
from sspcm.skeletons.skeleton import BUILT_IN, find_keypoints

CONFIG_FILE, WEIGHTS_FILE, PIXELS_FILE = "config.json", "model.safetensors", "preprocessor_config.json"
MODEL_TYPE, BACKBONE_TYPE = "vitpose", "vitpose_backbone"
COCO = BUILT_IN["coco-17"].keypoints
SIDES = {"l": "left", "r": "right"}
CLASSIC_SCALE = 4
"""Two deconvolutions of stride 2."""


def is_vitpose(folder: Path) -> bool:
    """Whether a folder says that it is one. Raises BackboneError where its config.json is not readable."""
    path = folder / CONFIG_FILE
    return path.is_file() and _read(path).get("model_type") == MODEL_TYPE


def import_vitpose(folder: Path) -> VitPoseGraph:
    """What networks are built on. Raises BackboneError."""
    config = _read(folder / CONFIG_FILE)
    try:
        info = _info(folder, config)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BackboneError(
            f"{folder / CONFIG_FILE} does not describe a VitPose ({first_line(error)}); wanted image_size, patch_size "
            f"and id2label, and a backbone_config of model_type {BACKBONE_TYPE}. Save the model again with "
            "save_pretrained."
        ) from error
    layers = VitPoseLayers(config, info).eval()
    weights = _weights(folder / WEIGHTS_FILE, layers.model.state_dict())
    layers.model.load_state_dict(dict(weights))
    with torch.inference_mode():
        heatmaps, features = layers(torch.zeros(1, 3, info.height, info.width))
    wanted = (1, len(info.keypoints), info.height // info.stride, info.width // info.stride)
    if heatmaps.shape != wanted or not torch.isfinite(heatmaps).all():
        raise BackboneError(
            f"{folder.name} answers with {list(heatmaps.shape)} for a crop of {info.height} x {info.width}; wanted "
            f"finite heatmaps {list(wanted)}. Give a VitPose as it was trained."
        )
    return vitpose_graph(config, replace(info, features=features.shape[1]), weights)


def _info(folder: Path, config: Mapping[str, Any]) -> CutInfo:
    """All but what only running it tells."""
    backbone = config["backbone_config"]
    if backbone["model_type"] != BACKBONE_TYPE:
        raise ValueError(f"its backbone is {backbone['model_type']}")
    (height, width), patch = backbone["image_size"], backbone["patch_size"]
    if len(set(patch)) != 1 or height % patch[0] or width % patch[0]:
        raise ValueError(f"patches of {patch} do not divide {height} x {width}")
    scale = config.get("scale_factor", CLASSIC_SCALE) if config.get("use_simple_decoder", True) else CLASSIC_SCALE
    if patch[0] % scale:
        raise ValueError(f"patches of {patch[0]} pixels are no {scale} heatmap pixels")
    return CutInfo(
        kind="heatmaps",
        name=folder.resolve().name,
        sha256=_sha256(folder / WEIGHTS_FILE),
        keypoints=_keypoints(config["id2label"]),
        height=height,
        width=width,
        stride=patch[0] // scale,
        shift=0.0,
        colours=_colours(folder),
    )


def _keypoints(labels: Mapping[str, str]) -> tuple[str, ...]:
    """By their labels, "L_Eye" as "left_eye"; without labels seventeen are COCO's."""
    names = tuple(labels[str(i)] for i in range(len(labels)))
    if all(name == f"LABEL_{i}" for i, name in enumerate(names)):
        if len(names) != len(COCO):
            raise ValueError(f"its {len(names)} keypoints have no names")
        return COCO
    spelled = tuple("_".join(SIDES.get(word, word) for word in name.lower().split("_")) for name in names)
    coco = find_keypoints(COCO, spelled)
    return COCO if coco == list(range(len(COCO))) and len(names) == len(COCO) else spelled


def _colours(folder: Path) -> tuple[tuple[float, ...], ...]:
    """What the first layer sees of red, green and blue, 0..255."""
    path = folder / PIXELS_FILE
    told = _read(path) if path.is_file() else {}
    mean, std = told.get("image_mean", IMAGENET_MEAN), told.get("image_std", IMAGENET_STD)
    rescale = told.get("rescale_factor", 1 / 255)
    return tuple(
        (
            *(rescale / float(std[plane]) if i == plane else 0.0 for i in range(3)),
            -float(mean[plane]) / float(std[plane]),
        )
        for plane in range(3)
    )


def _weights(path: Path, wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    try:
        found = load_file(path)
    except (OSError, SafetensorError) as error:
        raise _unreadable(path, first_line(error)) from error
    for name, tensor in wanted.items():
        if name not in found:
            raise _misfit(path, f"it has no '{name}'")
        if found[name].shape != tensor.shape:
            raise _misfit(path, f"'{name}' is {list(found[name].shape)}, wanted {list(tensor.shape)}")
    weights = {name: found[name].to(tensor.dtype) for name, tensor in wanted.items()}
    for complaint in unusable(wanted, weights):
        raise _misfit(path, complaint)
    return weights


def _misfit(path: Path, how: str) -> BackboneError:
    return BackboneError(
        f"{path} does not fit {CONFIG_FILE} beside it: {how}; wanted the weights of a VitPoseForPoseEstimation. "
        "Give the folder as it was saved."
    )


def _unreadable(path: Path, reason: str) -> BackboneError:
    return BackboneError(
        f"cannot read {path} ({reason}); wanted all weights in this one file. "
        "Download it, or save the model again with save_pretrained."
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BackboneError(
            f"cannot read {path} ({first_line(error)}); wanted JSON as transformers writes it. Download it again."
        ) from error
    return data if isinstance(data, dict) else {}


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
