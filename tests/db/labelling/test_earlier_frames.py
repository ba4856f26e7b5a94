"""Earlier frames of the same camera in which somebody has a pose."""

import numpy as np

from db.labelling import earlier_frames, labels
from db.pool.persons import list_persons
from db.records import Decision, RankingEntry
from db.rounds import predictions, rankings, rounds
from sspcm.pose import Prediction


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


def test_a_validation_frame_takes_poses_from_labels_of_validation_alone(store, add_people):
    add_people(store, labelled=True)
    (labelled,) = add_people(store, labelled=True, split="validation")
    (predicted,) = add_people(store, split="validation")
    (last,) = add_people(store, split="validation")
    predict(store, predicted)
    assert earlier(store, last) == labelled.frame
    assert earlier(store, labelled) is None
