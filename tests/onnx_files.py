"""Small real ONNX models that look at the image: each keypoint is the brightest pixel of a colour, in its half.

A keypoint's colour is red for the head, green for the arms, blue for the legs. One called left is looked for in the
right half (people face the camera), one called right in the left half: a mirror turns one into the other, truly.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sspcm.pose_models.layouts import COCO, MEAN, STD

COLOUR = {"eye": 0, "ear": 0, "nose": 0, "shoulder": 1, "elbow": 1, "wrist": 1, "hip": 2, "knee": 2, "ankle": 2}
"""Which channel shows a keypoint, by the last word of its name."""


def movenet(side: int = 64, *, dtype: int = TensorProto.INT32, batch: int = 1, stretched: float = 1.0) -> bytes:
    """[1,S,S,3] 0..255 -> [1,1,17,3]. stretched: its answers times this."""
    height = width = side
    nodes = [
        node("Cast", ["image"], "numbers", to=TensorProto.FLOAT),
        node("Transpose", ["numbers"], "planes", perm=[0, 3, 1, 2]),
        node("Div", ["planes", "most"], "shown"),
        *_bright("shown"),
        node("Reshape", ["bright", "flat"], "line"),
        node("ArgMax", ["line"], "index", axis=2, keepdims=1),
        node("Div", ["index", "across"], "row"),
        node("Mod", ["index", "across"], "column"),
        node("Cast", ["row"], "row_f", to=TensorProto.FLOAT),
        node("Cast", ["column"], "column_f", to=TensorProto.FLOAT),
        node("Div", ["row_f", "height"], "y"),
        node("Div", ["column_f", "width"], "x"),
        node("ReduceMax", ["line", "last_axis"], "score", keepdims=1),
        node("Concat", ["y", "x", "score"], "yxc", axis=2),
        node("Mul", ["yxc", "stretched"], "answers"),
        node("Unsqueeze", ["answers", "first_axis"], "poses"),
    ]
    constants = {
        "most": np.float32(255),
        "flat": np.array([0, 17, height * width]),
        "across": np.array(width),
        "height": np.float32(height),
        "width": np.float32(width),
        "last_axis": np.array([2]),
        "first_axis": np.array([1]),
        "stretched": np.float32(stretched),
    }
    shown = {"image": (dtype, [batch, height, width, 3])}
    return build(nodes, constants | _masks(height, width), shown, {"poses": [batch, 1, 17, 3]})


def heatmaps(
    height: int = 64, width: int = 48, *, stride: int = 4, batch: int | str = "N", heated: float = 1.0
) -> bytes:
    """[N,3,H,W], ImageNet's mean and deviation off -> [N,17,h,w]. heated: its answers times this."""
    nodes = [
        *_unnormed(),
        *_bright("shown"),
        node("MaxPool", ["bright"], "peaks", kernel_shape=[stride, stride], strides=[stride, stride]),
        node("Mul", ["peaks", "heated"], "maps"),
    ]
    shown = {"image": (TensorProto.FLOAT, [batch, 3, height, width])}
    return build(
        nodes,
        _norm() | _masks(height, width) | {"heated": np.float32(heated)},
        shown,
        {"maps": [batch, 17, height // stride, width // stride]},
    )


def simcc(
    height: int = 64, width: int = 48, *, names: Sequence[str] = ("simcc_x", "simcc_y"), declared: bool = True
) -> bytes:
    """[N,3,H,W], normalised -> [N,17,2W] and [N,17,2H]. declared: whether the file says how long its outputs are."""
    nodes = [*_unnormed(), *_bright("shown")]
    for name, axis in zip(names, ("rows", "columns"), strict=True):
        nodes += [
            node("ReduceMax", ["bright", axis], f"{name}_one", keepdims=0),
            node("Unsqueeze", [f"{name}_one", "last"], f"{name}_on"),
            node("Mul", [f"{name}_on", "zero"], f"{name}_off"),
            node("Concat", [f"{name}_on", f"{name}_off"], f"{name}_both", axis=3),
            node("Reshape", [f"{name}_both", "joined"], name),
        ]
    constants = {
        "rows": np.array([2]),
        "columns": np.array([3]),
        "last": np.array([3]),
        "zero": np.float32(0),
        "joined": np.array([0, 17, -1]),
    }
    sizes = (2 * width, 2 * height) if declared else ("X", "Y")
    outputs = {name: ["N", 17, size] for name, size in zip(names, sizes, strict=True)}
    shown = {"image": (TensorProto.FLOAT, ["N", 3, height, width])}
    return build(nodes, constants | _norm() | _masks(height, width), shown, outputs)


def learning_movenet(side: int = 64, *, seed: int = 0, batch: int = 1) -> bytes:
    """MoveNet's build with layers to learn: int32 [1,S,S,3] -> convolutions, four heads -> its decoding -> [1,1,17,3].

    The weights are random: it says something about every picture, and means nothing.
    """
    g = side // 4
    rng = np.random.default_rng(seed)

    def layer(*shape: int) -> np.ndarray:
        return (rng.normal(size=shape) * (1.5 / np.prod(shape[1:]) ** 0.5)).astype(np.float32)

    weights = {"first_w": layer(8, 3, 3, 3), "second_w": layer(16, 8, 3, 3)}
    weights |= {"first_b": layer(8, 1)[:, 0] * 0.1, "second_b": layer(16, 1)[:, 0] * 0.1}
    nodes = [
        node("Cast", ["image"], "numbers", to=TensorProto.FLOAT),
        node("Transpose", ["numbers"], "shown", perm=[0, 3, 1, 2]),
        node("Mul", ["shown", "scale"], "scaled"),
        node("Sub", ["scaled", "one"], "planes"),
        node("Pad", ["planes", "beside"], "padded"),
        node("Conv", ["padded", "first_w", "first_b"], "first", strides=[2, 2]),
        node("Clip", ["first", "nought", "six"], "first_on"),
        node("Conv", ["first_on", "second_w", "second_b"], "second", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", ["second"], "features"),
    ]
    for name, channels, spread in (("centre", 1, 1), ("heat", 17, 2), ("towards", 34, 3), ("inside", 34, 0.5)):
        weights |= {f"{name}_w": layer(12, 16, 3, 3), f"{name}_b": layer(12, 1)[:, 0]}
        weights |= {
            f"{name}_w2": layer(channels, 12, 1, 1) * np.float32(spread),
            f"{name}_b2": layer(channels, 1)[:, 0],
        }
        nodes += [
            node("Conv", ["features", f"{name}_w", f"{name}_b"], f"{name}_deep", pads=[1, 1, 1, 1]),
            node("Relu", [f"{name}_deep"], f"{name}_on"),
            node("Conv", [f"{name}_on", f"{name}_w2", f"{name}_b2"], name),
        ]
    nodes += [
        node("Sigmoid", ["centre"], "centre_s"),
        node("Reshape", ["centre_s", "as_map"], "centre_map"),
        node("Mul", ["centre_map", "middle"], "centred"),
        node("Reshape", ["centred", "as_line"], "centre_line"),
        node("ArgMax", ["centre_line"], "at", axis=1, keepdims=0),
        node("Div", ["at", "g"], "cy"),
        node("Mod", ["at", "g"], "cx"),
        node("Reshape", ["towards", "as_pairs"], "pairs"),
        node("Gather", ["pairs", "at"], "pointed", axis=2),  # 17 2 1
        node("Gather", ["pointed", "zero"], "py", axis=1),
        node("Gather", ["pointed", "unit"], "px", axis=1),
        *(node("Cast", [f"c{a}"], f"c{a}_f", to=TensorProto.FLOAT) for a in "yx"),
        *(node("Add", [f"p{a}", f"c{a}_f"], f"q{a}") for a in "yx"),  # 17 1
        *(node("Reshape", [f"q{a}", "as_far"], f"far_{a}") for a in "yx"),  # 17 1 1
        *(node("Sub", [f"grid_{a}", f"far_{a}"], f"d{a}") for a in "yx"),
        *(node("Mul", [f"d{a}", f"d{a}"], f"d{a}2") for a in "yx"),
        node("Add", ["dy2", "dx2"], "d2"),
        node("Sqrt", ["d2"], "d"),
        node("Add", ["d", "soft"], "softened"),
        node("Sigmoid", ["heat"], "heat_s"),
        node("Reshape", ["heat_s", "as_maps"], "heat_maps"),
        node("Div", ["heat_maps", "softened"], "weighted"),
        node("Reshape", ["weighted", "as_lines"], "lines"),
        node("ArgMax", ["lines"], "peak", axis=1, keepdims=1),  # 17 1
        node("Reshape", ["heat_maps", "as_lines"], "heat_lines"),
        node("GatherElements", ["heat_lines", "peak"], "score", axis=1),
        node("Reshape", ["inside", "as_pairs"], "inner"),
        *(node("Gather", ["inner", one], f"inner_{a}", axis=1) for a, one in (("y", "zero"), ("x", "unit"))),
        *(node("GatherElements", [f"inner_{a}", "peak"], f"o{a}", axis=1) for a in "yx"),
        node("Div", ["peak", "g"], "ky"),
        node("Mod", ["peak", "g"], "kx"),
        *(node("Cast", [f"k{a}"], f"k{a}_f", to=TensorProto.FLOAT) for a in "yx"),
        *(node("Add", [f"k{a}_f", f"o{a}"], f"s{a}") for a in "yx"),
        *(node("Div", [f"s{a}", "g_f"], f"{a}") for a in "yx"),
        node("Concat", ["y", "x", "score"], "yxc", axis=1),
        node("Reshape", ["yxc", "as_poses"], "poses"),
    ]
    line = np.arange(g, dtype=np.float32)
    away = np.hypot(line[:, None] - (g - 1) / 2, line[None] - (g - 1) / 2)
    constants = {
        "scale": np.float32(2 / 255), "one": np.float32(1), "nought": np.float32(0), "six": np.float32(6),
        "beside": np.array([0, 0, 0, 0, 0, 0, 1, 1]), "middle": (1 / (1.8 + away)).astype(np.float32),
        "as_map": np.array([g, g]), "as_line": np.array([1, g * g]), "as_pairs": np.array([17, 2, g * g]),
        "as_far": np.array([17, 1, 1]), "as_maps": np.array([17, g, g]), "as_lines": np.array([17, g * g]),
        "as_poses": np.array([1, 1, 17, 3]), "g": np.array(g), "g_f": np.float32(g), "soft": np.float32(1.8),
        "zero": np.array(0), "unit": np.array(1), "grid_y": line[None, :, None], "grid_x": line[None, None, :],
    }  # fmt: skip
    shown = {"image": (TensorProto.INT32, [batch, side, side, 3])}
    return build(nodes, constants | weights, shown, {"poses": [batch, 1, 17, 3]})


def learning_heatmaps(height: int = 64, width: int = 64, *, seed: int = 0) -> bytes:
    """Top-down heatmaps with layers to learn, of random weights: [N,3,H,W] -> convolutions -> [N,17,H/4,W/4]."""
    rng = np.random.default_rng(seed)

    def layer(*shape: int) -> np.ndarray:
        return (rng.normal(size=shape) / np.prod(shape[1:]) ** 0.5).astype(np.float32)

    nodes = [
        node("Conv", ["image", "first_w", "first_b"], "first", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", ["first"], "first_on"),
        node("Conv", ["first_on", "second_w", "second_b"], "second", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", ["second"], "features"),
        node("Conv", ["features", "last_w", "last_b"], "maps"),
    ]
    constants = {"first_w": layer(8, 3, 3, 3), "second_w": layer(16, 8, 3, 3), "last_w": layer(17, 16, 1, 1)}
    constants |= {"first_b": layer(8, 1)[:, 0], "second_b": layer(16, 1)[:, 0], "last_b": layer(17, 1)[:, 0]}
    shown = {"image": (TensorProto.FLOAT, ["N", 3, height, width])}
    return build(nodes, constants, shown, {"maps": ["N", 17, height // 4, width // 4]})


def learning_simcc(height: int = 64, width: int = 64, *, seed: int = 0, shares: bool = False) -> bytes:
    """RTMPose's build with layers to learn, of random weights: convolutions, a map a keypoint as one row, matrix
    products, a scaled norm -> [N,17,2W] and [N,17,2H]. shares: whether its answers are exponentiated to shares of 1."""
    rng, cells, deep = np.random.default_rng(seed), (height // 8) * (width // 8), 24

    def layer(*shape: int) -> np.ndarray:
        return (rng.normal(size=shape) / np.prod(shape[1:]) ** 0.5).astype(np.float32)

    nodes = [
        node("Conv", ["image", "first_w", "first_b"], "first", strides=[4, 4], pads=[1, 1, 1, 1]),
        node("Sigmoid", ["first"], "first_s"),
        node("Mul", ["first", "first_s"], "first_on"),
        node("Conv", ["first_on", "second_w", "second_b"], "second", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", ["second"], "features"),
        node("Conv", ["features", "last_w", "last_b"], "maps", pads=[1, 1, 1, 1]),
        node("Shape", ["maps"], "sizes"),
        node("Gather", ["sizes", "nought"], "batch", axis=0),
        node("Unsqueeze", ["batch", "first_axis"], "batches"),
        node("Concat", ["batches", "count", "rest"], "flat", axis=0),
        node("Reshape", ["maps", "flat"], "rows"),  # N 17 cells
        node("ReduceL2", ["rows", "last_axis"], "length", keepdims=1),
        node("Clip", ["length", "least"], "long"),
        node("Div", ["rows", "long"], "unit"),
        node("Mul", ["unit", "gain"], "scaled"),
        node("MatMul", ["scaled", "mixed_w"], "mixed"),
        node("Relu", ["mixed"], "mixed_on"),
        *(node("MatMul", ["mixed_on", f"{a}_w"], f"{a}_raw" if shares else f"simcc_{a}") for a in "xy"),
        *(node("Softmax", [f"{a}_raw"], f"simcc_{a}", axis=-1) for a in "xy" if shares),
    ]
    constants = {
        "first_w": layer(8, 3, 4, 4), "first_b": layer(8, 1)[:, 0], "second_w": layer(16, 8, 3, 3),
        "second_b": layer(16, 1)[:, 0], "last_w": layer(17, 16, 3, 3), "last_b": layer(17, 1)[:, 0],
        "mixed_w": layer(cells, deep), "x_w": layer(deep, 2 * width), "y_w": layer(deep, 2 * height),
        "nought": np.array(0), "first_axis": np.array([0]), "last_axis": np.array([-1]), "count": np.array([17]),
        "rest": np.array([-1]), "least": np.float32(1e-5), "gain": np.float32(3),
    }  # fmt: skip
    shown = {"image": (TensorProto.FLOAT, ["N", 3, height, width])}
    outputs: dict[str, list[int | str]] = {"simcc_x": ["N", 17, 2 * width], "simcc_y": ["N", 17, 2 * height]}
    return build(nodes, constants, shown, outputs)


def classifier() -> bytes:
    """[1,3,32,32] -> [1,10]: no pose model."""
    nodes = [node("Reshape", ["image", "flat"], "line"), node("Slice", ["line", "from", "to", "axis"], "classes")]
    constants = {"flat": np.array([1, -1]), "from": np.array([0]), "to": np.array([10]), "axis": np.array([1])}
    return build(nodes, constants, {"image": (TensorProto.FLOAT, [1, 3, 32, 32])}, {"classes": [1, 10]})


def node(kind: str, inputs: Sequence[str], output: str, **settings: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], **settings)


def build(
    nodes: Sequence[onnx.NodeProto],
    constants: Mapping[str, Any],
    inputs: Mapping[str, tuple[Any, Sequence[Any]]],
    outputs: Mapping[str, Sequence[Any]],
    *,
    opset: int = 18,
) -> bytes:
    graph = helper.make_graph(
        nodes,
        "looks",
        [helper.make_tensor_value_info(name, *one) for name, one in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _bright(shown: str) -> list[onnx.NodeProto]:
    return [node("Gather", [shown, "channels"], "coloured", axis=1), node("Mul", ["coloured", "halves"], "bright")]


def _unnormed() -> list[onnx.NodeProto]:
    return [node("Mul", ["image", "std"], "spread"), node("Add", ["spread", "mean"], "shown")]


def _norm() -> dict[str, np.ndarray]:
    return {"mean": MEAN.reshape(3, 1, 1) / 255, "std": STD.reshape(3, 1, 1) / 255}


def _masks(height: int, width: int) -> dict[str, np.ndarray]:
    halves = np.ones((17, height, width), np.float32)
    for k, name in enumerate(COCO):
        if name.startswith("left"):
            halves[k, :, : width // 2] = 0
        if name.startswith("right"):
            halves[k, :, width // 2 :] = 0
    return {"channels": np.array([COLOUR[name.split("_")[-1]] for name in COCO]), "halves": halves}
