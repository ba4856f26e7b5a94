"""Readiness: told from life, bounded in time, and no crowd of threads behind a store that hangs."""

import asyncio
import os
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.web.readiness import Readiness, look_at
from db.store.session import Store, open_store


def test_a_server_that_can_save_is_ready(store: Store, tmp_path: Path) -> None:
    assert look_at(store, tmp_path)() is None


def test_a_store_that_another_process_keeps_locked_is_not_ready_in_time(sqlite_store: Store, tmp_path: Path) -> None:
    readiness = Readiness(look_at(sqlite_store, tmp_path), within_s=0.2)
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    threading.Timer(1.0, other.rollback).start()

    async def ask() -> tuple[str | None, str | None]:
        first = await readiness.trouble()
        await asyncio.sleep(3)
        return first, await readiness.trouble()

    assert asyncio.run(ask()) == ("the store did not answer within 0.2 s", None)
    other.close()


def test_a_store_that_is_gone_or_is_none_is_told_without_a_path(sqlite_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    opened = open_store(sqlite_url)
    (tmp_path / "store.db").write_bytes(b"no database" * 1000)
    assert look_at(opened, home)() == "the store does not answer"
    home.rmdir()
    assert look_at(opened, home)() == "the home folder cannot be reached"
    opened.close()


def test_a_database_that_lets_nobody_in_is_not_ready(postgres_url: str, tmp_path: Path) -> None:
    opened = open_store(postgres_url.rsplit("/", 1)[0] + "/nowhere")
    assert look_at(opened, tmp_path)() == "the store does not answer"
    opened.close()


def test_a_database_with_other_tables_is_not_ready(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store.transaction() as tx:
        tx.execute(text("ALTER TABLE project RENAME TO elsewhere"))
    assert look_at(sqlite_store, tmp_path)() == "the store does not answer"


def test_many_who_ask_share_one_look_and_one_that_hangs_keeps_one_thread() -> None:
    looks, let_go = [], threading.Event()

    def hang() -> str | None:
        looks.append(threading.get_ident())
        let_go.wait(10)
        return None

    async def ask() -> tuple[list[str | None], float, str | None]:
        readiness = Readiness(hang, within_s=0.3, fresh_s=60)
        began = time.monotonic()
        said = [*await asyncio.gather(*(readiness.trouble() for _ in range(50))), await readiness.trouble()]
        took = time.monotonic() - began
        let_go.set()
        await asyncio.sleep(0.1)
        return said, took, await readiness.trouble()

    said, took, after = asyncio.run(ask())
    assert set(said) == {"the store did not answer within 0.3 s"}
    assert (len(looks), after) == (1, None)
    assert took < 2


def test_a_full_disk_is_told(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.statvfs(tmp_path)
    names = [
        f"f_{part}"
        for part in ["bsize", "frsize", "blocks", "bfree", "bavail", "files", "ffree", "favail", "flag", "namemax"]
    ]
    left = {"f_bavail": 0, "f_favail": whole.f_favail}
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result([left.get(n, getattr(whole, n)) for n in names]))
    assert look_at(store, tmp_path)() == "the disk of the home folder is full"
    left.update(f_bavail=whole.f_bavail, f_favail=0)
    assert look_at(store, tmp_path)() == "the disk of the home folder takes no more files"
