"""What checks suspect stands beside one revision of a label, on both databases."""

from dataclasses import replace

import numpy as np
import pytest

from db.clock import utc_now
from db.errors import NotFound
from db.labelling import findings, labels, sheet
from db.labelling.sheet import SheetFilter
from db.pool import images
from db.records import Decision, FindingRecord, LabelCheckRecord, ToCheckBy
from db.rounds import predictions
from db.store.session import open_store
from sspcm.pose import Label, Prediction
from tests.db.labelling.deciding import persons


def said(person, kind="swap", keypoints=(9,), score=0.5, **more):
    return FindingRecord(person.id, person.label.revision, kind, keypoints, score, f"{kind} of {keypoints}", **more)


def check(store, *found):
    told = LabelCheckRecord(utc_now(), "", people=3, predicted=0, found=0, seen=ToCheckBy(1, 0, None))
    with store.transaction() as tx:
        return findings.replace(tx, found, told)


def current(store, **which):
    with store.reading() as tx:
        return findings.current(tx, **which)


def call_right(store, user, finding_id):
    with store.transaction() as tx:
        return findings.call_right(tx, finding_id, user, now=utc_now())


def relabel(store, user, person):
    with store.transaction() as tx:
        label = Label(person.label.xyv + np.array([1.0, 1.0, 0.0]), author=user.name)
        labels.decide(
            tx, Decision("again-and-again", "accept", person.id, person.revision, user, label=label), now=utc_now()
        )


@pytest.fixture
def people(store, add_people):
    add_people(store, persons=3, labelled=True)
    return persons(store)


def test_findings_come_by_score_and_a_check_replaces_all_before_it(store, people):
    assert check(store, said(people[0], score=0.2), said(people[1], "miss", (0,), 0.9)) == 2
    assert [(one.person_id, one.kind, one.keypoints) for one in current(store)] == [
        (people[1].id, "miss", (0,)),
        (people[0].id, "swap", (9,)),
    ]
    assert [one.kind for one in current(store, kind="swap")] == ["swap"]
    check(store, said(people[2], "inversion", ()))
    assert [(one.person_id, one.keypoints, one.id is not None) for one in current(store)] == [(people[2].id, (), True)]


def test_a_newer_label_makes_what_was_suspected_void(store, people, ann):
    check(store, said(people[0]), said(people[1]))
    relabel(store, ann, people[0])
    assert [one.person_id for one in current(store)] == [people[1].id]
    with store.reading() as tx:
        assert findings.counts(tx) == {"swap": 1}
        assert findings.of_persons(tx, [one.id for one in people]).keys() == {people[1].id}


def test_what_was_called_right_does_not_come_back_for_that_label(store, people, ann):
    check(store, said(people[0]), said(people[0], "miss", (0,)))
    (swap,) = [one for one in current(store) if one.kind == "swap"]
    assert call_right(store, ann, swap.id).person_id == people[0].id
    call_right(store, ann, swap.id)  # twice is once
    assert [one.kind for one in current(store)] == ["miss"]
    assert check(store, said(people[0], score=0.99), said(people[0], "swap", (10,))) == 1
    assert [(one.kind, one.keypoints) for one in current(store)] == [("swap", (10,))], (
        "another keypoint is another matter"
    )
    relabel(store, ann, people[0])
    assert check(store, said(persons(store)[0])) == 1, "another label is looked at again"
    assert len(current(store)) == 1


def test_a_finding_that_is_gone_is_told_so(store, people, ann):
    with pytest.raises(NotFound, match="Load the page again"):
        call_right(store, ann, 99)


def test_a_check_is_remembered_with_what_it_went_by(store, people):
    with store.reading() as tx:
        assert findings.last_check(tx) is None
        seen = findings.to_check_by(tx)
        assert (seen.imported, seen.round) == (0, None) and findings.labels_since(tx, seen.label) == 0
        assert findings.labels_since(tx, 0) == 3
    check(store, said(people[0]))
    with store.transaction() as tx:
        predictions.add_predictions(tx, None, [(people[0].id, Prediction(np.full((17, 3), 0.5), "model"))])
    with store.reading() as tx:
        last = findings.last_check(tx)
        assert last is not None and (last.people, last.found, last.seen) == (3, 1, ToCheckBy(1, 0, None))
        assert findings.to_check_by(tx).imported > 0


def shown(store, user, *, after=None, limit=100, **wanted):
    with store.reading() as tx:
        return sheet.page(tx, SheetFilter(show="suspicious", **wanted), user, after=after, limit=limit)


def test_the_sheet_shows_suspicious_labels_by_their_worst_suspicion_page_by_page(store, people, ann):
    first, second, third = people
    check(
        store, said(first, score=0.4), said(second, score=0.8), said(first, "miss", (0,), 0.9), said(third, score=0.1)
    )
    page = shown(store, ann)
    assert [one.person.id for one in page.persons] == [first.id, second.id, third.id] and page.total == 3
    assert [one.kind for one in page.persons[0].findings] == ["miss", "swap"]
    one_by_one, after = [], None
    for _ in people:
        page = shown(store, ann, after=after, limit=1)
        one_by_one += [one.person.id for one in page.persons]
        after = page.next
    assert one_by_one == [first.id, second.id, third.id] and after is None


def test_the_sheets_filters_narrow_suspicious_labels(store, people, ann):
    check(store, said(people[0]), said(people[1], "miss", (0,)), said(people[2], "inversion", ()))
    assert [one.person.id for one in shown(store, ann, suspicion="miss").persons] == [people[1].id]
    assert [one.person.id for one in shown(store, ann, keypoint=9).persons] == [people[0].id]
    assert shown(store, ann, search="no such file").persons == ()
    with store.reading() as tx:
        (image,) = images.list_images(tx)
    assert len(shown(store, ann, camera_id=image.camera.id).persons) == 3


def test_findings_move_into_another_store_with_what_was_called_right(sqlite_store, add_people, add_account, tmp_path):
    from db.store.backing_up import snapshot

    add_people(sqlite_store, persons=2, labelled=True)
    ann, (first, second) = add_account(sqlite_store), persons(sqlite_store)
    check(sqlite_store, said(first), said(second))
    call_right(sqlite_store, ann, current(sqlite_store)[0].id)
    rows = snapshot(sqlite_store, tmp_path / "copy.db")
    assert (rows["findings"], rows["label_checks"]) == (2, 1)
    copy = open_store(f"sqlite:///{tmp_path / 'copy.db'}")
    assert [replace(one, id=None) for one in current(copy)] == [replace(one, id=None) for one in current(sqlite_store)]
    copy.close()
