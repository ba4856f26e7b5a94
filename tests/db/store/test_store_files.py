"""A store's file is told from what is none, gets its name whole, and is copied before its form changes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import StoreError
from db.store.store_files import check_file, copies_of, copy_file, drafted, give_name, keep_copy, size_of


def make(path: Path, value: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (?)", (value,))


def value_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT x FROM t").fetchone()[0])


def test_a_database_and_nothing_at_all_are_fine(tmp_path: Path) -> None:
    make(tmp_path / "store.db", 1)
    check_file(tmp_path / "store.db")
    check_file(tmp_path / "none.db")


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"hello" * 9, "is no SQLite database")])
def test_another_file_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "store.db").write_bytes(content)
    with pytest.raises(StoreError, match=words):
        check_file(tmp_path / "store.db")


def test_a_draft_gets_a_name_that_nobody_has_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for value, got_it in ((1, True), (2, False)):
        with drafted(path, mode=0o600) as draft:
            make(draft, value)
            assert give_name(draft, path) is got_it
    assert [one.name for one in tmp_path.iterdir()] == ["store.db"]
    assert value_of(path) == 1


def test_a_copy_holds_what_only_the_log_has_and_never_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    make(path, 1)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("UPDATE t SET x = 2")
        writer.commit()  # in the log, as long as this connection lives
        copies = [
            keep_copy(path, before="0007", size=size_of(path), write=lambda draft: copy_file(path, draft))
            for _ in range(2)
        ]
    assert copies_of(path) == copies
    assert [one.name for one in copies] == ["store.db.before-0007", "store.db.before-0007.2"]
    assert [value_of(one) for one in copies] == [2, 2]
    assert copies[0].stat().st_mode & 0o777 == 0o600
