"""Labels to review, and reviews of them."""

import numpy as np

from db.labelling import findings, review_walk, reviews
from db.labelling.review_walk import ReviewFilter
from db.labelling.reviews import NewReview
from db.pool import project
from db.pool.persons import get_person, list_persons
from db.records import Decision, FindingRecord, LabelCheckRecord, ReviewRule, ToCheckBy
from db.schema import PersonRow
from sspcm.pose import Label
from tests.db.labelling.deciding import decide


def pose(author, x=100.0):
    return Label(np.column_stack([x + np.arange(17.0), 60 + np.arange(17.0), np.full(17, 2.0)]), author=author)


def accept_all(store, user, now, *, image_id=None):
    """Everybody who is open is accepted by this annotator; their ids."""
    with store.reading() as tx:
        found = [one for one in list_persons(tx, image_id=image_id) if one.state == "open"]
    for one in found:
        key = f"{user.name}-{one.id}-{one.revision}"
        decide(store, Decision(key, "accept", one.id, one.revision, user, label=pose(user.name)), now)
    return [one.id for one in found]


def say(store, reviewer, person_id, now, *, result="good", comment="", label=None, revision=None, key=None):
    """A review of the label that counts, or of the revision given."""
    with store.transaction() as tx:
        if revision is None:
            revision = label_revision(tx, person_id)
        named = key or f"{reviewer.name}-{person_id}-{revision}-{result}"
        given = NewReview(named, person_id, revision, result, reviewer, comment, label)
        return reviews.review(tx, given, now=now)


def undo(store, reviewer, review, now):
    with store.transaction() as tx:
        return reviews.undo_review(tx, review.id, reviewer, now=now)


def to_review(store, reviewer, now, *, show="sample", annotator=None, limit=100, **more):
    """The ids of whom this reviewer sees, in order."""
    with store.reading() as tx:
        wanted = ReviewFilter(show, annotator)
        found = review_walk.persons_to_review(tx, wanted, reviewer, now=now, limit=limit, **more)
    return [one.person.id for one in found]


def set_rule(store, share=1.0, first=0):
    with store.transaction() as tx:
        project.set_review(tx, ReviewRule(share, first))


def person_of(store, person_id):
    with store.reading() as tx:
        return get_person(tx, person_id)


def label_revision(tx, person_id):
    return tx.get_one(PersonRow, person_id).label_revision


def suspect(store, now, **scores):
    """A check suspects the labels of these persons: `_3=0.9` person 3's, by so much."""
    with store.transaction() as tx:
        found = [
            FindingRecord(
                int(name[1:]), label_revision(tx, int(name[1:])), "inversion", (13, 14), score, "knees exchanged"
            )
            for name, score in scores.items()
        ]
        seen = ToCheckBy(1, 0, None)
        findings.replace(tx, found, LabelCheckRecord(now, "", people=9, predicted=0, found=0, seen=seen))
