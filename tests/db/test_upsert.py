"""A row whose key is there already takes the new values."""

from sqlalchemy import select

from db.schema import CameraRow
from db.upsert import insert, upsert_all


def widths(store):
    with store.reading() as tx:
        return dict(tx.execute(select(CameraRow.name, CameraRow.lens_width)).all())


def test_rows_that_are_there_take_the_new_values_and_others_are_added(store):
    for rows in ([("hall", 1), ("yard", 2)], [("yard", 3), ("door", 4)], []):
        with store.transaction() as tx:
            upsert_all(tx, CameraRow, [{"name": n, "lens_width": w} for n, w in rows], key=["name"])
    assert widths(store) == {"hall": 1, "yard": 3, "door": 4}


def test_an_insert_that_may_meet_its_like_leaves_it_alone(store):
    for width in (1, 2):
        with store.transaction() as tx:
            tx.execute(insert(tx, CameraRow).values(name="hall", lens_width=width).on_conflict_do_nothing())
    assert widths(store) == {"hall": 1}
