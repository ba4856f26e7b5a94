"""Cameras and parts of their images given to people: whose an image is, and what the queue deals."""

import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import event, insert, select

from db.errors import InvalidDecision, NotFound
from db.labelling import closing, leases, queue, work
from db.people import users
from db.pool import cameras, counts, images, project
from db.records import NewImage
from db.rounds import rankings
from db.schema import CameraRow, ImageRow, RankingEntryRow
from sspcm.skeletons.skeleton import get_skeleton
from tests.db.dealing import claim, order, rank_cold


def camera_ids(store, *names):
    with store.reading() as tx:
        known = {camera.name: camera.id for camera in cameras.list_cameras(tx)}
    return [known[name] for name in names]


def give(store, now, *people, names=(), part=""):
    with store.transaction() as tx:
        return work.give(tx, camera_ids(store, *names), part, [one.id for one in people], now=now)


def take(store, work_id, user=None):
    with store.transaction() as tx:
        return work.take(tx, work_id, None if user is None else user.id)


def everything(store, user, now, *, passed=()):
    """The images that somebody gets, in order."""
    got = list(passed)
    while (image_id := claim(store, user, now, exclude=got, most_held=10_000)) is not None:
        got.append(image_id)
    with store.transaction() as tx:
        leases.release(tx, user, got[len(passed) :])
    return got[len(passed) :]


@pytest.fixture
def hall(store, add_people):
    return [image.id for image in add_people(store, count=3)]


@pytest.fixture
def yard(store, hall, add_people):
    return [image.id for image in add_people(store, count=3, camera="yard")]


def test_who_was_given_work_gets_it_alone_and_who_was_not_gets_what_is_nobodys(store, hall, yard, ann, bea, now):
    assert everything(store, ann, now) == hall + yard
    give(store, now, ann, names=["yard"])
    assert everything(store, ann, now) == yard
    assert everything(store, bea, now) == hall


def test_work_comes_in_the_queues_order_whatever_piece_it_is_of(store, hall, yard, ann, bea, now):
    ranked = [yard[2], hall[1], yard[0], hall[0]]
    rank_cold(store, ranked)
    give(store, now, ann, names=["yard", "hall"])
    assert everything(store, ann, now) == [*ranked, hall[2], yard[1]]
    assert everything(store, bea, now) == []


def test_a_ranking_made_later_knows_whose_the_images_are(store, hall, yard, ann, bea, now):
    give(store, now, ann, names=["yard"])
    rank_cold(store, [yard[1], hall[2], yard[0], hall[0], hall[1], yard[2]])
    assert everything(store, ann, now) == [yard[1], yard[0], yard[2]]
    assert everything(store, bea, now) == [hall[2], hall[0], hall[1]]


def test_a_closed_image_that_opens_again_is_still_of_its_piece(store, hall, yard, ann, bea, now):
    give(store, now, ann, names=["yard"])
    with store.transaction() as tx:
        tx.get_one(ImageRow, yard[0]).is_open = False
    rank_cold(store, yard + hall)
    with store.transaction() as tx:
        closing.mark_open(tx, tx.get_one(ImageRow, yard[0]), is_open=True)
    assert everything(store, ann, now) == yard
    assert everything(store, bea, now) == hall


def test_a_part_of_the_file_names_is_given_and_capitals_do_not_count(store, hall, ann, bea, now, make_label):
    with store.transaction() as tx:
        for name in ("Morning_1.jpg", "evening_1.jpg", "100%_a.jpg"):
            images.add_image(tx, NewImage(f"{hash(name):064x}"[-64:], name, 640, 480, "hall", 9), [])
        named = dict(tx.execute(select(ImageRow.file_name, ImageRow.id)).all())
    (piece,) = give(store, now, ann, names=["hall"], part=" morning ")
    assert everything(store, ann, now) == [named["Morning_1.jpg"]]
    take(store, piece)
    give(store, now, bea, part="0%_")
    assert everything(store, bea, now) == [named["100%_a.jpg"]]


def test_an_image_imported_later_belongs_to_the_piece_that_covers_it(store, hall, ann, bea, now, add_people):
    give(store, now, ann, names=["hall"])
    (later,) = add_people(store)
    assert everything(store, ann, now) == [*hall, later.id]
    assert everything(store, bea, now) == []


