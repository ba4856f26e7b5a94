"""Several workers as real processes on one PostgreSQL: one that dies or stands still loses its round to another."""

import json
import random
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, make_url, text

from app.processes.job_engine import job_id
from app.rounds.folder import round_folder
from app.rounds.stopping import cancel_round, go_on_with_round
from app.simulation import folder, launching
from db.rounds import events, workers
from db.rounds.workers import WorkerSeen
from db.store.session import migrate
from sspcm.simulation.rows import read_rows
from tests.app.simulation.simulated_home import give_model, label
from tests.app.worker.place import Place, place_at
from tests.waiting import gone, until

GONE_S, USUAL_S = 6.0, 60.0
"""How long a worker may go unheard here: shorter than usual where one is lost, so that nobody waits."""


def seen(place: Place, name: str) -> WorkerSeen | None:
    with place.store.reading() as tx:
        return workers.named(tx, name)


def is_here(place: Place, name: str) -> bool:
    found = seen(place, name)
    return found is not None and found.is_here


def story(place: Place, number: int = 1) -> list[str]:
    with place.store.reading() as tx:
        return [one.what for one in events.story(tx, place.round(number).id)]


def started(place: Place, *names: str, pace: float, gone_s: float = GONE_S) -> dict[str, Any]:
    """Workers by name, each of them heard of."""
    found = {name: place.start_worker(pace, name=name, gone_s=gone_s) for name in names}
    for name in names:
        until(lambda name=name: is_here(place, name))  # type: ignore[misc]
    return found


def trains(place: Place) -> bool:
    return bool(place.round().progress.get("step", 0) >= 2)


def test_a_round_of_a_worker_that_was_killed_goes_on_in_another_from_its_files(shared_place: Place) -> None:
    place = shared_place
    place.launch(steps=40)
    first = started(place, "one", pace=0.2)["one"]
    until(lambda: trains(place))
    started(place, "two", pace=0.01)
    (trainer,) = place.trainers()
    frozen = (round_folder(place.settings, 1) / "manifest.json").read_bytes()
    first.kill()
    first.wait()
    killed_at = time.monotonic()
    until(lambda: gone(trainer))

    until(lambda: place.round().state == "published", timeout_s=90)

    assert time.monotonic() - killed_at > GONE_S * 0.8, "nobody is given up at once"
    record = place.round()
    assert (record.attempt, record.holder, record.directory) == (2, "two", "rounds/0001/attempt-2")
    assert (round_folder(place.settings, 1, 2) / "manifest.json").read_bytes() == frozen
    assert "worker 'two' goes on with it in place of 'one', which was not heard of for 6 s" in story(place)
    lost = seen(place, "one")
    assert lost is not None and lost.lost


def test_a_worker_that_stands_still_and_wakes_up_writes_nothing_and_leaves_the_others_files_alone(
    shared_place: Place,
) -> None:
    place = shared_place
    place.launch(steps=60)
    first = started(place, "one", pace=0.2)["one"]
    until(lambda: trains(place))
    (trainer,) = place.trainers()
    started(place, "two", pace=0.2)

    first.send_signal(signal.SIGSTOP)
    until(lambda: gone(trainer), timeout_s=GONE_S)  # its guard ends it before anybody takes over
    until(lambda: place.round().holder == "two", timeout_s=60)
    until(lambda: len(place.trainers()) == 2)
    second = place.trainers()[1]
    told = story(place)
    first.send_signal(signal.SIGCONT)

    assert first.wait(30) == 1
    assert not gone(second), "the other's trainer goes on"
    until(lambda: place.round().state == "published", timeout_s=90)
    assert len(place.trainers()) == 2
    assert place.round().holder == "two"
    assert story(place)[: len(told)] == told
    assert not (round_folder(place.settings, 1, 1) / "predictions.npz").exists()


