"""A home in which every validation image is drawn to be read again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from db.labelling import labels, queue
from db.labelling.probes import FEWEST_PERSONS
from db.pool.persons import list_persons
from db.pool.project import project_row
from db.records import Decision, DecisionOutcome, ImageRecord, PersonRecord, UserRecord
from db.store.session import Store
from sspcm.pose import Label


def all_drawn(store: Store, add_people: Callable[..., Any], *, persons: int = 2) -> ImageRecord:
    """An open validation image of that many people, in a home that is large enough, whose pool is closed."""
    add_people(store, count=1, persons=FEWEST_PERSONS)
    image: ImageRecord
    (image,) = add_people(store, persons=persons, split="validation")
    with store.transaction() as tx:
        project_row(tx).agreement = {"twice": 1.0}
    return image


def people(store: Store, image: ImageRecord) -> list[PersonRecord]:
    with store.reading() as tx:
        return list_persons(tx, image_id=image.id)


def pose(at: float = 0.0) -> np.ndarray:
    return np.column_stack([np.linspace(40, 78, 17) + at, np.linspace(62, 138, 17), np.full(17, 2.0)])


def decide(
    store: Store,
    user: UserRecord,
    person_id: int,
    now: datetime,
    *,
    kind: Any = "accept",
    revision: int = 0,
    at: float = 0.0,
) -> DecisionOutcome:
    label = Label(pose(at), author=user.name) if kind == "accept" else None
    reason = "too dark" if kind == "skip" else None
    key = f"{user.id} {person_id} {kind} {revision}"
    with store.transaction() as tx:
        return labels.decide(tx, Decision(key, kind, person_id, revision, user, label=label, reason=reason), now=now)


def read_first(store: Store, user: UserRecord, image: ImageRecord, now: datetime) -> None:
    """This annotator labels everybody in the image."""
    for person in people(store, image):
        decide(store, user, person.id, now)


def claimed(store: Store, user: UserRecord, now: datetime, exclude: tuple[int, ...] = ()) -> int | None:
    """Which image the queue deals to them, leases kept."""
    with store.transaction() as tx:
        found = queue.claim(tx, user, now=now, lease_s=60, exclude=exclude)
        return None if found is None else found[0].image.id
