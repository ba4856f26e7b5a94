from datetime import timedelta

import numpy as np
import pytest

from db.errors import InvalidDecision, LeaseLost, NotFound
from db.labelling import adding, closing, earlier_frames, labels, queue
from db.pool import counts, images, project
from db.pool.persons import get_person, list_persons
from db.records import Counts, Decision, NewImage, NewPerson, RankingEntry
from db.rounds import predictions, rankings, rounds
from sspcm.pose import Box, Prediction
from sspcm.skeletons.skeleton import get_skeleton

BOX = Box(40.5, 60.25, 40.0, 80.0, angle=30.0)


def frame(number=0, **changes):
    fields = {"sha256": f"{number:064x}", "file_name": f"{number}.jpg", "width": 640, "height": 480, "camera": "hall"}
    return NewImage(**{**fields, "frame": number, **changes})


def add(store, image, persons=()):
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        return images.add_image(tx, image, persons)


def test_an_image_comes_back_as_it_was_given(store):
    given = frame(3, split="validation", source_id=2**40, extra={"coco_url": "http://x", "score": 0.1})
    stored, new = add(store, given)
    assert new
    with store.reading() as tx:
        assert images.get_image(tx, stored.id) == stored
    assert (stored.sha256, stored.file_name, stored.width, stored.height) == (given.sha256, "3.jpg", 640, 480)
    assert (stored.camera.name, stored.frame, stored.split) == ("hall", 3, "validation")
    assert (stored.source_id, stored.extra) == (2**40, given.extra)


def test_a_person_comes_back_number_for_number(store, make_label):
    label = make_label(x=0.1 + 0.2)
    person = NewPerson(BOX, label, area=0.1, source_id=7, extra={"segmentation": [[1, 2.5]]})
    image, _ = add(store, frame(), [person])
    with store.reading() as tx:
        (stored,) = list_persons(tx, image_id=image.id)
        assert get_person(tx, stored.id).box == BOX
    assert (stored.box, stored.area, stored.source_id, stored.extra) == (BOX, 0.1, 7, person.extra)
    assert (stored.label.xyv == label.xyv).all()
    assert (stored.state, stored.revision, stored.label.author, stored.label.revision) == ("accepted", 1, "import", 1)


def test_the_same_image_twice_is_one_image_with_its_first_persons(store):
    first, new = add(store, frame(), [NewPerson(BOX)])
    again, new_again = add(store, frame(), [NewPerson(BOX), NewPerson(BOX)])
    assert (new, new_again) == (True, False)
    assert first == again
    with store.reading() as tx:
        assert len(list_persons(tx)) == 1


def test_the_same_bytes_under_another_name_are_another_image(store):
    first, _ = add(store, frame(file_name="a.jpg"))
    second, new = add(store, frame(file_name="b.jpg"))
    assert new
    assert first.id != second.id


def test_an_image_is_closed_once_all_its_persons_are_labelled(store, make_label):
    all_labelled, _ = add(store, frame(0), [NewPerson(BOX, make_label()), NewPerson(BOX, make_label())])
    one_labelled, _ = add(store, frame(1), [NewPerson(BOX, make_label()), NewPerson(BOX)])
    nobody_yet, _ = add(store, frame(2))
    assert [i.is_open for i in (all_labelled, one_labelled, nobody_yet)] == [False, True, True]


def test_a_crowd_region_is_kept_but_nobody_labels_it(store, make_label):
    crowd = NewPerson(BOX, extra={"iscrowd": 1})
    image, _ = add(store, frame(), [crowd, NewPerson(BOX, make_label())])
    with store.reading() as tx:
        stored = list_persons(tx, image_id=image.id)[0]
    assert (stored.state, stored.skip_reason, stored.extra) == ("skipped", "crowd region", {"iscrowd": 1})
    assert not image.is_open