def test_a_whole_machine_that_stands_still_spoils_nothing_when_it_wakes_up(shared_place: Place) -> None:
    """Worker, guard and trainer stop at one moment, as with a suspended machine; nobody can end that trainer then."""
    place = shared_place
    place.launch(steps=60)
    first = started(place, "one", pace=0.2)["one"]
    until(lambda: trains(place))
    (trainer,) = place.trainers()
    started(place, "two", pace=0.1)
    with standing_still(first):
        until(lambda: place.round().holder == "two", timeout_s=60)
        until(lambda: place.round().attempt == 2 and len(place.trainers()) == 2)

    until(lambda: gone(trainer) and gone(first.pid), timeout_s=20)
    first.wait()
    until(lambda: place.round().state == "published", timeout_s=90)
    lines = (round_folder(place.settings, 1, 2) / "metrics.jsonl").read_text().splitlines()
    steps = [line["step"] for line in map(json.loads, lines) if line["stage"] == "train"]
    assert steps[-60:] == list(range(1, 61)), "nobody else wrote between its lines"
    assert place.round().directory == "rounds/0001/attempt-2"


def test_a_doubled_name_is_refused_in_words_and_a_restart_is_not(shared_place: Place) -> None:
    place = shared_place
    first = started(place, "one", pace=0, gone_s=USUAL_S)["one"]
    second = place.start_worker(name="one", gone_s=USUAL_S)
    assert second.wait(60) == 1
    assert second.stderr is not None
    assert f"another worker (process {first.pid} on " in second.stderr.read()
    assert first.poll() is None
    first.kill()
    first.wait()
    third = place.start_worker(name="one", gone_s=USUAL_S)
    until(lambda: (now := seen(place, "one")) is not None and now.worker.process == third.pid, timeout_s=30)


def test_a_worker_that_is_told_to_end_hands_its_round_on_and_a_restart_keeps_it(shared_place: Place) -> None:
    place = shared_place
    place.launch(steps=30)
    first = started(place, "one", pace=0.3)["one"]
    until(lambda: trains(place))
    started(place, "two", pace=0.01)
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    until(lambda: place.round().state == "published", timeout_s=60)
    assert place.round().holder == "two"


def test_two_workers_run_one_round_once_and_each_is_told_with_what_it_does(shared_place: Place) -> None:
    place = shared_place
    started(place, "one", "two", pace=0.1, gone_s=USUAL_S)
    place.launch(steps=30)
    until(lambda: trains(place))
    holder = place.round().holder
    assert holder is not None
    until(lambda: (now := seen(place, holder)) is not None and now.doing == "round 1, train")
    (idle,) = {"one", "two"} - {holder}
    other = seen(place, idle)
    assert other is not None and other.doing is None
    until(lambda: place.round().state == "published")
    assert len(place.trainers()) == 1
    assert place.round().attempt == 1


def test_a_round_cancelled_under_one_worker_is_resumed_by_whichever_is_free(shared_place: Place) -> None:
    place = shared_place
    place.launch(steps=100)
    started(place, "one", "two", pace=0.1, gone_s=USUAL_S)
    until(lambda: trains(place))
    cancel_round(place.store, place.settings, 1, user=place.lead)
    until(lambda: place.round().state == "cancelled")
    go_on_with_round(place.store, place.engine, 1, user=place.lead)
    until(lambda: place.round().state == "published", timeout_s=60)
    assert len(place.trainers()) == 2


def test_a_worker_that_began_just_now_robs_nobody_who_stood_still_until_then(shared_place: Place) -> None:
    """As after an outage of the store: every sign of life is old, and everybody is there all the same."""
    place = shared_place
    place.launch(steps=60)
    first = started(place, "one", pace=0.2)["one"]
    until(lambda: trains(place))
    with standing_still(first):
        time.sleep(GONE_S + 1)
        started(place, "two", pace=0.01)
        time.sleep(GONE_S / 3)
    assert_the_first_keeps_its_round(place, first)


def test_workers_that_stood_still_together_rob_each_other_of_nothing(shared_place: Place) -> None:
    """One that was heard for long wakes up first, and sees the other's old sign."""
    place = shared_place
    place.launch(steps=60)
    first = started(place, "one", pace=0.2)["one"]
    until(lambda: trains(place))
    second = started(place, "two", pace=0.01)["two"]
    time.sleep(GONE_S + 1)
    with standing_still(first):
        with standing_still(second):
            time.sleep(GONE_S + 1)
        until(lambda: is_here(place, "two"))
        time.sleep(GONE_S / 3)
    assert_the_first_keeps_its_round(place, first)


