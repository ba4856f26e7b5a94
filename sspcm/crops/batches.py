"""Batches of stored crops: what training and prediction ask of them, and crops kept in memory. Torch only, no files."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import UInt8
from torch import Tensor

CONTEXT = 1.5
"""A stored crop's side over the network's input: what a turned or widened view may look at around it."""


@dataclass(frozen=True)
class Frame:
    """The size of a network's input and of the stored crop around it, and the shift between the two."""

    height: int
    width: int
    context: float = CONTEXT
    """A stored crop's side over the input's; 1 where nothing turns it: the pixels are then those that a pose model in a
    file would be shown, to the last bit."""

    @property
    def stored_height(self) -> int:
        """Rows of a stored crop; as even or odd as the input, so that the shift is whole."""
        return self.height + 2 * round(self.height * (self.context - 1) / 2)

    @property
    def stored_width(self) -> int:
        """Columns of a stored crop."""
        return self.width + 2 * round(self.width * (self.context - 1) / 2)

    @property
    def shift(self) -> tuple[int, int]:
        """Columns and rows by which an input pixel lies further right and down in the stored crop."""
        return (self.stored_width - self.width) // 2, (self.stored_height - self.height) // 2


@runtime_checkable
class Crops(Protocol):
    """The stored crops of some persons, in order, wherever they are kept."""

    @property
    def frame(self) -> Frame:
        """The size of every crop."""
        ...

    def __len__(self) -> int: ...

    def opened(self) -> AbstractContextManager[object]:
        """For as long as batches are asked for."""
        ...

    def request(self, indices: Sequence[int]) -> "Future[UInt8[Tensor, 'B 3 P Q']]":
        """A promise of these crops, in this order."""
        ...


class CropsInMemory:
    """Crops that are one tensor already, on the CPU or where they are needed."""

    def __init__(self, crops: UInt8[Tensor, "N 3 P Q"], frame: Frame) -> None:
        """Raises ValueError where the tensor has not the frame's stored size."""
        wanted = (3, frame.stored_height, frame.stored_width)  # 3 P Q
        if tuple(crops.shape[1:]) != wanted:
            raise ValueError(
                f"found crops of shape {tuple(crops.shape[1:])}; wanted {wanted}, {frame} with its surroundings. "
                "Cut them again for this input size."
            )
        self.frame = frame
        self._crops = crops

    def __len__(self) -> int:
        return len(self._crops)

    @contextmanager
    def opened(self) -> Iterator["CropsInMemory"]:
        """Nothing to open."""
        yield self

    def request(self, indices: Sequence[int]) -> "Future[UInt8[Tensor, 'B 3 P Q']]":
        """These crops, at once."""
        promise: Future[Tensor] = Future()
        promise.set_result(self._crops[torch.as_tensor(list(indices), dtype=torch.long, device=self._crops.device)])
        return promise
