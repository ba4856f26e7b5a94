"""The contact sheet as the page gets it: who is on it, their poses in their thumbs, and the thumbs themselves."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from app.contract.sheet import SheetPayload
from app.sheet import page as contact_sheet
from app.sheet.thumbs import THUMB_PX
from db.clock import utc_now
from db.errors import InvalidDecision, NotFound
from db.labelling import labels
from db.labelling.sheet import SheetFilter
from db.pool import persons
from db.records import Decision, ImageRecord, KeypointFlag, PersonScore, UserRecord
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from db.store.session import Store
from sspcm.pose import Box, Label, Prediction

BOX = Box(40.0, 60.0, 40.0, 80.0)
ENDS = datetime(2030, 5, 1, tzinfo=UTC)


@pytest.fixture
def ann(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "ann")


def page(store: Store, user: UserRecord, *, after: str | None = None, limit: int = 60, **wanted: Any) -> SheetPayload:
    return contact_sheet.page(store, user, SheetFilter(**wanted), after=after, limit=limit)


def predict(store: Store, person_id: int, *, confidence: float = 0.9) -> None:
    """An imported model puts every keypoint of a person on the box's middle, and is unsure of the left shoulder."""
    pose = Prediction(np.full((17, 3), (*BOX.centre, confidence)), "dots")
    score = PersonScore(person_id, 0.5, (0.5,) * 17, (KeypointFlag(5, 0.75, "copies differ"),))
    with store.transaction() as tx:
        predictions.add_imported(tx, [ImportedPrediction(pose, score, "crop")])


def test_a_person_comes_with_what_a_tile_shows(
    sqlite_store: Store, add_people: Callable[..., list[ImageRecord]], ann: UserRecord
) -> None:
    (image,) = add_people(sqlite_store)
    with sqlite_store.reading() as tx:
        (known,) = persons.list_persons(tx)
    predict(sqlite_store, known.id, confidence=0.1)
    (person,) = page(sqlite_store, ann).persons
    assert (person.id, person.image_id, person.file_name, person.camera) == (known.id, image.id, "0000.jpg", "hall")
    assert (person.state, person.score, person.labelled_by, person.skip_reason) == ("open", 0.5, None, None)
    assert [(flag.keypoint, flag.score, flag.reason) for flag in person.flags] == [(5, 0.75, "copies differ")]
    assert person.pose is not None
    assert person.pose.xyv == [[95.5, 95.5, 1.0]] * 17  # the middle of the box is the middle of the thumb
    assert THUMB_PX == 192


def test_the_label_is_drawn_before_what_a_network_says_and_nobody_has_no_pose(
    sqlite_store: Store,
    add_people: Callable[..., list[ImageRecord]],
    ann: UserRecord,
    make_label: Callable[..., Label],
) -> None:
    add_people(sqlite_store, persons=3)
    with sqlite_store.reading() as tx:
        labelled, nobody, hidden = persons.list_persons(tx)
    for person in (labelled, nobody, hidden):
        predict(sqlite_store, person.id)
    placed = make_label(x=BOX.centre[0], y=BOX.centre[1], author="ann")
    with sqlite_store.transaction() as tx:
        labels.decide(tx, Decision("1", "accept", labelled.id, 0, ann, label=placed), now=utc_now())
        labels.decide(tx, Decision("2", "not_a_person", nobody.id, 0, ann), now=utc_now())
        labels.decide(tx, Decision("3", "skip", hidden.id, 0, ann, reason="behind a column"), now=utc_now())
    told = {person.id: person for person in page(sqlite_store, ann, show="all").persons}
    pose = told[labelled.id].pose
    assert pose is not None
    assert (told[labelled.id].labelled_by, told[labelled.id].state, pose.xyv[0]) == (
        "ann",
        "accepted",
        [95.5, 95.5, 2.0],
    )
    assert pose.xyv[1] != pose.xyv[0]  # the stick person's, not the model's point
    assert (told[nobody.id].state, told[nobody.id].pose) == ("not_a_person", None)
    assert told[hidden.id].skip_reason == "behind a column"
    assert [person.id for person in page(sqlite_store, ann, show="mine").persons] == [hidden.id, nobody.id, labelled.id]


def test_pages_lead_on_to_each_other(
    sqlite_store: Store, add_people: Callable[..., list[ImageRecord]], ann: UserRecord
) -> None:
    add_people(sqlite_store, count=2, persons=2)
    first = page(sqlite_store, ann, limit=3)
    assert (len(first.persons), first.total, [camera.name for camera in first.cameras]) == (3, 4, ["hall"])
    last = page(sqlite_store, ann, limit=3, after=first.next)
    assert (len(last.persons), last.total, last.next) == (1, None, None)


def test_filters_that_name_what_is_not_there_are_refused(
    sqlite_store: Store, add_people: Callable[..., list[ImageRecord]], ann: UserRecord
) -> None:
    add_people(sqlite_store)
    with pytest.raises(InvalidDecision, match="wanted one from 0 to 16"):
        page(sqlite_store, ann, keypoint=17)
    with pytest.raises(NotFound, match="camera"):
        page(sqlite_store, ann, camera_id=99)
    with pytest.raises(InvalidDecision, match="Reload the page"):
        page(sqlite_store, ann, after="nonsense")
