"""How far a trained network may move from where it started: as far as persons say whom it did not learn from.

A strong network may lose by learning from few labels. Somewhere between where it started and where it ended lies the
best of both (weights are mixed in a straight line, Wortsman et al. 2022). Where nothing is surely better, it stays
where it started (docs/adr/0020).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import nn

from sspcm.networks import PoseNetwork

PARTS = (0.25, 0.5, 0.75, 1.0)
ONE_SIDED = 1.645
"""Deviations of the mean that leave 5 % of chances below."""
Measure = Callable[[PoseNetwork], Float[np.ndarray, "P"]]


@dataclass(frozen=True)
class Moved:
    """part: of the way from the start to the end, 0 for none. before, after: mean OKS of the held-out persons."""

    part: float
    before: float
    after: float
    persons: int


def move(network: PoseNetwork, start: nn.Module, measure: Measure) -> Moved:
    """Put the network on the best place of its way from `start`: never one that is not surely better than the start.

    measure: OKS of each held-out person, of the network as it is. Surely: the lower end of the one-sided 95 % interval
    of the mean difference lies above 0.
    """
    ended = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    began = {name: tensor.clone() for name, tensor in start.state_dict().items()}
    _place(network, began, ended, part=0.0)
    before = measure(network)
    best, after = 0.0, float(before.mean())
    for part in PARTS:
        _place(network, began, ended, part=part)
        found = measure(network)
        if found.mean() > after and _lower_end(found - before) > 0:
            best, after = part, float(found.mean())
    _place(network, began, ended, part=best)
    return Moved(part=best, before=float(before.mean()), after=after, persons=len(before))


def _place(
    network: PoseNetwork, began: dict[str, torch.Tensor], ended: dict[str, torch.Tensor], *, part: float
) -> None:
    """Whole numbers, such as what batch norms counted, are those of the end."""
    network.load_state_dict(
        {
            name: torch.lerp(began[name], tensor, part) if tensor.is_floating_point() else tensor
            for name, tensor in ended.items()
        }
    )


def _lower_end(differences: Float[np.ndarray, "P"]) -> float:
    count = len(differences)
    if count < 2:
        return -np.inf
    return float(differences.mean() - ONE_SIDED * differences.std(ddof=1) / count**0.5)
