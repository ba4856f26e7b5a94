"""What a lead reads of two rounds: which is better, why nothing is known, and what it took."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.contract.comparing import ComparePayload
from app.rounds.compare_told import compare_told
from app.rounds.errors import LearningError
from db.errors import NotFound
from db.labelling import labels
from db.pool.persons import get_person
from db.records import Decision, PersonScore, UserRecord
from db.rounds import predictions, pruning, rounds, stopping
from db.schema import RoundRow
from db.store.session import Store
from sspcm.pose import Label
from tests.app.rounds.measured_home import accept, add_persons, publish, score

People = Callable[..., Any]


@pytest.fixture
def lead(sqlite_store: Store, add_account: Callable[..., UserRecord], add_people: People) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


def told_of(store: Store, first: int = 1, second: int = 2) -> ComparePayload:
    with store.reading() as tx:
        return compare_told(tx, Path("/nowhere"), first, second)


@pytest.mark.parametrize(
    ("twin", "of", "said"),
    [
        (2, 1, "Here labels alone did better than the method (sspcm)."),
        (1, 2, "The difference is what the method (sspcm) was worth."),
    ],
)
def test_a_twin_that_wins_is_no_praise_of_the_method(
    sqlite_store: Store, lead: UserRecord, add_people: People, twin: int, of: int, said: str
) -> None:
    ids = add_persons(sqlite_store, add_people, 30, split="validation", labelled=True)
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda i: 6.0 + i % 3))
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda i: 2.0 + i % 3))
    with sqlite_store.transaction() as tx:
        tx.execute(update(RoundRow).where(RoundRow.number == twin).values(twin_of=of))
    for pair in ((1, 2), (2, 1)):
        told = told_of(sqlite_store, *pair)
        assert told.wins == 2
        assert told.twin == f"Round {twin} is the twin of round {of}: the same labels and settings, supervised. {said}"


def test_the_verdict_names_the_winner_with_the_interval_or_says_undecided(
    sqlite_store: Store, lead: UserRecord, add_people: People
) -> None:
    ids = add_persons(sqlite_store, add_people, 30, split="validation", labelled=True)
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda i: 6.0 + i % 3))
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda i: 2.0 + i % 3))
    told = told_of(sqlite_store)
    assert told.wins == 2 and told.difference is not None and told.low is not None and told.low > 0
    assert told.verdict.startswith(f"Round 2's student is surely better: its mean OKS is {told.difference:.3f}"[:-5])
    assert told.verdict.endswith("on 30 validation people in 30 images.")
    assert (told.second.mean_oks or 0) > (told.first.mean_oks or 1)
    swapped = told_of(sqlite_store, 2, 1)
    assert swapped.wins == 2 and swapped.difference == pytest.approx(-told.difference)
    assert swapped.verdict == told.verdict
    assert [one.name for one in swapped.keypoints] == [one.name for one in told.keypoints]
    assert "about 1 leaves out 0 by chance" in told.keypoints_note
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda i: 2.0 + (i + 1) % 3))
    undecided = told_of(sqlite_store, 2, 3)
    assert undecided.wins is None
    assert undecided.verdict.startswith("Undecided: ") and undecided.verdict.endswith("and the interval contains 0.")


def test_few_people_are_told_with_how_many_are_wanted(
    sqlite_store: Store, lead: UserRecord, add_people: People
) -> None:
    ids = add_persons(sqlite_store, add_people, 3, split="validation", labelled=True)
    for pixels in (9.0, 1.0):
        publish(sqlite_store, score(sqlite_store, lead, ids, lambda _, pixels=pixels: pixels))
    told = told_of(sqlite_store)
    assert told.verdict.startswith("Undecided, as too few people tell: round 2's student")
    assert "on 3 validation people in 3 images; wanted 20 in 5 images." in told.verdict
    assert (told.low, told.high, told.keypoints_note) == (None, None, "")


def test_what_is_gone_or_not_there_yet_is_said_in_words(
    sqlite_store: Store, lead: UserRecord, add_people: People, now: datetime
) -> None:
    with sqlite_store.reading() as tx, pytest.raises(NotFound, match="there is no round 1"):
        compare_told(tx, Path(), 1, 2)
    ids = add_persons(sqlite_store, add_people, 2, split="validation", labelled=True)
    for _ in range(2):
        publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    gone = 1
    while gone:
        with sqlite_store.transaction() as tx:
            gone = pruning.prune_some(tx, 1, now=now)
    running = score(sqlite_store, lead, ids, lambda _: 1.0)
    told = told_of(sqlite_store, 1, running)
    assert (told.persons, told.difference, told.keypoints) == (0, None, [])
    assert told.verdict.startswith("Not measured on the same people. Round 1 was pruned on 2030-05-01: its predictions")
    assert "Round 3 is running: it has predicted nobody before it ends." in told.verdict
    assert told.first.order_people == "not measured: it was pruned, and its ranking is gone"
    with sqlite_store.transaction() as tx:
        rounds.fail(tx, rounds.get(tx, running).id, "no memory left")
    assert "Round 3 is failed: it has no predictions." in told_of(sqlite_store, 1, running).verdict
    with sqlite_store.transaction() as tx:
        stopping.forget(tx, running)
    with sqlite_store.reading() as tx, pytest.raises(NotFound, match="there is no round 0"):
        rounds.get(tx, 0)  # whatever was deleted, that never was
    with sqlite_store.reading() as tx, pytest.raises(NotFound, match="round 3 was deleted, with its predictions"):
        compare_told(tx, Path(), 2, running)
    with sqlite_store.reading() as tx, pytest.raises(LearningError, match="with itself"):
        compare_told(tx, Path(), 1, 1)


def test_without_validation_people_it_says_what_to_do(
    sqlite_store: Store, lead: UserRecord, add_people: People
) -> None:
    ids = add_persons(sqlite_store, add_people, 2, labelled=True)
    for _ in range(2):
        publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    told = told_of(sqlite_store)
    assert told.verdict.startswith("Not measured: no validation person is labelled. Keep some")
    assert told.labels == ["Both rounds learned from the very same labels."]
    add_persons(sqlite_store, add_people, 1, split="validation", labelled=True)
    assert "1 validation person is labelled, and none was predicted by both rounds" in told_of(sqlite_store).verdict


def test_labels_that_a_round_had_in_addition_are_counted_with_the_time_that_is_known(
    sqlite_store: Store, lead: UserRecord, add_people: People, add_account: People, make_label: Callable[..., Label],
    now: datetime,
) -> None:  # fmt: skip
    ids, ann = add_persons(sqlite_store, add_people, 6), add_account(sqlite_store)
    imported = add_persons(sqlite_store, add_people, 1, labelled=True)

    def label(person_id: int, seconds: float) -> None:
        with sqlite_store.transaction() as tx:
            revision = get_person(tx, person_id).revision
            placed = replace(make_label(x=20.0), author="ann")
            decision = Decision(f"key-{person_id}-{revision}", "accept", person_id, revision, ann, placed)
            labels.decide(tx, decision, now=now + timedelta(seconds=seconds))

    label(ids[0], 0)
    score_one = score(sqlite_store, lead, ids, lambda _: 1.0)
    publish(sqlite_store, score_one)
    for i, seconds in ((1, 60), (2, 90), (0, 150), (3, 1000)):
        label(ids[i], seconds)
    imported += add_persons(sqlite_store, add_people, 1, labelled=True)
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 1.0))
    told = told_of(sqlite_store)
    before, after = told.more_labels
    assert (before.people, before.corrected) == (0, 0)
    assert (after.people, after.corrected, after.from_files, after.timed, after.minutes) == (4, 1, 1, 3, 2.5)
    assert (told.first.labels, told.second.labels) == (2, 6)
    first, second = told.labels
    assert (
        first
        == "In addition round 2 learned from 4 people whom round 1 did not learn from and 1 label corrected since."
    )
    assert "about 2.5 minutes for 3 of them" in second and "is not written down. Of 2 it is not known" in second
    assert second.endswith("they came out of a file, first of all, or after a break.")


def test_rankings_are_checked_on_the_same_people_where_they_are_enough(
    sqlite_store: Store, lead: UserRecord, add_people: People
) -> None:
    ids = add_persons(sqlite_store, add_people, 60)
    for order, labelled in ((1, ids[:22]), (-1, ids[22:])):
        number = score(sqlite_store, lead, ids, lambda i: float(i % 7))
        with sqlite_store.transaction() as tx:
            doubts = [(i, (0.1 * (i % 7) * order) % 1) for i in ids]
            found = [PersonScore(i, doubt, (doubt,) * 17, ()) for i, doubt in doubts]
            predictions.add_person_scores(tx, rounds.get(tx, number).id, found)
        publish(sqlite_store, number)
        if order == 1:
            accept(sqlite_store, lead, labelled)
    told = told_of(sqlite_store)
    assert told.first.order_people == "22 people labelled since it learned"
    assert told.first.order[0].value == pytest.approx(1.0)
    assert (told.second.order, told.second.order_people) == (
        [],
        "not measured: 0 people whom it ranked were labelled since it learned; wanted 20 in 5 images",
    )
    accept(sqlite_store, lead, ids[22:])
    told = told_of(sqlite_store)
    assert (
        told.first.order_people == told.second.order_people == "38 people labelled since it learned, the same for both"
    )
    assert (told.first.order[0].value or 0) > 0.9 > 0 > (told.second.order[0].value or 0)
