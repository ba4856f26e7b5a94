"""The worker as a real process on a real store: it survives being killed, and says that it runs."""

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.rounds.folder import round_folder
from app.rounds.stopping import cancel_round, go_on_with_round
from app.simulation import folder, launching
from app.worker import process
from db.rounds import events, workers
from db.rounds.workers import WorkerSeen
from sspcm.simulation.rows import read_rows
from tests.app.simulation.simulated_home import give_model, label
from tests.app.worker.place import Place
from tests.waiting import gone, until


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


def test_a_running_round_is_cancelled_within_seconds_and_resumed_to_its_end(either_place: Place) -> None:
    place = either_place
    place.launch(steps=100)
    worker = place.start_worker(pace=0.1)
    until(lambda: place.round().progress.get("step", 0) >= 2)
    (trainer,) = place.trainers()

    asked = time.monotonic()
    assert cancel_round(place.store, place.settings, 1, user=place.lead).state == "cancelling"
    until(lambda: place.round().state == "cancelled")
    assert time.monotonic() - asked < 5
    assert gone(trainer)
    second = place.launch(steps=1)  # the worker is free for another one
    until(lambda: place.round(2).state == "published")
    assert second.number == 2

    go_on_with_round(place.store, place.engine, 1, user=place.lead)
    until(lambda: place.round().state == "published", timeout_s=60)
    assert len(place.trainers()) == 2
    assert worker.poll() is None
    with place.store.reading() as tx:
        told = [one.what for one in events.story(tx, place.round().id)]
    assert told[0] == "launched by lena"
    assert [what for what in told if "lena" in what][1:] == ["told to stop by lena", "lena goes on with it"]
    assert told[-1] == "published"


def test_a_round_cancelled_while_no_worker_ran_is_left_alone_by_the_next_one(place: Place) -> None:
    place.launch(steps=100)
    worker = place.start_worker(pace=0.1)
    until(lambda: place.round().progress.get("step", 0) >= 2)
    worker.send_signal(signal.SIGTERM)
    worker.wait()
    assert cancel_round(place.store, place.settings, 1, user=place.lead).state == "cancelled"
    place.start_worker()
    place.launch(steps=1)
    until(lambda: place.round(2).state == "published")
    assert place.round().state == "cancelled"
    assert len(place.trainers()) == 1


def test_a_simulation_killed_with_its_worker_goes_on_in_the_next_one(
    place: Place, make_label: Callable[..., object], tmp_path: Path
) -> None:
    home = place.settings.home
    label(place.store, home, make_label, 120)
    give_model(home, tmp_path)
    launching.ask(place.store, place.engine, place.lead, phase="run")
    worker = place.start_worker(pace=0.3)
    run = folder.folder_of(home, 1) / folder.RUN_FOLDER
    until(lambda: len(read_rows(run)) >= 2)
    (pid,) = (run / "pids").read_text().split()
    labels = (run.parent / folder.LABELS_FILE).stat().st_mtime_ns

    worker.kill()
    worker.wait()
    until(lambda: gone(int(pid)))
    assert folder.read(home, 1).state == "running"
    before = read_rows(run)
    place.start_worker()

    until(lambda: folder.read(home, 1).state != "running")
    assert folder.read(home, 1).state == "done"
    assert len((run / "pids").read_text().split()) == 2
    after = read_rows(run)
    assert len(after) == 18 and before.items() <= after.items(), "no row is made twice"
    assert (run.parent / folder.LABELS_FILE).stat().st_mtime_ns == labels


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


def test_a_fault_in_what_labels_teach_ends_neither_the_worker_nor_what_comes_after(monkeypatch: Any) -> None:
    monkeypatch.setattr(process, "FAULT_PAUSE_S", 0.01)
    monkeypatch.setattr(process, "FOLLOW_EVERY_S", 0.01)
    asked = {"teaching": 0, "deciding": 0}

    def asking(name: str) -> Any:
        def ask() -> None:
            asked[name] += 1
            raise ZeroDivisionError(name)

        return SimpleNamespace(again_if_due=ask)

    following = threading.Thread(
        target=process._follow_labels,
        args=(SimpleNamespace(is_first=True), (asking("teaching"), asking("deciding"))),
        daemon=True,
    )
    following.start()
    until(lambda: min(asked.values()) >= 3)
    assert following.is_alive()


def test_a_worker_ends_on_a_signal_although_its_store_is_locked(place: Place) -> None:
    process = place.start_worker()
    until(lambda: seen(place) is not None)
    with place.store.transaction():
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
