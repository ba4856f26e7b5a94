"""Keypoints as heatmaps and back: the target encoder and the decoders (method.md sections 3 and 9).

A heatmap pixel u stands for crop pixel x = stride * u + shift; the shift is 0 but for networks that were imported.
Nothing here knows networks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sspcm.config import Decoder as Decoder

STRIDE = 4
"""Crop pixels per heatmap pixel."""


@dataclass(frozen=True)
class HeatmapGrid:
    """Which crop pixel a heatmap pixel u stands for: x = stride * u + shift."""

    stride: int = STRIDE
    shift: float = 0.0

    def to_crop(self, uv: Tensor) -> Tensor:
        """Heatmap pixels -> crop pixels."""
        return uv * self.stride + self.shift

    def to_heatmap(self, xy: Tensor) -> Tensor:
        """Crop pixels -> heatmap pixels."""
        return (xy - self.shift) / self.stride


GRID = HeatmapGrid()
"""Our own networks'."""


def encode_heatmaps(
    xy: Float[Tensor, "B K 2"],
    labelled: Bool[Tensor, "B K"],
    *,
    height: int,
    width: int,
    sigma: float,
    grid: HeatmapGrid = GRID,
) -> tuple[Float[Tensor, "B K h w"], Float[Tensor, "B K"]]:
    """Target heatmaps and their 0/1 weights for keypoints in crop pixels (method.md section 3).

    The Gaussian's centre is rounded to a heatmap pixel, its peak is 1 and it is cut at three sigmas. A keypoint that is
    not labelled, or whose whole patch lies outside the `height` x `width` heatmap, weighs 0 and has an empty target.
    """
    return _encode(torch.floor(_centres(xy, labelled, grid) + 0.5), labelled, height=height, width=width, sigma=sigma)


def encode_exact_heatmaps(
    xy: Float[Tensor, "B K 2"],
    labelled: Bool[Tensor, "B K"],
    *,
    height: int,
    width: int,
    sigma: float,
    grid: HeatmapGrid = GRID,
) -> tuple[Float[Tensor, "B K h w"], Float[Tensor, "B K"]]:
    """The same with each Gaussian's centre where the keypoint is, between pixels: what a distribution is held to."""
    return _encode(_centres(xy, labelled, grid), labelled, height=height, width=width, sigma=sigma)


def _centres(xy: Float[Tensor, "B K 2"], labelled: Bool[Tensor, "B K"], grid: HeatmapGrid) -> Float[Tensor, "B K 2"]:
    """In heatmap pixels. An absent keypoint may be NaN, which a weight of 0 does not take away."""
    return grid.to_heatmap(torch.where(labelled[..., None], xy, torch.zeros_like(xy)))


def _encode(
    centre: Float[Tensor, "B K 2"], labelled: Bool[Tensor, "B K"], *, height: int, width: int, sigma: float
) -> tuple[Float[Tensor, "B K h w"], Float[Tensor, "B K"]]:
    dx = torch.arange(width, device=centre.device) - centre[..., 0, None]  # B K w
    dy = torch.arange(height, device=centre.device) - centre[..., 1, None]  # B K h
    radius = int(3 * sigma)  # 6 at sigma 2: a patch of 13 x 13
    rows = torch.exp(-(dy**2) / (2 * sigma**2)) * (dy.abs() <= radius)
    columns = torch.exp(-(dx**2) / (2 * sigma**2)) * (dx.abs() <= radius)
    inside = (rows > 0).any(-1) & (columns > 0).any(-1) & labelled
    weight = inside.to(centre.dtype)
    return rows[..., :, None] * columns[..., None, :] * weight[..., None, None], weight  # B K h 1 * B K 1 w


