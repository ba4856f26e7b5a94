"""What a lead is told of the networks that annotators may begin from."""

from collections.abc import Callable
from typing import Any

from app.rounds.starts import decide_again, use
from app.rounds.starts_told import starts_told
from db.records import UserRecord
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict, publish, publish_judged, score


def test_every_network_is_told_with_its_figures_and_a_button_with_the_difference(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    lead = add_account(sqlite_store, "lea", "lead")
    ids = add_persons(sqlite_store, add_people, 25, split="validation", labelled=True)
    predict(sqlite_store, ids, lambda i: 0.5 + 0.1 * (i % 3))
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda i: 3.0 + 0.1 * (i % 3)))
    with sqlite_store.reading() as tx:
        told = starts_told(tx)
    model, student = told.sources
    assert (told.words, told.people, told.enough) == (
        "Annotators begin from the poses of movenet.",
        "25 validation people",
        True,
    )
    assert (model.name, model.in_use, model.use) == ("movenet", True, None)
    assert (student.name, student.round, student.in_use, student.kept) == ("round 1's student", 1, False, False)
    assert model.mean_oks is not None and student.mean_oks is not None and student.low is not None
    assert student.low < student.mean_oks < model.mean_oks
    difference = f"{model.mean_oks - student.mean_oks:.3f}".removeprefix("0")
    assert student.use is not None and student.use.startswith(f"Use round 1's student: {difference} lower [.")
    assert student.figures == f"{student.mean_oks:.3f}  [{student.low:.3f}, {student.high:.3f}]"

    use(sqlite_store, lead, "student")
    with sqlite_store.reading() as tx:
        told = starts_told(tx)
    assert told.words == "Annotators begin from the poses of round 1's student, as lea chose."
    assert told.sources[0].use == student.use.replace("lower", "higher").replace("round 1's student", "movenet")
    assert told.lead == "lea"


def test_what_cannot_be_measured_says_so(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 2)
    with sqlite_store.reading() as tx:
        nothing = starts_told(tx)
    assert (nothing.words[:33], nothing.sources) == ("Nobody predicted anybody yet: lab", [])
    predict(sqlite_store, ids, lambda _: 1.0)
    publish(sqlite_store, score(sqlite_store, add_account(sqlite_store, "lea", "lead"), ids, lambda _: 1.0))
    with sqlite_store.reading() as tx:
        told = starts_told(tx)
    assert (told.people, told.enough) == ("0 people labelled here", False)
    assert [one.figures for one in told.sources] == ["not measured", "not measured"]
    assert told.sources[1].use == "Use round 1's student: not measured"


def test_when_it_is_decided_next_is_told_and_how_many_there_are_until_then(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., UserRecord]
) -> None:
    lead = add_account(sqlite_store, "lea", "lead")
    add_persons(sqlite_store, add_people, 1, labelled=True)
    ids = add_persons(sqlite_store, add_people, 30, split="validation")
    predict(sqlite_store, ids, lambda i: 4.0 + 0.1 * (i % 3))
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda i: 0.5 + 0.1 * (i % 3)))
    accept(sqlite_store, lead, ids[:13])
    with sqlite_store.reading() as tx:
        told = starts_told(tx)
    assert told.why == "movenet stays: only 13 validation people can tell, which is too few.", "those there are now"
    assert told.again == (
        "Nothing changes by itself before there are 20 such people in 5 images; validation people tell best. "
        "From then on round 1's student comes into use by itself where they prove it better."
    )
    accept(sqlite_store, lead, ids[13:20])
    assert decide_again(sqlite_store)
    with sqlite_store.reading() as tx:
        told = starts_told(tx)
    assert told.again == (
        "It is decided again at 25 validation people: movenet comes into use by itself where they prove it better."
    )
    accept(sqlite_store, lead, ids[20:])
    assert decide_again(sqlite_store)
    with sqlite_store.reading() as tx:
        assert starts_told(tx).again == (
            "It is decided again at 38 validation people, and there are 30 once all that are kept are labelled: "
            "keep more people for validation."
        )
    use(sqlite_store, lead, "imported")
    with sqlite_store.reading() as tx:
        assert starts_told(tx).again == "", "a lead chose"