def test_of_two_pieces_that_cover_an_image_the_newer_has_it_until_it_is_taken(store, hall, ann, bea, now):
    (older,) = give(store, now, ann, names=["hall"])
    (newer,) = give(store, now, bea, part="0001")
    assert (everything(store, ann, now), everything(store, bea, now)) == ([hall[0], hall[2]], [hall[1]])
    take(store, newer)
    assert (everything(store, ann, now), everything(store, bea, now)) == (hall, [])
    take(store, older)
    assert everything(store, bea, now) == hall


def test_two_share_a_piece_and_one_of_them_may_lose_it(store, hall, yard, ann, bea, now):
    (piece,) = give(store, now, ann, names=["yard"])
    assert give(store, now, bea, names=["yard"]) == [piece]
    assert claim(store, ann, now) == yard[0]
    assert claim(store, bea, now) == yard[1]
    take(store, piece, ann)
    assert everything(store, ann, now, passed=[yard[0]]) == hall
    assert everything(store, bea, now, passed=[yard[1]]) == [yard[2]]
    with pytest.raises(NotFound, match="nobody like that has the work"):
        take(store, piece, ann)


def test_all_of_one_persons_work_is_taken_and_what_others_share_stays(store, hall, yard, ann, bea, now):
    give(store, now, ann, names=["hall"])
    give(store, now, ann, bea, names=["yard"])
    with store.transaction() as tx:
        assert [piece.camera for piece in work.take_all(tx, ann.id)] == ["yard", "hall"]
    with store.reading() as tx:
        assert [(one.camera, [person.user.name for person in one.people]) for one in work.list_work(tx)] == [
            ("yard", ["bea"])
        ]
        assert work.work_of(tx, ann) == [work.NOBODYS]
        assert work.open_by_camera(tx) == dict(
            zip(camera_ids(store, "hall", "yard"), map(len, (hall, yard)), strict=True)
        )
    assert everything(store, ann, now) == hall
    with pytest.raises(NotFound, match="has no work"), store.transaction() as tx:
        work.take_all(tx, ann.id)


def test_what_somebody_holds_already_comes_first_whosever_work_it_is(store, hall, yard, ann, now):
    assert claim(store, ann, now) == hall[0]
    give(store, now, ann, names=["yard"])
    assert claim(store, ann, now) == hall[0]


def test_the_list_says_whose_a_piece_is_and_how_many_are_open(store, hall, yard, ann, bea, now):
    give(store, now, bea, ann, names=["yard"])
    with store.transaction() as tx:
        tx.get_one(ImageRow, yard[0]).is_open = False
        users.disable(tx, bea.id)
    with store.reading() as tx:
        (piece,) = work.list_work(tx)
        counted = [counts.open_images(tx, work.work_of(tx, who)) for who in (ann, bea)]
    assert (piece.camera, piece.part, piece.images, piece.open, piece.given_at) == ("yard", "", 3, 2, now)
    assert [(one.user.name, one.is_disabled) for one in piece.people] == [("ann", False), ("bea", True)]
    assert counted == [2, 2]


def test_what_cannot_be_given_is_refused_and_changes_nothing(store, hall, ann, bea, now):
    with store.transaction() as tx:
        users.disable(tx, bea.id)
    refusals = [
        ((), "", [], InvalidDecision, "nobody is named"),
        ((), "", [bea.id], InvalidDecision, "bea's account is disabled"),
        ((), "", [99], NotFound, "no account 99"),
        ((99,), "", [ann.id], NotFound, "no camera 99"),
        ((), "a\0", [ann.id], InvalidDecision, "part of the file name"),
    ]
    for wanted, part, people, kind, words in refusals:
        with store.transaction() as tx, pytest.raises(kind, match=words):
            work.give(tx, wanted, part, people, now=now)
    with store.reading() as tx:
        assert work.list_work(tx) == []


