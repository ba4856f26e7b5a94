"""What a decision leads to, on a real store."""

import numpy as np
import pytest

from app.contract.base import BoxMessage, BoxPayload
from app.contract.labelling import (
    AcceptMessage,
    AddPersonMessage,
    NotAPersonMessage,
    PersonMessage,
    SkipMessage,
)
from app.dataset.exporting import export_coco
from app.labelling import decisions, tasks
from db.clock import utc_now
from db.errors import LeaseLost, RevisionConflict
from db.labelling import labels, leases
from db.store.session import Store
from sspcm.pose import PoseError
from tests.app.labelling.annotating import LEASE_S, Account, People, accept, key, publish_round, take


def test_a_decision_is_carried_out_once_and_an_older_view_is_refused(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, persons=2)
    ann = add_account(sqlite_store)
    take(sqlite_store, ann)
    name = key()
    first, again = (accept(sqlite_store, ann, 1, 0, name) for _ in range(2))
    assert (first.repeated, again.repeated, first.image_done) == (False, True, False)
    with pytest.raises(RevisionConflict):
        decisions.skip(
            sqlite_store, ann, SkipMessage(key=key(), person_id=1, revision=0, reason="dark"), lease_s=LEASE_S
        )
    gone = NotAPersonMessage(key=key(), person_id=2, revision=0)
    last = decisions.not_a_person(sqlite_store, ann, gone, lease_s=LEASE_S)
    assert last.image_done
    taken_back = PersonMessage(key=key(), person_id=2, revision=last.person.revision)
    assert decisions.reopen(sqlite_store, ann, taken_back, lease_s=LEASE_S).person.state == "open"


def test_only_the_holder_decides_and_a_drawn_person_waits_for_a_decision(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store)
    ann, bob = add_account(sqlite_store), add_account(sqlite_store, "bob")
    take(sqlite_store, ann)
    assert tasks.next_task(sqlite_store, bob, exclude=(), lease_s=LEASE_S) is None
    with pytest.raises(LeaseLost):
        accept(sqlite_store, bob, 1, 0, key())
    box = BoxMessage(x=300.0, y=200.0, width=40.0, height=60.0, angle=30.0)
    drawn = decisions.add_person(
        sqlite_store, ann, AddPersonMessage(key=key(), image_id=image.id, box=box), lease_s=LEASE_S
    )
    assert (drawn.state, drawn.box, drawn.start.source) == ("open", BoxPayload(**box.model_dump()), "empty")
    back = NotAPersonMessage(key=key(), person_id=drawn.id, revision=0, withdrawn=True)
    assert decisions.not_a_person(sqlite_store, ann, back, lease_s=LEASE_S).person.state == "not_a_person"
    assert [person.id for person in take(sqlite_store, ann).persons] == [1]
    assert tasks.heartbeat(sqlite_store, ann, [image.id], lease_s=LEASE_S) == [image.id]
    tasks.release(sqlite_store, ann, [image.id])
    assert take(sqlite_store, bob).image.id == image.id
    assert tasks.heartbeat(sqlite_store, ann, [image.id], lease_s=LEASE_S) == []


def test_an_accepted_pose_keeps_its_author_and_the_prediction_it_started_from(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2})
    ann = add_account(sqlite_store)
    start = take(sqlite_store, ann).persons[0].start
    message = AcceptMessage(
        key=key(), person_id=1, revision=0, xyv=start.xyv, touched=[False] * 17, started_from=start.prediction_id
    )
    decisions.accept(sqlite_store, ann, message, lease_s=LEASE_S)
    with sqlite_store.reading() as tx:
        kept = labels.history(tx, 1)[-1]
    assert (kept.author, kept.started_from) == ("ann", start.prediction_id)
    assert kept.touched is not None
    assert not kept.touched.any()


def test_a_changed_box_is_saved_with_its_decision_and_exported(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store, persons=2)
    ann = add_account(sqlite_store)
    upright = BoxMessage(x=30.0, y=50.0, width=60.0, height=100.0)
    turned = BoxMessage(x=100.0, y=60.0, width=40.0, height=80.0, angle=90.0)
    pose = {"xyv": [[5.0, 6.0, 2.0]] * 17, "touched": [True] * 17}
    for person_id, box in ((1, upright), (2, turned)):
        message = AcceptMessage.model_validate(
            {"key": key(), "person_id": person_id, "revision": 0, "box": box.model_dump(), **pose}
        )
        decisions.accept(sqlite_store, ann, message, lease_s=LEASE_S)
    assert [p.box for p in tasks.open_image(sqlite_store, ann, image.id, lease_s=LEASE_S).persons] == [
        BoxPayload(**upright.model_dump()),
        BoxPayload(**turned.model_dump()),
    ]
    first, second = export_coco(sqlite_store)["annotations"]
    assert (first["bbox"], first.get("rbbox"), first["keypoints"][:3]) == (
        [30.0, 50.0, 60.0, 100.0],
        None,
        [5.0, 6.0, 2],
    )
    np.testing.assert_allclose(second["bbox"], [80.0, 80.0, 80.0, 40.0])
    assert second["rbbox"] == [120.0, 100.0, 40.0, 80.0, 90.0]


def test_a_box_that_cannot_be_is_refused_with_its_decision(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store)
    ann = add_account(sqlite_store)
    flat = BoxMessage(x=1.0, y=1.0, width=0.0, height=5.0)
    with pytest.raises(PoseError, match="positive width"):
        decisions.not_a_person(
            sqlite_store, ann, NotAPersonMessage(key=key(), person_id=1, revision=0, box=flat), lease_s=LEASE_S
        )
    assert take(sqlite_store, ann).persons[0].state == "open"


def test_undoing_more_images_than_one_may_hold_lets_the_oldest_go(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    shown = [image.id for image in add_people(sqlite_store, count=6)]
    ann = add_account(sqlite_store)
    for person_id in range(1, 7):
        skipped = SkipMessage(key=key(), person_id=person_id, revision=0, reason="dark")
        decisions.skip(sqlite_store, ann, skipped, lease_s=LEASE_S)
    for person_id in range(6, 0, -1):
        undone = PersonMessage(key=key(), person_id=person_id, revision=1)
        decisions.reopen(sqlite_store, ann, undone, lease_s=LEASE_S)
    with sqlite_store.reading() as tx:
        assert sorted(leases.lease_holders(tx, now=utc_now())) == shown[:4]
