"""The worker as a real process on a real store: it runs rounds, survives being killed, and says why one failed."""

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from sqlalchemy.exc import OperationalError

from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from app.home.settings import Settings
from app.pool.launching import launch_prelabelling
from app.processes.job_engine import Engine, job_id, prepare
from app.processes.worker_state import this_worker
from app.rounds.errors import LearningError
from app.rounds.folder import round_folder
from app.rounds.launching import launch_round
from app.worker import jobs, patience
from app.worker import process as working
from app.worker.settling import settle, settle_if_reachable
from db.clock import utc_now
from db.labelling import queue
from db.people import users
from db.pool import images, project
from db.records import NewImage, NewPerson, PrelabellingRecord, RoundRecord, UserRecord
from db.rounds import prelabellings, rounds, workers
from db.rounds.workers import WorkerSeen
from db.store.session import Store, open_store
from sspcm.config import RoundConfig, TrainConfig
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton
from tests.onnx_files import movenet

TRAINER = Path(__file__).parents[1] / "rounds" / "stand_in_trainer.py"
WORKER = """
import logging, sys
from pathlib import Path
from app.home.settings import Settings
from app.worker.process import WorkerError, run_worker
logging.basicConfig(level=logging.INFO)
home, url, pace, trainer = sys.argv[1:]
try:
    run_worker(Settings(Path(home), url), train_command=[sys.executable, trainer, pace])
except WorkerError as error:
    sys.exit(str(error))
"""


def until(condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
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


@dataclass
class Place:
    """A home with people, an engine to launch rounds with, and workers to start."""

    settings: Settings
    store: Store
    engine: Engine
    lead: UserRecord
    workers: list[subprocess.Popen[str]]

    def start_worker(self, pace: float = 0.0) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(self.settings.home), self.store.url, str(pace), str(TRAINER)],
            stderr=subprocess.PIPE if self.workers else None,
            text=True,
        )
        self.workers.append(process)
        return process

    def launch(self, *, steps: int = 3, seed: int = 0) -> RoundRecord:
        config = RoundConfig(seed=seed, train=TrainConfig(steps=steps))
        return launch_round(self.store, self.engine, config=config, user=self.lead)

    def round(self, number: int = 1) -> RoundRecord:
        with self.store.reading() as tx:
            return rounds.get(tx, number)

    def trainers(self, number: int = 1) -> list[int]:
        """The process ids of the trainers that were started for a round, oldest first."""
        path = round_folder(self.settings, number) / "pids"
        return [int(line) for line in path.read_text().split()] if path.exists() else []


def place_at(url: str, home: Path, make_label: Callable[..., object]) -> Iterator[Place]:
    settings = Settings(home, url)
    prepare(settings)
    store, engine = open_store(url), Engine(settings)
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        for number in range(12):
            sha256 = ImageFiles(home).put(bytes([number]), ".jpg")
            labelled = number < 4
            person = NewPerson(Box(60, 60, 40, 80), make_label(x=60.0) if labelled else None)
            split = "validation" if number < 2 else "train"
            images.add_image(tx, NewImage(sha256, f"{number}.jpg", 640, 480, "hall", number, split), [person])
        lead = users.add_user(tx, "lena", "lead", "correct horse")
    place = Place(settings, store, engine, lead, [])
    yield place
    for worker in place.workers:
        worker.kill()
        worker.wait()
        if worker.stderr:
            worker.stderr.close()
    until(lambda: all(gone(pid) for pid in place.trainers()))
    engine.close()
    store.close()


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path, make_label) -> Iterator[Place]:
    yield from place_at(sqlite_url, tmp_path, make_label)


@pytest.fixture
def either_place(store_url: str, tmp_path: Path, make_label) -> Iterator[Place]:
    """On either database."""
    yield from place_at(store_url, tmp_path, make_label)


