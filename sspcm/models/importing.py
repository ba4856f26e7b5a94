"""A pose model in an ONNX file made into a cut graph that learns: found by the graph's shape, checked before use."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from jaxtyping import UInt8
from onnx import helper, numpy_helper

from sspcm.method.views import normalise
from sspcm.networks.cut_graph import CutGraph, CutInfo, import_onnx2torch, with_info
from sspcm.networks.heatmaps import STRIDE
from sspcm.networks.imported_network import ImportedNetwork, build_imported
from sspcm.networks.trunk import BackboneError, first_line
from sspcm.pose_models.layouts import MEAN, STD, Kind
from sspcm.pose_models.model import PoseModel, read_pose_model

TOLERANCE = 1e-4
"""How far torch's heads may lie off onnxruntime's, as a part of the head's largest value where that exceeds 1."""
PLACE_TOLERANCE = 0.01
"""Crop pixels between the network's answers and the model's."""
AGREEING = 0.95
"""Share of keypoints whose places must agree: on noise two peaks may be equal up to rounding."""
OLDER_OPSET = 17
"""onnx2torch 1.5.15 has no Pad, Resize or reductions of opset 18."""
SHARPNESS = 10.0
"""What RTMPose's answers are multiplied by in its training before they are exponentiated (`beta` of its loss)."""
SHARES_OFF = 1e-3
"""How far sums of SimCC's bins may lie off 1 where its file gives shares."""


def import_graph(path: Path) -> CutGraph:
    """The learning part of the pose model in a file. Raises PoseModelError, BackboneError."""
    model = read_pose_model(path)
    graph = _Graph(_folded(path.read_bytes(), model.name), model.name)
    cut = CUTS[model.layout.kind](graph, model)
    check_import(cut, model)
    return cut


def check_import(cut: CutGraph, model: PoseModel) -> None:
    """That the network says what the model says, and that its layers learn. Raises BackboneError."""
    network = build_imported(cut, range(len(cut.info.keypoints)), 0).eval()
    crops = _crops(cut.info)
    images = normalise(torch.from_numpy(np.ascontiguousarray(crops.transpose(0, 3, 1, 2))))
    try:
        with torch.inference_mode():
            planes, heads = network.planes(images), network.heads(images)
            answers = network.answer(images, keypoints=None, decode="parabola", swap=None).double().numpy()
    except (RuntimeError, NotImplementedError, ValueError, TypeError, IndexError) as error:
        raise BackboneError(
            f"{cut.info.name} as a network that learns stops on {len(images)} crops ({first_line(error)[:200]}); "
            "wanted one that takes any number at once. Export the model with a free batch, or train from another; "
            "predictions (`prelabel`) work as it is."
        ) from error
    for number, (found, wanted) in enumerate(zip(heads, _run(cut.content, planes.numpy()), strict=True)):
        off = float(np.abs(found.numpy() - wanted).max()) / max(1.0, float(np.abs(wanted).max()))
        if not off <= TOLERANCE:  # and not `>`: NaN is refused too
            raise _differs(cut, f"output {number} lies {off:.2g} off onnxruntime's, at most {TOLERANCE} is allowed")
    said = model.run(crops)
    apart = np.abs(answers - said)
    agree = (apart[..., :2].max(-1) <= PLACE_TOLERANCE) & (apart[..., 2] <= TOLERANCE)
    if agree.mean() < AGREEING:
        raise _differs(cut, f"{100 * (1 - agree.mean()):.0f} % of its keypoints lie elsewhere than the model's")
    _check_gradients(network, images)


def _check_gradients(network: ImportedNetwork, images: torch.Tensor) -> None:
    """Whatever the heads say must move every layer's weights."""
    parameters = {name: one for name, one in network.named_parameters() if one.ndim > 1}
    if not parameters:
        raise BackboneError(
            f"{network.graph.info.name} has no layer that could learn; wanted convolutions with weights of 32 bits. "
            "Use it for predictions (`prelabel`), and train from another."
        )
    torch.autograd.backward(torch.stack([head.square().mean() for head in network.heads(images)]).sum())
    idle = [name for name, one in parameters.items() if one.grad is None or not bool(one.grad.abs().sum() > 0)]
    network.zero_grad(set_to_none=True)
    if len(idle) > len(parameters) // 10:
        raise BackboneError(
            f"no gradient reaches {len(idle)} of {len(parameters)} layers of {network.graph.info.name}, first "
            f"{idle[0]}; wanted all to learn. Export the model in 32-bit floats, not quantised; predictions by it "
            "(`prelabel`) work as it is."
        )


