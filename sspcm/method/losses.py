"""What a network's heatmaps are held to, supervised and by consistency (method.md sections 3 and 5-6)."""

from jaxtyping import Float
from torch import Tensor

SMALLEST = 1e-30
"""What a heatmap counts as at least: a sigmoid of -60 still learns."""


def heatmap_loss(
    predicted: Float[Tensor, "B K h w"], target: Float[Tensor, "B K h w"], weight: Float[Tensor, "B K"]
) -> Float[Tensor, ""]:
    """Half the mean squared error over everything, keypoints of weight 0 counting as fitted (method.md section 3).

    The weight multiplies the difference, inside the square; the divisor is always B * K * h * w, so a batch whose every
    keypoint is masked gives 0.
    """
    return 0.5 * ((predicted - target) * weight[..., None, None]).square().mean()  # weight: B K 1 1


def cross_entropy_loss(
    predicted: Float[Tensor, "B K h w"], target: Float[Tensor, "B K h w"], weight: Float[Tensor, "B K"]
) -> Float[Tensor, ""]:
    """How far each heatmap, taken as shares of 1, lies off the target's shares: the mean over keypoints of weight 1.

    A heatmap that is right up to its height costs nothing more, so a network whose peaks are of any height can be
    trained on (docs/adr/0020). Without any keypoint of weight 1 it is 0. The heatmaps are positive.
    """
    wanted, found = target.flatten(2), predicted.flatten(2).clamp_min(SMALLEST)  # B K h*w
    shares = wanted / wanted.sum(-1, keepdim=True).clamp_min(SMALLEST)
    off = -(shares * (found.log() - found.sum(-1, keepdim=True).log())).sum(-1)  # B K
    return (off * weight).sum() / weight.sum().clamp_min(1)
