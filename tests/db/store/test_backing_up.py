"""A store is copied as it is at one moment, while others go on writing."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.errors import StoreError
from db.labelling import labels
from db.people import links, sessions, tokens, users
from db.pool.persons import list_persons
from db.records import Decision
from db.rounds import rounds
from db.schema import Base
from db.store.backing_up import WAS_UNDER_WAY, snapshot
from db.store.copying_rows import LEFT_BEHIND, OPENS_SOMETHING
from db.store.session import Store, open_store
from sspcm.config import RoundConfig
from sspcm.pose import Label


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Everything in a store, by table, in the order of its keys."""
    with store.reading() as tx:
        return {
            table.name: [dict(row) for row in tx.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in Base.metadata.sorted_tables
            if table not in LEFT_BEHIND | OPENS_SOMETHING
        }


def copy_of(path: Path) -> Store:
    return open_store(f"sqlite:///{path}")


def accept(store: Store, person_id: int, revision: int, user: Any, label: Label, key: str) -> None:
    placed = Label(label.xyv, author=user.name)
    with store.transaction() as tx:
        labels.decide(tx, Decision(key, "accept", person_id, revision, user, label=placed), now=datetime.now(UTC))


def test_every_row_of_the_store_is_in_its_copy(
    store: Store, tmp_path: Path, add_account: Any, add_people: Any, make_label: Callable[..., Label]
) -> None:
    lea = add_account(store, "Léa", "lead")
    add_people(store, count=4)
    with store.reading() as tx:
        persons = list_persons(tx)
    for one in persons[:2]:
        accept(store, one.id, one.revision, lea, make_label(), f"accept-{one.id}")
    told = snapshot(store, tmp_path / "copy.db")
    copy = copy_of(tmp_path / "copy.db")
    assert rows(copy) == rows(store)
    copy.close()
    assert told["labels"] == 2 and [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]


def test_while_others_write_the_copy_is_of_one_moment(
    store: Store, tmp_path: Path, add_account: Any, add_people: Any, make_label: Callable[..., Label]
) -> None:
    """Each writer accepts its own people one after the other: the copy has the first so many of each, none later."""
    writers = [add_account(store, name) for name in ("ann", "bob")]
    add_people(store, count=80)
    with store.reading() as tx:
        persons = list_persons(tx)
    shares = [persons[number::2] for number in range(2)]
    stop = threading.Event()

    def write(number: int) -> None:
        for one in shares[number]:
            if stop.is_set():
                return
            accept(store, one.id, one.revision, writers[number], make_label(x=float(one.id)), f"accept-{one.id}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    counts = []
    for number in range(4):
        counts.append(snapshot(store, tmp_path / f"{number}.db")["labels"])
    stop.set()
    for thread in threads:
        thread.join()
    there = {row["id"]: row for row in rows(store)["labels"]}
    for number in range(4):
        copy = copy_of(tmp_path / f"{number}.db")
        kept = rows(copy)["labels"]
        assert len(kept) == counts[number] and all(row == there[row["id"]] for row in kept)
        labelled = {row["person_id"] for row in kept}
        for share in shares:
            accepted = [one.id in labelled for one in share]
            assert accepted == sorted(accepted, reverse=True)
        with copy.reading() as tx:
            counted = {one.id for one in list_persons(tx) if one.state == "accepted"}
        assert counted == labelled
        copy.close()
    assert counts == sorted(counts)


def test_what_is_under_way_is_told_as_ended_in_the_copy_alone(
    store: Store, tmp_path: Path, add_account: Any, add_people: Any
) -> None:
    lea = add_account(store, "lea", "lead")
    add_people(store, count=1)
    with store.transaction() as tx:
        number = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=lea).number
    snapshot(store, tmp_path / "copy.db")
    copy = copy_of(tmp_path / "copy.db")
    for one, state, error in ((store, "queued", None), (copy, "failed", WAS_UNDER_WAY)):
        with one.reading() as tx:
            found = rounds.get(tx, number)
        assert (found.state, found.error) == (state, error)
    copy.close()


def test_nothing_that_signs_somebody_in_is_in_a_copy(store: Store, tmp_path: Path, add_account: Any) -> None:
    """What was taken back since would open again."""
    lea, now = add_account(store, "lea", "lead"), datetime.now(UTC)
    with store.transaction() as tx:
        session, _ = sessions.open_session(tx, lea, now=now, hours=2)
        key = links.make_link(tx, lea, now=now)
        token, _ = tokens.make_token(tx, lea, "nightly", "lead", now=now)
    snapshot(store, tmp_path / "copy.db")
    copy = copy_of(tmp_path / "copy.db")
    with copy.reading() as tx:
        assert sessions.session_of(tx, session, now=now) is None and not links.may_open(tx, key, now=now)
        assert tokens.session_of_token(tx, token, now=now) is None
        assert users.authenticate(tx, "lea", "correct horse") == lea
    copy.close()


def test_a_file_that_is_there_stays(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.db").write_text("mine")
    with pytest.raises(StoreError, match=r"there is a file at .*mine.db already; wanted a new one"):
        snapshot(store, tmp_path / "mine.db")
    assert (tmp_path / "mine.db").read_text() == "mine"
