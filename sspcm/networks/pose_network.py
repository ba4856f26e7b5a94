"""What every pose network is to the rest: heatmaps to learn by, and places in crop pixels to predict with."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from sspcm.config import Decoder
from sspcm.networks.heatmaps import DECODERS, HeatmapGrid, peak


class PoseNetwork(nn.Module):
    """Normalised RGB crops in, one heatmap a keypoint out; subclasses say how."""

    grid: HeatmapGrid = HeatmapGrid()
    """Which crop pixel each heatmap pixel stands for."""

    def answer(
        self, images: Float[Tensor, "B 3 H W"], *, keypoints: int | None, decode: Decoder, swap: Int[Tensor, "K"] | None
    ) -> Float[Tensor, "B K 3"]:
        """x, y in crop pixels and confidence in [0, 1] of the first `keypoints` heatmaps, of all where None.

        swap: the skeleton's mirror permutation; each heatmap is then the mean of the crop's and its mirror image's.
        """
        heatmaps = self(images)[:, :keypoints]  # B K h w; legacy has 24, the first K are read
        if swap is not None:
            heatmaps = (heatmaps + mirrored_back(self(images.flip(-1))[:, :keypoints], swap, self.grid)) / 2
        return read_heatmaps(heatmaps, self.grid, decode)


def read_heatmaps(heatmaps: Float[Tensor, "B K h w"], grid: HeatmapGrid, decode: Decoder) -> Float[Tensor, "B K 3"]:
    """Crop pixels and confidence of every keypoint."""
    confidence = torch.nan_to_num(peak(heatmaps)).clamp(0, 1)
    return torch.cat((grid.to_crop(DECODERS[decode](heatmaps)), confidence[..., None]), dim=-1)


def mirrored_back(
    heatmaps: Float[Tensor, "B K h w"], mirror: Int[Tensor, "K"], grid: HeatmapGrid
) -> Float[Tensor, "B K h w"]:
    """Heatmaps of mirrored crops as heatmaps of the crops themselves, left and right swapped.

    A crop's mirror takes x to W - 1 - x, so heatmap pixel u goes to w - (1 + 2 shift) / stride - u: where a heatmap
    pixel u stands for crop pixel 4 u, the flipped map lies three quarters of a pixel too far left, and is moved right
    by cubic interpolation. What lies outside is as the border.
    """
    width, flipped = heatmaps.shape[-1], heatmaps[:, mirror].flip(-1)
    behind = (1 + 2 * grid.shift) / grid.stride  # of a pixel; 1 where pixels stand for the middle of their cells
    if behind == 1:
        return flipped
    padded = nn.functional.pad(flipped, (2, 1, 0, 0), mode="replicate")  # u - 2 to u + 1
    weights = cubic_weights(behind)
    return sum((w * padded[..., i : i + width] for i, w in enumerate(weights)), torch.zeros_like(heatmaps))


def cubic_weights(t: float) -> tuple[float, float, float, float]:
    """Catmull and Rom's: of four pixels, what their curve has at `t` between the second and the third."""
    return (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (-(t**2) + t**3) / 2,
    )
