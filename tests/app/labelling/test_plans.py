"""What a next and an accept ask of the store: every statement, and that none of them reads a large table from its
beginning to its end."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from app.contract.labelling import AcceptMessage, TaskPayload
from app.labelling import decisions, tasks
from benchmarks.large_home import fill, people_of
from db.clock import utc_now
from db.labelling import queue, review_walk, work
from db.labelling.review_walk import ReviewFilter
from db.records import UserRecord
from db.schema import ImageRow, ProjectRow
from db.store.session import Store

LARGE = (
    "images",
    "persons",
    "labels",
    "predictions",
    "person_scores",
    "person_flags",
    "ranking_entries",
    "decisions",
    "reviews",
    "frozen_persons",
    "second_labels",
)
PERSONS = 3000


@pytest.fixture
def large(store: Store) -> Store:
    """A home with a published round, in which both databases would rather use an index, if they can."""
    fill(store, PERSONS)
    return store


@contextmanager
def plans(store: Store) -> Iterator[list[tuple[str, str]]]:
    """Each statement that is sent meanwhile, with a line of its plan."""
    found: list[tuple[str, str]] = []
    is_sqlite = store.url.startswith("sqlite")

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            return
        cursor = connection.connection.cursor()  # the driver's own: asking to explain is no statement of ours
        one = parameters[0] if isinstance(parameters, list) else parameters  # rows of one statement: any of them
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", one)
        found.extend((statement, str(row[3] if is_sqlite else row[0])) for row in cursor.fetchall())

    event.listen(store._engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(store._engine, "before_cursor_execute", explain)


def whole_tables(store: Store, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that walk through a large table, be it by an index's order."""
    tables = "|".join(large_tables(store))
    walks = re.compile(rf"\bSCAN ({tables})\b|Seq Scan on ({tables})\b")
    return sorted({(plan, statement) for statement, plan in found if walks.search(plan)})


def label(store: Store, user: UserRecord, task: TaskPayload) -> None:
    for person in task.persons:
        message = AcceptMessage(
            key=uuid.uuid4().hex,
            person_id=person.id,
            revision=person.revision,
            xyv=[[200.0 + k, 300.0, 2.0] for k in range(17)],
            touched=[True] * 17,
            started_from=person.start.prediction_id,
        )
        decisions.accept(store, user, message, lease_s=60)


def large_tables(store: Store) -> list[str]:
    """SQLite plans for every table alike; PostgreSQL rightly reads whole whatever fits into a few pages."""
    if store.url.startswith("sqlite"):
        return list(LARGE)
    with store.reading() as tx:
        asked = text("SELECT relname FROM pg_class WHERE relname = ANY(:names) AND relpages > 4")
        found = list(tx.scalars(asked, {"names": list(LARGE)}))
    assert {"images", "persons", "labels", "predictions", "person_scores", "ranking_entries", "decisions"} <= {*found}
    return found


@pytest.mark.parametrize("split", ["train", "validation"])
def test_next_and_accept_read_no_large_table_whole(large: Store, split: str) -> None:
    user = people_of(large)[0]
    with large.transaction() as tx:
        tx.execute(update(ProjectRow).values(agreement={"twice": 0.5}))
    with plans(large) as found:
        task = next_of(large, user, split)
        label(large, user, task)
    assert {"persons", "predictions", "labels", "decisions", "pool_counts"} <= {
        table for statement, _ in found for table in re.findall(r"\b(?:FROM|INTO|UPDATE|JOIN) (\w+)", statement)
    }
    assert not whole_tables(large, found)


def next_of(store: Store, user: UserRecord, split: str) -> TaskPayload:
    """The next image of this split; those before are let go."""
    passed: list[int] = []
    while True:
        task = tasks.next_task(store, user, exclude=passed, lease_s=60)
        assert task is not None
        with store.reading() as tx:
            if tx.scalars(select(ImageRow.split).where(ImageRow.id == task.image.id)).one() == split:
                return task
        tasks.release(store, user, [task.image.id])
        passed.append(task.image.id)


def test_whoever_was_given_work_gets_it_by_an_index(large: Store) -> None:
    user, lead = people_of(large)[:2]
    with large.transaction() as tx:
        work.give(tx, [1, 2], "", [user.id], now=utc_now())
    analyze(large)
    with plans(large) as found:
        assert tasks.next_task(large, user, exclude=(), lease_s=60) is not None
        assert tasks.next_task(large, lead, exclude=(), lease_s=60) is not None
    assert not whole_tables(large, found)


def test_the_queue_is_listed_by_an_index(large: Store) -> None:
    with plans(large) as found, large.reading() as tx:
        assert len(queue.listing(tx, limit=20, now=utc_now())) == 20
    assert not whole_tables(large, found)


def test_a_reviewer_who_asks_for_somebody_without_labels_reads_nobody_elses(large: Store) -> None:
    """The plan names an author's own labels; then nothing is left to look at."""
    rita = people_of(large)[1]
    wanted = ReviewFilter("all", annotator="nobody")
    with plans(large) as found, large.reading() as tx:
        assert not review_walk.persons_to_review(tx, wanted, rita, now=utc_now(), limit=8)
        assert review_walk.count_to_review(tx, wanted, rita, now=utc_now(), most=100) == 0
    asked = [(statement, plan) for statement, plan in found if "labels.author" in statement]
    assert asked and not whole_tables(large, asked)
    assert sum("ix_labels_author" in plan for _, plan in asked) >= 2


def analyze(store: Store) -> None:
    if store.url.startswith("postgresql"):
        with store._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("ANALYZE"))
