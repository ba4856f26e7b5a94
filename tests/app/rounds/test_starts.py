"""Annotators begin from the network that is measured to be better, and a worse student is not published."""

from collections.abc import Callable
from typing import Any

import pytest

from app.labelling import tasks
from app.labelling.earlier_frames import previous
from app.rounds.errors import LearningError
from app.rounds.starts import Use, choose_again, choose_if_never, decide_again, in_use, judge_round, say_oks, use
from app.sheet import page as sheet
from db.errors import NotFound
from db.labelling.sheet import SheetFilter
from db.pool.project import get_project, set_starts
from db.records import UserRecord
from db.rounds import events, rounds
from db.store.session import Store
from tests.app.rounds.measured_home import POSE, accept, add_persons, predict, publish, publish_judged, score


def near(i: int) -> float:
    return 0.5 + 0.1 * (i % 3)


def far(i: int) -> float:
    return 4.0 + 0.1 * (i % 3)


@pytest.fixture
def lead(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


@pytest.fixture
def held_out(sqlite_store: Store, add_people: Callable[..., Any]) -> list[int]:
    """Forty validation people and one of the pool."""
    waiting = add_persons(sqlite_store, add_people, 1)
    return waiting + add_persons(sqlite_store, add_people, 40, split="validation", labelled=True)


def in_use_now(store: Store) -> str | None:
    with store.reading() as tx:
        source = in_use(tx)
    return None if source is None else source.name


def story(store: Store) -> list[str]:
    with store.reading() as tx:
        return [one.what for one in events.story(tx, rounds.get(tx, 1).id)]


def end(store: Store, number: int, now: Any) -> str | None:
    """Do what a worker does with a scored round; why it is kept."""
    with store.transaction() as tx:
        judged, record = judge_round(tx, number), rounds.get(tx, number)
        if judged.because:
            rounds.keep(tx, record.id, because=judged.because, metrics={}, directory="r", now=now)
        else:
            rounds.publish(tx, record.id, metrics={}, directory="r", now=now)
        set_starts(tx, judged.starts)
    return judged.because


def test_a_student_that_is_worse_than_the_imported_model_is_kept_and_both_figures_told(
    sqlite_store: Store, lead: UserRecord, held_out: list[int], now: Any
) -> None:
    predict(sqlite_store, held_out, near)
    because = end(sqlite_store, score(sqlite_store, lead, held_out, far), now)
    assert because is not None
    assert because.startswith("Not published, as its student is worse. On 40 validation people, mean OKS is .9")
    assert "for movenet and ." in because and "for round 1's student." in because
    with sqlite_store.reading() as tx:
        record = rounds.get(tx, 1)
        assert (record.state, record.kept_because, get_project(tx).published_round) == ("kept", because, None)
    assert in_use_now(sqlite_store) == "movenet"


def test_a_better_student_is_published_and_begun_from_and_given_up_for_a_better_model(
    sqlite_store: Store, lead: UserRecord, held_out: list[int], now: Any
) -> None:
    predict(sqlite_store, held_out, far)
    assert end(sqlite_store, score(sqlite_store, lead, held_out, near), now) is None
    assert in_use_now(sqlite_store) == "round 1's student"
    predict(sqlite_store, held_out, near, model="alike")
    choose_again(sqlite_store)
    assert in_use_now(sqlite_store) == "round 1's student", "a model that is no better changes nothing"
    predict(sqlite_store, held_out, lambda _: 0.0, model="better")
    choose_again(sqlite_store)
    assert in_use_now(sqlite_store) == "better"
    with sqlite_store.reading() as tx:
        assert get_project(tx).starts.why.startswith("better stays, as round 1's student is not surely better")


def test_a_student_about_as_good_is_published_and_the_imported_model_stays(
    sqlite_store: Store, lead: UserRecord, held_out: list[int], now: Any
) -> None:
    predict(sqlite_store, held_out, near)
    assert end(sqlite_store, score(sqlite_store, lead, held_out, near), now) is None
    assert in_use_now(sqlite_store) == "movenet"


def test_a_round_is_measured_by_the_student_before_where_no_model_was_imported(
    sqlite_store: Store, lead: UserRecord, held_out: list[int], now: Any
) -> None:
    assert end(sqlite_store, score(sqlite_store, lead, held_out, far), now) is None, "the first has nothing beside it"
    assert end(sqlite_store, score(sqlite_store, lead, held_out, near), now) is None
    assert end(sqlite_store, score(sqlite_store, lead, held_out, far), now) is not None
    assert in_use_now(sqlite_store) == "round 2's student"


def test_a_little_worse_for_sure_is_published_all_the_same(
    sqlite_store: Store, lead: UserRecord, held_out: list[int], now: Any
) -> None:
    publish(sqlite_store, score(sqlite_store, lead, held_out, lambda _: 1.00))
    assert end(sqlite_store, score(sqlite_store, lead, held_out, lambda i: 1.005 + 0.001 * (i % 2)), now) is None


def test_where_nothing_can_be_measured_a_round_is_published_and_says_so(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 3)
    number = score(sqlite_store, lead, ids, far)
    with sqlite_store.reading() as tx:
        first = judge_round(tx, number)
    assert (first.because, first.measured["words"][:30]) == (None, "Nothing could be measured: the")
    predict(sqlite_store, ids, near)
    with sqlite_store.reading() as tx:
        beside = judge_round(tx, number)
    assert beside.because is None and "there are no validation people" in beside.measured["words"]


def test_a_lead_may_choose_otherwise_and_a_kept_round_is_published_for_it(
    sqlite_store: Store, lead: UserRecord, held_out: list[int], now: Any
) -> None:
    with pytest.raises(LearningError, match="no round is published"):
        use(sqlite_store, lead, "student")
    with pytest.raises(LearningError, match="no pose model predicted anybody"):
        use(sqlite_store, lead, "imported")
    predict(sqlite_store, held_out, near)
    end(sqlite_store, score(sqlite_store, lead, held_out, far), now)
    use(sqlite_store, lead, "student", number=1)
    assert in_use_now(sqlite_store) == "round 1's student"
    with sqlite_store.reading() as tx:
        assert (rounds.get(tx, 1).state, get_project(tx).starts.lead) == ("published", "lea")
    end(sqlite_store, score(sqlite_store, lead, held_out, near), now)
    use(sqlite_store, lead, "student", number=1)  # an earlier one comes back
    assert in_use_now(sqlite_store) == "round 1's student"
    use(sqlite_store, lead, "student", number=2)
    with pytest.raises(NotFound, match="there is no round 7"):
        use(sqlite_store, lead, "student", number=7)
    use(sqlite_store, lead, "measured")
    assert in_use_now(sqlite_store) == "movenet"


def test_the_editor_the_contact_sheet_and_the_copy_from_the_frame_before_begin_from_the_same(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 2)
    predict(sqlite_store, ids, lambda _: 2.0)
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: 7.0))
    wanted, tiles = SheetFilter(search="0001"), list[float]()
    choices: list[tuple[Use, float]] = [("imported", 2.0), ("student", 7.0)]
    for chosen, moved in choices:
        use(sqlite_store, lead, chosen)
        task = tasks.next_task(sqlite_store, lead, exclude=(), lease_s=60)
        (tile,) = sheet.page(sqlite_store, lead, wanted, after=None, limit=9).persons
        assert task is not None and tile.pose is not None
        (before,) = previous(sqlite_store, lead, tile.image_id).persons
        (person,) = task.persons
        offered = [start.source for start in person.starts]
        assert person.start.xyv[0][0] == before.xyv[0][0] == POSE[0, 0] + moved
        assert (person.start.source, before.source) == (offered[0], offered[0])
        assert len(offered) == 2, "the other one stays a key away"
        tiles.append(tile.pose.xyv[0][0])
    assert tiles[0] < tiles[1]


