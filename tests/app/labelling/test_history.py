"""What became of a person, as the editor and a command tell it; and an earlier label brought back."""

import numpy as np
import pytest

from app.contract.labelling import AcceptMessage, PersonMessage, SkipMessage
from app.labelling import decisions
from app.labelling.history import HIDDEN, NEVER, history_of, restore
from db.clock import utc_now
from db.errors import InvalidDecision, LeaseLost, NotFound
from db.labelling import labels, reviews
from db.labelling.reviews import NewReview
from db.people import audit
from db.people.audit import Actor
from db.pool.persons import get_person
from db.records import UserRecord
from db.schema import ImageRow
from db.store.session import Store
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.labelling.annotating import LEASE_S, Account, People, accept, key, publish_round, take

COMMAND = Actor("olga", audit.BY_COMMAND)


def accept_start(store: Store, user: UserRecord, *, by: float, seconds: float | None = None) -> None:
    """Person 1 as the editor opens them, with keypoint 3 moved to the right by hand."""
    start = take(store, user).persons[0].start
    xyv = [[x, y, 2.0] for x, y, _ in start.xyv]
    xyv[3][0] += by
    message = AcceptMessage(
        key=key(), person_id=1, revision=0, xyv=xyv, touched=[k == 3 for k in range(17)], seconds=seconds,
        started_from=start.prediction_id, began="student",
    )  # fmt: skip
    decisions.accept(store, user, message, lease_s=LEASE_S)


def test_a_label_tells_its_start_and_how_far_each_keypoint_was_moved_from_it(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2})
    ann = add_account(sqlite_store)
    accept_start(sqlite_store, ann, by=6.0, seconds=21.0)
    told = history_of(sqlite_store, ann, 1)
    (entry,) = told.entries
    assert entry.label is not None
    assert (entry.by, entry.what, entry.seconds, entry.label.counts) == ("ann", "label 1", 21.0, True)
    assert entry.label.began == "the prediction of round 1's student"
    (moved,) = entry.label.moved
    with sqlite_store.reading() as tx:
        area = get_person(tx, 1).oks_area
    assert (moved.keypoint, moved.touched, moved.px) == (3, True, 6.0)
    assert moved.sigmas == pytest.approx(6.0 / np.sqrt(area) / get_skeleton("coco-17").sigma_array[3], abs=0.006)


def test_the_newest_comes_first_with_what_was_decided_in_between(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store)
    ann, bob = add_account(sqlite_store), add_account(sqlite_store, "bob")
    accept(sqlite_store, ann, 1, 0, key())
    again = PersonMessage(key=key(), person_id=1, revision=1)
    decisions.reopen(sqlite_store, ann, again, lease_s=0.0)
    skipped = SkipMessage(key=key(), person_id=1, revision=2, reason="dark", seconds=2)
    decisions.skip(sqlite_store, bob, skipped, lease_s=LEASE_S)
    told = history_of(sqlite_store, ann, 1)
    assert [(entry.by, entry.what) for entry in told.entries] == [
        ("bob", "skipped"), ("ann", "opened again"), ("ann", "label 1"),
    ]  # fmt: skip
    assert told.entries[0].seconds == 2.0
    assert (told.state, told.revision, told.stays) == ("skipped", 3, None)
    last = told.entries[-1].label
    assert last is not None and not last.counts and last.began == "not noted"


def test_a_correction_is_measured_from_the_label_that_it_began_with(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, labelled=True)
    ann = add_account(sqlite_store)
    with sqlite_store.reading() as tx:
        (imported,) = labels.history(tx, 1)
    xyv = imported.xyv.tolist()
    xyv[0][1] += 4.0
    message = AcceptMessage(
        key=key(), person_id=1, revision=1, xyv=xyv, touched=[False] * 17, began="label", began_revision=1
    )
    decisions.accept(sqlite_store, ann, message, lease_s=LEASE_S)
    second, first = history_of(sqlite_store, ann, 1).entries
    assert first.label is not None and second.label is not None
    assert (first.by, first.label.began, first.label.moved) == ("an import", "it came with a file", [])
    assert second.label.began == "label 1"
    assert [(one.keypoint, one.touched, one.px) for one in second.label.moved] == [(0, False, 4.0)]


