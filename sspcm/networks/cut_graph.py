"""The part of an imported pose model that learns, as a file of its own: an ONNX graph from colour planes to heads.

What comes after the heads, the decoding, is written anew in torch (imported_network.py); the file says in its metadata
whatever that needs to know. So a folder of networks that has this file beside them can be opened without the model that
they were made from (docs/adr/0020).
"""

import json
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Literal

import numpy as np
from jaxtyping import Float
from torch import fx, nn

from sspcm.networks.trunk import BackboneError, first_line

METADATA_KEY = "sspcm-cut"
CENTRE_MAP = "sspcm.centre_map"
"""The initializer that holds what MoveNet weighs its centre heatmap by; no node reads it."""
Kind = Literal["movenet", "heatmaps", "simcc"]


@dataclass(frozen=True)
class CutInfo:
    """What is to be known about a cut graph.

    name, sha256: of the model that it was cut out of. stride, shift: which crop pixel stride * u + shift a heatmap's
    pixel u stands for. colours: for each input plane the factors of red, green and blue, 0..255, and what is added.
    softening: what MoveNet adds to distances from where it regresses a keypoint to, heatmap pixels. features: channels
    of the last head's input, which further keypoints are read from; 0 where there is none. ratio: SimCC's bins a crop
    pixel. sharpness: what SimCC's answers are multiplied by before they are exponentiated to shares of 1; 0 where they
    are shares already.
    """

    kind: Kind
    name: str
    sha256: str
    keypoints: tuple[str, ...]
    height: int
    width: int
    stride: int
    shift: float
    colours: tuple[tuple[float, ...], ...]
    softening: float = 0.0
    features: int = 0
    ratio: int = 0
    sharpness: float = 0.0


@dataclass(frozen=True, eq=False)
class CutGraph:
    """A cut graph. content: the ONNX file, whose outputs are the heads, in MoveNet's case centre, heatmaps, regression
    and offsets, in SimCC's the axes across and down, and then the features if there are any."""

    content: bytes
    info: CutInfo
    centre_map: Float[np.ndarray, "h w"] | None

    def layers(self) -> nn.Module:
        """The graph as torch layers: planes in, a tuple of heads out. Raises BackboneError."""
        onnx2torch, onnx = import_onnx2torch(), _import_onnx()
        try:
            layers: fx.GraphModule = onnx2torch.convert(onnx.load_from_string(self.content))
        except (NotImplementedError, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
            raise BackboneError(
                f"{self.info.name} cannot be made into a network that learns ({first_line(error)}); wanted layers that "
                "onnx2torch knows. Export the model with plain 32-bit layers, or train from another; predictions "
                "(`prelabel`) work as it is."
            ) from error
        _products_learn(layers)
        return layers


def with_info(content: bytes, info: CutInfo, centre_map: Float[np.ndarray, "h w"] | None) -> CutGraph:
    """The graph with `info` and the map written into its file."""
    onnx = _import_onnx()
    proto = onnx.load_from_string(content)
    onnx.helper.set_model_props(proto, {METADATA_KEY: json.dumps(asdict(info))})
    if centre_map is not None:
        proto.graph.initializer.append(onnx.numpy_helper.from_array(centre_map.astype(np.float32), CENTRE_MAP))
    return CutGraph(bytes(proto.SerializeToString()), info, centre_map)


def read_cut_graph(content: bytes, where: str) -> CutGraph:
    """A file that `with_info` wrote; where: what errors call it. Raises BackboneError."""
    onnx = _import_onnx()
    try:
        proto = onnx.load_from_string(content)
        told = json.loads(next(one.value for one in proto.metadata_props if one.key == METADATA_KEY))
        told |= {"keypoints": tuple(told["keypoints"]), "colours": tuple(tuple(row) for row in told["colours"])}
        maps = [onnx.numpy_helper.to_array(one) for one in proto.graph.initializer if one.name == CENTRE_MAP]
        return CutGraph(content, CutInfo(**told), maps[0] if maps else None)
    except Exception as error:  # protobuf's errors have no class that its package promises
        raise BackboneError(
            f"{where} is no graph that a training kept ({first_line(error)}); wanted it as it was written beside the "
            "networks. Restore the file."
        ) from error


def _products_learn(layers: fx.GraphModule) -> None:
    """The constants of matrix products become weights; onnx2torch has them as numbers that never change."""
    modules = dict(layers.named_modules())
    for node in layers.graph.nodes:
        if node.op != "call_module" or type(modules[node.target]).__name__ != "OnnxMatMul":
            continue
        for constant in (one for one in node.args if isinstance(one, fx.Node) and one.op == "get_attr"):
            holder, _, name = str(constant.target).rpartition(".")
            value = getattr(modules[holder], name)
            if isinstance(value, nn.Parameter) or not value.is_floating_point():
                continue
            delattr(modules[holder], name)
            modules[holder].register_parameter(name, nn.Parameter(value))


def import_onnx2torch() -> ModuleType:
    """onnx2torch itself. Raises BackboneError where it is not installed."""
    try:
        import onnx2torch
    except ModuleNotFoundError as error:
        raise _missing("onnx2torch") from error
    module: ModuleType = onnx2torch
    return module


def _import_onnx() -> ModuleType:
    try:
        import onnx
    except ModuleNotFoundError as error:
        raise _missing("onnx") from error
    return onnx


def _missing(package: str) -> BackboneError:
    return BackboneError(
        f"{package} is not installed; wanted it for model.backbone = \"imported\". pip install 'sspcm[imported]'"
    )
