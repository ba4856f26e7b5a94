"""From the Accept key to the next image painted: how it is measured, on the application and on its stand-in alike.

From the key's handler, in the capture phase, to the task after the frame that shows the next image decoded. Before
each key the next two images are at hand, as they are for anybody who looks at an image for a second. Every image is a
JPEG of its own, 1280 x 960 px, of about 500 kB. Measured by editor.py and accept_on_app.py; run alone, this prints
nothing.
"""

from statistics import median
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Page

WIDTH, HEIGHT = 1280, 960
AHEAD = 2
SPARE_IMAGES = 4
"""Beyond the images accepted, so that two are at hand before the last one as well."""

# accepts: to the mutation that the task after the painted frame makes; laid: until data-image changes; callbacks: in
# the frame's callbacks. empty: the same way for a key that nobody listens to, which is what the browser's frames cost.
_WATCH = """() => {
  const editor = document.querySelector("pose-editor");
  const frames = window.requestAnimationFrame.bind(window);
  const soon = (work) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { work(); port1.close(); };
    port2.postMessage(null);
  };
  window.times = { accepts: [], empty: [], laid: [], callbacks: [] };
  let pressed = 0, inFrame = 0;
  window.requestAnimationFrame = (call) => frames((now) => {
    const began = performance.now();
    call(now);
    inFrame += performance.now() - began;
  });
  window.addEventListener("keydown", ({ key }) => {
    const at = performance.now();
    if (key === "Insert") return frames(() => soon(() => window.times.empty.push(performance.now() - at)));
    [pressed, inFrame] = [at, 0];
  }, { capture: true });
  new MutationObserver(() => window.times.laid.push(performance.now() - pressed))
    .observe(editor, { attributes: true, attributeFilter: ["data-image"] });
  new MutationObserver(() => {
    window.times.accepts.push(performance.now() - pressed);
    window.times.callbacks.push(inFrame);
  }).observe(editor, { attributes: true, attributeFilter: ["data-painted"] });
}"""


def time_accepts(page: Page, runs: int) -> dict[str, list[float]]:
    """Accept `runs` images of one person with a whole pose each, a key that does nothing before each; ms a run."""
    wait_for(page, "painted", 1)
    page.evaluate(_WATCH)
    for done in range(1, runs + 1):
        wait_for(page, "ahead", AHEAD)
        page.keyboard.press("Insert")
        while page.evaluate("window.times.empty.length") < done:
            page.wait_for_timeout(5)
        page.keyboard.press("Enter")
        wait_for(page, "painted", done + 1)
    times: dict[str, list[float]] = page.evaluate("window.times")
    return times


def over_a_network(page: Page, *, round_trip_ms: float = 50, megabits_s: float = 20) -> None:
    """From now on the page's requests take as long as over such a network; Chromium emulates it."""
    bytes_s = megabits_s * 1e6 / 8
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": round_trip_ms, "downloadThroughput": bytes_s, "uploadThroughput": bytes_s},
    )


def grainy(jpeg: bytes, seed: int) -> bytes:
    """The picture at 1280 x 960 px with a camera's grain, another one for each seed: a JPEG of about 500 kB.

    Raises RuntimeError where the picture cannot be coded.
    """
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    large = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    grain = 10 * np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH, 1), np.float32)
    seen = np.clip(large + grain, 0, 255).astype(np.uint8)
    ok, coded = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not ok:
        raise RuntimeError("the grainy picture could not be coded as a JPEG; wanted its bytes. Is OpenCV whole?")
    return coded.tobytes()


def told(times: dict[str, list[float]]) -> dict[str, Any]:
    """What was measured, in words for the JSON line."""
    found = {name: summary(measured) for name, measured in times.items()}
    return {
        "accept_to_painted_ms": found["accepts"],
        "empty_frame_ms": found["empty"],
        "ratio_to_empty_frame": round(found["accepts"]["median"] / found["empty"]["median"], 2),
        "laid_ms": found["laid"],
        "frame_callbacks_ms": found["callbacks"],
    }


def wait_for(page: Page, name: str, value: int) -> None:
    """Wait until the editor's data-`name` is `value`."""
    page.wait_for_selector(f"pose-editor[data-{name}='{value}']", timeout=30_000)


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile, and how many were measured."""
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    return {"median": round(median(times), 1), "p95": round(p95, 1), "count": len(times)}
