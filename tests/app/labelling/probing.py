"""A home that is large enough for probes, in which an imported model predicted everybody."""

from typing import Any

import numpy as np

from app.contract.labelling import AcceptMessage, PersonPayload, SavedPayload
from app.labelling import decisions
from db.labelling.probes import FEWEST_PERSONS
from db.pool.persons import list_persons
from db.pool.project import project_row
from db.records import KeypointFlag, PersonScore, UserRecord
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.pose import Box, Prediction
from tests.app.labelling.annotating import LEASE_S, People, key

IN_BOX = np.array(
    [(50, 8), (53, 6), (47, 6), (57, 8), (43, 8), (65, 25), (35, 25), (72, 45), (28, 45), (74, 62), (26, 62),
     (60, 65), (40, 65), (62, 100), (38, 100), (63, 135), (37, 135)], dtype=float,
) / (100, 145)  # fmt: skip
"""Somebody who stands, as parts of their box."""
FLAGGED = 9


def pose_in(box: Box) -> np.ndarray:
    """K 2: where the model says that somebody's keypoints are."""
    return np.array([box.x, box.y]) + IN_BOX * (box.width, box.height)


def predicted_home(store: Store, add_people: People) -> list[int]:
    """Just enough people for probes, five an image, each predicted; their ids."""
    add_people(store, count=-(-FEWEST_PERSONS // 5), persons=5)
    with store.transaction() as tx:
        persons = list_persons(tx)
        predictions.add_imported(
            tx,
            [
                ImportedPrediction(
                    Prediction(np.column_stack([pose_in(one.box), np.full(17, 0.9)]), "dots"),
                    PersonScore(one.id, 0.4, (0.4,) * 17, (KeypointFlag(FLAGGED, 0.7, "copies differ"),)),
                    "f" * 64,
                )
                for one in persons
            ],
        )
    return [one.id for one in persons]


def all_get(store: Store, kind: str) -> None:
    """Everybody is drawn; of no known kind, nobody."""
    shares = {"wrong": 0.0, "empty": 0.0, kind: 1.0}
    with store.transaction() as tx:
        project_row(tx).probes = {name: shares[name] for name in ("wrong", "empty")}


def accept_as_shown(store: Store, user: UserRecord, person: PersonPayload, **more: Any) -> SavedPayload:
    """Whoever looks at nothing: the start as it came, nothing touched."""
    xyv = more.pop("xyv", person.start.xyv)
    message = AcceptMessage(
        key=key(),
        person_id=person.id,
        revision=person.revision,
        xyv=xyv,
        touched=more.pop("touched", [False] * 17),
        started_from=person.start.prediction_id,
    )
    return decisions.accept(store, user, message, lease_s=LEASE_S)
