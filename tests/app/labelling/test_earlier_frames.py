"""The poses of the frame before, in the pixels of the frame after."""

from collections.abc import Callable

import numpy as np
import pytest

from app.labelling.earlier_frames import previous
from db.clock import utc_now
from db.errors import NotFound
from db.labelling import labels
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import Decision, ImageRecord, NewImage, NewPerson, UserRecord
from db.rounds import predictions
from db.store.session import Store
from sspcm.pose import Box, Label, Prediction
from sspcm.skeletons.skeleton import get_skeleton

ANN = UserRecord(1, "ann", "annotator")
BOX = Box(40.0, 60.0, 40.0, 80.0)


def add(store: Store, frame: int, persons: list[NewPerson], *, width: int = 640, height: int = 480) -> ImageRecord:
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        new = NewImage(f"{frame:064x}", f"hall/{frame:04d}.jpg", width, height, "hall", frame)
        return images.add_image(tx, new, persons)[0]


def test_the_persons_of_the_frame_before_come_with_their_poses_and_boxes(
    sqlite_store: Store, make_label: Callable[..., Label], add_account: Callable[..., UserRecord]
) -> None:
    crowd = NewPerson(BOX, make_label(), extra={"iscrowd": 1})
    turned = Box(10.0, 20.0, 30.0, 40.0, angle=25.0)
    before = add(
        sqlite_store, 3, [NewPerson(BOX, make_label()), NewPerson(turned), NewPerson(BOX), NewPerson(BOX), crowd]
    )
    add(sqlite_store, 5, [NewPerson(BOX)])
    now = add(sqlite_store, 8, [])
    ann = add_account(sqlite_store)
    with sqlite_store.transaction() as tx:
        labelled, modelled, _, nobody, _ = list_persons(tx, image_id=before.id)
        pose = Prediction(np.full((17, 3), (7.0, 8.0, 0.1)), "dots")
        predictions.add_predictions(tx, None, [(person.id, pose) for person in (modelled, nobody)])
        labels.decide(tx, Decision("1", "not_a_person", nobody.id, 0, ann), now=utc_now())
    found = previous(sqlite_store, ANN, now.id)
    assert (found.file_name, found.frame) == ("hall/0003.jpg", 3)
    assert [(person.id, person.source) for person in found.persons] == [(labelled.id, "label"), (modelled.id, "model")]
    assert found.persons[0].xyv == make_label().xyv.tolist()
    assert found.persons[1].xyv == [[7.0, 8.0, 1.0]] * 17
    assert [Box(**person.box.model_dump()) for person in found.persons] == [BOX, turned]


def test_a_frame_whose_poses_hold_no_keypoint_does_not_hide_the_one_before_it(
    sqlite_store: Store, make_label: Callable[..., Label]
) -> None:
    add(sqlite_store, 1, [NewPerson(BOX, make_label())])
    unseen = add(sqlite_store, 2, [NewPerson(BOX), NewPerson(BOX)])
    now = add(sqlite_store, 3, [])
    with sqlite_store.transaction() as tx:
        first, second = list_persons(tx, image_id=unseen.id)
        nothing = Prediction(np.full((17, 3), (7.0, 8.0, 0.0)), "dots")
        predictions.add_predictions(tx, None, [(first.id, nothing)])
    assert previous(sqlite_store, ANN, now.id).frame == 1
    with sqlite_store.transaction() as tx:
        seen = Prediction(np.array([(7.0, 8.0, 0.1)] + [(0.0, 0.0, 0.0)] * 16), "dots")
        predictions.add_predictions(tx, None, [(second.id, seen)])
    found = previous(sqlite_store, ANN, now.id)
    assert (found.frame, [person.id for person in found.persons]) == (2, [second.id])


def test_nothing_before_is_nobody(sqlite_store: Store, make_label: Callable[..., Label]) -> None:
    first = add(sqlite_store, 0, [NewPerson(BOX, make_label())])
    found = previous(sqlite_store, ANN, first.id)
    assert (found.file_name, found.frame, found.persons) == (None, None, [])
    with pytest.raises(NotFound, match="There is no image 99"):
        previous(sqlite_store, ANN, 99)


@pytest.mark.parametrize(
    ("size", "angle", "box"),
    [
        ((1280, 960), 0.0, (80.0, 120.0, 80.0, 160.0)),
        ((1280, 960), 30.0, (80.0, 120.0, 80.0, 160.0)),
        ((1280, 480), 0.0, (80.0, 60.0, 80.0, 80.0)),
        ((1280, 480), 90.0, (100.0, 20.0, 40.0, 160.0)),
    ],
)
def test_a_frame_of_another_size_is_scaled(
    size: tuple[int, int],
    angle: float,
    box: tuple[float, ...],
    sqlite_store: Store,
    make_label: Callable[..., Label],
) -> None:
    add(sqlite_store, 1, [NewPerson(Box(40.0, 60.0, 40.0, 80.0, angle), make_label(x=300.0, y=200.0))])
    after = add(sqlite_store, 2, [], width=size[0], height=size[1])
    (person,) = previous(sqlite_store, ANN, after.id).persons
    assert person.xyv[0] == [600.0, 200.0 * size[1] / 480, 2.0]
    assert (person.box.x, person.box.y, person.box.width, person.box.height) == pytest.approx(box)
    assert person.box.angle == angle
