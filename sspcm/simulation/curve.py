"""What rows say: learning curves with intervals, and each way to choose held against chance, seed by seed.

An interval draws seeds anew, and of each seed whole groups of people: those of one camera or image are alike. With one
seed it tells of people alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from sspcm.simulation.rows import Key, Row

DRAWS = 1000
SHARE_OF_FULL = 0.95
Sample = tuple[Float[np.ndarray, "N"], Int[np.ndarray, "N"]]
"""A value a person, and their groups."""


def summarise(rows: Mapping[Key, Row]) -> dict[str, Any]:
    """By acquisition its curve, and its ratios to random where both ran with a seed, at equal labels.

    full: the mean OKS of held-out people once the whole pool is labelled, by seed.
    """
    runs_of = by_run(rows)
    full = {seed: _held_out(of_run[1]) for (name, seed), of_run in runs_of.items() if name == "all" and 1 in of_run}
    names = list(dict.fromkeys(name for name, _ in runs_of if name != "all"))
    runs = {name: {seed: of_run for (one, seed), of_run in runs_of.items() if one == name} for name in names}
    found = {name: {"curve": _curve(runs[name]), "to_95_%": _reached(runs[name], full)} for name in names}
    for name in names:
        if name != "random" and "random" in runs:
            found[name]["beside_random"] = _beside(runs[name], runs["random"], full)
    return {"full": {str(seed): round(value, 4) for seed, value in full.items()}, "acquisitions": found}


def undecided(summary: Mapping[str, Any]) -> list[str]:
    """Which ways are neither surely better nor surely worse than random in actions, by name."""
    pairs = {name: one.get("beside_random") for name, one in summary["acquisitions"].items()}
    return [name for name, told in pairs.items() if told and told["actions"][1] <= 1 <= told["actions"][2]]


def labelled_so_far(of_run: Mapping[int, Row], number: int) -> Sample:
    """The actions of everybody labelled up to a round, with their groups."""
    parts = [of_run[n] for n in range(1, number + 1)]
    actions = [value for one in parts for value in one["actions_each"]]
    return np.array(actions, dtype=np.float64), np.array([g for one in parts for g in one["groups_chosen"]], dtype=int)


def spent(of_run: Mapping[int, Row], number: int) -> int:
    """All actions up to a round."""
    return int(labelled_so_far(of_run, number)[0].sum())


def interval(samples: Sequence[Sample], *, draws: int = DRAWS) -> tuple[float, float, float]:
    """The mean over people of all seeds with its 95 % interval."""
    return _drawn([[one] for one in samples], lambda means: means[0], draws)


def ratio(pairs: Sequence[tuple[Sample, Sample]], *, draws: int = DRAWS) -> tuple[float, float, float]:
    """The first mean over the second with its 95 % interval; a seed is drawn for both."""
    return _drawn([list(pair) for pair in pairs], lambda means: means[0] / means[1], draws)


def interpolated(spent_so_far: Sequence[float], heights: Sequence[float], wanted: float) -> float | None:
    """Where a curve first reaches a height, straight between its points; None where it does not."""
    points = list(zip(spent_so_far, heights, strict=True))
    if points and points[0][1] >= wanted:
        return float(points[0][0])
    for (x, y), (x_next, y_next) in pairwise(points):
        if y_next >= wanted:
            return float(x + (x_next - x) * (wanted - y) / (y_next - y))
    return None


def by_run(rows: Mapping[Key, Row]) -> dict[tuple[str, int], dict[int, Row]]:
    """Each run's rows by round, up to the first that is missing; runs by acquisition and seed."""
    found: dict[tuple[str, int], dict[int, Row]] = {}
    for (name, seed, number), row in sorted(rows.items(), key=lambda one: (one[0][1], one[0][2])):
        found.setdefault((name, seed), {})[number] = row
    return {run: _unbroken(of_run) for run, of_run in found.items() if 0 in of_run}


def _unbroken(of_run: Mapping[int, Row]) -> dict[int, Row]:
    """The rounds up to the first one that is missing."""
    last = next((n for n in range(len(of_run)) if n not in of_run), len(of_run))
    return {n: of_run[n] for n in range(last)}


def _curve(runs: Mapping[int, Mapping[int, Row]]) -> list[dict[str, Any]]:
    rounds = sorted({number for of_run in runs.values() for number in of_run})
    return [_point({seed: of_run for seed, of_run in runs.items() if number in of_run}, number) for number in rounds]


def _point(runs: Mapping[int, Mapping[int, Row]], number: int) -> dict[str, Any]:
    here = [of_run[number] for of_run in runs.values()]
    actions = [spent(of_run, number) for of_run in runs.values()]
    to_finish = [used + row["rest"]["actions"] for used, row in zip(actions, here, strict=True)]
    return {
        "round": number,
        "seeds": sorted(runs),
        "labels": here[0]["labels"],
        "actions": float(np.mean(actions)),
        "actions_to_label_everybody": float(np.mean(to_finish)),
        "oks": interval([_sample(row, "oks") for row in here]),
        "student_oks": interval([_sample(row, "student_oks") for row in here]),
        "actions_a_person": interval([_sample(row, "actions") for row in here]),
        "starts": sorted({row["starts"] for row in here}),
        "cpu_s": float(np.mean([row["cpu_s"] for row in here])),
    }