def test_a_label_of_another_skeleton_is_refused_whole(store, make_label):
    with pytest.raises(InvalidDecision, match="14 keypoints; wanted the 17"):
        add(store, frame(), [NewPerson(BOX), NewPerson(BOX, make_label(keypoints=14))])
    with store.reading() as tx:
        assert images.list_images(tx) == []


def test_images_and_persons_are_listed_by_split(store, add_people):
    train = add_people(store, count=2)
    validation = add_people(store, split="validation", labelled=True)
    with store.reading() as tx:
        assert images.list_images(tx) == train + validation
        assert images.list_images(tx, split="validation") == validation
        assert [p.image_id for p in list_persons(tx, split="train")] == [i.id for i in train]


def test_what_is_not_there_is_named(store):
    with store.reading() as tx, pytest.raises(NotFound, match="There is no image 99"):
        images.get_image(tx, 99)
    with store.reading() as tx, pytest.raises(NotFound, match="There is no person 99"):
        get_person(tx, 99)


def test_counts_tell_pool_labelled_and_validation_apart(store, add_people, add_account, make_label, now):
    add_people(store, count=2, persons=3)
    add_people(store, labelled=True)
    add_people(store, persons=2, labelled=True, split="validation")
    ann = add_account(store)
    with store.transaction() as tx:
        first, second, third, *_ = list_persons(tx)
        labels.decide(tx, Decision("1", "skip", first.id, 0, ann, reason="blurred"), now=now)
        labels.decide(tx, Decision("2", "not_a_person", second.id, 0, ann), now=now)
        labels.decide(tx, Decision("3", "accept", third.id, 0, ann, label=make_label()), now=now)
    with store.reading() as tx:
        assert counts.count(tx) == Counts(
            images=4,
            images_open=1,
            images_validation=1,
            persons=9,
            persons_open=3,
            persons_accepted=2,
            persons_imported=1,
            persons_skipped=1,
            persons_not_a_person=1,
            persons_validation=2,
        )


def test_counts_of_an_empty_home_are_zero(store):
    with store.reading() as tx:
        assert counts.count(tx) == Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_an_own_box_sent_twice_is_one_person(store, add_people, add_account):
    (image,) = add_people(store)
    ann = add_account(store)
    with store.transaction() as tx:
        first = adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1")
    with store.transaction() as tx:
        assert adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1").id == first.id
        assert len(list_persons(tx, image_id=image.id)) == 2
    assert (first.state, first.revision, first.box) == ("open", 0, BOX)


def test_an_own_box_in_a_closed_image_opens_it_again_but_its_repeat_does_not(store, add_people, add_account, now):
    (image,) = add_people(store, labelled=True)
    ann = add_account(store)
    with store.transaction() as tx:
        person = adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1")
        assert images.get_image(tx, image.id).is_open
        labels.decide(tx, Decision("2", "not_a_person", person.id, 0, ann), now=now)
        assert not images.get_image(tx, image.id).is_open
        adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="box-1")
        assert not images.get_image(tx, image.id).is_open


def test_whoever_draws_a_box_in_a_closed_image_holds_it(store, add_people, add_account, now):
    (image,) = add_people(store, labelled=True)
    ann, bea = add_account(store, "ann"), add_account(store, "bea")
    with store.transaction() as tx:
        adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="1", lease_s=60, now=now)
    with store.transaction() as tx:
        assert queue.claim(tx, bea, now=now + timedelta(seconds=59), lease_s=60) is None
        assert queue.claim(tx, bea, now=now + timedelta(seconds=61), lease_s=60) is not None


def test_a_box_outside_the_image_is_refused(store, add_people, add_account):
    (image,) = add_people(store)
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="640 x 480"):
        adding.add_person(tx, image.id, NewPerson(Box(700.0, 0.0, 40.0, 40.0)), user=ann, key="1")


