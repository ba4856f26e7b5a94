"""A home of people who stand, with labels of which some are wrong."""

import numpy as np

from db.clock import utc_now
from db.labelling import labels
from db.pool import images, persons, project
from db.records import Decision, NewImage, NewPerson, PersonRecord, UserRecord
from db.rounds import predictions
from db.store.session import Store
from sspcm.label_checks.people import LabelledPeople
from sspcm.pose import Box, Label, Prediction
from sspcm.skeletons.skeleton import get_skeleton
from tests.sspcm.label_checks.conftest import people_who_stand


def add_standing(store: Store, count: int = 60, *, seed: int = 1) -> tuple[LabelledPeople, list[PersonRecord]]:
    """Two in an image of a plain camera, labelled exactly."""
    people = people_who_stand(count, seed)
    with store.transaction() as tx:
        before = {one.id for one in persons.list_persons(tx)}
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        for image in np.unique(people.images).tolist():
            rows = np.flatnonzero(people.images == image)
            there = [NewPerson(Box(*people.boxes[row].tolist()), Label(people.xyv[row])) for row in rows]
            images.add_image(
                tx,
                NewImage(f"{9000 + 1000 * seed + image:064x}", f"standing-{seed}-{image}.jpg", 600, 600, "room", image),
                there,
            )
    with store.reading() as tx:
        return people, [one for one in persons.list_persons(tx) if one.id not in before]


def predict(store: Store, people: LabelledPeople, known: list[PersonRecord], *, network: str = "net") -> None:
    """What an imported model says of everybody: nearly the truth."""
    with store.transaction() as tx:
        said = [(one.id, Prediction(pose, network)) for one, pose in zip(known, people.networks["net"], strict=True)]
        predictions.add_predictions(tx, None, said)


def exchange_knees(store: Store, user: UserRecord, person: PersonRecord) -> None:
    """A label whose left and right knee are exchanged."""
    assert person.label is not None
    xyv = person.label.xyv.copy()
    xyv[[13, 14]] = xyv[[14, 13]]
    with store.transaction() as tx:
        label = Label(xyv, author=user.name)
        decision = Decision(
            f"exchange-{person.id}-{person.revision}", "accept", person.id, person.revision, user, label=label
        )
        labels.decide(tx, decision, now=utc_now())
