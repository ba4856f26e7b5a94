"""What labels taught, of which network and when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from db.clock import utc_now
from db.pool.persons import list_persons
from db.records import TaughtRecord, UserRecord
from db.rounds import taught
from db.store.session import Store
from tests.app.rounds.measured_home import accept


def test_each_network_has_its_own_history_in_order(store: Store) -> None:
    now = utc_now()
    given = [
        TaughtRecord("movenet", None, 25, {"a": [1.5]}),
        TaughtRecord("C", 1, 30, None),
        TaughtRecord("C", 2, 31, {"b": []}),
    ]
    with store.transaction() as tx:
        taught.add(tx, given, now=now)
        taught.add(tx, [TaughtRecord("movenet", None, 40, None)], now=now + timedelta(seconds=5))
    with store.reading() as tx:
        found = taught.history(tx, network="movenet", round_number=None)
        assert [(one.labels, one.fits, one.at) for one in found] == [
            (25, {"a": [1.5]}, now),
            (40, None, now + timedelta(seconds=5)),
        ]
        (second,) = taught.history(tx, network="C", round_number=2)
        assert second.fits == {"b": []}
        assert taught.history(tx, network="C", round_number=None) == []
        last = [
            taught.labels_last(tx, network=network, round_number=number)
            for network, number in (("movenet", None), ("C", 1), ("C", 3))
        ]
    assert last == [40, 30, 0]


def test_a_persons_first_label_counts(
    store: Store, add_account: Callable[..., UserRecord], add_people: Callable[..., Any], now: Any
) -> None:
    add_people(store, count=2)
    with store.reading() as tx:
        first, second = (person.id for person in list_persons(tx))
    before = utc_now()
    lead = add_account(store, "lea", "lead")
    accept(store, lead, [first])
    between = utc_now()
    with store.reading() as tx:
        found = taught.first_labelled(tx, [first, second])
    assert set(found) == {first}
    assert before <= found[first] <= between
