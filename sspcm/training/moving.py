"""How far trained networks may move from where they started: as far as persons say whom they did not learn from.

A strong network may lose by learning from few labels. Somewhere between where it started and where it ended lies the
best of both (weights are mixed in a straight line, Wortsman et al. 2022). Where no place has a higher mean, it stays
where it started. The networks of a round move by the same part, for each leaves out few persons, and together they
are enough to tell (docs/adr/0020, docs/adr/0040).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import nn

from sspcm.members import LearnerName
from sspcm.networks import PoseNetwork

PARTS = (0.25, 0.5, 0.75, 1.0)
FEWEST_TO_TELL = 8
"""Of fewer persons a mean says little more than a coin."""
Measure = Callable[[PoseNetwork], Float[np.ndarray, "P"]]
State = dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False)
class Way:
    """A network, where it started, and what measures it: OKS of each person whom it left out, of it as it is."""

    network: PoseNetwork
    start: nn.Module
    measure: Measure


@dataclass(frozen=True)
class Moved:
    """part: of the way from the start to the end, 0 for none. before, after: mean OKS of the held-out persons."""

    part: float
    before: float
    after: float
    persons: int


def move(ways: Mapping[LearnerName, Way]) -> dict[LearnerName, Moved]:
    """Put the networks on the best place of their ways: never one whose mean OKS over all networks' persons is not
    higher than the start's.

    Of the places that are higher, it is the farthest that is less than one standard error worse than the best: one that
    looks a little better nearer the start mostly does so by chance. A gain need not be sure: of the few persons who are
    left out of few labels, hardly any is. Whether annotators begin from what comes of it is decided by other people
    (docs/adr/0021, docs/adr/0040).
    """
    ends = {name: (_copy(way.start), _copy(way.network)) for name, way in ways.items()}
    found = {part: _measured(ways, ends, part) for part in (0.0, *PARTS)}
    part = _best_part({part: np.concatenate(list(of_part.values())) for part, of_part in found.items()})
    for name, way in ways.items():
        _place(way.network, *ends[name], part=part)
    return {
        name: Moved(part, float(before.mean()), float(found[part][name].mean()), len(before))
        for name, before in found[0.0].items()
    }


def _measured(
    ways: Mapping[LearnerName, Way], ends: Mapping[LearnerName, tuple[State, State]], part: float
) -> dict[LearnerName, Float[np.ndarray, "P"]]:
    """OKS of each network's own persons, with the networks on this place of their ways."""
    found = {}
    for name, way in ways.items():
        _place(way.network, *ends[name], part=part)
        found[name] = way.measure(way.network)
    return found


def _best_part(found: Mapping[float, Float[np.ndarray, "P"]]) -> float:
    """By the OKS of all persons at each part; 0 is the start."""
    if len(found[0.0]) < FEWEST_TO_TELL:
        return 0.0
    better = [part for part in PARTS if found[part].mean() > found[0.0].mean()]
    if not better:
        return 0.0
    best = max(better, key=lambda part: found[part].mean())
    return max(part for part in better if _is_near(found[best] - found[part]))


def _is_near(differences: Float[np.ndarray, "P"]) -> bool:
    """Whether they are less than one standard error of their mean. Persons are taken as independent: they are few, and
    of many images."""
    return bool(differences.mean() <= differences.std(ddof=1) / len(differences) ** 0.5)


def _copy(network: nn.Module) -> State:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def _place(network: PoseNetwork, began: State, ended: State, *, part: float) -> None:
    """Whole numbers, such as what batch norms counted, are those of the end."""
    network.load_state_dict(
        {
            name: torch.lerp(began[name], tensor, part) if tensor.is_floating_point() else tensor
            for name, tensor in ended.items()
        }
    )
