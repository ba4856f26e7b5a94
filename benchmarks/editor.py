"""The editor alone, on its stand-in server: accept to painted, and the main thread's work while something is dragged.

python benchmarks/editor.py [--runs 100]

In headless Chromium. One JSON line for each: accepts on the loopback, over an emulated network and turned upright
(benchmarks/accepts.py says what is measured); dragging a keypoint of one of 100 persons over an image of 4096 x 4096
px, as taken and turned upright; zooming and panning that image. `work_ms`: the handlers and the animation frame's
callbacks, a frame; `main_thread_ms`: everything the main thread did, layout and raster too, a frame; `layer_calls`: how
often each layer was cleared or drawn an image on.
"""

import argparse
import json
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
BROWSER_TESTS = ROOT / "tests" / "browser"
accepts = runpy.run_path(str(ROOT / "benchmarks" / "accepts.py"))
fake = runpy.run_path(str(BROWSER_TESTS / "editor_server.py"))
find_chromium = runpy.run_path(str(BROWSER_TESTS / "find_chromium.py"))["find_chromium"]
LENS = {"x": 400.0, "y": 900.0, "radius": 900.0}
"""Beside every person drawn here, so that each is turned."""
SIDE, PERSONS, MOVES = 4096, 100, 240
LAYERS = ("picture", "others", "selected")
Spot = tuple[float, float]

# work: ms of handlers and callbacks of each frame. frames: when each began. painted: calls by layer and kind.
_WATCH = """() => {
  const frames = window.requestAnimationFrame.bind(window);
  let began = 0, handled = 0, at = 0;
  window.begin = () => { Object.assign(window, { work: [], frames: [], painted: {} }); handled = at = 0; };
  window.begin();
  window.requestAnimationFrame = (call) => frames((now) => {
    if (now !== at) {
      window.frames.push(now);
      window.work.push(handled);
      [at, handled] = [now, 0];
    }
    const start = performance.now();
    call(now);
    window.work[window.work.length - 1] += performance.now() - start;
  });
  const { shadowRoot } = document.querySelector("pose-editor");
  const stage = shadowRoot.querySelector(".stage");
  for (const kind of ["pointermove", "wheel"]) {
    stage.addEventListener(kind, () => { began = performance.now(); }, { capture: true });
    stage.addEventListener(kind, () => { handled += performance.now() - began; });
  }
  for (const name of ["drawImage", "clearRect"]) {
    const paint = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...args) {
      const call = `${this.canvas.dataset.ref}.${name}`;
      window.painted[call] = (window.painted[call] ?? 0) + 1;
      return paint.apply(this, args);
    };
  }
}"""


