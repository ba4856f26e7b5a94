import threading
from dataclasses import replace

import numpy as np
import pytest

from db.errors import AlreadyReviewed, InvalidDecision, LeaseLost, NotFound, RevisionConflict
from db.labelling import findings, labels, queue, reviews
from db.records import Decision
from tests.db.dealing import claim
from tests.db.labelling.deciding import at_once, decide, is_open
from tests.db.labelling.reviewing import accept_all, person_of, pose, say, suspect, undo


@pytest.fixture
def rita(store, add_account):
    return add_account(store, "rita", "reviewer")


@pytest.fixture
def ron(store, add_account):
    return add_account(store, "ron", "reviewer")


@pytest.fixture
def accepted(store, add_people, ann, now):
    """One person with a label by ann."""
    add_people(store)
    return accept_all(store, ann, now)[0]


def test_a_good_label_stays_as_it_is(store, accepted, rita, now):
    before = person_of(store, accepted)
    said = say(store, rita, accepted, now)
    assert (said.result, said.annotator, said.reviewer, said.corrected) == ("good", "ann", "rita", None)
    assert person_of(store, accepted).revision == before.revision
    assert person_of(store, accepted).state == "accepted"


def test_what_a_check_suspects_is_right_for_whom_a_reviewer_found_good(store, accepted, rita, now):
    suspect(store, now, _1=0.9)
    good = say(store, rita, 1, now)
    assert suspected(store) == []
    suspect(store, now, _1=0.9)
    assert suspected(store) == [], "no later check says the same of that label"
    undo(store, rita, good, now)
    assert suspected(store) == [1]


def suspected(store):
    with store.reading() as tx:
        return [one.person_id for one in findings.current(tx)]


def test_who_comes_back_is_open_with_the_comment_and_neither_exported_nor_learned_from(store, accepted, rita, now):
    said = say(store, rita, accepted, now, result="back", comment="left and right are exchanged")
    person = person_of(store, accepted)
    assert (person.state, person.label) == ("open", None)
    assert is_open(store, person.image_id)
    with store.reading() as tx:
        assert reviews.newest_in_image(tx, person.image_id)[accepted] == said
        assert labels.history(tx, accepted)[0].author == "ann", "no label is lost"
    assert said.is_waiting


def test_a_correction_is_a_new_revision_by_the_reviewer(store, accepted, rita, ron, now):
    said = say(store, rita, accepted, now, result="back", comment="elbow", label=pose("rita", x=200.0))
    person = person_of(store, accepted)
    assert (person.state, person.label.author, person.label.xyv[0, 0]) == ("accepted", "rita", 200.0)
    assert (said.corrected, said.is_waiting) == (2, False)
    assert not is_open(store, person.image_id)
    with pytest.raises(InvalidDecision, match="your own"):
        say(store, rita, accepted, now)
    assert say(store, ron, accepted, now).annotator == "rita", "the new revision is not reviewed"


def test_a_correction_touches_what_the_reviewer_moved_besides_what_the_annotator_did(store, accepted, ann, rita, now):
    person, first = person_of(store, accepted), pose("ann")
    few = replace(first, touched=np.arange(17) == 3)
    decide(store, Decision("few-touched", "accept", accepted, person.revision, ann, label=few), now)
    say(store, rita, accepted, now, result="back", label=replace(pose("rita"), touched=np.arange(17) == 5))
    assert np.flatnonzero(person_of(store, accepted).label.touched).tolist() == [3, 5]


def test_a_newer_label_is_not_reviewed(store, accepted, ann, rita, now):
    say(store, rita, accepted, now)
    person = person_of(store, accepted)
    again = Decision("again-01", "accept", accepted, person.revision, ann, label=pose("ann", x=150.0))
    decide(store, again, now)
    assert say(store, rita, accepted, now, result="back", comment="wrong").revision == 2


def test_the_first_of_two_reviewers_counts_and_the_second_is_told(store, accepted, rita, ron, now):
    say(store, rita, accepted, now)
    with pytest.raises(AlreadyReviewed, match=r"rita found this label good already"):
        say(store, ron, accepted, now, result="back", comment="no")
    assert person_of(store, accepted).state == "accepted"


def test_two_reviewers_at_the_very_same_time_do_not_both_count(store, accepted, rita, ron, now):
    start = threading.Barrier(2)

    def one(i):
        start.wait()
        try:
            return say(store, (rita, ron)[i], accepted, now)
        except AlreadyReviewed as error:
            return error

    said = at_once(one, 2)
    assert sum(isinstance(one, AlreadyReviewed) for one in said) == 1


@pytest.mark.parametrize("how", [{}, {"result": "back", "comment": "knee"}, {"result": "back", "label": pose("rita")}])
def test_the_same_said_twice_is_said_once(store, accepted, rita, now, how):
    first = say(store, rita, accepted, now, revision=1, **how)
    revision = person_of(store, accepted).revision
    assert say(store, rita, accepted, now, revision=1, **how) == first
    assert person_of(store, accepted).revision == revision


