"""Keeps the web server and the worker running, as one command, until it is told to stop."""

import http.client
import ipaddress
import logging
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

from app.home.settings import Settings
from app.processes.child import start_guarded, stop_guarded
from app.processes.last_words import LastWords
from app.processes.sign_of_health import VARIABLE
from app.processes.worker_trouble import LINES_KEPT, WorkerTrouble, forget_trouble, note_trouble, read_trouble

GRACE_S = 10.0
"""How long web and worker get to stop before they are killed."""
POLL_S = 0.2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STEADY_S = 10.0
"""A service that ran this long after its first sign of health had started well: its next end counts as the first."""
GIVE_UP_AFTER = 5
"""A service that ends this often in a row without having started well will not start by trying again soon."""
RETRY_S = 300.0
"""A worker that was given up is tried again this often; the mend may come from elsewhere, as on a full disk."""

log = logging.getLogger(__name__)


class SupervisorError(RuntimeError):
    """Web and worker cannot be kept running; the message says why."""


@dataclass(frozen=True)
class Failing:
    """A service that ended `ends` times in a row without having started well."""

    name: str
    ends: int
    status: int
    said: tuple[str, ...]
    """The last lines it wrote."""


class Service:
    """One child process that is started again when it ends, later each time.

    `answers`: its sign of health, asked until it says yes. Without one, it gives a sign by itself (`give_sign`).
    `give_up`: called after GIVE_UP_AFTER ends in a row and at each further one; unless it raises, the service is tried
    again every RETRY_S. `recovered`: called when it runs well after that.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        give_up: Callable[[Failing], None],
        recovered: Callable[[], None] = lambda: None,
        answers: Callable[[], bool] | None = None,
    ) -> None:
        self.name = name
        self._command = command
        self._environ = environ
        self._give_up, self._recovered, self._answers = give_up, recovered, answers
        self._process: subprocess.Popen[bytes] | None = None
        self._words: LastWords | None = None
        self._sign: int | None = None
        self._start_at, self._well_at = 0.0, math.inf
        self._failures = 0

    def tend(self) -> None:
        """Start the process if it is due, note if it is well or has ended. Raises what `give_up` raises."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self._start()
        elif self._process.poll() is not None:
            self._note_end(stop_guarded(self._process), now)  # ended already: this closes its pipe and takes its status
        else:
            self._note_health(now)

    def try_now(self) -> None:
        """Start it at the next `tend`, however long it was to wait."""
        self._start_at = 0.0

    def _start(self) -> None:
        self._well_at = math.inf
        self._words = LastWords(lines=LINES_KEPT)
        self._sign, sign = os.pipe()
        os.set_blocking(self._sign, False)  # a sign that has not come must not stop the loop
        environ = {**self._environ, VARIABLE: str(sign)}
        try:
            self._process = start_guarded(
                self._command, grace_s=GRACE_S, environ=environ, output=self._words.mouth, keep_open=[sign]
            )
        except OSError as error:  # no process or memory left: the other service must not end for it
            log.error("%s cannot be started: %s.", self.name, error)
            self._note_end(error.errno or 1, time.monotonic())
        finally:
            self._words.mouth.close()  # else its listener would never hear an end
            os.close(sign)

    def _note_health(self, now: float) -> None:
        if self._well_at == math.inf and self._is_well():
            self._well_at = now
        if self._failures and now - self._well_at >= STEADY_S:
            if self._failures >= GIVE_UP_AFTER:
                log.warning("%s runs again.", self.name)
                self._recovered()
            self._failures = 0

    def _is_well(self) -> bool:
        if self._answers is not None:
            return self._answers()
        try:
            return self._sign is not None and bool(os.read(self._sign, 1))
        except BlockingIOError:
            return False

    def _note_end(self, status: int, now: float) -> None:
        self._process = None
        if self._sign is not None:
            os.close(self._sign)
            self._sign = None
        # inf where it never was well: one more in a row
        self._failures = 1 if now - self._well_at >= STEADY_S else self._failures + 1
        if self._failures >= GIVE_UP_AFTER:
            self._start_at = now + RETRY_S
            said = self._words.said() if self._words else ()
            self._give_up(Failing(self.name, self._failures, status, said))
            return
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
    """Run web and worker until SIGTERM or Ctrl-C, then 0. Raises SupervisorError: the port is taken, web keeps failing.

    A worker that keeps failing is given up alone: annotators need no worker. `worker_trouble` tells why; it is tried
    again every RETRY_S, and at once on SIGUSR1. Both end with this process, even when it is killed. `announce` gets the
    URL once the web server answers. `commands`: what to run by name, instead of this application's `web` and `worker`.
    """
    require_free_port(settings.host, settings.port)
    stop, try_now = _stop_on_signals(), _note_usr1()
    _forget_trouble(settings.home)
    services = [_service(settings, name, command) for name, command in (commands or _own(settings)).items()]
    announced = False
    try:
        while not stop.is_set():
            if try_now.is_set():
                try_now.clear()
                for service in services:
                    service.try_now()
            for service in services:
                service.tend()
            if not announced and web_answers(settings):
                (announce or _say)(url(settings))
                announced = True
            stop.wait(POLL_S)
    finally:
        for service in services:  # all are asked before one is waited for
            service.ask_to_stop()
        for service in services:
            service.wait()
    return 0


