"""Easy and hard views: random turns, scales and mirrors as 3x3 pixel matrices, and the warp that applies them.

Method.md section 2. A matrix takes pixels of the source to pixels of the view; image and heatmap of one hard view come
from one matrix, M and S^-1 M S with S the encoder's heatmap -> crop map, so that a point and its heatmap stay together.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from sspcm.config import ViewsConfig
from sspcm.heatmaps import STRIDE

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, eq=False)
class HardView:
    """One matrix a person for the image (easy px -> hard px) and its counterpart for heatmaps."""

    image: Float[Tensor, "B 3 3"]
    heatmap: Float[Tensor, "B 3 3"]


def normalise(pixels: UInt8[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
    """RGB bytes as the networks expect them: zero mean and unit deviation over ImageNet."""
    mean = torch.tensor(IMAGENET_MEAN, device=pixels.device).view(3, 1, 1) * 255
    std = torch.tensor(IMAGENET_STD, device=pixels.device).view(3, 1, 1) * 255
    return (pixels.float() - mean) / std


def sample_easy(
    count: int, views: ViewsConfig, *, height: int, width: int, generator: torch.Generator
) -> tuple[Float[Tensor, "B 3 3"], Bool[Tensor, "B"]]:
    """Random easy views about the centre of a `height` x `width` crop, and which of them are mirrored."""
    turn, scale = _sample_turn_and_scale(
        count, std=views.easy_rotation_std, p=views.easy_rotation_p, views=views, generator=generator
    )
    mirrored = torch.rand(count, generator=generator) < views.flip_p
    matrices = about_centre(turn, 1 / scale, height=height, width=width)
    reflection = torch.eye(3).repeat(count, 1, 1)
    reflection[mirrored, 0, 0], reflection[mirrored, 0, 2] = -1.0, float(width - 1)
    return torch.matmul(reflection, matrices), mirrored


def sample_hard(count: int, views: ViewsConfig, *, height: int, width: int, generator: torch.Generator) -> HardView:
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
            heatmap=_released_theta(turn, scale, height=height // STRIDE, width=width // STRIDE),
        )
    image = about_centre(turn, 1 / scale, height=height, width=width)
    return HardView(image=image, heatmap=heatmap_counterpart(image))


def about_centre(
    turn: Float[Tensor, "B"], gain: Float[Tensor, "B"], *, height: int, width: int
) -> Float[Tensor, "B 3 3"]:
    """Turn by `turn` radians clockwise and enlarge by `gain`, both about the crop's centre."""
    cos, sin = gain * turn.cos(), gain * turn.sin()
    cx, cy = (width - 1) / 2, (height - 1) / 2
    zero, one = torch.zeros_like(cos), torch.ones_like(cos)
    rows = (cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy, zero, zero, one)
    return torch.stack(rows, dim=-1).view(-1, 3, 3)


def heatmap_counterpart(image: Float[Tensor, "B 3 3"]) -> Float[Tensor, "B 3 3"]:
    """S^-1 M S: what the matrix of a crop does to its heatmap's pixels."""
    to_crop = torch.diag(torch.tensor([STRIDE, STRIDE, 1.0], device=image.device))
    return torch.matmul(torch.linalg.inv(to_crop), torch.matmul(image, to_crop))


def warp(
    maps: Float[Tensor, "B C H W"], matrices: Float[Tensor, "B 3 3"], *, height: int, width: int
) -> Float[Tensor, "B C h w"]:
    """The maps seen through source px -> view px matrices: bilinear, zero outside, `height` x `width` out."""
    source_height, source_width = maps.shape[-2:]
    view_to_source = torch.linalg.inv(matrices)
    ys, xs = torch.meshgrid(
        torch.arange(height, device=maps.device), torch.arange(width, device=maps.device), indexing="ij"
    )
    grid = torch.stack((xs, ys, torch.ones_like(xs)), dim=-1).to(maps.dtype).view(1, -1, 3)
    source = (grid @ view_to_source[:, :2].transpose(1, 2)).view(-1, height, width, 2)
    normalised = source * source.new_tensor([2 / (source_width - 1), 2 / (source_height - 1)]) - 1
    return torch.nn.functional.grid_sample(maps, normalised, mode="bilinear", padding_mode="zeros", align_corners=True)


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
    theta = torch.stack((cos, sin, zero, -sin, cos, zero, zero, zero, one), dim=-1).view(-1, 3, 3)
    to_normalised = torch.tensor(
        [[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]], dtype=turn.dtype
    )
    return torch.matmul(torch.linalg.inv(to_normalised), torch.matmul(torch.linalg.inv(theta), to_normalised))
