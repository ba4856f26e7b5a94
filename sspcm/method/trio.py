"""The networks of a training: teachers A and B, student C, and the teachers as they were at the last snapshot."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from sspcm.config import MethodConfig, ModelConfig
from sspcm.members import LearnerName, MemberName
from sspcm.networks import PoseNetwork, build_network
from sspcm.networks.heatmaps import HeatmapGrid

Builder = Callable[[LearnerName, int], PoseNetwork]
"""A network by its name, from a seed."""
UNION_CHANNELS = 24
"""Heatmaps of the released networks, whatever the skeleton (method.md section 11, 13)."""


class Trio:
    """A, B and C learn by gradient; A_prev and B_prev are copies that only `refresh` moves (method.md section 1).

    A method without a student ships A: then C is that very network, and two learn.
    """

    def __init__(
        self, a: PoseNetwork, b: PoseNetwork, c: PoseNetwork | None = None, *, keeps_start: bool = False
    ) -> None:
        """Takes the networks as they are; the snapshots start as copies of A and B (method.md section 11, 1).

        keeps_start: whether C as it began stays at hand, as `start`.
        """
        self.a, self.b, self.c = a, b, a if c is None else c
        self.a_prev, self.b_prev = _frozen_copy(a), _frozen_copy(b)
        self.start = _frozen_copy(self.c) if keeps_start else None
        self._mean: PoseNetwork | None = None

    @property
    def has_student(self) -> bool:
        """Whether C is a network of its own."""
        return self.c is not self.a

    @property
    def grid(self) -> HeatmapGrid:
        """Which crop pixels the heatmaps' pixels stand for: the same in all networks, since they teach each other."""
        return self.a.grid

    def begin(self) -> None:
        """The networks are as the training starts: the snapshots, and what is kept of the start, follow them."""
        self.refresh()
        if self.start is not None:
            self.start.load_state_dict(self.c.state_dict())

    def refresh(self) -> None:
        """A_prev and B_prev become what A and B are now, bit for bit."""
        # Momentum is an attribute and no state, so the copies keep theirs of 0.
        self.a_prev.load_state_dict(self.a.state_dict())
        self.b_prev.load_state_dict(self.b.state_dict())

    def members(self) -> dict[MemberName, PoseNetwork]:
        """All five by name."""
        return {"A": self.a, "B": self.b, "A_prev": self.a_prev, "B_prev": self.b_prev, "C": self._mean or self.c}

    def remembered(self) -> dict[str, PoseNetwork]:
        """Those that no gradient moves, by name: the snapshots, and the start where it is kept."""
        snapshots = {"A_prev": self.a_prev, "B_prev": self.b_prev}
        return snapshots if self.start is None else snapshots | {"start": self.start}

    def all(self) -> Iterator[PoseNetwork]:
        """Every network that a step asks, once, and the mean where there is one."""
        yield from (*self.networks().values(), *self.remembered().values())
        if self._mean is not None:
            yield self._mean

    def networks(self) -> dict[LearnerName, PoseNetwork]:
        """Those that learn, by name."""
        return {"A": self.a, "B": self.b, "C": self.c} if self.has_student else {"A": self.a, "B": self.b}

    def shipped(self) -> dict[LearnerName, PoseNetwork]:
        """What a training leaves behind: A, B and C."""
        return {"A": self.a, "B": self.b, "C": self._mean or self.c}

    def take_mean(self) -> None:
        """From now on C is the mean of A's and B's weights as they are: of networks that started alike it is mostly
        better than either (Wortsman et al. 2022), and each has seen the persons whom the other left out."""
        one, other = self.a.state_dict(), self.b.state_dict()
        self._mean = deepcopy(self.a)
        self._mean.load_state_dict(
            {
                name: torch.lerp(tensor, other[name], 0.5) if tensor.is_floating_point() else tensor
                for name, tensor in one.items()
            }
        )

    def parameters(self) -> Iterator[nn.Parameter]:
        """Everything the one optimiser holds."""
        for network in self.networks().values():
            yield from network.parameters()

    def train(self) -> None:
        """All in train mode: teacher passes use batch statistics too (method.md section 1)."""
        for network in self.all():
            network.train()

    def to(self, device: torch.device) -> "Trio":
        """Moves every member."""
        for network in self.all():
            network.to(device)
        return self


def build_trio(
    model: ModelConfig, *, keypoints: int, seed: int, method: MethodConfig | None = None, build: Builder | None = None
) -> Trio:
    """Networks from different seeds: A and B must differ, everything rests on their diversity.

    build: what makes a network; without one it is random, of the model's backbones.
    """
    build = build or random_networks(model, keypoints)
    # 3 s, 3 s + 1 and 3 s + 2: no two seeds of trainings share a network's.
    a, b = build("A", 3 * seed), build("B", 3 * seed + 1)
    if method is not None and not method.student:
        return Trio(a, b)
    return Trio(a, b, build("C", 3 * seed + 2), keeps_start=method is not None and method.start_votes)


def random_networks(model: ModelConfig, keypoints: int) -> Builder:
    """Builds networks of the model's backbones, with random weights."""
    outputs = heatmaps_of(model, keypoints)

    def build(name: LearnerName, seed: int) -> PoseNetwork:
        backbone = model.student_backbone if name == "C" else model.backbone
        return build_network(backbone, outputs, model.deconv_channels, seed)

    return build


def heatmaps_of(model: ModelConfig, keypoints: int) -> int:
    """How many heatmaps a network of this model gives for K keypoints, of which the first K are theirs."""
    return max(keypoints, UNION_CHANNELS) if model.channels == "legacy" else keypoints


def _frozen_copy(network: PoseNetwork) -> PoseNetwork:
    """A copy without gradients whose running statistics stay put: momentum 0 leaves them as they were copied."""
    copy = deepcopy(network).requires_grad_(False)
    for module in batch_norms(copy):
        module.momentum = 0.0
    return copy


def batch_norms(network: nn.Module) -> Iterator[_BatchNorm]:
    """Every batch norm of a network, of whatever number of dimensions."""
    for module in network.modules():
        if isinstance(module, _BatchNorm):
            yield module
