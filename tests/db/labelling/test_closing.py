"""An image closes when everybody in it is decided, and opens again."""

from datetime import timedelta

import pytest

from db.errors import InvalidDecision, LeaseLost
from db.labelling import adding, closing, labels, leases, queue
from db.pool import images
from db.pool.persons import WITHDRAWN, list_persons
from db.records import Decision, NewPerson, RankingEntry
from db.rounds import rankings
from sspcm.pose import Box
from tests.db.dealing import listed, order
from tests.db.labelling.deciding import at_once, decide, is_open, persons
from tests.db.pool.new_images import BOX


def test_an_image_closes_with_its_last_person(store, add_people, ann, make_label, now):
    (image,) = add_people(store, persons=3)
    one, two, three = persons(store)
    assert not decide(store, Decision("1", "accept", one.id, 0, ann, label=make_label()), now).image_done
    assert not decide(store, Decision("2", "skip", two.id, 0, ann, reason="too dark"), now).image_done
    assert is_open(store, image.id)
    assert decide(store, Decision("3", "not_a_person", three.id, 0, ann), now).image_done
    assert not is_open(store, image.id)
    assert [p.state for p in persons(store)] == ["accepted", "skipped", "not_a_person"]
    assert persons(store)[1].skip_reason == "too dark"


def test_an_image_whose_only_person_was_withdrawn_is_not_taken_for_empty(store, add_people, ann, now):
    (image,) = add_people(store, persons=0)
    with store.transaction() as tx:
        added = adding.add_person(tx, image.id, NewPerson(Box(10, 10, 40, 60)), user=ann, key="box", now=now)
    outcome = decide(store, Decision("1", "not_a_person", added.id, 0, ann, reason=WITHDRAWN), now)
    assert (outcome.image_done, is_open(store, image.id)) == (False, True)
    with store.transaction() as tx:
        closing.finish_image(tx, image.id, user=ann, key="nobody", now=now)
    assert not is_open(store, image.id)


def test_an_image_said_to_be_empty_is_so_again_once_who_was_added_is_withdrawn(store, add_people, ann, now):
    (image,) = add_people(store, persons=0)
    with store.transaction() as tx:
        closing.finish_image(tx, image.id, user=ann, key="nobody", now=now)
        added = adding.add_person(tx, image.id, NewPerson(Box(10, 10, 40, 60)), user=ann, key="box", now=now)
    assert is_open(store, image.id)
    decide(store, Decision("1", "not_a_person", added.id, 0, ann, reason=WITHDRAWN), now)
    assert not is_open(store, image.id)


def test_closing_an_image_ends_its_lease(store, person, ann, now):
    with store.transaction() as tx:
        queue.claim(tx, ann, now=now, lease_s=60)
    decide(store, Decision("k1", "not_a_person", person.id, 0, ann), now)
    with store.transaction() as tx:
        assert leases.renew(tx, ann, [person.image_id], now=now, lease_s=60) == []


def test_two_annotators_deciding_the_two_last_persons_at_once_close_the_image(store, add_people, ann, bea, now):
    for attempt in range(5):
        add_people(store, persons=2)
        pair = [p for p in persons(store) if p.state == "open"]
        outcomes = at_once(
            lambda i, pair=pair, attempt=attempt: decide(
                store, Decision(f"{attempt}-{i}", "not_a_person", pair[i].id, 0, (ann, bea)[i]), now
            ),
            2,
        )
        assert sorted(outcome.image_done for outcome in outcomes) == [False, True]


def test_an_image_with_nobody_is_finished_by_saying_so(store, add_people, add_account):
    (image,) = add_people(store, persons=0)
    ann = add_account(store)
    for _ in range(2):
        with store.transaction() as tx:
            closing.finish_image(tx, image.id, user=ann, key="nobody")
            assert not images.get_image(tx, image.id).is_open


def test_an_image_with_open_persons_is_not_finished(store, add_people, add_account):
    (image,) = add_people(store, persons=2)
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="2 persons are still open"):
        closing.finish_image(tx, image.id, user=ann, key="1")


