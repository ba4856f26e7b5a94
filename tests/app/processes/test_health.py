"""What a health check asks: the web server over HTTP, the worker by its sign of life in the store."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import FastAPI, Header
from sqlalchemy import insert

from app.home.settings import read_settings
from app.processes.health import NotWell, require_well
from app.processes.worker_state import GONE_AFTER_S
from db.errors import NoStore
from db.rounds.workers import store_now
from db.schema import WorkerRow
from db.store.session import Store
from tests.app.web.serving import free_port, serving


def test_a_web_server_is_well_while_it_answers(tmp_path: Path) -> None:
    app = FastAPI()
    app.get("/healthz")(lambda: "ok")
    with serving(app) as port:
        assert require_well("web", read_settings(tmp_path, {}, port=port)) == "The web server answers."
    with pytest.raises(NotWell, match=r"http://127.0.0.1:\d+/healthz gives no 200"):
        require_well("web", read_settings(tmp_path, {}, port=free_port()))


def test_a_server_that_listens_everywhere_is_asked_by_a_name_that_it_answers_for(tmp_path: Path) -> None:
    app, hosts = FastAPI(), list[str]()

    @app.get("/healthz")
    def healthz(host: Annotated[str, Header()]) -> None:
        hosts.append(host)

    with serving(app) as port:
        environ = {"SSPCM_HOST": "0.0.0.0", "SSPCM_ALLOWED_HOSTS": "labels.example", "SSPCM_PORT": str(port)}
        require_well("web", read_settings(tmp_path, environ))
    assert hosts == [f"labels.example:{port}"]


def add(store: Store, name: str, host: str, *, ago_s: float) -> None:
    with store.transaction() as tx:
        now = store_now(tx)
        seen_at = now - timedelta(seconds=ago_s)
        row = {"name": name, "host": host, "process": 7, "version": "1", "started_at": now, "seen_at": seen_at}
        tx.execute(insert(WorkerRow), [row])


def test_a_worker_is_well_while_this_machines_gives_its_sign(store: Store, tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"DATABASE_URL": store.url})
    with pytest.raises(NotWell, match="no worker runs on"):
        require_well("worker", settings)  # nobody was ever there
    add(store, "elsewhere", "another machine", ago_s=1)
    with pytest.raises(NotWell, match="no worker runs on"):
        require_well("worker", settings)
    add(store, "silent", socket.gethostname(), ago_s=GONE_AFTER_S + 5)
    with pytest.raises(NotWell, match=r"gave its last sign \d+ s ago"):
        require_well("worker", settings)
    add(store, "local", socket.gethostname(), ago_s=1)
    assert require_well("worker", settings).startswith("The worker gave a sign")


def test_a_worker_without_a_store_is_not_well(tmp_path: Path) -> None:
    with pytest.raises(NoStore):
        require_well("worker", read_settings(tmp_path, {}))
