"""Easy and hard views: random turns, scales and mirrors as 3x3 pixel matrices, and the warp that applies them.

Method.md section 2. A matrix takes pixels of the source to pixels of the view; image and heatmap of one hard view come
from one matrix, M and S^-1 M S with S the encoder's heatmap -> crop map, so that a point and its heatmap stay together.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from sspcm.config import Variant, ViewsConfig
from sspcm.method.send import send
from sspcm.networks.heatmaps import GRID, HeatmapGrid
from sspcm.networks.trunk import IMAGENET_MEAN as IMAGENET_MEAN
from sspcm.networks.trunk import IMAGENET_STD as IMAGENET_STD


@dataclass(frozen=True, eq=False)
class HardView:
    """One matrix a person for the image (easy px -> hard px) and its counterpart for heatmaps."""

    image: Float[Tensor, "B 3 3"]
    heatmap: Float[Tensor, "B 3 3"]


def normalise(pixels: UInt8[Tensor, "B 3 H W"], variant: Variant = "correct") -> Float[Tensor, "B 3 H W"]:
    """RGB bytes as the networks expect them: zero mean and unit deviation over ImageNet.

    "legacy" hands over blue, green, red, normalised as if they were red, green, blue (method.md section 2).
    """
    mean = send(torch.tensor(IMAGENET_MEAN), pixels.device).view(3, 1, 1) * 255
    std = send(torch.tensor(IMAGENET_STD), pixels.device).view(3, 1, 1) * 255
    seen = pixels.flip(1) if variant == "legacy" else pixels
    return seen.float().sub_(mean).div_(std)  # in place: float() made a copy


def sample_easy(
    count: int, views: ViewsConfig, *, height: int, width: int, generator: torch.Generator
) -> tuple[Float[Tensor, "B 3 3"], Bool[Tensor, "B"]]:
    """Random easy views about the centre of a `height` x `width` crop, and which of them are mirrored."""
    turn, scale = _sample_turn_and_scale(
        count, std=views.easy_rotation_std, p=views.easy_rotation_p, views=views, generator=generator
    )
    mirrored = torch.rand(count, generator=generator) < views.flip_p
    # a scale is the surroundings'; the person grows by 1 / s
    matrices = about_centre(turn, 1 / scale, height=height, width=width)
    reflection = torch.eye(3).repeat(count, 1, 1)
    # x -> W - 1 - x, as the centre of the top-left pixel is (0, 0)
    reflection[mirrored, 0, 0], reflection[mirrored, 0, 2] = -1.0, float(width - 1)
    return torch.matmul(reflection, matrices), mirrored


def sample_hard(
    count: int,
    views: ViewsConfig,
    *,
    height: int,
    width: int,
    generator: torch.Generator,
    grid: HeatmapGrid = GRID,
) -> HardView:
    """Random hard views on top of the easy ones: no shift, no mirror (method.md section 2).

    `views.warp` "correct" turns rigidly about the crop's centre; "legacy" has the released theta, which acts on
    normalised coordinates of image and heatmap apart.
    """
    turn, scale = _sample_turn_and_scale(
        count, std=views.hard_rotation_std, p=views.hard_rotation_p, views=views, generator=generator
    )
    if views.warp == "legacy":
        return HardView(
            image=_released_theta(turn, scale, height=height, width=width),
            heatmap=_released_theta(turn, scale, height=height // grid.stride, width=width // grid.stride),
        )
    image = about_centre(turn, 1 / scale, height=height, width=width)
    return HardView(image=image, heatmap=heatmap_counterpart(image, grid))


def about_centre(
    turn: Float[Tensor, "B"], gain: Float[Tensor, "B"], *, height: int, width: int
) -> Float[Tensor, "B 3 3"]:
    """Turn by `turn` radians clockwise and enlarge by `gain`, both about the crop's centre."""
    cos, sin = gain * turn.cos(), gain * turn.sin()
    cx, cy = (width - 1) / 2, (height - 1) / 2
    zero, one = torch.zeros_like(cos), torch.ones_like(cos)
    rows = (cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy, zero, zero, one)
    return torch.stack(rows, dim=-1).view(-1, 3, 3)  # B 9 -> B 3 3


