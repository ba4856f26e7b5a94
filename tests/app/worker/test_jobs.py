"""Rounds and models are run to their end, which is told in words."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy.exc import OperationalError

from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from app.pool.launching import launch_prelabelling
from app.rounds.folder import round_folder
from app.simulation import launching
from app.simulation.folder import Job, newest
from app.worker import jobs
from app.worker import process as working
from db.clock import utc_now
from db.labelling import queue
from db.pool import images
from db.records import PrelabellingRecord
from db.rounds import prelabellings, rounds
from tests.app.simulation.simulated_home import give_model, label
from tests.app.worker.place import Place
from tests.onnx_files import movenet
from tests.waiting import until


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
    assert " px " in ranked[0].reasons[0]
    assert [point.step for point in curve] == [1, 2, 3]
    assert curve[-1].values == {"loss": pytest.approx(1 / 3), "ap_A": 0.5, "ap_B": 0.5, "ap_C": 0.5}


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
        jobs.Rounds(place.presence(), place.settings, ()).run(1)
    assert place.round().state == "queued"


def test_an_uploaded_model_is_run_over_the_pool_and_its_end_is_told(place: Place) -> None:
    (fine, _), (broken, _) = (upload(place, content) for content in (movenet(32), b"no model"))
    with place.store.transaction() as tx:  # images that can be read
        for image in images.list_images(tx):
            path = ImageFiles(place.settings.home).path(image.sha256)
            noise = np.random.default_rng(image.id).integers(0, 256, (480, 640, 3), np.uint8)
            path.write_bytes(cv2.imencode(".png", noise)[1].tobytes())
    launch_prelabelling(place.store, place.engine, model="dots", sha256=fine, user=place.lead)
    place.start_worker()
    until(lambda: newest_prelabelling(place).state in ("done", "failed"))
    ended = newest_prelabelling(place)
    assert (ended.state, ended.error) == ("done", None)
    assert (ended.done, ended.total) == (12, 12)
    assert (ended.report["predicted"], ended.report["validation"] + ended.report["decided"]) == (8, 4)
    with place.store.reading() as tx:
        assert " copy" in str([i.reasons for i in queue.listing(tx, limit=9, now=utc_now())])

    launch_prelabelling(place.store, place.engine, model="broken", sha256=broken, user=place.lead)
    until(lambda: newest_prelabelling(place).state == "failed")
    assert "broken cannot be opened as an ONNX model" in str(newest_prelabelling(place).error)


def test_a_simulation_says_its_cost_and_runs_to_its_curve(
    either_place: Place, make_label: Callable[..., object], tmp_path: Path
) -> None:
    place = either_place
    label(place.store, place.settings.home, make_label, 120)
    give_model(place.settings.home, tmp_path)
    launching.ask(place.store, place.engine, place.lead)
    place.start_worker()
    until(lambda: simulation(place).state in ("measured", "failed"))
    assert (simulation(place).state, simulation(place).cost_s) == ("measured", 90.0)
    launching.begin(place.store, place.engine)
    until(lambda: simulation(place).state in ("done", "failed"))
    assert (simulation(place).state, simulation(place).error) == ("done", None)


def test_a_simulation_without_its_images_fails_in_words(
    place: Place, make_label: Callable[..., object], tmp_path: Path
) -> None:
    label(place.store, place.settings.home, make_label, 120)
    give_model(place.settings.home, tmp_path)
    launching.ask(place.store, place.engine, place.lead)
    for path in (ImageFiles(place.settings.home).folder).rglob("*.jpg"):
        path.unlink()
    place.start_worker()
    until(lambda: simulation(place).state == "failed")
    assert "its folder images/ is incomplete" in str(simulation(place).error)


def simulation(place: Place) -> Job:
    found = newest(place.settings.home)
    assert found is not None
    return found


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