def _service(settings: Settings, name: str, command: Sequence[str]) -> Service:
    if name == "web":
        answers = partial(web_answers, settings)
        return Service(name, command, child_environ(settings), give_up=_end_with_web, answers=answers)
    return Service(
        name,
        command,
        child_environ(settings),
        give_up=partial(_tell_trouble, settings.home),
        recovered=partial(_forget_trouble, settings.home),
    )


def _end_with_web(failing: Failing) -> None:
    raise SupervisorError(
        f"{failing.name} ended {failing.ends} times before it had run {STEADY_S:.0f} s, last with status "
        f"{failing.status}; it should keep running. Its own message is above; mend that, then start again."
    )


def _tell_trouble(home: Path, failing: Failing) -> None:
    """The log gets it once, the lead's page its newest form."""
    advice = (
        f"Mend what its last lines say. It is tried again every {RETRY_S / 60:.0f} minutes, "
        f"at once after 'kill -USR1 {os.getpid()}' on the server; labelling goes on meanwhile."
    )
    if failing.ends == GIVE_UP_AFTER:
        log.error(
            "%s ended %d times before it had run %.0f s, last with status %d: no round runs now. It said why above. %s",
            failing.name,
            failing.ends,
            STEADY_S,
            failing.status,
            advice,
        )
    trouble = WorkerTrouble(datetime.now(UTC), failing.status, failing.ends, failing.said, advice)
    try:
        note_trouble(home, trouble)
    except OSError as error:
        log.warning("the lead's page cannot tell it: %s.", error)


def _forget_trouble(home: Path) -> None:
    try:
        forget_trouble(home)
    except OSError as error:
        if read_trouble(home) is not None:
            log.warning("an earlier worker's trouble stays on the lead's page: %s.", error)


def child_environ(settings: Settings) -> dict[str, str]:
    """This process's environment, with the settings that its children read from theirs."""
    return {
        **os.environ,  # what the command line said goes over it
        "SSPCM_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "SSPCM_HOST": settings.host,
        "SSPCM_PORT": str(settings.port),
        "SSPCM_DEVICE": settings.device,
        "SSPCM_MOST_HELD": str(settings.most_held),
        "SSPCM_KEEP_ROUNDS": "all" if settings.keep_rounds is None else str(settings.keep_rounds),
        "SSPCM_WORKER": settings.worker or "",
        "SSPCM_WORKER_GONE_S": f"{settings.worker_gone_s:.0f}",
        "SSPCM_METRICS_TOKEN": settings.metrics_token or "",
        "SSPCM_LOG": settings.log_format,
        "SSPCM_SECURE_COOKIES": "1" if settings.secure_cookies else "0",
        "SSPCM_ALLOWED_HOSTS": ",".join(settings.allowed_hosts),
        "SSPCM_TRUSTED_PROXIES": ",".join(settings.trusted_proxies),
    }


def require_free_port(host: str, port: int) -> None:
    """Raises SupervisorError if something listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # as the server binds: a port left moments ago counts as free
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


def _note_usr1() -> threading.Event:
    told = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGUSR1, note)
    return told


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
