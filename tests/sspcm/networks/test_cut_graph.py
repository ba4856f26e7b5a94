"""A cut graph is a file of its own, which says what it is."""

import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from sspcm.networks.cut_graph import CutInfo, read_cut_graph, with_info
from sspcm.networks.trunk import BackboneError

INFO = CutInfo(
    kind="movenet",
    name="strong",
    sha256="ab",
    keypoints=("nose",),
    height=32,
    width=32,
    stride=4,
    shift=1.5,
    colours=((1.0, 0.0, 0.0, 0.5),) * 3,
)


def one_convolution() -> bytes:
    graph = helper.make_graph(
        [helper.make_node("Conv", ["planes", "w"], ["out"])],
        "cut",
        [helper.make_tensor_value_info("planes", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.ones((2, 3, 1, 1), np.float32), "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10).SerializeToString()


@pytest.mark.parametrize("side", [None, np.arange(4.0).reshape(2, 2)], ids=["no map", "a map"])
def test_a_graph_is_read_back_as_it_was_written(side):
    graph = with_info(one_convolution(), INFO, side)
    again = read_cut_graph(graph.content, "the file")
    assert again.info == INFO
    assert again.centre_map is None if side is None else np.array_equal(again.centre_map, side)
    assert [name for name, _ in again.layers().named_parameters()] == ["Conv.weight"]


@pytest.mark.parametrize("content", [b"", b"no graph", one_convolution()], ids=["empty", "text", "of others"])
def test_another_file_is_refused_by_its_name(content):
    with pytest.raises(BackboneError, match=r"round/imported\.onnx is no graph that a training kept"):
        read_cut_graph(content, "round/imported.onnx")


def test_a_layer_that_cannot_learn_here_is_named():
    proto = onnx.load_from_string(one_convolution())
    proto.graph.node[0].op_type = "NoSuchLayer"
    with pytest.raises(BackboneError, match="strong cannot be made into a network that learns"):
        with_info(proto.SerializeToString(), INFO, None).layers()


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx2torch", None)
    with pytest.raises(BackboneError, match=r"pip install 'sspcm\[imported\]'"):
        with_info(one_convolution(), INFO, None).layers()
