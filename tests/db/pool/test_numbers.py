"""A number that was given to what was deleted is given to nobody else, on either database."""

from typing import Any

from db.pool.persons import list_persons
from db.schema import ImageRow, PersonRow, ProjectRow
from db.store.session import Store


def test_the_highest_that_was_deleted_is_passed_over(store: Store, add_people: Any) -> None:
    add_people(store, count=2)
    with store.transaction() as tx:
        tx.delete(tx.get_one(PersonRow, 2))
        tx.flush()
        tx.delete(tx.get_one(ImageRow, 2))
        project = tx.get_one(ProjectRow, 1)
        project.images_made, project.persons_made = 2, 2
    add_people(store, count=3)
    with store.reading() as tx:
        found = [(one.image_id, one.id) for one in list_persons(tx)]
    assert found[0] == (1, 1) and all(image > 2 and person > 2 for image, person in found[1:]) and len(found) > 1


def test_without_a_deletion_they_count_on(store: Store, add_people: Any) -> None:
    add_people(store, count=2)
    add_people(store, count=1)
    with store.reading() as tx:
        assert [one.id for one in list_persons(tx)] == [1, 2, 3]