def decode_integer(heatmaps: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch 2"]:
    """The highest pixel's x, y in heatmap pixels, whole numbers (method.md section 4)."""
    width = heatmaps.shape[-1]
    index = heatmaps.flatten(-2).argmax(-1)  # *batch h w -> *batch
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

    def log_at(column: Tensor, row: Tensor) -> Tensor:
        return _at(heatmaps, column, row).clamp(min=1e-6).log()

    middle = log_at(x, y)
    shift_x = _parabola_shift(log_at(x - 1, y), middle, log_at(x + 1, y)) * ((x > 0) & (x < width - 1))
    shift_y = _parabola_shift(log_at(x, y - 1), middle, log_at(x, y + 1)) * ((y > 0) & (y < height - 1))
    return whole + torch.stack((shift_x, shift_y), dim=-1)


def decode_quarter(heatmaps: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch 2"]:
    """The peak's x, y in heatmap pixels, a quarter of a pixel towards the higher neighbour on each axis.

    What the released code evaluates with (method.md section 9), but for the border: there it leaves both axes alone
    where one of them peaks on the first two pixels or the last, which a mirrored heatmap would not share.
    """
    height, width = heatmaps.shape[-2:]
    whole = decode_integer(heatmaps)
    x, y = whole[..., 0].long(), whole[..., 1].long()
    sign_x = (_at(heatmaps, x + 1, y) - _at(heatmaps, x - 1, y)).sign() * ((x > 0) & (x < width - 1))
    sign_y = (_at(heatmaps, x, y + 1) - _at(heatmaps, x, y - 1)).sign() * ((y > 0) & (y < height - 1))
    return whole + 0.25 * torch.stack((sign_x, sign_y), dim=-1)


def decode_dark(heatmaps: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch 2"]:
    """The peak's x, y in heatmap pixels, refined by DARK: smooth, logarithm, one Newton step (method.md section 9).

    The whole pixel stays within two pixels of the border, and where the smoothed heatmap has no peak nearer than a
    pixel: DARK's own step would then lead anywhere.
    """
    height, width = heatmaps.shape[-2:]
    whole = decode_integer(heatmaps)
    x, y = whole[..., 0].long(), whole[..., 1].long()
    logarithm = _smoothed(heatmaps).clamp(min=1e-10).log()

    def at(dx: int, dy: int) -> Tensor:
        return _at(logarithm, x + dx, y + dy)

    slope_x, slope_y = (at(1, 0) - at(-1, 0)) / 2, (at(0, 1) - at(0, -1)) / 2
    # DARK's second differences reach over two pixels: hence the border of two below.
    bend_x, bend_y = (at(2, 0) - 2 * at(0, 0) + at(-2, 0)) / 4, (at(0, 2) - 2 * at(0, 0) + at(0, -2)) / 4
    twist = (at(1, 1) - at(-1, 1) - at(1, -1) + at(-1, -1)) / 4
    determinant = bend_x * bend_y - twist**2
    newton = torch.stack((twist * slope_y - bend_y * slope_x, twist * slope_x - bend_x * slope_y), dim=-1)  # *batch 2
    step = newton / determinant.clamp(min=1e-9)[..., None]
    inside = (x > 1) & (x < width - 2) & (y > 1) & (y < height - 2)
    trusted = inside & (determinant > 1e-9) & (bend_x < 0) & (step.abs() <= 1).all(-1)
    return torch.where(trusted[..., None], whole + step, whole)


DECODERS: dict[Decoder, Callable[[Tensor], Tensor]] = {
    "integer": decode_integer,
    "quarter": decode_quarter,
    "parabola": decode_subpixel,
    "dark": decode_dark,
}
"""Ways to read a place out of heatmaps; all keep the peak as the keypoint's confidence."""

DARK_KERNEL, DARK_SIGMA = 11, 2.0
"""DARK's published blur for heatmaps of sigma 2; the sigma is what OpenCV derives from a kernel of 11 pixels."""


def _smoothed(heatmaps: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch h w"]:
    """Blurred, zero outside, and scaled so that each maximum is as it was."""
    offsets = torch.arange(DARK_KERNEL, device=heatmaps.device, dtype=heatmaps.dtype) - DARK_KERNEL // 2
    kernel = torch.exp(-(offsets**2) / (2 * DARK_SIGMA**2))
    kernel = (kernel / kernel.sum()).view(1, 1, -1, 1)
    single = heatmaps.reshape(-1, 1, *heatmaps.shape[-2:])  # N 1 h w
    # a Gaussian separates: 2 x 11 products a pixel, not 121
    rows = torch.nn.functional.conv2d(single, kernel, padding=(DARK_KERNEL // 2, 0))
    blurred = torch.nn.functional.conv2d(rows, kernel.transpose(2, 3), padding=(0, DARK_KERNEL // 2))
    blurred = blurred.reshape(heatmaps.shape)
    return blurred * (peak(heatmaps) / peak(blurred).clamp(min=1e-10))[..., None, None]


def _at(
    heatmaps: Float[Tensor, "*batch h w"], column: Int[Tensor, "*batch"], row: Int[Tensor, "*batch"]
) -> Float[Tensor, "*batch"]:
    """Each heatmap's value at its own pixel, the nearest one inside."""
    height, width = heatmaps.shape[-2:]
    index = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
    return heatmaps.flatten(-2).gather(-1, index[..., None])[..., 0]


def _parabola_shift(
    before: Float[Tensor, "*batch"], middle: Float[Tensor, "*batch"], after: Float[Tensor, "*batch"]
) -> Float[Tensor, "*batch"]:
    """Where the parabola through three neighbours peaks, from the middle one, in [-0.5, 0.5]; 0 without a peak."""
    curvature = 2 * middle - before - after
    shift = (after - before) / (2 * curvature.clamp(min=1e-6))
    return torch.where(curvature > 1e-6, shift, torch.zeros_like(shift)).clamp(-0.5, 0.5)
