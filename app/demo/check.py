"""The whole loop, judged: a fresh home, real processes, real HTTP, no browser.

A baseline round on the seed; twenty images corrected from the truth; a second round with the same settings; an export.
"""

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from app.demo.home import DEMO_FOLDER, DemoHome, ensure_demo_home
from app.home.settings import Settings, read_settings
from app.processes.child import start_guarded, stop_guarded
from app.processes.supervisor import web_answers
from db.clock import utc_now
from db.labelling import queue
from db.pool import images
from db.pool.project import get_project
from db.rounds import predictions
from db.store.session import Store, open_store
from sspcm.evaluation.metrics import oks
from sspcm.pose import IMPORTED, Label

IMAGES_TO_LABEL = 20
ROUND_LIMIT_S = 900.0
START_LIMIT_S = 90.0
POLL_S = 0.5
GRACE_S = 20.0
"""How long the application gets to stop: longer than its own supervisor gives web and worker."""
OTHER_HOMES = ("DATABASE_URL", "SSPCM_HOME", "SSPCM_HOST", "SSPCM_PORT", "SSPCM_ALLOWED_HOSTS", "SSPCM_SECURE_COOKIES")
"""What the environment may say of another home than the check's."""
MOVED_PX = 0.5
"""A keypoint placed farther than this from where it started counts as touched."""


class CheckError(RuntimeError):
    """The check cannot begin; the message says why."""


class CheckFailed(RuntimeError):
    """The loop broke before it could be judged; the message says where."""


@dataclass(frozen=True)
class Truth:
    """Where one person of the pool really is; area in square pixels."""

    xyv: list[list[float]]
    area: float


@dataclass
class Loop:
    """What the loop did so far, told to `say` as it goes."""

    say: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    accepted: dict[int, Truth] = field(default_factory=dict)
    """By the store's person id."""
    images: int = 0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note how long a stage took."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - began, 2)
        self.say(f"{stage}: {self.seconds[stage]} s")


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
    settings = read_settings(folder, environ={}, port=_free_port())
    with loop.timed("import"):
        home = ensure_demo_home(settings)
    store = open_store(settings.database_url)
    try:
        with _application(settings, loop):
            return _run_loop(settings, store, home, loop, steps)
    except (CheckFailed, httpx.HTTPError) as error:
        failure = str(error) if isinstance(error, CheckFailed) else f"the web server did not answer: {error!r}"
        return {"ok": False, "failures": [failure], "seconds": loop.seconds, "log": _tail(settings)}
    finally:
        store.close()


