"""Does the loop give? Starts by rounds, methods beside each other, ways to choose: each row one `sspcm simulate`.

    python -m benchmarks.loop --data DATA --model FILE.onnx --budget-s 3600    rows until the time is up
    python -m benchmarks.loop --table                                          the tables of what there is

DATA holds a folder a domain, each with images/ and a COCO annotations.json: drawn, coco, fisheye; a domain that is not
there is left out. The most valuable rows come first. Each is a process of its own of 60 to 400 CPU seconds and a line
in RESULTS/loop-SCALE.jsonl; a row that was killed begins anew, so that its CPU seconds are whole.
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
    "sspcm-start": ("method.start_votes=true",),
    "sspcm-mean": ("method.target=mean",),
    "sspcm-legacy": ("views.warp=legacy", "views.occlusion=legacy"),
    "dualpose": (),
    "multiaugs": (),
}
"""Methods beside supervised training, with their settings; what stands before a hyphen is the method's own name."""
ONCE = ("sspcm-mean", "sspcm-legacy")
"""Those that the first number of labels alone is run with."""
AT_COST = ("sspcm", "dualpose", "multiaugs")
"""Those beside which supervised training of the same CPU seconds is run, the first at each number of labels, the others
at the first number alone; what is sspcm's costs what sspcm does."""
CHOICES = ("random", "queue", "fitted+diversity", "fitted", "confidence", "u3")
THE_PRODUCTS = "queue"


@dataclass(frozen=True)
class Domain:
    """How a domain is simulated. options: of `sspcm simulate`. folder: of its data. labels: the most that its pool can
    give."""

    folder: str
    options: tuple[str, ...]
    labels: int


DOMAINS = {
    "drawn": Domain("drawn", ("--people", "420", "--holdout", "0.3", "--validation", "40"), 200),
    "coco": Domain("coco", ("--people", "420", "--holdout", "0.3", "--validation", "40", "--plain"), 200),
    "fisheye": Domain("fisheye", ("--holdout", "0.4", "--validation", "0"), 9),
    "more-drawn": Domain("drawn", ("--people", "580", "--holdout", "0.2", "--validation", "40"), 300),
}
FOR_METHODS = "more-drawn"
"""Has the most labels that the methods are compared with."""


@dataclass(frozen=True)
class Scale:
    """The sizes of rows. starts, choices: rounds and labels a round. labels: of the methods' rows. steps, batch: of
    each training, persons with and without labels alike.

    A step of 4 on MoveNet Lightning takes .4 CPU seconds supervised and 1.4 by sspcm.
    """

    starts: tuple[int, int]
    choices: tuple[int, int]
    labels: tuple[int, ...]
    steps: int
    batch: int
    seeds: tuple[int, ...]


SCALES = {
    "cpu": Scale((5, 20), (3, 33), (100, 25, 300, 50), 80, 4, SEEDS),
    "tiny": Scale((1, 25), (1, 25), (25,), 20, 8, (0,)),
}


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
    """The most valuable first: the methods, by labels; then seed by seed the starts and the ways to choose."""
    for labels in scale.labels:
        for seed in scale.seeds:
            yield from methods(scale, labels, seed)
    for seed in scale.seeds:
        rounds, per_round = scale.starts
        for domain in (name for name in DOMAINS if name != FOR_METHODS):
            most = DOMAINS[domain].labels // rounds
            yield Row("starts", domain, SUPERVISED, THE_PRODUCTS, rounds, min(per_round, most), scale.steps, seed)
        rounds, per_round = scale.choices
        for choice in CHOICES:
            yield Row("choices", "drawn", SUPERVISED, choice, rounds, per_round, scale.steps, seed)
        yield Row("choices", "drawn", SUPERVISED, "all", 1, per_round, scale.steps, seed)


def methods(scale: Scale, labels: int, seed: int) -> Iterator[Row]:
    """Each method on the same labels, and supervised training of each one's cost."""
    plain = Row("methods", FOR_METHODS, SUPERVISED, "random", 1, labels, scale.steps, seed)
    yield plain
    for other in OTHERS:
        if other in ONCE and labels != scale.labels[0]:
            continue
        yield replace(plain, method=other)
        if other in AT_COST and (other == AT_COST[0] or labels == scale.labels[0]):
            yield replace(plain, steps=0, beside=other)


def run(row: Row, options: argparse.Namespace, done: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The row's figures. Raises CalledProcessError where the simulation fails."""
    steps = row.steps or steps_of_cost(row, done)
    folder, seen = options.results / row.name, options.results / f"{row.domain}-{options.model.stem}-{KEPT_AS}"
    if folder.exists():  # killed before: what it had used of the CPU is not known
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    if seen.exists() and not (folder / KEPT_AS).exists():
        shutil.copyfile(seen, folder / KEPT_AS)
    domain, batch = DOMAINS[row.domain], SCALES[options.scale].batch
    data = options.data / domain.folder
    command = [
        sys.executable, "-P", "-m", "sspcm", "simulate", str(data / "annotations.json"),
        "--images", str(data / "images"), "--model", str(options.model), "--acquisition", row.acquisition,
        "--rounds", str(row.rounds), "--seeds", str(row.seed), "--per-round", str(row.per_round),
        "--method", row.method.partition("-")[0], "--steps", str(steps),
        "--set", f"train.labelled_batch={batch}", "--set", f"train.unlabelled_batch={batch}",
        *(part for setting in OTHERS.get(row.method, ()) for part in ("--set", setting)),
        *domain.options, "--out", str(folder),
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
        for beside in ("", method if method in AT_COST else method.partition("-")[0]):
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
    parser.add_argument("--seeds", type=int, nargs="+", help="these alone, so that two runs share the rows")
    parser.add_argument("--table", action="store_true", help="print the tables of what there is")
    options = parser.parse_args()
    path, scale = options.results / f"loop-{options.scale}.jsonl", SCALES[options.scale]
    done = {one["row"]: one for one in map(json.loads, path.read_text().splitlines())} if path.exists() else {}
    if options.table:
        print("\n".join(tables(list(done.values()))))
        return
    wanted = [
        row for row in rows(scale)
        if (options.data / DOMAINS[row.domain].folder / "annotations.json").exists() and row.domain in options.domains
        and options.only in (None, row.table) and (options.seeds is None or row.seed in options.seeds)
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
