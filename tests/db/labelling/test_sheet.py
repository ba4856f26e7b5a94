"""The contact sheet's order, its filters and its pages, on both databases."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select, update

from db.clock import utc_now
from db.errors import InvalidDecision
from db.labelling import labels, leases, queue, sheet
from db.labelling.sheet import Place, SheetFilter
from db.pool import images, persons, project
from db.records import Decision, KeypointFlag, NewImage, NewPerson, PersonScore, RankingEntry, StartsChoice
from db.rounds import predictions, rankings, rounds
from db.rounds.predictions import ImportedPrediction
from db.schema import PersonFlagRow, PersonScoreRow
from sspcm.pose import Box, Prediction


def people_of(store, *image_records):
    wanted = {image.id for image in image_records}
    with store.reading() as tx:
        return [person.id for person in persons.list_persons(tx) if person.image_id in wanted]


def scored(person_id, score, **flags):
    """A score with flags such as k3=0.8."""
    told = [KeypointFlag(int(name[1:]), value, "the teachers disagree") for name, value in flags.items()]
    return PersonScore(person_id, score, (score,) * 17, tuple(told))


def publish(store, user, scores, now, xyc=((1.0, 2.0, 0.9),) * 17, begun_from="student"):
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=user)
        rounds.start(tx, launched.id)
        made = [(score.person_id, Prediction(np.array(xyc), "C")) for score in scores]
        predictions.add_predictions(tx, launched.id, made)
        predictions.add_person_scores(tx, launched.id, scores)
        (image, *_) = images.list_images(tx)
        rankings.add_round_ranking(tx, launched.id, [RankingEntry(image.id, 0, 0.5, ())])
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=now)
        project.set_starts(tx, StartsChoice(begun_from))


def predict(store, scores):
    """What an imported model says."""
    pose = Prediction(np.array([[5.0, 6.0, 0.5]] * 17), "model.onnx")
    with store.transaction() as tx:
        predictions.add_imported(tx, [ImportedPrediction(pose, score, "crop") for score in scores])


def decide(store, user, person_id, kind="accept", *, label=None, reason=None, revision=0):
    with store.transaction() as tx:
        key = f"{user.name}-{person_id}-{kind}-{revision}"
        decision = Decision(key, kind, person_id, revision, user, label=label, reason=reason)
        labels.decide(tx, decision, now=utc_now())


def page(store, user, *, after=None, limit=100, **wanted):
    with store.reading() as tx:
        return sheet.page(tx, SheetFilter(**wanted), user, after=after, limit=limit)


def shown(store, user, **wanted):
    """The ids on a page, first first."""
    return [one.person.id for one in page(store, user, **wanted).persons]


def test_the_least_certain_come_first_and_those_without_a_score_last(store, add_people, ann, now):
    a, b, c, d = people_of(store, *add_people(store, count=4))
    assert shown(store, ann) == [a, b, c, d]
    predict(store, [scored(b, 0.4), scored(d, 0.9)])
    assert shown(store, ann) == [d, b, a, c]
    publish(store, ann, [scored(b, 0.95), scored(c, 0.9)], now)
    assert shown(store, ann) == [b, c, d, a]  # the round's word counts before the model's; ties by id


@pytest.mark.parametrize("few", [0, 1000])
def test_where_labelling_begins_from_a_model_its_scores_and_flags_count_before_the_rounds(
    store, add_people, ann, now, monkeypatch, few
):
    monkeypatch.setattr(sheet, "FEW_IMAGES", few)
    monkeypatch.setattr(sheet, "FEW_PERSONS", few)
    a, b, c, d = people_of(store, *add_people(store, count=4))
    predict(store, [scored(b, 0.4, k3=0.5), scored(d, 0.9)])
    publish(store, ann, [scored(b, 0.95), scored(c, 0.6, k3=0.7), scored(d, 0.1, k3=0.9)], now, begun_from="imported")
    assert shown(store, ann) == [d, c, b, a], "the round speaks where the model has not"
    assert shown(store, ann, keypoint=3) == [c, b]
    assert shown(store, ann, show="flagged") == [c, b]
    assert [one.score and one.score.score for one in page(store, ann).persons] == [0.9, 0.6, 0.4, None]


@pytest.mark.parametrize(("few", "total"), [(0, None), (1000, 9)])
def test_pages_follow_each_other_without_a_gap_or_a_double(store, add_people, ann, now, monkeypatch, few, total):
    monkeypatch.setattr(sheet, "FEW_PERSONS", few)
    ids = people_of(store, *add_people(store, count=9))
    predict(store, [scored(i, 0.5) for i in ids[:5]])
    publish(store, ann, [scored(i, 0.5) for i in ids[3:7]], now)
    whole = shown(store, ann)
    first = page(store, ann, limit=2)
    assert (first.total, sorted(whole)) == (total, ids)
    seen, following = [one.person.id for one in first.persons], first.next
    while following is not None:
        told = page(store, ann, limit=2, after=Place.parse(str(following)))
        assert told.total is None
        seen += [one.person.id for one in told.persons]
        following = told.next
    assert seen == whole == [*ids[:7], *ids[7:]]


def test_a_person_carries_what_the_round_says_before_what_a_model_said(store, add_people, ann, now):
    (i,) = people_of(store, *add_people(store))
    predict(store, [scored(i, 0.2)])
    publish(store, ann, [scored(i, 0.7, k3=0.8)], now)
    (one,) = page(store, ann).persons
    assert (one.score.score, one.score.flags[0].keypoint) == (0.7, 3)
    assert (one.student.prediction.network, one.imported.prediction.network) == ("C", "model.onnx")
    assert one.image.file_name == "0000.jpg"


def test_what_is_shown_depends_on_the_state(store, add_people, ann, bea, make_label):
    ids = people_of(store, *add_people(store, count=5))
    imported = people_of(store, *add_people(store, labelled=True))
    decide(store, ann, ids[0], label=make_label(author="ann"))
    decide(store, ann, ids[1], "skip", reason="hidden behind a column")
    decide(store, ann, ids[2], "not_a_person")
    decide(store, bea, ids[3], label=make_label(author="bea"))
    assert shown(store, ann, show="open") == [ids[4]]
    assert shown(store, ann, show="unlabelled") == [ids[1], ids[4]]
    assert shown(store, ann, show="labelled") == [ids[0], ids[3], *imported]
    assert shown(store, ann, show="skipped") == [ids[1]]
    assert shown(store, ann, show="all") == [*ids, *imported]
    assert shown(store, ann, show="mine") == [ids[2], ids[1], ids[0]]
    decide(store, bea, ids[1], "reopen", revision=1)
    assert shown(store, ann, show="mine") == [ids[2], ids[0]]
    assert shown(store, bea, show="mine") == [ids[1], ids[3]]
    first = page(store, ann, show="mine", limit=1)
    assert [one.person.id for one in page(store, ann, show="mine", after=first.next).persons] == [ids[0]]


def test_who_else_holds_the_image_is_told_until_the_hold_runs_out(store, add_people, ann, bea):
    (image,) = add_people(store)
    assert [one.held_by for one in page(store, ann).persons] == [None]
    with store.transaction() as tx:
        queue.claim_image(tx, bea, image.id, now=utc_now(), lease_s=60)
    assert [page(store, user).persons[0].held_by for user in (ann, bea)] == ["bea", None]
    with store.transaction() as tx:
        leases.release(tx, bea, [image.id])
        queue.claim_image(tx, bea, image.id, now=utc_now() - timedelta(seconds=61), lease_s=60)
    assert [one.held_by for one in page(store, ann).persons] == [None]


def test_a_keypoint_filter_orders_by_that_keypoints_flag(store, add_people, ann, now, make_label):
    a, b, c, d = people_of(store, *add_people(store, count=4))
    predict(store, [scored(a, 0.9, k3=0.99), scored(d, 0.1, k3=0.7)])
    publish(store, ann, [scored(a, 0.8, k1=0.9), scored(b, 0.3, k3=0.9, k1=0.2), scored(c, 0.6, k3=0.5)], now)
    assert shown(store, ann, keypoint=3) == [b, d, c]  # of a, the round flags another one
    assert shown(store, ann, keypoint=1, show="flagged") == [a, b]
    assert shown(store, ann, show="flagged") == [a, c, b, d]
    assert shown(store, ann, keypoint=9) == []
    decide(store, ann, b, label=make_label(author="ann"))
    assert shown(store, ann, show="mine", keypoint=3) == [b]
    assert shown(store, ann, show="mine", keypoint=9) == []
    assert shown(store, ann, keypoint=3) == [d, c]


def test_flags_follow_their_score_whoever_writes_it(store, add_people, ann):
    (i,) = people_of(store, *add_people(store))
    predict(store, [scored(i, 0.9, k3=0.9)])
    predict(store, [scored(i, 0.9, k4=0.8, k5=0.7)])
    with store.transaction() as tx:
        assert list(tx.scalars(select(PersonFlagRow.keypoint).order_by(PersonFlagRow.keypoint))) == [4, 5]
        tx.execute(update(PersonScoreRow).values(flags=[]))
        assert list(tx.scalars(select(PersonFlagRow.keypoint))) == []


def test_filters_by_camera_and_by_a_part_of_the_name(store, add_people, ann):
    hall = people_of(store, *add_people(store, count=2, camera="hall"))
    yard = add_people(store, camera="yard")
    assert shown(store, ann, camera_id=yard[0].camera.id) == people_of(store, *yard)
    assert shown(store, ann, search="000") == hall + people_of(store, *yard)
    assert shown(store, ann, search="0002.JPG") == people_of(store, *yard)
    assert shown(store, ann, search="%") == shown(store, ann, search="_00") == []
    assert shown(store, ann, search="0002", camera_id=yard[0].camera.id + 99) == []


def test_names_are_found_whatever_their_capitals(store, add_people, ann):
    add_people(store)
    with store.transaction() as tx:
        new = NewImage("ab" * 32, "Flur_ÜBER/100%_a.jpg", 640, 480, "hall", 9)
        image, _ = images.add_image(tx, new, [NewPerson(Box(4.0, 5.0, 10.0, 10.0))])
    for text in ("flur_", "100%_A", "ÜBER", "über", "Über"[1:]):
        assert shown(store, ann, search=text) == people_of(store, image), text


@pytest.mark.parametrize("few", [0, 1000])
def test_walking_the_scores_gives_the_same_as_looking_the_few_up(
    store, add_people, ann, now, monkeypatch, make_label, few
):
    monkeypatch.setattr(sheet, "FEW_IMAGES", few)
    monkeypatch.setattr(sheet, "FEW_PERSONS", few)
    a, b, c, d, e = people_of(store, *add_people(store, count=5))
    predict(store, [scored(c, 0.3), scored(b, 0.4, k3=0.6), scored(e, 0.2, k3=0.9)])
    publish(store, ann, [scored(e, 0.35, k3=0.1)], now)
    assert shown(store, ann, search=".jpg") == [b, e, c, a, d]
    assert shown(store, ann, search="0001", keypoint=3) == [b]
    assert shown(store, ann, keypoint=3) == shown(store, ann, show="flagged") == [b, e]
    decide(store, ann, b, "skip", reason="hidden")
    decide(store, ann, a, label=make_label(author="ann"))
    assert shown(store, ann) == shown(store, ann, show="open", search="jpg") == [e, c, d]
    assert shown(store, ann, show="skipped") == shown(store, ann, show="skipped", keypoint=3) == [b]
    assert shown(store, ann, show="mine", search="0000") == shown(store, ann, show="labelled") == [a]


def test_crowds_and_validation_persons_who_came_labelled_are_never_shown(store, add_people, ann):
    add_people(store, labelled=True, split="validation")
    with store.transaction() as tx:
        new = NewImage("cd" * 32, "crowd.jpg", 640, 480, "hall", 9)
        images.add_image(tx, new, [NewPerson(Box(4.0, 5.0, 10.0, 10.0), extra={"iscrowd": 1})])
    (person,) = people_of(store, *add_people(store))
    decide(store, ann, person, "skip", reason="crowd region")  # an annotator's own words
    assert shown(store, ann, show="all") == shown(store, ann, show="skipped") == [person]
    with store.reading() as tx:
        (validation, *_) = persons.list_persons(tx, split="validation")
        assert sheet.find(tx, validation.id) is None


def test_more_than_a_thousand_are_not_counted(store, add_people, ann):
    add_people(store, count=1, persons=1001)
    told = page(store, ann, limit=60)
    assert (len(told.persons), told.total) == (60, None)


@pytest.mark.parametrize(
    "text", ["", "17", "x_17", "0.5_", "none_x", "nan_1", "inf_1", "0.5_-1", "0.5_9223372036854775808"]
)
def test_a_place_that_is_none_is_refused(text):
    with pytest.raises(InvalidDecision, match="Reload the page"):
        Place.parse(text)


def test_a_place_survives_its_text():
    for place in (Place(0.1 + 0.2, 3), Place(1e-300, 4), Place(None, 5)):
        assert Place.parse(str(place)) == place


@pytest.mark.parametrize("few", [0, 1000])
def test_validation_persons_come_last_and_nothing_that_networks_say_of_them_is_told(
    store, add_people, ann, make_label, now, monkeypatch, few
):
    monkeypatch.setattr(sheet, "FEW_PERSONS", few)
    blind, other = people_of(store, *add_people(store, count=2, split="validation"))
    pool, unscored = people_of(store, *add_people(store, count=2))
    predict(store, [scored(blind, 0.9, k3=0.9), scored(pool, 0.2, k3=0.2), scored(other, 0.8)])
    publish(store, ann, [scored(blind, 0.7, k3=0.7)], now)
    assert shown(store, ann) == [pool, blind, other, unscored]
    assert shown(store, ann, show="flagged") == shown(store, ann, keypoint=3) == [pool]
    decide(store, ann, blind, label=make_label())
    assert shown(store, ann, show="mine") == [blind]
    assert shown(store, ann, show="mine", keypoint=3) == []
    (labelled,) = page(store, ann, show="labelled").persons
    assert (labelled.person.id, labelled.score, labelled.student, labelled.imported) == (blind, None, None, None)


def test_a_validation_person_can_be_found_if_annotators_label_them(store, add_people, ann):
    (measured,) = people_of(store, *add_people(store, labelled=True, split="validation"))
    (blind,) = people_of(store, *add_people(store, split="validation"))
    with store.reading() as tx:
        assert sheet.find(tx, measured) is None
        assert sheet.find(tx, blind)[0].id == blind
