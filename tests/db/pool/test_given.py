"""The newest piece of work that covers an image has it, whichever came first: the image or the work."""

import pytest
from sqlalchemy import select

from db.clock import utc_now
from db.labelling import work
from db.pool import cameras
from db.pool.given import NOBODYS, mark_of_image, mark_of_new
from db.schema import ImageRow


@pytest.fixture
def given(store, add_people, add_account):
    """An image in each of two cameras; three pieces of work, the oldest first: of hall, of all "NIGHT", of yard."""
    add_people(store)
    add_people(store, camera="yard")
    ann = add_account(store, "ann")
    with store.transaction() as tx:
        known = {camera.name: camera.id for camera in cameras.list_cameras(tx)}
        for name, part in (("hall", ""), (None, "NIGHT"), ("yard", "")):
            work.give(tx, [known[name]] if name else [], part, [ann.id], now=utc_now())
    return known


@pytest.mark.parametrize(
    ("camera", "file_name", "mark"),
    [("hall", "day/1.jpg", 1), ("hall", "Night/1.jpg", 2), ("yard", "night.jpg", 3), ("yard", "%_.jpg", 3)],
)
def test_an_image_that_comes_later_is_of_the_newest_piece(store, given, camera, file_name, mark):
    with store.reading() as tx:
        assert tx.scalar(select(mark_of_new(tx, given[camera], file_name))) == mark
        assert tx.scalar(select(mark_of_new(tx, 99, "day.jpg"))) == NOBODYS


def test_what_is_stored_carries_the_mark_that_it_would_get_now(store, given):
    with store.reading() as tx:
        rows = tx.execute(select(ImageRow.work_id, mark_of_image(tx))).all()
    assert [stored for stored, _ in rows] == [now for _, now in rows] == [1, 3]
