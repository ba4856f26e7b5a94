"""Labelled people and what networks said of them, as far from their labels as a test wants."""

from collections.abc import Callable, Iterable

import numpy as np

from app.rounds.starts import judge_round, keep_measured
from db.clock import utc_now
from db.labelling import labels
from db.pool.persons import get_person, list_persons
from db.records import Decision, ImageRecord, PersonScore, RankingEntry, UserRecord
from db.rounds import predictions, rankings, rounds
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.pose import Label, Prediction

Place = Callable[[int], float]
"""How many pixels from the label a network puts a person, by the person's number."""


POSE = np.column_stack([40.0 + np.arange(17.0), 200.0 + 2 * np.arange(17.0)])
"""Where everybody is: the label that `conftest.add_people` gives the first person of an image, K 2."""


def away(pixels: float, network: str, *, confidence: float = 0.9) -> Prediction:
    """A prediction so far from where everybody is."""
    return Prediction(np.column_stack([POSE + (pixels, 0.0), np.full(17, confidence)]), network)


def add_persons(
    store: Store,
    add_people: Callable[..., list[ImageRecord]],
    count: int,
    *,
    split: str = "train",
    labelled: bool = False,
) -> list[int]:
    """One person in each of `count` images; their ids."""
    added = {image.id for image in add_people(store, count=count, split=split, labelled=labelled)}
    with store.reading() as tx:
        return [person.id for person in list_persons(tx) if person.image_id in added]


def accept(store: Store, user: UserRecord, ids: Iterable[int], *, began: dict[int, int] | None = None) -> None:
    """They are labelled where they are. began: the prediction that a person's label began at."""
    for person_id in ids:
        with store.transaction() as tx:
            person = get_person(tx, person_id)
            xyv = np.column_stack([POSE, np.full(17, 2.0)])
            label = Label(xyv, author=user.name, started_from=(began or {}).get(person_id))
            decision = Decision(f"accept-{person_id}", "accept", person_id, person.revision, user, label=label)
            labels.decide(tx, decision, now=utc_now())


def predict(
    store: Store, ids: Iterable[int], pixels: Place, *, model: str = "movenet", confidence: float = 0.9
) -> dict[int, int]:
    """An imported model's predictions; their ids by person."""
    found = [
        ImportedPrediction(away(pixels(i), model, confidence=confidence), PersonScore(i, 0.1, (0.1,) * 17, ()), "crop")
        for i in ids
    ]
    with store.transaction() as tx:
        predictions.add_imported(tx, found)
        return {i: one.id for i, one in predictions.imported(tx, list(ids)).items()}


def score(store: Store, lead: UserRecord, ids: Iterable[int], pixels: Place, *, confidence: float = 0.9) -> int:
    """A round that froze the labels there are, with its student's predictions and a ranking, not published yet."""
    with store.transaction() as tx:
        record = rounds.create(tx, config_toml=RoundConfig().to_toml(), user=lead)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
    found = [(i, away(pixels(i), "C", confidence=confidence)) for i in ids]
    with store.transaction() as tx:
        predictions.add_predictions(tx, record.id, found)
        image = list_persons(tx)[0].image_id
        rankings.add_round_ranking(tx, record.id, [RankingEntry(image, 0, 0.5, ())])
    return record.number


def publish(store: Store, number: int) -> None:
    """A round is published, whatever it is worth."""
    with store.transaction() as tx:
        rounds.publish(tx, rounds.get(tx, number).id, metrics={}, directory="r", now=utc_now())


def publish_judged(store: Store, number: int) -> None:
    """A round is published as it is when it ends: with what annotators begin from beside it, and from then on."""
    with store.reading() as tx:
        judged = judge_round(tx, number)
    with store.transaction() as tx:
        metrics, now = {"starts": judged.measured}, utc_now()
        rounds.publish(tx, rounds.get(tx, number).id, metrics=metrics, directory="r", now=now)
        keep_measured(tx, judged.starts, judged.lessons, now=now)
