"""What the lead's page looks like around a round: the pictures of docs/rounds.md, to be looked at by people.

python benchmarks/lead_screens.py [OUT_DIR, docs/images if none is named]

The real web server on a demo home. What a round is at, and that two workers are there, is written into its store, so
that the pictures are the same each time; the cost of a launch is measured. One JSON line for each picture.
"""

import argparse
import json
import runpy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.demo.home import ensure_demo_home
from app.home.settings import Settings
from app.rounds.folder import round_folder
from app.rounds.progress import Reporter
from db.clock import utc_now
from db.people import users
from db.records import RoundRecord
from db.rounds import events, rounds, workers
from db.rounds.workers import Worker
from db.store.session import Store, open_store
from sspcm.config import PRESETS
from sspcm.round_folder import LOG_FILE, TRAINING_FILE

ROOT = Path(__file__).resolve().parents[1]
find_chromium = runpy.run_path(str(ROOT / "tests" / "browser" / "find_chromium.py"))["find_chromium"]
on_app = runpy.run_path(str(ROOT / "benchmarks" / "accept_on_app.py"))
DESKTOP = {"width": 1240, "height": 1000}
STEPS, AT_STEP, REFRESH = 200, 120, 20
KILLED = "the trainer was killed (SIGKILL)"
FAILED = (
    f"{KILLED}, 3 times in all; wanted it to finish. Its last lines: sspcm: step 120 of 200, loss 0.00067, AP A 0.540 "
    "B 0.550 C 0.560. What was trained is kept: mend the cause, then go on with this round."
)
KEPT_BYTES = 17_000_000
"""Of a checkpoint of the demo's networks."""
COST_MS = 300_000


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT_DIR", type=Path, nargs="?", default=ROOT / "docs" / "images")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, lead_page(Path(folder) / "home") as (page, settings, store):
        take(page, out, "launch-cost", cost_of(page))
        record = begun(settings, store)
        page.reload()
        page.locator("lead-board").get_by_text("persons/s").wait_for()
        page.locator("lead-story").get_by_text("started again").wait_for()
        take(page, out, "round-running", "#state", until="lead-workers")
        take(page, out, "workers", "lead-workers")
        with store.transaction() as tx:
            events.tell(tx, record.id, f"{KILLED}; it is started again (2 of 2)", now=utc_now() - timedelta(seconds=40))
            rounds.fail(tx, record.id, FAILED)
        page.locator("lead-story").get_by_role("button", name="Try round 1 again").wait_for()
        take(page, out, "round-failed", "lead-story")


@contextmanager
def lead_page(home: Path) -> Iterator[tuple[Page, Settings, Store]]:
    """The lead's page of a demo home, and its store."""
    settings = Settings(home, f"sqlite:///{home / 'store.db'}")
    made, store, executable = ensure_demo_home(settings), open_store(settings.database_url), find_chromium()
    with on_app["serving"](home) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport=DESKTOP, color_scheme="light")
        page.set_default_timeout(120_000)
        on_app["sign_in"](page, url, made.passwords["lead"], name="lead")
        page.goto(f"{url}/lead/")
        page.wait_for_selector("lead-validation[data-persons]")
        yield page, settings, store
        chromium.close()
    store.close()


def cost_of(page: Page) -> str:
    """Once "What would it cost?" is answered; where that stands."""
    page.get_by_role("button", name="What would it cost?").click()
    answer = page.locator("lead-said p").filter(has_not_text="are timed on this machine")
    answer.wait_for(timeout=COST_MS)
    return "#launch"


def begun(settings: Settings, store: Store) -> RoundRecord:
    """A round that two workers know of, and one of them trains: its trainer was killed once."""
    began = utc_now() - timedelta(minutes=7)
    with store.transaction() as tx:
        lead = next(one for one in users.list_users(tx) if one.role == "lead")
        record = rounds.create(tx, config_toml=PRESETS["demo"].to_toml(), user=lead, now=began - timedelta(seconds=1))
        for name, doing in (("gpu-1", "round 1, train"), ("gpu-2", None)):
            worker = Worker(name, f"{name}.example", 4711, "rounds-1", began, device="auto, 1 GPU", token=name)
            workers.arrive(tx, worker, now=began)
            workers.beat(tx, worker, doing=doing, doing_since=began if doing else None)
        rounds.start(tx, record.id, now=began)
        rounds.freeze(tx, record.id)
        events.tell(tx, record.id, "training", now=began + timedelta(seconds=4))
        events.tell(tx, record.id, f"{KILLED}; it is started again (1 of 2)", now=began + timedelta(minutes=3))
    folder = round_folder(settings, record.number)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOG_FILE).write_text("sspcm: step 120 of 200, loss 0.00067, AP A 0.540 B 0.550 C 0.560\n")
    (folder / TRAINING_FILE).write_bytes(bytes(KEPT_BYTES))
    reporter = Reporter(store, record.id)
    for step in range(1, AT_STEP + 1):
        ap = {name: {"AP": 0.3 + 0.002 * step + 0.01 * place} for place, name in enumerate("ABC")}
        line = {
            "stage": "train",
            "step": step,
            "steps": STEPS,
            "epoch": 1 + step // REFRESH,
            "epochs": STEPS // REFRESH,
        }
        line |= {"loss": 0.002 / (1 + step / 60), "seconds_left": 214.0, "persons_per_s": 41.6, "memory_bytes": 1.74e9}
        reporter.take(line | ({"ap": ap} if step % REFRESH == 0 else {}))
    reporter.send(last=True)
    return record


def take(page: Page, out: Path, name: str, where: str, *, until: str | None = None) -> None:
    """Keep what the page shows in a part of it, down to the end of another one; say so."""
    page.mouse.move(0, 0)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    path = out / f"{name}.png"
    first = page.locator(where).first.bounding_box()
    last = page.locator(until).first.bounding_box() if until else first
    assert first is not None and last is not None
    clip = {**first, "height": last["y"] + last["height"] - first["y"]}
    clip = {"x": clip["x"] - 8, "y": clip["y"] - 8, "width": clip["width"] + 16, "height": clip["height"] + 16}
    page.screenshot(path=path, clip=clip, full_page=True)  # type: ignore[arg-type]
    size = path.stat().st_size
    print(json.dumps({"benchmark": "lead_screens", "picture": path.name, "bytes": size, "clip": clip}), flush=True)


if __name__ == "__main__":
    main()
