"""A trained network taken out of the folder that a training, a round or an export left."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

from sspcm.config import IMPORTED, ModelConfig
from sspcm.formats.coco.reading import DEFAULT_SIGMA
from sspcm.method.trio import heatmaps_of
from sspcm.models.checkpoint import CheckpointError, ModelCard, load_network, read_card
from sspcm.models.graphs import build_on, graphs_in
from sspcm.models.vitpose_folder import import_vitpose, is_vitpose
from sspcm.networks import PoseNetwork, build_network
from sspcm.networks.imported_network import build_imported
from sspcm.pose_models.layouts import BOX_SCALE
from sspcm.round_folder import MANIFEST_FILE, MODEL_FILE
from sspcm.skeletons.sides import mirror_by_name
from sspcm.skeletons.skeleton import Skeleton, SkeletonError, recognise

PREFERRED = ("C", "student", "A")
"""Which network of a folder is meant where nobody says: the student, exported or not, else teacher A."""
VITPOSE = "VitPose"
"""What the network of a folder is called that transformers saved."""


@dataclass(frozen=True, eq=False)
class Model:
    """One trained network, in eval mode, with all that it takes to run it."""

    folder: Path
    name: str
    skeleton: Skeleton
    config: ModelConfig
    network: PoseNetwork


def open_model(folder: Path, name: str | None = None, *, device: torch.device) -> Model:
    """The named network of a folder with model.json, or its best one; or a VitPose that transformers saved.

    Raises CheckpointError, BackboneError.
    """
    if not (folder / MODEL_FILE).exists() and is_vitpose(folder):
        return _open_vitpose(folder, device)
    card = read_card(folder)
    name = name or _best(folder)
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise CheckpointError(
            f"{folder} holds no network {name} (there are: {', '.join(_names(folder)) or 'none'}); wanted "
            f"{path.name} beside model.json. Choose one of them with --network."
        )
    network = _build(folder, card, name)
    load_network(path, network)
    return Model(folder, name, _skeleton(folder, card), card.model, network.to(device).eval())


def _open_vitpose(folder: Path, device: torch.device) -> Model:
    """As a training would begin with it: crops as pre-labelling cuts them."""
    graph = import_vitpose(folder)
    info = graph.info
    skeleton = recognise(info.keypoints)
    if skeleton is None:
        sigmas = (DEFAULT_SIGMA,) * len(info.keypoints)
        skeleton = Skeleton(info.name, info.keypoints, (), mirror_by_name(info.keypoints), sigmas)
    config = ModelConfig(
        backbone=IMPORTED,
        student_backbone=IMPORTED,
        input_height=info.height,
        input_width=info.width,
        box_scale=BOX_SCALE["heatmaps"],
    )
    return Model(folder, VITPOSE, skeleton, config, build_imported(graph, range(len(skeleton)), 0).to(device).eval())


def _build(folder: Path, card: ModelCard, name: str) -> PoseNetwork:
    """The network without its weights."""
    if card.model.backbone == IMPORTED:
        return build_on(graphs_in(folder).of(name), card.keypoints, 0)
    outputs = heatmaps_of(card.model, len(card.keypoints))
    return build_network(_backbone(card.model, name), outputs, card.model.deconv_channels, 0)


def backbone_of(model: Model) -> str:
    """The name of the network's own backbone."""
    return _backbone(model.config, model.name)


def _backbone(config: ModelConfig, name: str) -> str:
    return config.student_backbone if name in ("C", "student") else config.backbone


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.safetensors"))


def _best(folder: Path) -> str:
    return next((name for name in PREFERRED if (folder / f"{name}.safetensors").is_file()), PREFERRED[-1])


def _skeleton(folder: Path, card: ModelCard) -> Skeleton:
    """The manifest's or the export's own, else the built-in one of these keypoints; model.json has names alone."""
    for told in (folder / MANIFEST_FILE, folder / "card.json"):
        if told.is_file():
            return _read_skeleton(told, card)
    built_in = recognise(card.keypoints)
    if built_in is not None:
        return built_in
    sigmas = (DEFAULT_SIGMA,) * len(card.keypoints)
    return Skeleton(card.skeleton, card.keypoints, (), mirror_by_name(card.keypoints), sigmas)


def _read_skeleton(path: Path, card: ModelCard) -> Skeleton:
    try:
        skeleton = Skeleton.from_json(json.loads(path.read_text(encoding="utf-8"))["skeleton"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, SkeletonError) as error:
        raise CheckpointError(
            f"{path} does not say the networks' skeleton ({error}); wanted it as the training wrote it. "
            "Restore the file, or take it out of the folder to go by the keypoints' names alone."
        ) from error
    if skeleton.keypoints != card.keypoints:
        raise CheckpointError(
            f"{path} has skeleton '{skeleton.name}' but model.json beside it {len(card.keypoints)} other keypoints; "
            "wanted the same in both. Give a folder whose files one training wrote."
        )
    return skeleton
