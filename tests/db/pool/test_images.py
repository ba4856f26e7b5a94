"""Images come back as they were given."""

import pytest

from db.errors import NotFound
from db.pool import images
from db.pool.persons import get_person, list_persons
from db.records import NewPerson
from tests.db.pool.new_images import BOX, add, frame


def test_an_image_comes_back_as_it_was_given(store):
    given = frame(3, split="validation", source_id=2**40, extra={"coco_url": "http://x", "score": 0.1})
    stored, new = add(store, given)
    assert new
    with store.reading() as tx:
        assert images.get_image(tx, stored.id) == stored
    assert (stored.sha256, stored.file_name, stored.width, stored.height) == (given.sha256, "3.jpg", 640, 480)
    assert (stored.camera.name, stored.frame, stored.split) == ("hall", 3, "validation")
    assert (stored.source_id, stored.extra) == (2**40, given.extra)


def test_the_same_image_twice_is_one_image_with_its_first_persons(store):
    first, new = add(store, frame(), [NewPerson(BOX)])
    again, new_again = add(store, frame(), [NewPerson(BOX), NewPerson(BOX)])
    assert (new, new_again) == (True, False)
    assert first == again
    with store.reading() as tx:
        assert len(list_persons(tx)) == 1


def test_the_same_bytes_under_another_name_are_another_image(store):
    first, _ = add(store, frame(file_name="a.jpg"))
    second, new = add(store, frame(file_name="b.jpg"))
    assert new
    assert first.id != second.id


def test_an_image_is_closed_once_all_its_persons_are_labelled(store, make_label):
    all_labelled, _ = add(store, frame(0), [NewPerson(BOX, make_label()), NewPerson(BOX, make_label())])
    one_labelled, _ = add(store, frame(1), [NewPerson(BOX, make_label()), NewPerson(BOX)])
    nobody_yet, _ = add(store, frame(2))
    assert [i.is_open for i in (all_labelled, one_labelled, nobody_yet)] == [False, True, True]


def test_images_and_persons_are_listed_by_split(store, add_people):
    train = add_people(store, count=2)
    validation = add_people(store, split="validation", labelled=True)
    with store.reading() as tx:
        assert images.list_images(tx) == train + validation
        assert images.list_images(tx, split="validation") == validation
        assert [p.image_id for p in list_persons(tx, split="train")] == [i.id for i in train]


def test_what_is_not_there_is_named(store):
    with store.reading() as tx, pytest.raises(NotFound, match="There is no image 99"):
        images.get_image(tx, 99)
    with store.reading() as tx, pytest.raises(NotFound, match="There is no person 99"):
        get_person(tx, 99)


def test_open_validation_images_are_told_with_how_many_people_wait(store, add_people):
    (three,) = add_people(store, persons=3, split="validation")
    (nobody,) = add_people(store, persons=0, split="validation")
    add_people(store, labelled=True, split="validation")
    add_people(store)
    with store.reading() as tx:
        assert images.open_validation(tx) == {three.id: 3, nobody.id: 1}
