"""A pose model in an ONNX file: opened, checked once by running it, then run on crops."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
from jaxtyping import Float, UInt8

from sspcm.pose_models.layouts import DTYPES, Layout, PoseModelError, Tensor, check_size, read_input, recognise, refusal

LARGEST_FILE = 2**31 - 1
"""Bytes; protobuf, which ONNX files are written in, ends there."""
LARGEST_BATCH = 16
"""Crops a run of a model that takes any number: more wins nothing on a CPU and costs memory."""
EXTERNAL_DATA = b"\x0a\x08location\x12"
"""How protobuf spells the key that every tensor kept in another file has."""
_FATAL = 4


class PoseModel:
    """A model that takes persons' crops and says where their keypoints are, in crop pixels."""

    def __init__(self, content: bytes, *, name: str, threads: int = 0) -> None:
        """name: what people know it by. threads: 0 takes a core each.

        The file is only ever read as bytes: nothing in it can name another file. Raises PoseModelError.
        """
        self.name = name
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._session = _open(content, name, threads)
        self._input = self._session.get_inputs()[0].name if self._session.get_inputs() else ""
        self.layout = self._find_layout()

    @property
    def keypoints(self) -> tuple[str, ...]:
        """What it calls them, in its order."""
        return self.layout.keypoints

    def run(self, crops: UInt8[np.ndarray, "N H W 3"]) -> Float[np.ndarray, "N K 3"]:
        """x, y in crop pixels and confidence for RGB crops of the layout's size. Raises PoseModelError."""
        answers = [self.layout.decode(self._run(batch))[: len(batch)] for batch in self._batches(crops)]
        poses = np.concatenate(answers) if answers else np.empty((0, len(self.keypoints), 3))
        self._check_inside(poses)
        return poses

    def _check_inside(self, poses: Float[np.ndarray, "N K 3"]) -> None:
        """A keypoint may lie outside its crop, but not a whole crop away."""
        size = np.array([self.layout.width, self.layout.height])
        away = (poses[..., :2] < -size) | (poses[..., :2] > 2 * size)
        if away.any():
            x, y = poses[away.any(-1)][0][:2]
            raise PoseModelError(
                f"{self.name} sees a keypoint at {x:.3g}, {y:.3g} of its {size[0]} x {size[1]} px crop; wanted places "
                "in and around it. Export it so that it answers as its layout does (MoveNet: parts of the crop's side)."
            )

    def _batches(self, crops: UInt8[np.ndarray, "N H W 3"]) -> Iterator[np.ndarray]:
        size = self.layout.batch or LARGEST_BATCH
        for first in range(0, len(crops), size):
            yield crops[first : first + size]

    def _run(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        """A model of a fixed batch gets its last batch filled up."""
        missing = (self.layout.batch or 0) - len(crops)
        if missing > 0:
            crops = np.concatenate([crops, np.repeat(crops[-1:], missing, axis=0)])
        return self._answer(self.layout.prepare(crops))

    def _answer(self, fed: np.ndarray) -> dict[str, np.ndarray]:
        names = [output.name for output in self._session.get_outputs()]
        try:
            found = dict(zip(names, self._session.run(names, {self._input: fed}), strict=True))
        except Exception as error:  # onnxruntime's errors have no class of their own above them
            raise PoseModelError(
                f"{self.name} stopped on its input {fed.dtype}{list(fed.shape)}: {_first_line(error)}; wanted "
                "an answer. Export it again, and try it with onnxruntime."
            ) from error
        # before it is decoded: of infinities a peak makes confidences of 1
        if not all(np.isfinite(one).all() for one in found.values() if one.dtype.kind == "f"):
            raise PoseModelError(
                f"{self.name} answered with NaN or infinity; wanted numbers. Export it with 32-bit floats."
            )
        return found

    def _find_layout(self) -> Layout:
        """One run on grey tells the shapes that files often leave open, and whether the model runs at all."""
        inputs = [_tensor(one) for one in self._session.get_inputs()]
        frame = read_input(inputs)
        if frame is None:
            raise self._refusal(inputs)
        check_size(self.name, frame)
        sides = (frame.height, frame.width)
        shape = (*sides, 3) if frame.kind == "rows" else (3, *sides)
        fed = np.zeros((frame.batch or 1, *shape), dtype=DTYPES[frame.dtype])
        layout = recognise(frame, {name: np.shape(found) for name, found in self._answer(fed).items()})
        if layout is None:
            raise self._refusal(inputs)
        return layout

    def _refusal(self, inputs: list[Tensor]) -> PoseModelError:
        return refusal(self.name, inputs, [_tensor(one) for one in self._session.get_outputs()])


def read_pose_model(path: Path, *, name: str | None = None, threads: int = 0) -> PoseModel:
    """The model in a file, known by the file's name without its suffix. Raises PoseModelError."""
    try:
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise PoseModelError(
                f"{path} has {size:,} bytes; wanted an ONNX file of {LARGEST_FILE:,} at most. Give a smaller model."
            )
        content = path.read_bytes()
    except OSError as error:
        raise PoseModelError(f"cannot read {path} ({error.strerror}); wanted an ONNX file. Give its path.") from error
    return PoseModel(content, name=name or path.stem, threads=threads)


def _open(content: bytes, name: str, threads: int) -> onnxruntime.InferenceSession:
    if EXTERNAL_DATA in content:
        raise PoseModelError(
            f"{name} keeps its weights in another file; wanted one file with everything in it. "
            "Save it again with onnx.save(onnx.load(path), new_path, save_as_external_data=False)."
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL  # what went wrong is told by the error
    options.intra_op_num_threads = threads
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # as in `_answer`
        raise PoseModelError(
            f"{name} cannot be opened as an ONNX model ({_first_line(error)}); wanted a whole one that onnxruntime "
            f"{onnxruntime.__version__} can run. Export or download it again."
        ) from error


def _tensor(declared: onnxruntime.NodeArg) -> Tensor:
    shape = tuple(size if isinstance(size, int) and size > 0 else None for size in declared.shape)
    return Tensor(declared.name, shape, declared.type.removeprefix("tensor(").removesuffix(")"))


def _first_line(error: Exception) -> str:
    """onnxruntime's words, without the code in front and the trace behind."""
    return str(error).strip().split("\n", 1)[0].split(" : ", 2)[-1][:300]
