"""Whom a reviewer is sent, and what comes of what they say."""

from collections.abc import Callable

import pytest

from app.contract.review import ReviewMessage, ReviewPersonPayload
from app.labelling import tasks
from app.review import reviewing
from db.errors import AlreadyReviewed, InvalidDecision
from db.labelling import labels
from db.labelling.review_walk import ReviewFilter
from db.pool import project
from db.records import ImageRecord, ReviewRule, UserRecord
from db.store.session import Store
from sspcm.pose import PoseError
from tests.app.labelling.annotating import LEASE_S, accept, key, take

People = Callable[..., list[ImageRecord]]
Account = Callable[..., UserRecord]
Team = tuple[UserRecord, UserRecord]
MOVED = [[7.0, 8.0, 2.0]] * 17


@pytest.fixture
def team(store: Store, add_account: Account, add_people: People) -> Team:
    """An annotator who labelled two persons of an image, and a reviewer; everybody is reviewed."""
    ann, rita = add_account(store, "ann"), add_account(store, "rita", "reviewer")
    add_people(store, persons=2)
    with store.transaction() as tx:
        project.set_review(tx, ReviewRule(1.0, 0))
    for number in (1, 2):
        accept(store, ann, number, 0, key())
    return ann, rita


def shown(store: Store, user: UserRecord) -> list[ReviewPersonPayload]:
    return reviewing.next_persons(store, user, ReviewFilter(), after=None, exclude=[], limit=9).persons


def say(store: Store, user: UserRecord, one: ReviewPersonPayload, **said: object) -> None:
    message = {"key": key(), "person_id": one.id, "revision": one.revision, "result": "good", **said}
    reviewing.say(store, user, ReviewMessage.model_validate(message))


def test_a_person_comes_with_all_that_drawing_takes(store: Store, team: Team) -> None:
    one = shown(store, team[1])[0]
    assert (one.annotator, one.revision, one.xyv[0], one.earlier) == ("ann", 1, [5.0, 6.0, 2.0], None)
    assert one.image.url.startswith("/img/1/") and one.lens is not None


def test_how_many_are_left_is_told_at_first_and_those_the_page_has_are_not_sent_again(store: Store, team: Team) -> None:
    first = reviewing.next_persons(store, team[1], ReviewFilter(), after=None, exclude=[], limit=1)
    assert first.left == 2
    more = reviewing.next_persons(store, team[1], ReviewFilter(), after=1, exclude=[first.persons[0].id], limit=9)
    assert more.left is None
    assert {one.id for one in (*first.persons, *more.persons)} == {1, 2}
    assert len(more.persons) == 1


def test_who_comes_back_is_their_annotators_next_with_the_comment_until_they_are_accepted(
    store: Store, team: Team, add_people: People
) -> None:
    ann, rita = team
    add_people(store)
    say(store, rita, shown(store, rita)[0], result="back", comment="left and right")
    task = take(store, ann)
    (open_one,) = [one for one in task.persons if one.state == "open"]
    assert task.image.id == 1 and open_one.review is not None
    assert (open_one.review.comment, open_one.review.reviewer) == ("left and right", "rita")
    assert (open_one.start.source, open_one.start.xyv[0]) == ("label", [5.0, 6.0, 2.0]), "it is there to be mended"
    accept(store, ann, open_one.id, open_one.revision, key())
    seen = tasks.look_at(store, ann, 1, lease_s=LEASE_S)
    assert [one.review for one in seen.persons] == [None, None]
    again = next(one for one in shown(store, rita) if one.id == open_one.id)
    assert again.revision == 2 and again.earlier is not None and again.earlier.comment == "left and right"


def test_a_correction_is_told_to_the_annotator(store: Store, team: Team) -> None:
    ann, rita = team
    touched = [True] + [False] * 16
    say(store, rita, shown(store, rita)[0], result="back", comment="nose", xyv=MOVED, touched=touched)
    seen = tasks.look_at(store, ann, 1, lease_s=LEASE_S).persons
    (corrected,) = [one for one in seen if one.review is not None]
    assert corrected.review is not None and corrected.review.is_corrected
    assert corrected.start.xyv[0] == [7.0, 8.0, 2.0]
    with store.reading() as tx:
        newest = labels.history(tx, corrected.id)[-1]
    assert newest.author == "rita"


@pytest.mark.parametrize(
    ("xyv", "why"), [([[1.0, 1.0, 2.0]] * 3, "3 keypoints; wanted the 17"), ([[1.0, 1.0, 5.0]] * 17, "visibility")]
)
def test_a_pose_that_cannot_be_changes_nothing(store: Store, team: Team, xyv: list[list[float]], why: str) -> None:
    one = shown(store, team[1])[0]
    with pytest.raises((InvalidDecision, PoseError), match=why):
        say(store, team[1], one, result="back", xyv=xyv)
    assert one in shown(store, team[1])


def test_taken_back_the_person_is_sent_again(store: Store, team: Team) -> None:
    rita = team[1]
    one = shown(store, rita)[0]
    message = ReviewMessage(key=key(), person_id=one.id, revision=1, result="back", comment="no")
    said = reviewing.say(store, rita, message)
    assert one.id not in [other.id for other in shown(store, rita)]
    assert reviewing.undo(store, rita, said.id) == one
    assert one.id in [other.id for other in shown(store, rita)]


def test_the_second_reviewer_is_told(store: Store, team: Team, add_account: Account) -> None:
    ron = add_account(store, "ron", "reviewer")
    one = shown(store, ron)[0]
    say(store, team[1], one)
    with pytest.raises(AlreadyReviewed, match="rita"):
        say(store, ron, one)
