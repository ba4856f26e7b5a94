import numpy as np
import pytest

from db.labelling import queue, review_walk
from db.labelling.review_walk import PLACES, ReviewFilter, place_of
from db.pool import project
from db.records import KeypointFlag, PersonScore, ReviewRule
from db.rounds.predictions import ImportedPrediction, add_imported
from sspcm.pose import IMPORTED, Prediction
from tests.db.labelling.reviewing import accept_all, say, set_rule, suspect, to_review, undo


@pytest.fixture
def rita(store, add_account):
    return add_account(store, "rita", "reviewer")


@pytest.fixture
def ron(store, add_account):
    return add_account(store, "ron", "reviewer")


# --- the sample ---


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_the_sample_has_its_share_everywhere_and_grows_by_adding(share):
    chosen = np.array([place_of(i) < share * PLACES for i in range(1, 40_001)])
    assert chosen.mean() == pytest.approx(share, abs=0.01)
    for part in chosen.reshape(8, 5000):
        assert part.mean() == pytest.approx(share, abs=0.02)
    for step in (2, 3, 7, 10, 64):  # images hold so many people each: no place in an image is spared
        assert chosen[::step].mean() == pytest.approx(share, abs=0.03), step
    neighbours = (chosen[1:] & chosen[:-1]).mean()
    assert neighbours == pytest.approx(share**2, abs=0.02)
    assert all(place_of(i) < 2 * share * PLACES for i in np.flatnonzero(chosen) + 1)


def test_the_store_chooses_whom_python_chooses(store, add_people, ann, rita, now):
    add_people(store, count=30, persons=4)
    everybody = accept_all(store, ann, now)
    for share in (0.0, 0.1, 0.33, 1.0):
        set_rule(store, share)
        assert set(to_review(store, rita, now, limit=200)) == {i for i in everybody if place_of(i) < share * PLACES}


def test_who_is_new_is_reviewed_whole_until_enough_were(store, add_people, ann, bea, rita, now):
    images = add_people(store, count=2, persons=5)
    set_rule(store, share=0.0, first=2)
    of_ann = accept_all(store, ann, now, image_id=images[0].id)
    of_bea = accept_all(store, bea, now, image_id=images[1].id)
    assert set(to_review(store, rita, now)) == {*of_ann, *of_bea}
    for person_id in of_ann[:2]:
        assert say(store, rita, person_id, now).is_sampled
    assert set(to_review(store, rita, now)) == set(of_bea)
    assert not say(store, rita, of_ann[2], now).is_sampled


def test_who_came_back_is_looked_at_again_whoever_chose_them(store, add_people, ann, rita, now):
    add_people(store, persons=2)
    first, _ = accept_all(store, ann, now)
    set_rule(store, share=0.0)
    say(store, rita, first, now, result="back", comment="knee")
    assert to_review(store, rita, now) == []
    accept_all(store, ann, now)
    assert to_review(store, rita, now) == [first]
    with store.reading() as tx:
        (found,) = review_walk.persons_to_review(tx, ReviewFilter(), rita, now=now, limit=5)
    assert (found.came_back, found.revision) == (True, 2)


def test_without_a_rule_a_tenth_and_the_first_twenty(store, add_people):
    add_people(store)
    with store.reading() as tx:
        assert project.get_project(tx).review == ReviewRule(share=0.1, first=20)


# --- whom nobody sees ---


def test_reviewed_open_own_and_imported_persons_are_left_out(store, add_people, ann, rita, now):
    a, b = add_people(store, count=2, persons=2)
    add_people(store, labelled=True)  # imported
    add_people(store)  # open
    set_rule(store)
    of_ann = accept_all(store, ann, now, image_id=a.id)
    accept_all(store, rita, now, image_id=b.id)
    say(store, rita, of_ann[0], now)
    assert to_review(store, rita, now) == [of_ann[1]]
    assert to_review(store, rita, now, show="all") == [of_ann[1]]


def test_imported_labels_are_walked_where_one_asks_for_them(store, add_people, rita, now):
    add_people(store, labelled=True)
    add_people(store, labelled=True, split="validation")
    assert to_review(store, rita, now, show="all") == []
    assert to_review(store, rita, now, show="all", annotator=IMPORTED) == [1], "never one that measures rounds"


def test_validation_people_who_were_labelled_here_are_reviewed(store, add_people, ann, rita, now):
    add_people(store, split="validation")
    set_rule(store)
    everybody = accept_all(store, ann, now)
    assert to_review(store, rita, now) == everybody


