"""Where Chromium is: Playwright's own, else one on the PATH. Prints the path; exits 1 when there is none."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def find_chromium() -> str | None:
    """The executable's path, or None."""
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    if Path(bundled).is_file():
        return bundled
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


if __name__ == "__main__":
    path = find_chromium()
    if path is None:
        sys.exit(
            "No Chromium: wanted Playwright's (playwright install chromium) or Debian's (apt-get install chromium)."
        )
    print(path)
