"""The whole loop, judged: a fresh home, real processes, real HTTP, no browser.

A baseline round on the seed; twenty images corrected from the truth; a second round with the same settings; what the
next people take to correct; an export.
"""

import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from app.demo.client import application, free_port, get, post, signed_in, tail
from app.demo.home import DemoHome, ensure_demo_home
from app.demo.judging import (
    MOVED_PX,
    accepted_now,
    judge_export,
    judge_frozen,
    judge_oks,
    judge_ranking,
    judge_starts,
    mean_oks,
    open_starts,
    ranking_now,
    read_truth,
)
from app.demo.loop import CheckError, CheckFailed, Loop, Truth
from app.home.settings import Settings, read_settings
from db.store.session import Store, open_store

IMAGES_TO_LABEL = 20
NEXT_IMAGES = 5
"""Labelled after the second round, to see what it spared: with fewer the product gives no interval."""
ROUND_LIMIT_S = 900.0
POLL_S = 0.5


def run_check(
    *, home: Path | None = None, steps: int | None = None, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Run the loop and judge it: {"ok", "failures", "seconds", "images_ranked", "labels_accepted", "ap", ...}.

    home: a new or empty folder that is kept afterwards; None makes one and removes it. steps: training steps of both
    rounds; None keeps the demo preset's. `progress` hears of every stage. Whatever was started is stopped at the end.
    Raises CheckError if the home holds something already.
    """
    if home is not None:
        return _check(_require_empty(home), Loop(progress), steps)
    with tempfile.TemporaryDirectory(prefix="demo-check-") as folder:
        return _check(Path(folder) / "home", Loop(progress), steps)


def _require_empty(home: Path) -> Path:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise CheckError(f"{home} is not empty; the check needs a fresh home. Name another, or leave --home out.")
    return home


def _check(folder: Path, loop: Loop, steps: int | None) -> dict[str, Any]:
    settings = read_settings(folder, environ={}, port=free_port())
    with loop.timed("import"):
        home = ensure_demo_home(settings)
    store = open_store(settings.database_url)
    try:
        with application(settings, loop):
            return _run_loop(settings, store, home, loop, steps)
    except (CheckFailed, httpx.HTTPError) as error:
        failure = str(error) if isinstance(error, CheckFailed) else f"the web server did not answer: {error!r}"
        return {"ok": False, "failures": [failure], "seconds": loop.seconds, "log": tail(settings)}
    finally:
        store.close()


def _run_loop(settings: Settings, store: Store, home: DemoHome, loop: Loop, steps: int | None) -> dict[str, Any]:
    config = {"seed": 0} | ({"train": {"steps": steps, "snapshot_every": max(1, steps // 6)}} if steps else {})
    seed = accepted_now(store)
    with signed_in(settings, "lead", home) as lead:
        with loop.timed("round_1"):
            first = _run_round(lead, config)
        before = ranking_now(store)
        with signed_in(settings, "annotator", home) as annotator, loop.timed("label"):
            _label(annotator, loop, IMAGES_TO_LABEL)
        corrected = set(loop.accepted)
        with loop.timed("round_2"):
            second = _run_round(lead, config)
        after, numbers = ranking_now(store), (first["number"], second["number"])
        frozen = get(lead, f"/api/rounds/{second['number']}/labels").json()
        oks_before, oks_after = (mean_oks(store, loop, number) for number in numbers)
        starts = open_starts(store, *numbers)
        with signed_in(settings, "annotator", home) as annotator, loop.timed("label_next"):
            _label(annotator, loop, NEXT_IMAGES)
        spared = get(lead, "/api/rounds/starts").json()["spared"]
        with loop.timed("export"):
            export = get(lead, "/api/export").json()
    failures = [
        *judge_frozen(frozen, seed, corrected),
        *judge_oks(oks_before, oks_after),
        *judge_starts(starts),
        *judge_ranking(before, after),
        *judge_export(store, export, loop),
    ]
    return {
        "ok": not failures,
        "failures": failures,
        "seconds": loop.seconds,
        "images_ranked": len(after),
        "images_labelled": loop.images,
        "labels_accepted": len(loop.accepted),
        "mean_oks_of_c_on_corrected": {"before": oks_before, "after": oks_after},
        "starts_of_open_people": starts.to_json(),
        "next_people": spared,
        "ap": {"before": _ap(first), "after": _ap(second)},
        "snapshot_refreshes": second["metrics"].get("refreshes"),
        "pair_frequency": second["metrics"].get("pair_frequency"),
    }


def _ap(record: dict[str, Any]) -> dict[str, float | None]:
    """AP of each network on the validation images."""
    found = {network: values.get("AP") for network, values in record["metrics"]["ap"].items()}
    return {network: None if ap is None else round(ap, 4) for network, ap in found.items()}


def _run_round(lead: httpx.Client, config: dict[str, Any]) -> dict[str, Any]:
    """Launch a round and wait until it is published."""
    number = post(lead, "/api/rounds", {"preset": "demo", "config": config})["number"]
    deadline = time.monotonic() + ROUND_LIMIT_S
    while time.monotonic() < deadline:
        record: dict[str, Any] = get(lead, f"/api/rounds/{number}").json()
        if record["state"] == "published":
            return record
        if record["state"] == "kept":
            raise CheckFailed(f"round {number} was kept. {record['kept_because']}")
        if record["state"] in ("failed", "cancelled"):
            raise CheckFailed(f"round {number} {record['state']} in stage {record['stage']}: {record['error']}")
        time.sleep(POLL_S)
    raise CheckFailed(f"round {number} did not end within {ROUND_LIMIT_S:.0f} s; it stands in stage {record['stage']}.")


def _label(annotator: httpx.Client, loop: Loop, images: int) -> None:
    """Take so many images from the queue and accept every open person of each, corrected from the truth."""
    truth = read_truth()
    for _ in range(images):
        task = get(annotator, "/api/next").json()
        if task.get("image") is None:
            raise CheckFailed(f"the queue gave no image after {loop.images}: {task}")
        saved: dict[str, Any] = {}
        for person in task["persons"]:
            if person["state"] == "open":
                saved = _accept(annotator, task["image"]["file_name"], person, truth, loop)
        if not saved.get("image_done"):
            raise CheckFailed(f"{task['image']['file_name']} was not done after its last person: {saved}")
        loop.images += 1


def _accept(
    annotator: httpx.Client,
    file_name: str,
    person: dict[str, Any],
    truth: dict[tuple[str, tuple[float, ...]], Truth],
    loop: Loop,
) -> dict[str, Any]:
    box = person["box"]
    known = truth[file_name, (box["x"], box["y"], box["width"], box["height"])]
    start, wanted = np.array(person["start"]["xyv"]), np.array(known.xyv)
    moved = np.linalg.norm(start[:, :2] - wanted[:, :2], axis=1) > MOVED_PX
    body = {
        "key": str(uuid.uuid4()),
        "person_id": person["id"],
        "revision": person["revision"],
        "xyv": known.xyv,
        "touched": (moved | (start[:, 2] != wanted[:, 2])).tolist(),
        "started_from": person["start"]["prediction_id"],
    }
    saved: dict[str, Any] = post(annotator, "/api/accept", body)
    loop.accepted[person["id"]] = known
    return saved
