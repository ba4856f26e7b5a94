"""The networks of SSPCM: teachers A and B, student C, and the teachers as they were at the last snapshot."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Literal

import torch
from torch import nn

from sspcm.config import ModelConfig
from sspcm.networks import PoseNetwork, build_network

NETWORKS = ("A", "B", "C")
MEMBERS = ("A", "B", "A_prev", "B_prev", "C")
NetworkName = Literal["A", "B", "C"]
MemberName = Literal["A", "B", "A_prev", "B_prev", "C"]


class Trio:
    """A, B and C learn by gradient; A_prev and B_prev are copies that only `refresh` moves (method.md section 1)."""

    def __init__(self, a: PoseNetwork, b: PoseNetwork, c: PoseNetwork) -> None:
        """Takes the three networks as they are; the snapshots start as copies of A and B (method.md section 11, 1)."""
        self.a, self.b, self.c = a, b, c
        self.a_prev, self.b_prev = _frozen_copy(a), _frozen_copy(b)

    def refresh(self) -> None:
        """A_prev and B_prev become what A and B are now, bit for bit."""
        self.a_prev.load_state_dict(self.a.state_dict())
        self.b_prev.load_state_dict(self.b.state_dict())

    def members(self) -> dict[MemberName, PoseNetwork]:
        """All five by name."""
        return {"A": self.a, "B": self.b, "A_prev": self.a_prev, "B_prev": self.b_prev, "C": self.c}

    def networks(self) -> dict[NetworkName, PoseNetwork]:
        """The three that learn, by name."""
        return {"A": self.a, "B": self.b, "C": self.c}

    def parameters(self) -> Iterator[nn.Parameter]:
        """Everything the one optimiser holds: A's, B's and C's."""
        for network in self.networks().values():
            yield from network.parameters()

    def train(self) -> None:
        """All in train mode: teacher passes use batch statistics too (method.md section 1)."""
        for network in self.members().values():
            network.train()

    def to(self, device: torch.device) -> "Trio":
        """Moves every member."""
        for network in self.members().values():
            network.to(device)
        return self


def build_trio(model: ModelConfig, *, keypoints: int, seed: int) -> Trio:
    """Random networks from three different seeds: A and B must differ, everything rests on their diversity."""
    a, b = (build_network(model.backbone, keypoints, model.deconv_channels, 3 * seed + i) for i in (0, 1))
    return Trio(a, b, build_network(model.student_backbone, keypoints, model.deconv_channels, 3 * seed + 2))


def _frozen_copy(network: PoseNetwork) -> PoseNetwork:
    """A copy without gradients whose running statistics stay put: momentum 0 leaves them as they were copied."""
    copy = deepcopy(network).requires_grad_(False)
    for module in copy.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.0
    return copy
