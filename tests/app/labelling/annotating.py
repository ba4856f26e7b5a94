"""What an annotator and a round do before a test looks."""

import uuid
from collections.abc import Callable, Sequence

import numpy as np

from app.contract.labelling import AcceptMessage, SavedPayload, TaskPayload
from app.labelling import decisions, tasks
from db.clock import utc_now
from db.pool.persons import list_persons
from db.records import ImageRecord, KeypointFlag, PersonScore, RankingEntry, UserRecord
from db.rounds import predictions, rankings, rounds
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.pose import Prediction

LEASE_S = 120.0
People = Callable[..., list[ImageRecord]]
Account = Callable[..., UserRecord]


def take(store: Store, user: UserRecord, exclude: Sequence[int] = ()) -> TaskPayload:
    task = tasks.next_task(store, user, exclude=exclude, lease_s=LEASE_S)
    assert task is not None
    return task


def publish_round(store: Store, user: UserRecord, scores: dict[int, float], *, blind: bool = False) -> None:
    """A published round whose networks put each keypoint k of each person at (k, k), confidence 0.1 at even k."""
    confidence = np.where(np.arange(17) % 2 == 0, 0.1, 0.9)
    xyc = np.column_stack([np.arange(17.0), np.arange(17.0), confidence])
    flags = (KeypointFlag(3, 0.8, "A and B disagree"), KeypointFlag(1, 0.5, "A and B disagree"))
    with store.transaction() as tx:
        found = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=user)
        rounds.start(tx, found.id)
        made = [(i, Prediction(xyc, network)) for i in scores for network in ("A", "B", "A_prev", "B_prev", "C")]
        predictions.add_predictions(tx, found.id, made)
        predictions.add_person_scores(
            tx, found.id, [PersonScore(i, score, (score,) * 17, flags) for i, score in scores.items()]
        )
        persons = list_persons(tx)
        entries = [
            RankingEntry(image_id, position, 0.5, ("A and B disagree",), blind)
            for position, image_id in enumerate(sorted({p.image_id for p in persons}))
        ]
        rankings.add_round_ranking(tx, found.id, entries)
        rounds.publish(tx, found.id, metrics={}, directory="rounds/0001/attempt-1", now=utc_now())


def key() -> str:
    return str(uuid.uuid4())


def accept(store: Store, user: UserRecord, person_id: int, revision: int, name: str) -> SavedPayload:
    message = AcceptMessage(
        key=name, person_id=person_id, revision=revision, xyv=[[5.0, 6.0, 2.0]] * 17, touched=[True] * 17
    )
    return decisions.accept(store, user, message, lease_s=LEASE_S)


def add_model_prediction(store: Store, person_id: int, model: str) -> None:
    """An imported model that puts every keypoint at (50, 60) and is unsure of the first."""
    score = PersonScore(person_id, 0.3, (np.nan, *(0.25,) * 16), ())
    one = predictions.ImportedPrediction(Prediction(np.full((17, 3), (50.0, 60.0, 0.5)), model), score, "f" * 64)
    with store.transaction() as tx:
        predictions.add_imported(tx, [one])
