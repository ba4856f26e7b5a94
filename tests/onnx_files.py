"""Small real ONNX models that look at the image: each keypoint is the brightest pixel of a colour, in its half.

A keypoint's colour is red for the head, green for the arms, blue for the legs. One called left is looked for in the
right half (people face the camera), one called right in the left half: a mirror turns one into the other, truly.
"""

from collections.abc import Sequence

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


def classifier() -> bytes:
    """[1,3,32,32] -> [1,10]: no pose model."""
    nodes = [node("Reshape", ["image", "flat"], "line"), node("Slice", ["line", "from", "to", "axis"], "classes")]
    constants = {"flat": np.array([1, -1]), "from": np.array([0]), "to": np.array([10]), "axis": np.array([1])}
    return build(nodes, constants, {"image": (TensorProto.FLOAT, [1, 3, 32, 32])}, {"classes": [1, 10]})


def node(kind: str, inputs: Sequence[str], output: str, **settings: object) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], **settings)


def build(
    nodes: Sequence[onnx.NodeProto],
    constants: dict[str, np.ndarray],
    inputs: dict[str, tuple[int, list[int | str]]],
    outputs: dict[str, list[int | str]],
) -> bytes:
    graph = helper.make_graph(
        nodes,
        "looks",
        [helper.make_tensor_value_info(name, *one) for name, one in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
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
