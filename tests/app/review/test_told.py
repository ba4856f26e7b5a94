"""Reviews as pages, programs and spreadsheets get them."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from app.review.told import COLUMNS, own_told, results_told, reviews_as_csv, table_told
from db.clock import utc_now
from db.labelling import findings
from db.labelling.reviews import NewReview, review
from db.people import users
from db.pool import persons
from db.records import FindingRecord, LabelCheckRecord, ReviewRule, UserRecord
from db.store.session import Store
from tests.app.labelling.annotating import accept, key

Account = Callable[..., UserRecord]


@pytest.fixture
def ann(store: Store, add_account: Account, add_people: Any) -> UserRecord:
    """Whose two labels were reviewed: one good, one back with words that a spreadsheet would carry out."""
    ann, rita = add_account(store, "ann"), add_account(store, "rita", "reviewer")
    add_people(store, persons=2)
    for number in (1, 2):
        accept(store, ann, number, 0, key())
    with store.transaction() as tx:
        review(tx, NewReview(key(), 1, 1, "good", rita), now=utc_now())
        review(tx, NewReview(key(), 2, 1, "back", rita, "=1+1"), now=utc_now())
    return ann


def test_the_page_begins_with_the_rule_the_names_and_the_results(store: Store, ann: UserRecord) -> None:
    with store.reading() as tx:
        told = table_told(tx, users.find_user(tx, "rita"))
        assert told.results == results_told(tx)
    assert (told.rule.share, told.rule.first) == (ReviewRule().share, ReviewRule().first)
    assert told.annotators == ["ann"], "rita has no labels, and nobody imported any"
    (one,) = told.results
    assert (one.annotator, one.good, one.back, one.share_good) == ("ann", 1, 1, 0.5)
    assert one.low is not None and one.high is not None and one.low < 0.5 < one.high


def test_who_reviews_is_told_how_many_labels_of_others_are_suspected(store: Store, ann: UserRecord) -> None:
    accept(store, ann, 2, 2, key())  # it came back, and is labelled anew
    with store.transaction() as tx:
        label = persons.get_person(tx, 2).label
        assert label is not None
        said = [FindingRecord(2, label.revision, "miss", (0,), 0.4, "nose is absent, and networks see it (84 %)")]
        findings.replace(tx, said, LabelCheckRecord(utc_now(), "", 2, 0, 0, findings.to_check_by(tx)))
    with store.reading() as tx:
        suspected = [table_told(tx, users.find_user(tx, name)).suspicious for name in ("rita", "ann")]
    assert suspected == [1, 0]


def test_everybody_is_told_what_came_back_of_their_own(store: Store, ann: UserRecord, add_account: Account) -> None:
    bea = add_account(store, "bea")
    with store.reading() as tx:
        (mine,) = own_told(tx, ann).reviews
        assert own_told(tx, bea).reviews == []
    assert (mine.person_id, mine.comment, mine.is_waiting) == (2, "=1+1", True)


def test_the_table_has_every_review_and_carries_nothing_out(store: Store, ann: UserRecord) -> None:
    rows = list(csv.reader(io.StringIO("".join(reviews_as_csv(store)))))
    assert tuple(rows[0]) == COLUMNS
    told = [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]
    assert [(one["result"], one["comment"], one["corrected"]) for one in told] == [
        ("back", "'=1+1", ""),
        ("good", "", ""),
    ]
