"""What labels would change of an imported model's predictions: learnt from corrections, written to the store.

A model's run stores how far its answers lie apart. How probably each is wrong needs the whole pool, and the people who
were labelled meanwhile, so it is said afterwards, anew each time.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

import numpy as np

from app.home.image_files import ImageFiles
from app.pool.looks import look_at, unlabelable
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import KeypointFlag, PersonRecord, PersonScore, StoredPrediction
from db.rounds import evidence, predictions
from db.store.session import Store
from sspcm.config import RankingConfig
from sspcm.ranking.corrections import Corrections, Fit, fit_corrections, wrong_keypoints
from sspcm.ranking.evidence import Evidence
from sspcm.ranking.ranking import PersonInconsistency, expected_gains, judge_persons
from sspcm.skeletons.skeleton import Skeleton

BEFORE_ROUNDS = RankingConfig()
"""How images are ranked while no round has settings of its own."""
PERSONS_A_TRANSACTION = 1000


def judge_predicted(store: Store, files: ImageFiles) -> Fit:
    """Say anew what a label of each open predicted person would change; what the corrections so far taught."""
    with store.reading() as tx:
        skeleton = get_project(tx).skeleton
        train, persons = images.list_images(tx, split="train"), list_persons(tx, split="train")
        ids = [person.id for person in persons]
        scores, stored = predictions.imported_scores(tx, ids), predictions.imported(tx, ids)
        probed = evidence.probed(tx)
    teaching = [person for person in persons if person.id not in probed]
    fit = fit_corrections(corrections_of(teaching, stored, scores, skeleton), skeleton)
    waiting = [scores[one.id] for one in persons if one.state == "open" and one.id in scores and one.id in stored]
    still_open = [one for one in persons if one.state == "open"]
    looks = look_at(files, [image for image in train if image.is_open], still_open)
    behind = unlabelable(still_open, looks, smallest_px=BEFORE_ROUNDS.smallest_px)
    judged = put_behind(judge_again(waiting, stored, skeleton, fit), behind)
    for first in range(0, len(judged), PERSONS_A_TRANSACTION):
        with store.transaction() as tx:
            predictions.rescore_imported(tx, judged[first : first + PERSONS_A_TRANSACTION])
    return fit


def judge_again(
    scores: Sequence[PersonScore], stored: Mapping[int, StoredPrediction], skeleton: Skeleton, fit: Fit
) -> list[PersonScore]:
    """The same persons' scores and flags by what a label would change, in the words that their flags had."""
    if not scores:
        return []
    evidence = evidence_of(scores, stored)
    said = [{flag.keypoint: flag.reason for flag in one.flags} for one in scores]
    expected = expected_gains(evidence, skeleton, fit)
    otherwise = "often corrected in poses like this" if fit.measured.fitted_is_used else "in doubt, as this pose is"

    def reason(p: int, k: int) -> str:
        return said[p].get(k) or f"{skeleton.spoken(k)}: {otherwise}"

    found = judge_persons(
        evidence, expected, reason, top_keypoints=BEFORE_ROUNDS.top_keypoints, flag_above=BEFORE_ROUNDS.flag_above
    )
    return [person_score(score.person_id, one) for score, one in zip(scores, found, strict=True)]


def put_behind(scores: Sequence[PersonScore], behind: Container[int]) -> list[PersonScore]:
    """The scores; those of the persons whom nobody can label are the last, without a flag."""
    return [replace(one, score=0.0, flags=()) if one.person_id in behind else one for one in scores]


def person_score(person_id: int, found: PersonInconsistency) -> PersonScore:
    """The same as the store keeps it."""
    flags = tuple(KeypointFlag(flag.keypoint, flag.score, flag.reason) for flag in found.flags)
    return PersonScore(person_id, found.score, tuple(found.keypoints.tolist()), flags)


def evidence_of(scores: Sequence[PersonScore], stored: Mapping[int, StoredPrediction]) -> Evidence:
    """What is known of the persons' predictions, in the order of the scores."""
    return Evidence(
        inconsistency=np.array([one.keypoints for one in scores], dtype=np.float64),
        confidence=np.array([stored[one.person_id].prediction.confidence for one in scores]),
    )


def corrections_of(
    persons: Sequence[PersonRecord],
    stored: Mapping[int, StoredPrediction],
    scores: Mapping[int, PersonScore],
    skeleton: Skeleton,
) -> Corrections:
    """The labelled ones of the persons beside predictions that did not learn from their labels."""
    checked = [(one, one.label) for one in persons if one.label is not None and one.id in stored and one.id in scores]
    if not checked:
        nobody = np.zeros((0, len(skeleton)))
        return Corrections(Evidence(nobody, nobody), nobody > 0, nobody > 0, np.zeros(0, np.int64))
    labels = np.stack([label.xyv for _, label in checked])
    area = np.array([one.oks_area for one, _ in checked])
    predicted = np.stack([stored[one.id].prediction.xy for one, _ in checked])
    return Corrections(
        evidence=evidence_of([scores[one.id] for one, _ in checked], stored),
        wrong=wrong_keypoints(predicted, labels, area=area, sigmas=skeleton.sigma_array),
        placed=labels[..., 2] > 0,
        images=np.array([one.image_id for one, _ in checked]),
    )
