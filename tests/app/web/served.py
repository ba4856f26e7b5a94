"""The whole application on a home with six images, two annotators, a reviewer and a lead: a process of its own."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from app.dataset.importing import import_folder
from app.home.image_files import ImageFiles
from app.home.settings import Settings, read_settings
from app.processes import job_engine
from db.people import users
from db.store.session import migrate, open_store
from sspcm.skeletons.skeleton import get_skeleton

ROOT = Path(__file__).parents[3]
SERVER = Path(__file__).parent / "serve_and_list.py"
PASSWORD = "correct horse"
ANNOTATORS = ("ann", "bob")


@dataclass(frozen=True)
class Server:
    settings: Settings
    url: str
    paths: set[str]
    """Every one it answers, with parameters filled in."""

    @contextmanager
    def client(self, name: str | None = None) -> Iterator[httpx.Client]:
        """A client of its own, signed in as `name`."""
        with httpx.Client(base_url=self.url, timeout=30) as client:
            if name is not None:
                assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
                client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
            yield client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application on a home with six images without persons, two annotators and a lead."""
    home = tmp_path_factory.mktemp("web")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = read_settings(home, {}, port=port)
    migrate(settings.database_url)
    job_engine.prepare(settings)
    store = open_store(settings.database_url)
    frames = home / "frames"
    frames.mkdir()
    for number in range(6):
        noise = np.random.default_rng(number).integers(0, 255, (48, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(frames / f"{number}.png")
    import_folder(store, ImageFiles(home), images_dir=frames, skeleton=get_skeleton("coco-17"))
    with store.transaction() as tx:
        for name in ANNOTATORS:
            users.add_user(tx, name, "annotator", PASSWORD)
        users.add_user(tx, "rev", "reviewer", PASSWORD)
        users.add_user(tx, "lea", "lead", PASSWORD)
    store.close()
    command = [sys.executable, "-P", "-W", "ignore", str(SERVER), str(home), str(port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    paths = {re.sub(r"\{[^}]*\}", "1", path) for path in json.loads(process.stdout.readline())}
    url = f"http://127.0.0.1:{port}"
    while not answers(url):
        assert process.poll() is None
        time.sleep(0.05)
    yield Server(settings, url, paths)
    process.terminate()
    process.wait(20)
    process.stdout.close()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