def test_a_label_that_counts_no_more_is_not_reviewed(store, accepted, ann, rita, now):
    person = person_of(store, accepted)
    decide(store, Decision("reopened", "reopen", accepted, person.revision, ann), now)
    with pytest.raises(RevisionConflict, match=r"ann changed this person meanwhile \(open now\)"):
        say(store, rita, accepted, now, revision=1)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"result": "back"}, "neither a comment nor a corrected pose"),
        ({"result": "back", "comment": "  "}, "neither a comment"),
        ({"comment": "fine"}, "good label has no comment"),
        ({"label": pose("rita")}, "good label has no comment"),
        ({"result": "back", "comment": "x" * 1001}, "at most 1000"),
        ({"result": "back", "comment": "a\0b"}, "none a NUL"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(store, accepted, rita, now, how, why):
    with pytest.raises(InvalidDecision, match=why):
        say(store, rita, accepted, now, **how)


def test_nobody_reviews_their_own(store, accepted, ann, now):
    with pytest.raises(InvalidDecision, match="your own"):
        say(store, ann, accepted, now)


def test_a_validation_label_that_came_with_the_import_is_never_reviewed(store, add_people, rita, now):
    add_people(store, labelled=True, split="validation")
    with pytest.raises(InvalidDecision, match="measures the rounds"):
        say(store, rita, 1, now, result="back", comment="no")
    with pytest.raises(InvalidDecision, match="measures the rounds"):
        say(store, rita, 1, now)


def test_nobody_comes_back_from_an_image_that_another_works_on(store, add_people, ann, bea, rita, now):
    add_people(store, persons=2)
    (first, second) = accept_all(store, ann, now)
    with store.transaction() as tx:
        queue.claim_image(tx, bea, 1, now=now, lease_s=60)
    with pytest.raises(LeaseLost, match="bea"):
        say(store, rita, first, now, result="back", comment="knee")
    assert person_of(store, first).state == "accepted"
    say(store, rita, second, now)  # a good one changes nothing of the image


def test_nobody_is_there_to_review(store, accepted, rita, now):
    with pytest.raises(NotFound, match="no person 99"):
        say(store, rita, 99, now, revision=1)


# --- taking it back ---


def test_a_good_one_taken_back_is_not_reviewed(store, accepted, rita, ron, now):
    undo(store, rita, say(store, rita, accepted, now), now)
    assert say(store, ron, accepted, now).reviewer == "ron"


def test_who_came_back_is_accepted_again_with_the_same_label(store, accepted, rita, now):
    before = person_of(store, accepted)
    undo(store, rita, say(store, rita, accepted, now, result="back", comment="knee"), now)
    after = person_of(store, accepted)
    assert (after.state, after.label_id) == ("accepted", before.label_id)
    assert not is_open(store, after.image_id)


def test_a_correction_taken_back_leaves_the_label_before(store, accepted, rita, now):
    before = person_of(store, accepted)
    undo(store, rita, say(store, rita, accepted, now, result="back", label=pose("rita", x=200.0)), now)
    assert person_of(store, accepted).label_id == before.label_id
    say(store, rita, accepted, now)


def test_what_the_annotator_answered_is_not_taken_back(store, accepted, ann, rita, now):
    said = say(store, rita, accepted, now, result="back", comment="knee")
    assert claim(store, ann, now) is not None
    with pytest.raises(LeaseLost, match="ann"):
        undo(store, rita, said, now)
    accept_all(store, ann, now)
    with pytest.raises(RevisionConflict, match="ann decided about this person since"):
        undo(store, rita, said, now)


def test_a_reviewed_correction_is_not_taken_back(store, accepted, rita, ron, now):
    said = say(store, rita, accepted, now, result="back", label=pose("rita", x=200.0))
    say(store, ron, accepted, now)
    with pytest.raises(RevisionConflict, match="no more be taken back"):
        undo(store, rita, said, now)


def test_anothers_is_not_taken_back(store, accepted, rita, ron, now):
    said = say(store, rita, accepted, now)
    with pytest.raises(NotFound, match="no review 1 of yours"):
        undo(store, ron, said, now)


def test_the_list_is_the_newest_first_and_can_be_narrowed(store, add_people, ann, bea, rita, now):
    (first, second) = (image.id for image in add_people(store, count=2))
    accept_all(store, ann, now, image_id=first)
    accept_all(store, bea, now, image_id=second)
    say(store, rita, 1, now)
    say(store, rita, 2, now, result="back", comment="knee")
    with store.reading() as tx:
        assert [one.annotator for one in reviews.list_reviews(tx)] == ["bea", "ann"]
        assert [one.person_id for one in reviews.list_reviews(tx, annotator=ann)] == [1]
        assert [one.person_id for one in reviews.list_reviews(tx, result="back")] == [2]
        assert len(reviews.list_reviews(tx, limit=1)) == 1
