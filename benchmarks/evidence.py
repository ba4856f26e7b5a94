"""First evidence: throughput, and AP of the four methods at 100 labelled persons, in rows that resume.

    python benchmarks/evidence.py --data build/evidence --scale gpu|cpu --budget-s 540 [--only ap|throughput]

--data: what benchmarks/carry_scenes.py packed. Rows are taken most valuable first, each appended whole to
rows-SCALE.jsonl there; a row of training that the budget cuts off goes on from its checkpoint next time. At the end (of
the budget, or of the rows) summary-SCALE.json has the paired differences. Needs torch, torchvision, numpy, safetensors,
jaxtyping and tomli-w; build/evidence/site carries what a bare machine lacks (`make bench-carry`).

The split is by room: every fourth room is measured on, the rest is the pool, of which 100 persons, other ones for each
seed, are labelled. Same steps for every method; A and B start from the same ImageNet weights with different heads.
"""

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from torchvision.io import decode_jpeg

from benchmarks.throughput import machine, measure, settings
from sspcm.config import METHODS, ModelConfig, Precision, RoundConfig, TrainConfig, ViewsConfig
from sspcm.crops.batches import CropsInMemory, Frame
from sspcm.evaluation.metrics import Evaluated, average_precision, oks
from sspcm.method.step import channels_last
from sspcm.method.trio import Trio, build_trio
from sspcm.method.views import normalise
from sspcm.networks.heatmaps import STRIDE, decode_subpixel, peak
from sspcm.pose import Label, Prediction
from sspcm.skeletons.skeleton import Skeleton
from sspcm.training.initial_weights import start_networks
from sspcm.training.loop import Labelled, TrainingSet, make_optimiser, train
from sspcm.training.resume import load_training, save_training

LABELLED = 100
SEEDS = (0, 1, 2)
MEASURED_ROOM = 4
"""Every so-manieth room is measured on, and never trained on."""
BATCH = 64
T_OF_THREE = 4.303
"""Student's t for two degrees of freedom, 95 %: three seeds."""


@dataclass(frozen=True)
class Scale:
    """How much of everything this kind of machine can do.

    measured: at most so many persons. views: the paper's on a GPU; on a CPU mild ones, as the demo has them: the crops
    stand upright, and a few hundred small steps do not learn to see people turned by 60 degrees.
    """

    steps: int
    batch: int
    deconv_channels: int
    precision: Precision
    measured: int
    views: ViewsConfig
    throughput: tuple[dict[str, Any], ...]


