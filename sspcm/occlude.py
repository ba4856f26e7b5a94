"""Cut-Occlude: patches of other people pasted over a person's keypoints (method.md section 7)."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

REFERENCE_HEIGHT = 256
JITTER = 10.0
HALF_SIZES = (10, 19)
"""Jitter's standard deviation and the patches' half sizes, in pixels of a crop 256 high; both scale with the height."""


def cut_occlude(
    images: Float[Tensor, "B 3 H W"],
    xy: Float[Tensor, "B K 2"],
    *,
    patches: int,
    generator: torch.Generator,
    transposed: bool = False,
) -> Float[Tensor, "B 3 H W"]:
    """The images with `patches` windows around random keypoints replaced by windows around a batch mate's keypoints.

    xy: guiding keypoints in pixels of these images. Windows are cut from the unmodified images; both ends are cropped
    alike at the borders, and a window whose source lies wholly outside becomes zero. `transposed` has the released
    code's coordinates: x taken for the row, y for the column, when cutting and when pasting.
    """
    device, (batch, keypoints), height = images.device, xy.shape[:2], images.shape[2]
    centres, halves = _centres_and_halves(xy, height=height, generator=generator)
    if transposed:
        centres = centres.flip(-1)
    mate = torch.randint(batch, (batch,), generator=generator).to(device)
    covered = torch.randint(keypoints, (patches, batch), generator=generator).to(device)
    copied = torch.randint(keypoints, (patches, batch), generator=generator).to(device)
    rows = torch.arange(batch, device=device)
    occluded = images
    for patch in range(patches):
        occluded = _paste(
            occluded,
            images[mate],
            to=centres[rows, covered[patch]],
            frm=centres[mate, copied[patch]],
            half=halves[mate, copied[patch]],
        )
    return occluded


def _centres_and_halves(
    xy: Float[Tensor, "B K 2"], *, height: int, generator: torch.Generator
) -> tuple[Int[Tensor, "B K 2"], Int[Tensor, "B K 2"]]:
    """Jittered patch centres and half sizes, whole pixels, one of each a keypoint."""
    scale = height / REFERENCE_HEIGHT
    jitter = torch.randn(xy.shape, generator=generator).to(xy.device) * (JITTER * scale)
    smallest, largest = max(1, round(HALF_SIZES[0] * scale)), max(1, round(HALF_SIZES[1] * scale))
    halves = torch.randint(smallest, largest + 1, xy.shape, generator=generator).to(xy.device)
    return (xy + jitter).long(), halves


def _paste(
    images: Float[Tensor, "B 3 H W"],
    sources: Float[Tensor, "B 3 H W"],
    *,
    to: Int[Tensor, "B 2"],
    frm: Int[Tensor, "B 2"],
    half: Int[Tensor, "B 2"],
) -> Float[Tensor, "B 3 H W"]:
    """The images with the window of `half` around `to` taken from the sources' window around `frm`."""
    height, width = images.shape[-2:]
    across, source_x = _window(width, to=to[:, 0], frm=frm[:, 0], half=half[:, 0])
    down, source_y = _window(height, to=to[:, 1], frm=frm[:, 1], half=half[:, 1])
    reachable_x, reachable_y = _within(source_x, width), _within(source_y, height)
    index = source_y.clamp(0, height - 1)[:, :, None] * width + source_x.clamp(0, width - 1)[:, None, :]
    moved = sources.flatten(2).gather(2, index.flatten(1)[:, None].expand(-1, 3, -1)).view_as(images)
    window = (down[:, :, None] & across[:, None, :])[:, None]
    reachable = (reachable_y[:, :, None] & reachable_x[:, None, :])[:, None]
    nothing_to_cut = ~(window & reachable).flatten(1).any(1)[:, None, None, None]
    pasted = torch.where(window & reachable, moved, images)
    return torch.where(window & nothing_to_cut, torch.zeros_like(images), pasted)


def _window(
    size: int, *, to: Int[Tensor, "B"], frm: Int[Tensor, "B"], half: Int[Tensor, "B"]
) -> tuple[Bool[Tensor, "B S"], Int[Tensor, "B S"]]:
    """Along one axis: which pixels lie in [to - half, to + half), and which source pixel each would take."""
    offset = torch.arange(size, device=to.device)[None] - to[:, None]
    return (offset >= -half[:, None]) & (offset < half[:, None]), offset + frm[:, None]


def _within(positions: Int[Tensor, "B S"], size: int) -> Bool[Tensor, "B S"]:
    return (positions >= 0) & (positions < size)
