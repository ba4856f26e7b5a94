"""The whole application while its store or its disk fails: words, our headers, a connection that stays of use."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from app.home.settings import Settings, read_settings
from app.processes import job_engine
from db.store.session import open_store
from tests.app.web.serving import free_port

ROOT = Path(__file__).parents[3]
SERVER = Path(__file__).parent / "serve_and_list.py"


@contextmanager
def server_of(settings: Settings) -> Iterator[str]:
    """Its URL, once it answers."""
    command = [sys.executable, "-P", "-W", "ignore", str(SERVER), str(settings.home), str(settings.port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": settings.database_url}
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{settings.port}"
    try:
        while True:
            assert process.poll() is None
            try:
                httpx.get(f"{url}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def let_in(url: str, *, allowed: bool) -> None:
    """Whether the database of this URL takes connections; those there are end."""
    name = make_url(url).database
    administrator = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"))
        if not allowed:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
    administrator.dispose()


@pytest.mark.slow
def test_a_database_that_goes_and_comes_back_under_one_connection(
    postgres_url: str, tmp_path: Path, add_account: Callable[..., Any], add_people: Callable[..., Any]
) -> None:
    settings = read_settings(tmp_path, {"DATABASE_URL": postgres_url}, port=free_port())
    job_engine.prepare(settings)
    store = open_store(postgres_url)
    add_account(store)
    add_people(store)
    store.close()
    try:
        with server_of(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
            signed_in = client.post("/login", data={"name": "ann", "password": "correct horse"})
            assert signed_in.status_code == 303
            assert client.get("/readyz").text == "ready"
            let_in(postgres_url, allowed=False)

            lines = set()
            for path in ("/api/next", "/api/session", "/api/sheet"):
                away = client.get(path)
                lines.add(id(away.extensions["network_stream"]))
                assert (away.status_code, away.json()["error"]["code"]) == (503, "not_just_now")
                assert (away.headers["retry-after"], away.headers["cache-control"]) == ("5", "no-store")
                assert "content-security-policy" in away.headers
            page = client.get("/annotate/", headers={"accept": "text/html"})
            assert (page.status_code, "Not just now" in page.text) == (503, True)
            refused = client.post("/login", data={"name": "ann", "password": "x"}, headers={"accept": "text/html"})
            assert (refused.status_code, "does not answer" in refused.text) == (503, True)
            time.sleep(1.1)  # a look is shared for a second
            assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)

            let_in(postgres_url, allowed=True)
            time.sleep(1.1)
            assert client.get("/readyz").text == "ready"
            back = client.get("/api/next")
            lines.add(id(back.extensions["network_stream"]))
            assert (back.status_code, len(lines)) == (200, 1)
    finally:
        let_in(postgres_url, allowed=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk takes root on Linux")
def test_a_full_disk_is_named_and_nothing_is_lost(
    tmp_path: Path, sqlite_url: str, add_account: Callable[..., Any], add_people: Callable[..., Any]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(home)], capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        (home / "store.db").write_bytes((tmp_path / "store.db").read_bytes())
        settings = read_settings(home, {}, port=free_port())
        job_engine.prepare(settings)
        store = open_store(settings.database_url)
        add_account(store)
        (image,) = add_people(store)
        store.close()
        with server_of(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
            assert client.post("/login", data={"name": "ann", "password": "correct horse"}).status_code == 303
            client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
            assert client.get("/api/next").json()["image"]["id"] == image.id
            with (home / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
                while True:
                    filler.write(bytes(4096))

            full, number = None, 0
            while full is None and number < 300:
                box = {"x": 1, "y": 1, "width": 30, "height": 30, "angle": 0}
                drawn = {"key": f"person {number:06d}", "image_id": image.id, "box": box}
                said = client.post("/api/persons", json=drawn)
                full, number = (said if said.status_code != 200 else None), number + 1
            assert full is not None
            assert (full.status_code, full.json()["error"]["code"]) == (507, "disk_full")
            assert f"home folder {home} is full" in full.json()["error"]["message"]
            assert "content-security-policy" in full.headers
            assert client.get("/readyz").text == "not ready: the disk of the home folder is full"

            (home / "filler").unlink()
            assert client.post("/api/persons", json=drawn).status_code == 200
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)
