"""What a round spares: the starts since it beside those before it, on the same people."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.rounds.evidence import Source, student_source
from app.rounds.spared import Spared, spared_on_validation, spared_since, starts_before
from app.rounds.starts import teach_again, use
from db.pool.persons import list_persons
from db.records import UserRecord
from db.rounds import predictions, rounds
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict, publish_judged, score

FAR, RIGHT = 200.0, 0.0
ALL, NONE = 18.0, 1.0
"""Actions where all 17 keypoints lie far off, or none: an accept comes on top."""
ONE, TWO = student_source(1), student_source(2)
MODEL = Source("imported", None, "movenet")


@pytest.fixture
def lead(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


def since(store: Store, number: int, now: Source, before: Source | None) -> Spared:
    with store.reading() as tx:
        return spared_since(tx, rounds.get(tx, number), now=now, before=before)


def two_rounds(store: Store, lead: UserRecord, ids: list[int], before: float = FAR, after: float = RIGHT) -> None:
    publish_judged(store, score(store, lead, ids, lambda _: before))
    publish_judged(store, score(store, lead, ids, lambda _: after))


def test_people_labelled_since_take_fewer_actions_from_a_round_that_places_them_better(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 7)
    two_rounds(sqlite_store, lead, ids)
    accept(sqlite_store, lead, ids[:6])
    found = since(sqlite_store, 2, TWO, ONE)
    assert (found.actions, found.actions_before, found.images, found.is_measured) == (NONE, ALL, 6, True)
    assert (found.fewer.mean, found.fewer.persons) == (ALL - NONE, 6)
    turned = since(sqlite_store, 2, ONE, TWO)
    assert (turned.fewer.mean, turned.actions) == (-found.fewer.mean, found.actions_before)


def test_the_interval_is_of_the_paired_difference_and_counts_images(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 8)
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda i: FAR if i % 2 else RIGHT))
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda _: RIGHT))
    accept(sqlite_store, lead, ids)
    found = since(sqlite_store, 2, TWO, ONE)
    each = np.array([17.0, 0.0] * 4)
    reach = 2.3646 * each.std(ddof=1) / np.sqrt(8)
    assert found.fewer.mean == each.mean()
    assert (found.fewer.low, found.fewer.high) == pytest.approx((each.mean() - reach, each.mean() + reach), abs=0.01)

    (crowded,) = add_people(sqlite_store, persons=9)
    with sqlite_store.reading() as tx:
        more = [person.id for person in list_persons(tx, image_id=crowded.id)]
    two_rounds(sqlite_store, lead, more)
    accept(sqlite_store, lead, more)
    found = since(sqlite_store, 4, student_source(4), student_source(3))
    assert (found.fewer.persons, found.images, found.is_measured) == (9, 1, False)


def test_only_people_count_whom_both_predicted_before_a_label_that_came_after_the_round(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    learned, meanwhile, new, fair = (add_persons(sqlite_store, add_people, 2) for _ in range(4))
    known = learned + meanwhile + fair
    publish_judged(sqlite_store, score(sqlite_store, lead, known, lambda _: FAR))
    accept(sqlite_store, lead, learned)
    number = score(sqlite_store, lead, known + new, lambda _: RIGHT)
    accept(sqlite_store, lead, meanwhile)
    publish_judged(sqlite_store, number)
    assert since(sqlite_store, 2, TWO, ONE).fewer.persons == 0
    accept(sqlite_store, lead, new)
    assert since(sqlite_store, 2, TWO, ONE).fewer.persons == 0, "round 1 says nothing of them"
    accept(sqlite_store, lead, fair)
    assert since(sqlite_store, 2, TWO, ONE).fewer.persons == 2
    assert since(sqlite_store, 2, TWO, None).fewer.persons == 4


def test_what_a_model_said_since_the_round_is_nothing_that_labelling_began_from_before_it(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 6)
    predict(sqlite_store, ids[:5], lambda _: FAR)
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda _: RIGHT))
    use(sqlite_store, lead, "student")
    predict(sqlite_store, ids, lambda _: RIGHT)
    accept(sqlite_store, lead, ids)
    found = since(sqlite_store, 1, ONE, MODEL)
    assert (found.fewer.persons, found.actions_before) == (5, ALL)


def test_before_a_first_round_every_keypoint_was_to_be_placed(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 5)
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda _: RIGHT))
    accept(sqlite_store, lead, ids)
    with sqlite_store.reading() as tx:
        assert starts_before(rounds.get(tx, 1)) is None
    found = since(sqlite_store, 1, ONE, None)
    assert (found.actions, found.actions_before) == (NONE, ALL)


def test_a_round_knows_what_annotators_began_from_before_it(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 5)
    predict(sqlite_store, ids, lambda _: FAR)
    two_rounds(sqlite_store, lead, ids)
    use(sqlite_store, lead, "student")
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda _: RIGHT))
    with sqlite_store.reading() as tx:
        before = [starts_before(rounds.get(tx, number)) for number in (1, 2, 3)]
    assert before == [MODEL, MODEL, TWO], "the model stays until a student is surely better, or a lead says so"


def test_labels_that_began_at_the_poses_in_use_are_counted_and_validation_people_are_apart(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    held_out = add_persons(sqlite_store, add_people, 6, split="validation", labelled=True)
    ids = add_persons(sqlite_store, add_people, 6)
    two_rounds(sqlite_store, lead, ids + held_out, before=RIGHT, after=FAR)
    with sqlite_store.reading() as tx:
        began = {i: one.id for i, one in predictions.of_student(tx, ids, 2).items()}
    accept(sqlite_store, lead, ids, began={i: began[i] for i in ids[:4]})
    found = since(sqlite_store, 2, TWO, ONE)
    assert (found.began, found.fewer.persons, found.fewer.mean) == (4, 6, NONE - ALL)
    with sqlite_store.reading() as tx:
        blind = spared_on_validation(tx, rounds.get(tx, 2), now=TWO, before=ONE)
    assert (blind.began, blind.fewer.persons, blind.fewer.mean) == (0, 6, NONE - ALL)


def test_each_start_is_judged_as_it_was_when_its_person_was_labelled(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    """Both networks put everybody right, and are as unsure as of what is hidden; people call all of it visible."""
    ids = add_persons(sqlite_store, add_people, 60)
    predict(sqlite_store, ids, lambda _: RIGHT, confidence=0.1)
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda _: RIGHT, confidence=0.1))
    use(sqlite_store, lead, "student")
    accept(sqlite_store, lead, ids[:30])
    found = since(sqlite_store, 1, ONE, MODEL)
    assert (found.actions, found.actions_before, found.fewer.mean) == (ALL, ALL, 0.0)
    assert teach_again(sqlite_store), "the student, and the model on which labels began before it"
    accept(sqlite_store, lead, ids[30:45])
    found = since(sqlite_store, 1, ONE, MODEL)
    assert (found.actions, found.actions_before) == ((30 * ALL + 15 * NONE) / 45,) * 2
    assert since(sqlite_store, 1, ONE, None).actions_before == ALL


def test_validation_people_start_by_what_was_taught_when_the_round_was_published(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    held_out = add_persons(sqlite_store, add_people, 30, split="validation")
    accept(sqlite_store, lead, held_out)
    publish_judged(sqlite_store, score(sqlite_store, lead, held_out, lambda _: RIGHT, confidence=0.1))
    with sqlite_store.reading() as tx:
        found = spared_on_validation(tx, rounds.get(tx, 1), now=ONE, before=None)
    assert (found.actions, found.actions_before, found.fewer.persons) == (NONE, ALL, 30)
