"""What an import keeps for validation."""

from collections.abc import Callable

import pytest

from app.dataset.keeping import is_empty, keep_some
from db.records import ImageRecord
from db.store.session import Store

People = Callable[..., list[ImageRecord]]


@pytest.mark.parametrize(
    ("people", "share", "unasked", "kept"),
    [
        (100, None, True, 40),
        (99, None, True, None),  # too few to keep some unasked
        (100, None, False, None),  # a home that had images, or a split was said
        (100, 0.0, True, None),
        (99, 0.5, False, 49),
        (500, 0.2, True, 100),
    ],
)
def test_a_share_is_kept_where_it_is_asked_for_or_images_are_the_first(
    sqlite_store: Store, add_people: People, people: int, share: float | None, unasked: bool, kept: int | None
) -> None:
    assert is_empty(sqlite_store)
    add_people(sqlite_store, count=people)
    assert not is_empty(sqlite_store)
    moved = keep_some(sqlite_store, share=share, unasked=unasked)
    assert (moved.persons if moved else None) == kept


def test_people_who_came_labelled_are_not_counted(sqlite_store: Store, add_people: People) -> None:
    add_people(sqlite_store, count=90)
    add_people(sqlite_store, count=90, labelled=True)
    assert keep_some(sqlite_store, share=None, unasked=True) is None