def test_giving_while_others_claim_deals_nobody_two_and_nobody_anothers(store, add_people, add_account, ann, now):
    ids = [image.id for image in add_people(store, count=30)]
    yard = [image.id for image in add_people(store, count=30, camera="yard")]
    rank_cold(store, [one for pair in zip(ids, yard, strict=True) for one in pair])
    bob, got, start, errors = add_account(store, "bob"), [], Barrier(3), []

    def claims():
        start.wait(20)
        try:
            for _ in range(25):
                image_id = claim(store, bob, now, exclude=got, most_held=10_000)
                got.append(image_id)
        except Exception as error:
            errors.append(error)

    def gives():
        start.wait(20)
        try:
            for _ in range(3):
                (piece,) = give(store, now, ann, names=["yard"])
                take(store, piece)
            give(store, now, ann, names=["yard"])
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=claims), Thread(target=gives)]
    for thread in threads:
        thread.start()
    start.wait(20)
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(set(got) - {None}) == len([one for one in got if one is not None])
    later = now + timedelta(seconds=61)
    assert set(everything(store, ann, later)) == set(yard)
    assert set(everything(store, bob, later)) == set(ids)


@pytest.mark.parametrize("pieces", [1, 40])
def test_claims_of_work_at_the_rankings_end_are_as_quick_as_at_its_front(store, add_account, now, pieces):
    """20,000 images: the work of `ann` comes last in the order, or is the front of it."""
    ann, bob = add_account(store), add_account(store, "bob")
    with store.transaction() as tx:
        project.ensure_project(tx, name="large", skeleton=get_skeleton("coco-17"))
        tx.add_all([CameraRow(id=1 + k, name=f"c{k}") for k in range(pieces + 1)])
        tx.flush()
        row = {"file_name": "f", "width": 1, "height": 1, "split": "train", "is_open": True, "extra": {}}
        rows = [
            {**row, "id": i, "sha256": str(i), "frame": i, "camera_id": 1 if i <= 19_800 else 2 + i % pieces}
            for i in range(1, 20_001)
        ]
        tx.connection().execute(insert(ImageRow), rows)
        rankings.replace_cold_ranking(tx, order(range(1, 20_001)))
        work.give(tx, range(2, pieces + 2), "", [ann.id], now=now)
    front, end = seconds(store, bob, now), seconds(store, ann, now)
    assert end < 5 * front + 0.01 * (1 + pieces / 10)  # a walk over the ranking takes a hundred times as long


def seconds(store, user, now):
    """The median time of twenty claims."""
    found, mine = [], []
    for _ in range(20):
        began = time.perf_counter()
        mine.append(claim(store, user, now, exclude=mine, most_held=10_000))
        found.append(time.perf_counter() - began)
    assert mine == sorted(mine) and None not in mine
    return sorted(found)[len(found) // 2]


def test_a_claim_reads_one_range_of_an_index_for_each_piece(sqlite_store, hall_and_yard, add_account, now):
    ann = add_account(sqlite_store, "ann")
    with sqlite_store.transaction() as tx:
        rankings.replace_cold_ranking(tx, order([1, 2]))
        work.give(tx, [1, 2], "", [ann.id], now=now)
    plans = []
    with sqlite_store.transaction() as tx:
        connection = tx.connection()

        def explain(_connection, cursor, statement, parameters, _context, _many):
            if statement.startswith("SELECT") and "ranking_entries" in statement and "position" in statement:
                rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
                plans.extend(row[3] for row in rows)

        event.listen(connection, "before_cursor_execute", explain)
        queue.claim(tx, ann, now=now, lease_s=60)
    read = [step for step in plans if "ranking_entries" in step]
    assert any("ix_ranking_entries_work (ranking_id=? AND is_open=? AND work_id=?)" in step for step in read), read
    assert all(step.startswith("SEARCH") and "ix_ranking_entries_queue" not in step for step in read), read


@pytest.fixture
def hall_and_yard(sqlite_store, add_people):
    return add_people(sqlite_store), add_people(sqlite_store, camera="yard")


def test_places_have_the_marks_of_their_images(store, hall, yard, ann, now):
    rank_cold(store, hall + yard)
    (piece,) = give(store, now, ann, names=["yard"])
    with store.reading() as tx:
        marks = dict(tx.execute(select(RankingEntryRow.image_id, RankingEntryRow.work_id)).all())
    assert marks == dict.fromkeys(hall, 0) | dict.fromkeys(yard, piece)


def test_the_open_images_counted_quickly_are_those_of_the_counts(store, add_people):
    add_people(store, count=2)
    add_people(store, labelled=True)
    add_people(store, split="validation")
    with store.reading() as tx:
        assert counts.open_images(tx, [0]) == counts.count(tx).images_open == 3
