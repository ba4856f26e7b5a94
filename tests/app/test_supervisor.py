"""The supervisor with small real services: it starts them, starts them again, and leaves none behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.settings import Settings
from app.supervisor import SupervisorError, child_environ, require_free_port, run_supervised, url, web_answers

WEB = """
import http.server, os, signal, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
    def log_message(self, *_):
        pass
open(os.environ["SSPCM_HOME"] + "/web.pid", "w").write(str(os.getpid()))
http.server.HTTPServer(("127.0.0.1", int(os.environ["SSPCM_PORT"])), Health).serve_forever()
"""
WORKER = """
import os, time
open(os.environ["SSPCM_HOME"] + "/worker.pid", "w").write(str(os.getpid()))
time.sleep(600)
"""
SUPERVISOR = f"""
import sys
from pathlib import Path
from app.settings import Settings
from app.supervisor import run_supervised
home, port = Path(sys.argv[1]), int(sys.argv[2])
commands = {{"web": [sys.executable, "-c", {WEB!r}], "worker": [sys.executable, "-c", {WORKER!r}]}}
sys.exit(run_supervised(Settings(home, f"sqlite:///{{home}}/store.db", port=port), commands=commands))
"""


def until(condition: Callable[[], bool], timeout_s: float = 15.0) -> None:
    """Return when the condition holds; fail the test when it takes too long."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # it may end at any moment
        return True


def pid_in(path: Path) -> int:
    """The number a service wrote, once it has."""
    until(lambda: path.is_file() and path.read_text() != "")
    return int(path.read_text())


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def supervisor(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A running supervisor; its stdout is a pipe."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path), str(port)], stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()
    for name in ("web.pid", "worker.pid"):
        if (tmp_path / name).is_file():
            until(lambda path=tmp_path / name: gone(int(path.read_text())))


def test_it_prints_the_address_once_the_web_server_answers(supervisor: subprocess.Popen[str], port: int) -> None:
    assert supervisor.stdout
    assert supervisor.stdout.readline() == f"http://127.0.0.1:{port}\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_both_services_and_then_the_supervisor(
    supervisor: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    web, worker = pid_in(tmp_path / "web.pid"), pid_in(tmp_path / "worker.pid")

    supervisor.send_signal(number)

    assert supervisor.wait(15) == 0
    assert gone(web)
    assert gone(worker)


def test_a_killed_service_is_started_again(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    first = pid_in(tmp_path / "worker.pid")
    (tmp_path / "worker.pid").unlink()

    os.kill(first, signal.SIGKILL)

    assert pid_in(tmp_path / "worker.pid") != first
    assert supervisor.poll() is None


def test_kill_9_of_the_supervisor_leaves_no_service(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    web, worker = pid_in(tmp_path / "web.pid"), pid_in(tmp_path / "worker.pid")

    supervisor.kill()

    until(lambda: gone(web) and gone(worker))


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(SupervisorError, match=f"port {port} of 127.0.0.1 cannot be used .*--port"):
            require_free_port("127.0.0.1", port)
        with pytest.raises(SupervisorError, match="cannot be used"):
            run_supervised(Settings(tmp_path, "sqlite://", port=port))


def test_a_service_that_never_starts_ends_the_supervisor_with_its_name(tmp_path: Path, port: int) -> None:
    code = SUPERVISOR.replace("commands = ", 'commands = {"worker": [sys.executable, "-c", "raise SystemExit(3)"]} or ')
    code = code.replace("import sys\n", "import sys, app.supervisor\napp.supervisor.FIRST_PAUSE_S = 0.02\n", 1)

    process = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(port)], capture_output=True, text=True, timeout=30, check=False
    )

    assert process.returncode == 1
    assert "worker ended 5 times" in process.stderr
    assert "last with status 3" in process.stderr


def test_children_read_the_settings_of_their_parent(tmp_path: Path) -> None:
    environ = child_environ(Settings(tmp_path, "sqlite:////x.db", port=81, device="cpu", allowed_hosts=("a", "b")))

    assert environ["SSPCM_HOME"] == str(tmp_path)
    assert environ["DATABASE_URL"] == "sqlite:////x.db"
    assert (environ["SSPCM_PORT"], environ["SSPCM_DEVICE"], environ["SSPCM_ALLOWED_HOSTS"]) == ("81", "cpu", "a,b")


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
        ("name", "http://name:80"),
    ],
)
def test_the_address_is_one_a_browser_here_can_open(tmp_path: Path, host: str, wanted: str) -> None:
    assert url(Settings(tmp_path, "sqlite://", host=host, port=80)) == wanted


def test_a_web_server_that_is_not_there_does_not_answer(tmp_path: Path, port: int) -> None:
    assert not web_answers(Settings(tmp_path, "sqlite://", port=port))
