"""The application as a process of its own, and signed-in clients of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from app.demo.home import DemoHome
from app.demo.loop import CheckFailed, Loop
from app.home.settings import Settings
from app.processes.child import start_guarded, stop_guarded
from app.processes.supervisor import web_answers

START_LIMIT_S = 90.0
GRACE_S = 20.0
"""How long the application gets to stop: longer than its own supervisor gives web and worker."""
OTHER_HOMES = ("DATABASE_URL", "SSPCM_HOME", "SSPCM_HOST", "SSPCM_PORT", "SSPCM_ALLOWED_HOSTS", "SSPCM_SECURE_COOKIES")
"""What the environment may say of another home than the check's."""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def application(settings: Settings, loop: Loop) -> Iterator[None]:
    """`up` on the home, stopped with everything it started, also when this process is killed."""
    command = [sys.executable, "-P", "-m", "app", "--home", str(settings.home), "up", "--port", str(settings.port)]
    environ = {key: value for key, value in os.environ.items() if key not in OTHER_HOMES}
    with _log(settings).open("wb") as output:
        process = start_guarded(command, grace_s=GRACE_S, output=output, environ=environ)
    try:
        with loop.timed("start"):
            _wait_until_up(settings, process)
        yield
    finally:
        stop_guarded(process)


def _log(settings: Settings) -> Path:
    return settings.home / "app.log"


def tail(settings: Settings) -> str:
    """The end of what the application printed."""
    return _log(settings).read_text(errors="replace")[-2000:] if _log(settings).exists() else ""


def _wait_until_up(settings: Settings, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CheckFailed(f"the application ended with status {process.returncode} before its first answer.")
        if web_answers(settings):
            return
        time.sleep(0.1)
    raise CheckFailed(f"the web server did not answer within {START_LIMIT_S:.0f} s.")


def _url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


@contextmanager
def signed_in(settings: Settings, name: str, home: DemoHome) -> Iterator[httpx.Client]:
    """A client with the account's session and CSRF token."""
    origin = {"Origin": _url(settings)}
    with httpx.Client(base_url=_url(settings), headers=origin, timeout=60) as client:
        answered = client.post("/login", data={"name": name, "password": home.passwords[name]})
        if answered.status_code >= 400:
            raise CheckFailed(f"signing in as {name} was answered with {answered.status_code}: {answered.text[:300]}")
        client.headers["X-CSRF-Token"] = get(client, "/api/session").json()["csrf"]
        yield client


def get(client: httpx.Client, path: str) -> httpx.Response:
    """The answer. Raises CheckFailed for a refusal."""
    return _require_ok(client.get(path), path)


def post(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    """The JSON that is answered. Raises CheckFailed for a refusal."""
    return _require_ok(client.post(path, json=body), path).json()


def _require_ok(answered: httpx.Response, path: str) -> httpx.Response:
    if answered.status_code >= 300:
        raise CheckFailed(f"{path} was answered with {answered.status_code}: {answered.text[:500]}")
    return answered
