"""Which images annotators may work on."""

from sqlalchemy import update

from db.labelling import closing, labels
from db.pool import images
from db.pool.persons import list_persons
from db.pool.workable import workable_images
from db.records import Decision
from db.schema import ImageRow


def test_open_images_may_be_worked_on_and_closed_ones_not(store, add_people):
    (still_open,) = add_people(store)
    (closed,) = add_people(store, labelled=True)
    (validation,) = add_people(store, split="validation")
    with store.reading() as tx:
        assert set(workable_images(tx, [still_open.id, closed.id, validation.id])) == {still_open.id, validation.id}
        assert workable_images(tx, [closed.id]) == {}


def came_labelled(store, image):
    with store.reading() as tx:
        return images.came_labelled(tx, image.id)


def test_a_validation_image_stays_as_it_came_if_it_came_labelled(store, add_people, add_account, make_label, now):
    (measured,) = add_people(store, labelled=True, split="validation")
    (boxes,) = add_people(store, split="validation")
    (bare,) = add_people(store, persons=0, split="validation")
    (train,) = add_people(store, labelled=True)
    assert [came_labelled(store, image) for image in (measured, boxes, bare, train)] == [True, False, False, False]
    ann = add_account(store)
    with store.transaction() as tx:
        (person,) = list_persons(tx, image_id=boxes.id)
        labels.decide(tx, Decision("1", "accept", person.id, 0, ann, label=make_label()), now=now)
        closing.finish_image(tx, bare.id, user=ann, key="2", now=now)
    assert [came_labelled(store, image) for image in (boxes, bare)] == [False, False]


def test_what_another_closed_a_moment_ago_is_seen_closed(store, add_people):
    (image,) = add_people(store)
    with store.transaction() as tx:
        assert workable_images(tx, [image.id])[image.id].is_open
        tx.connection().execute(update(ImageRow).values(is_open=False))
        assert workable_images(tx, [image.id]) == {}
