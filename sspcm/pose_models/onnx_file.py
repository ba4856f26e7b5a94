"""What an ONNX file declares, told from its bytes alone: whether it is whole, and which inputs and outputs it has.

An ONNX file is one protobuf message, written here as https://protobuf.dev/programming-guides/encoding has it: fields of
a number and a type, and a part in a part by its length. So a file that was cut does not end where it says. This runs
where onnxruntime is not loaded; what a model computes, only running it shows.
"""

import math
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sspcm.pose_models.layouts import PoseModelError, Tensor, check_size, read_input, refusal

# Field numbers of onnx.proto3 (ONNX 1.22).
MODEL_IR_VERSION, MODEL_GRAPH, MODEL_OPSET = 1, 7, 8
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 1, 5, 11, 12
NODE_INPUT, NODE_OUTPUT, NODE_KIND = 1, 2, 4
TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_RAW, TENSOR_EXTERNAL, TENSOR_PLACE = 1, 2, 8, 9, 13, 14
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT, TENSOR_SHAPE, SHAPE_DIM, DIM_VALUE = 1, 2, 1, 1, 2, 1, 1
ELEMENTS = {1: "float", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
            10: "float16", 11: "double", 12: "uint32", 13: "uint64", 16: "bfloat16"}  # fmt: skip
BYTES = {"float": 4, "uint8": 1, "int8": 1, "uint16": 2, "int16": 2, "int32": 4, "int64": 8, "bool": 1, "float16": 2,
         "double": 8, "uint32": 4, "uint64": 8, "bfloat16": 2}  # fmt: skip
VARINT, FIXED64, PART, FIXED32 = 0, 1, 2, 5
_OF_NODE = (NODE_INPUT, NODE_OUTPUT, NODE_KIND)
_FOLDED = ("Identity", "BatchNormalization")
_WHOLE_NUMBERS = ("QLinearConv", "ConvInteger")
MOST_FIELDS = 300_000
"""Of a file; the largest known pose model has 30,000."""


class _Broken(ValueError):
    """The bytes are no ONNX model; the message says where they stop being one."""


@dataclass(frozen=True)
class _Span:
    """Bytes from `start` up to `end` of the file."""

    start: int
    end: int


Field = tuple[int, int | _Span]
"""A field's number, and what it holds: a number, or a part."""


class _Fields:
    """Reads fields, and counts them: a file of a billion empty ones is no model."""

    def __init__(self, content: mmap.mmap | bytes) -> None:
        self._content = content
        self._left = MOST_FIELDS

    def of(self, part: _Span) -> Iterator[Field]:
        """Every field of a part, which must end with it. Raises _Broken."""
        at = part.start
        while at < part.end:
            self._left -= 1
            if self._left < 0:
                raise _Broken(f"it has over {MOST_FIELDS:,} parts")
            key, at = self._varint(at, part.end)
            number, kind = key >> 3, key & 7
            if kind == VARINT:
                value, at = self._varint(at, part.end)
                yield number, value
                continue
            if kind == PART:
                length, at = self._varint(at, part.end)
            elif kind in (FIXED32, FIXED64):
                length = 4 if kind == FIXED32 else 8
            else:
                raise _Broken(f"byte {at:,} begins nothing that ONNX has")
            if number == 0 or at + length > part.end:
                raise _Broken(f"a part at byte {at:,} is {length:,} bytes long, {part.end - at:,} are there")
            yield number, _Span(at, at + length)
            at += length

    def text(self, part: int | _Span) -> str:
        """A part's characters, the first 200 of them."""
        if isinstance(part, int):
            raise _Broken("a name is a number")
        return bytes(self._content[part.start : min(part.end, part.start + 200)]).decode("utf-8", "replace")

    def parts(self, part: int | _Span) -> list[Field]:
        """A part's fields at once. Raises _Broken for what is no part."""
        if isinstance(part, int):
            raise _Broken("a number stands where ONNX has a part")
        return list(self.of(part))

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        value = 0
        for place in range(10):
            if at + place >= end:
                raise _Broken(f"it ends inside a number, at byte {at + place:,}")
            byte = self._content[at + place]
            value |= (byte & 127) << 7 * place
            if byte < 128:
                return value, at + place + 1
        raise _Broken(f"a number at byte {at:,} never ends")


def check_pose_model(path: Path, name: str) -> None:
    """Raises PoseModelError unless the file is a whole ONNX model whose input and outputs may be a pose model's."""
    inputs, outputs = declared(path, name)
    frame = read_input(inputs)
    if frame is None or not outputs:
        raise refusal(name, inputs, outputs)
    check_size(name, frame)
    if not any(len(output.shape) == 0 or _may_be_poses(output) for output in outputs):
        raise refusal(name, inputs, outputs)


