"""How long annotators took for labels, from decision to decision."""

from dataclasses import replace
from datetime import timedelta

from db.labelling import labels
from db.pool.persons import get_person, list_persons
from db.records import Decision
from db.rounds import label_times


def decide(store, user, person_id, kind, at, label=None):
    """The label that counts then."""
    with store.transaction() as tx:
        revision = get_person(tx, person_id).revision
        decision = Decision(f"{kind}-{person_id}-{revision}", kind, person_id, revision, user, label, "hidden")
        labels.decide(tx, decision, now=at)
        return get_person(tx, person_id).label_id


def test_it_is_the_time_from_ones_own_decision_before_be_it_a_skip(store, add_account, add_people, make_label, now):
    add_people(store, count=5)
    add_people(store, count=1, labelled=True)
    ann, bob = add_account(store, "ann"), add_account(store, "bob")
    with store.reading() as tx:
        people = list_persons(tx)
    ids, out_of_a_file = [one.id for one in people], people[-1].label_id

    def label(user, person_id, seconds):
        placed = replace(make_label(x=20.0), author=user.name)
        return decide(store, user, person_id, "accept", now + timedelta(seconds=seconds), placed)

    first = label(ann, ids[0], 0)
    second = label(ann, ids[1], 40)
    of_bob = label(bob, ids[2], 50)
    decide(store, ann, ids[3], "skip", now + timedelta(seconds=60))
    third = label(ann, ids[4], 90)
    corrected = label(bob, ids[0], 1050)
    with store.reading() as tx:
        wanted = [first, second, of_bob, third, corrected, out_of_a_file]
        found = label_times.since_decision_before(tx, wanted)
        assert found == {second: 40.0, third: 30.0, corrected: 1000.0}
        assert label_times.since_decision_before(tx, [third]) == {third: 30.0}
        assert label_times.since_decision_before(tx, []) == {}


def test_a_clock_that_was_set_back_takes_no_time_away(store, add_account, add_people, make_label, now):
    add_people(store, count=2)
    ann = add_account(store, "ann")
    with store.reading() as tx:
        one, other = (person.id for person in list_persons(tx))
    decide(store, ann, one, "accept", now, make_label(x=20.0))
    late = decide(store, ann, other, "accept", now - timedelta(seconds=9), make_label(x=20.0))
    with store.reading() as tx:
        assert label_times.since_decision_before(tx, [late]) == {late: 0.0}
