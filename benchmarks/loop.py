"""Does the loop give? Starts by rounds, methods beside each other, ways to choose: each row one `sspcm simulate`.

    python -m benchmarks.loop --data DATA --model FILE.onnx --budget-s 3600    rows until the time is up
    python -m benchmarks.loop --table                                          the tables of what there is

DATA holds a folder a domain, each with images/ and a COCO annotations.json: drawn, coco, fisheye; a domain that is not
there is left out. The most valuable rows come first. Each is a process of its own of 30 to 300 CPU seconds and a line
in RESULTS/loop-SCALE.jsonl; a row that was killed goes on at its last checkpoint.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sspcm.simulation.curve import Sample, interval, summarise, undecided
from sspcm.simulation.rows import key_of, read_rows
from sspcm.simulation.seeing import KEPT_AS

RESULTS = Path("build/loop")
SEEDS = (0, 1, 2, 3, 4)
SUPERVISED = "supervised"
OTHERS: dict[str, tuple[str, ...]] = {
    "sspcm": (),
    "sspcm-late": (
        "train.teach_from=0.7", "train.mask_apart=2.0", "method.target=mean", "train.unsupervised_weight=0.5",
    ),
    "dualpose": (),
    "multiaugs": (),
}  # fmt: skip
"""Methods beside supervised training, with their settings; what stands before a hyphen is the method's own name."""
CHOICES = ("random", "queue", "fitted+diversity", "fitted", "confidence", "u3")
THE_PRODUCTS = "queue"


@dataclass(frozen=True)
class Domain:
    """How a domain is simulated. options: of `sspcm simulate`. labels: the most that its pool can give."""

    options: tuple[str, ...]
    labels: int


DOMAINS = {
    "drawn": Domain(("--people", "420", "--holdout", "0.3", "--validation", "40"), 200),
    "coco": Domain(("--people", "420", "--holdout", "0.3", "--validation", "40", "--plain"), 200),
    "fisheye": Domain(("--holdout", "0.4", "--validation", "0"), 9),
}


@dataclass(frozen=True)
class Scale:
    """The sizes of rows. labels, method_steps: of the methods' rows. steps: of one training of the others.

    A step of sspcm on MoveNet Lightning takes 2.8 CPU seconds, a supervised one .75.
    """

    rounds: int
    per_round: int
    steps: int
    method_steps: int
    labels: tuple[int, ...]
    seeds: tuple[int, ...]


SCALES = {"cpu": Scale(3, 33, 200, 100, (25, 100), SEEDS), "tiny": Scale(1, 25, 20, 20, (25,), (0,))}


@dataclass(frozen=True)
class Row:
    """One process. steps: 0 for as many as cost what `beside` cost with the same labels and seed."""

    table: str
    domain: str
    method: str
    acquisition: str
    rounds: int
    per_round: int
    steps: int
    seed: int
    beside: str = ""

    @property
    def name(self) -> str:
        """As the results name it; also its folder."""
        parts = [self.table, self.domain, self.method, self.acquisition, f"{self.rounds}x{self.per_round}"]
        return "-".join([*parts, f"cost-of-{self.beside}" if self.beside else f"steps{self.steps}", f"seed{self.seed}"])


