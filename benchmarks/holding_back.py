"""Ways to hold a strong start back while few labels teach it, beside the preset as it is. One JSON line each.

    python -m benchmarks.holding_back --data DATA --model FILE.onnx [--budget-s 3600]    rows until the time is up
    python -m benchmarks.holding_back --table                                           what there is, beside the preset

DATA holds a folder a domain, each with images/ and a COCO annotations.json: drawn, coco, fisheye. Each row is one
supervised round of the product's from the model, with the labels of one seed, and the mean OKS of its student on the
people held out. The rows are kept in RESULTS/holding-back.jsonl; a row that is there is not run again.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import nn

from benchmarks.loop import DOMAINS, RESULTS, said
from sspcm.config import PRESETS, RoundConfig, TrainConfig, merge
from sspcm.members import LearnerName
from sspcm.method.trio import Trio
from sspcm.plain import merged
from sspcm.pose_models.model import read_pose_model
from sspcm.pose_models.trainable import trainable_settings
from sspcm.round_folder import REPORT_FILE
from sspcm.simulation.curve import interval
from sspcm.simulation.learning import Lesson, learn, shortened
from sspcm.simulation.people import Everybody, read_everybody, split
from sspcm.training import round as training_round
from sspcm.vitpose_file import trains_from

AS_IT_IS = "preset"
WARMED_UP = 0.2
"""The part of the steps in which the rate rises."""
LAYER_DECAY, BLOCKS = 0.7, 8
"""Each of so many blocks of layers has that much of the rate of the block behind it."""
PULL = 0.01
"""How much of the way back each step goes."""
AVERAGED = 0.97
LEARNED = ("drawn", "coco", "fisheye")
LABELS, STEPS, BATCH = 100, 80, 4
"""Of the first measurement; the preset's own length is 200 steps of 8."""


@dataclass(frozen=True)
class Row:
    """One round."""

    domain: str
    way: str
    seed: int
    steps: int = STEPS
    batch: int = BATCH
    labels: int = LABELS

    @property
    def name(self) -> str:
        """As the results name it."""
        length = "" if (self.steps, self.batch) == (STEPS, BATCH) else f"-{self.steps}x{self.batch}"
        labels = "" if self.labels == LABELS else f"-{self.labels}labels"
        return f"{self.domain}-{self.way}-seed{self.seed}{length}{labels}"

    @property
    def given(self) -> int:
        """The labels that its pool can give."""
        return min(self.labels, DOMAINS[self.domain].labels)


Networks = Mapping[LearnerName, nn.Module]


def as_it_is(networks: Networks, train: TrainConfig) -> torch.optim.Optimizer:
    """The product's own."""
    return torch.optim.Adam(_learning(networks), lr=train.learning_rate, fused=True)


def warm_up(networks: Networks, train: TrainConfig) -> torch.optim.Optimizer:
    """The rate rises from nothing in the first fifth of the steps."""
    optimiser, step = as_it_is(networks, train), 0

    def slow(held: torch.optim.Optimizer, *_: Any) -> None:
        nonlocal step
        step += 1
        for group in held.param_groups:
            group["lr"] *= min(1.0, step / (WARMED_UP * train.steps))

    optimiser.register_step_pre_hook(slow)
    return optimiser


def layer_wise(networks: Networks, train: TrainConfig) -> torch.optim.Optimizer:
    """The layers behind learn at the full rate, each block before at .7 of the next one's (Howard and Ruder 2018)."""
    groups = []
    for network in networks.values():
        learning = list(network.parameters())
        for block, of_block in enumerate(np.array_split(np.arange(len(learning)), min(BLOCKS, len(learning)))):
            part = LAYER_DECAY ** (BLOCKS - 1 - block)
            groups.append({"params": [learning[i] for i in of_block], "part": part})
    optimiser = torch.optim.Adam(groups, lr=train.learning_rate, fused=True)

    def slow(held: torch.optim.Optimizer, *_: Any) -> None:
        for group in held.param_groups:
            group["lr"] *= group["part"]

    optimiser.register_step_pre_hook(slow)
    return optimiser