def _differs(cut: CutGraph, how: str) -> BackboneError:
    return BackboneError(
        f"{cut.info.name} as a network that learns does not say what the file says: {how}; wanted the same. "
        "Export the model with plain layers, or train from another; predictions (`prelabel`) work as it is."
    )


def _crops(info: CutInfo) -> UInt8[np.ndarray, "N H W 3"]:
    """Noise, smooth blobs of colour, and grey."""
    rng = np.random.default_rng(0)
    size = (info.height, info.width, 3)
    noise = rng.integers(0, 256, size, dtype=np.uint8)
    small = rng.integers(0, 256, (info.height // 8, info.width // 8, 3), dtype=np.uint8)
    blobs = np.kron(small, np.ones((8, 8, 1), np.uint8))
    blobs = np.pad(blobs, [(0, size[i] - blobs.shape[i]) for i in range(3)], mode="edge")
    return np.stack([noise, blobs, np.full(size, 128, np.uint8)])


def _run(content: bytes, planes: np.ndarray) -> list[np.ndarray]:
    """What onnxruntime says of a cut graph, crop by crop: a graph may take one at a time."""
    session = _session(content)
    name = session.get_inputs()[0].name
    each = [session.run(None, {name: planes[i : i + 1]}) for i in range(len(planes))]
    return [np.concatenate(parts) for parts in zip(*each, strict=True)]


def _session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _folded(content: bytes, name: str) -> onnx.ModelProto:
    """The file after onnxruntime computed all that depends on constants alone, and folded batch norms."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "folded.onnx"
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(path)
        try:
            onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            return onnx.load(path)
        except Exception as error:  # onnxruntime's errors have no class of their own above them
            raise BackboneError(
                f"{name} cannot be simplified ({str(error).splitlines()[0][:200]}); wanted a model of plain ONNX "
                "layers. Export it again, or train from another; predictions (`prelabel`) work as it is."
            ) from error


@dataclass(frozen=True, eq=False)
class _Graph:
    """A model's graph, to be walked backwards."""

    proto: onnx.ModelProto
    name: str

    @cached_property
    def makers(self) -> Mapping[str, onnx.NodeProto]:
        """The node that makes each tensor."""
        return {output: node for node in self.proto.graph.node for output in node.output}

    @cached_property
    def constants(self) -> Mapping[str, np.ndarray]:
        """Initializers by name."""
        return {one.name: numpy_helper.to_array(one) for one in self.proto.graph.initializer}

    def before(self, tensor: str, *, down_to: str = "") -> list[onnx.NodeProto]:
        """Every node that `tensor` follows from, in the graph's order, those from which `down_to` follows left out."""
        seen: set[str] = set()
        waiting = [tensor]
        while waiting:
            one = waiting.pop()
            if one not in seen and one != down_to:
                seen.add(one)
                waiting += self.makers[one].input if one in self.makers else ()
        return [node for node in self.proto.graph.node if seen & set(node.output)]

    def follows(self, tensor: str, node: onnx.NodeProto) -> bool:
        """Whether `tensor` is computed out of what the node gives."""
        return any(one.output[0] == node.output[0] for one in self.before(tensor))

    def of_kind(self, kind: str) -> list[onnx.NodeProto]:
        """All nodes of a kind."""
        return [node for node in self.proto.graph.node if node.op_type == kind]

    def convolutions(self) -> list[onnx.NodeProto]:
        """Those whose weights are constants."""
        return [node for node in self.of_kind("Conv") if node.input[1] in self.constants]

    def channels(self, convolution: onnx.NodeProto) -> int:
        """How many planes it gives."""
        return int(self.constants[convolution.input[1]].shape[0])

    def last_convolutions(self) -> Iterator[onnx.NodeProto]:
        """Those that no other one follows."""
        ahead: set[str] = set()
        for node in self.convolutions():
            ahead |= {one.output[0] for one in self.before(node.input[0])}
        return (node for node in self.convolutions() if node.output[0] not in ahead)

    def extracted(self, start: str, outputs: Sequence[str]) -> bytes:
        """The part between two places as a model of its own, for any number of crops."""
        wanted = {one.output[0] for output in outputs for one in self.before(output, down_to=start)}
        nodes = [node for node in self.proto.graph.node if node.output[0] in wanted]
        used = {name for node in nodes for name in node.input}
        declared = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in (start, *outputs)]
        graph = helper.make_graph(
            nodes,
            "cut",
            declared[:1],
            declared[1:],
            [one for one in self.proto.graph.initializer if one.name in used],
        )
        opsets = [one for one in self.proto.opset_import if one.domain in ("", "ai.onnx")]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=self.proto.ir_version)
        _simplify(model.graph)
        if any(one.version > OLDER_OPSET and not _is_known(model.graph.node, one.version) for one in opsets):
            model = self._older(model)
        return bytes(model.SerializeToString())

    def _older(self, model: onnx.ModelProto) -> onnx.ModelProto:
        """The same in the words of an opset of which onnx2torch knows more layers; onnx itself has no way back for Pad.

        Whether it still says the same is seen where the network's answers are held to the file's.
        """
        for node in model.graph.node:
            for setting in [one for one in node.attribute if _is_newer_word(one)]:
                node.attribute.remove(setting)
            if node.op_type.startswith("Reduce") and node.op_type != "ReduceSum" and len(node.input) > 1:
                axes = self.constants.get(node.input[1])
                if axes is not None:
                    del node.input[1:]
                    node.attribute.append(helper.make_attribute("axes", [int(one) for one in axes]))
        del model.opset_import[:]
        model.opset_import.append(helper.make_opsetid("", OLDER_OPSET))
        context = onnx.checker.C.CheckerContext()
        context.ir_version, context.opset_imports = model.ir_version, {"": OLDER_OPSET}
        try:
            for node in model.graph.node:
                onnx.checker.check_node(node, context)
        except onnx.checker.ValidationError as error:
            said = str(error).splitlines()[0][:200]
            raise self.refuse(f"it uses layers of an opset newer than {OLDER_OPSET} ({said})") from error
        return model

    def tapped(self, tensor: str) -> Callable[[np.ndarray], np.ndarray]:
        """Runs the whole graph up to a tensor."""
        source = self.proto.graph.input[0]
        graph = helper.make_graph(
            self.before(tensor),
            "tap",
            [source],
            [helper.make_tensor_value_info(tensor, onnx.TensorProto.FLOAT, None)],
            list(self.proto.graph.initializer),
        )
        opsets = [one for one in self.proto.opset_import if one.domain in ("", "ai.onnx")]
        session = _session(
            helper.make_model(graph, opset_imports=opsets, ir_version=self.proto.ir_version).SerializeToString()
        )
        return lambda fed: np.asarray(session.run(None, {source.name: fed})[0])

    def refuse(self, what: str) -> BackboneError:
        """The error for a graph of another build."""
        return BackboneError(
            f"{self.name} is built in a way that cannot be trained here: {what}. Use it for predictions "
            "(`prelabel`), and train from another model."
        )