def main() -> None:
    """Measure each and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    runs = parser.parse_args().runs
    executable = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for measured in (
            {"figure": "accept", "network": "loopback", **time_accepts(chromium.new_page(), runs)},
            {"figure": "accept", "network": "50 ms, 20 Mbit/s", **time_accepts(chromium.new_page(), runs, slow=True)},
            {"figure": "accept, upright", "network": "loopback", **time_accepts(chromium.new_page(), runs, lens=LENS)},
            {"figure": "drag a keypoint", **watched(chromium.new_page(), hold_keypoint, wander)},
            {"figure": "drag a keypoint, upright", **watched(chromium.new_page(), hold_keypoint, wander, lens=LENS)},
            {"figure": "zoom", **watched(chromium.new_page(), point_at_middle, turn_wheel)},
            {"figure": "pan", **watched(chromium.new_page(), hold_image, wander)},
        ):
            print(json.dumps({"benchmark": "editor", **measured}), flush=True)
        chromium.close()


def time_accepts(page: Page, runs: int, *, slow: bool = False, lens: dict[str, float] | None = None) -> dict[str, Any]:
    """Accepts on the stand-in; each image holds one person. Closes the page."""
    images = {i: large_image(i) for i in range(1, runs + accepts["SPARE_IMAGES"])}
    with fake["serving"](fake["World"](images, lens=lens)) as url:
        page.goto(url)
        if slow:
            accepts["over_a_network"](page)
        times = accepts["time_accepts"](page, runs)
        page.close()
    told: dict[str, Any] = accepts["told"](times)
    return told


def large_image(image_id: int) -> Any:
    """A drawn person in a JPEG of about 500 kB."""
    drawn = fake["drawn_image"](image_id, persons=1, width=accepts["WIDTH"], height=accepts["HEIGHT"])
    return replace(drawn, content=accepts["grainy"](drawn.content, image_id))


def watched(
    page: Page,
    begin: Callable[[Page], Spot],
    go_on: Callable[[Page, Spot], None],
    *,
    lens: dict[str, float] | None = None,
) -> dict[str, Any]:
    """What a movement over the large image costs once it is under way. Closes the page."""
    image = fake["drawn_image"](1, persons=PERSONS, width=SIDE, height=SIDE, flags=3)
    with fake["serving"](fake["World"]({1: image}, lens=lens)) as url:
        page.goto(url)
        accepts["wait_for"](page, "painted", 1)
        page.evaluate("document.querySelector('pose-editor').run('fit-image')")
        page.evaluate(_WATCH)
        wire = page.context.new_cdp_session(page)
        wire.send("Performance.enable")
        spot = begin(page)
        page.evaluate("window.begin()")
        before = busy_s(wire)
        go_on(page, spot)
        busy = busy_s(wire) - before
        times, frames, painted = page.evaluate("[window.work, window.frames, window.painted]")
        page.close()
    calls = {layer: sum(n for call, n in painted.items() if call.startswith(f"{layer}.")) for layer in LAYERS}
    return {
        "image_px": [SIDE, SIDE],
        "persons": PERSONS,
        "work_ms": accepts["summary"](times),
        "main_thread_ms": round(1000 * busy / len(frames), 1),
        "frames_s": round(1000 * (len(frames) - 1) / (frames[-1] - frames[0]), 1),
        "layer_calls": calls,
    }


def busy_s(wire: CDPSession) -> float:
    """How long the page's main thread was busy since it began."""
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def hold_keypoint(page: Page) -> Spot:
    """A keypoint of the selected person, taken hold of and moved a little; gives where the pointer is."""
    found = page.evaluate("document.querySelector('pose-editor').screenOf(100, 'left_wrist')")
    return hold(page, (found["x"], found["y"]))


def hold_image(page: Page) -> Spot:
    """The image, taken hold of beside everybody."""
    stage = page.locator("pose-editor .stage").bounding_box()
    if stage is None:
        raise RuntimeError("the editor shows no stage; wanted the image to drag. Has it failed to open?")
    return hold(page, (stage["x"] + 20, stage["y"] + stage["height"] - 60))


def hold(page: Page, spot: Spot) -> Spot:
    page.mouse.move(*spot)
    page.mouse.down()
    page.mouse.move(spot[0] + 8, spot[1] + 8, steps=4)
    page.wait_for_timeout(100)
    return spot


def wander(page: Page, spot: Spot) -> None:
    """The pointer goes on, holding what it holds."""
    for step in range(MOVES):
        page.mouse.move(spot[0] + step % 40, spot[1] + step % 25)


def point_at_middle(page: Page) -> Spot:
    """The pointer over the image's middle."""
    found = page.evaluate("([side]) => document.querySelector('pose-editor').screenAt(side / 2, side / 2)", [SIDE])
    page.mouse.move(found["x"], found["y"])
    return found["x"], found["y"]


def turn_wheel(page: Page, spot: Spot) -> None:
    """In to the pixels and out to the whole image, over and over."""
    for step in range(MOVES):
        page.mouse.wheel(0, -100 if step // 30 % 2 == 0 else 100)


if __name__ == "__main__":
    main()
