"""Keeps the web server and the worker running, as one command, until it is told to stop."""

import http.client
import ipaddress
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType

from app.guard_process import start_guarded, stop_guarded
from app.settings import Settings

GRACE_S = 10.0
"""How long web and worker get to stop before they are killed."""
POLL_S = 0.2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STEADY_S = 10.0
"""A service that ran this long had started well: the next failure counts as its first."""
GIVE_UP_AFTER = 5
"""A service that fails this often in a row, each time within STEADY_S, will not start by trying again."""

log = logging.getLogger(__name__)


class SupervisorError(RuntimeError):
    """Web and worker cannot be kept running; the message says why."""


class Service:
    """One child process that is started again when it ends, later each time."""

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self._command = command
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._start_at = 0.0
        self._failures = 0

    def tend(self) -> None:
        """Start the process if it is due, note if it has ended. Raises SupervisorError when it keeps failing."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self._process, self._started = start_guarded(self._command, grace_s=GRACE_S, environ=self._environ), now
        elif self._process.poll() is not None:
            self._note_end(stop_guarded(self._process), now)

    def _note_end(self, status: int, now: float) -> None:
        self._process = None
        self._failures = 1 if now - self._started >= STEADY_S else self._failures + 1
        if self._failures >= GIVE_UP_AFTER:
            raise SupervisorError(
                f"{self.name} ended {self._failures} times within {STEADY_S:.0f} s of its start, last with status "
                f"{status}; it should keep running. Its own message is above; mend that, then start again."
            )
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self._failures - 1))
        self._start_at = now + pause
        log.warning("%s ended with status %d; starting it again in %.1f s.", self.name, status, pause)

    def ask_to_stop(self) -> None:
        """Let the guard know; it asks the process and kills it after GRACE_S."""
        if self._process and self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def wait(self) -> None:
        """Return when nothing of the service runs any more."""
        if self._process:
            stop_guarded(self._process)


def run_supervised(
    settings: Settings,
    *,
    commands: Mapping[str, Sequence[str]] | None = None,
    announce: Callable[[str], None] | None = None,
) -> int:
    """Run web and worker until SIGTERM or Ctrl-C, then 0. Raises SupervisorError: the port is taken, one keeps failing.

    Both end with this process, even when it is killed. `announce` gets the URL once the web server answers.
    `commands`: what to run by name, instead of this application's `web` and `worker`.
    """
    require_free_port(settings.host, settings.port)
    stop = _stop_on_signals()
    services = [
        Service(name, command, child_environ(settings)) for name, command in (commands or _own(settings)).items()
    ]
    announced = False
    try:
        while not stop.is_set():
            for service in services:
                service.tend()
            if not announced and web_answers(settings):
                (announce or _say)(url(settings))
                announced = True
            stop.wait(POLL_S)
    finally:
        for service in services:
            service.ask_to_stop()
        for service in services:
            service.wait()
    return 0


def child_environ(settings: Settings) -> dict[str, str]:
    """This process's environment, with the settings that its children read from theirs."""
    return {
        **os.environ,
        "SSPCM_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "SSPCM_HOST": settings.host,
        "SSPCM_PORT": str(settings.port),
        "SSPCM_DEVICE": settings.device,
        "SSPCM_SECURE_COOKIES": "1" if settings.secure_cookies else "0",
        "SSPCM_ALLOWED_HOSTS": ",".join(settings.allowed_hosts),
    }


def require_free_port(host: str, port: int) -> None:
    """Raises SupervisorError if something listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SupervisorError(
                f"port {port} of {host} cannot be used ({error.strerror}); the web server needs it. "
                "End what listens there, or choose another with --port."
            ) from error


def url(settings: Settings) -> str:
    """Where a browser on this machine finds the web server."""
    host = _reachable(settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def web_answers(settings: Settings) -> bool:
    """Whether GET /healthz says 200."""
    connection = http.client.HTTPConnection(_reachable(settings.host), settings.port, timeout=1.0)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"{settings.allowed_hosts[0]}:{settings.port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _own(settings: Settings) -> dict[str, list[str]]:
    application = [sys.executable, "-P", "-m", "app", "--home", str(settings.home)]
    return {"web": [*application, "web", "--port", str(settings.port)], "worker": [*application, "worker"]}


def _reachable(host: str) -> str:
    """An address a browser on this machine can open, also when the server listens on all of them."""
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_unspecified:
            return "127.0.0.1" if address.version == 4 else "::1"
    return host


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return stop


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