def _is_newer_word(setting: onnx.AttributeProto) -> bool:
    """Whether a node says by a word of opset 18 what goes without saying before it."""
    value = helper.get_attribute_value(setting)
    usual = {"noop_with_empty_axes": 0, "antialias": 0, "keep_aspect_ratio_policy": b"stretch"}
    return setting.name == "num_outputs" or usual.get(setting.name) == value


def _simplify(graph: onnx.GraphProto) -> None:
    """What onnx2torch does not read, in words that it does: as torch's exporter writes networks of tokens.

    allowzero of a Reshape, which torch writes everywhere and which only counts where a size is 0; Gelu, as what it is
    made of. Whether the network still says the same is seen where its answers are held to the file's.
    """
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        if node.op_type == "Reshape":
            for setting in [one for one in node.attribute if one.name == "allowzero"]:
                node.attribute.remove(setting)
        nodes += _gelu(node, graph) if node.op_type == "Gelu" else [node]
    del graph.node[:]
    graph.node.extend(nodes)


def _gelu(node: onnx.NodeProto, graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """x times the share of a normal distribution below x: half of x (1 + erf(x / root of 2)), or tanh for erf."""
    (x,), (y,) = node.input, node.output
    is_tanh = any(one.name == "approximate" and one.s == b"tanh" for one in node.attribute)
    numbers = {"half": 0.5, "one": 1.0, "scale": 0.5**0.5}
    if is_tanh:
        numbers |= {"scale": (2 / np.pi) ** 0.5, "three": 3.0, "cubed": 0.044715}
    names = {name: f"{y}.gelu.{name}" for name in numbers}
    graph.initializer.extend(
        numpy_helper.from_array(np.array(value, np.float32), names[name]) for name, value in numbers.items()
    )

    def make(kind: str, inputs: Sequence[str], output: str) -> onnx.NodeProto:
        return helper.make_node(kind, list(inputs), [output])

    inner, before = f"{y}.gelu.inner", list[onnx.NodeProto]()
    if is_tanh:
        before = [
            make("Pow", (x, names["three"]), f"{y}.gelu.power"),
            make("Mul", (f"{y}.gelu.power", names["cubed"]), f"{y}.gelu.cubic"),
            make("Add", (x, f"{y}.gelu.cubic"), inner),
        ]
    return [
        *before,
        make("Mul", (inner if is_tanh else x, names["scale"]), f"{y}.gelu.scaled"),
        make("Tanh" if is_tanh else "Erf", (f"{y}.gelu.scaled",), f"{y}.gelu.bent"),
        make("Add", (f"{y}.gelu.bent", names["one"]), f"{y}.gelu.raised"),
        make("Mul", (x, f"{y}.gelu.raised"), f"{y}.gelu.doubled"),
        make("Mul", (f"{y}.gelu.doubled", names["half"]), y),
    ]


def _is_known(nodes: Sequence[onnx.NodeProto], opset: int) -> bool:
    """Whether onnx2torch has every kind of layer in the version that this opset means."""
    registry = import_onnx2torch().node_converters.registry
    try:
        for node in nodes:
            registry.get_converter(operation_type=node.op_type, version=opset, domain=node.domain)
    except NotImplementedError:
        return False
    return True


def _cut_movenet(graph: _Graph, model: PoseModel) -> CutGraph:
    """MoveNet's four heads: those convolutions that none follows, told apart by their channels and by what reads them.

    The heatmaps' peak is the ArgMax that follows a Sqrt, the distance from where the regression points; the other
    ArgMax is the centre's.
    """
    count = len(model.keypoints)
    by_channels: dict[int, list[onnx.NodeProto]] = {}
    for node in graph.last_convolutions():
        by_channels.setdefault(graph.channels(node), []).append(node)
    sizes = {channels: len(nodes) for channels, nodes in by_channels.items()}
    if sizes != {1: 1, count: 1, 2 * count: 2}:
        raise graph.refuse(f"it ends in convolutions of {sizes} channels; wanted MoveNet's 1, {count} and twice 34")
    roots, peaks = graph.of_kind("Sqrt"), graph.of_kind("ArgMax")
    if len(roots) != 1 or len(peaks) != 2:
        raise graph.refuse(f"{len(roots)} distances and {len(peaks)} peaks; wanted MoveNet's 1 and 2")
    (centre,), (heatmaps,) = by_channels[1], by_channels[count]
    peak = next((one for one in peaks if graph.follows(one.output[0], roots[0])), peaks[0])
    middle = next(one for one in peaks if one is not peak)
    pointed = [one for one in by_channels[2 * count] if graph.follows(peak.output[0], one)]
    if len(pointed) != 1:
        raise graph.refuse("it does not weigh heatmaps by distance as MoveNet does")
    regression = pointed[0]
    offsets = next(one for one in by_channels[2 * count] if one is not regression)
    start = _first_planes(graph, model)
    outputs = [one.output[0] for one in (centre, heatmaps, regression, offsets)]
    side = _centre_side(graph, centre, middle)
    info = CutInfo(
        kind="movenet",
        name=model.name,
        sha256=model.sha256,
        keypoints=model.keypoints,
        height=model.layout.height,
        width=model.layout.width,
        stride=model.layout.height // side.shape[0],
        shift=(model.layout.height // side.shape[0] - 1) / 2,
        colours=_colours(graph, model, start),
        softening=_softening(graph, roots[0]),
        features=int(graph.constants[heatmaps.input[1]].shape[1]),
    )
    return with_info(graph.extracted(start, [*outputs, heatmaps.input[0]]), info, side)


def _first_planes(graph: _Graph, model: PoseModel) -> str:
    """The tensor that the first convolution reads, before it is padded: [1, 3, H, W]."""
    tensor = graph.convolutions()[0].input[0]
    while tensor in graph.makers and graph.makers[tensor].op_type == "Pad":
        tensor = graph.makers[tensor].input[0]
    shape = graph.tapped(str(tensor))(_fed(model, np.zeros((1, model.layout.height, model.layout.width, 3)))).shape
    if shape != (1, 3, model.layout.height, model.layout.width):
        raise graph.refuse(f"its first convolution reads {list(shape)}; wanted three planes of the crop's size")
    return str(tensor)


def _fed(model: PoseModel, crops: np.ndarray) -> np.ndarray:
    return model.layout.prepare(crops.astype(np.uint8))


def _colours(graph: _Graph, model: PoseModel, start: str) -> tuple[tuple[float, ...], ...]:
    """How each plane follows from red, green and blue, found by showing single colours, tried on noise."""
    planes, size = graph.tapped(start), (1, model.layout.height, model.layout.width, 3)
    black = planes(_fed(model, np.zeros(size)))[0, :, 0, 0].astype(np.float64)
    factors = np.empty((3, 3))
    for colour in range(3):
        shown = np.zeros(size)
        shown[..., colour] = 255
        factors[:, colour] = (planes(_fed(model, shown))[0, :, 0, 0] - black) / 255
    noise = np.random.default_rng(1).integers(0, 256, size)
    expected = np.einsum("pc,bhwc->bphw", factors, noise) + black[None, :, None, None]
    if not np.abs(planes(_fed(model, noise)) - expected).max() < 1e-3 * max(1.0, float(np.abs(expected).max())):
        raise graph.refuse("what its first layer sees is no scaling of the colours")
    return tuple(tuple(float(v) for v in (*factors[plane], black[plane])) for plane in range(3))


def _centre_side(graph: _Graph, centre: onnx.NodeProto, middle: onnx.NodeProto) -> np.ndarray:
    """What the centre heatmap is multiplied by before its peak is looked for."""
    after = {one.output[0] for one in graph.before(middle.output[0]) if graph.follows(one.output[0], centre)}
    for node in graph.proto.graph.node:
        maps = [graph.constants[name] for name in node.input if name in graph.constants]
        if node.output[0] in after and node.op_type in ("Mul", "Div") and maps and maps[0].size > 1:
            side = round(maps[0].size ** 0.5)
            if side * side == maps[0].size:
                shown = maps[0].reshape(side, side).astype(np.float32)
                return shown if node.op_type == "Mul" else np.asarray(1 / shown)
    raise graph.refuse("its centre is not weighed by a square map as MoveNet's is")


def _softening(graph: _Graph, root: onnx.NodeProto) -> float:
    """What is added to a distance before a heatmap is divided by it."""
    for node in graph.proto.graph.node:
        if node.op_type == "Add" and root.output[0] in node.input:
            added = [graph.constants[name] for name in node.input if name in graph.constants]
            if added and added[0].size == 1:
                return float(added[0].reshape(()))
    raise graph.refuse("nothing is added to its distances as MoveNet does")


def _cut_heatmaps(graph: _Graph, model: PoseModel) -> CutGraph:
    """The whole graph; what its last convolution reads is the features, if that convolution gives the heatmaps."""
    start, output = graph.proto.graph.input[0].name, graph.proto.graph.output[0].name
    last = graph.makers.get(output)
    learns = last is not None and last.op_type == "Conv" and last.input[1] in graph.constants
    features = int(graph.constants[last.input[1]].shape[1]) if last is not None and learns else 0
    outputs = [output, last.input[0]] if last is not None and learns else [output]
    height, width = model.layout.height, model.layout.width
    probe = graph.tapped(output)(_fed(model, np.zeros((model.layout.batch or 1, height, width, 3))))
    info = CutInfo(
        kind="heatmaps",
        name=model.name,
        sha256=model.sha256,
        keypoints=model.keypoints,
        height=height,
        width=width,
        stride=height // probe.shape[-2],
        shift=0.0,
        colours=_imagenet(),
        features=features,
    )
    return with_info(graph.extracted(start, outputs), info, None)


def _cut_simcc(graph: _Graph, model: PoseModel) -> CutGraph:
    """The whole graph, to its two axes."""
    layout = model.layout
    assert layout.axes is not None
    noise = np.random.default_rng(2).integers(0, 256, (layout.batch or 1, layout.height, layout.width, 3))
    said = [graph.tapped(name)(_fed(model, noise)) for name in layout.axes]
    shares = all(one.min() >= 0 and np.abs(one.sum(-1) - 1).max() < SHARES_OFF for one in said)
    info = CutInfo(
        kind="simcc",
        name=model.name,
        sha256=model.sha256,
        keypoints=model.keypoints,
        height=layout.height,
        width=layout.width,
        stride=STRIDE,
        shift=(STRIDE - 1) / 2,
        colours=_imagenet(),
        ratio=layout.ratio,
        sharpness=0.0 if shares else SHARPNESS,
    )
    return with_info(graph.extracted(graph.proto.graph.input[0].name, layout.axes), info, None)


CUTS: dict[Kind, Callable[[_Graph, PoseModel], CutGraph]] = {
    "movenet": _cut_movenet,
    "heatmaps": _cut_heatmaps,
    "simcc": _cut_simcc,
}


def _imagenet() -> tuple[tuple[float, ...], ...]:
    """Planes as the layout "heatmaps" wants them: RGB with ImageNet's mean and deviation off."""
    mean, std = ([float(value) for value in one] for one in (MEAN, STD))
    return tuple((*(float(i == plane) / std[plane] for i in range(3)), -mean[plane] / std[plane]) for plane in range(3))
