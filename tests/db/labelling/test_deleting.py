"""An image or a person taken away for good: nothing that is about them is left, and what is found is found quickly."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Table, create_engine, insert, inspect, select, text

from db.clock import utc_now
from db.errors import InvalidDecision, NotFound, WasDeleted
from db.labelling import deleting, labels, queue
from db.labelling.deleting import Target, children
from db.pool import exports, images, tombstones
from db.pool.persons import get_person, insert_person, list_persons
from db.records import Decision, NewImage, NewPerson, PersonScore, RankingEntry, UserRecord
from db.rounds import predictions, rankings, rounds
from db.schema import Base, ImageRow, PersonRow, RoundRow
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.pose import Box, Label, Prediction

WHY = "asked for"


def prediction(network: str = "C") -> Prediction:
    return Prediction(np.tile([100.0, 90.0, 0.5], (17, 1)), network)


@pytest.fixture
def lived_in(store: Store, add_people: Any, add_account: Any, make_label: Any) -> Store:
    """Two images of two persons each: predicted, scored, ranked, labelled twice, held, frozen by a round that ended."""
    lea = add_account(store, "lea", "lead")
    first, second = add_people(store, count=2, persons=2)
    with store.transaction() as tx:
        ids = [one.id for one in list_persons(tx)]
        record = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=lea)
        predictions.add_predictions(tx, record.id, [(i, prediction(name)) for i in ids for name in ("A", "C")])
        scores = [PersonScore(i, 0.5, (0.5,) * 17, ()) for i in ids]
        predictions.add_person_scores(tx, record.id, scores)
        rankings.add_round_ranking(
            tx, record.id, [RankingEntry(one.id, place, 0.5, (), False) for place, one in enumerate((first, second))]
        )
        told = predictions.for_persons(tx, ids, round_number=1)
        for person_id in ids[:3]:
            accept(tx, lea, person_id, make_label(), started_from=told[person_id][1].id)
        accept(tx, lea, ids[0], make_label(), kind="reopen")
        accept(tx, lea, ids[0], make_label(x=50.0))
        rounds.freeze(tx, record.id)
        tx.execute(RoundRow.__table__.update().values(state="cancelled", stage="done"))  # type: ignore[attr-defined]
        queue.claim(tx, lea, now=utc_now(), lease_s=60)
    return store


def accept(
    tx: Any, user: UserRecord, person_id: int, label: Label, *, kind: Any = "accept", started_from: Any = None
) -> None:
    person = get_person(tx, person_id)
    placed = Label(label.xyv, author=user.name, started_from=started_from) if kind == "accept" else None
    key = f"{kind}-{person_id}-{person.revision}"
    labels.decide(tx, Decision(key, kind, person_id, person.revision, user, label=placed), now=utc_now())


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    with store.reading() as tx:
        return {
            table.name: [dict(row) for row in tx.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def about(found: dict[str, list[dict[str, Any]]], *, image: int, persons: set[int]) -> dict[str, int]:
    """How many rows tell of an image or of one of these persons, by table."""
    count = {}
    for table, those in found.items():
        key = {"images": "id", "persons": "image_id"}.get(table, "image_id")
        count[table] = sum(row.get(key) == image or row.get("person_id") in persons for row in those)
    return {table: number for table, number in count.items() if number}


def delete(store: Store, target: Target) -> dict[str, int]:
    with store.transaction() as tx:
        now, _ = deleting.lock(tx, target)
        return deleting.delete_for_good(tx, now, by="lea", why=WHY)


def test_nothing_about_a_deleted_image_is_left_and_everything_else_is_as_it_was(lived_in: Store) -> None:
    before = rows(lived_in)
    persons = {row["id"] for row in before["persons"] if row["image_id"] == 1}
    assert set(about(before, image=1, persons=persons)) >= {
        "images", "persons", "labels", "predictions", "person_scores", "decisions", "ranking_entries", "frozen_persons",
    }  # fmt: skip
    with lived_in.reading() as tx:
        told = deleting.count_rows(tx, target := deleting.image_target(tx, 1))
    gone = delete(lived_in, target)
    after = rows(lived_in)
    assert about(after, image=1, persons=persons) == {}
    assert gone == told and gone["labels"] == 3 and gone["persons"] == 2 and gone["decisions"] == 4
    for table, those in before.items():
        if table not in ("project", "tombstones", "pool_counts"):
            assert [row for row in those if row in after[table]] == after[table], table
            assert len(those) - len(after[table]) == gone.get(table, 0), table
    (stone,) = after["tombstones"]
    assert {key: stone[key] for key in ("kind", "digest", "by", "why")} == {
        "kind": "image", "digest": before["images"][0]["sha256"], "by": "lea", "why": WHY,
    }  # fmt: skip


def test_a_deleted_person_goes_alone_and_their_image_closes_where_they_were_the_last(lived_in: Store) -> None:
    before = rows(lived_in)
    (last,) = [row["id"] for row in before["persons"] if row["image_id"] == 2 and row["state"] == "open"]
    with lived_in.reading() as tx:
        target = deleting.person_target(tx, last)
        assert images.get_image(tx, 2).is_open
    delete(lived_in, target)
    after = rows(lived_in)
    assert about(after, image=-1, persons={last}) == {}
    assert [row["id"] for row in after["persons"]] == [row["id"] for row in before["persons"] if row["id"] != last]
    with lived_in.reading() as tx:
        assert not images.get_image(tx, 2).is_open


def test_images_of_the_same_bytes_go_together(store: Store, add_people: Any) -> None:
    (one,) = add_people(store)
    add_people(store)
    with store.transaction() as tx:
        twin, _ = images.add_image(tx, NewImage(one.sha256, "other name.jpg", 640, 480, "hall", 9, "train"), [])
    with store.reading() as tx:
        target = deleting.image_target(tx, twin.id)
    assert target.images == (one.id, twin.id) and target.names == (one.file_name, "other name.jpg")
    assert delete(store, target)["images"] == 2
    with store.reading() as tx:
        assert [image.id for image in images.list_images(tx)] == [2]


def test_the_same_bytes_do_not_come_in_again_until_a_lead_allows_it(store: Store, add_people: Any) -> None:
    (one,) = add_people(store)
    again = NewImage(one.sha256, "again.jpg", 640, 480, "hall", 0, "train")
    with store.reading() as tx:
        target = deleting.image_target(tx, one.id)
    delete(store, target)
    with (
        pytest.raises(WasDeleted, match=r"deleted for good on .* by lea \('asked for'\).*delete allow 1"),
        store.transaction() as tx,
    ):
        images.add_image(tx, again, [])
    with store.transaction() as tx:
        assert tombstones.kept_out_images(tx) == [one.sha256]
        tombstones.allow(tx, 1, by="lea")
    with store.transaction() as tx:
        assert images.add_image(tx, again, [])[1]
        assert tombstones.kept_out_images(tx) == []
    with pytest.raises(NotFound, match="nothing was deleted under the number 7"), store.transaction() as tx:
        tombstones.allow(tx, 7, by="lea")


def test_a_deleted_person_of_a_file_does_not_come_back_with_it(store: Store, add_people: Any) -> None:
    (one,) = add_people(store)
    both = [NewPerson(Box(1, 1, 9, 9), source_id=5), NewPerson(Box(30, 30, 9, 9), source_id=6)]
    with store.transaction() as tx:
        person_id = insert_person(tx, one.id, both[0])
        target = deleting.person_target(tx, person_id)
    delete(store, target)
    with store.reading() as tx:
        assert tombstones.without_deleted(tx, one.sha256, both) == both[1:]
        assert tombstones.without_deleted(tx, "0" * 63 + "7", both) == both, "another image's"


def test_no_number_is_given_again(lived_in: Store) -> None:
    with lived_in.reading() as tx:
        target = deleting.image_target(tx, 2)
    delete(lived_in, target)
    with lived_in.transaction() as tx:
        added, _ = images.add_image(
            tx, NewImage("f" * 64, "new.jpg", 640, 480, "hall", 0, "train"), [NewPerson(Box(1, 1, 9, 9))]
        )
        assert added.id == 3 and [one.id for one in list_persons(tx, image_id=3)] == [5]


def test_who_saves_into_a_deleted_image_is_told(lived_in: Store, make_label: Any) -> None:
    with lived_in.reading() as tx:
        target, person = deleting.image_target(tx, 2), get_person(tx, 4)
        lea = UserRecord(id=1, name="lea", role="lead")
    delete(lived_in, target)
    decision = Decision("k", "accept", 4, person.revision, lea, label=Label(make_label().xyv, author="lea"))
    with pytest.raises(NotFound, match="There is no person 4"), lived_in.transaction() as tx:
        labels.decide(tx, decision, now=utc_now())
    with lived_in.transaction() as tx:
        assert queue.claim(tx, lea, now=datetime.now(UTC) + timedelta(hours=1), lease_s=60) is None


def test_saves_and_a_deletion_at_once_leave_nothing_half(lived_in: Store, make_label: Any) -> None:
    """Whoever comes first: the label is saved and goes with the image, or is refused. No row is left behind."""
    lea = UserRecord(id=1, name="lea", role="lead")
    with lived_in.reading() as tx:
        target = deleting.image_target(tx, 2)
    outcomes: list[str] = []

    def save(number: int) -> None:
        for turn in range(10):
            try:
                with lived_in.transaction() as tx:
                    kind = "accept" if get_person(tx, 4).state == "open" else "reopen"
                    accept(tx, lea, 4, make_label(x=float(turn)), kind=kind)
                outcomes.append("saved")
            except Exception as error:
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    delete(lived_in, target)
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"saved", "NotFound", "RevisionConflict", "InvalidDecision"}, outcomes
    assert "NotFound" in outcomes
    assert about(rows(lived_in), image=2, persons={3, 4}) == {}


def test_a_models_predictions_of_who_was_deleted_meanwhile_are_left_out(lived_in: Store) -> None:
    with lived_in.reading() as tx:
        target = deleting.image_target(tx, 2)
    delete(lived_in, target)
    said = [
        predictions.ImportedPrediction(prediction("m.onnx"), PersonScore(i, 0.5, (0.5,) * 17, ()), "crop")
        for i in (1, 3, 4)
    ]
    with lived_in.transaction() as tx:
        predictions.add_imported(tx, said)
        assert set(predictions.imported(tx, [1, 3, 4])) == {1}
        rankings.replace_cold_ranking(tx, [RankingEntry(i, i, 0.5, (), False) for i in (1, 2)])
    assert {row["image_id"] for row in rows(lived_in)["ranking_entries"]} == {1}


def test_nothing_is_deleted_while_a_models_run_is_under_way(lived_in: Store) -> None:
    with lived_in.transaction() as tx:
        target = deleting.image_target(tx, 1)
        tx.execute(
            insert(Base.metadata.tables["prelabellings"]).values(
                project_id=1, model="m", sha256="a", state="running", launched_by_id=1, created_at=utc_now(), done=0,
                total=1, report={},
            )
        )  # fmt: skip
    with pytest.raises(InvalidDecision, match="a pose model runs over the pool"):
        delete(lived_in, target)


def test_exports_that_held_it_are_named(lived_in: Store) -> None:
    def export(last: exports.LastNumbers) -> None:
        with lived_in.transaction() as tx:
            told = {"actor": "lea", "via": "page", "filter": {}, "images": 2, "persons": 4, "labelled": 3}
            exports.note(tx, last, **told, sha256="ab" * 32)

    export(exports.LastNumbers(image=1, person=2))
    with lived_in.reading() as tx:
        now = exports.last_numbers(tx)
    export(now)
    with lived_in.reading() as tx:
        assert [one.id for one in exports.holding(tx, image_id=1, person_id=None)[0]] == [2, 1]
        assert [one.id for one in exports.holding(tx, image_id=2, person_id=4)[0]] == [2]
        assert exports.holding(tx, image_id=3, person_id=None) == ([], 0)


def pointing() -> Iterator[tuple[Table, str]]:
    """Every column by which something is found that goes with an image or a person."""
    waiting, seen = [ImageRow.__table__, PersonRow.__table__], set[Any]()
    while waiting:
        parent = waiting.pop()
        for table, column in children(parent):  # type: ignore[arg-type]
            yield table, column.name
            if table not in seen:
                seen.add(table)
                waiting.append(table)


def test_whatever_points_at_an_image_or_person_is_found_by_an_index(store: Store) -> None:
    """At a million rows a deletion would else read whole tables, and check each key it deletes by reading them."""
    engine = create_engine(store.url)
    found = inspect(engine)
    for table, column in sorted({(table.name, column) for table, column in pointing()}):
        first = [index["column_names"][0] for index in found.get_indexes(table) if index["column_names"]]
        first += [one["column_names"][0] for one in found.get_unique_constraints(table)]
        first.append(found.get_pk_constraint(table)["constrained_columns"][0])
        assert column in first, f"{table}.{column} has no index that begins with it; a migration makes one."
    engine.dispose()


def test_the_plan_of_a_deletion_reads_no_table_whole(sqlite_store: Store) -> None:
    engine = create_engine(sqlite_store.url)
    with engine.connect() as connection:
        for table, column in {(table.name, column) for table, column in pointing()}:
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} IN (1, 2)"))
            assert all("SEARCH" in str(row) for row in plan), (table, column)
    engine.dispose()
