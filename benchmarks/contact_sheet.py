"""A page of the contact sheet out of 200,000 persons with predictions and scores, on SQLite, as the server makes it.

`python benchmarks/contact_sheet.py [--persons N]` prints medians and 95th percentiles in ms as one JSON line.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.sheet import page as contact_sheet
from db.labelling.sheet import SheetFilter
from db.people import users
from db.pool import project
from db.records import RankingEntry, UserRecord
from db.rounds import rankings, rounds
from db.schema import CameraRow, DecisionRow, ImageRow, PersonRow, PersonScoreRow, PredictionRow
from db.store.session import Store, migrate, open_store
from sspcm.skeletons.skeleton import get_skeleton

PERSONS, AN_IMAGE, CAMERAS, KEYPOINTS = 200_000, 4, 20, 17
RUNS, PAGE = 40, 60
NOW = datetime(2030, 5, 1, tzinfo=UTC)
CHANCE = random.Random(0)
FILTERS = {
    "first": SheetFilter(),
    "all": SheetFilter(show="all"),
    "flagged": SheetFilter(show="flagged"),
    "keypoint": SheetFilter(keypoint=9),
    "camera": SheetFilter(camera_id=7),
    "camera_flagged": SheetFilter(show="flagged", camera_id=7),
    "one_file": SheetFilter(search="0012345"),
    "many_files": SheetFilter(search="12"),
    "no_file": SheetFilter(search="nowhere"),
    "skipped": SheetFilter(show="skipped"),
    "labelled": SheetFilter(show="labelled"),
    "mine": SheetFilter(show="mine"),
    "mine_keypoint": SheetFilter(show="mine", keypoint=9),
}


def main() -> None:
    """Fill a store, measure each kind of page, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--persons", type=int, default=PERSONS)
    persons = options.parse_args().persons
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        migrate(url)
        store = open_store(url)
        began = time.perf_counter()
        user = fill(store, persons)
        filled_s = time.perf_counter() - began
        found: dict[str, Any] = {"benchmark": "contact_sheet", "persons": persons, "filled_s": round(filled_s, 1)}
        for name, wanted in FILTERS.items():
            found[name] = summary(timed(lambda wanted=wanted: page(store, user, wanted, None)))
        after = cursor(store, user, pages=49)
        found["page_50"] = summary(timed(lambda: page(store, user, SheetFilter(), after)))
        store.close()
    print(json.dumps(found))


def page(store: Store, user: UserRecord, wanted: SheetFilter, after: str | None) -> str | None:
    """One page, written as it is sent; where the next begins."""
    found = contact_sheet.page(store, user, wanted, after=after, limit=PAGE)
    found.model_dump_json()
    return found.next


def cursor(store: Store, user: UserRecord, *, pages: int) -> str | None:
    """Where the page after so many begins."""
    after: str | None = None
    for _ in range(pages):
        after = page(store, user, SheetFilter(), after)
    return after


def fill(store: Store, persons: int) -> UserRecord:
    """Everybody imported, all predicted by a model, all but a few by a published round; a fifth of them decided."""
    with store.transaction() as tx:
        project.ensure_project(tx, name="large", skeleton=get_skeleton("coco-17"))
        user = users.add_user(tx, "lea", "lead", "correct horse")
        launched = rounds.create(tx, config_toml="", user=user)
        rounds.start(tx, launched.id)
        write(tx, CameraRow, ({"id": i, "name": f"camera {i}"} for i in range(1, CAMERAS + 1)))
        write(tx, ImageRow, (image(i) for i in range(1, persons // AN_IMAGE + 1)))
        write(tx, PersonRow, (person(i) for i in range(1, persons + 1)))
        for round_id, network in ((None, "model.onnx"), (launched.id, "C")):
            known = range(1, persons + 1 - (persons // 100 if round_id else persons // 200))
            write(tx, PredictionRow, (prediction(i, round_id, network) for i in known))
            write(tx, PersonScoreRow, (score(i, round_id, network) for i in known))
        write(tx, DecisionRow, (decision(i, user) for i in range(1, persons + 1) if state(i) != "open"))
        rankings.add_round_ranking(tx, launched.id, [RankingEntry(1, 0, 0.5, ())])
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=NOW)
    return user


def write(tx: Session, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Many rows, ten thousand at a time."""
    while some := list(islice(rows, 10_000)):
        tx.execute(insert(table), some)


def image(i: int) -> dict[str, Any]:
    """A frame of one of the cameras."""
    name, camera = f"frames/{i:07d}.jpg", 1 + i % CAMERAS
    at = {"id": i, "sha256": f"{i:064x}", "file_name": name, "camera_id": camera, "frame": i, "split": "train"}
    return {**at, "width": 4096, "height": 4096, "is_open": True, "extra": {"license": 1}}


def state(i: int) -> str:
    """Four of five are open."""
    return {3: "accepted", 8: "skipped"}.get(i % 10, "open")


def person(i: int) -> dict[str, Any]:
    """A box somewhere in a frame."""
    box = {"box_x": 50.0 * (i % 70), "box_y": 90.0, "box_width": 200.0, "box_height": 400.0, "box_angle": 0.0}
    known = {"state": state(i), "revision": 0, "skip_reason": "blurred" if state(i) == "skipped" else None}
    return {"id": i, "image_id": 1 + (i - 1) // AN_IMAGE, **box, **known, "extra": {"bbox": [1, 2, 3, 4]}}


def prediction(i: int, round_id: int | None, network: str) -> dict[str, Any]:
    """Seventeen keypoints."""
    xyc = [[50.0 * (i % 70) + 7.25 * k, 90.5 + 20 * k, 0.5] for k in range(KEYPOINTS)]
    return {"person_id": i, "round_id": round_id, "network": network, "xyc": xyc, "crop": None}


def score(i: int, round_id: int | None, network: str) -> dict[str, Any]:
    """A score by chance; a third of the persons have up to three flags."""
    reason = "teachers A and B are 0.4 box widths apart"
    flagged = CHANCE.sample(range(KEYPOINTS), CHANCE.choice([0, 0, 0, 0, 1, 2, 3]))
    flags = [[k, CHANCE.random(), reason] for k in flagged]
    whose = {"person_id": i, "round_id": round_id, "network": None if round_id else network}
    return {**whose, "score": CHANCE.random(), "keypoints": [CHANCE.random() for _ in range(KEYPOINTS)], "flags": flags}


def decision(i: int, user: UserRecord) -> dict[str, Any]:
    """What made a person accepted or skipped."""
    about = {"image_id": 1 + (i - 1) // AN_IMAGE, "person_id": i, "decided_at": NOW}
    return {"key": f"decision {i}", "user_id": user.id, "kind": "skip", "content": "", "outcome": {}, **about}


def timed(work: Callable[[], object]) -> list[float]:
    """Milliseconds of each of RUNS, after one to warm up."""
    work()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    ordered = sorted(times)
    return {"median": round(median(times), 1), "p95": round(ordered[int(len(ordered) * 0.95)], 1)}


if __name__ == "__main__":
    main()
