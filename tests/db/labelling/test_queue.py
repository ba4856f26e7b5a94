import subprocess
import sys
import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert

from db.errors import HeldEnough, InvalidDecision, LeaseLost, NotFound
from db.labelling import closing, labels, leases, queue
from db.pool import persons, project
from db.records import Decision
from db.rounds import rankings
from db.schema import CameraRow, ImageRow
from sspcm.skeletons.skeleton import get_skeleton
from tests.db.dealing import claim, held_by, listed, order, rank_cold


def test_without_a_ranking_images_come_in_import_order(store, add_people, ann, now):
    ids = [image.id for image in add_people(store, count=3)]
    assert [item.image.id for item in listed(store, now)] == ids
    assert claim(store, ann, now) == ids[0]


def test_the_queue_follows_the_ranking_then_what_came_since(store, add_people, now):
    a, b, c, d = (image.id for image in add_people(store, count=4))
    rank_cold(store, [c, a])
    items = listed(store, now)
    assert [item.image.id for item in items] == [c, a, b, d]
    assert [item.score for item in items] == [1.0, 0.99, None, None]
    assert [item.reasons for item in items] == [("reason 0",), ("reason 1",), (), ()]
    assert [item.blind for item in items] == [False, True, False, False]
    assert [item.position for item in items] == sorted(item.position for item in items)
    assert [item.image.id for item in listed(store, now, limit=3)] == [c, a, b]


def test_open_validation_images_are_queued_and_those_that_came_labelled_are_not(store, add_people, ann, now):
    (validation,) = add_people(store, split="validation")
    (measured,) = add_people(store, labelled=True, split="validation")
    (train,) = add_people(store)
    assert [item.image.id for item in listed(store, now)] == [train.id, validation.id]
    rank_cold(store, [validation.id, measured.id, train.id])
    assert [item.image.id for item in listed(store, now)] == [validation.id, train.id]
    assert claim(store, ann, now) == validation.id
    assert claim(store, ann, now, exclude=[validation.id]) == train.id


def test_decided_images_leave_the_queue_and_reopened_ones_return_to_their_place(store, add_people, ann, now):
    a, b = (image.id for image in add_people(store, count=2))
    rank_cold(store, [b, a])
    with store.transaction() as tx:
        (person,) = persons.list_persons(tx, image_id=b)
        labels.decide(tx, Decision("1", "not_a_person", person.id, 0, ann), now=now)
    assert [item.image.id for item in listed(store, now)] == [a]
    assert claim(store, ann, now, exclude=[a]) is None
    with store.transaction() as tx:
        labels.decide(tx, Decision("2", "reopen", person.id, 1, ann), now=now)
    assert [item.image.id for item in listed(store, now)] == [b, a]


def test_a_claimed_image_is_held_and_the_list_says_by_whom(store, add_people, ann, bea, now):
    a, b = (image.id for image in add_people(store, count=2))
    with store.transaction() as tx:
        item, lease = queue.claim(tx, ann, now=now, lease_s=60)
    assert (item.image.id, item.leased_by) == (a, "ann")
    assert (lease.image_id, lease.user_id, lease.expires_at) == (a, ann.id, now + timedelta(seconds=60))
    assert claim(store, bea, now) == b
    assert [i.leased_by for i in listed(store, now)] == ["ann", "bea"]
    assert [i.leased_by for i in listed(store, now + timedelta(seconds=61))] == [None, None]


def test_a_reloaded_page_gets_its_own_image_back(store, add_people, ann, now):
    a, b, c = (image.id for image in add_people(store, count=3))
    assert claim(store, ann, now) == a
    assert claim(store, ann, now, exclude=[a]) == b
    assert claim(store, ann, now) == a
    rank_cold(store, [c, b, a])
    assert claim(store, ann, now) == b  # own images first, in the queue's order
    assert claim(store, ann, now, exclude=[a, b]) == c
    assert claim(store, ann, now, exclude=[a, b, c]) is None


def test_a_lease_that_ran_out_frees_the_image(store, add_people, ann, bea, now):
    (image,) = add_people(store)
    assert claim(store, ann, now) == image.id
    assert claim(store, bea, now + timedelta(seconds=59)) is None
    assert claim(store, bea, now + timedelta(seconds=61)) == image.id


def hold(store, user, image_id, now):
    with store.transaction() as tx:
        return queue.claim_image(tx, user, image_id, now=now, lease_s=60)


def test_an_image_asked_for_by_name_is_held_like_one_the_queue_dealt(store, add_people, ann, bea, now):
    first, second = add_people(store, count=2)
    assert hold(store, ann, second.id, now) == second
    assert hold(store, ann, second.id, now) == second
    assert claim(store, ann, now) == second.id
    assert claim(store, bea, now) == first.id
    with pytest.raises(LeaseLost, match=r"ann works on 0001.jpg just now.*Open another image"):
        hold(store, bea, second.id, now)
    assert hold(store, bea, second.id, now + timedelta(seconds=61)) == second


