"""What leads see of the team, by person and week."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from app.contract.figures import FiguresPayload
from app.team.agreement import agreement_told
from app.team.figures import figures_as_csv, figures_told
from db.errors import NoProject
from db.labelling import labels, reviews
from db.labelling.reviews import NewReview
from db.pool import project
from db.pool.persons import list_persons
from db.records import Decision, ReviewRule, UserRecord
from db.rounds import predictions
from db.store.session import Store
from sspcm.evaluation.shares import wilson
from sspcm.pose import Label, Prediction
from tests.app.team.test_agreement import twice

AddPeople = Callable[..., Any]
AddAccount = Callable[..., UserRecord]
WEDNESDAY = datetime(2030, 5, 8, 12, 0, tzinfo=UTC)


def told(store: Store, weeks: int = 12) -> FiguresPayload:
    with store.reading() as tx:
        return figures_told(tx, weeks=weeks, now=WEDNESDAY)


def label_from_starts(
    store: Store, user: UserRecord, touched: list[int], *, at: datetime = WEDNESDAY, seconds: float | None = 12.0
) -> None:
    """So many open people accepted from a network's start, with so many keypoints touched in each."""
    with store.transaction() as tx:
        people = [person for person in list_persons(tx) if person.state == "open"][: len(touched)]
        assert len(people) == len(touched)
        placed = np.column_stack([np.linspace(50, 90, 17), np.linspace(60, 140, 17), np.full(17, 0.9)])
        predictions.add_predictions(tx, None, [(person.id, Prediction(placed, "movenet")) for person in people])
        found = predictions.for_persons(tx, [person.id for person in people], round_number=None)
        for person, number in zip(people, touched, strict=True):
            xyv = placed.copy()
            xyv[:, 2] = 2.0
            label = Label(xyv, user.name, touched=np.arange(17) < number, started_from=found[person.id][0].id)
            decision = Decision(
                f"figure {person.id}", "accept", person.id, 0, user, label=label, began="model", seconds=seconds
            )
            labels.decide(tx, decision, now=at)


def test_shares_have_their_interval_and_actions_are_touches_and_an_accept(
    sqlite_store: Store, add_people: AddPeople, add_account: AddAccount
) -> None:
    add_people(sqlite_store, count=5)
    ann, rita = add_account(sqlite_store, "=ann"), add_account(sqlite_store, "rita", "reviewer")
    label_from_starts(sqlite_store, ann, [0, 0, 3, 4])
    label_from_starts(sqlite_store, ann, [0], at=WEDNESDAY - timedelta(weeks=1), seconds=None)
    with sqlite_store.transaction() as tx:
        project.set_review(tx, ReviewRule(1.0, 0))
        reviews.review(tx, NewReview("good", 1, 1, "good", rita), now=WEDNESDAY)
    found = told(sqlite_store, 3)
    assert found.weeks == ["2030-W17", "2030-W18", "2030-W19"]
    (one,) = found.annotators
    before, now = one.by_week
    assert (before.week, before.starts, before.untouched, before.actions, before.median) == (
        "2030-W18",
        1,
        1,
        1.0,
        None,
    )
    assert (now.week, now.starts, now.untouched, now.actions, now.median, now.seconds) == (
        "2030-W19", 4, 2, 1 + 7 / 4, 12.0, 48.0,
    )  # fmt: skip
    assert (now.untouched_low, now.untouched_high) == tuple(round(end, 4) for end in wilson(2, 4))
    assert (now.reviewed, now.good, now.good_high, before.reviewed, before.good_low) == (1, 1, 1.0, 0, None)
    assert (one.all_weeks.week, one.all_weeks.persons, one.all_weeks.actions) == (None, 5, 1 + 7 / 5)
    assert found.words == (
        "1 person was at work in these 3 weeks, from Monday 2030-04-22 (UTC). Of 1 of 5 persons no seconds are known: "
        "they are left out of the seconds."
    )
    rows = list(csv.DictReader(io.StringIO("".join(figures_as_csv(found.annotators)))))
    assert [(row["annotator"], row["week"], row["persons"], row["actions"], row["median"]) for row in rows] == [
        ("'=ann", "2030-W18", "1", "1.0", ""),
        ("'=ann", "2030-W19", "4", "2.75", "12.0"),
    ]


def test_both_of_a_pair_are_told_how_they_agree_as_the_card_of_agreement_says_it(
    sqlite_store: Store, add_people: AddPeople, add_account: AddAccount
) -> None:
    ann, bea = add_account(sqlite_store, "ann"), add_account(sqlite_store, "bea")
    add_people(sqlite_store, persons=300)
    twice(sqlite_store, add_people, ann, bea, number=12, at=WEDNESDAY)
    twice(sqlite_store, add_people, ann, bea, number=5, at=WEDNESDAY - timedelta(weeks=20))
    with sqlite_store.reading() as tx:
        card = {one.name: one for one in agreement_told(tx).by_week}["2030-W19"]
    for one in told(sqlite_store).annotators:
        (week,) = one.by_week
        assert (week.twice, week.persons) == (12, 12)
        assert (week.oks, week.oks_low, week.oks_high) == (card.oks, card.low, card.high)
        assert one.all_weeks.oks == card.oks  # what is older than the weeks asked for is in none
    assert [one.name for one in told(sqlite_store).annotators] == ["ann", "bea"]


def test_weeks_cross_the_year_as_iso_numbers_them(sqlite_store: Store, add_people: AddPeople) -> None:
    add_people(sqlite_store)
    with sqlite_store.reading() as tx:
        found = figures_told(tx, weeks=3, now=datetime(2027, 1, 6, tzinfo=UTC))
    assert found.weeks == ["2026-W52", "2026-W53", "2027-W01"]
    assert (found.annotators, found.words) == (
        [], "Nobody did anything in these 3 weeks, from Monday 2026-12-21 (UTC).",
    )  # fmt: skip


def test_without_a_project_there_is_nothing_to_tell(sqlite_store: Store) -> None:
    with pytest.raises(NoProject):
        told(sqlite_store)
