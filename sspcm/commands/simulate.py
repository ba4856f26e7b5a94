"""`sspcm simulate`: rounds of labelling and training, with a labelled set as the annotator."""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from sspcm.commands.train import read_settings
from sspcm.config import IMPORTED, METHODS, PRESETS, merge
from sspcm.plain import merged
from sspcm.pose_models.model import PoseModel, read_pose_model
from sspcm.pose_models.trainable import trainable_settings
from sspcm.simulation.advice import advice_lines, with_advice
from sspcm.simulation.curve import lines, summarise, undecided
from sspcm.simulation.expected import expect
from sspcm.simulation.learning import shortened
from sspcm.simulation.people import Everybody, SimulationError, read_everybody
from sspcm.simulation.plot import plot
from sspcm.simulation.rows import Run, add_row, all_runs, key_of, part_of, read_rows
from sspcm.simulation.running import Plan, Simulation, require_enough, simulate
from sspcm.simulation.saving import say_saved, with_savings
from sspcm.simulation.seeing import KEPT_AS, see_everybody
from sspcm.vitpose_file import trains_from
from sspcm.whole_files import write_atomically

PLAN_FILE = "simulation.json"
SUMMARY_FILE, PLOT_FILE = "summary.json", "curve.svg"


def run(options: argparse.Namespace, device: torch.device) -> int:
    """Simulate what is missing of this part, sum up what is there; 0. Raises SimulationError and what files raise."""
    everybody = read_everybody(options.annotations, options.images, plain=options.plain, most=options.people)
    model = read_pose_model(options.model, threads=torch.get_num_threads())
    plan = read_plan(options, model, everybody.skeleton.keypoints)
    require_enough(everybody, plan, options.seeds)
    wanted = all_runs(options.acquisition, options.seeds)
    if options.dry_run:
        is_seen = (options.out / KEPT_AS).exists()
        told = expect(everybody, model, plan, wanted, is_seen=is_seen, device=device)
        print(json.dumps(asdict(told) | {"seconds": told.seconds}, indent=1) if options.json else told)
        return 0
    open_simulation(options.out, everybody, model, plan)
    part, parts = options.part
    run_missing(part_of(wanted, part=part, parts=parts), everybody, model, plan, options.out, device)
    return tell(options.out, as_json=options.json)


def read_plan(options: argparse.Namespace, model: PoseModel, keypoints: Sequence[str]) -> Plan:
    """The preset's settings on this model, changed as the options say. Raises PoseModelError where it cannot train."""
    config = PRESETS[options.preset]
    if config.model.backbone == IMPORTED:
        begin = trains_from(options.model.resolve())
        own = trainable_settings(begin, name=model.name, keypoints=keypoints)
        config = merge(config, merged(own, {"model": {"weights": str(begin)}}))
    if options.method is not None:
        config = replace(config, method=METHODS[options.method])
    if options.plain:
        config = replace(config, model=replace(config.model, orientation="image"))
    config = merge(config if options.steps is None else shortened(config, options.steps), read_settings(options.set))
    return Plan(config, options.rounds, options.per_round, options.holdout, options.validation, options.anew)


def open_simulation(folder: Path, everybody: Everybody, model: PoseModel, plan: Plan) -> None:
    """The folder says what it simulates. Raises SimulationError where it holds another simulation, or other files."""
    people = hashlib.sha256(repr([(one.id, one.image.file_name) for one in everybody.persons]).encode())
    people.update(everybody.truth.tobytes())
    wanted = {"people": people.hexdigest(), "model": model.sha256, "plan": _plain(plan)}
    path = folder / PLAN_FILE
    if path.exists():
        found = json.loads(path.read_text())
        if found != wanted:
            which = next(key for key in wanted if found.get(key) != wanted[key])
            raise SimulationError(
                f"{folder} holds a simulation with another {which}; wanted the same, to go on with it. "
                "Give the options that began it, or another --out."
            )
        return
    if folder.exists() and any(one.name != KEPT_AS for one in folder.iterdir()):
        raise SimulationError(f"{folder} holds other files; wanted a new folder. Give another --out.")
    write_atomically(path, json.dumps(wanted).encode())


def _plain(plan: Plan) -> dict[str, Any]:
    """As it reads once written."""
    told: dict[str, Any] = json.loads(json.dumps(asdict(plan)))
    return told


def run_missing(
    runs: Sequence[Run],
    everybody: Everybody,
    model: PoseModel,
    plan: Plan,
    folder: Path,
    device: torch.device,
) -> None:
    """The rows of these runs that are not there yet, each told on stderr."""
    done = read_rows(folder)
    missing = [run for run in runs if any((run.acquisition, run.seed, n) not in done for n in _rounds_of(run, plan))]
    if not missing:
        return
    source, looks = see_everybody(model, everybody, folder)
    simulation = Simulation(everybody, source, looks, plan, folder, device)
    for one in missing:
        for row in simulate(simulation, one, time.process_time):
            if key_of(row) not in done:
                add_row(folder, row)
                print(_told(row), file=sys.stderr, flush=True)


def _rounds_of(run: Run, plan: Plan) -> range:
    return range(2 if run.acquisition == "all" else plan.rounds + 1)


def tell(folder: Path, *, as_json: bool) -> int:
    """Sum up every process's rows: summary.json, curve.svg, and on stdout."""
    rows = read_rows(folder)
    summary = with_savings(with_advice(summarise(rows), rows), rows)
    write_atomically(folder / SUMMARY_FILE, json.dumps(summary, indent=1).encode())
    write_atomically(folder / PLOT_FILE, plot(summary).encode())
    if as_json:
        print(json.dumps(summary, indent=1))
        return 0
    for line in lines(summary):
        print(line)
    for name, told in summary["acquisitions"].items():
        if told["saved"]:
            print(f"{name}: {say_saved(told['saved'])}")
    for line in advice_lines(summary):
        print(line)
    for name in undecided(summary):
        print(f"{name} and random are undecided: the interval of their actions holds 1. Run more seeds.")
    return 0


def _told(row: dict[str, Any]) -> str:
    held_out = row["held_out"]["oks"]
    return (
        f"sspcm: {row['acquisition']}, seed {row['seed']}, round {row['round']}: {row['labels']} labels, "
        f"OKS {sum(held_out) / len(held_out):.3f} from {row['starts']}, {row['cpu_s']:.0f} CPU s"
    )
