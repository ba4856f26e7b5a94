"""Two machines with a home each, one PostgreSQL and one bucket of a real S3 server: processes as people start them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from app.__main__ import main
from app.home.bucket import Bucket
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.home.shared_files import bind
from app.processes.job_engine import Engine, prepare
from app.rounds.folder import round_folder
from app.rounds.launching import launch_round
from app.rounds.stopping import delete_round
from app.rounds.story import round_story
from app.rounds.twins import twin_manifest
from db.people import users
from db.pool import project
from db.records import RoundRecord
from db.rounds import rounds
from db.store.session import open_store
from sspcm.config import ModelConfig, RoundConfig, TrainConfig
from sspcm.manifest import read_manifest
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.rounds.round_home import Home
from tests.app.rounds.test_training import fill
from tests.app.worker.place import Place, beside, place_at
from tests.bucket_server import BucketServer, free_port
from tests.waiting import until

GONE_S = 6
TINY = RoundConfig(
    model=ModelConfig("mobilenet_v3_small", "mobilenet_v3_small", 16, input_height=64, input_width=64),
    train=TrainConfig(steps=60, labelled_batch=2, unlabelled_batch=2, snapshot_every=10, loader_threads=1),
)


@dataclass(frozen=True)
class Team:
    """Two machines of one team; the second has nothing yet."""

    url: str
    bucket: str
    one: Path
    two: Path

    def settings(self, home: Path) -> Settings:
        return Settings(home, self.url, device="cpu", bucket=self.bucket)

    @contextmanager
    def started(self, home: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command as somebody types it on that machine."""
        command = [sys.executable, "-P", "-W", "ignore", "-m", "app", "--home", str(home), *words]
        process = subprocess.Popen(command, env=self.environ(), stdout=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def environ(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.url, "SSPCM_BUCKET": self.bucket, "SSPCM_WORKER_GONE_S": str(GONE_S)}
        return {**os.environ, **own, "OMP_NUM_THREADS": "1"}


@pytest.fixture
def team(postgres_url: str, bucket_url: str, tmp_path: Path) -> Team:
    found = Team(postgres_url, f"{bucket_url}/team", tmp_path / "one", tmp_path / "two")
    for home in (found.one, found.two):
        bind(found.settings(home))
    return found


@pytest.fixture
def place(team: Team, make_label: Callable[..., object]) -> Iterator[Place]:
    """The first machine's home with people, whose worker is a trainer that learns nothing."""
    yield from place_at(team.url, team.one, make_label)


def test_what_one_machine_imports_the_others_web_server_shows_and_has_labelled(
    team: Team, bucket_server: BucketServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = tmp_path / "frames"
    frames.mkdir()
    rng = np.random.default_rng(3)
    cv2.imwrite(str(frames / "a.jpg"), rng.integers(0, 255, (96, 128, 3), dtype=np.uint8))
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [20, 20, 40, 60], "area": 2000, "iscrowd": 0}
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 128, "height": 96}],
        "annotations": [annotation],
        "categories": [{"id": 1, "name": "person"}],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(document))
    for name, value in team.environ().items():
        monkeypatch.setenv(name, value)
    assert main(["--home", str(team.one), "import", str(frames), "--annotations", str(tmp_path / "boxes.json")]) == 0
    store = open_store(team.url)
    with store.transaction() as tx:
        users.add_user(tx, "ann", "annotator", "correct horse")
    store.close()
    shutil.rmtree(team.one)  # the first machine is no more

    port = free_port()
    with (
        team.started(team.two, "web", "--port", str(port)) as web,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        until(lambda: web.poll() is not None or answers(client))
        assert client.post("/login", data={"name": "ann", "password": "correct horse"}).status_code == 303
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        task = client.get("/api/next").json()
        bucket_server.gate.shut()
        try:
            away = client.get(task["image"]["url"])
            assert (away.status_code, away.json()["error"]["code"]) == (503, "not_just_now")
            assert "bucket" in away.json()["error"]["message"]
            assert "pool-" not in client.get("/readyz").text, "strangers learn no address"
            until(lambda: client.get("/readyz").text == "not ready: the bucket with the home's files does not answer")
            assert client.get("/healthz").status_code == 200
        finally:
            bucket_server.gate.open()
        until(lambda: client.get("/readyz").status_code == 200)
        shown = client.get(task["image"]["url"])
        assert shown.status_code == 200
        assert cv2.imdecode(np.frombuffer(shown.content, np.uint8), cv2.IMREAD_COLOR).shape == (96, 128, 3)
        (person,) = task["persons"]
        thumb = client.get("/api/sheet").json()["persons"][0]["thumb"]
        assert client.get(thumb).status_code == 200
        about = {"key": "a key of this test", "person_id": person["id"], "revision": person["revision"]}
        message = about | {"xyv": [[30.0, 30.0, 2]] * 17, "touched": [True] * 17, "started_from": None}
        saved = client.post("/api/accept", json=message)
        assert (saved.status_code, saved.json()["person"]["state"]) == (200, "accepted")


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_a_round_runs_on_the_second_machine_and_the_first_has_its_results(place: Place, team: Team) -> None:
    with beside(place, team.two) as second:
        place.launch(steps=3)
        second.start_worker(name="two")
        until(lambda: place.round().state == "published", timeout_s=90)
        until(lambda: any(name.endswith("report.json") for name in Bucket(team.bucket).entries("rounds")))
        assert not (team.one / "rounds").exists()
        story = round_story(place.store, team.settings(team.one), 1)
        assert story is not None
        assert "MB of the bucket" in story.disk
        assert story.log == round_story(place.store, team.settings(team.two), 1).log  # type: ignore[union-attr]
        with place.store.reading() as tx:
            record = rounds.get(tx, 1)
        here, there = (twin_manifest(home, record) for home in (team.one, team.two))
        assert [one.id for one in here.persons] == [one.id for one in there.persons]
        for home, manifest in ((team.one, here), (team.two, there)):
            assert all(one.image.is_relative_to(home) and one.image.is_file() for one in manifest.persons)

        place.launch(steps=2)
        place.start_worker(name="one")
        until(lambda: place.round(2).state in ("published", "kept"), timeout_s=90)


def test_a_round_outlasts_a_bucket_that_is_away_and_then_has_it_all(
    place: Place, team: Team, bucket_server: BucketServer
) -> None:
    place.launch(steps=30)
    worker = place.start_worker(0.1, name="one")
    until(lambda: place.round().progress.get("step", 0) >= 5)
    (trainer,) = place.trainers()
    bucket_server.gate.shut()
    try:
        time.sleep(6)
        assert place.round().state == "running", "its end waits for the bucket"
    finally:
        bucket_server.gate.open()
    until(lambda: place.round().state == "published", timeout_s=90)
    assert worker.poll() is None
    assert place.trainers() == [trainer], "the training went on meanwhile"
    folder, bucket = round_folder(place.settings, 1), Bucket(team.bucket)

    def put() -> dict[str, int]:
        return {name.rpartition("/")[2]: one.size for name, one in bucket.entries("rounds").items()}

    def here() -> dict[str, int]:
        return {path.name: path.stat().st_size for path in folder.iterdir() if not path.name.startswith(".")}

    until(lambda: put() == here())


def test_a_deleted_rounds_files_are_gone_everywhere(place: Place, team: Team) -> None:
    config = RoundConfig(seed=13, train=TrainConfig(steps=1))  # it fails
    launch_round(place.store, place.engine, config=config, user=place.lead)
    place.start_worker(name="one")
    until(lambda: place.round().state == "failed")
    bucket = Bucket(team.bucket)
    until(lambda: "rounds/0001/attempt-1/trainer.log" in bucket.entries("rounds"))
    delete_round(place.store, team.settings(team.two), 1)
    until(lambda: bucket.entries("rounds") == {})


def test_a_training_whose_machine_dies_goes_on_elsewhere_from_the_buckets_checkpoint(
    team: Team, make_label: Callable[..., Any]
) -> None:
    settings, bucket = team.settings(team.one), Bucket(team.bucket)
    prepare(settings)
    store, engine = open_store(team.url), Engine(settings)
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        lead = users.add_user(tx, "lena", "lead", "correct horse")
    fill(Home(settings, store, ImageFiles(team.one), lead, make_label))

    def record() -> RoundRecord:
        with store.reading() as tx:
            return rounds.get(tx, 1)

    launch_round(store, engine, config=TINY, user=lead)
    checkpoint = "rounds/0001/attempt-1/training.safetensors"
    with team.started(team.one, "worker", "--name", "one", "--device", "cpu") as first:
        until(lambda: bucket.entry(checkpoint) is not None, timeout_s=240)
        first.send_signal(signal.SIGKILL)
        first.wait()
    shutil.rmtree(team.one)  # the machine is gone with all that it had
    with team.started(team.two, "worker", "--name", "two", "--device", "cpu"):
        until(lambda: not record().is_active, timeout_s=240)
        until(lambda: checkpoint not in bucket.entries("rounds"))  # pruned when the round is over
    found = record()
    assert (found.state, found.error, found.holder) == ("published", None, "two")
    assert found.directory == "rounds/0001/attempt-2"
    (warning,) = [one for one in found.metrics["warnings"] if "was interrupted, and went on from step" in one]
    step = int(warning.removesuffix(".").rpartition(" ")[2])
    assert step >= 10
    manifest = read_manifest(round_folder(team.settings(team.two), 1, 2) / "manifest.json")
    assert {path.image.is_relative_to(team.two) for path in manifest.persons} == {True}
    names = {name.rpartition("/")[2] for name in bucket.entries("rounds/0001/attempt-2")}
    assert {"A.safetensors", "model.json", "predictions.npz", "report.json"} <= names
    engine.close()
    store.close()