SCALES = {
    "gpu": Scale(
        steps=2000, batch=32, deconv_channels=256, precision="bfloat16", measured=10**6,
        views=ViewsConfig(),
        throughput=(
            {"method": "sspcm", "batch": 32, "precision": "float32", "plain": True},
            {"method": "sspcm", "batch": 128, "precision": "float32", "plain": True},
            {"method": "sspcm", "batch": 32, "precision": "bfloat16", "plain": True},
            {"method": "sspcm", "batch": 128, "precision": "bfloat16", "plain": True},
            {"method": "multiaugs", "batch": 32, "precision": "bfloat16", "plain": False},
            {"method": "dualpose", "batch": 32, "precision": "bfloat16", "plain": False},
        ),
    ),
    "cpu": Scale(
        steps=300, batch=8, deconv_channels=64, precision="float32", measured=200,
        views=ViewsConfig(easy_rotation_std=15.0, easy_rotation_p=0.4, hard_rotation_std=15.0, scale_std=0.1),
        throughput=({"method": "sspcm", "batch": 2, "precision": "float32", "plain": True},),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One training to be measured. views: settings of ViewsConfig that differ from the defaults."""

    method: str
    seed: int
    views: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """As the results name it."""
        return ", ".join([self.method, *(f"{key} {value}" for key, value in self.views), f"seed {self.seed}"])


def rows() -> Iterator[Row]:
    """The most valuable first: the four methods, seed by seed; then the corrections, one at a time."""
    for seed in SEEDS:
        for method in ("supervised", "sspcm", "dualpose", "multiaugs"):
            yield Row(method, seed)
    for seed in SEEDS:
        for key in ("occlusion", "warp"):
            yield Row("sspcm", seed, ((key, "legacy"),))


@dataclass(frozen=True, eq=False)
class Scenes:
    """Everybody in the packed scenes, as crops with their surroundings; keypoints and areas in input pixels."""

    crops: torch.Tensor
    xyv: torch.Tensor
    areas: np.ndarray
    scene: np.ndarray
    frame: Frame
    skeleton: Skeleton

    def training_set(self, seed: int) -> TrainingSet:
        """100 labelled persons of this seed, and the rest of the pool."""
        pool = np.flatnonzero(self.scene % MEASURED_ROOM != 0)
        order = np.random.default_rng(seed).permutation(pool)
        labelled, rest = (torch.from_numpy(np.sort(part)) for part in (order[:LABELLED], order[LABELLED:]))
        return TrainingSet(
            Labelled(CropsInMemory(self.crops[labelled], self.frame), self.xyv[labelled]),
            CropsInMemory(self.crops[rest], self.frame),
            torch.from_numpy(self.skeleton.mirror_array),
        )

    def measured(self, most: int) -> np.ndarray:
        """Who is measured on."""
        return np.flatnonzero(self.scene % MEASURED_ROOM == 0)[:most]


def read_scenes(path: Path) -> Scenes:
    """Decode what carry_scenes.py packed."""
    with np.load(path) as packed:
        bounds = np.concatenate([[0], packed["ends"]])
        jpegs = torch.from_numpy(packed["jpegs"])
        with warnings.catch_warnings():
            # torchvision 0.29 points to torchcodec, which the machines that this travels to do not have
            warnings.simplefilter("ignore", DeprecationWarning)
            crops = [decode_jpeg(jpegs[first:last]) for first, last in pairwise(bounds)]
        height, width = packed["size"].tolist()
        return Scenes(
            crops=torch.stack(crops),
            xyv=torch.from_numpy(packed["xyv"]),
            areas=packed["areas"],
            scene=packed["scene"],
            frame=Frame(height, width),
            skeleton=Skeleton.from_json(json.loads(str(packed["skeleton"]))),
        )


def config_of(row: Row, scale: Scale, scenes: Scenes, data: Path) -> RoundConfig:
    """The row's settings, with five epochs of steps."""
    config = RoundConfig(
        seed=row.seed,
        method=METHODS[row.method],
        model=ModelConfig(
            backbone="efficientnet_lite0", student_backbone="efficientnet_lite0", deconv_channels=scale.deconv_channels,
            weights=str(data / "lite0.safetensors"), input_height=scenes.frame.height, input_width=scenes.frame.width,
        ),
        train=TrainConfig(
            steps=scale.steps, labelled_batch=scale.batch, unlabelled_batch=scale.batch,
            snapshot_every=scale.steps // 5, precision=scale.precision,
        ),
    )  # fmt: skip
    return replace(config, views=replace(scale.views, **dict(row.views)))


def run(
    row: Row, scenes: Scenes, scale: Scale, data: Path, device: torch.device, *, until: float
) -> dict[str, Any] | None:
    """Train the row; its curve and final figures, or None where the time was up: then a checkpoint waits."""
    config = config_of(row, scale, scenes, data)
    trio = build_trio(config.model, keypoints=len(scenes.skeleton), seed=row.seed, method=config.method)
    start_networks(trio, config.model, scenes.skeleton)
    trio.to(device)
    optimiser, checkpoint = make_optimiser(trio, config.train), data / "checkpoint.safetensors"
    identity = f"{row.name}, {scale}"
    start, log = 0, {"row": row.name, "steps": scale.steps, "curve": [], "seconds": 0.0}
    if checkpoint.exists() and identity_of(checkpoint) == identity:
        start, log = load_training(checkpoint, trio, optimiser, identity=identity)
    began, earlier = time.monotonic(), log["seconds"]
    everybody = scenes.measured(scale.measured)
    for told in train(trio, optimiser, scenes.training_set(row.seed), config, start=start, device=device):
        every = told.step % config.train.snapshot_every == 0
        if every:
            log["curve"].append({"step": told.step, **figures(trio, scenes, everybody, device)[0]})
        if every or time.monotonic() > until:
            log["seconds"] = round(earlier + time.monotonic() - began, 1)
        if time.monotonic() > until and told.step < scale.steps:
            save_training(checkpoint, trio, optimiser, step=told.step, log=log, identity=identity)
            return None
    final, persons = figures(trio, scenes, everybody, device)
    return {
        **log,
        "final": final,
        "oks": persons,
        "rooms": scenes.scene[everybody].tolist(),
        "measured": len(everybody),
    }


def identity_of(checkpoint: Path) -> str:
    """Which row, at which scale, the checkpoint is of."""
    with safe_open(checkpoint, framework="pt") as file:
        return str(file.metadata()["identity"])


def figures(
    trio: Trio, scenes: Scenes, chosen: np.ndarray, device: torch.device
) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """AP and mean OKS of each network and of A's and B's mean heatmaps; and everybody's OKS."""
    networks = trio.networks()
    modes = {name: network.training for name, network in networks.items()}
    said: dict[str, list[np.ndarray]] = {name: [] for name in (*networks, "AB")}
    for network in networks.values():
        network.eval()
    (dx, dy), frame = scenes.frame.shift, scenes.frame
    with torch.inference_mode():
        for first in range(0, len(chosen), BATCH):
            stored = scenes.crops[torch.from_numpy(chosen[first : first + BATCH])].to(device)
            images = channels_last(normalise(stored[:, :, dy : dy + frame.height, dx : dx + frame.width]))
            heatmaps = {str(name): network(images) for name, network in networks.items()}
            heatmaps["AB"] = (heatmaps["A"] + heatmaps["B"]) / 2
            for name, maps in heatmaps.items():
                xyc = torch.cat((decode_subpixel(maps) * STRIDE, peak(maps).clamp(0, 1)[..., None]), dim=-1)
                said[name].append(xyc.double().cpu().numpy())
    for name, network in networks.items():
        network.train(modes[name])
    told, persons = {}, {}
    for name, rows_of in said.items():
        evaluated = [
            Evaluated(Prediction(xyc, name), Label(scenes.xyv[i].numpy()), float(scenes.areas[i]), int(scenes.scene[i]))
            for i, xyc in zip(chosen, np.concatenate(rows_of), strict=True)
        ]
        measured = average_precision(evaluated, scenes.skeleton)
        told[name] = {key: round(measured[key], 4) for key in ("AP", "AP50", "mean_oks")}
        persons[name] = [
            round(oks(p.prediction.xy, p.label, area=p.area, sigmas=scenes.skeleton.sigma_array), 3) for p in evaluated
        ]
    return told, persons


def deliverable(row: dict[str, Any], figure: str, at: dict[str, Any] | None = None) -> float:
    """What a method ships: the student, else what choosing A or B blindly gives."""
    told = at if at is not None else row["final"]
    return told["C"][figure] if "C" in told else (told["A"][figure] + told["B"][figure]) / 2


def summary(done: list[dict[str, Any]]) -> dict[str, Any]:
    """Mean and range of each variant, differences paired by seed with their 95 % intervals, and who had flattened."""
    by_variant: dict[str, dict[int, dict[str, Any]]] = {}
    for row in done:
        variant, seed = row["row"].rsplit(", seed ", 1)
        by_variant.setdefault(variant, {})[int(seed)] = row
    variants = {
        variant: {
            "seeds": sorted(seeds),
            **{key: [round(deliverable(seeds[s], key), 4) for s in sorted(seeds)] for key in ("AP", "mean_oks")},
            "AP_of_A_and_B_together": [seeds[s]["final"]["AB"]["AP"] for s in sorted(seeds)],
            "last_fifth_of_the_steps_gave_AP": [round(rise(seeds[s]), 4) for s in sorted(seeds)],
            "seconds": [seeds[s]["seconds"] for s in sorted(seeds)],
        }
        for variant, seeds in by_variant.items()
    }
    pairs = [("sspcm", other) for other in by_variant if other != "sspcm"]
    pairs += [(other, "supervised") for other in ("dualpose", "multiaugs")]
    differences = {
        f"{one} minus {other}": {key: paired(by_variant[one], by_variant[other], key) for key in ("AP", "mean_oks")}
        for one, other in pairs
        if one in by_variant and other in by_variant and set(by_variant[one]) & set(by_variant[other])
    }
    return {"variants": variants, "paired_differences": differences}


def rise(row: dict[str, Any]) -> float:
    """How much AP the last fifth of the steps gave: near 0, the curve had flattened."""
    return deliverable(row, "AP") - deliverable(row, "AP", row["curve"][-2])


def paired(one: dict[int, Any], other: dict[int, Any], key: str) -> dict[str, Any]:
    """Difference by seed; its interval over seeds (t) where there are three, and over rooms for the seeds at hand."""
    seeds = sorted(set(one) & set(other))
    apart = [deliverable(one[s], key) - deliverable(other[s], key) for s in seeds]
    told: dict[str, Any] = {"by_seed": [round(d, 4) for d in apart], "mean": round(float(np.mean(apart)), 4)}
    if len(seeds) == len(SEEDS):
        half = T_OF_THREE * float(np.std(apart, ddof=1)) / len(seeds) ** 0.5
        told["interval_over_seeds"] = [round(told["mean"] - half, 4), round(told["mean"] + half, 4)]
    if key == "mean_oks":
        rooms = np.array(one[seeds[0]]["rooms"])
        told["interval_over_rooms"] = bootstrap([person_gap(one[s], other[s]) for s in seeds], rooms)
    return told


def person_gap(one: dict[str, Any], other: dict[str, Any]) -> np.ndarray:
    """Everybody's OKS by one training less that by the other."""
    shipped = [
        np.array(row["oks"]["C"]) if "C" in row["oks"] else (np.array(row["oks"]["A"]) + np.array(row["oks"]["B"])) / 2
        for row in (one, other)
    ]
    return np.asarray(shipped[0] - shipped[1])


def bootstrap(gaps: list[np.ndarray], rooms: np.ndarray, draws: int = 2000) -> list[float]:
    """95 % interval of the mean gap, whole rooms drawn anew: people of one room look alike."""
    gap = np.nanmean(np.stack(gaps), axis=0)
    groups = [np.flatnonzero(rooms == room) for room in np.unique(rooms)]
    generator, means = np.random.default_rng(0), []
    for _ in range(draws):
        drawn = generator.integers(len(groups), size=len(groups))
        means.append(float(np.nanmean(gap[np.concatenate([groups[i] for i in drawn])])))
    return [round(float(np.quantile(means, q)), 4) for q in (0.025, 0.975)]


def main() -> None:
    """Take rows until the budget is spent; the last line says what there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("build/evidence"))
    parser.add_argument("--scale", choices=tuple(SCALES), default="gpu" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--budget-s", type=float, default=540.0)
    parser.add_argument("--only", choices=("ap", "throughput"))
    parser.add_argument("--results", type=Path, help="where rows and summary go (--data)")
    options = parser.parse_args()
    if not (options.data / "scenes.npz").exists():
        print(json.dumps({"benchmark": "evidence", "skipped": f"no {options.data}/scenes.npz: run make bench-carry"}))
        return
    until, scale = time.monotonic() + options.budget_s, SCALES[options.scale]
    results = options.results or options.data
    results.mkdir(parents=True, exist_ok=True)
    device, path = torch.device("cuda" if options.scale == "gpu" else "cpu"), results / f"rows-{options.scale}.jsonl"
    done = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    names = {row["row"] for row in done}

    def keep(row: dict[str, Any]) -> None:
        done.append(row)
        with path.open("a") as file:
            file.write(json.dumps({"machine": machine(device), **row}) + "\n")
        print(json.dumps({key: value for key, value in row.items() if key not in ("oks", "rooms")}), flush=True)

    if options.only != "ap":
        for asked in scale.throughput:
            name = "throughput " + json.dumps(asked)
            if name not in names and time.monotonic() < until:
                keep({"row": name, "throughput": throughput(asked, device)})
    if options.only != "throughput":
        scenes = read_scenes(options.data / "scenes.npz")
        for row in rows():
            if row.name in names or time.monotonic() > until:
                continue
            told = run(row, scenes, scale, options.data, device, until=until)
            if told is not None:
                keep(told)
    trained = [row for row in done if "curve" in row]
    told_all = {"machine": machine(device), "scale": asdict(scale), **summary(trained)} if trained else {}
    (results / f"summary-{options.scale}.json").write_text(json.dumps(told_all, indent=1))
    left = [row.name for row in rows() if row.name not in {row["row"] for row in done}]
    print(json.dumps({"benchmark": "evidence", "scale": options.scale, "rows": len(done), "left": len(left)}))


def throughput(asked: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """ResNet-18 at 256 x 192, as benchmarks/throughput.py measures it."""
    config = settings(asked["method"], backbone="resnet18", size=(256, 192), batch=asked["batch"],
                      precision=asked["precision"], compiled=False)  # fmt: skip
    return measure(config, device=device, seconds=8.0, with_plain=asked["plain"])


if __name__ == "__main__":
    main()
