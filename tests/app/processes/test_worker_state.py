import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.home.home_command import home_command
from app.home.settings import Settings
from app.processes.this_worker import this_worker
from app.processes.worker_state import GONE_AFTER_S, since, worker_json, worker_state
from app.processes.worker_trouble import WorkerTrouble, note_trouble
from db.rounds import workers
from db.rounds.workers import Worker, store_now


@pytest.fixture
def settings(tmp_path, store_url):
    return Settings(tmp_path / "my home", store_url)


def worker(**known):
    started_at = datetime.now(UTC)
    return Worker(
        **{"name": "local", "host": "gpu-box", "process": 7, "version": "1", "started_at": started_at} | known
    )


def seen(store, seconds, who=None, *, ended=False):
    with store.transaction() as tx:
        now = store_now(tx) - timedelta(seconds=seconds)
        workers.arrive(tx, who or worker(), now=now)
        if ended:
            workers.end(tx, who or worker(), now=now)


def test_before_any_worker_the_command_with_this_home_is_told(store, settings):
    state = worker_state(store, settings)
    assert (state.stand, state.command) == ("never", home_command(settings.home, "worker"))
    assert state.text.startswith("No worker has run here yet.")
    assert "DATABASE_URL" in state.text or settings.database_url.startswith("sqlite")


def test_a_worker_that_gave_a_sign_a_moment_ago_runs_and_nothing_is_to_be_typed(store, settings):
    seen(store, GONE_AFTER_S - 5)
    state = worker_state(store, settings)
    assert (state.stand, state.command) == ("running", None)


@pytest.mark.parametrize("ended", [False, True])
def test_a_worker_that_is_gone_is_told_with_the_time_and_the_command(store, settings, ended):
    seen(store, 182, ended=ended)
    state = worker_state(store, settings)
    assert (state.stand, state.command) == ("gone", home_command(settings.home, "worker"))
    assert state.text.startswith(
        "No worker for 3 min: it was ended" if ended else "No worker for 3 min: it ended without"
    )


def test_a_worker_that_was_told_to_end_is_missed_at_once(store, settings):
    seen(store, 0, ended=True)
    assert worker_state(store, settings).stand == "gone"


def test_a_process_that_is_there_and_says_nothing_is_to_be_ended_first(store, settings):
    seen(store, 200, this_worker("local", version="1", now=datetime.now(UTC)))
    state = worker_state(store, settings)
    assert f"process {os.getpid()} is still there" in state.text
    assert f"kill -9 {os.getpid()}" in state.text


@pytest.mark.parametrize(
    "who",
    [
        {"host": "another-machine", "process": os.getpid()},
        {"host": socket.gethostname(), "process": 2**22 + 1},
        {"host": socket.gethostname(), "process": os.getpid(), "started_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=["elsewhere", "no such process", "a number used again"],
)
def test_a_process_that_cannot_be_the_workers_is_not_blamed(store, settings, who):
    seen(store, 200, worker(**who))
    assert "ended without a word" in worker_state(store, settings).text


def test_what_the_supervisor_gave_up_on_is_told_with_its_last_words(store, settings):
    settings.home.mkdir()
    trouble = WorkerTrouble(
        datetime.now(UTC), 1, 5, ("older", "a", "b", "worker: another worker (process 9)"), "Mend it."
    )
    note_trouble(settings.home, trouble)
    state = worker_state(store, settings)
    assert state.command is None
    assert state.text.endswith(
        "it ended 5 times in a row. Its last words: a b worker: another worker (process 9) Mend it."
    )
    assert worker_json(state)["trouble"]["said"][0] == "older"
    seen(store, 1)
    assert worker_state(store, settings).stand == "running", "a worker that runs again has no trouble"


def test_the_document_is_plain_data(store, settings):
    seen(store, 61)
    shown = worker_json(worker_state(store, settings))
    assert shown["worker"]["seconds"] == pytest.approx(61, abs=2)
    assert datetime.fromisoformat(shown["worker"]["seen_at"]).tzinfo is not None
    assert worker_json(worker_state(store, settings))["state"] == "gone"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5399, "90 min"), (7200, "2 h"), (2e5, "2 days")]
)
def test_time_is_told_as_one_says_it(seconds, said):
    assert since(seconds) == said


def test_a_home_with_a_space_is_quoted_for_the_shell():
    assert home_command(Path("/a b"), "worker") == "python -P -m app --home '/a b' worker"