def test_a_closed_image_may_be_held_and_the_queue_never_deals_it(store, add_people, ann, bea, now):
    (closed,) = add_people(store, labelled=True)
    (other,) = add_people(store)
    rank_cold(store, [closed.id, other.id])
    assert hold(store, ann, closed.id, now) == closed
    assert claim(store, ann, now) == other.id
    assert claim(store, ann, now, exclude=[other.id]) is None
    with pytest.raises(LeaseLost, match="ann works on"):
        hold(store, bea, closed.id, now)
    with store.transaction() as tx:
        (lease,) = leases.renew(tx, ann, [closed.id], now=now, lease_s=60)
        leases.release(tx, ann, [closed.id])
    assert lease.image_id == closed.id
    assert hold(store, bea, closed.id, now) == closed
    assert hold(store, ann, closed.id, now + timedelta(seconds=61)) == closed
    assert [item.image.id for item in listed(store, now)] == [other.id]


def test_deciding_in_a_closed_image_keeps_it_for_whoever_looks_at_it(store, add_people, ann, bea, now):
    (closed,) = add_people(store, labelled=True, persons=2)
    hold(store, ann, closed.id, now)
    with store.transaction() as tx:
        first, second = persons.list_persons(tx)
        labels.decide(tx, Decision("1", "skip", first.id, 1, ann, reason="dark"), now=now)
    with pytest.raises(LeaseLost):
        hold(store, bea, closed.id, now)
    with store.transaction() as tx:
        labels.decide(tx, Decision("2", "reopen", second.id, 1, ann), now=now)
    assert claim(store, ann, now) == closed.id


def test_a_validation_image_that_came_labelled_and_one_that_is_not_there_are_not_held(store, add_people, ann, now):
    (validation,) = add_people(store, labelled=True, split="validation")
    with pytest.raises(InvalidDecision, match=r"'0000\.jpg' belongs to validation"):
        hold(store, ann, validation.id, now)
    with pytest.raises(NotFound, match="There is no image 99"):
        hold(store, ann, 99, now)


