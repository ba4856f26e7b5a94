import pytest

from db.labelling.review_results import results_by_annotator
from sspcm.evaluation.shares import wilson
from tests.db.labelling.reviewing import accept_all, pose, say, set_rule


@pytest.fixture
def rita(store, add_account):
    return add_account(store, "rita", "reviewer")


def results(store):
    with store.reading() as tx:
        return results_by_annotator(tx)


def test_each_annotators_shares_come_with_their_interval(store, add_people, ann, bea, rita, now):
    a, b = add_people(store, count=2, persons=4)
    set_rule(store)
    of_ann = accept_all(store, ann, now, image_id=a.id)
    of_bea = accept_all(store, bea, now, image_id=b.id)
    for person_id in (*of_ann[:3], of_bea[0]):
        say(store, rita, person_id, now)
    say(store, rita, of_ann[3], now, result="back", comment="knee")
    say(store, rita, of_bea[1], now, result="back", label=pose("rita"))
    one, two = results(store)
    assert (one.annotator, one.good, one.back, one.corrected, one.waiting) == ("ann", 3, 1, 0, 1)
    assert (two.annotator, two.good, two.back, two.corrected, two.waiting) == ("bea", 1, 1, 1, 0)
    assert one.share_good == 0.75
    assert one.interval == wilson(3, 4)


def test_whom_a_reviewer_looked_up_counts_and_measures_nothing(store, add_people, ann, rita, now):
    add_people(store, persons=2)
    set_rule(store, share=0.0)
    first, second = accept_all(store, ann, now)
    say(store, rita, first, now)
    say(store, rita, second, now, result="back", comment="knee")
    (one,) = results(store)
    assert (one.good, one.back, one.sampled) == (1, 1, 0)
    assert (one.share_good, one.interval) == (None, None)


def test_imported_labels_are_nobodys(store, add_people, rita, now):
    add_people(store, labelled=True)
    say(store, rita, 1, now)
    (one,) = results(store)
    assert (one.annotator, one.good) == (None, 1)


def test_without_reviews_there_is_nothing_to_tell(store):
    assert results(store) == []