def test_a_home_of_an_earlier_version_is_measured_once(
    sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    choose_if_never(sqlite_store)
    held_out = add_persons(sqlite_store, add_people, 40, split="validation", labelled=True)
    publish(sqlite_store, score(sqlite_store, lead, held_out, near))
    predict(sqlite_store, held_out, far)
    assert in_use_now(sqlite_store) == "movenet"
    choose_if_never(sqlite_store)
    assert in_use_now(sqlite_store) == "round 1's student"
    predict(sqlite_store, held_out, lambda _: 0.0, model="better")
    choose_if_never(sqlite_store)
    assert in_use_now(sqlite_store) == "round 1's student", "it was chosen before"


def test_figures_are_told_in_three_places() -> None:
    assert [say_oks(value) for value in (0.78149, 1.0, 0.0)] == [".781", "1.000", ".000"]


@pytest.fixture
def waiting(sqlite_store: Store, add_people: Callable[..., Any]) -> list[int]:
    """Fifty validation people to label, and one of the pool who is labelled."""
    add_persons(sqlite_store, add_people, 1, labelled=True)
    return add_persons(sqlite_store, add_people, 50, split="validation")


def test_a_published_student_comes_into_use_by_itself_as_soon_as_labels_prove_it_better(
    sqlite_store: Store, lead: UserRecord, waiting: list[int]
) -> None:
    predict(sqlite_store, waiting, far)
    publish_judged(sqlite_store, score(sqlite_store, lead, waiting, near))
    assert in_use_now(sqlite_store) == "movenet"
    accept(sqlite_store, lead, waiting[:19])
    assert not decide_again(sqlite_store), "19 people decide nothing"
    accept(sqlite_store, lead, waiting[19:20])
    assert decide_again(sqlite_store)
    assert in_use_now(sqlite_store) == "round 1's student"
    with sqlite_store.reading() as tx:
        starts = get_project(tx).starts
    assert starts.why.startswith("round 1's student is surely better: on 20 validation people")
    assert (starts.of_validation, starts.ordered_by) == (20, "imported"), "the queue is yet to follow"
    told = f"annotators begin from the poses of round 1's student now: {starts.why}"
    assert story(sqlite_store)[-1] == told
    use(sqlite_store, lead, "student")
    assert story(sqlite_store)[-1] == told, "nothing changed"
    use(sqlite_store, lead, "imported")
    assert story(sqlite_store)[-1] == "annotators begin from the poses of movenet now: lea chose it"


def test_it_is_decided_anew_only_where_a_quarter_more_are_labelled(
    sqlite_store: Store, lead: UserRecord, waiting: list[int]
) -> None:
    predict(sqlite_store, waiting, near)
    publish_judged(sqlite_store, score(sqlite_store, lead, waiting, near))
    decided = []
    for count, person in enumerate(waiting, start=1):
        accept(sqlite_store, lead, [person])
        if decide_again(sqlite_store):
            decided.append(count)
    assert decided == [20, 25, 32, 40, 50]
    assert in_use_now(sqlite_store) == "movenet", "a student about as good is never taken"


def test_a_leads_choice_stays_whatever_labels_say_meanwhile(
    sqlite_store: Store, lead: UserRecord, waiting: list[int]
) -> None:
    predict(sqlite_store, waiting, far)
    publish_judged(sqlite_store, score(sqlite_store, lead, waiting, near))
    use(sqlite_store, lead, "imported")
    accept(sqlite_store, lead, waiting[:25])
    assert decide_again(sqlite_store)
    assert in_use_now(sqlite_store) == "movenet"
    use(sqlite_store, lead, "measured")
    assert in_use_now(sqlite_store) == "round 1's student"


def test_a_student_in_use_is_given_up_where_labels_prove_it_worse(
    sqlite_store: Store, lead: UserRecord, waiting: list[int], add_people: Callable[..., Any]
) -> None:
    predict(sqlite_store, waiting, lambda i: far(i) if i in waiting[:20] else near(i))
    publish_judged(sqlite_store, score(sqlite_store, lead, waiting, lambda i: near(i) if i in waiting[:20] else 9.0))
    accept(sqlite_store, lead, waiting[:20])
    assert decide_again(sqlite_store) and in_use_now(sqlite_store) == "round 1's student"
    accept(sqlite_store, lead, waiting[20:])
    assert decide_again(sqlite_store) and in_use_now(sqlite_store) == "movenet"


def test_nothing_is_decided_between_rounds_where_a_round_is_kept_or_nothing_is_beside_it(
    sqlite_store: Store, lead: UserRecord, held_out: list[int], now: Any
) -> None:
    assert not decide_again(sqlite_store)
    predict(sqlite_store, held_out, near)
    end(sqlite_store, score(sqlite_store, lead, held_out, far), now)
    assert not decide_again(sqlite_store), "a kept round is the lead's to publish"
