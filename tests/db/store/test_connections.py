"""Connections stay with the store's file, and each transaction begins as it should."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError

from db.errors import StoreError
from db.pool import project
from db.store.session import migrate, open_store
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")


def test_sqlite_runs_in_wal_with_foreign_keys_and_patience(sqlite_store):
    with sqlite_store.reading() as tx:
        said = {name: tx.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")}
    assert said == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}


def test_nothing_is_taken_as_saved_where_the_stores_file_was_moved_away(sqlite_store, tmp_path):
    path = Path(make_url(sqlite_store.url).database)
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="kept", skeleton=COCO)
    path.rename(tmp_path / "away.db")
    with pytest.raises(OperationalError, match="unable to open"), sqlite_store.transaction() as tx:
        project.set_coco_header(tx, {})
    assert not path.exists()
    (tmp_path / "away.db").rename(path)
    with sqlite_store.reading() as tx:
        assert project.get_project(tx).name == "kept"


def test_a_store_put_in_the_place_of_another_is_the_one_that_is_used(sqlite_store, migrated_sqlite):
    path = Path(make_url(sqlite_store.url).database)
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="old", skeleton=COCO)
    for name in (path, *path.parent.glob(f"{path.name}-*")):
        name.unlink()
    shutil.copyfile(migrated_sqlite, path)
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="new", skeleton=COCO)
    other = open_store(sqlite_store.url)
    with other.reading() as tx:
        assert project.get_project(tx).name == "new"
    other.close()


@pytest.mark.parametrize("in_its_place", ["empty", "another"])
def test_a_file_put_beside_the_log_of_the_one_before_is_not_opened_and_costs_no_label(
    sqlite_store, migrated_sqlite, tmp_path, in_its_place
):
    path = Path(make_url(sqlite_store.url).database)
    for name in ("old", "saved last"):
        with sqlite_store.transaction() as tx:
            project.ensure_project(tx, name="kept", skeleton=COCO)
            project.set_coco_header(tx, {"info": name})
    with sqlite_store.reading() as other, sqlite_store.reading() as tx:  # two connections: one stays open below
        assert project.get_project(tx) == project.get_project(other)
    path.rename(tmp_path / "away.db")
    path.write_bytes(b"" if in_its_place == "empty" else migrated_sqlite.read_bytes())
    with pytest.raises(DatabaseError), sqlite_store.transaction() as tx:
        project.set_coco_header(tx, {})
    (tmp_path / "away.db").replace(path)
    with sqlite_store.reading() as tx:
        assert project.get_project(tx).coco_header == {"info": "saved last"}


PASSING_BY = """
import sys
from db.pool import project
from db.store.session import open_store
store = open_store(sys.argv[1])
with store.reading() as tx:
    print(project.get_project(tx).coco_header)
store.close()
"""


def test_a_process_that_comes_and_goes_takes_no_log_from_under_another_process(sqlite_store):
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="kept", skeleton=COCO)
    with sqlite_store.reading() as other, sqlite_store.reading() as tx:  # the second connection looks at the file, too
        assert project.get_project(tx) == project.get_project(other)
    seen = []
    for name in ("first", "second"):
        with sqlite_store.transaction() as tx:
            project.set_coco_header(tx, {"info": name})
        passing_by = [sys.executable, "-c", PASSING_BY, sqlite_store.url]
        seen.append(subprocess.run(passing_by, check=True, capture_output=True, text=True).stdout.strip())
    assert seen == ["{'info': 'first'}", "{'info': 'second'}"]


def test_a_store_in_memory_is_refused():
    with pytest.raises(StoreError, match="Give a path"):
        migrate("sqlite://")
