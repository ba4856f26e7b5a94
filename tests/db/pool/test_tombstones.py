"""What was deleted for good is known by a digest, until a lead allows it again."""

import pytest

from db.clock import utc_now
from db.errors import InvalidDecision, NotFound, WasDeleted
from db.pool import tombstones
from db.records import NewPerson
from db.store.session import Store
from sspcm.pose import Box

SHA = "ab" * 32


def put(store: Store, *digests: str, kind: str = "image") -> None:
    with store.transaction() as tx:
        tombstones.put(tx, kind, digests, by="lea", why="asked for", now=utc_now())  # type: ignore[arg-type]


def test_the_same_bytes_are_refused_until_they_are_allowed_and_again_once_deleted_anew(store: Store) -> None:
    put(store, SHA)
    for _ in range(2):
        with pytest.raises(WasDeleted, match=r"'a\.jpg' does not come in"), store.reading() as tx:
            tombstones.require_allowed(tx, SHA, "a.jpg")
        with store.transaction() as tx:
            assert tombstones.kept_out_images(tx) == [SHA]
            assert tombstones.allow(tx, 1, by="bea").allowed_by == "bea"
            tombstones.require_allowed(tx, SHA, "a.jpg")
            assert tombstones.kept_out_images(tx) == []
        put(store, SHA)
    with store.reading() as tx:
        (one,) = tombstones.tombstones(tx)
    assert (one.digest, one.by, one.why, one.allowed_at) == (SHA, "lea", "asked for", None)


def test_persons_of_a_file_are_told_by_its_image_and_their_number(store: Store) -> None:
    five, six, drawn = (NewPerson(Box(1, 1, 9, 9), source_id=number) for number in (5, 6, None))
    put(store, tombstones.person_digest(SHA, 5, 77), kind="person")
    put(store, tombstones.person_digest(SHA, None, 78), kind="person")
    with store.reading() as tx:
        assert tombstones.without_deleted(tx, SHA, [five, six, drawn]) == [six, drawn]
        assert tombstones.without_deleted(tx, "cd" * 32, [five, drawn]) == [five, drawn]
        assert tombstones.kept_out_images(tx) == []


def test_a_reason_is_wanted(store: Store) -> None:
    assert tombstones.checked_reason(" asked\0 for ") == "asked for"
    for why in ("", " ", "x" * 1001):
        with pytest.raises(InvalidDecision, match="the reason has"):
            tombstones.checked_reason(why)
    with pytest.raises(NotFound, match="nothing was deleted under the number 3"), store.transaction() as tx:
        tombstones.allow(tx, 3, by="lea")