def _run_loop(settings: Settings, store: Store, home: DemoHome, loop: Loop, steps: int | None) -> dict[str, Any]:
    config = {"seed": 0} | ({"train": {"steps": steps, "snapshot_every": max(1, steps // 6)}} if steps else {})
    seed = _accepted_now(store)
    with _signed_in(settings, "lead", home) as lead:
        with loop.timed("round_1"):
            first = _run_round(lead, config)
        before = _ranking(store)
        with _signed_in(settings, "annotator", home) as annotator, loop.timed("label"):
            _label(annotator, loop)
        with loop.timed("round_2"):
            second = _run_round(lead, config)
        after = _ranking(store)
        frozen = _get(lead, f"/api/rounds/{second['number']}/labels").json()
        with loop.timed("export"):
            export = _get(lead, "/api/export").json()
    oks_before, oks_after = (_mean_oks(store, loop, number) for number in (first["number"], second["number"]))
    failures = [
        *_judge_frozen(frozen, seed, set(loop.accepted)),
        *_judge_oks(oks_before, oks_after),
        *_judge_ranking(before, after),
        *_judge_export(store, export, loop),
    ]
    return {
        "ok": not failures,
        "failures": failures,
        "seconds": loop.seconds,
        "images_ranked": len(after),
        "images_labelled": loop.images,
        "labels_accepted": len(loop.accepted),
        "mean_oks_of_c_on_corrected": {"before": oks_before, "after": oks_after},
        "ap": {"before": _ap(first), "after": _ap(second)},
        "snapshot_refreshes": second["metrics"].get("refreshes"),
        "pair_frequency": second["metrics"].get("pair_frequency"),
    }


def _ap(record: dict[str, Any]) -> dict[str, float | None]:
    """AP of each network on the validation images."""
    found = {network: values.get("AP") for network, values in record["metrics"]["ap"].items()}
    return {network: None if ap is None else round(ap, 4) for network, ap in found.items()}


# --- the application -----------------------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _application(settings: Settings, loop: Loop) -> Iterator[None]:
    """`up` on the home, stopped with everything it started, also when this process is killed."""
    command = [sys.executable, "-P", "-m", "app", "--home", str(settings.home), "up", "--port", str(settings.port)]
    environ = {key: value for key, value in os.environ.items() if key not in OTHER_HOMES}
    with _log(settings).open("wb") as output:
        process = start_guarded(command, grace_s=GRACE_S, output=output, environ=environ)
    try:
        with loop.timed("start"):
            _wait_until_up(settings, process)
        yield
    finally:
        stop_guarded(process)


def _log(settings: Settings) -> Path:
    return settings.home / "app.log"


def _tail(settings: Settings) -> str:
    """The end of what the application printed."""
    return _log(settings).read_text(errors="replace")[-2000:] if _log(settings).exists() else ""


def _wait_until_up(settings: Settings, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CheckFailed(f"the application ended with status {process.returncode} before its first answer.")
        if web_answers(settings):
            return
        time.sleep(0.1)
    raise CheckFailed(f"the web server did not answer within {START_LIMIT_S:.0f} s.")


def _url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


@contextmanager
def _signed_in(settings: Settings, name: str, home: DemoHome) -> Iterator[httpx.Client]:
    """A client with the account's session and CSRF token."""
    origin = {"Origin": _url(settings)}
    with httpx.Client(base_url=_url(settings), headers=origin, timeout=60) as client:
        answered = client.post("/login", data={"name": name, "password": home.passwords[name]})
        if answered.status_code >= 400:
            raise CheckFailed(f"signing in as {name} was answered with {answered.status_code}: {answered.text[:300]}")
        client.headers["X-CSRF-Token"] = _get(client, "/api/session").json()["csrf"]
        yield client


def _get(client: httpx.Client, path: str) -> httpx.Response:
    return _require_ok(client.get(path), path)


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    return _require_ok(client.post(path, json=body), path).json()


def _require_ok(answered: httpx.Response, path: str) -> httpx.Response:
    if answered.status_code >= 300:
        raise CheckFailed(f"{path} was answered with {answered.status_code}: {answered.text[:500]}")
    return answered


# --- the loop ------------------------------------------------------------------------------------------------------


def _run_round(lead: httpx.Client, config: dict[str, Any]) -> dict[str, Any]:
    """Launch a round and wait until it is published."""
    number = _post(lead, "/api/rounds", {"preset": "demo", "config": config})["number"]
    deadline = time.monotonic() + ROUND_LIMIT_S
    while time.monotonic() < deadline:
        record: dict[str, Any] = _get(lead, f"/api/rounds/{number}").json()
        if record["state"] == "published":
            return record
        if record["state"] in ("failed", "cancelled"):
            raise CheckFailed(f"round {number} {record['state']} in stage {record['stage']}: {record['error']}")
        time.sleep(POLL_S)
    raise CheckFailed(f"round {number} did not end within {ROUND_LIMIT_S:.0f} s; it stands in stage {record['stage']}.")


def _read_truth() -> dict[tuple[str, tuple[float, ...]], Truth]:
    """By file name and box, as the editor gets them."""
    pool = json.loads((DEMO_FOLDER / "pool.json").read_text())
    truth = {p["id"]: p for p in json.loads((DEMO_FOLDER / "truth.json").read_text())["persons"]}
    names = {image["id"]: image["file_name"] for image in pool["images"]}
    return {
        (names[a["image_id"]], tuple(a["bbox"])): Truth(
            np.array(truth[a["id"]]["keypoints"], dtype=float).reshape(-1, 3).tolist(), truth[a["id"]]["area"]
        )
        for a in pool["annotations"]
    }


def _label(annotator: httpx.Client, loop: Loop) -> None:
    """Take images from the queue and accept every open person of each, corrected from the truth."""
    truth = _read_truth()
    for _ in range(IMAGES_TO_LABEL):
        task = _get(annotator, "/api/next").json()
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
    saved: dict[str, Any] = _post(annotator, "/api/accept", body)
    loop.accepted[person["id"]] = known
    return saved


# --- the judgement -------------------------------------------------------------------------------------------------


def _accepted_now(store: Store) -> set[int]:
    with store.reading() as tx:
        return {p.id for p in images.list_persons(tx, split="train") if p.state == "accepted"}


def _ranking(store: Store) -> dict[int, float]:
    """The open pool's images with the published scores."""
    with store.reading() as tx:
        return {
            item.image.id: item.score
            for item in queue.listing(tx, limit=10_000, now=utc_now())
            if item.score is not None
        }


def _mean_oks(store: Store, loop: Loop, number: int) -> float:
    """Of the student's predictions in one round, on the persons that were corrected."""
    with store.reading() as tx:
        found = predictions.for_persons(tx, list(loop.accepted), round_number=number)
        sigmas = get_project(tx).skeleton.sigma_array
    values = [
        oks(stored.prediction.xy, Label(np.array(truth.xyv)), area=truth.area, sigmas=sigmas)
        for person_id, truth in loop.accepted.items()
        for stored in found.get(person_id, [])
        if stored.prediction.network == "C"
    ]
    if len(values) != len(loop.accepted):
        raise CheckFailed(f"round {number} predicted {len(values)} of the {len(loop.accepted)} corrected persons.")
    return round(float(np.mean(values)), 4)


def _judge_frozen(frozen: list[dict[str, Any]], seed: set[int], corrected: set[int]) -> Iterator[str]:
    labelled = [(f["person_id"], f["revision"], f["author"]) for f in frozen if f["role"] == "labelled"]
    wanted = {(i, 1, IMPORTED) for i in seed} | {(i, 1, "annotator") for i in corrected}
    if set(labelled) != wanted or len(labelled) != len(wanted):
        yield (
            f"the frozen label set has {len(labelled)} revisions, wanted the {len(seed)} of the seed and the "
            f"{len(corrected)} new ones; {len(wanted - set(labelled))} missing, {len(set(labelled) - wanted)} extra."
        )


def _judge_oks(before: float, after: float) -> Iterator[str]:
    if not after > before:
        yield f"the student's mean OKS on the corrected persons did not rise: {before} before, {after} after."


def _judge_ranking(before: dict[int, float], after: dict[int, float]) -> Iterator[str]:
    """Order by score alone: the blind share's places are chance."""
    common = [i for i in before if i in after]
    if len(common) < 2:
        yield f"only {len(common)} images are in both rankings; too few to compare."
        return
    first, second = (sorted(common, key=lambda i: (-scores[i], i)) for scores in (before, after))
    if first == second:
        yield f"both rounds rank the {len(common)} common images alike: the new labels changed nothing."


def _judge_export(store: Store, export: dict[str, Any], loop: Loop) -> Iterator[str]:
    """pycocotools loads it; its labels are exactly the accepted persons, with the numbers that were accepted."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = export
        coco.createIndex()
        names = {image["file_name"]: image["id"] for image in export["images"]}
        perfect = [
            {"image_id": a["image_id"], "category_id": a["category_id"], "keypoints": a["keypoints"], "score": 1.0}
            for a in export["annotations"]
            if a["num_keypoints"] > 0
        ]
        judged = COCOeval(coco, coco.loadRes(perfect), "keypoints")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    if judged.stats[0] < 0.999:
        yield f"pycocotools gives the export's own labels AP {judged.stats[0]:.3f} against themselves; wanted 1."
    with store.reading() as tx:
        accepted = [p for p in images.list_persons(tx) if p.state == "accepted"]
        files = {image.id: image.file_name for image in images.list_images(tx)}
    wanted = {(names[files[p.image_id]], _rounded(_flat(p.label))) for p in accepted}
    found = {(a["image_id"], _rounded(a["keypoints"])) for a in export["annotations"] if a["num_keypoints"] > 0}
    if found != wanted or len(perfect) != len(accepted):
        yield f"the export labels {len(perfect)} persons; {len(accepted)} are accepted, {len(found & wanted)} agree."
    human = [a for a in export["annotations"] if a.get("source") == "human"]
    truths = {_rounded([v for row in truth.xyv for v in row]) for truth in loop.accepted.values()}
    if {_rounded(a["keypoints"]) for a in human} != truths:
        yield f"the export's {len(human)} human labels are not the {len(loop.accepted)} that were accepted."


def _flat(label: Label | None) -> list[float]:
    return [] if label is None else [float(v) for v in label.xyv.ravel()]


def _rounded(values: list[float]) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in values)
