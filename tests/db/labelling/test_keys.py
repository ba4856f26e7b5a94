"""A key stands for one decision, however often it is sent."""

from dataclasses import replace

import pytest

from db.convert import label_columns
from db.errors import InvalidDecision
from db.labelling.keys import fingerprint, recall
from db.records import Decision
from tests.db.labelling.deciding import TURNED, decide


def test_a_key_stands_for_one_decision_of_one_annotator(store, person, ann, bea, make_label, now):
    decision = Decision("k1", "accept", person.id, 0, ann, label=make_label())
    decide(store, decision, now)
    for other in (
        replace(decision, user=bea),
        replace(decision, label=make_label(x=301)),
        replace(decision, kind="skip", label=None, reason="dark"),
    ):
        with pytest.raises(InvalidDecision, match="'k1' stands for another decision"):
            decide(store, other, now)


@pytest.mark.parametrize("key", ["", "x" * 129, "a\0b"])
def test_a_key_is_short_printable_text(store, person, ann, now, key):
    with pytest.raises(InvalidDecision, match="printable"):
        decide(store, Decision(key, "not_a_person", person.id, 0, ann), now)


def test_a_box_is_part_of_what_a_key_stands_for_and_without_one_nothing_is_new(store, person, ann, make_label, now):
    label = make_label()
    decide(store, Decision("k1", "accept", person.id, 0, ann, label=label), now)
    with store.reading() as tx:
        before_boxes = fingerprint(
            kind="accept", user=ann, person_id=person.id, label=label_columns(label), reason=None
        )
        assert recall(tx, "k1", before_boxes) is not None
    with pytest.raises(InvalidDecision, match="'k1' stands for another decision"):
        decide(store, Decision("k1", "accept", person.id, 0, ann, label=label, box=TURNED), now)
    changed = Decision("k2", "accept", person.id, 1, ann, label=label, box=TURNED)
    first = decide(store, changed, now)
    assert decide(store, changed, now) == replace(first, repeated=True)
