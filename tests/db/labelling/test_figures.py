"""What each annotator did, by week."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from db.labelling import queue
from db.labelling.figures import ALL_WEEKS, Figures, figures
from db.pool.persons import list_persons
from db.records import WITHDRAWN, Decision, UserRecord
from db.rounds import predictions
from db.schema import PersonRow
from db.store.session import Store
from sspcm.pose import Label, Prediction
from tests.db.labelling.deciding import decide
from tests.db.labelling.reading import all_drawn, people, read_first
from tests.db.labelling.reviewing import accept_all, pose, say, set_rule

MONDAY = datetime(2030, 5, 6, tzinfo=UTC)
WEEKS = [MONDAY + timedelta(weeks=n) for n in (-2, -1, 0)]
AddPeople = Callable[..., Any]


def told(store: Store, weeks: list[datetime] = WEEKS) -> dict[tuple[str, int], Figures]:
    with store.reading() as tx:
        found = figures(tx, weeks, until=weeks[-1] + timedelta(weeks=1))
    assert [(one.name, one.week) for one in found] == sorted((one.name, one.week) for one in found)
    return {(one.name, one.week): one for one in found}


def work(
    store: Store,
    user: UserRecord,
    person: int,
    at: datetime,
    *,
    kind: Any = "accept",
    revision: int = 0,
    seconds: float | None = None,
    reason: str | None = None,
) -> None:
    label = pose(user.name) if kind == "accept" else None
    key = f"{user.id}-{person}-{kind}-{revision}"
    decide(store, Decision(key, kind, person, revision, user, label=label, reason=reason, seconds=seconds), at)


def test_seconds_are_of_persons_whatever_number_of_decisions(
    store: Store, add_people: AddPeople, ann: UserRecord
) -> None:
    add_people(store, count=5)
    for person, seconds in enumerate((10.0, 40.0, 20.0, None), start=1):
        work(store, ann, person, MONDAY, seconds=seconds)
    work(store, ann, 5, MONDAY, kind="skip", reason="dark", seconds=6.0)
    work(store, ann, 1, MONDAY, kind="reopen", revision=1)
    work(store, ann, 1, MONDAY, revision=2, seconds=15.0)  # 25 s in all
    (one, same) = (told(store)["ann", week] for week in (2, ALL_WEEKS))
    assert (one.persons, one.accepted, one.timed, one.seconds) == (5, 4, 4, 91.0)
    assert one.median == (20.0 + 25.0) / 2
    assert replace(same, week=2) == one


@pytest.mark.parametrize("number", [1, 2, 3, 4, 7])
def test_the_median_is_numpys(store: Store, add_people: AddPeople, ann: UserRecord, number: int) -> None:
    add_people(store, count=number)
    seconds = np.random.default_rng(number).uniform(1, 100, number)
    for person, took in enumerate(seconds.tolist(), start=1):
        work(store, ann, person, MONDAY, seconds=took)
    assert told(store)["ann", 2].median == pytest.approx(np.median(seconds))


def test_a_week_begins_on_monday_and_a_person_of_two_weeks_is_one(
    store: Store, add_people: AddPeople, ann: UserRecord, bea: UserRecord
) -> None:
    add_people(store, count=3)
    work(store, ann, 1, MONDAY - timedelta(seconds=1), seconds=10.0)
    work(store, ann, 1, MONDAY, revision=1, seconds=30.0)
    work(store, ann, 2, WEEKS[0] - timedelta(seconds=1), seconds=99.0)  # before the weeks asked for
    work(store, bea, 3, MONDAY + timedelta(weeks=1), seconds=99.0)  # after them
    found = told(store)
    assert set(found) == {("ann", ALL_WEEKS), ("ann", 1), ("ann", 2)}
    assert [found["ann", week].persons for week in (1, 2, ALL_WEEKS)] == [1, 1, 1]
    assert [found["ann", week].median for week in (1, 2, ALL_WEEKS)] == [10.0, 30.0, 40.0]


def test_starts_left_as_they_were_and_keypoints_touched_are_counted(
    store: Store, add_people: AddPeople, ann: UserRecord, make_label: Callable[..., Label]
) -> None:
    add_people(store, count=4)
    with store.transaction() as tx:
        ids = [person.id for person in list_persons(tx)]
        predictions.add_predictions(tx, None, [(one, Prediction(np.full((17, 3), 0.5), "movenet")) for one in ids])
        stored = {one: found[0].id for one, found in predictions.for_persons(tx, ids, round_number=None).items()}
    for person, touched, began in ((1, 0, "model"), (2, 3, None), (3, 17, "student"), (4, 5, "label")):
        label = replace(make_label(), author="ann", touched=np.arange(17) < touched, started_from=stored[person])
        decide(store, Decision(f"key {person}", "accept", person, 0, ann, label=label, began=began), MONDAY)
    for week in (2, ALL_WEEKS):
        one = told(store)["ann", week]
        assert (one.starts, one.untouched, one.touched) == (3, 1, 20)


def test_reviews_are_of_the_week_in_which_they_were_said(
    store: Store, add_people: AddPeople, ann: UserRecord, add_account: Callable[..., UserRecord]
) -> None:
    rita = add_account(store, "rita", "reviewer")
    add_people(store, persons=4)
    set_rule(store)
    ids = accept_all(store, ann, WEEKS[0])
    say(store, rita, ids[0], WEEKS[1])
    say(store, rita, ids[1], WEEKS[1], result="back", comment="knee")
    say(store, rita, ids[2], MONDAY)
    set_rule(store, share=0.0)
    say(store, rita, ids[3], MONDAY, result="back", comment="looked up, so it measures nothing")
    found = told(store)
    counted = {week: (one.reviewed, one.good, one.back) for (name, week), one in found.items() if name == "ann"}
    assert counted == {0: (0, 0, 0), 1: (2, 1, 1), 2: (1, 1, 1), ALL_WEEKS: (3, 2, 2)}
    assert found["ann", 0].persons == 4
    assert ("rita", ALL_WEEKS) not in found  # sending back is no decision about a person


def test_second_readings_count_as_work_and_withdrawn_persons_do_not(
    store: Store, add_people: AddPeople, ann: UserRecord, bea: UserRecord
) -> None:
    image = all_drawn(store, add_people)
    read_first(store, ann, image, MONDAY)
    with store.transaction() as tx:
        queue.claim(tx, bea, now=MONDAY, lease_s=60)
    first, second = people(store, image)
    work(store, bea, first.id, MONDAY, seconds=8.0)
    work(store, bea, second.id, MONDAY, kind="skip", reason="dark", seconds=4.0)
    one = told(store)["bea", 2]
    assert (one.persons, one.accepted, one.timed, one.seconds, one.median) == (2, 1, 2, 12.0, 6.0)
    with store.transaction() as tx:
        row = tx.get_one(PersonRow, first.id)
        row.state, row.skip_reason, row.label_revision = "not_a_person", WITHDRAWN, None
    assert told(store)["ann", 2].persons == 1


def test_nobody_who_did_nothing_is_told_of(store: Store, add_people: AddPeople, ann: UserRecord) -> None:
    add_people(store, labelled=True)
    assert told(store) == {}