def test_of_two_annotators_asking_for_one_image_at_once_one_gets_it(store, add_people, ann, bea, now):
    (image,) = add_people(store)
    barrier, got = Barrier(2), []

    def ask(user):
        barrier.wait(20)
        try:
            got.append(hold(store, user, image.id, now).id)
        except LeaseLost as lost:
            got.append(type(lost))

    threads = [Thread(target=ask, args=(user,)) for user in (ann, bea)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(got, key=str) == [image.id, LeaseLost]


def test_an_empty_home_has_nothing_to_claim(store, ann, now):
    assert claim(store, ann, now) is None
    assert listed(store, now) == []


@pytest.mark.parametrize("ranked", [True, False])
def test_many_annotators_at_once_never_get_the_same_image(store, add_people, add_account, now, ranked):
    ids = [image.id for image in add_people(store, count=40)]
    if ranked:
        rank_cold(store, ids[::-1][:30])
    people = [add_account(store, f"annotator {i}") for i in range(8)]
    got, start = {}, Barrier(len(people))

    def take_five(user):
        start.wait()
        mine = []
        for _ in range(5):
            mine.append(claim(store, user, now, exclude=mine, most_held=10_000))
        got[user.id] = mine

    threads = [Thread(target=take_five, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [image_id for mine in got.values() for image_id in mine]
    assert sorted(taken) == ids


def test_annotators_in_different_processes_never_get_the_same_image(store, store_url, add_people, add_account, now):
    ids = [image.id for image in add_people(store, count=30)]
    code = """
import sys
from datetime import datetime
from db.labelling import queue
from db.records import UserRecord
from db.store.session import open_store
url, user_id, now = sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
store, mine, user = open_store(url), [], UserRecord(user_id, "x", "annotator")
sys.stdin.readline()
while True:
    with store.transaction() as tx:
        claimed = queue.claim(tx, user, now=now, lease_s=60, exclude=mine, most_held=10_000)
    if claimed is None:
        break
    mine.append(claimed[0].image.id)
print(*mine)
"""
    people = [add_account(store, name) for name in ("ann", "bea")]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, store_url, str(user.id), now.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for user in people
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    got = [int(image_id) for process in processes for image_id in process.communicate(timeout=60)[0].split()]
    assert all(process.returncode == 0 for process in processes)
    assert len(got) == len(set(got))
    assert set(got) == set(ids)


def test_a_claim_and_the_decision_that_closes_its_image_never_block_each_other(
    store, add_people, ann, bea, now, monkeypatch
):
    (image,) = add_people(store)
    rank_cold(store, [image.id])
    claim(store, bea, now)
    later = now + timedelta(seconds=61)  # bea's lease ran out
    hold, threads, errors = leases.hold, [], []

    def decide():
        try:
            with store.transaction() as tx:
                labels.decide(tx, Decision("late", "not_a_person", 1, 0, bea), now=later)
        except Exception as error:
            errors.append(error)

    def hold_while_bea_decides(*arguments, **named):
        threads.append(Thread(target=decide))
        threads[0].start()
        threads[0].join(0.5)  # she waits for the claim, whose entry is locked
        return hold(*arguments, **named)

    monkeypatch.setattr(queue, "hold", hold_while_bea_decides)
    assert claim(store, ann, later) == image.id
    threads[0].join(20)
    assert [type(error) for error in errors] in ([], [LeaseLost])


def test_claims_among_20000_images_are_as_quick_as_among_100(store, add_account, now):
    ann = add_account(store)
    few = claim_seconds(store, ann, now, first=1, count=100)
    many = claim_seconds(store, ann, now, first=101, count=20_000)
    assert many < 5 * few + 0.005  # a walk over the pool takes twenty times as long


def claim_seconds(store, user, now, *, first, count):
    """Rank `count` new images, last first; finish the front of the ranking; the median time to claim the next ones."""
    ids = range(first + count - 1, first - 1, -1)
    with store.transaction() as tx:
        project.ensure_project(tx, name="large", skeleton=get_skeleton("coco-17"))
        tx.merge(CameraRow(id=1, name="hall"))
        tx.flush()
        row = {"file_name": "f", "width": 1, "height": 1, "camera_id": 1, "split": "train", "is_open": True}
        tx.connection().execute(
            insert(ImageRow), [{**row, "id": i, "sha256": str(i), "frame": i, "extra": {}} for i in ids]
        )
        rankings.replace_cold_ranking(tx, order(ids))
        for image_id in ids[:50]:
            closing.finish_image(tx, image_id, user=user, key=str(image_id), now=now)
    seconds, mine = [], []
    for _ in range(20):
        began = time.perf_counter()
        mine.append(claim(store, user, now, exclude=mine, most_held=10_000))
        seconds.append(time.perf_counter() - began)
    assert mine == list(ids[50:70])
    with store.transaction() as tx:
        leases.release(tx, user, mine)
    return sorted(seconds)[len(seconds) // 2]


def test_nobody_gets_a_fifth_image_and_nothing_is_taken_from_them(store, add_people, ann, bea, now):
    add_people(store, count=7)
    with store.transaction() as tx:
        have = []
        for _ in range(4):
            item, _ = queue.claim(tx, ann, now=now, lease_s=120, exclude=have)
            have.append(item.image.id)
        with pytest.raises(HeldEnough, match="4 images at hand"):
            queue.claim(tx, ann, now=now, lease_s=120, exclude=have)
        assert held_by(tx, ann, now) == set(have)
        assert queue.claim(tx, bea, now=now, lease_s=120)[0].image.id not in have
        leases.release(tx, ann, have[:1])
        assert queue.claim(tx, ann, now=now, lease_s=120, exclude=have)[0].image.id not in have


def test_who_has_as_many_as_one_may_hears_of_an_empty_queue_as_everybody_does(store, add_people, ann, now):
    add_people(store, count=4)
    with store.transaction() as tx:
        have = [queue.claim(tx, ann, now=now, lease_s=120, exclude=range(n))[0].image.id for n in (0, 2, 3, 4)]
        assert queue.claim(tx, ann, now=now, lease_s=120, exclude=have) is None


def test_a_lease_that_ran_out_does_not_count(store, add_people, ann, now):
    add_people(store, count=8)
    later = now + timedelta(seconds=121)
    with store.transaction() as tx:
        have = []
        for moment in [now] * 4 + [later] * 4:
            have.append(queue.claim(tx, ann, now=moment, lease_s=120, exclude=have)[0].image.id)
        assert held_by(tx, ann, later) == set(have[4:])


def test_opening_by_id_lets_go_of_the_image_not_heard_of_for_longest(store, add_people, ann, now):
    shown = [image.id for image in add_people(store, count=6)]
    with store.transaction() as tx:
        for second, image_id in enumerate(shown[:4]):
            queue.claim_image(tx, ann, image_id, now=now + timedelta(seconds=second), lease_s=120)
        leases.renew(tx, ann, shown[:1], now=now + timedelta(seconds=5), lease_s=120)
        queue.claim_image(tx, ann, shown[4], now=now + timedelta(seconds=6), lease_s=120)
        assert held_by(tx, ann, now) == {shown[0], shown[2], shown[3], shown[4]}
        queue.claim_image(tx, ann, shown[4], now=now + timedelta(seconds=7), lease_s=120)
        assert len(held_by(tx, ann, now)) == 4


def test_closed_images_that_were_looked_at_make_room_first(store, add_people, ann, now):
    waiting = [image.id for image in add_people(store, count=3)]
    closed = [image.id for image in add_people(store, count=3, labelled=True)]
    with store.transaction() as tx:
        queue.claim(tx, ann, now=now, lease_s=120)
        for image_id in closed:
            queue.claim_image(tx, ann, image_id, now=now + timedelta(seconds=1), lease_s=120)
        item, _ = queue.claim(tx, ann, now=now, lease_s=120, exclude=waiting[:1])
        assert item.image.id == waiting[1]
        assert held_by(tx, ann, now) == set(waiting[:2])
