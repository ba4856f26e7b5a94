"""What was answered as saved is on disk: the calls that put it there are counted where they are made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.store.session import Store

ROOT = Path(__file__).resolve().parents[2]

WRITES = """
import sys
from pathlib import Path
from sqlalchemy import text
from db.store.session import open_store

url, log, durable = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "durable"
store = open_store(url)
with store.transaction() as tx:
    tx.execute(text("UPDATE cameras SET name = 'begun'"))
log.write_text("")
for number in range(20):
    with store.transaction(durable=durable) as tx:
        tx.execute(text("UPDATE cameras SET name = :name"), {"name": str(number)})
print(log.read_text())
"""


@pytest.fixture(scope="session")
def sync_counter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that notes every sync, built here; skips where nothing builds it."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler, or not Linux: nothing counts the syncs here")
    built = tmp_path_factory.mktemp("syncs") / "count_syncs.so"
    source = ROOT / "benchmarks" / "count_syncs.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", built, source, "-ldl"], check=True)
    return built


def synced_files(counter: Path, store: Store, folder: Path, how: str) -> list[str]:
    """The names of the files synced during 20 transactions, each as often as it was."""
    log = folder / "syncs.txt"
    environ = {**os.environ, "LD_PRELOAD": str(counter), "SYNC_LOG": str(log), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-c", WRITES, store.url, str(log), how]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return [Path(line).name for line in done.stdout.split()]


def test_every_durable_transaction_is_on_disk_when_it_ends(sync_counter, sqlite_store, add_people, tmp_path):
    add_people(sqlite_store)
    synced = synced_files(sync_counter, sqlite_store, tmp_path, "durable")
    assert synced.count("store.db-wal") >= 20


def test_leases_and_progress_wait_for_the_next_checkpoint(sync_counter, sqlite_store, add_people, tmp_path):
    add_people(sqlite_store)
    assert len(synced_files(sync_counter, sqlite_store, tmp_path, "soon")) < 5
