"""How the last check stands, in words."""

from app.label_checks.told import NEVER, checks_told, in_words
from db.clock import utc_now
from db.labelling import findings
from db.records import FindingRecord, LabelCheckRecord, ToCheckBy
from db.store.session import Store
from tests.app.label_checks.checked_home import add_standing


def check(people: int, predicted: int, found: int = 0) -> LabelCheckRecord:
    return LabelCheckRecord(utc_now(), "lea", people, predicted, found, ToCheckBy(1, 0, None))


def test_before_any_check_it_says_what_will_be(sqlite_store: Store) -> None:
    with sqlite_store.reading() as tx:
        told = checks_told(tx)
    assert (told.at, told.words, told.kinds) == (None, NEVER, {})


def test_a_check_says_how_many_it_looked_at_and_what_is_suspected_by_kind(sqlite_store: Store) -> None:
    _, known = add_standing(sqlite_store, 2)
    found = [FindingRecord(one.id, 1, "swap", (9,), 0.5, "left wrist seems to be on person 2") for one in known]
    with sqlite_store.transaction() as tx:
        findings.replace(tx, found, check(1200, 800))
    with sqlite_store.reading() as tx:
        told = checks_told(tx)
    assert told.kinds == {"swap": 2} and told.at is not None
    assert told.words == (
        "1,200 labels were checked, 800 of them beside networks that did not learn from them. 2 suspicions."
    )


def test_what_is_missing_is_said() -> None:
    assert in_words(check(12, 0)).startswith("12 labels are too few")
    assert "none of them beside a network" in in_words(check(100, 0))
