"""An imported network as ONNX: its own graph with the trained weights, between a crop and its own way of reading it.

The graph is not written anew by torch, so it stays what it was imported as, layer by layer; torch writes what comes
before it (colours) and after it (the decoding). What the file takes and gives is what its kind of pose model takes and
gives, so it can be used, and imported, wherever the model could (docs/adr/0027).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from onnx import compose, helper, numpy_helper, version_converter
from torch import Tensor, nn

from sspcm.errors import ExportError
from sspcm.networks.cut_graph import CENTRE_MAP, CutGraph, Kind
from sspcm.networks.imported_network import ImportedHeatmaps, ImportedNetwork, MoveNet, SimCC
from sspcm.networks.pose_network import mirrored_back

WEIGHTED = {"Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization", "InstanceNormalization", "PRelu"}
"""Kinds of nodes whose constants torch may have learnt."""
OPSET = 18
"""What is written where nobody asks for another and the model has none that torch writes itself."""
OUTPUTS: dict[Kind, tuple[str, ...]] = {
    "movenet": ("poses",),
    "heatmaps": ("heatmaps",),
    "simcc": ("simcc_x", "simcc_y"),
}


class ExportedImport(nn.Module):
    """What the file computes, in torch: a crop as its kind of model takes it in, that model's answer out."""

    def __init__(self, network: ImportedNetwork, mirror: Tensor, *, flip: bool) -> None:
        """Takes the network as it is, on the CPU and in eval mode. mirror: the skeleton's permutation."""
        super().__init__()
        self.network = network
        self.before, self.after = _Before(network, flip=flip), _After(network, mirror, flip=flip)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs of OUTPUTS, in that order."""
        said: tuple[Tensor, ...] = self.after(*self.network.heads_of(self.before(image)))
        return said


class _Before(nn.Module):
    """Crops as the kind of model takes them -> the graph's planes, with `flip` the mirror images' behind them."""

    def __init__(self, network: ImportedNetwork, *, flip: bool) -> None:
        super().__init__()
        self.flip, self.rows = flip, isinstance(network, MoveNet)
        colours = torch.tensor(network.graph.info.colours)  # 3 4, of 0..255
        self.weight = nn.Buffer(colours[:, :3, None, None] if self.rows else network.colour_weight.clone())
        self.bias = nn.Buffer(colours[:, 3] if self.rows else network.colour_bias.clone())

    def forward(self, image: Tensor) -> Tensor:
        """[N, H, W, 3] of 0..255, or [N, 3, H, W] normalised."""
        seen = image.float().permute(0, 3, 1, 2) if self.rows else image
        planes = nn.functional.conv2d(seen, self.weight, self.bias)
        return torch.cat([planes, planes.flip(-1)]) if self.flip else planes


class _After(nn.Module):
    """The graph's heads -> what the kind of model answers, of the skeleton's keypoints."""

    def __init__(self, network: ImportedNetwork, mirror: Tensor, *, flip: bool) -> None:
        super().__init__()
        self.network, self.mirror, self.flip = network, nn.Buffer(mirror), flip
        self.size = (network.graph.info.height, network.graph.info.width)

    def forward(self, *heads: Tensor) -> tuple[Tensor, ...]:
        """MoveNet: [N, 1, K, 3] of y, x as parts of the crop's sides, and confidence. Heatmaps: [N, K, h, w]. SimCC:
        [N, K, W r] and [N, K, H r]."""
        network = self.network
        if isinstance(network, MoveNet):
            said = network.decoded(heads)
            if self.flip:
                said, mirrored = _halves(said)
                said = network.with_mirrored(said, mirrored, self.mirror)
            height, width = self.size
            return (torch.stack([said[..., 1] / height, said[..., 0] / width, said[..., 2]], dim=-1)[:, None],)
        if isinstance(network, SimCC):
            if not self.flip:
                return network.axes(heads)
            across, down = (_halves(one) for one in network.axes(heads))
            return network.with_mirrored((across[0], down[0]), (across[1], down[1]), self.mirror)
        assert isinstance(network, ImportedHeatmaps)
        said = network.heatmaps(heads)
        if self.flip:
            said, mirrored = _halves(said)
            said = (said + mirrored_back(mirrored, self.mirror, network.grid)) / 2
        return (said,)


def _halves(both: Tensor) -> tuple[Tensor, Tensor]:
    """What was said of crops, and of their mirror images behind them."""
    straight, mirrored = both.reshape(2, -1, *both.shape[1:]).unbind(0)
    return straight, mirrored


def random_crops(network: ImportedNetwork, count: int) -> Tensor:
    """Noise, as the file takes it; the same each time."""
    generator = torch.Generator().manual_seed(0)
    info = network.graph.info
    if isinstance(network, MoveNet):
        size = (count, info.height, info.width, 3)
        return torch.randint(0, 256, size, generator=generator, dtype=torch.int32)
    return torch.randn(count, 3, info.height, info.width, generator=generator)


def imported_to_onnx(exported: ExportedImport, *, flip: bool, opset: int | None) -> onnx.ModelProto:
    """The whole model. Raises ExportError, and whatever torch and onnx raise where they cannot write a part."""
    network, outputs = exported.network, OUTPUTS[exported.network.graph.info.kind]
    body = trained_graph(network)
    found = next(one.version for one in body.opset_import if one.domain in ("", "ai.onnx"))
    opset = opset or max(OPSET, found)
    if found != opset:
        body = version_converter.convert_version(body, opset)
    image = random_crops(network, 2)  # two: torch.export takes a size of 1 for a constant
    with torch.inference_mode():
        planes = exported.before(image)
        heads = network.heads_of(planes)
    read = [f"head{number}" for number in range(len(heads))]
    for declared, shown in ((body.graph.input[0], planes), *zip(body.graph.output, heads, strict=True)):
        declared.CopyFrom(helper.make_tensor_value_info(declared.name, onnx.TensorProto.FLOAT, ["M", *shown.shape[1:]]))
    before = _written(exported.before, (image,), ["image"], ["planes"], opset=opset, times=1)
    copies = tuple(head.clone() for head in heads)  # torch.export takes no tensors of inference mode
    after = _written(exported.after, copies, read, outputs, opset=opset, times=2 if flip else 1)
    parts = [
        compose.add_prefix(one, f"{name}/", rename_inputs=one is body, rename_outputs=one is body)
        for name, one in (("before", before), ("model", body), ("after", after))
    ]
    for one in parts:
        one.ir_version = max(one.ir_version for one in parts)
    whole = compose.merge_models(parts[0], parts[1], [("planes", parts[1].graph.input[0].name)])
    used = {one.name for one in after.graph.input}  # nobody reads features where no keypoint is new
    links = [(made.name, name) for made, name in zip(parts[1].graph.output, read, strict=True) if name in used]
    whole = compose.merge_models(whole, parts[2], links, outputs=list(outputs))
    del whole.opset_import[:]
    whole.opset_import.append(helper.make_opsetid("", opset))
    whole.graph.name = "pose"
    for declared in whole.graph.output:
        declared.type.tensor_type.shape.dim[0].dim_param = "N"
    return whole


def trained_graph(network: ImportedNetwork) -> onnx.ModelProto:
    """The graph that the network was built on, with the network's weights. Raises ExportError."""
    proto = _each_use_apart(onnx.load_from_string(network.graph.content))
    proto.ClearField("metadata_props")
    for one in [one for one in proto.graph.initializer if one.name == CENTRE_MAP]:
        proto.graph.initializer.remove(one)  # the decoding has it
    where = _places(network.graph, proto)
    constants = {one.name: one for one in proto.graph.initializer}
    learnt = dict(network.layers.named_parameters())
    missing = sorted(set(learnt) - set(where))
    if missing:
        raise ExportError(
            f"{len(missing)} layers of {network.graph.info.name} have no place in its graph, first {missing[0]}; "
            "wanted one each. Run the folder by `sspcm predict`."
        )
    for key, tensor in network.layers.state_dict().items():
        if key in where:
            name, turned = where[key]
            value = tensor.detach().float().numpy()
            constants[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value.T if turned else value), name))
    return proto


