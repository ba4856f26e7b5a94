"""A trained network made into a folder for others: an ONNX file that says how to run it, its weights, a model card."""

import hashlib
import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from jaxtyping import Float
from torch import Tensor, nn

from sspcm.cutting import OUTSIDE
from sspcm.errors import ExportError as ExportError
from sspcm.method.views import IMAGENET_MEAN, IMAGENET_STD
from sspcm.models.card import read_training, write_readme
from sspcm.models.checkpoint import save_networks
from sspcm.models.folder import Model, backbone_of
from sspcm.models.imported_onnx import OUTPUTS, ExportedImport, imported_to_onnx, random_crops
from sspcm.networks.heatmaps import Decoder
from sspcm.networks.imported_network import ImportedNetwork, MoveNet, SimCC
from sspcm.networks.pose_network import mirrored_back
from sspcm.networks.vitpose import VitPoseGraph

ONNX_FILE, CARD_FILE, README_FILE = "student.onnx", "card.json", "README.md"
METADATA_KEY = "sspcm"
"""Where the ONNX file's metadata_props hold, as JSON, all that it takes to run it."""
DECODER: Decoder = "parabola"
TOLERANCE = 1e-4
"""How far onnxruntime's heatmaps may lie off torch's; a peak is about 1."""
PLACE_TOLERANCE = 0.01
"""The same of places, crop pixels."""
PLACES_CHECKED = 0.95
CHECKED_CROPS = 4
OPSETS = range(18, 24)
"""What torch writes without converting from another; asked for others, it says so and writes what it likes."""


