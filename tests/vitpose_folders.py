"""Small VitPose folders as transformers saves them, of random weights."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation


def save_vitpose(
    folder: Path,
    *,
    size: tuple[int, int] = (64, 64),
    simple: bool = True,
    experts: int = 1,
    labels: Mapping[int, str] | None = None,
    pixels: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> VitPoseForPoseEstimation:
    """Two layers of 32 numbers. labels: its keypoints, without them COCO's 17. pixels: what preprocessor_config.json
    says; without it there is none."""
    backbone = VitPoseBackboneConfig(
        image_size=list(size), patch_size=[16, 16], hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        mlp_ratio=2, num_experts=experts, part_features=8 if experts > 1 else 0, out_features=["stage2"],
    )  # fmt: skip
    named = {"id2label": dict(labels)} if labels else {"num_labels": 17}
    config = VitPoseConfig(backbone_config=backbone, use_simple_decoder=simple, initializer_range=0.2, **named)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = VitPoseForPoseEstimation(config).eval()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(config.to_json_string())
    save_file(model.state_dict(), folder / "model.safetensors")
    if pixels is not None:
        (folder / "preprocessor_config.json").write_text(json.dumps(pixels))
    return model