def test_a_new_box_comes_without_a_label(store, add_people, add_account, make_label):
    (image,) = add_people(store)
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="a box alone"):
        adding.add_person(tx, image.id, NewPerson(BOX, make_label()), user=ann, key="1")


def test_an_image_with_nobody_is_finished_by_saying_so(store, add_people, add_account):
    (image,) = add_people(store, persons=0)
    ann = add_account(store)
    for _ in range(2):
        with store.transaction() as tx:
            closing.finish_image(tx, image.id, user=ann, key="nobody")
            assert not images.get_image(tx, image.id).is_open


def test_an_image_with_open_persons_is_not_finished(store, add_people, add_account):
    (image,) = add_people(store, persons=2)
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="2 persons are still open"):
        closing.finish_image(tx, image.id, user=ann, key="1")


def test_nobody_finishes_or_draws_in_an_image_that_another_holds(store, add_people, add_account, now):
    (image,) = add_people(store, persons=0)
    ann, bea = add_account(store, "ann"), add_account(store, "bea")
    with store.transaction() as tx:
        queue.claim(tx, ann, now=now, lease_s=60)
    with store.transaction() as tx:
        with pytest.raises(LeaseLost, match="ann holds this image"):
            closing.finish_image(tx, image.id, user=bea, key="1", now=now)
        with pytest.raises(LeaseLost, match="ann holds this image"):
            adding.add_person(tx, image.id, NewPerson(BOX), user=bea, key="2", now=now)


@pytest.mark.parametrize("name", ["caf\udce9.jpg", "a\0b.jpg", "f" * 1025])
def test_a_name_that_a_database_cannot_hold_is_refused(store, add_people, name):
    add_people(store)
    for image in (NewImage("0" * 64, name, 8, 8, "hall", 0, "train"), NewImage("0" * 64, "f", 8, 8, name, 0, "train")):
        with store.transaction() as tx, pytest.raises(InvalidDecision, match="Unicode"):
            images.add_image(tx, image, [])


def test_the_open_images_counted_quickly_are_those_of_the_counts(store, add_people):
    add_people(store, count=2)
    add_people(store, labelled=True)
    add_people(store, split="validation")
    with store.reading() as tx:
        assert counts.count_open(tx) == counts.count(tx).images_open == 2


def test_nobody_else_is_here_may_be_taken_back_by_whoever_then_holds_the_image(store, add_people, add_account, now):
    (image,) = add_people(store, persons=0)
    ann, bea = add_account(store, "ann"), add_account(store, "bea")
    with store.transaction() as tx:
        rankings.replace_cold_ranking(tx, [RankingEntry(image.id, 0, 0.5, ())])
        closing.finish_image(tx, image.id, user=ann, key="nobody", now=now)
    with store.transaction() as tx:
        closing.reopen_image(tx, image.id, user=ann, key="somebody", lease_s=60, now=now)
        assert images.get_image(tx, image.id).is_open
    with store.transaction() as tx:
        assert queue.claim(tx, bea, now=now, lease_s=60) is None
        assert queue.claim(tx, ann, now=now, lease_s=60) is not None
        with pytest.raises(LeaseLost, match="ann holds this image"):
            closing.reopen_image(tx, image.id, user=bea, key="3", lease_s=60, now=now)
    later = now + timedelta(seconds=61)
    with store.transaction() as tx:
        closing.reopen_image(tx, image.id, user=bea, key="4", lease_s=60, now=later)
        closing.finish_image(tx, image.id, user=bea, key="5", now=later)
        closing.reopen_image(tx, image.id, user=ann, key="somebody", lease_s=60, now=later)  # sent again: long done
        assert not images.get_image(tx, image.id).is_open


