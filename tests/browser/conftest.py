"""Headless Chromium, and the whole application on a demo home."""

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from db.people import users
from db.pool import images, project
from db.records import NewImage, NewPerson
from db.store.session import migrate, open_store
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton
from tests.browser.acting import wait
from tests.browser.reviewed_home import make_reviewed_home

ROOT = Path(__file__).parents[2]
stand_in = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
find_chromium = runpy.run_path(str(Path(__file__).parent / "find_chromium.py"))["find_chromium"]

expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class RunningApp:
    """Where the application answers, its home, and the demo accounts' passwords by name."""

    url: str
    home: Path
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        pytest.fail("no Chromium: run `make browser`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_editor(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open the page of a stand-in for the server in a browser of its own, and wait until the first image is painted.

    `world`: what the stand-in knows (editor_server.py); `path`: the page's query; the rest goes to the browser context.
    """
    with ExitStack() as stack:

        def opened(world: Any, *, painted: bool = True, path: str = "", **options: Any) -> Page:
            url = stack.enter_context(stand_in["serving"](world))
            context = chromium.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(30_000)
            page.goto(f"{url}/{path}")
            if painted:
                wait(page, "painted", "1")
            return page

        yield opened


@pytest.fixture(scope="session")
def running_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """`python -P -m app demo` on a free port, stopped with everything it started."""
    home = tmp_path_factory.mktemp("browser") / "home"
    with _serving(home, "demo") as url:
        accounts = json.loads((home / "demo-accounts.json").read_text())
        yield RunningApp(url, home, passwords_of(accounts))


@pytest.fixture(scope="session")
def empty_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """`python -P -m app web` on a home with two accounts and nothing else: no image, no worker."""
    home = tmp_path_factory.mktemp("browser") / "an empty home"
    passwords = {"annotator": "correct horse", "lead": "correct horse"}
    migrate(f"sqlite:///{_made(home) / 'store.db'}")
    store = open_store(f"sqlite:///{home / 'store.db'}")
    with store.transaction() as tx:
        for name, password in passwords.items():
            users.add_user(tx, name, "lead" if name == "lead" else "annotator", password)
    store.close()
    with _serving(home, "web") as url:
        yield RunningApp(url, home, passwords)


@pytest.fixture
def waiting_app(tmp_path: Path) -> Iterator[RunningApp]:
    """`python -P -m app web` on a home of 60 images of one person each, ten of them too small to label; no worker."""
    home, passwords = _made(tmp_path / "home"), {"lead": "correct horse"}
    migrate(f"sqlite:///{home / 'store.db'}")
    store = open_store(f"sqlite:///{home / 'store.db'}")
    with store.transaction() as tx:
        users.add_user(tx, "lead", "lead", passwords["lead"])
        project.ensure_project(tx, name="waiting", skeleton=get_skeleton("coco-17"))
        for number in range(60):
            box = Box(9, 9, 20, 30) if number < 10 else Box(9, 9, 200, 300)
            image = NewImage(f"{number:064x}", f"{number:04d}.jpg", 640, 480, "hall", number)
            images.add_image(tx, image, [NewPerson(box)])
    store.close()
    with _serving(home, "web") as url:
        yield RunningApp(url, home, passwords)


@pytest.fixture(scope="module")
def team_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """`python -P -m app web` on a home with one account, a lead, and nothing else."""
    home, passwords = _made(tmp_path_factory.mktemp("browser") / "a team's home"), {"lead": "correct horse"}
    migrate(f"sqlite:///{home / 'store.db'}")
    store = open_store(f"sqlite:///{home / 'store.db'}")
    with store.transaction() as tx:
        users.add_user(tx, "lead", "lead", passwords["lead"])
    store.close()
    with _serving(home, "web") as url:
        yield RunningApp(url, home, passwords)


@pytest.fixture(scope="module")
def reviewed_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """`python -P -m app web` on a home whose 53 persons ann has labelled, with two reviewers and a lead."""
    home = _made(tmp_path_factory.mktemp("browser") / "a reviewed home")
    passwords = make_reviewed_home(home)
    with _serving(home, "web") as url:
        yield RunningApp(url, home, passwords)


@pytest.fixture
def fresh_app(tmp_path: Path) -> Iterator[RunningApp]:
    """`python -P -m app web` on a home that is not there yet, so that nobody has an account."""
    with _serving(_made(tmp_path / "a fresh home"), "web") as url:
        yield RunningApp(url, tmp_path / "a fresh home", {})


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _serving(home: Path, command: str) -> Iterator[str]:
    """`python -P -m app COMMAND` on a free port, stopped with everything it started; its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (home.parent / "app.log").open("w")
    words = [sys.executable, "-P", "-m", "app", "--home", str(home), command, "--port", str(port)]
    app = subprocess.Popen(
        words, cwd=ROOT, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""}, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/healthz", app, Path(log.name))
        yield url
    finally:
        app.send_signal(signal.SIGTERM)
        app.wait(30)
        log.close()


def passwords_of(accounts: object) -> dict[str, str]:
    """By name, from the file that `demo` keeps."""
    assert isinstance(accounts, dict), accounts
    return {str(name): str(password) for name, password in accounts.items()}


def _wait_for(url: str, app: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if app.poll() is not None:
            pytest.fail(f"the application ended with {app.returncode}:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"no answer from {url} in 240 s:\n{log.read_text()[-3000:]}")


@pytest.fixture
def sign_in(chromium: Browser, running_app: RunningApp) -> Iterator[Callable[[str], Page]]:
    """Open a browser of its own, signed in as one of the demo accounts."""
    with ExitStack() as stack:
        yield lambda name: signed_in(stack, chromium, running_app, name)


@pytest.fixture
def sign_in_empty(chromium: Browser, empty_app: RunningApp) -> Iterator[Callable[..., Page]]:
    """The same, on the empty home; the rest goes to the browser context."""
    with ExitStack() as stack:
        yield lambda name, **options: signed_in(stack, chromium, empty_app, name, **options)


@pytest.fixture
def opens(chromium: Browser, team_app: RunningApp) -> Iterator[Callable[..., Page]]:
    """Open the team's page in a browser of its own, signed in; the rest goes to the browser context."""
    with ExitStack() as stack:

        def opened(name: str, **options: Any) -> Page:
            page = signed_in(stack, chromium, team_app, name, **options)
            page.goto(f"{team_app.url}/team/")
            page.wait_for_selector("work-team[data-state=ready]")
            return page

        yield opened


def signed_in(stack: ExitStack, chromium: Browser, app: RunningApp, name: str, **options: Any) -> Page:
    """A page of a browser of its own, signed in."""
    context = chromium.new_context(**{"viewport": {"width": 1400, "height": 900}, **options})
    stack.callback(context.close)
    page = context.new_page()
    page.goto(f"{app.url}/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(app.passwords[name])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page
