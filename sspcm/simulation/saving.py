"""What a way to choose saves beside chance: how many labels, and actions, fewer give starts that are as good."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from sspcm.simulation.curve import by_run, interpolated, spent
from sspcm.simulation.rows import Key, Row

DRAWS = 1000
Run = Mapping[int, Row]


@dataclass(frozen=True, eq=False)
class _Seed:
    """Both ways' rounds of one seed. sums: OKS by round and group of held-out people; count: people of each group."""

    own: Float[np.ndarray, "R G"]
    chance: Float[np.ndarray, "R G"]
    count: Int[np.ndarray, "G"]


def with_savings(summary: Mapping[str, Any], rows: Mapping[Key, Row]) -> dict[str, Any]:
    """The summary with what each acquisition saves beside random."""
    told = {name: {**one, "saved": saved(rows, name)} for name, one in summary["acquisitions"].items()}
    return {**summary, "acquisitions": told}


def saved(rows: Mapping[Key, Row], acquisition: str) -> dict[str, Any] | None:
    """How much less it needs than random until held-out people begin as well as after random's last round.

    labels, actions: with their 95 % intervals; negative where random is ahead: how much less random needs until they
    begin as well as after this one's last round. None where the two have no round in common. An interval draws seeds
    anew, and of each seed whole groups of people, the same ones for both.
    """
    runs = by_run(rows)
    seeds = [seed for name, seed in runs if name == acquisition and ("random", seed) in runs]
    last = min((min(max(runs[acquisition, s]), max(runs["random", s])) for s in seeds), default=0)
    if acquisition == "random" or not last:
        return None
    own, chance = ([runs[name, seed] for seed in seeds] for name in (acquisition, "random"))
    both = [_seed(one, other, last) for one, other in zip(own, chance, strict=True)]
    found: dict[str, list[float]] = {"labels": [], "actions": []}
    for chosen, heights, others in _draws(both):
        for what, figures in found.items():
            x, x_other = (np.array([_spent(arm[s], last, what) for s in chosen]).mean(0) for arm in (own, chance))
            figures.append(_ahead(x, heights, x_other, others))
    return {"round": last, "seeds": seeds, **{what: _interval(figures) for what, figures in found.items()}}


def say_saved(told: Mapping[str, Any]) -> str:
    """In words."""
    labels, actions = told["labels"], told["actions"]
    return (
        f"{labels[0]:+.0f} labels [{labels[1]:+.0f}, {labels[2]:+.0f}] and {actions[0]:+.0f} actions "
        f"[{actions[1]:+.0f}, {actions[2]:+.0f}] saved beside random, for starts as good"
    )


def _seed(own: Run, chance: Run, last: int) -> _Seed:
    _, place = np.unique(np.array(own[0]["held_out"]["groups"]), return_inverse=True)

    def sums(run: Run) -> Float[np.ndarray, "R G"]:
        return np.stack([np.bincount(place, weights=run[n]["held_out"]["oks"]) for n in range(last + 1)])

    return _Seed(sums(own), sums(chance), np.bincount(place))


def _draws(
    both: Sequence[_Seed],
) -> Iterator[tuple[Sequence[int], Float[np.ndarray, "R"], Float[np.ndarray, "R"]]]:
    """Which seeds, and both ways' mean OKS by round: first of everybody, then of each draw."""
    whole = [(one, np.ones(len(one.count), dtype=np.int64)) for one in both]
    yield range(len(both)), *_means(whole)
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        chosen = rng.integers(len(both), size=len(both)).tolist()
        drawn = [(both[s], rng.multinomial(len(both[s].count), _even(len(both[s].count)))) for s in chosen]
        yield chosen, *_means(drawn)


def _even(count: int) -> Float[np.ndarray, "G"]:
    return np.full(count, 1 / count)


def _means(
    drawn: Sequence[tuple[_Seed, Int[np.ndarray, "G"]]],
) -> tuple[Float[np.ndarray, "R"], Float[np.ndarray, "R"]]:
    people = [one.count @ times for one, times in drawn]
    own, chance = (
        np.stack([getattr(one, arm) @ times / n for (one, times), n in zip(drawn, people, strict=True)]).mean(0)
        for arm in ("own", "chance")
    )
    return own, chance


def _spent(run: Run, last: int, what: str) -> list[float]:
    return [float(run[n]["labels"] if what == "labels" else spent(run, n)) for n in range(last + 1)]


def _ahead(
    x: Float[np.ndarray, "R"],
    heights: Float[np.ndarray, "R"],
    x_other: Float[np.ndarray, "R"],
    others: Float[np.ndarray, "R"],
) -> float:
    reached = interpolated(x.tolist(), heights.tolist(), float(others[-1]))
    if reached is not None:
        return float(x_other[-1]) - reached
    behind = interpolated(x_other.tolist(), others.tolist(), float(heights[-1]))
    return (float(x_other[-1]) if behind is None else behind) - float(x[-1])


def _interval(figures: Sequence[float]) -> tuple[float, float, float]:
    """The first figure, and between which two 95 % of the others lie."""
    low, high = np.percentile(figures[1:], (2.5, 97.5))
    return round(figures[0], 1), round(float(low), 1), round(float(high), 1)