def test_a_reopened_image_whose_persons_are_decided_is_open_until_a_decision_or_a_finish(
    store, add_people, add_account, make_label, now
):
    (image,) = add_people(store, labelled=True)
    ann = add_account(store)
    with store.transaction() as tx:
        closing.reopen_image(tx, image.id, user=ann, key="1", lease_s=60, now=now)
        (person,) = list_persons(tx)
        assert (images.get_image(tx, image.id).is_open, person.state) == (True, "accepted")
        assert labels.decide(tx, Decision("2", "accept", person.id, 1, ann, label=make_label()), now=now).image_done
        closing.reopen_image(tx, image.id, user=ann, key="3", lease_s=60, now=now)
        assert images.get_image(tx, image.id).is_open
        closing.finish_image(tx, image.id, user=ann, key="4", now=now)
        assert not images.get_image(tx, image.id).is_open


def test_a_validation_image_is_not_reopened(store, add_people, add_account):
    (image,) = add_people(store, labelled=True, split="validation")
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="belongs to validation"):
        closing.reopen_image(tx, image.id, user=ann, key="1", lease_s=60)


def test_nobody_draws_in_a_validation_image_or_finishes_it(store, add_people, add_account):
    (image,) = add_people(store, persons=0, split="validation")
    ann = add_account(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="belongs to validation"):
        adding.add_person(tx, image.id, NewPerson(BOX), user=ann, key="1")
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="belongs to validation"):
        closing.finish_image(tx, image.id, user=ann, key="2")
    with store.reading() as tx:
        assert (images.get_image(tx, image.id).is_open, list_persons(tx)) == (True, [])


def test_frames_with_a_pose_come_nearest_first(store, add_people):
    add_people(store, count=2, labelled=True)
    add_people(store)
    add_people(store, labelled=True)
    (last,) = add_people(store)
    with store.reading() as tx:
        assert [one.frame for one in earlier_frames.earlier_with_pose(tx, last, frames=50)] == [3, 1, 0]


def earlier(store, image, frames=50):
    """The frame of the nearest earlier image with a pose, or None."""
    with store.reading() as tx:
        found = earlier_frames.earlier_with_pose(tx, image, frames=frames)
    return found[0].frame if found else None


def predict(store, image, *, round_id=None):
    with store.transaction() as tx:
        (person,) = list_persons(tx, image_id=image.id)
        predictions.add_predictions(tx, round_id, [(person.id, Prediction(np.full((17, 3), 0.5), "C"))])


def test_the_nearest_earlier_frame_with_a_pose_is_of_the_same_camera_and_no_further_than_asked(
    store, add_people, make_label
):
    labelled, *open_ones, last = add_people(store, labelled=True) + add_people(store, count=5)
    add_people(store, labelled=True, camera="yard")
    (after,) = add_people(store)
    assert [earlier(store, image) for image in (labelled, last, after)] == [None, 0, 0]
    assert (earlier(store, last, frames=5), earlier(store, last, frames=4)) == (0, None)
    predict(store, open_ones[1])
    assert (earlier(store, open_ones[1]), earlier(store, last), earlier(store, last, frames=2)) == (0, 2, None)


def test_a_frame_of_validation_or_of_nobody_gives_no_pose(store, add_people, add_account, now):
    add_people(store, labelled=True, split="validation")
    (nobody,) = add_people(store)
    (last,) = add_people(store)
    predict(store, nobody)
    assert earlier(store, last) == nobody.frame
    ann = add_account(store)
    with store.transaction() as tx:
        (person,) = list_persons(tx, image_id=nobody.id)
        labels.decide(tx, Decision("1", "not_a_person", person.id, 0, ann), now=now)
    assert earlier(store, last) is None


def test_only_the_published_round_gives_poses(store, add_people, add_account, now):
    first, last = add_people(store, count=2)
    lead = add_account(store, "lea", "lead")
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
    predict(store, first, round_id=launched.id)
    assert earlier(store, last) is None
    with store.transaction() as tx:
        rankings.add_round_ranking(tx, launched.id, [RankingEntry(first.id, 0, 0.5, ())])
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=now)
    assert earlier(store, last) == 0
