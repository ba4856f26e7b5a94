"""Weights pulled back toward where they started, after each step: a strong start that few labels teach (train.anchor).

That is L2-SP (Xuhong et al. 2018), apart from the optimiser as weight decay is in AdamW (Loshchilov and Hutter 2019):
losses, gradients and Adam's moments know nothing of it. It goes by the learning rate, so what was learned before the
rate fell is not taken back after.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from sspcm.members import LearnerName


class Anchor:
    """Where networks started, and how strongly they are held there.

    What batch norms counted and averaged is no weight: it is not pulled.
    """

    def __init__(
        self, networks: Mapping[LearnerName, nn.Module], starts: Mapping[LearnerName, nn.Module], share: float
    ) -> None:
        """networks: those that are pulled, as they are now. starts: the same before their first step, which nobody may
        change afterwards. share: `train.anchor`."""
        self._learning: list[Tensor] = [one for network in networks.values() for one in network.parameters()]
        self._began: list[Tensor] = [one.detach() for name in networks for one in starts[name].parameters()]
        self.share = share

    @torch.no_grad()
    def pull(self, rate: float) -> None:
        """Every weight its part of the way back. rate: what is left of the learning rate, 1 at the beginning."""
        torch._foreach_lerp_(self._learning, self._began, pulled(self.share, rate))


def pulled(share: float, rate: float) -> float:
    """The part of the way back that one step goes: `share` at the full rate; at a tenth of it, what makes ten steps go
    as far as one at the full rate."""
    return float(1 - (1 - share) ** rate)
