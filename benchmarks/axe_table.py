"""What axe-core finds on each page, by impact: every page in both themes, on a desktop and on a phone.

python benchmarks/axe_table.py

In headless Chromium. One JSON line for each page, theme and device: how many elements break a rule, by impact, and
which rules. The editor's own states are checked by tests/browser/test_accessible.py.
"""

import json
import runpy
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.axe_findings import IMPACTS, findings
from tests.browser.screens import PHONE, READY, THEMES

ROOT = Path(__file__).resolve().parents[1]
find_chromium = runpy.run_path(str(ROOT / "tests" / "browser" / "find_chromium.py"))["find_chromium"]
on_app = runpy.run_path(str(ROOT / "benchmarks" / "accept_on_app.py"))
DEVICES = {"desktop": {"viewport": {"width": 1440, "height": 900}}, "phone": PHONE}
HOME_IMAGES = 6


def main() -> None:
    """Look at every page and print the table's rows."""
    executable = find_chromium()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        home = Path(folder) / "home"
        password = on_app["build_home"](home, HOME_IMAGES)
        with on_app["serving"](home) as url:
            for device in DEVICES:
                for theme in THEMES:
                    look_at_pages(chromium, url, password, device=device, theme=theme)
        chromium.close()


def look_at_pages(chromium: Browser, url: str, password: str, *, device: str, theme: str) -> None:
    """The way in, then every page as a lead sees it."""
    context = chromium.new_context(**DEVICES[device], color_scheme=theme)
    page = context.new_page()
    page.goto(f"{url}/login")
    tell(page, "/login", device, theme)
    on_app["sign_in"](page, url, password, name="lee")
    page.wait_for_url(lambda there: "/login" not in there)
    for path, whole in READY.items():
        page.goto(f"{url}{path}")
        page.wait_for_selector(whole, timeout=30_000)
        tell(page, path, device, theme)
    context.close()


def tell(page: Page, path: str, device: str, theme: str) -> None:
    """One row of the table."""
    found = findings(page)
    impacts = Counter(one.impact for one in found)
    row = {"benchmark": "axe_table", "page": path, "theme": theme, "device": device}
    row |= {impact: impacts[impact] for impact in IMPACTS}
    print(json.dumps({**row, "rules": sorted({one.rule for one in found})}), flush=True)


if __name__ == "__main__":
    main()
