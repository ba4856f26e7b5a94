"""The one heatmap loss, supervised and by consistency (method.md sections 3 and 5-6)."""

from jaxtyping import Float
from torch import Tensor


def heatmap_loss(
    predicted: Float[Tensor, "B K h w"], target: Float[Tensor, "B K h w"], weight: Float[Tensor, "B K"]
) -> Float[Tensor, ""]:
    """Half the mean squared error over everything, keypoints of weight 0 counting as fitted (method.md section 3).

    The weight multiplies the difference, inside the square; the divisor is always B * K * h * w, so a batch whose every
    keypoint is masked gives 0.
    """
    return 0.5 * ((predicted - target) * weight[..., None, None]).square().mean()  # weight: B K 1 1
