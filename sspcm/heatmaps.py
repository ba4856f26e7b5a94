"""Keypoints as heatmaps and back: the target encoder and the two decoders (method.md section 3).

A heatmap pixel u stands for crop pixel x = stride * u. Nothing here knows networks.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

STRIDE = 4
"""Crop pixels per heatmap pixel."""


def encode_heatmaps(
    xy: Float[Tensor, "B K 2"], labelled: Bool[Tensor, "B K"], *, height: int, width: int, sigma: float
) -> tuple[Float[Tensor, "B K h w"], Float[Tensor, "B K"]]:
    """Target heatmaps and their 0/1 weights for keypoints in crop pixels (method.md section 3).

    The Gaussian's centre is rounded to a heatmap pixel, its peak is 1 and it is cut at three sigmas. A keypoint that is
    not labelled, or whose whole patch lies outside the `height` x `width` heatmap, weighs 0 and has an empty target.
    """
    centre = torch.floor(torch.where(labelled[..., None], xy, torch.zeros_like(xy)) / STRIDE + 0.5)
    dx = torch.arange(width, device=xy.device) - centre[..., 0, None]
    dy = torch.arange(height, device=xy.device) - centre[..., 1, None]
    radius = int(3 * sigma)
    rows = torch.exp(-(dy**2) / (2 * sigma**2)) * (dy.abs() <= radius)
    columns = torch.exp(-(dx**2) / (2 * sigma**2)) * (dx.abs() <= radius)
    inside = (rows > 0).any(-1) & (columns > 0).any(-1) & labelled
    weight = inside.to(xy.dtype)
    return rows[..., :, None] * columns[..., None, :] * weight[..., None, None], weight


def decode_integer(heatmaps: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch 2"]:
    """The highest pixel's x, y in heatmap pixels, whole numbers (method.md section 4)."""
    width = heatmaps.shape[-1]
    index = heatmaps.flatten(-2).argmax(-1)
    return torch.stack((index % width, index // width), dim=-1).to(heatmaps.dtype)


def peak(heatmaps: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch"]:
    """The highest value of each heatmap."""
    return heatmaps.amax((-2, -1))


def decode_subpixel(heatmaps: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch 2"]:
    """The peak's x, y in heatmap pixels, refined along each axis by the parabola through log values.

    Exact for a Gaussian whose centre lies between pixels (the idea of DARK, one axis at a time); on a border, or where
    the neighbourhood is no peak, the whole pixel stays. The shift never exceeds half a pixel.
    """
    height, width = heatmaps.shape[-2:]
    whole = decode_integer(heatmaps)
    x, y = whole[..., 0].long(), whole[..., 1].long()
    flat = heatmaps.flatten(-2)

    def log_at(column: Tensor, row: Tensor) -> Tensor:
        index = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
        return flat.gather(-1, index[..., None])[..., 0].clamp(min=1e-6).log()

    middle = log_at(x, y)
    shift_x = _parabola_shift(log_at(x - 1, y), middle, log_at(x + 1, y)) * ((x > 0) & (x < width - 1))
    shift_y = _parabola_shift(log_at(x, y - 1), middle, log_at(x, y + 1)) * ((y > 0) & (y < height - 1))
    return whole + torch.stack((shift_x, shift_y), dim=-1)


def _parabola_shift(
    before: Float[Tensor, "*batch"], middle: Float[Tensor, "*batch"], after: Float[Tensor, "*batch"]
) -> Float[Tensor, "*batch"]:
    """Where the parabola through three neighbours peaks, from the middle one, in [-0.5, 0.5]; 0 without a peak."""
    curvature = 2 * middle - before - after
    shift = (after - before) / (2 * curvature.clamp(min=1e-6))
    return torch.where(curvature > 1e-6, shift, torch.zeros_like(shift)).clamp(-0.5, 0.5)
