"""Crops of persons: cut once from images of any size, kept as bytes in memory, or streamed where they do not fit."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from sspcm.config import ModelConfig
from sspcm.crops.batches import Frame as Frame
from sspcm.cutting import read_image, warp
from sspcm.fisheye import LensCircle
from sspcm.geometry import Matrix, apply, crop_matrix, translation
from sspcm.pose import Box

MEMORY_BUDGET_BYTES = 2 * 1024**3
"""The crops of one store are kept in memory up to this, and read again for each batch beyond it. A round has three
stores: labelled, unlabelled and validation persons."""


@dataclass(frozen=True, eq=False)
class CropSpec:
    """One person's crop: the file, and the matrix from its pixels to the network's input pixels."""

    image: Path
    matrix: Matrix

    def to_crop(self, xy: Float[np.ndarray, "K 2"]) -> Float[np.ndarray, "K 2"]:
        """Image pixels -> input pixels."""
        return apply(self.matrix, xy)

    def to_image(self, xy: Float[np.ndarray, "K 2"]) -> Float[np.ndarray, "K 2"]:
        """Input pixels -> image pixels, by the exact inverse."""
        return apply(np.linalg.inv(self.matrix), xy)


def crop_spec(image: Path, box: Box, lens: LensCircle | None, model: ModelConfig) -> CropSpec:
    """The crop a network of `model` sees of the person in `box`; upright by the lens if the model is "radial"."""
    matrix = crop_matrix(
        box,
        lens=lens if model.orientation == "radial" else None,
        height=model.input_height,
        width=model.input_width,
        scale=model.box_scale,
    )
    return CropSpec(image=image, matrix=matrix)


class CropStore:
    """The stored crops of some persons, in order; `request` gives any of them as one batch.

    Streams with `threads` threads where all crops together exceed `memory_budget` bytes.
    """

    def __init__(
        self,
        specs: Sequence[CropSpec],
        frame: Frame,
        *,
        threads: int,
        memory_budget: int = MEMORY_BUDGET_BYTES,
    ) -> None:
        """Reads every crop at once if they fit. Raises CropError naming an unreadable file."""
        self.specs = tuple(specs)
        self.frame = frame
        self._threads = max(1, threads)
        self._readers: ThreadPoolExecutor | None = None
        self._queue: ThreadPoolExecutor | None = None
        needed = len(self.specs) * frame.stored_height * frame.stored_width * 3
        self._crops = self._cut_now(self.specs) if needed <= memory_budget else None

    def __len__(self) -> int:
        return len(self.specs)

    @property
    def streams(self) -> bool:
        """Whether crops are read anew for each batch."""
        return self._crops is None

    @contextmanager
    def opened(self) -> Iterator["CropStore"]:
        """For as long as batches are asked for: holds the reading threads, and one that puts batches together."""
        if not self.streams:
            yield self
            return
        # A thread apart: a batch that ran among the readers would wait there for itself.
        with self._threads_to_read() as readers, ThreadPoolExecutor(1, thread_name_prefix="batches") as queue:
            self._readers, self._queue = readers, queue
            try:
                yield self
            finally:
                self._readers = self._queue = None

    def request(self, indices: Sequence[int]) -> "Future[UInt8[Tensor, 'B 3 H W']]":
        """A promise of these crops, in this order; where crops are streamed, all threads read it in the background."""
        promise: Future[Tensor] = Future()
        if self._crops is not None:
            promise.set_result(self._crops[torch.as_tensor(list(indices), dtype=torch.long)])
            return promise
        specs = [self.specs[i] for i in indices]
        if self._readers is None or self._queue is None:
            promise.set_result(self._cut_now(specs))
            return promise
        return self._queue.submit(_cut_all, specs, self.frame, self._readers)

    def _cut_now(self, specs: Sequence[CropSpec]) -> UInt8[Tensor, "N 3 H W"]:
        with self._threads_to_read() as readers:
            return _cut_all(specs, self.frame, readers)

    def _threads_to_read(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="crops")


def cut(image: UInt8[np.ndarray, "H W 3"], matrix: Matrix, frame: Frame) -> UInt8[np.ndarray, "h w 3"]:
    """The stored crop of one person; what lies outside the image is ImageNet's mean colour."""
    to_stored = translation(*(float(v) for v in frame.shift)) @ matrix  # image px -> input px -> stored px
    return warp(image, to_stored, height=frame.stored_height, width=frame.stored_width)


def _cut_all(specs: Sequence[CropSpec], frame: Frame, readers: ThreadPoolExecutor) -> UInt8[Tensor, "N 3 H W"]:
    """Every crop, each image decoded once for its neighbouring persons."""
    groups = [list(group) for _, group in groupby(specs, key=lambda spec: spec.image)]
    if not groups:
        return torch.empty((0, 3, frame.stored_height, frame.stored_width), dtype=torch.uint8)
    crops = torch.empty((len(specs), 3, frame.stored_height, frame.stored_width), dtype=torch.uint8)
    first = 0
    # in the groups' order, whoever is done first
    for part in readers.map(lambda group: _cut_out_of_one(group, frame), groups):
        crops[first : first + len(part)] = part
        first += len(part)
    return crops


def _cut_out_of_one(specs: Sequence[CropSpec], frame: Frame) -> UInt8[Tensor, "N 3 H W"]:
    """The crops of one image's persons."""
    image = read_image(specs[0].image)
    crops = np.stack([cut(image, spec.matrix, frame) for spec in specs])  # N h w 3
    return torch.from_numpy(np.ascontiguousarray(crops.transpose(0, 3, 1, 2)))  # N 3 h w
