"""A VitPose model of the package transformers as the part of an imported network that learns: its layers, its own grid.

A VitPose was trained with heatmaps whose outermost pixels are the crop's outermost pixels ("unbiased data processing"):
heatmap pixel u stands for crop pixel u (W - 1) / (w - 1). Here they are read where our own heatmaps have their pixels,
at crop pixel stride * u, so that everything else holds for them as for others.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float
from safetensors.torch import load, save
from torch import Tensor, nn

from sspcm.networks.cut_graph import CutGraph, CutInfo
from sspcm.networks.pose_network import cubic_weights
from sspcm.networks.trunk import BackboneError, first_line
from sspcm.vitpose_file import METADATA_KEY, told_of

VERSION = 1


@dataclass(frozen=True, eq=False)
class VitPoseGraph(CutGraph):
    """What VitPose networks are built on. content: the model's weights as safetensors, by transformers' names; its
    configuration, and what else is known about it, as JSON in the file's metadata."""

    def layers(self) -> nn.Module:
        """transformers' model: planes in; heatmaps on our grid and what they were made from out. Raises
        BackboneError."""
        layers = VitPoseLayers(told_of(self.content)["config"], self.info)
        layers.model.load_state_dict(load(self.content))
        return layers


class VitPoseLayers(nn.Module):
    """The whole model, with its own head."""

    def __init__(self, config: Mapping[str, Any], info: CutInfo) -> None:
        """config: as transformers writes it. Raises BackboneError."""
        super().__init__()
        transformers = import_transformers()
        try:
            self.model = transformers.VitPoseForPoseEstimation(transformers.VitPoseConfig.from_dict(dict(config)))
        except Exception as error:  # transformers checks with packages of its own
            raise BackboneError(
                f"{info.name} cannot be built by transformers {transformers.__version__} ({first_line(error)}); wanted "
                "the config.json of a VitPose. Give the folder as it was saved."
            ) from error
        backbone = self.model.config.backbone_config
        self.rows, self.columns = (info.height // backbone.patch_size[0], info.width // backbone.patch_size[1])
        self.experts = backbone.num_experts > 1
        self.down = nn.Buffer(_onto_our_grid(info.height, info.stride), persistent=False)
        self.across = nn.Buffer(_onto_our_grid(info.width, info.stride), persistent=False)

    def forward(self, planes: Float[Tensor, "B 3 H W"]) -> tuple[Tensor, Tensor]:
        """Heatmaps, and the features that the last convolution reads, at the same pixels."""
        count = planes.shape[0]
        # of several datasets that a model of experts learned from, the first is COCO
        which = {"dataset_index": torch.zeros(count, dtype=torch.long, device=planes.device)} if self.experts else {}
        said = self.model.backbone.forward_with_filtered_kwargs(planes, **which)
        features = said.feature_maps[-1].permute(0, 2, 1).reshape(count, -1, self.rows, self.columns)
        *parts, last = self.model.head.children()
        for part in parts:
            features = part(features)
        return self._placed(last(features)), self._placed(features)

    def _placed(self, maps: Float[Tensor, "B C h w"]) -> Float[Tensor, "B C h w"]:
        return self.down @ maps @ self.across.T


def vitpose_graph(config: Mapping[str, Any], info: CutInfo, weights: Mapping[str, Tensor]) -> VitPoseGraph:
    """The graph of a configuration and the weights that it begins with."""
    told = json.dumps({"version": VERSION, "info": asdict(info), "config": dict(config)})
    return VitPoseGraph(save(dict(weights), metadata={METADATA_KEY: told}), info, None)


def read_vitpose_graph(content: bytes, where: str) -> VitPoseGraph:
    """What `vitpose_graph` made; where: what errors call it. Raises BackboneError."""
    try:
        told = told_of(content)
        info = told["info"]
        info |= {"keypoints": tuple(info["keypoints"]), "colours": tuple(tuple(row) for row in info["colours"])}
        if told["version"] != VERSION:
            raise ValueError("it is of another version")
        return VitPoseGraph(content, CutInfo(**info), None)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackboneError(
            f"{where} does not say what VitPose networks are built on ({first_line(error)}); wanted it as it was "
            "written beside the networks. Restore the file."
        ) from error


def import_transformers() -> ModuleType:
    """transformers itself. Raises BackboneError where it is not installed."""
    try:
        import transformers
    except ModuleNotFoundError as error:
        raise BackboneError(
            "transformers is not installed; wanted it for a VitPose. pip install 'sspcm[vitpose]'"
        ) from error
    module: ModuleType = transformers
    return module


def _onto_our_grid(size: int, stride: int) -> Float[Tensor, "cells cells"]:
    """Row u': what a VitPose's pixels weigh at crop pixel stride * u', by the cubic of four of them."""
    cells = size // stride
    placed = torch.zeros(cells, cells)
    for ours in range(cells):
        theirs = stride * ours * (cells - 1) / (size - 1)
        first = int(theirs)
        for step, weight in enumerate(cubic_weights(theirs - first), start=-1):
            placed[ours, min(max(first + step, 0), cells - 1)] += weight
    return placed