def test_a_launched_round_ends_published_with_its_ranking_in_the_queue(either_place: Place) -> None:
    place = either_place
    place.launch()
    place.start_worker()

    until(lambda: place.round().state in ("published", "failed"))

    record = place.round()
    assert (record.state, record.stage, record.error) == ("published", "done", None)
    assert record.directory == "rounds/0001/attempt-1"
    assert record.metrics["ap"]["C"] == {"AP": 0.5}
    assert (record.metrics["labelled"], record.metrics["validation"]) == (2, 2)
    assert set(record.metrics["seconds"]) == {"freeze", "train", "score"}
    with place.store.reading() as tx:
        items = queue.listing(tx, limit=20, now=utc_now())
        curve = rounds.points(tx, record.id)
    ranked = [item for item in items if not item.blind]
    assert len(items) == 8
    assert len(ranked) == 7
    assert [item.image.id for item in ranked] == sorted((item.image.id for item in ranked), reverse=True)
    assert "disagree" in ranked[0].reasons[0]
    assert [point.step for point in curve] == [1, 2, 3]
    assert curve[-1].values == {"loss": pytest.approx(1 / 3), "ap_A": 0.5, "ap_B": 0.5, "ap_C": 0.5}


def test_a_round_killed_with_its_worker_goes_on_in_the_next_one(place: Place) -> None:
    place.launch(steps=100)
    worker = place.start_worker(pace=0.1)
    until(lambda: place.round().progress.get("step", 0) >= 2)
    (trainer,) = place.trainers()
    manifest = round_folder(place.settings, 1) / "manifest.json"
    frozen_at = manifest.stat().st_mtime_ns

    worker.kill()
    worker.wait()
    until(lambda: gone(trainer))
    assert place.round().state == "running"
    place.start_worker()

    until(lambda: place.round().state != "running")
    assert place.round().state == "published"
    assert len(place.trainers()) == 2
    assert manifest.stat().st_mtime_ns == frozen_at


def test_a_failed_round_says_why_and_the_next_one_may_start(place: Place) -> None:
    place.start_worker()
    place.launch(seed=13)
    until(lambda: place.round().state == "failed")
    assert place.round().error == "the loss is NaN; wanted a number. Lower the learning rate."

    place.launch(seed=14)
    until(lambda: place.round(2).state == "failed")
    assert "ended with status 9" in str(place.round(2).error)
    assert "a last word" in str(place.round(2).error)

    round_folder(place.settings, 3).parent.mkdir()
    round_folder(place.settings, 3).write_text("a file where the folder should be")
    place.launch()
    until(lambda: place.round(3).state == "failed")
    assert "the stage 'freeze' stopped on FileExistsError" in str(place.round(3).error)

    place.launch()
    until(lambda: place.round(4).state == "published")


def test_sigterm_ends_the_worker_at_once_and_the_trainer_with_it(place: Place) -> None:
    place.launch(steps=1000)
    worker = place.start_worker(pace=0.2)
    until(lambda: place.trainers() != [])

    begin = time.monotonic()
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(5) == 0
    assert time.monotonic() - begin < 2
    until(lambda: gone(place.trainers()[0]), timeout_s=5)
    assert place.round().state == "running"


def test_a_second_worker_on_the_same_home_is_refused(place: Place) -> None:
    first, lock = place.start_worker(), place.settings.home / "worker.lock"
    until(lambda: lock.exists() and lock.read_text() == f"{first.pid}\n")

    second = place.start_worker()

    assert second.wait(20) == 1
    assert second.stderr
    refusal = f"another worker (process {first.pid}) serves {place.settings.home} already"
    assert refusal in second.stderr.read()
    assert first.poll() is None


def test_a_round_whose_job_was_lost_is_enqueued_again(place: Place) -> None:
    with place.store.transaction() as tx:
        rounds.create(tx, config_toml=RoundConfig().to_toml(), user=place.lead)
    assert place.engine.job_state(1) == "missing"

    settle(place.store, place.engine)

    assert place.engine.job_state(1) == "active"


def test_a_round_whose_job_ended_without_a_word_has_failed(place: Place) -> None:
    place.launch()
    place.engine._client.cancel_workflow(job_id(1))

    settle(place.store, place.engine)

    assert place.round().state == "failed"
    assert "job ended without a result" in str(place.round().error)


def test_a_store_that_is_away_ends_no_worker(place: Place) -> None:
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:9/none")
    settle_if_reachable(nowhere, place.engine, this_worker("local", version="1", now=utc_now()))
    nowhere.close()


def seen(place: Place) -> WorkerSeen | None:
    with place.store.reading() as tx:
        return workers.latest(tx)


