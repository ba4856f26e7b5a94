"""From the Accept key to the next image painted, on the real application: its server, its store, its Gradio page.

python benchmarks/accept_on_app.py [--runs 100] [--trace FILE]

A fresh home holds large copies of the demo's images, one person each, with a published prediction to start from. Two
JSON lines, on the loopback and over an emulated network: ms from the key's handler to the task after the frame that
shows the next image (benchmarks/accepts.py); the same for a key that does nothing, which is what the browser's frames
cost; and our scripts' share: until the image lies on the desk, and in the frame. The rest is the browser's: waiting for
the frame, layout, raster.
"""

import argparse
import json
import runpy
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from app.dataset.importing import import_folder
from app.home.image_files import ImageFiles
from db.clock import utc_now
from db.people import users
from db.pool.persons import list_persons
from db.records import KeypointFlag, PersonScore, RankingEntry
from db.rounds import predictions, rankings, rounds
from db.store.session import Store, migrate, open_store
from sspcm.config import RoundConfig
from sspcm.pose import Prediction

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "static" / "demo"
accepts = runpy.run_path(str(ROOT / "benchmarks" / "accepts.py"))
web_start = runpy.run_path(str(ROOT / "benchmarks" / "web_start.py"))
find_chromium = runpy.run_path(str(ROOT / "tests" / "browser" / "find_chromium.py"))["find_chromium"]
KEYPOINTS = 17


def main() -> None:
    """Build the home, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--trace", type=Path, metavar="FILE", help="keep Chromium's trace of the accepts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        password = build_home(home, 2 * (options.runs + accepts["SPARE_IMAGES"]))
        with serving(home) as url:
            for network, slow in (("loopback", False), ("50 ms, 20 Mbit/s", True)):
                times = measure(url, password, options.runs, slow=slow, trace=None if slow else options.trace)
                told = {"benchmark": "accept_on_app", "network": network, **accepts["told"](times)}
                print(json.dumps(told), flush=True)


def build_home(home: Path, count: int) -> str:
    """A home of `count` images of one person each, a published round, ann and her lead lee; gives their password."""
    home.mkdir()
    url = f"sqlite:///{home / 'store.db'}"
    migrate(url)
    store, password = open_store(url), secrets.token_urlsafe(9)
    annotations = write_copies(home.parent / "copies", count)
    import_folder(store, ImageFiles(home), images_dir=annotations.parent, annotations=annotations)
    with store.transaction() as tx:
        users.add_user(tx, "ann", "annotator", password)
    publish_guesses(store, password)
    store.close()
    return password


def write_copies(folder: Path, count: int) -> Path:
    """`count` large copies of the demo's pool images, each with its own grain, and the COCO file of one box in each."""
    folder.mkdir()
    pool = json.loads((DEMO / "pool.json").read_text())
    boxes = {one["image_id"]: one for one in reversed(pool["annotations"])}
    shown = [image for image in pool["images"] if image["id"] in boxes]
    copied: dict[str, Any] = {"categories": pool["categories"], "images": [], "annotations": []}
    for i in range(count):
        image = shown[i % len(shown)]
        name = f"hall_{i:05d}.jpg"
        (folder / name).write_bytes(accepts["grainy"]((DEMO / "images" / image["file_name"]).read_bytes(), i))
        across, down = accepts["WIDTH"] / image["width"], accepts["HEIGHT"] / image["height"]
        x, y, width, height = boxes[image["id"]]["bbox"]
        box = [x * across, y * down, width * across, height * down]
        size = {"width": accepts["WIDTH"], "height": accepts["HEIGHT"]}
        copied["images"].append({"id": i + 1, "file_name": name, **size})
        copied["annotations"].append({**boxes[image["id"]], "id": i + 1, "image_id": i + 1, "bbox": box})
    path = folder / "boxes.json"
    path.write_text(json.dumps(copied))
    return path


def publish_guesses(store: Store, password: str) -> None:
    """A published round: five networks' made-up poses inside each box, and two flags a person."""
    chance = np.random.default_rng(0)
    flags = (KeypointFlag(9, 0.8, "A and B disagree on left wrist by 24 px"), KeypointFlag(15, 0.5, "A and B disagree"))
    with store.transaction() as tx:
        lead = users.add_user(tx, "lee", "lead", password)
        launched = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=lead)
        rounds.start(tx, launched.id)
        persons = list_persons(tx)
        made = []
        for person in persons:
            box = person.box
            for network in ("A", "B", "A_prev", "B_prev", "C"):
                xy = chance.random((KEYPOINTS, 2)) * (box.width, box.height) + (box.x, box.y)
                made.append((person.id, Prediction(np.column_stack([xy, np.full(KEYPOINTS, 0.9)]), network)))
        predictions.add_predictions(tx, launched.id, made)
        scores = [PersonScore(person.id, 0.5, (0.5,) * KEYPOINTS, flags) for person in persons]
        predictions.add_person_scores(tx, launched.id, scores)
        entries = [RankingEntry(person.image_id, i, 0.5, ("A and B disagree",)) for i, person in enumerate(persons)]
        rankings.add_round_ranking(tx, launched.id, entries)
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/0001", now=utc_now())


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The web process on a free port; gives its address."""
    port = web_start["free_port"]()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-P", "-m", "app", "--home", str(home), "web", "--port", str(port)]
    web = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        web_start["wait_for"](f"{url}/healthz", time.perf_counter(), web)
        yield url
    finally:
        web.terminate()
        web.wait(20)


def measure(url: str, password: str, runs: int, *, slow: bool, trace: Path | None) -> dict[str, list[float]]:
    """Sign in and accept `runs` images; slow: over the emulated network."""
    executable = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        sign_in(page, url, password)
        if slow:
            accepts["over_a_network"](page)
        if trace:
            chromium.start_tracing(page=page, path=trace)
        times: dict[str, list[float]] = accepts["time_accepts"](page, runs)
        if trace:
            chromium.stop_tracing()
        page.close()
        chromium.close()
    return times


def sign_in(page: Page, url: str, password: str, *, name: str = "ann") -> None:
    """As the annotator, or as the lead, onto their page."""
    page.goto(f"{url}/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


if __name__ == "__main__":
    main()
