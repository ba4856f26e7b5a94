"""How much sooner two processes score a round's pool than one, and what sharing costs. One JSON line.

python -m benchmarks.shared_scoring [--shards 8] [--repeats 3] [--device cpu] [--bucket]

Each process computes in OMP_NUM_THREADS threads, as the environment says. With --bucket the second process has a folder
of its own, and a bucket of an S3 server on this machine stands between the two.
"""

import argparse
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import psutil
import torch

from app.home.bucket import Bucket
from app.home.shared_files import again_and_again
from app.rounds.shards_in_bucket import EXCHANGE_EVERY_S, ShardsInBucket
from sspcm.config import PRESETS, RoundConfig
from sspcm.errors import TrainingError
from sspcm.round_folder import PREDICTIONS_FILE, SCORING_FILE
from sspcm.shard_files import begin_scoring
from sspcm.skeletons.skeleton import get_skeleton
from sspcm.training import round
from sspcm.training.shards import SHARD_PERSONS

LOOK_EVERY_S = 0.02
PLACE = "rounds/0001/attempt-1"
serving_buckets = runpy.run_path(str(Path(__file__).parents[1] / "tests" / "bucket_server.py"))["serving_buckets"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print seconds from the first shard's begin to the whole file, alone and shared, in turns, and the median ratio of
    neighbouring tries.

    busiest: the same by the CPU seconds of whichever process took more, which other work on the machine leaves alone.
    overhead: how many more CPU seconds both take together.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bucket", action="store_true")
    options = parser.parse_args(arguments)
    alone, shared = list[Try](), list[Try]()
    with ExitStack() as stack, tempfile.TemporaryDirectory() as place:
        server = stack.enter_context(serving_buckets()) if options.bucket else None
        os.environ |= server.environ if server else {}
        trained = _train(Path(place), options.shards)
        for turn in range(options.repeats):
            for with_scorer in (False, True) if turn % 2 else (True, False):
                folder = trained.with_name("try")
                shutil.copytree(trained, folder)
                bucket = Bucket(server.new_bucket()) if server else None
                told = _score(folder, options.device, with_scorer=with_scorer, bucket=bucket)
                (shared if with_scorer else alone).append(told)
                wanted = trained.with_name(PREDICTIONS_FILE)
                if not wanted.exists():
                    (folder / PREDICTIONS_FILE).rename(wanted)
                elif (folder / PREDICTIONS_FILE).read_bytes() != wanted.read_bytes():
                    raise SystemExit("two processes predicted something else than one")
                shutil.rmtree(folder)
    pairs = list(zip(alone, shared, strict=True))
    line = {
        "benchmark": "shared_scoring",
        "persons": options.shards * SHARD_PERSONS,
        "shards": options.shards,
        "device": options.device,
        "bucket": options.bucket,
        "threads": int(os.environ.get("OMP_NUM_THREADS", "0")),
        "alone_s": [round_to(one.seconds) for one in alone],
        "shared_s": [round_to(one.seconds) for one in shared],
        "speed_up": round_to(float(np.median([one.seconds / two.seconds for one, two in pairs]))),
        "alone_cpu_s": [[round_to(cpu) for cpu in one.cpu] for one in alone],
        "shared_cpu_s": [[round_to(cpu) for cpu in one.cpu] for one in shared],
        "speed_up_by_the_busiest": round_to(float(np.median([max(one.cpu) / max(two.cpu) for one, two in pairs]))),
        "overhead_cpu": round_to(float(np.median([sum(two.cpu) / sum(one.cpu) - 1 for one, two in pairs]))),
        "begun": [one.begun for one in shared],
        "load": [round_to(one) for one in os.getloadavg()],
    }
    print(json.dumps(line))


@dataclass(frozen=True)
class Try:
    """One scoring. cpu, begun: of each process, its seconds since its first shard, and how many it began first."""

    seconds: float
    cpu: tuple[float, ...]
    begun: tuple[int, ...]


def round_to(seconds: float) -> float:
    """Two places behind the point."""
    return float(f"{seconds:.2f}")


def _score(folder: Path, device: str, *, with_scorer: bool, bucket: Bucket | None) -> Try:
    """Both processes start at one moment."""
    begin_scoring(folder, persons=SHARD_PERSONS, shards=len(_persons(folder)) // SHARD_PERSONS)
    commands = {"round": folder}
    with ExitStack() as stack:
        if with_scorer:
            commands["score"] = folder if bucket is None else stack.enter_context(_apart(folder, bucket))
        return _follow(folder, commands, device, bucket)


@contextmanager
def _apart(folder: Path, bucket: Bucket) -> Iterator[Path]:
    """A helper's folder, kept like the owner's by way of the bucket."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    bucket.put(f"{PLACE}/{SCORING_FILE}", folder / SCORING_FILE)
    own, others = (ShardsInBucket(bucket, one, PLACE, is_own=one == folder) for one in (folder, copy))
    with again_and_again(own.exchange, EXCHANGE_EVERY_S), again_and_again(others.exchange, EXCHANGE_EVERY_S):
        yield copy
    shutil.rmtree(copy)


def _follow(folder: Path, commands: dict[str, Path], device: str, bucket: Bucket | None) -> Try:
    python = [sys.executable, "-P", "-m", "sspcm"]
    started = [
        subprocess.Popen(
            [*python, command, str(one), "--device", device], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command, one in commands.items()
    ]
    watched = [psutil.Process(one.pid) for one in started]
    first, last = [0.0] * len(started), [0.0] * len(started)
    begun: dict[str, int] = {}  # of each mark, the place of the process that made it
    began = 0.0
    while not (folder / PREDICTIONS_FILE).exists():
        for mark in [mark for one in set(commands.values()) for mark in one.glob(".predictions-*.taken")]:
            told = mark.name not in begun and _words(mark)
            if told and told[0] == "process":
                place = [str(one.pid) for one in watched].index(told[1])
                began = began or time.perf_counter()
                first[place] = first[place] or _cpu(watched[place])
                begun[mark.name] = place
        last = [max(cpu, _cpu(one)) for cpu, one in zip(last, watched, strict=True)]
        time.sleep(LOOK_EVERY_S)
    seconds = time.perf_counter() - began
    if bucket is not None:
        bucket.remove([f"{PLACE}/{SCORING_FILE}"])  # as the owner's worker does
    if any(one.wait() for one in started):
        raise SystemExit("a process did not end well")
    spent = tuple(cpu - before if before else 0.0 for cpu, before in zip(last, first, strict=True))
    return Try(seconds, spent, tuple(list(begun.values()).count(place) for place in range(len(started))))


def _words(mark: Path) -> list[str]:
    try:
        return mark.read_text().split()
    except FileNotFoundError:  # all are taken away
        return []


def _cpu(process: psutil.Process) -> float:
    """0 once it has ended."""
    try:
        times = process.cpu_times()
        return float(times.user + times.system)
    except psutil.NoSuchProcess:
        return 0.0


def _persons(folder: Path) -> list[object]:
    found: list[object] = json.loads((folder / "manifest.json").read_text())["persons"]
    return found


def _train(place: Path, shards: int) -> Path:
    """A round's folder whose training has ended and whose pool nobody predicted: people of one noisy image."""
    folder, image = place / "trained", place / "image.png"
    folder.mkdir()
    cv2.imwrite(str(image), np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8))
    skeleton, demo = get_skeleton("coco-17"), PRESETS["demo"]
    train = replace(demo.train, steps=1, labelled_batch=2, unlabelled_batch=2, loader_threads=1)
    config = replace(demo, train=train, model=replace(demo.model, weights="random"))
    (folder / "manifest.json").write_text(json.dumps(_manifest(image, skeleton.to_json(), config, shards)))

    def stop(*_: object) -> None:
        raise TrainingError("trained")

    with patch.object(round, "predict_in_shards", stop):
        round.run_round(folder, device=torch.device("cpu"))
    return folder


def _manifest(image: Path, skeleton: object, config: RoundConfig, shards: int) -> dict[str, object]:
    persons = []
    for number in range(shards * SHARD_PERSONS):
        x, y = float(number % 500), float(number % 300)
        xyv = [[x + 30, y + 60, 2.0]] * 17 if number < 2 else None
        use = "unlabelled" if xyv is None else "labelled"
        persons.append(
            {"id": number, "image": str(image), "box": [x, y, 60.0, 120.0, 0.0], "lens": None, "area": 4000.0,
             "use": use, "predict": True, "xyv": xyv}
        )  # fmt: skip
    return {"version": 1, "skeleton": skeleton, "config": asdict(config), "weights": None, "persons": persons}


if __name__ == "__main__":
    main()
