"""Work given and taken back, with its lines in the log, and what each person has left."""

from collections.abc import Callable

import pytest

from app.labelling import tasks
from app.team import work
from db.errors import NotFound
from db.people import audit, users
from db.people.audit import Actor
from db.pool import images, project
from db.records import NewImage, NewPerson
from db.store.session import Store
from sspcm.pose import Box, Label
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.labelling.annotating import LEASE_S, Account, People, take

LEA = Actor("lea", audit.BY_PAGE)


def told(store: Store) -> dict[str, tuple[bool, int]]:
    with store.reading() as tx:
        return {one.name: (one.is_given, one.open) for one in work.work_told(tx).people}


def test_each_person_is_told_with_what_they_have_left(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, count=2)
    add_people(sqlite_store, count=3, camera="yard")
    ann, bea = add_account(sqlite_store), add_account(sqlite_store, "bea")
    assert told(sqlite_store) == {"ann": (False, 5), "bea": (False, 5)}
    assert work.give(sqlite_store, LEA, [ann.id], [2], "") == "ann gets yard: 3 open images to do."
    assert told(sqlite_store) == {"ann": (True, 3), "bea": (False, 2)}
    assert (take(sqlite_store, ann).remaining, take(sqlite_store, bea).remaining) == (3, 2)
    said = work.give(sqlite_store, LEA, [ann.id, bea.id], [1], "0001")
    assert said == "ann and bea get hall, names with '0001': 1 open image to do."
    assert told(sqlite_store) == {"ann": (True, 4), "bea": (True, 1)}
    with sqlite_store.transaction() as tx:
        users.disable(tx, bea.id)
    assert told(sqlite_store) == {"ann": (True, 4)}
    with sqlite_store.reading() as tx:
        assert work.work_told(tx).free == 1


def test_giving_and_taking_are_in_the_log(sqlite_store: Store, add_account: Account, add_people: People) -> None:
    add_people(sqlite_store)
    ann = add_account(sqlite_store)
    work.give(sqlite_store, LEA, [ann.id], [], "")
    assert work.take(sqlite_store, LEA, 1, None) == "every camera is taken from ann."
    with sqlite_store.reading() as tx:
        lines = [(one.actor, one.action, one.about, one.details) for one in audit.read(tx)]
    assert lines == [
        ("lea", "work taken", "every camera", {"from": "ann"}),
        ("lea", "work given", "every camera", {"to": "ann", "open": 1}),
    ]
    with pytest.raises(NotFound, match="nobody like that has the work 1"):
        work.take(sqlite_store, LEA, 1, ann.id)


def test_work_is_what_the_queue_deals_and_nothing_that_may_not_be_opened(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (hall,) = add_people(sqlite_store)
    add_people(sqlite_store, camera="yard")
    ann = add_account(sqlite_store)
    work.give(sqlite_store, LEA, [ann.id], [2], "")
    assert tasks.next_task(sqlite_store, ann, exclude=[2], lease_s=LEASE_S) is None
    assert tasks.open_image(sqlite_store, ann, hall.id, lease_s=LEASE_S).read_only is None


def test_a_gift_says_what_it_takes_over(sqlite_store: Store, add_account: Account, add_people: People) -> None:
    add_people(sqlite_store, count=2)
    add_people(sqlite_store, count=3, camera="yard")
    ann, bea = add_account(sqlite_store), add_account(sqlite_store, "bea")
    work.give(sqlite_store, LEA, [ann.id], [], "")
    assert work.give(sqlite_store, LEA, [bea.id], [2], "") == (
        "bea gets yard: 3 open images to do. 3 open images of every camera, given before to ann, are no more theirs."
    )
    with sqlite_store.reading() as tx:
        assert audit.read(tx, most=1)[0].details == {"to": "bea", "open": 3, "taken_over": 3}
    assert work.give(sqlite_store, LEA, [ann.id], [2], "") == "ann gets yard: 3 open images to do.", "shared, not lost"
    assert work.give(sqlite_store, LEA, [ann.id], [1], "") == "ann gets hall: 2 open images to do.", "from her own"


def test_all_work_of_one_person_is_taken_at_once(sqlite_store: Store, add_account: Account, add_people: People) -> None:
    add_people(sqlite_store, count=2)
    add_people(sqlite_store, count=3, camera="yard")
    ann, bea = add_account(sqlite_store), add_account(sqlite_store, "bea")
    work.give(sqlite_store, LEA, [ann.id], [1, 2], "")
    work.give(sqlite_store, LEA, [bea.id], [2], "")
    assert work.take_all(sqlite_store, LEA, ann.id) == "All 2 pieces are taken from ann."
    assert told(sqlite_store) == {"ann": (False, 2), "bea": (True, 3)}
    with sqlite_store.reading() as tx:
        (line,) = audit.read(tx, most=1)
        assert [piece.camera for piece in work.work_told(tx).pieces] == ["yard"]
    assert (line.action, line.about, line.details) == ("work taken", "hall and yard", {"from": "ann"})
    with pytest.raises(NotFound, match="has no work"):
        work.take_all(sqlite_store, LEA, ann.id)
    assert work.take_all(sqlite_store, LEA, bea.id) == "yard is taken from bea."
    assert told(sqlite_store) == {"ann": (False, 5), "bea": (False, 5)}


def test_cameras_say_what_is_open_and_those_with_nothing_come_last(
    sqlite_store: Store, add_people: People, make_label: Callable[..., Label]
) -> None:
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        done = NewPerson(Box(9, 9, 20, 30), make_label())
        images.add_image(tx, NewImage("f" * 64, "a.jpg", 640, 480, "attic", 1), [done])
    add_people(sqlite_store, count=2, camera="yard")
    with sqlite_store.reading() as tx:
        assert [(one.name, one.open) for one in work.work_told(tx).cameras] == [("yard", 2), ("attic", 0)]
