"""The supervisor with small real services: it starts them, starts them again, and leaves none behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.home.settings import Settings
from app.processes.child import try_lock
from app.processes.supervisor import SupervisorError, child_environ, require_free_port, run_supervised, url, web_answers
from app.processes.worker_trouble import WorkerTrouble, read_trouble
from tests.waiting import gone, until

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
from app.home.settings import Settings
from app.processes.supervisor import run_supervised
home, port = Path(sys.argv[1]), int(sys.argv[2])
commands = {{"web": [sys.executable, "-c", {WEB!r}], "worker": [sys.executable, "-c", {WORKER!r}]}}
sys.exit(run_supervised(Settings(home, f"sqlite:///{{home}}/store.db", port=port), commands=commands))
"""


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


def hurried(worker: str, *, steady_s: float = 10.0, retry_s: float = 300.0, web: str = WEB) -> str:
    """A supervisor that loses no time between tries, with these services."""
    code = SUPERVISOR.replace(repr(WORKER), repr(worker)).replace(repr(WEB), repr(web))
    patch = (
        f"import app.processes.supervisor as s; s.FIRST_PAUSE_S, s.STEADY_S, s.RETRY_S = 0.02, {steady_s}, {retry_s}"
    )
    return f"{patch}; s.POLL_S = 0.02\n{code}"


@contextmanager
def running(code: str, home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A supervisor as `hurried` wrote it; its standard error is a file `log` in the home."""
    with (home / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-c", code, str(home), str(port)], stderr=log)
    yield process
    process.terminate()
    assert process.wait(15) == 0


def trouble_in(home: Path) -> WorkerTrouble:
    """What the supervisor noted, once it has."""
    until(lambda: read_trouble(home) is not None)
    found = read_trouble(home)
    assert found is not None
    return found


def test_a_worker_that_never_starts_leaves_the_web_server_and_says_why(tmp_path: Path, port: int) -> None:
    worker = "import sys; print('no engine table', file=sys.stderr); sys.exit(3)"
    with running(hurried(worker), tmp_path, port) as process:
        web, trouble = pid_in(tmp_path / "web.pid"), trouble_in(tmp_path)
        assert (trouble.status, trouble.ends, trouble.said) == (3, 5, ("no engine table",))
        assert f"kill -USR1 {process.pid}" in trouble.advice
        assert web_answers(Settings(tmp_path, "sqlite://", port=port))
        assert (process.poll(), gone(web)) == (None, False)
    log = (tmp_path / "log").read_text()
    assert log.count("worker ended 5 times") == 1
    assert log.count("no engine table") == 5


def test_a_worker_given_up_is_tried_again_and_its_trouble_is_over_when_it_runs(tmp_path: Path, port: int) -> None:
    worker = """
import os, pathlib, sys, time
from app.processes.sign_of_health import give_sign
if not (pathlib.Path(os.environ["SSPCM_HOME"]) / "mended").exists():
    sys.exit(3)
give_sign()
time.sleep(600)
"""
    with running(hurried(worker, steady_s=0.1), tmp_path, port) as process:
        trouble_in(tmp_path)
        (tmp_path / "mended").touch()
        time.sleep(0.5)
        assert read_trouble(tmp_path) is not None  # not tried again yet
        process.send_signal(signal.SIGUSR1)
        until(lambda: read_trouble(tmp_path) is None)
    assert (tmp_path / "log").read_text().count("worker runs again") == 1


def test_a_worker_given_up_is_tried_again_by_itself(tmp_path: Path, port: int) -> None:
    with running(hurried("raise SystemExit(3)", retry_s=0.1), tmp_path, port):
        trouble_in(tmp_path)
        until(lambda: trouble_in(tmp_path).ends >= 7)
    assert (tmp_path / "log").read_text().count("no round runs now") == 1


def test_ends_after_a_slow_start_count_too(tmp_path: Path, port: int) -> None:
    with running(hurried("import time; time.sleep(0.5); raise SystemExit(3)", steady_s=0.1), tmp_path, port):
        assert trouble_in(tmp_path).ends == 5


def test_ends_of_a_worker_that_had_started_well_are_each_its_first(tmp_path: Path, port: int) -> None:
    worker = """
import os, time
from app.processes.sign_of_health import give_sign
give_sign()
time.sleep(0.5)
with open(os.environ["SSPCM_HOME"] + "/ended", "a") as file:
    file.write("x")
"""
    with running(hurried(worker, steady_s=0.1), tmp_path, port):
        until(lambda: (tmp_path / "ended").is_file() and len((tmp_path / "ended").read_text()) >= 7, timeout_s=60)
        assert read_trouble(tmp_path) is None


def test_a_trouble_that_cannot_be_noted_takes_nothing_down(tmp_path: Path, port: int) -> None:
    (tmp_path / "worker-trouble.json").mkdir()  # a full disk or a home without the right to write does the same
    with running(hurried("raise SystemExit(3)"), tmp_path, port) as process:
        until(lambda: "page cannot tell it" in (tmp_path / "log").read_text())
        assert web_answers(Settings(tmp_path, "sqlite://", port=port))
        assert process.poll() is None


def test_a_second_worker_is_refused_and_its_web_server_stays(tmp_path: Path, sqlite_url: str, port: int) -> None:
    held = try_lock(tmp_path / "worker.lock")
    assert held is not None
    os.write(held, b"4711\n")
    real = f"from app.__main__ import main; raise SystemExit(main(['--home', {str(tmp_path)!r}, 'worker']))"
    with running(hurried(real), tmp_path, port):
        until(lambda: read_trouble(tmp_path) is not None, timeout_s=120)
        assert "another worker (process 4711) serves" in trouble_in(tmp_path).said[-1]
        assert web_answers(Settings(tmp_path, "sqlite://", port=port))
    os.close(held)


def test_a_web_server_that_never_starts_ends_the_supervisor_with_its_name(tmp_path: Path, port: int) -> None:
    code = hurried(WORKER, web="raise SystemExit(3)")

    process = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(port)], capture_output=True, text=True, timeout=60, check=False
    )

    assert process.returncode == 1
    assert "web ended 5 times" in process.stderr
    assert "last with status 3" in process.stderr
    until(lambda: gone(pid_in(tmp_path / "worker.pid")))


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