def anchored(networks: Networks, train: TrainConfig, *, by_rate: bool = False) -> torch.optim.Optimizer:
    """After each step a hundredth of the way back to where it began (L2-SP, Xuhong et al. 2018); by_rate: less of it
    where the rate has fallen."""
    optimiser = as_it_is(networks, train)
    learning, began = _learning(networks), list[torch.Tensor]()

    def note(*_: Any) -> None:
        if not began:
            began.extend(one.detach().clone() for one in learning)

    def pull(held: torch.optim.Optimizer, *_: Any) -> None:
        part = held.param_groups[0]["lr"] / train.learning_rate if by_rate else 1.0
        with torch.no_grad():
            for one, there in zip(learning, began, strict=True):
                one.lerp_(there, PULL * part)

    optimiser.register_step_pre_hook(note)
    optimiser.register_step_post_hook(pull)
    return optimiser


def averaged(networks: Networks, train: TrainConfig) -> torch.optim.Optimizer:
    """What the training leaves is the average of its steps' weights, the last ones counting most."""
    optimiser = as_it_is(networks, train)
    learning, mean, step = _learning(networks), list[torch.Tensor](), 0

    def note(*_: Any) -> None:
        if not mean:
            mean.extend(one.detach().clone() for one in learning)

    def average(*_: Any) -> None:
        nonlocal step
        step += 1
        with torch.no_grad():
            for one, of_all in zip(learning, mean, strict=True):
                of_all.lerp_(one, 1 - AVERAGED)
                if step == train.steps:
                    one.copy_(of_all)

    optimiser.register_step_pre_hook(note)
    optimiser.register_step_post_hook(average)
    return optimiser


def _learning(networks: Networks) -> list[nn.Parameter]:
    return [one for network in networks.values() for one in network.parameters()]


WAYS: dict[str, Callable[[Networks, TrainConfig], torch.optim.Optimizer]] = {
    AS_IT_IS: as_it_is,
    "layer-wise": layer_wise,
    "average": averaged,
    "anchor": anchored,
    "warm-up": warm_up,
    "anchor-by-rate": partial(anchored, by_rate=True),
}


def rows(
    seeds: Sequence[int],
    ways: Sequence[str] = tuple(WAYS),
    domains: Sequence[str] = LEARNED,
    *,
    steps: int = STEPS,
    batch: int = BATCH,
    labels: int = LABELS,
) -> Iterator[Row]:
    """The first seed of everything first."""
    for seed in seeds:
        for domain in domains:
            for way in ways:
                yield Row(domain, way, seed, steps, batch, labels)


def run(row: Row, everybody: Everybody, config: RoundConfig, *, holdout: float) -> dict[str, Any]:
    """OKS of the people held out, by the student of a round with the row's optimiser."""
    parts = split(everybody, seed=row.seed, holdout=holdout, validation=0)
    drawn = np.random.default_rng(row.seed).permutation(parts.pool)
    labels = row.given
    lesson = Lesson(np.sort(drawn[:labels]), np.sort(drawn[labels : labels + 1]), parts.held_out, compared=False)

    def make_optimiser(trio: Trio, train: TrainConfig) -> torch.optim.Optimizer:
        return WAYS[row.way](trio.networks(), train)

    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder, patch.object(training_round, "make_optimiser", make_optimiser):
        said_of = learn(
            Path(folder) / "round", lesson, everybody, replace(config, seed=row.seed),
            name="student", device=torch.device("cpu"),
        )  # fmt: skip
        moved = json.loads((Path(folder) / "round" / REPORT_FILE).read_text())["moved"]
    oks = everybody.oks(said_of.xyc, parts.held_out)
    return {
        "row": row.name, "domain": row.domain, "way": row.way, "seed": row.seed, "labels": labels,
        "steps": row.steps, "batch": row.batch, "moved": {name: one["part"] for name, one in moved.items()},
        "cpu_s": round(time.process_time() - began, 1), "oks": [float(one) for one in oks],
        "groups": [int(one) for one in everybody.group[parts.held_out]],
    }  # fmt: skip


