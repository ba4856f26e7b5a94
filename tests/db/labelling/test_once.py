"""Every change by an annotator happens once."""

from dataclasses import replace

from db.labelling import labels
from db.records import Decision
from tests.db.labelling.deciding import at_once, decide, persons


def test_deciding_twice_with_one_key_is_deciding_once(store, person, ann, make_label, now):
    decision = Decision("k1", "accept", person.id, 0, ann, label=make_label())
    first = decide(store, decision, now)
    second = decide(store, decision, now)
    assert second == replace(first, repeated=True)
    with store.reading() as tx:
        assert len(labels.history(tx, person.id)) == 1


def test_a_repeat_is_answered_even_after_others_went_on(store, person, ann, bea, make_label, now):
    decision = Decision("k1", "accept", person.id, 0, ann, label=make_label())
    first = decide(store, decision, now)
    decide(store, Decision("k2", "reopen", person.id, 1, bea), now)
    assert decide(store, decision, now) == replace(first, repeated=True)
    assert persons(store)[0].state == "open"


def test_a_double_click_is_one_decision(store, person, ann, make_label, now):
    decision = Decision("k1", "accept", person.id, 0, ann, label=make_label())
    outcomes = at_once(lambda _: decide(store, decision, now), 4)
    assert sorted(outcome.repeated for outcome in outcomes) == [False, True, True, True]
