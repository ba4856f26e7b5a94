"""Exports are recorded, the newest ten thousand, and those that held an image are found by two numbers."""

from typing import Any

import pytest

from db.pool import exports
from db.pool.exports import LastNumbers
from db.store.session import Store


def note(store: Store, last: LastNumbers, sha256: str = "ab" * 32) -> None:
    told: dict[str, Any] = {"actor": "lea", "via": "page", "filter": {"with_predictions": False}}
    with store.transaction() as tx:
        exports.note(tx, last, **told, images=2, persons=4, labelled=3, sha256=sha256)


def test_exports_that_held_an_image_or_person_are_found(store: Store, add_people: Any) -> None:
    note(store, LastNumbers(image=1, person=2))
    add_people(store, count=2, persons=2)
    with store.reading() as tx:
        last = exports.last_numbers(tx)
    assert last == LastNumbers(image=2, person=4)
    note(store, last)
    with store.reading() as tx:
        assert [one.id for one in exports.holding(tx, image_id=1, person_id=None)[0]] == [2, 1]
        assert [one.id for one in exports.holding(tx, image_id=1, person_id=3)[0]] == [2]
        assert exports.holding(tx, image_id=3, person_id=None) == ([], 0)
        assert exports.holding(tx, image_id=1, person_id=None, most=1)[1] == 2


def test_only_the_newest_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_KEPT", 3)
    for number in range(5):
        note(store, LastNumbers(1, 1), f"{number:064x}")
    with store.reading() as tx:
        assert [one.id for one in exports.holding(tx, image_id=1, person_id=None)[0]] == [5, 4, 3]
