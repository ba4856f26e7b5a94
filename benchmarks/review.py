"""How long a reviewer waits for the next person, and what hands take, in headless Chromium on a home of 53 persons.

`python -m benchmarks.review` prints one JSON line. `next_ms`: from the press of Y to the frame that shows the next one,
their image fetched ahead, of whoever looks at each for a second: median and 95th percentile. `model_s`: what the
keystroke-level model says of the hands alone, as in benchmarks/editor_actions.py: 0.28 s a key. Looking comes on top.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from tests.browser.find_chromium import find_chromium
from tests.browser.reviewed_home import PASSWORD, make_reviewed_home

ROOT = Path(__file__).resolve().parents[1]
KEY_S, LOOKED_AT_S, PERSONS = 0.28, 1.0, 40
WAYS = {"good": 1, "back with a usual reason": 3, "left and right exchanged back": 3, "undo": 1}
"""Key presses of each: Y; N, digit, Enter; X, N, Enter; Z."""
PRESS_AND_WAIT = """() => new Promise((done) => {
  const page = document.querySelector("label-review");
  const from = performance.now();
  new MutationObserver((_, watch) => {
    watch.disconnect();
    done(performance.now() - from);
  }).observe(page, { attributes: true, attributeFilter: ["data-painted"] });
  page.dispatchEvent(new KeyboardEvent("keydown", { key: "y", code: "KeyY", bubbles: true }));
})"""


def main() -> None:
    """Review PERSONS persons, and print what it took."""
    executable = find_chromium()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        make_reviewed_home(home)
        server, url = _serving(home)
        try:
            chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
            took = sorted(_reviewed(chromium.new_page(viewport={"width": 1280, "height": 860}), url))
            chromium.close()
        finally:
            server.terminate()
            server.wait(30)
    print(
        json.dumps(
            {
                "benchmark": "review",
                "persons": len(took),
                "next_ms": {"median": round(median(took), 1), "p95": round(took[int(0.95 * len(took))], 1)},
                "model_s": {way: round(KEY_S * keys, 2) for way, keys in WAYS.items()},
            }
        )
    )


def _reviewed(page: Page, url: str) -> list[float]:
    """Milliseconds to the next person, of each."""
    page.goto(f"{url}/login")
    page.get_by_label("Name").fill("rita")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/login" not in address)
    page.goto(f"{url}/review/")
    page.wait_for_selector("label-review[data-phase=ready][data-painted]", timeout=60_000)
    took = []
    for _ in range(PERSONS):
        time.sleep(LOOKED_AT_S)
        took.append(float(page.evaluate(PRESS_AND_WAIT)))
    page.wait_for_selector("label-review[data-pending='0']")
    return took


def _serving(home: Path) -> "tuple[subprocess.Popen[bytes], str]":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-P", "-m", "app", "--home", str(home), "web", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=quiet, stderr=quiet)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return server, url
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no answer from {url} in two minutes; wanted the web server. Look at its log.")


if __name__ == "__main__":
    main()
