"""Which images annotators may work on."""

from sqlalchemy import update

from db.pool.workable import workable_images
from db.schema import ImageRow


def test_neither_a_closed_nor_a_validation_image_may_be_worked_on(store, add_people):
    (still_open,) = add_people(store)
    (closed,) = add_people(store, labelled=True)
    (validation,) = add_people(store, split="validation")
    with store.reading() as tx:
        assert set(workable_images(tx, [still_open.id, closed.id, validation.id])) == {still_open.id}
        assert workable_images(tx, [closed.id]) == {}


def test_what_another_closed_a_moment_ago_is_seen_closed(store, add_people):
    (image,) = add_people(store)
    with store.transaction() as tx:
        assert workable_images(tx, [image.id])[image.id].is_open
        tx.connection().execute(update(ImageRow).values(is_open=False))
        assert workable_images(tx, [image.id]) == {}
