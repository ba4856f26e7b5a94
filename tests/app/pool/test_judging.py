"""What labels would change of a model's predictions, said anew from what annotators corrected."""

from pathlib import Path

import numpy as np

from app.home.image_files import ImageFiles
from app.pool.judging import corrections_of, judge_again, judge_predicted, put_behind
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import KeypointFlag, NewImage, NewPerson, PersonScore, StoredPrediction
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.pose import Box, Label, Prediction
from sspcm.ranking.corrections import LEAST_PERSONS, fit_corrections
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")
LEFT_WRIST = COCO.keypoints.index("left_wrist")
NOTHING = fit_corrections(corrections_of([], {}, {}, COCO), COCO)


def predicted(person_id: int, confidence: np.ndarray, at: float = 20.0) -> StoredPrediction:
    xyc = np.column_stack([np.full((17, 2), at), confidence])
    return StoredPrediction(person_id, person_id, None, Prediction(xyc, "dots"))


def filled(store: Store, *, labelled: int, waiting: int) -> list[int]:
    """A pool whose left wrists are all wrong though the copies agree; the ids of who waits."""
    rng = np.random.default_rng(0)
    truth = np.full((17, 3), 20.0)
    truth[:, 2] = 2
    truth[LEFT_WRIST, 0] = 60.0
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=COCO)
        for number in range(labelled + waiting):
            label = Label(truth) if number < labelled else None
            person = NewPerson(Box(10, 10, 80, 80), label)
            images.add_image(tx, NewImage(f"{number:064d}", f"{number}.png", 99, 99, "hall", number), [person])
        found = []
        for person in list_persons(tx):
            apart, sure = 0.2 * rng.random(17), np.clip(0.5 + 0.4 * rng.random(17), 0, 1)
            pose = np.column_stack([np.full((17, 2), 20.0), sure])
            if rng.random() < 0.5:  # somewhere else: now and then another keypoint is wrong as well
                pose[3, 0], apart[3] = 90.0, 0.9
            score = PersonScore(person.id, 0.5, tuple(apart), ())
            found.append(ImportedPrediction(Prediction(pose, "dots"), score, "crop"))
        predictions.add_imported(tx, found)
        return [person.id for person in list_persons(tx) if person.state == "open"]


def test_what_annotators_always_correct_is_flagged_from_then_on(store: Store, tmp_path: Path) -> None:
    waiting = filled(store, labelled=40, waiting=3)
    fit = judge_predicted(store, ImageFiles(tmp_path))
    assert fit.measured.persons == 40 and fit.measured.fitted_is_used
    with store.reading() as tx:
        scores = predictions.imported_scores(tx, waiting)
    assert all(scores[i].flags[0].keypoint == LEFT_WRIST for i in waiting)
    assert scores[waiting[0]].flags[0].reason == "left wrist: often corrected in poses like this"
    assert all(max(scores[i].keypoints[LEFT_WRIST] for i in waiting) < 0.3 for i in waiting), "the copies' word stays"


def test_too_few_corrections_leave_the_order_to_inconsistency_and_confidence(store: Store, tmp_path: Path) -> None:
    waiting = filled(store, labelled=LEAST_PERSONS - 1, waiting=3)
    assert judge_predicted(store, ImageFiles(tmp_path)).wrong is None
    with store.reading() as tx:
        scores = predictions.imported_scores(tx, waiting)
    assert not any(flag.keypoint == LEFT_WRIST for i in waiting for flag in scores[i].flags)


def test_a_flag_keeps_the_words_of_its_copies_and_an_invisible_face_loses_its_own() -> None:
    apart, sure = np.full(17, 0.05), np.full(17, 0.8)
    apart[[0, LEFT_WRIST]], sure[:5], sure[LEFT_WRIST] = 0.95, 0.03, 0.3
    flags = (KeypointFlag(0, 0.95, "the face moves"), KeypointFlag(LEFT_WRIST, 0.95, "the wrist moves"))
    score = PersonScore(1, 0.6, tuple(apart), flags)
    (found,) = judge_again([score], {1: predicted(1, sure)}, COCO, NOTHING)
    assert [flag.reason for flag in found.flags] == ["the wrist moves"]
    assert found.keypoints == score.keypoints


def test_whom_nobody_can_label_comes_last_without_a_flag() -> None:
    flags = (KeypointFlag(0, 0.95, "the face moves"),)
    first, second = PersonScore(1, 0.6, (0.9,), flags), PersonScore(2, 0.5, (0.8,), flags)
    assert put_behind([first, second], {1: "too small"}) == [PersonScore(1, 0.0, (0.9,), ()), second]


def test_nobody_to_judge_is_nothing() -> None:
    assert judge_again([], {}, COCO, NOTHING) == []
