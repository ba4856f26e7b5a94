"""Many people skipped at once and taken back, on both databases: nobody at work loses anything."""

from datetime import timedelta
from threading import Barrier

import pytest

from db.errors import RevisionConflict
from db.labelling import labels, recent, skipping_all
from db.labelling.skipping_all import REASON, Changed
from db.records import Decision
from db.schema import DecisionRow
from tests.db.dealing import claim, listed, rank_cold
from tests.db.labelling.deciding import at_once, decide, is_open, persons


@pytest.fixture
def lea(store, add_account):
    return add_account(store, "lea", "lead")


def skip_all(store, ids, user, now, key="skip-1"):
    with store.transaction() as tx:
        return skipping_all.skip_all(tx, ids, user=user, key=key, now=now)


def reopen_all(store, user, now, key="back-1"):
    with store.transaction() as tx:
        return skipping_all.reopen_all(tx, user=user, key=key, now=now)


def states(store):
    return [one.state for one in persons(store)]


def test_everybody_is_skipped_and_taken_back_with_their_images(store, add_people, lea, now):
    add_people(store, count=3, persons=2)
    ids = [one.id for one in persons(store)]
    rank_cold(store, [1, 2, 3])
    assert skip_all(store, ids[:3], lea, now) == Changed(persons=3, images=1, left=0)
    assert states(store) == ["skipped"] * 3 + ["open"] * 3
    assert {one.skip_reason for one in persons(store)[:3]} == {REASON}
    assert [one.revision for one in persons(store)] == [1, 1, 1, 0, 0, 0]
    assert [item.image.id for item in listed(store, now)] == [2, 3], "nobody waits in the first image any more"
    assert skip_all(store, ids[:3], lea, now, "skip-2") == Changed(persons=0, images=0, left=3)
    with store.reading() as tx:
        assert skipping_all.skipped_at_once(tx) == ids[:3]
    assert reopen_all(store, lea, now) == Changed(persons=3, images=1, left=0)
    assert states(store) == ["open"] * 6 and is_open(store, 1)
    assert [item.image.id for item in listed(store, now)] == [1, 2, 3], "in their places again"
    assert reopen_all(store, lea, now, "back-2") == Changed(persons=0, images=0, left=0)


def test_each_is_remembered_as_a_decision_of_who_did_it_and_leads_back_to_no_image(store, add_people, lea, ann, now):
    add_people(store, count=2)
    one, two = persons(store)
    decide(store, Decision("mine", "skip", one.id, 0, lea, reason="hidden"), now)
    skip_all(store, [one.id, two.id], lea, now)
    with store.reading() as tx:
        last = recent.last_decision(tx, two.id)
        assert (last.user.name, last.kind, last.key, last.decided_at) == ("lea", "skip_all", f"skip-1-{two.id}", now)
        assert last.outcome == {
            "person_id": two.id, "image_id": 2, "state": "skipped", "revision": 1, "image_done": True
        }  # fmt: skip
        assert [image.id for image in recent.recent_images(tx, lea, limit=9)] == [1]
    with pytest.raises(RevisionConflict, match="lea decided about this person meanwhile"):
        decide(store, Decision("late", "skip", two.id, 0, ann, reason="hidden"), now)


def test_labels_leases_and_validation_people_are_left_as_they_are(store, add_people, make_label, lea, ann, now):
    for _ in range(4):
        add_people(store, persons=2)
    add_people(store, split="validation")
    everybody = persons(store)
    ids = [one.id for one in everybody]
    rank_cold(store, [1, 2, 3, 4])
    assert claim(store, ann, now) == 1  # both people of the first image are held
    label = make_label(author="ann")
    decide(store, Decision("a", "accept", ids[2], 0, ann, label=label), now)
    decide(store, Decision("b", "accept", ids[4], 0, ann, label=label), now)
    decide(store, Decision("c", "reopen", ids[4], 1, ann), now)
    later = now + timedelta(seconds=30)
    with store.reading() as tx:
        waiting = skipping_all.never_labelled(tx, now=later)
    assert [one.id for one in waiting.persons] == [ids[0], ids[1], ids[3], ids[5], ids[6], ids[7]]
    assert waiting.held == {ids[0], ids[1], ids[5]}, "whoever reopened somebody holds their image"
    assert skip_all(store, ids, lea, later) == Changed(persons=3, images=2, left=6)
    assert states(store) == ["open", "open", "accepted", "skipped", "open", "open", "skipped", "skipped", "open"]
    with store.reading() as tx:
        assert len(labels.history(tx, ids[4])) == 1
    an_hour_later = now + timedelta(hours=1)
    assert skip_all(store, ids, lea, an_hour_later, "skip-2").persons == 3, "leases ran out, labels stay"
    assert states(store)[4] == "open", "somebody labelled them once, so somebody can"


def test_taking_back_leaves_who_is_held_or_was_skipped_by_hand(store, add_people, lea, ann, now):
    add_people(store, count=2, persons=2)
    ids = [one.id for one in persons(store)]
    decide(store, Decision("mine", "skip", ids[0], 0, ann, reason="too small"), now)
    skip_all(store, ids[1:3], lea, now)
    assert claim(store, ann, now) == 2
    assert reopen_all(store, lea, now) == Changed(persons=1, images=1, left=1)
    assert states(store) == ["skipped", "open", "skipped", "open"]
    assert reopen_all(store, lea, now + timedelta(hours=1), "back-2") == Changed(persons=1, images=0, left=0)


def test_two_leads_who_press_at_once_skip_each_person_once(store, add_people, add_account, lea, now):
    add_people(store, count=30)
    ids, leads, start = [one.id for one in persons(store)], [lea, add_account(store, "lou", "lead")], Barrier(2)

    def press(i):
        start.wait()
        return skip_all(store, ids, leads[i], now, f"press-{i}").persons

    assert sorted(at_once(press, 2)) == [0, 30]
    with store.reading() as tx:
        assert tx.query(DecisionRow).count() == 30


def test_an_annotator_who_takes_an_image_meanwhile_keeps_its_person(store, add_people, lea, ann, now):
    """Whoever comes first: what is held stays open, and what was skipped is dealt to nobody."""
    add_people(store, count=40)
    ids, start = [one.id for one in persons(store)], Barrier(2)
    rank_cold(store, range(1, 41))

    def act(i):
        start.wait()
        if i == 0:
            return skip_all(store, ids, lea, now).persons
        return [claim(store, ann, now)]

    results = at_once(act, 2)
    skipped = next(one for one in results if isinstance(one, int))
    (taken,) = next(one for one in results if isinstance(one, list))
    assert skipped == (40 if taken is None else 39)
    assert states(store).count("open") == 40 - skipped