def _beside(
    runs: Mapping[int, Mapping[int, Row]], chance: Mapping[int, Mapping[int, Row]], full: Mapping[int, float]
) -> dict[str, Any]:
    """At the last round that both have of every common seed."""
    seeds = sorted(set(runs) & set(chance))
    number = min((min(max(runs[s]), max(chance[s])) for s in seeds), default=0)
    if not number:
        return {}
    pairs = [(labelled_so_far(runs[s], number), labelled_so_far(chance[s], number)) for s in seeds]
    gaps = [_gap(runs[s][number], chance[s][number]) for s in seeds]
    one, other = _reached(runs, full), _reached(chance, full)
    both = [s for s in seeds if one.get(str(s)) is not None and other.get(str(s)) is not None]
    return {
        "round": number,
        "seeds": seeds,
        "actions": ratio(pairs),
        "oks_less_random": interval(gaps),
        "actions_to_95_%": float(np.mean([one[str(s)] / max(other[str(s)], 1.0) for s in both])) if both else None,  # type: ignore[operator, type-var]
    }


def _reached(runs: Mapping[int, Mapping[int, Row]], full: Mapping[int, float]) -> dict[str, float | None]:
    """By seed after how many actions held-out people begin as well as 95 % of the whole pool's labels would make it."""
    found: dict[str, float | None] = {}
    for seed in sorted(set(runs) & set(full)):
        numbers = sorted(runs[seed])
        heights = [_held_out(runs[seed][n]) for n in numbers]
        found[str(seed)] = interpolated([spent(runs[seed], n) for n in numbers], heights, SHARE_OF_FULL * full[seed])
    return found


def _held_out(row: Row) -> float:
    return float(np.mean(row["held_out"]["oks"]))


def _sample(row: Row, what: str) -> Sample:
    return np.array(row["held_out"][what], dtype=np.float64), np.array(row["held_out"]["groups"], dtype=int)


def _gap(one: Row, other: Row) -> Sample:
    """Person by person: the same ones are held out for every way to choose."""
    return _sample(one, "oks")[0] - _sample(other, "oks")[0], _sample(one, "oks")[1]


def _drawn(
    by_seed: Sequence[Sequence[Sample]], figure: Callable[[Float[np.ndarray, "A D"]], Any], draws: int
) -> tuple[float, float, float]:
    """A figure of the arms' means, and the ends of its interval. by_seed: the arms' samples of each seed."""
    rng, arms = np.random.default_rng(0), range(len(by_seed[0]))
    chosen = rng.integers(len(by_seed), size=(len(by_seed), draws))  # in each draw so many seeds, with replacement
    sums, counts = np.zeros((2, len(arms), draws))
    for slot in chosen:
        for arm in arms:
            each = np.stack([_of_groups(of_seed[arm], rng, draws) for of_seed in by_seed])  # seeds 2 draws
            sums[arm] += each[slot, 0, np.arange(draws)]
            counts[arm] += each[slot, 1, np.arange(draws)]
    means = np.array([[np.concatenate([of_seed[arm][0] for of_seed in by_seed]).mean()] for arm in arms])
    low, high = np.percentile(figure(sums / counts), (2.5, 97.5))
    return tuple(round(float(v), 4) for v in (figure(means)[0], low, high))  # type: ignore[return-value]


def _of_groups(sample: Sample, rng: np.random.Generator, draws: int) -> Float[np.ndarray, "2 D"]:
    """Sum and number of the values in each draw of whole groups, with replacement."""
    values, groups = sample
    _, place = np.unique(groups, return_inverse=True)
    totals = np.stack([np.bincount(place, weights=values), np.bincount(place)])  # 2 G
    count = totals.shape[1]
    times = rng.multinomial(count, np.full(count, 1 / count), size=draws)  # draws G
    return np.asarray(totals @ times.T, dtype=np.float64)


def lines(summary: Mapping[str, Any]) -> Iterable[str]:
    """The summary in words, a line a round."""
    for name, told in summary["acquisitions"].items():
        for at in told["curve"]:
            oks, each = at["oks"], at["actions_a_person"]
            yield (
                f"{name}, round {at['round']}: {at['labels']} labels, {at['actions']:.0f} actions; held-out people "
                f"begin at OKS {oks[0]:.3f} [{oks[1]:.3f}, {oks[2]:.3f}] and take {each[0]:.1f} "
                f"[{each[1]:.1f}, {each[2]:.1f}] actions each; the whole pool {at['actions_to_label_everybody']:.0f}"
            )
        beside = told.get("beside_random")
        if beside:
            r, gap = beside["actions"], beside["oks_less_random"]
            yield (
                f"{name} beside random, round {beside['round']}, {len(beside['seeds'])} seeds: actions "
                f"{r[0]:.2f} [{r[1]:.2f}, {r[2]:.2f}] times, OKS {gap[0]:+.3f} [{gap[1]:+.3f}, {gap[2]:+.3f}]"
            )
