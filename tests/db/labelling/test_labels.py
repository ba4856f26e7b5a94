"""Decisions become labels, revision by revision, and what does not fit is refused."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from db.convert import box_columns
from db.errors import InvalidDecision, LeaseLost, NotFound, RevisionConflict
from db.labelling import adding, labels, queue, sheet
from db.labelling.sheet import SheetFilter
from db.pool import counts, images
from db.pool.persons import WITHDRAWN, list_persons
from db.records import Decision, NewImage, NewPerson
from db.rounds import predictions
from db.schema import DecisionRow
from sspcm.pose import Box, Label, Prediction
from tests.db.labelling.deciding import TURNED, at_once, decide, is_open, persons


def test_accepting_saves_the_label_and_closes_the_image(store, person, ann, make_label, now):
    label = replace(make_label(), touched=np.arange(17) < 3)
    outcome = decide(store, Decision("k1", "accept", person.id, 0, ann, label=label), now)
    assert (outcome.state, outcome.revision, outcome.image_done, outcome.repeated) == ("accepted", 1, True, False)
    (stored,) = persons(store)
    assert (stored.state, stored.revision, stored.label.author, stored.label.revision) == ("accepted", 1, "ann", 1)
    assert (stored.label.xyv == label.xyv).all()
    assert stored.label.touched.tolist() == label.touched.tolist()
    assert not is_open(store, person.image_id)


def test_who_saw_an_older_revision_learns_who_changed_it(store, person, ann, bea, make_label, now):
    decide(store, Decision("k1", "accept", person.id, 0, ann, label=make_label()), now)
    with pytest.raises(RevisionConflict, match=r"ann decided about this person meanwhile \(accepted now\).*load the"):
        decide(store, Decision("k2", "accept", person.id, 0, bea, label=make_label()), now)
    assert persons(store)[0].label.author == "ann"


def test_who_decided_in_another_window_is_told_that_it_was_they(store, person, ann, now):
    decide(store, Decision("k1", "not_a_person", person.id, 0, ann), now)
    with pytest.raises(RevisionConflict, match=r"You decided about this person in another window \(not a person now\)"):
        decide(store, Decision("k2", "skip", person.id, 0, ann, reason="dark"), now)


def test_an_imported_label_was_changed_by_the_import(store, add_people, ann, now):
    add_people(store, labelled=True)
    (labelled,) = persons(store)
    with pytest.raises(RevisionConflict, match=r"An import changed this person meanwhile \(accepted now\)"):
        decide(store, Decision("k1", "not_a_person", labelled.id, 0, ann), now)


def test_a_label_may_be_corrected_and_every_revision_stays(store, add_people, ann, bea, make_label, now):
    add_people(store, labelled=True)
    (labelled,) = persons(store)
    decide(store, Decision("k1", "accept", labelled.id, 1, ann, label=make_label(x=100)), now)
    decide(store, Decision("k2", "accept", labelled.id, 2, bea, label=make_label(x=200)), now)
    with store.reading() as tx:
        kept = labels.history(tx, labelled.id)
    assert [(label.author, label.revision) for label in kept] == [("import", 1), ("ann", 2), ("bea", 3)]
    assert persons(store)[0].label.xyv[0, 0] == 200


def test_reopening_takes_a_decision_back_and_keeps_its_label_in_history(store, person, ann, make_label, now):
    decide(store, Decision("k1", "accept", person.id, 0, ann, label=make_label()), now)
    outcome = decide(store, Decision("k2", "reopen", person.id, 1, ann), now)
    assert (outcome.state, outcome.revision, outcome.image_done) == ("open", 2, False)
    (stored,) = persons(store)
    assert (stored.state, stored.label, stored.label_id) == ("open", None, None)
    assert is_open(store, person.image_id)
    with store.reading() as tx:
        assert len(labels.history(tx, person.id)) == 1
    decide(store, Decision("k3", "accept", person.id, 2, ann, label=make_label()), now)
    assert persons(store)[0].label.revision == 2


def test_whoever_reopens_holds_the_image(store, person, ann, bea, now):
    decide(store, Decision("k1", "not_a_person", person.id, 0, ann), now)
    decide(store, Decision("k2", "reopen", person.id, 1, ann), now)
    with store.transaction() as tx:
        assert queue.claim(tx, bea, now=now, lease_s=60) is None
        assert queue.claim(tx, ann, now=now, lease_s=60) is not None


def test_who_was_withdrawn_counts_nowhere_until_reopened(store, add_people, ann, make_label, now):
    (image,) = add_people(store, labelled=True)
    with store.transaction() as tx:
        before = counts.count(tx)
        added = adding.add_person(tx, image.id, NewPerson(Box(10, 10, 40, 60)), user=ann, key="box", now=now)
        assert counts.count(tx).persons == before.persons + 1
    outcome = decide(store, Decision("1", "not_a_person", added.id, 0, ann, reason=WITHDRAWN), now)
    assert (outcome.state, outcome.image_done) == ("not_a_person", True)
    with store.reading() as tx:
        assert counts.count(tx) == before
        everybody = sheet.page(tx, SheetFilter(show="all"), ann, after=None, limit=9).persons
        assert added.id not in [one.person.id for one in everybody]
    decide(store, Decision("2", "reopen", added.id, 1, ann), now)
    with store.reading() as tx:
        assert counts.count(tx).persons_open == before.persons_open + 1


def test_only_who_was_added_by_the_same_annotator_is_withdrawn(store, person, ann, bea, now):
    for reason in (WITHDRAWN, "blurred"):
        with pytest.raises(InvalidDecision, match=r"not one whom ann added.*holds nobody"):
            decide(store, Decision(reason, "not_a_person", person.id, 0, ann, reason=reason), now)
    with store.transaction() as tx:
        added = adding.add_person(tx, 1, NewPerson(Box(10, 10, 40, 60)), user=ann, key="box", now=now)
    later = now + timedelta(hours=1)
    with pytest.raises(InvalidDecision, match="not one whom bea added"):
        decide(store, Decision("bea", "not_a_person", added.id, 0, bea, reason=WITHDRAWN), later)
    assert persons(store) == [person, added]


def test_who_is_decided_is_not_withdrawn(store, add_people, ann, now):
    (image,) = add_people(store, persons=0)
    with store.transaction() as tx:
        added = adding.add_person(tx, image.id, NewPerson(Box(10, 10, 40, 60)), user=ann, key="box", now=now)
    decide(store, Decision("1", "skip", added.id, 0, ann, reason="blurred"), now)
    with pytest.raises(InvalidDecision, match=r"is decided; wanted an open one.*Undo"):
        decide(store, Decision("2", "not_a_person", added.id, 1, ann, reason=WITHDRAWN), now)
    assert persons(store)[0].skip_reason == "blurred"


def test_a_skip_may_have_the_same_words_as_its_reason_and_hides_nobody(store, add_people, ann, now):
    add_people(store)
    with store.reading() as tx:
        before = counts.count(tx)
    decide(store, Decision("1", "skip", 1, 0, ann, reason=WITHDRAWN), now)
    with store.reading() as tx:
        assert counts.count(tx).persons == before.persons
        (shown,) = sheet.page(tx, SheetFilter(show="skipped"), ann, after=None, limit=9).persons
    assert (shown.person.id, shown.person.skip_reason) == (1, WITHDRAWN)


def test_an_open_person_is_not_reopened(store, person, ann, now):
    with pytest.raises(InvalidDecision, match="open already"):
        decide(store, Decision("k1", "reopen", person.id, 0, ann), now)


def test_an_image_that_another_holds_is_not_decided(store, person, ann, bea, now):
    with store.transaction() as tx:
        queue.claim(tx, ann, now=now, lease_s=60)
    with pytest.raises(LeaseLost, match=r"ann holds this image now; wanted it held by you.*next image"):
        decide(store, Decision("k1", "not_a_person", person.id, 0, bea), now)
    later = now + timedelta(seconds=61)
    assert decide(store, Decision("k1", "not_a_person", person.id, 0, bea), later).state == "not_a_person"


def test_a_decision_brings_the_box_as_it_was_left_and_the_keypoints_stay_where_they_are(
    store, person, ann, make_label, now
):
    label = make_label()
    accept = Decision("k1", "accept", person.id, 0, ann, label=label, box=TURNED)
    decide(store, accept, now)
    (stored,) = persons(store)
    assert stored.box == TURNED
    assert (stored.label.xyv == label.xyv).all()
    for revision, decision in enumerate((
        Decision("k2", "reopen", person.id, 1, ann, box=person.box),
        Decision("k3", "skip", person.id, 2, ann, reason="dark", box=TURNED),
        Decision("k4", "not_a_person", person.id, 3, ann, box=person.box),
    )):  # fmt: skip
        decide(store, decision, now)
        assert persons(store)[0].box == (person.box, TURNED, person.box)[revision]
    decide(store, Decision("k5", "reopen", person.id, 4, ann), now)
    assert persons(store)[0].box == person.box


def test_a_box_outside_the_image_is_refused_with_its_whole_decision(store, person, ann, make_label, now):
    outside = Decision("k1", "accept", person.id, 0, ann, label=make_label(), box=replace(TURNED, x=700.0))
    with pytest.raises(InvalidDecision, match="640 x 480"):
        decide(store, outside, now)
    unplaced = Decision("k2", "accept", person.id, 0, ann, label=Label(np.zeros((17, 3))), box=TURNED)
    with pytest.raises(InvalidDecision, match="absent"):
        decide(store, unplaced, now)
    assert persons(store) == [person]


@pytest.mark.parametrize(("width", "height"), [(0.99, 40.0), (40.0, 0.5), (2561.0, 40.0), (40.0, 1e300)])
def test_a_box_too_small_or_too_large_for_its_image_is_refused(store, person, ann, now, width, height):
    box = Box(100.0 - width / 2, 100.0 - height / 2, width, height)
    with pytest.raises(InvalidDecision, match=r"px; wanted sides of 1 to 2560 px.*Draw the box"):
        decide(store, Decision("k1", "not_a_person", person.id, 0, ann, box=box), now)
    fits = Box(100.0 - 1280.0, 100.0, 2560.0, 1.0)
    decide(store, Decision("k1", "not_a_person", person.id, 0, ann, box=fits), now)
    assert persons(store)[0].box == fits


def test_an_imported_box_that_lies_outside_may_come_back_as_it_was(store, person, ann, now):
    outside = replace(TURNED, x=700.0)
    with store.transaction() as tx:
        frame = NewImage("f" * 64, "outside.jpg", 640, 480, "hall", 9)
        image, _ = images.add_image(tx, frame, [NewPerson(outside)])
        (imported,) = list_persons(tx, image_id=image.id)
    decide(store, Decision("k1", "not_a_person", imported.id, 0, ann, box=outside), now)
    with pytest.raises(InvalidDecision, match="640 x 480"):
        decide(store, Decision("k2", "reopen", imported.id, 1, ann, box=replace(outside, x=701.0)), now)


def test_the_box_before_a_change_is_kept_with_the_decision_that_changed_it(store, person, ann, now):
    turned = Decision("k1", "not_a_person", person.id, 0, ann, box=TURNED)
    first = decide(store, turned, now)
    decide(store, Decision("k2", "reopen", person.id, 1, ann, box=TURNED), now)
    assert decide(store, turned, now) == replace(first, repeated=True)
    with store.reading() as tx:
        kept = [row.outcome.get("box_before") for row in tx.scalars(select(DecisionRow).order_by(DecisionRow.id))]
    assert kept == [box_columns(person.box), None]


def test_a_validation_image_is_not_decided_in(store, add_people, ann, make_label, now):
    add_people(store, split="validation", labelled=True)
    (measured,) = persons(store)
    for kind, more in (("accept", {"label": make_label(x=1)}), ("reopen", {})):
        with pytest.raises(InvalidDecision, match="belongs to validation"):
            decide(store, Decision("k1", kind, measured.id, 1, ann, **more), now)
    (stored,) = persons(store)
    assert (stored.state, stored.revision, stored.label_id) == ("accepted", 1, measured.label_id)
    with store.reading() as tx:
        assert len(labels.history(tx, measured.id)) == 1


def test_what_a_file_said_of_a_box_goes_when_the_box_changes(store, add_people, ann, now):
    add_people(store)
    said = {"bbox": [90.0, 190.0, 60.0, 110.0], "rbbox": [120.5, 245.25, 40.0, 90.0, -37.5], "note": "by the door"}
    with store.transaction() as tx:
        frame = NewImage("f" * 64, "turned.jpg", 640, 480, "hall", 9)
        image, _ = images.add_image(tx, frame, [NewPerson(TURNED, area=1234.5, extra=said)])
        (imported,) = list_persons(tx, image_id=image.id)
    decide(store, Decision("k1", "not_a_person", imported.id, 0, ann, box=TURNED), now)
    assert persons(store)[1].extra == said
    decide(store, Decision("k2", "reopen", imported.id, 1, ann, box=replace(TURNED, angle=0.0)), now)
    assert persons(store)[1].extra == {"note": "by the door"}
    assert persons(store)[1].area == 1234.5


def test_the_newest_label_of_each_person_is_found_even_where_none_counts(store, add_people, ann, make_label, now):
    (image,) = add_people(store, persons=3, labelled=True)
    first, second, _ = persons(store)
    decide(store, Decision("1", "accept", first.id, 1, ann, label=make_label(x=100)), now)
    decide(store, Decision("2", "reopen", first.id, 2, ann), now)
    decide(store, Decision("3", "skip", second.id, 1, ann, reason="dark"), now)
    with store.reading() as tx:
        found = labels.latest(tx, image.id)
        assert labels.latest(tx, 99) == {}
    assert [(found[p.id].author, found[p.id].revision) for p in persons(store)] == [
        ("ann", 2),
        ("import", 1),
        ("import", 1),
    ]
    assert found[first.id].xyv[0, 0] == 100


def test_a_label_needs_the_projects_keypoints(store, person, ann, make_label, now):
    with pytest.raises(InvalidDecision, match="14 keypoints; wanted the 17 of skeleton 'coco-17'"):
        decide(store, Decision("k1", "accept", person.id, 0, ann, label=make_label(keypoints=14)), now)


def test_a_label_of_absent_points_alone_is_refused(store, person, ann, now):
    with pytest.raises(InvalidDecision, match=r"absent.*not a person, or skip"):
        decide(store, Decision("k1", "accept", person.id, 0, ann, label=Label(np.zeros((17, 3)))), now)


@pytest.mark.parametrize(
    ("x", "y", "fits"), [(-640, 0, True), (-641, 0, False), (1280, 960, True), (0, 961, False), (639, 479, True)]
)
def test_a_keypoint_may_lie_one_frame_outside_the_image_and_no_further(store, person, ann, now, x, y, fits):
    xyv = np.zeros((17, 3))
    xyv[5] = x, y, 1
    xyv[6] = 1e9, 1e9, 0  # absent: its place means nothing
    decision = Decision("k1", "accept", person.id, 0, ann, label=Label(xyv))
    if fits:
        assert decide(store, decision, now).state == "accepted"
    else:
        with pytest.raises(InvalidDecision, match=f"at \\({x}, {y}\\) px"):
            decide(store, decision, now)


def test_accepting_needs_a_label_and_skipping_a_reason(store, person, ann, now):
    with pytest.raises(InvalidDecision, match="no keypoints"):
        decide(store, Decision("k1", "accept", person.id, 0, ann), now)
    with pytest.raises(InvalidDecision, match="in a few words"):
        decide(store, Decision("k1", "skip", person.id, 0, ann, reason="  "), now)


def test_a_label_remembers_the_prediction_it_started_from(store, person, ann, make_label, now):
    with store.transaction() as tx:
        predictions.add_predictions(tx, None, [(person.id, Prediction(np.full((17, 3), 0.5), "movenet"))])
        (start,) = predictions.for_persons(tx, [person.id], round_number=None)[person.id]
    label = replace(make_label(), started_from=start.id)
    decide(store, Decision("k1", "accept", person.id, 0, ann, label=label), now)
    assert persons(store)[0].label.started_from == start.id


def test_a_label_cannot_start_from_another_persons_prediction(store, person, ann, make_label, now):
    label = replace(make_label(), started_from=99)
    with pytest.raises(InvalidDecision, match="prediction 99"):
        decide(store, Decision("k1", "accept", person.id, 0, ann, label=label), now)


def test_a_person_that_is_not_there_is_named(store, person, ann, now):
    with pytest.raises(NotFound, match="There is no person 99"):
        decide(store, Decision("k1", "not_a_person", 99, 0, ann), now)


def test_a_refused_decision_leaves_nothing(store, person, ann, now):
    with pytest.raises(InvalidDecision):
        decide(store, Decision("k1", "skip", person.id, 0, ann, reason=""), now)
    assert persons(store) == [person]
    assert decide(store, Decision("k1", "not_a_person", person.id, 0, ann), now).revision == 1


def test_labels_are_found_by_id(store, add_people):
    add_people(store, count=3, labelled=True)
    stored = persons(store)
    with store.reading() as tx:
        found = labels.get_labels(tx, [p.label_id for p in stored] + [999])
    assert sorted(found) == [p.label_id for p in stored]
    assert (found[stored[1].label_id].xyv == stored[1].label.xyv).all()


def test_of_two_annotators_saving_one_person_at_once_one_is_told(store, person, ann, bea, make_label, now):
    def save(i):
        try:
            return decide(store, Decision(f"k{i}", "accept", person.id, 0, (ann, bea)[i], label=make_label()), now)
        except RevisionConflict as conflict:
            return conflict

    outcomes = at_once(save, 2)
    assert sum(isinstance(outcome, RevisionConflict) for outcome in outcomes) == 1
    with store.reading() as tx:
        assert len(labels.history(tx, person.id)) == 1


def test_a_label_of_a_validation_person_never_starts_from_a_prediction(store, add_people, ann, make_label, now):
    """As a browser may send it that had the image open before it was set aside."""
    add_people(store, split="validation")
    (person,) = persons(store)
    with store.transaction() as tx:
        predictions.add_predictions(tx, None, [(person.id, Prediction(np.ones((17, 3)), "movenet"))])
        (stored,) = predictions.imported(tx, [person.id]).values()
    begun = replace(make_label(), started_from=stored.id)
    with pytest.raises(InvalidDecision, match="set aside for validation meanwhile"):
        decide(store, Decision("k1", "accept", person.id, 0, ann, label=begun), now)
    assert decide(store, Decision("k2", "accept", person.id, 0, ann, label=make_label()), now).image_done
