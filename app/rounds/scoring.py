"""A round's predictions and scores of the pool come into the store."""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from sqlalchemy.orm import Session

from app.contract.rounds import WorstPerson
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.pool.blind_places import blind_entries
from app.pool.judging import corrections_of, person_score, put_behind
from app.pool.order_figures import note_figures
from app.pool.ordering import TEACHERS_AGREE, Pool, rank_pool, see_pool, unlabelable_of
from app.rounds.folder import note_seconds, read_seconds, round_folder
from app.rounds.own_settings import own_settings
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import (
    PersonRecord,
    PersonScore,
    RankingEntry,
    RoundRecord,
)
from db.rounds import evidence, predictions, rankings, rounds
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.members import CLOSER_LOOK, COMPARED, MEMBERS, STUDENT
from sspcm.pose import Prediction
from sspcm.ranking.corrections import Corrections, fit_corrections
from sspcm.ranking.ranking import score_persons
from sspcm.round_folder import PREDICTIONS_FILE
from sspcm.skeletons.skeleton import Skeleton

WORST_TOLD = 5
PERSONS_A_TRANSACTION = 200
"""Annotators' saves wait for a transaction at most, so it stays short."""


@dataclasses.dataclass(frozen=True, eq=False)
class PoolPredictions:
    """What the networks said about P persons: ids, and per network image pixels and confidence."""

    ids: Int[np.ndarray, "P"]
    xyc: Mapping[str, Float[np.ndarray, "P K 3"]]


def score_round(store: Store, settings: Settings, number: int, attempt: int = 1) -> None:
    """Store the predictions, each person's inconsistency, and the ranking of the images that are open now.

    Nobody sees any of it until the round is published.
    """
    began, folder = time.monotonic(), round_folder(settings, number, attempt)
    if "score" in read_seconds(folder):  # written last
        return
    told = read_predictions(folder / PREDICTIONS_FILE)
    with store.reading() as tx:
        record, skeleton = rounds.get(tx, number), get_project(tx).skeleton
        persons = {person.id: person for person in list_persons(tx)}
        # validation persons are predicted, too, and not ranked
        names = {image.id: image.file_name for image in images.list_images(tx, split="train")}
        pool = {one.id for one in persons.values() if one.image_id in names}
        shown = {i: names[persons[i].image_id] for i in pool if persons[i].state == "open"}
        fit = fit_corrections(_earlier_corrections(tx, [persons[i] for i in sorted(pool)], skeleton), skeleton)
    note_figures(folder, fit.measured)
    config = own_settings(record)
    found = score_persons(
        {name: told.xyc[name][..., :2] for name in COMPARED if name in told.xyc},
        confidence=told.xyc[STUDENT][..., 2],
        area=np.array([persons[int(person_id)].oks_area for person_id in told.ids]),
        skeleton=skeleton,
        fit=fit,
        top_keypoints=config.ranking.top_keypoints,
        flag_above=config.ranking.flag_above,
    )
    files = ImageFiles(settings.home)
    behind = unlabelable_of(_pool(store, files), config.ranking)
    said = [person_score(int(i), one) for i, one in zip(told.ids, found, strict=True) if int(i) in pool]
    scores = {one.person_id: one for one in put_behind(said, behind)}
    _store_in_batches(store, record, told, scores, shown)
    store_ranking(store, files, record, config, scores)
    note_seconds(folder, "score", time.monotonic() - began)


def _pool(store: Store, files: ImageFiles) -> Pool:
    """The images that are open now."""
    with store.reading() as tx:
        train, persons = images.list_images(tx, split="train"), list_persons(tx, split="train")
    return see_pool(files, train, persons)


def _earlier_corrections(tx: Session, persons: Sequence[PersonRecord], skeleton: Skeleton) -> Corrections:
    """Whom annotators labelled since the published round froze its labels, beside what its student had said of them.

    Nobody whose label that round's networks have learnt from, or who was shown with a keypoint put wrong. persons: of
    the train images.
    """
    published = get_project(tx).published_round
    if published is None:
        return corrections_of([], {}, {}, skeleton)
    passed = {one.person_id for one in rounds.frozen(tx, rounds.get(tx, published).id)} | evidence.probed(tx)
    labelled = [one for one in persons if one.label is not None and one.id not in passed]
    ids = [one.id for one in labelled]
    stored, scores = predictions.of_student(tx, ids, published), predictions.person_scores(tx, published, ids)
    return corrections_of(labelled, stored, scores, skeleton)


def read_predictions(path: Path) -> PoolPredictions:
    """The trainer's predictions of the whole pool. Of older versions' trainings no student looked closer."""
    with np.load(path, allow_pickle=False) as content:  # a pickle would be code
        names = (*MEMBERS, CLOSER_LOOK) if CLOSER_LOOK in content else MEMBERS
        return PoolPredictions(content["ids"], {name: content[name] for name in names})


def _store_in_batches(
    store: Store,
    record: RoundRecord,
    told: PoolPredictions,
    scores: Mapping[int, PersonScore],
    shown: Mapping[int, str],
) -> None:
    """shown: the name of each open person's image, to tell who is in most doubt while scores arrive."""
    worst: list[PersonScore] = []
    count, measured = len(told.ids), {key: record.progress[key] for key in ("ap",) if key in record.progress}
    for first in range(0, count, PERSONS_A_TRANSACTION):
        rows = range(first, min(first + PERSONS_A_TRANSACTION, count))
        ids = [int(told.ids[row]) for row in rows]
        batch = [(int(told.ids[row]), Prediction(told.xyc[name][row], name)) for row in rows for name in MEMBERS]
        with store.transaction() as tx:
            predictions.add_predictions(tx, record.id, batch)
            predictions.add_person_scores(tx, record.id, [scores[i] for i in ids if i in scores])
            worst = sorted([*worst, *(scores[i] for i in ids if i in scores and i in shown)], key=_doubt)[:WORST_TOLD]
            progress = measured | {"step": rows.stop, "steps": count, "worst": [_told(one, shown) for one in worst]}
            rounds.report_progress(tx, record.id, stage="score", progress=progress)


def _doubt(score: PersonScore) -> tuple[float, int]:
    return -score.score, score.person_id


def _told(score: PersonScore, shown: Mapping[int, str]) -> WorstPerson:
    why = score.flags[0].reason if score.flags else ""
    return WorstPerson(person=score.person_id, image=shown[score.person_id], score=round(score.score, 3), why=why)


def store_ranking(
    store: Store,
    files: ImageFiles,
    record: RoundRecord,
    config: RoundConfig,
    scores: Mapping[int, PersonScore],
    *,
    unflagged: str = TEACHERS_AGREE,
) -> None:
    """Rank the images as they are now: persons decided while the round ran no longer count."""
    entries = rank_open(store, files, config, scores, unflagged=unflagged)
    with store.transaction() as tx:
        rankings.add_round_ranking(tx, record.id, entries + blind_entries(tx, entries))


def rank_open(
    store: Store, files: ImageFiles, config: RoundConfig, scores: Mapping[int, PersonScore], *, unflagged: str
) -> list[RankingEntry]:
    """The pool's open images in the order of these scores, as a round's settings have it."""
    return rank_pool(_pool(store, files), scores, settings=config.ranking, seed=config.seed, unflagged=unflagged)