def test_persons_of_an_image_that_another_works_on_wait(store, add_people, ann, bea, rita, now):
    first, second = add_people(store, count=2)
    set_rule(store)
    accept_all(store, ann, now)
    with store.transaction() as tx:
        queue.claim_image(tx, bea, first.id, now=now, lease_s=60)
        queue.claim_image(tx, rita, second.id, now=now, lease_s=60)
    assert to_review(store, rita, now) == [2]


# --- the order ---


def test_the_walk_goes_round_once_and_every_reviewer_begins_elsewhere(store, add_people, ann, rita, ron, now):
    add_people(store, count=40)
    set_rule(store)
    everybody = accept_all(store, ann, now)
    ways = {who.name: to_review(store, who, now) for who in (rita, ron)}
    assert all(sorted(way) == everybody for way in ways.values())
    assert ways["rita"][0] != ways["ron"][0]
    first = ways["rita"][:3]
    assert to_review(store, rita, now, after=first[-1], exclude=first, limit=3) == ways["rita"][3:6]
    assert to_review(store, rita, now, after=everybody[-1]) == everybody


def test_by_annotator_and_counted(store, add_people, ann, bea, rita, now):
    a, b = add_people(store, count=2, persons=3)
    set_rule(store)
    of_ann = accept_all(store, ann, now, image_id=a.id)
    accept_all(store, bea, now, image_id=b.id)
    assert to_review(store, rita, now, annotator="ann") == of_ann
    with store.reading() as tx:
        assert review_walk.count_to_review(tx, ReviewFilter(annotator="ann"), rita, now=now, most=100) == 3
        assert review_walk.count_to_review(tx, ReviewFilter(), rita, now=now, most=4) == 4


def test_by_flag_and_never_with_what_networks_say_of_validation(store, add_people, ann, rita, now):
    add_people(store, count=2)
    add_people(store, split="validation")
    accept_all(store, ann, now)
    set_rule(store, share=0.0)
    with store.transaction() as tx:
        add_imported(tx, [of_model(2, flagged=True), of_model(1, flagged=False), of_model(3, flagged=True)])
    assert to_review(store, rita, now, show="flagged") == [2]
    with store.reading() as tx:
        found = review_walk.persons_to_review(tx, ReviewFilter("all"), rita, now=now, limit=9)
    assert {one.person.id: one.score and len(one.score.flags) for one in found} == {1: 0, 2: 1, 3: None}


def test_suspicious_labels_come_by_how_suspicious_they_are_until_somebody_found_them_good(
    store, add_people, ann, rita, ron, now
):
    add_people(store, count=4)
    add_people(store, split="validation")
    accept_all(store, ann, now)
    set_rule(store, share=0.0)
    suspect(store, now, _1=0.4, _3=0.9, _4=0.6, _5=0.5)
    assert to_review(store, rita, now, show="suspicious") == [3, 4, 5, 1]
    assert to_review(store, ron, now, show="suspicious", exclude=[3], limit=2) == [4, 5]
    assert to_review(store, ron, now, show="suspicious", annotator="bea") == []
    good = say(store, rita, 3, now)
    say(store, rita, 4, now, result="back", comment="knees")
    assert to_review(store, ron, now, show="suspicious") == [5, 1]
    undo(store, rita, good, now)
    assert to_review(store, ron, now, show="suspicious") == [3, 5, 1]
    with store.reading() as tx:
        worst, *_ = review_walk.persons_to_review(tx, ReviewFilter("suspicious"), ron, now=now, limit=9)
        assert [one.words for one in worst.findings] == ["knees exchanged"]
        assert review_walk.count_to_review(tx, ReviewFilter("suspicious"), ron, now=now, most=9) == 3


def test_what_is_suspected_of_an_earlier_label_is_nobody(store, add_people, ann, rita, now):
    add_people(store)
    (person_id,) = accept_all(store, ann, now)
    suspect(store, now, _1=0.9)
    say(store, rita, person_id, now, result="back", comment="knees")
    accept_all(store, ann, now)
    assert to_review(store, rita, now, show="suspicious") == []


def of_model(person_id, *, flagged):
    flags = (KeypointFlag(3, 0.9, "the networks disagree"),) if flagged else ()
    score = PersonScore(person_id, 0.5, (0.1,) * 17, flags)
    return ImportedPrediction(Prediction(np.ones((17, 3)), network="model"), score, crop="c")
