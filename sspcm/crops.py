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
from sspcm.crop_batches import Frame as Frame
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
        self._pool: ThreadPoolExecutor | None = None
        needed = len(self.specs) * frame.stored_height * frame.stored_width * 3
        self._crops = _cut_all(self.specs, frame, threads=self._threads) if needed <= memory_budget else None

    def __len__(self) -> int:
        return len(self.specs)

    @property
    def streams(self) -> bool:
        """Whether crops are read anew for each batch."""
        return self._crops is None

    @contextmanager
    def opened(self) -> Iterator["CropStore"]:
        """For as long as batches are asked for: holds the reading threads."""
        if not self.streams:
            yield self
            return
        with ThreadPoolExecutor(self._threads, thread_name_prefix="crops") as pool:
            self._pool = pool
            try:
                yield self
            finally:
                self._pool = None

    def request(self, indices: Sequence[int]) -> "Future[UInt8[Tensor, 'B 3 H W']]":
        """A promise of these crops, in this order; reading happens in the background where crops are streamed."""
        promise: Future[Tensor] = Future()
        if self._crops is not None:
            promise.set_result(self._crops[torch.as_tensor(list(indices), dtype=torch.long)])
            return promise
        if self._pool is None:
            promise.set_result(_cut_all([self.specs[i] for i in indices], self.frame, threads=self._threads))
            return promise
        return self._pool.submit(_cut_serially, [self.specs[i] for i in indices], self.frame)


def cut(image: UInt8[np.ndarray, "H W 3"], matrix: Matrix, frame: Frame) -> UInt8[np.ndarray, "h w 3"]:
    """The stored crop of one person; what lies outside the image is ImageNet's mean colour."""
    to_stored = translation(*(float(v) for v in frame.shift)) @ matrix
    return warp(image, to_stored, height=frame.stored_height, width=frame.stored_width)


def _cut_all(specs: Sequence[CropSpec], frame: Frame, *, threads: int) -> UInt8[Tensor, "N 3 H W"]:
    """Every crop, each image decoded once for its neighbouring persons."""
    groups = [list(group) for _, group in groupby(specs, key=lambda spec: spec.image)]
    if not groups:
        return torch.empty((0, 3, frame.stored_height, frame.stored_width), dtype=torch.uint8)
    with ThreadPoolExecutor(threads, thread_name_prefix="crops") as pool:
        return torch.cat(list(pool.map(lambda group: _cut_serially(group, frame), groups)))


def _cut_serially(specs: Sequence[CropSpec], frame: Frame) -> UInt8[Tensor, "N 3 H W"]:
    crops = []
    for path, group in groupby(specs, key=lambda spec: spec.image):
        image = read_image(path)
        crops += [cut(image, spec.matrix, frame) for spec in group]
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).contiguous()
