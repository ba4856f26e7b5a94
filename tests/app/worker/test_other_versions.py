"""What one version of the program began, another goes on with: workers as real processes, killed and started anew."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from app.pool.launching import launch_prelabelling
from app.processes.job_engine import VERSION
from app.rounds.folder import round_folder
from app.rounds.stopping import go_on_with_round
from app.simulation import folder, launching
from db.pool import images
from db.rounds import events, prelabellings, workers
from tests.app.simulation.simulated_home import give_model, label
from tests.app.worker.place import Place
from tests.waiting import gone, until

NEXT = "rounds-2"
REAL_TRAINER = """
import runpy, sys
sys.argv = ["sspcm", "round", *sys.argv[2:]]
runpy.run_module("sspcm", run_name="__main__")
"""


def killed_while_it_trains(place: Place) -> None:
    place.launch(steps=30)
    worker = place.start_worker(0.2)
    until(lambda: place.round().progress.get("step", 0) >= 2)
    (trainer,) = place.trainers()
    worker.kill()
    worker.wait()
    until(lambda: gone(trainer))


def test_a_round_killed_with_its_worker_goes_on_in_a_worker_of_another_version(either_place: Place) -> None:
    place = either_place
    killed_while_it_trains(place)
    manifest = round_folder(place.settings, 1) / "manifest.json"
    frozen = manifest.read_bytes()

    place.start_worker(version=NEXT)

    until(lambda: place.round().state in ("published", "failed"))
    assert (place.round().state, place.round().error, place.round().attempt) == ("published", None, 1)
    assert manifest.read_bytes() == frozen, "as itself, by its own settings and labels"
    assert len(place.trainers()) == 2
    with place.store.reading() as tx:
        told = [one.what for one in events.story(tx, place.round().id)]
    assert "the worker was started anew and goes on with it" in told


def test_whatever_was_queued_for_another_version_is_run_by_this_one(
    place: Place, make_label: Callable[..., object], tmp_path: Path
) -> None:
    label(place.store, place.settings.home, make_label, 120)
    sha256 = give_model(place.settings.home, tmp_path)
    with place.store.reading() as tx:
        for image in images.list_images(tx):
            ImageFiles(place.settings.home).path(image.sha256).write_bytes(b"no image")
    launch_prelabelling(place.store, place.engine, model="small", sha256=sha256, user=place.lead)
    launching.ask(place.store, place.engine, place.lead)
    place.launch()
    assert ModelFiles(place.settings.home).path(sha256).exists()

    place.start_worker(version=NEXT)

    until(lambda: place.round().state == "published")
    until(lambda: folder.read(place.settings.home, 1).state == "measured")
    with place.store.reading() as tx:
        newest = prelabellings.latest(tx)
    assert newest is not None and newest.state in ("done", "failed"), "it was run, whatever came of it"


def test_a_worker_of_an_earlier_version_that_is_there_keeps_its_round(shared_place: Place) -> None:
    place = shared_place
    place.launch(steps=40)
    first = place.start_worker(0.2, name="one", gone_s=6)
    until(lambda: place.round().progress.get("step", 0) >= 2)
    place.start_worker(name="two", gone_s=6, version=NEXT)
    until(lambda: is_here(place, "two"))
    assert place.round().state == "running"
    until(lambda: place.round().state == "published")
    assert (place.round().holder, len(place.trainers()), first.poll()) == ("one", 1, None)


def is_here(place: Place, name: str) -> bool:
    with place.store.reading() as tx:
        found = workers.named(tx, name)
    return found is not None and found.is_here


def test_settings_that_the_other_version_does_not_know_end_the_round_in_words_and_it_is_kept(
    place: Place, tmp_path: Path
) -> None:
    killed_while_it_trains(place)
    kept = round_folder(place.settings, 1)
    manifest = json.loads((kept / "manifest.json").read_text())
    manifest["config"]["train"]["of_old"] = 3
    (kept / "manifest.json").write_text(json.dumps(manifest))
    (kept / "training.safetensors").write_text("what was learned")
    trainer = tmp_path / "real_trainer.py"
    trainer.write_text(REAL_TRAINER)

    worker = place.start_worker(version=NEXT, trainer=trainer)

    until(lambda: place.round().state == "failed")
    said = place.round().error
    assert said is not None
    assert "has other settings than this version knows: unknown setting 'train.of_old'" in said
    assert "Everything is kept. Go on with the version of the program that began it" in said
    assert (kept / "training.safetensors").read_text() == "what was learned"

    worker.kill()
    worker.wait()
    go_on_with_round(place.store, place.engine, 1, user=place.lead)
    place.start_worker(version=VERSION)
    until(lambda: place.round().state == "published")


@pytest.mark.parametrize("table", ["train", "ranking"])
def test_settings_of_the_rounds_row_that_are_unknown_are_named(place: Place, table: str) -> None:
    from sqlalchemy import update

    from db.schema import RoundRow

    record = place.launch()
    with place.store.transaction() as tx:
        tx.execute(update(RoundRow).values(config_toml=f"{record.config_toml}\n"))
        tx.execute(update(RoundRow).values(config_toml=f"[{table}]\nof_old = 3\n"))
    place.start_worker()
    until(lambda: place.round().state == "failed")
    assert f"round 1 has other settings than this version knows: unknown setting '{table}.of_old'" in str(
        place.round().error
    )
