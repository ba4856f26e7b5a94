"""From the Accept key to the next image painted, and the work of a pointer move, as taken and turned upright.

In headless Chromium on the loopback.

`python benchmarks/editor.py` prints medians and 95th percentiles in ms as one JSON line.
"""

import json
import runpy
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

BROWSER_TESTS = Path(__file__).parents[1] / "tests" / "browser"
fake = runpy.run_path(str(BROWSER_TESTS / "editor_server.py"))
find_chromium = runpy.run_path(str(BROWSER_TESTS / "find_chromium.py"))["find_chromium"]
RUNS = 100
LENS = {"x": 400.0, "y": 900.0, "radius": 900.0}
"""Beside every person drawn here, so that each is turned."""

# From the key's handler (capture phase) to the mutation that the task after the painted frame makes.
WATCH_ACCEPTS = """() => {
  const editor = document.querySelector("pose-editor");
  window.times = [];
  let pressed = 0;
  window.addEventListener("keydown", () => { pressed = performance.now(); }, { capture: true });
  new MutationObserver(() => window.times.push(performance.now() - pressed))
    .observe(editor, { attributes: true, attributeFilter: ["data-painted"] });
}"""
# The handlers of a pointer move, and the painting that they asked for.
WATCH_MOVES = """() => {
  window.work = [];
  const paint = window.requestAnimationFrame.bind(window);
  let began = 0, handled = 0;
  window.requestAnimationFrame = (call) => paint((now) => {
    const start = performance.now();
    call(now);
    window.work.push(handled + performance.now() - start);
    handled = 0;
  });
  const stage = document.querySelector("pose-editor").shadowRoot.querySelector(".stage");
  stage.addEventListener("pointermove", () => { began = performance.now(); }, { capture: true });
  stage.addEventListener("pointermove", () => { handled += performance.now() - began; });
}"""


def main() -> None:
    """Measure both and print them."""
    executable = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        found = {
            "benchmark": "editor",
            "accept_to_painted_ms": summary(accepts(chromium.new_page(), lens=None)),
            "accept_to_painted_ms_upright": summary(accepts(chromium.new_page(), lens=LENS)),
            "pointer_move_work_ms_100_persons": summary(moves(chromium.new_page(), "fit-image", lens=None)),
            "pointer_move_work_ms_100_persons_upright": summary(moves(chromium.new_page(), "fit-person", lens=LENS)),
        }
        chromium.close()
    print(json.dumps(found))


def accepts(page: Page, *, lens: dict[str, float] | None) -> list[float]:
    """One time for each of RUNS accepts; each image holds one person, 1280 x 960 px."""
    images = {i: fake["drawn_image"](i, persons=1, width=1280, height=960) for i in range(1, RUNS + 3)}
    with fake["serving"](fake["World"](images, lens=lens)) as url:
        page.goto(url)
        wait_for(page, "painted", 1)
        page.evaluate(WATCH_ACCEPTS)
        for done in range(1, RUNS + 1):
            wait_for(page, "ahead", 1)
            page.keyboard.press("Enter")
            wait_for(page, "painted", done + 1)
        return list(page.evaluate("window.times"))


def moves(page: Page, view: str, *, lens: dict[str, float] | None) -> list[float]:
    """Main-thread time per frame while one of 100 persons' keypoints is dragged over a 4096 x 3072 px image."""
    image = fake["drawn_image"](1, persons=100, width=4096, height=3072, flags=3)
    with fake["serving"](fake["World"]({1: image}, lens=lens)) as url:
        page.goto(url)
        wait_for(page, "painted", 1)
        page.evaluate("(view) => document.querySelector('pose-editor').run(view)", view)
        page.evaluate(WATCH_MOVES)
        spot: dict[str, Any] = page.evaluate("document.querySelector('pose-editor').screenOf(100, 'left_wrist')")
        page.mouse.move(spot["x"], spot["y"])
        page.mouse.down()
        for step in range(150):
            page.mouse.move(spot["x"] + step % 40, spot["y"] + step % 25)
        page.mouse.up()
        return list(page.evaluate("window.work"))


def wait_for(page: Page, name: str, value: int) -> None:
    """Wait until the editor's data-`name` is `value`."""
    page.wait_for_selector(f"pose-editor[data-{name}='{value}']", timeout=15_000)


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile, and how many were measured."""
    ordered = sorted(times)
    return {"median": round(median(times), 1), "p95": round(ordered[int(len(ordered) * 0.95)], 1), "count": len(times)}


if __name__ == "__main__":
    main()