def test_a_worker_says_that_it_runs_and_that_it_was_told_to_end(either_place: Place) -> None:
    place = either_place
    process = place.start_worker()
    until(lambda: seen(place) is not None)
    told = seen(place)
    assert told and (told.worker.process, told.ended) == (process.pid, False)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    told = seen(place)
    assert told and told.ended
    process = place.start_worker()
    until(lambda: (now := seen(place)) is not None and not now.ended)
    process.kill()
    process.wait()
    told = seen(place)
    assert told and (told.worker.process, told.ended) == (process.pid, False)


def test_a_worker_gives_signs_while_it_trains(place: Place) -> None:
    place.launch(steps=60)
    place.start_worker(pace=0.25)
    until(lambda: place.round().stage == "train")
    first = seen(place)
    assert first
    until(lambda: (now := seen(place)) is not None and now.seen_at > first.seen_at)
    assert place.round().state == "running"


def test_a_worker_ends_on_a_signal_although_its_store_is_locked(place: Place) -> None:
    process = place.start_worker()
    until(lambda: seen(place) is not None)
    with place.store.transaction():
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_stage_goes_on_when_the_store_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TRY_AGAIN_AFTER_S", 0.01)
    away = [OperationalError("SELECT secret", {}, Exception("the server closed the connection"))] * 2

    def stage() -> None:
        if away:
            raise away.pop()

    patience.in_words("score", stage)
    assert away == []


def test_an_error_of_the_store_is_told_without_its_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STORE_MAY_BE_AWAY_S", 0.0)

    def stage() -> None:
        raise OperationalError("SELECT secret", {}, Exception("the disk is full"))

    with pytest.raises(LearningError) as told:
        patience.in_words("score", stage)
    assert "stopped on OperationalError: the disk is full" in str(told.value)
    assert "SELECT" not in str(told.value)


def test_a_job_that_the_engine_could_not_note_is_left_to_the_next_worker(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the server closed the connection"))

    def end(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr(working.DBOS, "run_step", away)
    monkeypatch.setattr(working.os, "_exit", end)
    place.launch()
    with pytest.raises(SystemExit):
        jobs.Rounds(place.store, place.settings, ()).run(1, 1)
    assert place.round().state == "queued"


def test_an_uploaded_model_is_run_over_the_pool_and_its_end_is_told(place: Place) -> None:
    (fine, _), (broken, _) = (upload(place, content) for content in (movenet(32), b"no model"))
    with place.store.transaction() as tx:  # images that can be read
        for image in images.list_images(tx, split="train"):
            path = ImageFiles(place.settings.home).path(image.sha256)
            path.write_bytes(cv2.imencode(".png", np.zeros((480, 640, 3), np.uint8))[1].tobytes())
    launch_prelabelling(place.store, place.engine, model="dots", sha256=fine, user=place.lead)
    place.start_worker()
    until(lambda: newest_prelabelling(place).state in ("done", "failed"))
    ended = newest_prelabelling(place)
    assert (ended.state, ended.error) == ("done", None)
    assert (ended.done, ended.total, ended.report["predicted"]) == (8, 8, 8)
    with place.store.reading() as tx:
        assert "copy of the image" in str([i.reasons for i in queue.listing(tx, limit=9, now=utc_now())])

    launch_prelabelling(place.store, place.engine, model="broken", sha256=broken, user=place.lead)
    until(lambda: newest_prelabelling(place).state == "failed")
    assert "broken cannot be opened as an ONNX model" in str(newest_prelabelling(place).error)


def test_a_model_whose_job_was_lost_is_enqueued_again(place: Place) -> None:
    with place.store.transaction() as tx:
        lost = prelabellings.create(tx, model="dots", sha256="0" * 64, user=place.lead)
    settle(place.store, place.engine)
    assert place.engine.prelabelling_state(lost.id) == "active"


def upload(place: Place, content: bytes) -> tuple[str, Path]:
    """A model where the web keeps it; what the web refuses may lie there since earlier versions."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = ModelFiles(place.settings.home).path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return sha256, path


def newest_prelabelling(place: Place) -> PrelabellingRecord:
    with place.store.reading() as tx:
        found = prelabellings.latest(tx)
    assert found is not None
    return found
