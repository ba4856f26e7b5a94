"""A SQLite store is copied into a new one: every row as it was, once, and numbers go on."""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, select

from db.errors import StoreError
from db.labelling import labels
from db.people import users
from db.pool import counts
from db.pool.persons import list_persons
from db.records import Decision, KeypointFlag, PersonScore, RankingEntry
from db.rounds import predictions, rankings, rounds
from db.rounds.predictions import ImportedPrediction
from db.schema import Base
from db.store.copying_rows import LEFT_BEHIND
from db.store.moving import move_store
from db.store.session import Store, migrate, open_store
from sspcm.config import RoundConfig
from sspcm.pose import Label, Prediction


@pytest.fixture
def lived_in(
    tmp_path: Path,
    migrated_sqlite: Path,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
    make_label: Callable[..., Label],
) -> Path:
    """A store with two accounts, labels that begin at predictions, scores with flags, and a published round."""
    path = tmp_path / "old" / "store.db"
    path.parent.mkdir()
    shutil.copy(migrated_sqlite, path)
    store = open_store(f"sqlite:///{path}")
    lead, _ = add_account(store, "lea", "lead"), add_account(store, "Zoë")
    add_people(store, count=6)
    with store.reading() as tx:
        persons = list_persons(tx)
    label, flags = make_label(), (KeypointFlag(3, 0.75, "A and B disagree"),)
    said = [
        ImportedPrediction(
            Prediction(np.column_stack([label.xyv[:, :2], np.full(17, 0.5)]), "movenet"),
            PersonScore(one.id, 0.5, (0.5,) * 17, flags),
            "crop",
        )
        for one in persons
    ]
    with store.transaction() as tx:
        predictions.add_imported(tx, said)
        began = predictions.imported(tx, [one.id for one in persons])
    for one in persons[:4]:
        placed = Label(label.xyv, author=lead.name, started_from=began[one.id].id)
        with store.transaction() as tx:
            decided = Decision(f"accept-{one.id}", "accept", one.id, one.revision, lead, label=placed)
            labels.decide(tx, decided, now=datetime.now(UTC))
    with store.transaction() as tx:
        record = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=lead)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
        rankings.add_round_ranking(tx, record.id, [RankingEntry(persons[5].image_id, 0, 0.5, ("why",))])
        rounds.publish(tx, record.id, metrics={"ap": 0.5}, directory="r", now=datetime.now(UTC))
    store.close()
    return path


def rows(url: str) -> dict[str, list[dict[str, Any]]]:
    """Everything in a store, by table, in the order of its keys."""
    store = open_store(url)
    with store.reading() as tx:
        found = {
            table.name: [dict(row) for row in tx.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in Base.metadata.sorted_tables
        }
    store.close()
    return found


def test_every_row_is_there_as_it_was(lived_in: Path, empty_url: str) -> None:
    migrate(empty_url)
    moved = move_store(lived_in, empty_url)
    old, new = rows(f"sqlite:///{lived_in}"), rows(empty_url)
    left = {table.name for table in LEFT_BEHIND} - {"person_flags"}
    assert {name: found for name, found in old.items() if name not in left} == {
        name: found for name, found in new.items() if name not in left
    }
    assert moved == {name: len(new[name]) for name in moved}
    assert moved["labels"] == 4 and moved["users"] == 2 and moved["rounds"] == 1
    assert len(new["person_flags"]) > 0, "the new store's own triggers make them"
    assert counted(old["pool_counts"]) == counted(new["pool_counts"]) != {}


def counted(parts: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """What the rows of counts say together; a store may keep several of one kind."""
    found: Counter[tuple[str, str]] = Counter()
    for part in parts:
        found[part["what"], part["split"]] += part["number"]
    return {kind: number for kind, number in found.items() if number}


def test_numbers_go_on_where_they_were(
    lived_in: Path, empty_url: str, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    migrate(empty_url)
    move_store(lived_in, empty_url)
    store = open_store(empty_url)
    bob = add_account(store, "bob", "lead")
    add_people(store, count=2)
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=bob)
        images = counts.count(tx).images
    store.close()
    assert (bob.id, launched.number, images) == (3, 2, 8)


def test_a_store_that_is_in_use_is_not_filled_and_stays_as_it_is(
    lived_in: Path, store: Store, add_account: Any
) -> None:
    add_account(store, "max")
    before = rows(store.url)
    with pytest.raises(StoreError, match="has rows already \\(in users\\); wanted an unused one"):
        move_store(lived_in, store.url)
    assert rows(store.url) == before


def test_a_running_job_is_not_left_behind_unseen(lived_in: Path, empty_url: str) -> None:
    old = open_store(f"sqlite:///{lived_in}")
    with old.transaction() as tx:
        rounds.create(tx, config_toml=RoundConfig().to_toml(), user=users.list_users(tx)[0])
    old.close()
    migrate(empty_url)
    with pytest.raises(StoreError, match="a round is queued or running in the old store"):
        move_store(lived_in, empty_url)
    assert not any(rows(empty_url).values())


def test_what_is_no_store_is_told(lived_in: Path, empty_url: str, tmp_path: Path) -> None:
    migrate(empty_url)
    with pytest.raises(StoreError, match=r"there is no store at .*nothing\.db; wanted the store\.db .* Give its path"):
        move_store(tmp_path / "nothing.db", empty_url)
    for number, content in enumerate((b"", b"# Notes\n" * 100)):
        (notes := tmp_path / f"{number}.md").write_bytes(content)
        with pytest.raises(StoreError, match=r"is no SQLite store; wanted the store\.db .* Give its path"):
            move_store(notes, empty_url)
        assert notes.read_bytes() == content
    with pytest.raises(StoreError, match="is this home's own store"):
        move_store(lived_in, f"sqlite:///{lived_in}")
    engine = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE images (id INTEGER)")
    engine.dispose()
    with pytest.raises(StoreError, match="another program's tables"):
        move_store(tmp_path / "other.db", empty_url)
