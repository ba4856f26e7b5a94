"""What the editor looks like: screenshots of its states and sizes, to be looked at by people.

python benchmarks/editor_screens.py [OUT_DIR, build/screens if none is named]

On its stand-in server, with the drawn images that the demo comes with; then the real application's pages, with a home
made for it. In headless Chromium. One JSON line for each screenshot: its name, and the size in CSS pixels.
"""

import argparse
import json
import runpy
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import editor_states as states
from tests.browser.screens import LANDSCAPE, PHONE, TABLET, THEMES

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "static" / "demo"
fake = runpy.run_path(str(ROOT / "tests" / "browser" / "editor_server.py"))
find_chromium = runpy.run_path(str(ROOT / "tests" / "browser" / "find_chromium.py"))["find_chromium"]
on_app = runpy.run_path(str(ROOT / "benchmarks" / "accept_on_app.py"))
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
FOUR_K = {"viewport": {"width": 3840, "height": 2160}}
HOME_IMAGES = 6
PAGES = {"login": "main", "annotate": "pose-editor[data-painted]", "sheet": "contact-sheet[data-phase=ready]"}
"""The application's pages that an annotator sees, and what is there when one is whole."""
APP_SHOTS = {
    "light": {**DESKTOP, "color_scheme": "light"},
    "dark": {**DESKTOP, "color_scheme": "dark"},
    "phone": PHONE,
}


@dataclass(frozen=True)
class Shot:
    """One screenshot: on which device, in which state, and what the stand-in's images are."""

    name: str
    show: states.State = states.shows_image
    device: dict[str, Any] = field(default_factory=lambda: DESKTOP)
    theme: str = "light"
    is_crowd: bool = False
    is_whole: bool = False


SHOTS = (
    Shot("light"),
    Shot("dark", theme="dark"),
    Shot("phone", device=PHONE),
    Shot("phone, dark", device=PHONE, theme="dark"),
    Shot("phone, whole page", device=PHONE, is_whole=True),
    Shot("phone, placing", states.shows_placing, device=PHONE),
    Shot("phone, view settings", states.shows_looks, device=PHONE),
    Shot("phone, reasons", states.shows_reasons, device=PHONE),
    Shot("tablet", device=TABLET),
    Shot("tablet, on its side", device=LANDSCAPE),
    Shot("4K", device=FOUR_K),
    Shot("4K, 100 persons", device=FOUR_K, is_crowd=True),
    Shot("100 persons", is_crowd=True),
    Shot("100 persons, phone", device=PHONE, is_crowd=True),
    Shot("window of 320 px", device={"viewport": {"width": 320, "height": 700}}),
    *(
        Shot(f"{state.__name__.removeprefix('shows_')}, {theme}", state, theme=theme)
        for state in states.STATES[1:]
        for theme in THEMES
    ),
)


def main() -> None:
    """Take every screenshot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT_DIR", type=Path, nargs="?", default=Path("build/screens"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    executable = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            with shown(chromium, shot) as page:
                take(page, out, shot.name, is_whole=shot.is_whole)
        take_pages(chromium, out)
        chromium.close()


@contextmanager
def shown(chromium: Browser, shot: Shot) -> Iterator[Page]:
    """The editor on the stand-in, in the state of a shot."""
    images = crowd() if shot.is_crowd else demo_images()
    if shot.show is states.shows_placing:
        images = {1: fake["drawn_image"](1)}
        images[1].persons.append(states.somebody_to_place())
    elif shot.show is not states.shows_image:
        images = {i: fake["drawn_image"](i) for i in (1, 2)}
    world = fake["World"](images)
    with fake["serving"](world) as url:
        page = chromium.new_page(**shot.device, color_scheme=shot.theme)
        page.goto(url)
        page.wait_for_selector("pose-editor[data-painted='1']", timeout=30_000)
        shot.show(page, world)
        yield page
        page.close()


def crowd() -> dict[int, Any]:
    """One frame of 4096 x 4096 px with 100 persons."""
    return {1: fake["drawn_image"](1, persons=100, width=4096, height=4096, flags=3)}


def demo_images() -> dict[int, Any]:
    """The demo's labelled images."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(DEMO / "seed.json", Path(folder) / "annotations.json")
        (Path(folder) / "images").symlink_to(DEMO / "images")
        images: dict[int, Any] = fake["images_of"](Path(folder))
    return images


def take_pages(chromium: Browser, out: Path) -> None:
    """The real application's pages, in both themes and on a phone."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        password = on_app["build_home"](home, HOME_IMAGES)
        with on_app["serving"](home) as url:
            for name, options in APP_SHOTS.items():
                context = chromium.new_context(**options)
                page = context.new_page()
                for path, whole in PAGES.items():
                    if path == "annotate":
                        on_app["sign_in"](page, url, password)
                    page.goto(f"{url}/{path}")
                    page.wait_for_selector(whole, timeout=30_000)
                    take(page, out, f"app, {path}, {name}")
                context.close()


def take(page: Page, out: Path, name: str, *, is_whole: bool = False) -> None:
    """Keep what the page shows once it is painted, and say so. is_whole: also what has to be scrolled to."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.screenshot(path=out / f"{name.replace(', ', '-').replace(' ', '_')}.png", full_page=is_whole)
    print(json.dumps({"benchmark": "editor_screens", "screen": name, "size": page.viewport_size}), flush=True)


if __name__ == "__main__":
    main()