def table(done: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Of rows of one length and one number of labels: each way less the preset, person by person of the seeds that have
    both."""
    yield "| domain | way | seeds | mean OKS | less the preset |"
    yield "|---|---|---|---|---|"
    preset = {(one["domain"], one["seed"]): np.array(one["oks"]) for one in done if one["way"] == AS_IT_IS}
    for domain in DOMAINS:
        for way in WAYS:
            of_way = [one for one in done if (one["domain"], one["way"]) == (domain, way)]
            if of_way:
                seen = [(np.array(one["oks"]), np.array(one["groups"]), (domain, one["seed"])) for one in of_way]
                pairs = [(oks - preset[key], groups) for oks, groups, key in seen if key in preset and way != AS_IT_IS]
                less = said(interval(pairs), signed=True) if pairs else ""
                middle = said(interval([(oks, groups) for oks, groups, _ in seen]))
                yield f"| {domain} | {way} | {len(of_way)} | {middle} | {less} |"


def main() -> None:
    """Take rows until the budget is spent, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=RESULTS / "data")
    parser.add_argument("--model", type=Path, default=RESULTS / "model.onnx")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--budget-s", type=float, default=540.0, help="no row begins later than this")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--ways", nargs="+", choices=tuple(WAYS), default=tuple(WAYS))
    parser.add_argument("--domains", nargs="+", choices=LEARNED, default=LEARNED)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--labels", type=int, default=LABELS)
    parser.add_argument("--table", action="store_true", help="print the table of what there is")
    options = parser.parse_args()
    path = options.results / "holding-back.jsonl"
    done = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    if options.table:
        of_seeds = {one["seed"] for one in done}
        alike = {row.name for row in asked(options, sorted(of_seeds))}
        print("\n".join(table([one for one in done if one["row"] in alike])))
        return
    if not options.data.exists() or not options.model.exists():
        told = f"no {options.data}/DOMAIN/annotations.json or no {options.model}: give --data and --model"
        print(json.dumps({"benchmark": "holding_back", "skipped": told}))
        return
    until, there = time.monotonic() + options.budget_s, {one["row"] for one in done}
    model = read_pose_model(options.model, threads=torch.get_num_threads())
    people: dict[str, Everybody] = {}
    for row in asked(options, options.seeds):
        if row.name in there or time.monotonic() > until:
            continue
        arguments = people_options(row.domain)
        folder = options.data / DOMAINS[row.domain].folder
        if row.domain not in people:
            people[row.domain] = read_everybody(
                folder / "annotations.json", folder / "images", plain=arguments.plain, most=arguments.people
            )
        begin, everybody = trains_from(options.model.resolve()), people[row.domain]
        own = trainable_settings(begin, name=model.name, keypoints=everybody.skeleton.keypoints)
        config = shortened(merge(PRESETS["imported"], merged(own, {"model": {"weights": str(begin)}})), row.steps)
        batches = {"train": {"labelled_batch": row.batch, "unlabelled_batch": row.batch}}
        upright = {"model": {"orientation": "image"}} if arguments.plain else {}
        found = run(row, everybody, merge(config, merged(batches, upright)), holdout=arguments.holdout)
        with path.open("a") as file:
            file.write(json.dumps(found) + "\n")
        shown = {key: found[key] for key in ("row", "labels", "cpu_s", "moved")} | {
            "oks": round(float(np.nanmean(found["oks"])), 3)
        }
        print(json.dumps({"benchmark": "holding_back", **shown}), flush=True)


def asked(options: argparse.Namespace, seeds: Sequence[int]) -> Iterator[Row]:
    """The rows that the command line names."""
    yield from rows(
        seeds, options.ways, options.domains, steps=options.steps, batch=options.batch, labels=options.labels
    )


def people_options(domain: str) -> argparse.Namespace:
    """How the loop's bench reads the domain."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--holdout", type=float)
    parser.add_argument("--validation", type=int)
    parser.add_argument("--plain", action="store_true")
    return parser.parse_args(DOMAINS[domain].options)


if __name__ == "__main__":
    main()