class Exported(nn.Module):
    """The network as users meet it: normalised RGB in, one heatmap a keypoint out, the flip test within."""

    def __init__(self, model: Model, *, flip: bool) -> None:
        """Takes the model's network as it is."""
        super().__init__()
        self.network, self.keypoints, self.flip = model.network, len(model.skeleton), flip
        self.blue_first = model.config.pixels == "legacy"
        self.mirror = nn.Buffer(torch.from_numpy(model.skeleton.mirror_array))
        self.mean = nn.Buffer(torch.tensor(IMAGENET_MEAN).view(3, 1, 1))
        self.std = nn.Buffer(torch.tensor(IMAGENET_STD).view(3, 1, 1))

    def forward(self, image: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B K h w"]:
        """Heatmaps at a quarter of the crops' size."""
        if self.blue_first:  # what the released code feeds: blue first, normalised as if it were red
            image = ((image * self.std + self.mean).flip(1) - self.mean) / self.std
        heatmaps: Tensor = self.network(image)[:, : self.keypoints]
        if not self.flip:
            return heatmaps
        return (
            heatmaps + mirrored_back(self.network(image.flip(-1))[:, : self.keypoints], self.mirror, self.network.grid)
        ) / 2


def export_model(
    model: Model, out: Path, *, flip: bool = False, opset: int | None = None, force: bool = False
) -> dict[str, Any]:
    """Write the folder `out`, whole or not at all; gives its card as plain data.

    The ONNX file is run beside the network on random crops first. flip: the file holds the flip test, at twice the
    cost. force: an earlier export in `out` is replaced. Raises ExportError.
    """
    if opset is not None and opset not in OPSETS:
        raise ExportError(
            f"found opset {opset}; wanted one from {OPSETS[0]} to {OPSETS[-1]}, which torch writes itself. "
            "Leave out --opset, or convert the exported file with onnx.version_converter."
        )
    _check_free(out, force=force)
    told = metadata(model, flip=flip)
    # Beside `out`, on the same disk, so that it takes its place by a rename.
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as made:
        folder = Path(made) / "export"
        folder.mkdir()
        content = to_onnx(model, told, flip=flip, opset=opset)
        difference, tolerance = largest_difference(model, content, flip=flip), tolerance_of(told)
        if not difference <= tolerance:  # and not `>`: NaN is refused too
            raise ExportError(
                f"the ONNX file's {told['output']['name']} lie up to {difference:.2g} off the network's; wanted at "
                f"most {tolerance}. Export with another --opset, or update onnx and onnxruntime."
            )
        (folder / ONNX_FILE).write_bytes(content)
        _save_weights(model, folder)
        card = {
            "version": 1,
            "network": model.name,
            "backbone": backbone_of(model),
            "imported": _imported_from(model),
            "skeleton": model.skeleton.to_json(),
            "run": told,
            "training": read_training(model.folder, model.name),
            "check": {"crops": CHECKED_CROPS, "largest_difference": difference, "tolerance": tolerance},
            "made_by": {name: _version(name) for name in ("sspcm", "torch", "onnx", "onnxruntime")},
            "sha256": {path.name: _sha256(path) for path in sorted(folder.iterdir())},
        }
        (folder / CARD_FILE).write_text(json.dumps(card, indent=1), encoding="utf-8")
        (folder / README_FILE).write_text(write_readme(card), encoding="utf-8")
        _put(folder, out)
    return card


def metadata(model: Model, *, flip: bool) -> dict[str, Any]:
    """All that it takes to run the file: the crop, the numbers, the keypoints. Lengths in pixels, colours in 0..255."""
    config, rows, output = model.config, isinstance(model.network, MoveNet), _output(model)
    return {
        "version": 1,
        "skeleton": model.skeleton.to_json(),
        "input": {
            "name": "image",
            "height": config.input_height,
            "width": config.input_width,
            "colours": "RGB",
            "layout": "rows" if rows else "planes",
            "type": "int32" if rows else "float32",
            "mean": [0.0] * 3 if rows else [255 * value for value in IMAGENET_MEAN],
            "std": [1.0] * 3 if rows else [255 * value for value in IMAGENET_STD],
            "outside": list(OUTSIDE),
        },
        "output": output,
        "box_scale": config.box_scale,
        "orientation": config.orientation,
        "decoder": DECODER if output["kind"] == "heatmaps" else "own",
        "flip": flip,
    }


def _output(model: Model) -> dict[str, Any]:
    """What the file answers with; `name` is of the first output."""
    if isinstance(model.network, MoveNet):
        return {"name": "poses", "kind": "coordinates"}
    if isinstance(model.network, SimCC):
        across, down = OUTPUTS["simcc"]
        return {"name": across, "kind": "axes", "down": down, "ratio": model.network.graph.info.ratio}
    return {"name": "heatmaps", "kind": "heatmaps", "stride": model.network.grid.stride}


def tolerance_of(told: Mapping[str, Any]) -> float:
    """How far onnxruntime's outputs may lie off torch's, in the output's own unit: crop pixels where it is places."""
    return PLACE_TOLERANCE if told["output"]["kind"] == "coordinates" else TOLERANCE


def to_onnx(model: Model, told: Mapping[str, Any], *, flip: bool, opset: int | None) -> bytes:
    """One self-contained file for any number of crops, `told` inside; nothing in it tells of this machine.

    Raises ExportError.
    """
    try:
        network = _as_exported(model, flip=flip)
        if isinstance(network, ExportedImport):
            proto = imported_to_onnx(network, flip=flip, opset=opset)
        else:
            proto = _by_torch(network, model, opset=opset)
        _forget_origins(proto)
        onnx.helper.set_model_props(proto, {METADATA_KEY: json.dumps(told)})
        onnx.checker.check_model(proto)
    except ExportError:
        raise
    except (torch.onnx.OnnxExporterError, onnx.checker.ValidationError, ValueError, RuntimeError) as error:
        raise _refusal(model, opset, error) from error
    return bytes(proto.SerializeToString())


def _by_torch(network: nn.Module, model: Model, *, opset: int | None) -> onnx.ModelProto:
    config = model.config
    # two: torch.export takes a size of 1 for a constant
    crops = torch.zeros(2, 3, config.input_height, config.input_width)
    program = torch.onnx.export(
        network,
        (crops,),
        dynamo=True,
        input_names=["image"],
        output_names=["heatmaps"],
        dynamic_shapes=({0: torch.export.Dim("N")},),
        opset_version=opset,
        verbose=False,
    )
    assert program is not None  # what export gives with dynamo=True and no file to write
    return program.model_proto


def _as_exported(model: Model, *, flip: bool) -> nn.Module:
    """What the file computes, in torch."""
    if isinstance(model.network, ImportedNetwork) and not isinstance(model.network.graph, VitPoseGraph):
        mirror = torch.from_numpy(model.skeleton.mirror_array)
        return ExportedImport(model.network.cpu().eval(), mirror, flip=flip)
    return Exported(model, flip=flip).cpu().eval()


def _refusal(model: Model, opset: int | None, error: Exception) -> ExportError:
    said = (str(error).strip() or type(error).__name__).split("\n", 1)[0]
    return ExportError(
        f"{backbone_of(model)} cannot be written as ONNX of opset {opset or 'torch chooses'} ({said}); wanted an opset "
        "that torch and onnxruntime know. Leave out --opset, or update onnx and onnxscript."
    )


def largest_difference(model: Model, content: bytes, *, flip: bool) -> float:
    """How far onnxruntime's outputs of random crops lie off torch's, at most, as a part of the largest above 1.

    Places: in crop pixels, of the keypoints but for one in twenty; on noise two peaks may be equal up to rounding.
    """
    network = _as_exported(model, flip=flip)
    if isinstance(network, ExportedImport):
        crops = random_crops(network.network, CHECKED_CROPS)
    else:
        generator = torch.Generator().manual_seed(0)
        size = (CHECKED_CROPS, 3, model.config.input_height, model.config.input_width)
        crops = torch.randn(size, generator=generator)
    with torch.inference_mode():
        said = network(crops)
    wanted = [one.numpy() for one in (said if isinstance(said, tuple) else (said,))]
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = session.run(None, {"image": crops.numpy()})
    if isinstance(model.network, MoveNet):
        sides = np.array([model.config.input_height, model.config.input_width])
        apart = (np.abs(found[0] - wanted[0])[..., :2] * sides).max(-1)
        return float(np.sort(apart, axis=None)[: math.ceil(PLACES_CHECKED * apart.size)].max())
    return max(
        float(np.abs(one - other).max()) / max(1.0, float(np.abs(other).max()))
        for one, other in zip(found, wanted, strict=True)
    )


def _imported_from(model: Model) -> dict[str, str] | None:
    """The pose model that the network was imported from; None for others."""
    if not isinstance(model.network, ImportedNetwork):
        return None
    info = model.network.graph.info
    return {"name": info.name, "kind": info.kind, "sha256": info.sha256}


def _forget_origins(proto: onnx.ModelProto) -> None:
    """Without the stack traces that torch writes down for every node: they name files of this machine."""
    graph = proto.graph
    for part in (proto, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")


def _save_weights(model: Model, folder: Path) -> None:
    """As a training leaves them: `sspcm predict` runs the exported folder too."""
    alone = replace(model.config, backbone=backbone_of(model), student_backbone=backbone_of(model))
    save_networks(folder, {"student": model.network}, skeleton=model.skeleton, model=alone)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run out of a checkout
        return "not installed"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_free(out: Path, *, force: bool) -> None:
    if not out.parent.is_dir():
        raise ExportError(f"there is no folder {out.parent} to make {out.name} in; wanted one. Make it, or mend --out.")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / CARD_FILE).is_file():
        raise ExportError(f"{out} is there already and holds no export; wanted a new folder. Choose another --out.")
    if not force:
        raise ExportError(f"{out} holds an export already; wanted a new folder. Choose another --out, or add --force.")


def _put(folder: Path, out: Path) -> None:
    """The finished folder takes its place; an earlier export goes with the temporary one, or comes back."""
    earlier = folder.parent / "earlier"
    if out.exists():
        out.rename(earlier)
    try:
        folder.rename(out)
    except OSError:
        if earlier.exists():
            earlier.rename(out)
        raise