def heatmap_counterpart(image: Float[Tensor, "B 3 3"], grid: HeatmapGrid = GRID) -> Float[Tensor, "B 3 3"]:
    """S^-1 M S: what the matrix of a crop does to its heatmap's pixels."""
    to_crop = torch.diag(torch.tensor([grid.stride, grid.stride, 1.0], device=image.device))
    if grid.shift:
        to_crop[:2, 2] = grid.shift
    return torch.matmul(torch.linalg.inv(to_crop), torch.matmul(image, to_crop))


def warp(
    maps: Float[Tensor, "B C H W"], matrices: Float[Tensor, "B 3 3"], *, height: int, width: int
) -> Float[Tensor, "B C h w"]:
    """The maps seen through source px -> view px matrices: bilinear, zero outside, `height` x `width` out."""
    source = (maps.shape[2], maps.shape[3])
    return look(maps, sampling_grid(matrices, source=source, height=height, width=width))


def sampling_grid(
    matrices: Float[Tensor, "B 3 3"], *, source: tuple[int, int], height: int, width: int
) -> Float[Tensor, "B h w 2"]:
    """Where each pixel of the `height` x `width` views lies in sources of (rows, columns), as `look` wants it."""
    view_to_source = torch.linalg.inv_ex(matrices).inverse[:, :2]  # `inv` would wait for the device
    rows, columns = source
    # B 2 3. align_corners: -1 and 1 are the centres of the outermost pixels.
    affine = torch.cat((view_to_source[:, :1] * (2 / (columns - 1)), view_to_source[:, 1:] * (2 / (rows - 1))), dim=1)
    affine[:, :, 2] -= 1
    xs = torch.arange(width, device=matrices.device, dtype=matrices.dtype)[None, None, :, None]
    ys = torch.arange(height, device=matrices.device, dtype=matrices.dtype)[None, :, None, None]
    column, row, origin = (affine[:, None, None, :, i] for i in range(3))  # B 1 1 2 each
    grid: Tensor = xs * column + (ys * row + origin)  # B h w 2
    return grid


def look(maps: Float[Tensor, "B C H W"], grid: Float[Tensor, "B h w 2"]) -> Float[Tensor, "B C h w"]:
    """The maps through a sampling grid: bilinear, zero outside."""
    return torch.nn.functional.grid_sample(maps, grid, mode="bilinear", padding_mode="zeros", align_corners=True)


def transform(matrices: Float[Tensor, "B 3 3"], xy: Float[Tensor, "B K 2"]) -> Float[Tensor, "B K 2"]:
    """Each person's points through their matrix."""
    return xy @ matrices[:, :2, :2].transpose(1, 2) + matrices[:, None, :2, 2]


def _sample_turn_and_scale(
    count: int, *, std: float, p: float, views: ViewsConfig, generator: torch.Generator
) -> tuple[Float[Tensor, "B"], Float[Tensor, "B"]]:
    """Turns in radians, 0 except with probability `p`, and scales of the visible surroundings."""
    degrees = (torch.randn(count, generator=generator) * std).clamp(-views.rotation_limit, views.rotation_limit)
    degrees = degrees * (torch.rand(count, generator=generator) < p)
    scale = (1 + torch.randn(count, generator=generator) * views.scale_std).clamp(views.scale_min, views.scale_max)
    return degrees * (math.pi / 180), scale


def _released_theta(
    turn: Float[Tensor, "B"], scale: Float[Tensor, "B"], *, height: int, width: int
) -> Float[Tensor, "B 3 3"]:
    """The released theta (view -> source, normalised, align_corners=False) as a source px -> view px matrix."""
    cos, sin, zero, one = scale * turn.cos(), scale * turn.sin(), torch.zeros_like(turn), torch.ones_like(turn)
    # One sine for both axes: on a normalised crop that is not square this shears (method.md section 2, 1).
    theta = torch.stack((cos, sin, zero, -sin, cos, zero, zero, zero, one), dim=-1).view(-1, 3, 3)
    to_normalised = torch.tensor(
        [[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]], dtype=turn.dtype
    )
    return torch.matmul(torch.linalg.inv(to_normalised), torch.matmul(torch.linalg.inv(theta), to_normalised))
