"""What it takes to correct a person with three flagged keypoints: actions and seconds, by keyboard and by mouse.

python benchmarks/editor_actions.py

Scripted, on the editor's stand-in server in headless Chromium. One JSON line for each way. `actions`: key presses, or
drags and key presses; `machine_s`: from the first of them to the next image painted, nobody thinking; `model_s`: what
the keystroke-level model (Card, Moran and Newell 1980) says of the hands alone: 0.28 s a key, 1.1 s to point, 0.1 s to
press or to release a button, 0.4 s from mouse to keyboard. Looking and deciding come on top, whatever the tool; a held
arrow repeats, and is counted as if it did not.
"""

import json
import runpy
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
BROWSER_TESTS = ROOT / "tests" / "browser"
fake = runpy.run_path(str(BROWSER_TESTS / "editor_server.py"))
find_chromium = runpy.run_path(str(BROWSER_TESTS / "find_chromium.py"))["find_chromium"]
FLAGS, RUNS = 3, 5
KEY_S, POINT_S, BUTTON_S, HOME_S = 0.28, 1.1, 0.1, 0.4
DRAG_S = 2 * (POINT_S + BUTTON_S)
Way = Callable[[Page, Any], tuple[int, float]]


def main() -> None:
    """Correct one person in each way, a few times, and print what it took."""
    executable = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for name, way in WAYS.items():
            page = chromium.new_page(viewport={"width": 1280, "height": 860})
            print(json.dumps({"benchmark": "editor_actions", "way": name, "flags": FLAGS, **measured(page, way)}))
            page.close()
        chromium.close()


def measured(page: Page, way: Way) -> dict[str, Any]:
    """Actions, seconds of the model, and the median seconds of the machine, over RUNS persons."""
    images = {i: fake["drawn_image"](i, persons=1, flags=FLAGS) for i in range(1, RUNS + 4)}
    world, took, done = fake["World"](images), [], []
    with fake["serving"](world) as url:
        page.goto(url)
        for run in range(1, RUNS + 1):
            page.wait_for_selector(f"pose-editor[data-painted='{run}'][data-ahead='2']")
            began = time.perf_counter()
            done.append(way(page, images[run].persons[0]))
            page.wait_for_selector(f"pose-editor[data-painted='{run + 1}']")
            took.append(time.perf_counter() - began)
        page.wait_for_selector("pose-editor[data-status='saved']")
    touched = [sum(saved["touched"]) for saved in world.saves("accept")]
    if touched != [FLAGS] * RUNS:
        raise RuntimeError(f"{touched} keypoints were corrected; wanted {FLAGS} of each. Have the keys changed?")
    actions, model_s = zip(*done, strict=True)
    return {
        "actions": sorted(actions)[RUNS // 2],
        "machine_s": round(sorted(took)[RUNS // 2], 2),
        "model_s": round(sorted(model_s)[RUNS // 2], 2),
        "persons": RUNS,
    }


def by_two_nudges(page: Page, person: Any) -> tuple[int, float]:
    """Two arrow keys a flag, Tab between the flags, Enter; gives the presses and the model's seconds."""
    keys = ["ArrowRight", "ArrowUp"]
    return press(page, [*between(["Tab"], [keys] * FLAGS), "Enter"])


def by_keyboard(page: Page, person: Any) -> tuple[int, float]:
    """Each flagged keypoint by arrows to the pixel where teacher A sees it, which is where it is."""
    moves = [arrows(person.start[k], person.ghosts["A"][k]) for k in flagged(person)]
    return press(page, [*between(["Tab"], moves), "Enter"])


def by_mouse(page: Page, person: Any) -> tuple[int, float]:
    """Each flagged keypoint dragged there, then Enter."""
    for keypoint in flagged(person):
        start, end = (in_window(page, rows[keypoint]) for rows in (person.start, person.ghosts["A"]))
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        page.mouse.move(*end)
        page.mouse.up()
    page.keyboard.press("Enter")
    return FLAGS + 1, FLAGS * DRAG_S + HOME_S + KEY_S


WAYS: dict[str, Way] = {
    "two nudges a flag": by_two_nudges,
    "keyboard, to the pixel": by_keyboard,
    "mouse": by_mouse,
}


def flagged(person: Any) -> list[int]:
    """The flagged keypoints as Tab walks them."""
    return [flag["keypoint"] for flag in person.flags]


def arrows(start: list[float], end: list[float]) -> list[str]:
    """The presses from one place to another: tens of pixels with Shift, then single ones; one at least."""
    keys = []
    for axis, (less, more) in enumerate((("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown"))):
        way = round(end[axis] - start[axis])
        tens = round(way / 10)
        ones = way - 10 * tens
        keys += [f"Shift+{more if tens > 0 else less}"] * abs(tens) + [more if ones > 0 else less] * abs(ones)
    return keys or ["ArrowRight"]


def between(joint: list[str], parts: list[list[str]]) -> list[str]:
    """The parts in a row, the joint between two of them."""
    return [key for i, part in enumerate(parts) for key in [*(joint if i else []), *part]]


def press(page: Page, keys: list[str]) -> tuple[int, float]:
    """Press them; gives how many there are and the model's seconds. Shift counts as a press where it goes down."""
    for key in keys:
        page.keyboard.press(key)
    shifted = [key.startswith("Shift+") for key in ("", *keys)]
    shifts = sum(now and not before for before, now in pairwise(shifted))
    return len(keys) + shifts, KEY_S * (len(keys) + shifts)


def in_window(page: Page, point: list[float]) -> tuple[float, float]:
    """Where an image pixel is in the window."""
    spot = page.evaluate("([x, y]) => document.querySelector('pose-editor').screenAt(x, y)", point[:2])
    return spot["x"], spot["y"]


if __name__ == "__main__":
    main()