def _each_use_apart(proto: onnx.ModelProto) -> onnx.ModelProto:
    """Weights that several nodes share became layers of their own: here each node gets its own too."""
    constants, seen = {one.name: one for one in proto.graph.initializer}, set()
    for node, number, name in _uses(proto):
        if name in seen:
            own = f"{name}/{node.output[0]}"
            proto.graph.initializer.append(numpy_helper.from_array(numpy_helper.to_array(constants[name]), own))
            node.input[number] = own
        seen.add(name)
    return proto


def _uses(proto: onnx.ModelProto) -> Iterator[tuple[onnx.NodeProto, int, str]]:
    """Every place where a node takes weights: the node, which of its inputs, the constant's name."""
    floats = {one.name for one in proto.graph.initializer if one.data_type == onnx.TensorProto.FLOAT}
    for node in proto.graph.node:
        if node.op_type in WEIGHTED:
            yield from ((node, number, name) for number, name in enumerate(node.input) if name in floats)


def _places(graph: CutGraph, proto: onnx.ModelProto) -> Mapping[str, tuple[str, bool]]:
    """For each tensor of the torch layers the constant it came from, and whether it is turned.

    Names do not tell, so values do: every constant gets numbers of its own, and is looked for after the conversion.
    """
    marked = onnx.ModelProto()
    marks: dict[tuple[int, float, float], tuple[str, np.ndarray]] = {}
    marked.CopyFrom(proto)
    constants = {one.name: one for one in marked.graph.initializer}
    rng = np.random.default_rng(0)
    for _, _, name in _uses(proto):
        value = rng.normal(size=tuple(constants[name].dims)).astype(np.float32)
        constants[name].CopyFrom(numpy_helper.from_array(value, name))
        marks[_mark(value)] = (name, value)
    layers = CutGraph(marked.SerializeToString(), graph.info, graph.centre_map).layers()
    places = {}
    for key, tensor in layers.state_dict().items():
        found = tensor.numpy()
        if found.dtype != np.float32 or not found.size or _mark(found) not in marks:
            continue
        name, value = marks[_mark(found)]
        if np.array_equal(value, found):
            places[key] = (name, False)
        elif np.array_equal(value.T, found):
            places[key] = (name, True)
    return places


def _mark(value: np.ndarray) -> tuple[int, float, float]:
    return value.size, float(value.min()), float(value.max())


def _written(
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    names: Sequence[str],
    outputs: Sequence[str],
    *,
    opset: int,
    times: int,
) -> onnx.ModelProto:
    """A part by torch, for any number of crops."""
    count = times * torch.export.Dim("crops") if times > 1 else torch.export.Dim("N")
    # The same size of each further input is found out: told again it is warned of.
    sizes: Any = tuple({0: torch.export.Dim.AUTO if number else count} for number in range(len(inputs)))
    program = torch.onnx.export(
        module.eval(),
        inputs,
        dynamo=True,
        input_names=list(names),
        output_names=list(outputs),
        dynamic_shapes=(sizes,) if isinstance(module, _After) else sizes,
        opset_version=opset,
        verbose=False,
    )
    assert program is not None  # what export gives with dynamo=True and no file to write
    proto: onnx.ModelProto = program.model_proto
    return proto