@contextmanager
def standing_still(worker: Any) -> Iterator[None]:
    """The worker and whatever it started, as on a suspended machine."""
    tree = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
    for process in tree:
        process.suspend()
    yield
    for process in tree:
        process.resume()


def assert_the_first_keeps_its_round(place: Place, first: Any) -> None:
    until(lambda: place.round().state == "published", timeout_s=90)
    assert first.poll() is None
    assert (place.round().holder, place.round().attempt) == ("one", 1)
    now = seen(place, "one")
    assert now is not None and not now.lost


def test_two_homes_on_one_server_leave_each_others_rounds_alone(
    shared_place: Place, postgres_server: str, tmp_path: Path, make_label: Callable[..., object]
) -> None:
    """A database each. Their workers may even have one name."""
    name = f"other_{uuid.uuid4().hex}"
    url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    administer(postgres_server, f"CREATE DATABASE {name}")
    migrate(url)
    with contextmanager(place_at)(url, tmp_path / "other", make_label) as other:
        mine, theirs = shared_place, other
        first = started(mine, "one", pace=0.1)["one"]
        mine.launch(steps=100)
        until(lambda: trains(mine))
        theirs.launch(steps=3)
        first.kill()
        first.wait()
        started(theirs, "one", "two", pace=0.01)
        until(lambda: theirs.round().state == "published")
        assert (theirs.round().holder in ("one", "two"), mine.round().state) == (True, "running")
        until(lambda: (now := seen(mine, "one")) is not None and now.seconds > GONE_S + 3)
        assert mine.round().holder == "one", "workers of another home take nothing over"
        assert [one.worker.name for one in all_of(theirs)] == ["one", "two"]
        assert mine.engine.held_by_others([]) == [job_id(1)]
        assert theirs.engine.held_by_others([]) == []
    administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def all_of(place: Place) -> list[WorkerSeen]:
    with place.store.reading() as tx:
        return workers.everybody(tx)


def administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_simulation_of_a_worker_that_stands_still_goes_on_in_another_and_is_not_written_over(
    shared_place: Place, make_label: Callable[..., Any], tmp_path: Path
) -> None:
    place, home = shared_place, shared_place.settings.home
    label(place.store, home, make_label, 120)
    give_model(home, tmp_path)
    launching.ask(place.store, place.engine, place.lead, phase="run")
    first = started(place, "one", pace=0.4)["one"]
    base = folder.folder_of(home, 1)
    until(lambda: len(read_rows(base / folder.RUN_FOLDER)) >= 2)
    started(place, "two", pace=0.2)
    (pid,) = pids_in(base)
    with standing_still(first):
        until(lambda: folder.read(home, 1).attempt == 2, timeout_s=60)
        until(lambda: pids_in(base / "attempt-2") != [])
        carried = read_rows(base / folder.RUN_FOLDER)
    until(lambda: gone(first.pid) and gone(pid), timeout_s=30)
    first.wait()

    until(lambda: not folder.read(home, 1).is_active, timeout_s=90)
    ended, run = folder.read(home, 1), base / "attempt-2" / folder.RUN_FOLDER
    assert (ended.state, ended.error, folder.files_of(home, ended)) == ("done", None, run.parent)
    rows = read_rows(run)
    assert len(rows) == 18 and carried.items() <= rows.items(), "no row is made twice"
    assert not (base / folder.RUN_FOLDER / "summary.json").exists()


def pids_in(simulated: Path) -> list[int]:
    path = simulated / folder.RUN_FOLDER / "pids"
    return [int(one) for one in path.read_text().split()] if path.exists() else []


def test_a_round_outlasts_workers_that_are_killed_again_and_again(shared_place: Place) -> None:
    place, chance = shared_place, random.Random(7)
    place.launch(steps=12)
    running = started(place, "one", "two", pace=0.15)
    kills = 0
    while place.round().state in ("queued", "running") and kills < 6:
        name = chance.choice(sorted(running))
        time.sleep(chance.uniform(0.5, 3.0))
        running[name].kill()
        running[name].wait()
        kills += 1
        running[name] = place.start_worker(0.15, name=name, gone_s=GONE_S)
    until(lambda: place.round().state == "published", timeout_s=120)
    assert kills >= 1
    assert place.round().error is None
    assert story(place).count("published") == 1
    until(lambda: all(gone(pid) for pid in place.trainers()))