def test_of_validation_people_nothing_is_told_that_a_network_said(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store)
    lea, ann = add_account(sqlite_store, "lea", "lead"), add_account(sqlite_store)
    publish_round(sqlite_store, lea, {1: 0.2})
    accept_start(sqlite_store, ann, by=6.0)
    decisions.reopen(sqlite_store, ann, PersonMessage(key=key(), person_id=1, revision=1), lease_s=0.0)
    with sqlite_store.transaction() as tx:
        tx.get_one(ImageRow, image.id).split = "validation"
    for who in (ann, lea):
        label = history_of(sqlite_store, who, 1).entries[-1].label
        assert label is not None
        assert (label.began, label.started_from) == (HIDDEN, None)
        assert [(one.keypoint, one.px) for one in label.moved] == [(3, None)]


def test_who_came_labelled_for_validation_is_seen_by_leads_and_changed_by_nobody(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, labelled=True, split="validation")
    lea, ann = add_account(sqlite_store, "lea", "lead"), add_account(sqlite_store)
    assert history_of(sqlite_store, lea, 1).stays == NEVER
    with pytest.raises(InvalidDecision, match="came labelled, which measures the rounds"):
        history_of(sqlite_store, ann, 1)
    with pytest.raises(InvalidDecision, match="belongs to validation and came with its labels"):
        restore(sqlite_store, lea, COMMAND, 1, 1, key=key())


def test_an_earlier_label_comes_back_as_a_new_one_with_a_line_in_the_log(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, labelled=True)
    lea, ann = add_account(sqlite_store, "lea", "lead"), add_account(sqlite_store)
    accept(sqlite_store, ann, 1, 1, key())
    assert restore(sqlite_store, lea, COMMAND, 1, 1, key=key()) == 3
    with sqlite_store.reading() as tx:
        first, second, third = labels.history(tx, 1)
        (line,) = audit.read(tx)
    assert (third.xyv == first.xyv).all() and not (third.xyv == second.xyv).all()
    assert (third.author, third.touched.any()) == ("lea", False)
    assert (line.actor, line.action, line.about) == ("olga", "label restored", "person 1")
    assert line.details == {"revision": 1, "as": 3}
    newest = history_of(sqlite_store, ann, 1).entries[0]
    assert newest.label is not None and (newest.label.began, newest.label.moved) == ("label 1", [])
    with pytest.raises(NotFound, match=r"no label of revision 9; wanted one of: 1, 2, 3"):
        restore(sqlite_store, lea, COMMAND, 1, 9, key=key())


def test_who_was_sent_back_is_told_with_the_reviewers_words(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, persons=2)
    ann, rita = add_account(sqlite_store), add_account(sqlite_store, "rita", "reviewer")
    for number, words in ((1, "the left knee is off"), (2, "a hand is missing")):
        accept(sqlite_store, ann, number, 0, key())
        with sqlite_store.transaction() as tx:
            reviews.review(tx, NewReview(key(), number, 1, "back", rita, words), now=utc_now())
    newest = history_of(sqlite_store, ann, 1).entries[0]
    assert (newest.by, newest.what) == ("rita", "sent back by a reviewer: the left knee is off")


def test_what_another_works_on_is_not_restored(sqlite_store: Store, add_account: Account, add_people: People) -> None:
    add_people(sqlite_store, labelled=True)
    lea, ann = add_account(sqlite_store, "lea", "lead"), add_account(sqlite_store)
    again = PersonMessage(key=key(), person_id=1, revision=1)
    decisions.reopen(sqlite_store, ann, again, lease_s=LEASE_S)
    with pytest.raises(LeaseLost, match="ann holds this image now"):
        restore(sqlite_store, lea, COMMAND, 1, 1, key=key())


@pytest.mark.parametrize(("role", "lines"), [("lead", 1), ("annotator", 0)])
def test_a_lead_who_restores_in_the_editor_is_noted(
    sqlite_store: Store, add_account: Account, add_people: People, role: str, lines: int
) -> None:
    add_people(sqlite_store, labelled=True)
    user = add_account(sqlite_store, "lea", role)
    accept(sqlite_store, user, 1, 1, key())
    with sqlite_store.reading() as tx:
        earlier = labels.history(tx, 1)[0]
    for revision, began in ((2, 2), (3, 1)):  # a correction of the latest is none
        message = AcceptMessage(
            key=key(), person_id=1, revision=revision, xyv=earlier.xyv.tolist(), touched=[False] * 17,
            began="label", began_revision=began,
        )  # fmt: skip
        saved = decisions.accept(sqlite_store, user, message, lease_s=LEASE_S, actor=Actor("lea", "page", user))
        assert saved.person.label_revision == revision + 1
    with sqlite_store.reading() as tx:
        assert [(one.action, one.via) for one in audit.read(tx)] == [("label restored", "page")] * lines
