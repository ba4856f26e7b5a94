"""Images that move from one split into the other, on both databases."""

from datetime import timedelta

import pytest

from db.labelling import labels, moving
from db.pool import images
from db.pool.persons import list_persons
from db.records import Decision, NewImage, NewPerson
from db.rounds import rankings
from sspcm.pose import Box
from tests.db.dealing import claim, listed, rank_cold


def move(store, image_ids, now, to="validation"):
    with store.transaction() as tx:
        return moving.move(tx, image_ids, to=to, now=now)


def splits(store):
    with store.reading() as tx:
        return [image.split for image in images.list_images(tx)]


def frames(store, now, split="train"):
    with store.reading() as tx:
        return moving.frames(tx, split, now=now)


def decide(store, image, user, now, kind, **more):
    with store.transaction() as tx:
        (person, *_) = list_persons(tx, image_id=image.id)
        key = f"{image.id}-{kind}-{person.revision}"
        labels.decide(tx, Decision(key, kind, person.id, person.revision, user, **more), now=now)


def test_an_image_moves_there_and_back_while_nobody_in_it_was_labelled(store, add_people, now):
    a, b = (image.id for image in add_people(store, count=2))
    assert move(store, [a, b, 99], now) == [a, b]
    assert move(store, [a], now) == []
    assert move(store, [b], now, to="train") == [b]
    assert splits(store) == ["validation", "train"]


@pytest.mark.parametrize("to", ["validation", "train"])
def test_whoever_was_labelled_stays_in_their_split_also_when_the_label_was_taken_back(
    store, add_people, ann, make_label, now, to
):
    split = "train" if to == "validation" else "validation"
    labelled, taken_back, skipped, free = add_people(store, count=4, split=split)
    add_people(store, labelled=True, split=split)
    for image in (labelled, taken_back):
        decide(store, image, ann, now, "accept", label=make_label())
    decide(store, taken_back, ann, now, "reopen")
    decide(store, skipped, ann, now, "skip", reason="dark")
    later = now + timedelta(hours=1)  # nobody holds the reopened one any more
    assert [one.is_movable for one in frames(store, later, split)] == [False, False, False, True, False]
    assert move(store, range(1, 6), later, to) == [free.id]


def test_an_image_that_somebody_holds_is_left_to_them(store, add_people, ann, now):
    a, b = (image.id for image in add_people(store, count=2))
    assert claim(store, ann, now) == a
    assert move(store, [a, b], now) == [b]
    assert move(store, [a], now + timedelta(minutes=2)) == [a]


def test_frames_stand_by_camera_and_count_their_people(store, add_people, add_account, ann, now):
    add_people(store, persons=3, camera="hall")
    add_people(store, persons=0, camera="yard")
    add_people(store, labelled=True, persons=2, camera="hall")
    with store.transaction() as tx:
        crowd = NewPerson(Box(4.0, 5.0, 10.0, 10.0), extra={"iscrowd": 1})
        images.add_image(tx, NewImage("cd" * 32, "c.jpg", 640, 480, "yard", 9), [crowd, NewPerson(Box(1, 1, 9, 9))])
    found = [(one.file_name, one.persons, one.is_movable) for one in frames(store, now)]
    assert found == [("0000.jpg", 3, True), ("0002.jpg", 2, False), ("0001.jpg", 1, True), ("c.jpg", 1, True)]


def test_an_image_that_comes_to_validation_keeps_no_word_of_its_ranking(store, add_people, now):
    a, b, c = (image.id for image in add_people(store, count=3))
    rank_cold(store, [c, b, a])
    move(store, [c], now)
    first = listed(store, now)[0]
    assert (first.image.id, first.score, first.reasons, first.blind) == (c, None, (), True)
    move(store, [c], now, to="train")
    assert [item.image.id for item in listed(store, now)] == [b, a, c]
    with store.reading() as tx:
        (current,) = rankings.shown_or_coming(tx)
        assert [entry.image_id for entry in rankings.open_entries(tx, current, "train")] == [b, a]
