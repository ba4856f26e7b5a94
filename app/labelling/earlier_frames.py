"""The poses of the nearest earlier frame, to begin from where people hardly moved."""

import math
from collections.abc import Collection

import numpy as np
from sqlalchemy.orm import Session

from app.contract.base import BoxPayload
from app.contract.labelling import EarlierPerson, PreviousPayload, StartPayload
from app.labelling.starts import best_start
from db.labelling import earlier_frames, readings
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import ImageRecord, PersonRecord, UserRecord
from db.rounds import predictions
from db.store.session import Store
from sspcm.pose import ABSENT, Box

FRAMES_BACK = 50
"""How many earlier frames are looked at: beyond, people have moved."""
Scale = tuple[float, float]
"""How much wider and higher the later frame is than the earlier one."""
Posed = tuple[PersonRecord, StartPayload]
"""A person, and the pose they have."""


def previous(store: Store, user: UserRecord, image_id: int) -> PreviousPayload:
    """Who was where in the nearest of the 50 frames before, of the same camera, in which somebody has a pose.

    Frames of the same split; in validation a pose is a label, never a prediction. Whoever labels people a second time
    gets nothing: the first may have begun at the same pose.

    Boxes and keypoints are in px of the image asked about: where frames differ in size, they are scaled; a turned box
    keeps its angle. Raises NotFound.
    """
    with store.reading() as tx:
        image = images.get_image(tx, image_id)
        hidden = readings.hidden_from(tx, user)
        nearest = None if image_id in hidden else _nearest(tx, image, hidden)
    if nearest is None:
        return PreviousPayload(file_name=None, frame=None, persons=[])
    earlier, found = nearest
    scale = (image.width / earlier.width, image.height / earlier.height)
    persons = [_scaled(person, start, scale) for person, start in found]
    return PreviousPayload(file_name=earlier.file_name, frame=earlier.frame, persons=persons)


def _nearest(tx: Session, image: ImageRecord, hidden: Collection[int]) -> tuple[ImageRecord, list[Posed]] | None:
    """The nearest earlier frame, of those not hidden, of whose persons some have a pose, with these; None without."""
    for earlier in earlier_frames.earlier_with_pose(tx, image, frames=FRAMES_BACK):
        found = [] if earlier.id in hidden else _poses(tx, earlier)
        if found:
            return earlier, found
    return None


def _poses(tx: Session, image: ImageRecord) -> list[Posed]:
    """The persons of an image who have a pose: the label that counts, else what the editor would start from.

    A pose without a present keypoint is none: a model that saw nobody leaves such.
    """
    listed = list_persons(tx, image_id=image.id)
    persons = [p for p in listed if p.is_somebody]
    ids = [person.id for person in persons if image.split == "train"]  # validation persons are labelled blind
    imported = predictions.imported(tx, ids)
    described = project.get_project(tx)
    students = predictions.of_student(tx, ids, described.published_round)
    choice = described.starts
    starts = [(p, best_start(p.label, students.get(p.id), imported.get(p.id), choice=choice)) for p in persons]
    return [(person, start) for person, start in starts if start is not None and _any_present(start)]


def _any_present(start: StartPayload) -> bool:
    return any(visibility != ABSENT for _, _, visibility in start.xyv)


def _scaled(person: PersonRecord, start: StartPayload, scale: Scale) -> EarlierPerson:
    assert start.source != "empty"  # best_start gives none of these
    xyv = (np.array(start.xyv) * (*scale, 1)).tolist()  # K 3; visibility is no length
    return EarlierPerson(id=person.id, box=_scaled_box(person.box, scale), xyv=xyv, source=start.source)


def _scaled_box(box: Box, scale: Scale) -> BoxPayload:
    """Its centre moves with the image, its sides grow as the image does along them."""
    across, down = scale
    cos, sin = math.cos(math.radians(box.angle)), math.sin(math.radians(box.angle))
    width = box.width * math.hypot(across * cos, down * sin)  # a turned side lies along both axes
    height = box.height * math.hypot(across * sin, down * cos)
    x, y = box.centre
    return BoxPayload.of(Box(x * across - width / 2, y * down - height / 2, width, height, box.angle))
