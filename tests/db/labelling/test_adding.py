"""A person whom an annotator adds."""

from datetime import timedelta

import pytest

from db.errors import InvalidDecision
from db.labelling import adding, labels, queue
from db.pool import images
from db.pool.persons import list_persons
from db.records import Decision, NewPerson
from sspcm.pose import Box
from tests.db.pool.new_images import BOX


def test_an_own_box_sent_twice_is_one_person(store, add_people, add_account):
    (image,) = add_people(store)
    ann = add_account(store)
    with store.transaction() as tx:
        first = adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1")
    with store.transaction() as tx:
        assert adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1").id == first.id
        assert len(list_persons(tx, image_id=image.id)) == 2
    assert (first.state, first.revision, first.box) == ("open", 0, BOX)


def test_an_own_box_in_a_closed_image_opens_it_again_but_its_repeat_does_not(store, add_people, add_account, now):
    (image,) = add_people(store, labelled=True)
    ann = add_account(store)
    with store.transaction() as tx:
        person = adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1")
        assert images.get_image(tx, image.id).is_open
        labels.decide(tx, Decision("2", "not_a_person", person.id, 0, ann), now=now)
        assert not images.get_image(tx, image.id).is_open
        adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1")
        assert not images.get_image(tx, image.id).is_open


def test_whoever_draws_a_box_in_a_closed_image_holds_it(store, add_people, add_account, now):
    (image,) = add_people(store, labelled=True)
    ann, bea = add_account(store, "ann"), add_account(store, "bea")
    with store.transaction() as tx:
        adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="1", lease_s=60, now=now)
    with store.transaction() as tx:
        assert queue.claim(tx, bea, now=now + timedelta(seconds=59), lease_s=60) is None
        assert queue.claim(tx, bea, now=now + timedelta(seconds=61), lease_s=60) is not None


def test_a_box_outside_the_image_is_refused(store, add_people, add_account):
    (image,) = add_people(store)
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="640 x 480"):
        adding.add_person(tx, image.id, NewPerson(Box(700.0, 0.0, 40.0, 40.0)), user=ann, key="1")


def test_a_new_box_comes_without_a_label(store, add_people, add_account, make_label):
    (image,) = add_people(store)
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="a box alone"):
        adding.add_person(tx, image.id, NewPerson(BOX, make_label()), user=ann, key="1")