def rows(scale: Scale) -> Iterator[Row]:
    """The most valuable first: seed by seed the starts, the methods with most labels, the ways to choose."""
    for seed in scale.seeds:
        for domain, told in DOMAINS.items():
            per_round = min(scale.per_round, told.labels // scale.rounds)
            yield Row("starts", domain, SUPERVISED, THE_PRODUCTS, scale.rounds, per_round, scale.steps, seed)
        for labels in reversed(scale.labels):
            yield from methods(scale, labels, seed)
        for choice in CHOICES:
            yield Row("choices", "drawn", SUPERVISED, choice, scale.rounds, scale.per_round, scale.steps, seed)
        yield Row("choices", "drawn", SUPERVISED, "all", 1, scale.per_round, scale.steps, seed)


def methods(scale: Scale, labels: int, seed: int) -> Iterator[Row]:
    """Each method on the same labels, and supervised training of each one's cost."""
    plain = Row("methods", "drawn", SUPERVISED, "random", 1, labels, scale.method_steps, seed)
    yield plain
    for other in OTHERS:
        yield replace(plain, method=other)
        yield replace(plain, steps=0, beside=other)


def run(row: Row, options: argparse.Namespace, done: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The row's figures. Raises CalledProcessError where the simulation fails."""
    steps = row.steps or steps_of_cost(row, done)
    folder, seen = options.results / row.name, options.results / f"{row.domain}-{options.model.stem}-{KEPT_AS}"
    folder.mkdir(parents=True, exist_ok=True)
    if seen.exists() and not (folder / KEPT_AS).exists():
        shutil.copyfile(seen, folder / KEPT_AS)
    data = options.data / row.domain
    command = [
        sys.executable, "-P", "-m", "sspcm", "simulate", str(data / "annotations.json"),
        "--images", str(data / "images"), "--model", str(options.model), "--acquisition", row.acquisition,
        "--rounds", str(row.rounds), "--seeds", str(row.seed), "--per-round", str(row.per_round),
        "--method", row.method.partition("-")[0], "--steps", str(steps),
        *(part for setting in OTHERS.get(row.method, ()) for part in ("--set", setting)),
        *DOMAINS[row.domain].options, "--out", str(folder),
    ]  # fmt: skip
    before, began = cpu_seconds(), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if not seen.exists():
        shutil.copyfile(folder / KEPT_AS, seen)
    cpu_s = cpu_seconds() - before
    found = list(read_rows(folder).values())
    shutil.rmtree(folder)
    told = {"row": row.name, **asdict(row), "steps": steps, "cpu_s": round(cpu_s, 1)}
    return told | {"wall_s": round(time.monotonic() - began, 1), "rows": found}


def steps_of_cost(row: Row, done: Mapping[str, Mapping[str, Any]]) -> int:
    """How many supervised steps take the CPU seconds of the other method's training."""
    other = next(one for one in done.values() if _is_same(row, one) and one["method"] == row.beside)
    plain = done[replace(row, steps=other["steps"], beside="").name]
    return max(1, round(other["steps"] * trained_s(other) / trained_s(plain)))


def _is_same(row: Row, told: Mapping[str, Any]) -> bool:
    """Whether a finished row has the same labels and seed, and its own number of steps."""
    same = ("table", "domain", "per_round", "seed")
    return not told["beside"] and all(told[key] == getattr(row, key) for key in same)


def trained_s(told: Mapping[str, Any]) -> float:
    """CPU seconds of the trainings, with what their networks were asked."""
    return float(sum(one["cpu_s"] for one in told["rows"]))


def cpu_seconds() -> float:
    """Of the processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tables(done: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """docs/results.md's tables, in Markdown, of the rows that there are."""
    yield from starts_table([one for one in done if one["table"] == "starts"])
    yield from methods_table([one for one in done if one["table"] == "methods"])
    yield from choices_table([one for one in done if one["table"] == "choices"])


def starts_table(done: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Mean OKS of held-out people's starts by round, a line a domain and a size."""
    yield "| starts | seeds | labels | mean OKS | the newest student | actions a person | starts from | CPU s |"
    yield "|---|---|---|---|---|---|---|---|"
    for (domain, steps, _), of_domain in grouped(done, "domain", "steps", "per_round"):
        for at in curves(of_domain)["acquisitions"][THE_PRODUCTS]["curve"]:
            yield (
                f"| {domain}, round {at['round']}, {steps} steps | {len(at['seeds'])} | {at['labels']} | "
                f"{said(at['oks'])} | {said(at['student_oks'])} | {said(at['actions_a_person'], places=1)} | "
                f"{', '.join(at['starts'])} | "
                f"{at['cpu_s']:.0f} |"
            )
    yield ""


def methods_table(done: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Students on the same labels; each method less supervised training, of equal steps and of equal cost."""
    yield "| method, labels | seeds | steps | student's mean OKS | less supervised, equal steps | equal cost | CPU s |"
    yield "|---|---|---|---|---|---|---|"
    open_pairs = []
    for (labels, method), of_method in sorted(
        grouped([one for one in done if not one["beside"]], "per_round", "method")
    ):
        cells = []
        for beside in ("", method):
            pairs = list(paired(of_method, done, labels, beside)) if method != SUPERVISED else []
            gap = interval(pairs) if pairs else None
            cells.append(said(gap, signed=True) if gap else "")
            if gap and gap[1] <= 0 <= gap[2]:
                how = "cost" if beside else "steps"
                open_pairs.append(f"{method} and supervised at {labels} labels and equal {how}")
        oks = interval([student_of(one) for one in of_method])
        cpu, steps = np.mean([trained_s(one) for one in of_method]), of_method[0]["steps"]
        yield f"| {method}, {labels} | {len(of_method)} | {steps} | {said(oks)} | {' | '.join(cells)} | {cpu:.0f} |"
    yield from (f"\nUndecided: {'; '.join(open_pairs)}." if open_pairs else "", "")


def paired(
    of_method: Sequence[Mapping[str, Any]], done: Sequence[Mapping[str, Any]], labels: int, beside: str
) -> Iterator[Sample]:
    """Person by person the method's OKS less supervised training's, of each seed that has both."""
    plain = {one["seed"]: one for one in done
             if one["method"] == SUPERVISED and one["per_round"] == labels and one["beside"] == beside}  # fmt: skip
    for one in of_method:
        if one["seed"] in plain:
            first, second = student_of(one), student_of(plain[one["seed"]])
            yield first[0] - second[0], first[1]


def student_of(told: Mapping[str, Any]) -> Sample:
    """The last round's student on the people held out."""
    held_out = max(told["rows"], key=lambda one: one["round"])["held_out"]
    return np.array(held_out["student_oks"]), np.array(held_out["groups"])


def choices_table(done: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Ways to choose beside random, at equal labels."""
    if not done:
        return
    summary = curves(done)
    yield "| choice | seeds | labels | mean OKS | actions | times random's, equal labels | actions to 95 % of all |"
    yield "|---|---|---|---|---|---|---|"
    for name, told in summary["acquisitions"].items():
        at, beside = told["curve"][-1], told.get("beside_random") or {}
        ratio = said(beside["actions"], places=2) if beside else ""
        reached = [value for value in told["to_95_%"].values() if value is not None]
        there = f"{np.mean(reached):.0f} ({len(reached)} of {len(told['to_95_%'])} seeds)" if reached else "not reached"
        yield (
            f"| {name}, round {at['round']} | {len(at['seeds'])} | {at['labels']} | {said(at['oks'])} | "
            f"{at['actions']:.0f} | {ratio} | {there if told['to_95_%'] else ''} |"
        )
    names = undecided(summary)
    yield from (f"\nUndecided beside random: {', '.join(names)}." if names else "", "")


def curves(done: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The simulations' rows summed up."""
    return summarise({key_of(row): row for one in done for row in one["rows"]})


def grouped(done: Sequence[Mapping[str, Any]], *keys: str) -> list[tuple[tuple[Any, ...], list[Mapping[str, Any]]]]:
    """In the order in which they came."""
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for one in done:
        found.setdefault(tuple(one[key] for key in keys), []).append(one)
    return list(found.items())


def said(figure: tuple[float, float, float], *, places: int = 3, signed: bool = False) -> str:
    """A figure with its interval."""
    sign = "+" if signed else ""
    middle, low, high = (f"{value:{sign}.{places}f}" for value in figure)
    return f"{middle} [{low}, {high}]"


def main() -> None:
    """Take rows until the budget is spent, or print the tables; the last line says what is left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=RESULTS / "data")
    parser.add_argument("--model", type=Path, default=RESULTS / "model.onnx")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--scale", choices=tuple(SCALES), default="cpu")
    parser.add_argument("--budget-s", type=float, default=540.0, help="no row begins later than this")
    parser.add_argument("--only", choices=("starts", "methods", "choices"))
    parser.add_argument("--domains", nargs="+", choices=tuple(DOMAINS), default=tuple(DOMAINS))
    parser.add_argument("--table", action="store_true", help="print the tables of what there is")
    options = parser.parse_args()
    path, scale = options.results / f"loop-{options.scale}.jsonl", SCALES[options.scale]
    done = {one["row"]: one for one in map(json.loads, path.read_text().splitlines())} if path.exists() else {}
    if options.table:
        print("\n".join(tables(list(done.values()))))
        return
    wanted = [
        row for row in rows(scale)
        if (options.data / row.domain / "annotations.json").exists() and row.domain in options.domains
        and options.only in (None, row.table)
    ]  # fmt: skip
    if not wanted or not options.model.exists():
        told = f"no {options.data}/DOMAIN/annotations.json or no {options.model}: give --data and --model"
        print(json.dumps({"benchmark": "loop", "skipped": told}))
        return
    until = time.monotonic() + options.budget_s
    for row in wanted:
        if row.name in done or time.monotonic() > until:
            continue
        done[row.name] = run(row, options, done)
        with path.open("a") as file:
            file.write(json.dumps(done[row.name]) + "\n")
        print(json.dumps({key: value for key, value in done[row.name].items() if key != "rows"}), flush=True)
    left = [row.name for row in wanted if row.name not in done]
    print(json.dumps({"benchmark": "loop", "scale": options.scale, "rows": len(done), "left": len(left)}))


if __name__ == "__main__":
    main()
