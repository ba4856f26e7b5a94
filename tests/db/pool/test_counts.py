"""How many images, persons and labels a home has."""

from db.labelling import labels
from db.pool import counts
from db.pool.persons import list_persons
from db.records import Counts, Decision


def test_counts_tell_pool_labelled_and_validation_apart(store, add_people, add_account, make_label, now):
    add_people(store, count=2, persons=3)
    add_people(store, labelled=True)
    add_people(store, persons=2, labelled=True, split="validation")
    add_people(store, persons=3, split="validation")
    ann = add_account(store)
    with store.transaction() as tx:
        first, second, third, *_ = list_persons(tx)
        labels.decide(tx, Decision("1", "skip", first.id, 0, ann, reason="blurred"), now=now)
        labels.decide(tx, Decision("2", "not_a_person", second.id, 0, ann), now=now)
        labels.decide(tx, Decision("3", "accept", third.id, 0, ann, label=make_label()), now=now)
    with store.reading() as tx:
        assert counts.count(tx) == Counts(
            images=5,
            images_open=2,
            images_validation=2,
            persons=12,
            persons_open=3,
            persons_accepted=2,
            persons_imported=1,
            persons_skipped=1,
            persons_not_a_person=1,
            persons_validation=5,
            persons_validation_open=3,
            persons_validation_accepted=2,
        )


def test_counts_of_an_empty_home_are_zero(store):
    with store.reading() as tx:
        assert counts.count(tx) == Counts(*[0] * 12)


def test_labelled_validation_people_are_counted_with_their_images(store, add_people):
    add_people(store, count=2, persons=3, labelled=True, split="validation")
    add_people(store, count=4, split="validation")
    add_people(store, count=5, labelled=True)
    with store.reading() as tx:
        found = counts.validation_labelled(tx)
    assert (found.persons, found.images) == (6, 2)