def declared(path: Path, name: str) -> tuple[list[Tensor], list[Tensor]]:
    """A file's inputs that are to be fed, and its outputs. Raises PoseModelError for what is no whole ONNX model."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            raise PoseModelError(f"{name} is empty; wanted an ONNX file. Choose it again.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            try:
                return read_declared(content)
            except _Broken as error:
                raise PoseModelError(
                    f"{name} is no whole ONNX model: {error}; wanted the file as it was exported. "
                    "Download or export it again."
                ) from error


@dataclass(frozen=True)
class Layers:
    """convolutions: how many a file has; those are what learns. last: the kind of the layer that gives the first
    output, "" where none does; what exporters put behind a layer and runtimes fold away is passed by. is_quantised:
    whether it computes in whole numbers."""

    convolutions: int
    last: str
    is_quantised: bool = False


def read_layers(path: Path) -> Layers:
    """The layers of a whole ONNX file; none for what is no whole model."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            fields = _Fields(content)
            graph = fields.parts(dict(fields.of(_Span(0, len(content)))).get(MODEL_GRAPH, _Span(0, 0)))
            nodes = [dict(reversed(fields.parts(part))) for number, part in graph if number == GRAPH_NODE]
            told = [tuple(fields.text(one.get(number, _Span(0, 0))) for number in _OF_NODE) for one in nodes]
            outputs = [_value(fields, part).name for number, part in graph if number == GRAPH_OUTPUT]
    except (OSError, ValueError):  # an empty file cannot be mapped
        return Layers(0, "")
    makers = {output: (kind, first) for first, output, kind in told}
    kind, before = makers.get(outputs[0] if outputs else "", ("", ""))
    while kind in _FOLDED and before in makers:
        kind, before = makers[before]
    kinds = [one for _, _, one in told]
    return Layers(kinds.count("Conv"), kind, any("quantize" in one.lower() or one in _WHOLE_NUMBERS for one in kinds))


def _may_be_poses(output: Tensor) -> bool:
    """An output of 3 or 4 axes; files often leave the sizes open, those it states must leave room for 17 keypoints."""
    return len(output.shape) in (3, 4) and any(size in (None, 17) for size in output.shape[1:])


def read_declared(content: mmap.mmap | bytes) -> tuple[list[Tensor], list[Tensor]]:
    """The inputs that are to be fed, and the outputs. Raises _Broken for what is no whole model."""
    fields = _Fields(content)
    model = dict(fields.of(_Span(0, len(content))))
    for number, what in ((MODEL_IR_VERSION, "version"), (MODEL_GRAPH, "graph"), (MODEL_OPSET, "set of operators")):
        if number not in model:
            raise _Broken(f"it has no {what}")
    initialised, nodes = set(), 0
    values: dict[int, list[Tensor]] = {GRAPH_INPUT: [], GRAPH_OUTPUT: []}
    for number, part in fields.parts(model[MODEL_GRAPH]):
        if number == GRAPH_INITIALIZER:
            initialised.add(_check_initializer(fields, part))
        elif number == GRAPH_NODE:
            nodes += bool(fields.parts(part))
        elif number in values:
            values[number].append(_value(fields, part))
    if not nodes:
        raise _Broken("its graph computes nothing")
    return [one for one in values[GRAPH_INPUT] if one.name not in initialised], values[GRAPH_OUTPUT]


def _check_initializer(fields: _Fields, part: int | _Span) -> str:
    """The weights' name. Raises _Broken where their bytes are not as many as their sizes say."""
    name, kind, sizes, raw, outside = "", "", [], None, False
    for number, found in fields.parts(part):
        if number == TENSOR_NAME:
            name = fields.text(found)
        elif number == TENSOR_TYPE and isinstance(found, int):
            kind = ELEMENTS.get(found, "")
        elif number == TENSOR_DIMS:
            sizes += [found] if isinstance(found, int) else _packed(fields, found)
        elif number == TENSOR_RAW and isinstance(found, _Span):
            raw = found.end - found.start
        outside = outside or number == TENSOR_EXTERNAL or (number == TENSOR_PLACE and found == 1)
    if outside:
        raise _Broken(f"it keeps the weights '{name:.60}' in another file; save it with everything in one")
    if raw is not None and kind in BYTES and raw != math.prod(sizes) * BYTES[kind]:
        raise _Broken(f"the weights '{name:.60}' are {raw:,} bytes, not {math.prod(sizes) * BYTES[kind]:,}")
    return name


def _packed(fields: _Fields, part: _Span) -> list[int]:
    sizes, at = [], part.start
    while at < part.end:
        size, at = fields._varint(at, part.end)
        sizes.append(size)
        if len(sizes) > 100:
            raise _Broken("weights have over 100 axes")
    return sizes


def _value(fields: _Fields, part: int | _Span) -> Tensor:
    """An input or output, as onnxruntime would tell it; a size that is open is None."""
    told = dict(fields.parts(part))
    name = fields.text(told.get(VALUE_NAME, _Span(0, 0)))
    tensor = dict(fields.parts(told.get(VALUE_TYPE, _Span(0, 0)))).get(TYPE_TENSOR, _Span(0, 0))
    described = dict(fields.parts(tensor))
    element = described.get(TENSOR_ELEMENT, 0)
    sizes = [dict(fields.parts(dim)).get(DIM_VALUE) for number, dim in
             fields.parts(described.get(TENSOR_SHAPE, _Span(0, 0))) if number == SHAPE_DIM]  # fmt: skip
    shape = tuple(size if isinstance(size, int) and 0 < size < 2**63 else None for size in sizes)
    return Tensor(name, shape, ELEMENTS.get(element, "?") if isinstance(element, int) else "?")