def test_nobody_finishes_or_draws_in_an_image_that_another_holds(store, add_people, add_account, now):
    (image,) = add_people(store, persons=0)
    ann, bea = add_account(store, "ann"), add_account(store, "bea")
    with store.transaction() as tx:
        queue.claim(tx, ann, now=now, lease_s=60)
    with store.transaction() as tx:
        with pytest.raises(LeaseLost, match="ann holds this image"):
            closing.finish_image(tx, image.id, user=bea, key="1", now=now)
        with pytest.raises(LeaseLost, match="ann holds this image"):
            adding.add_person(tx, image.id, NewPerson(BOX), user=bea, key="2", now=now)


def test_nobody_else_is_here_may_be_taken_back_by_whoever_then_holds_the_image(store, add_people, add_account, now):
    (image,) = add_people(store, persons=0)
    ann, bea = add_account(store, "ann"), add_account(store, "bea")
    with store.transaction() as tx:
        rankings.replace_cold_ranking(tx, [RankingEntry(image.id, 0, 0.5, ())])
        closing.finish_image(tx, image.id, user=ann, key="nobody", now=now)
    with store.transaction() as tx:
        closing.reopen_image(tx, image.id, user=ann, key="somebody", lease_s=60, now=now)
        assert images.get_image(tx, image.id).is_open
    with store.transaction() as tx:
        assert queue.claim(tx, bea, now=now, lease_s=60) is None
        assert queue.claim(tx, ann, now=now, lease_s=60) is not None
        with pytest.raises(LeaseLost, match="ann holds this image"):
            closing.reopen_image(tx, image.id, user=bea, key="3", lease_s=60, now=now)
    later = now + timedelta(seconds=61)
    with store.transaction() as tx:
        closing.reopen_image(tx, image.id, user=bea, key="4", lease_s=60, now=later)
        closing.finish_image(tx, image.id, user=bea, key="5", now=later)
        closing.reopen_image(tx, image.id, user=ann, key="somebody", lease_s=60, now=later)  # sent again: long done
        assert not images.get_image(tx, image.id).is_open


def test_a_reopened_image_whose_persons_are_decided_is_open_until_a_decision_or_a_finish(
    store, add_people, add_account, make_label, now
):
    (image,) = add_people(store, labelled=True)
    ann = add_account(store)
    with store.transaction() as tx:
        closing.reopen_image(tx, image.id, user=ann, key="1", lease_s=60, now=now)
        (person,) = list_persons(tx)
        assert (images.get_image(tx, image.id).is_open, person.state) == (True, "accepted")
        assert labels.decide(tx, Decision("2", "accept", person.id, 1, ann, label=make_label()), now=now).image_done
        closing.reopen_image(tx, image.id, user=ann, key="3", lease_s=60, now=now)
        assert images.get_image(tx, image.id).is_open
        closing.finish_image(tx, image.id, user=ann, key="4", now=now)
        assert not images.get_image(tx, image.id).is_open


def test_a_validation_image_is_not_reopened(store, add_people, add_account):
    (image,) = add_people(store, labelled=True, split="validation")
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="belongs to validation"):
        closing.reopen_image(tx, image.id, user=ann, key="1", lease_s=60)


def test_nobody_draws_in_a_validation_image_that_came_labelled_or_finishes_it(store, add_people, add_account):
    (image,) = add_people(store, labelled=True, split="validation")
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="belongs to validation"):
        adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="1")
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="belongs to validation"):
        closing.finish_image(tx, image.id, user=ann, key="2")
    with store.reading() as tx:
        assert (images.get_image(tx, image.id).is_open, len(list_persons(tx))) == (False, 1)


def test_an_open_validation_image_is_drawn_in_closed_and_reopened_as_any_other(store, add_people, add_account, now):
    (image,) = add_people(store, persons=0, split="validation")
    ann = add_account(store)
    with store.transaction() as tx:
        rankings.replace_cold_ranking(tx, order([image.id]))
        added = adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="1")
        assert labels.decide(tx, Decision("2", "skip", added.id, 0, ann, reason="dark"), now=now).image_done
    assert listed(store, now) == []
    with store.transaction() as tx:
        closing.reopen_image(tx, image.id, user=ann, key="3", lease_s=60, now=now)
    assert [item.image.id for item in listed(store, now)] == [image.id]
