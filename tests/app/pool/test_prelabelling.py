"""A model over the pool: predictions to start from, a ranked queue, and a run that goes on where it stopped."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.dataset.exporting import export_coco
from app.dataset.importing import import_folder
from app.home.image_files import ImageFiles
from app.labelling import tasks
from app.pool.prelabelling import PrelabellingFailed, open_model, prelabel
from db.clock import utc_now
from db.labelling import queue
from db.pool import cameras, images, persons, project
from db.records import MeasuredLens, NewImage, NewPerson
from db.rounds import predictions
from db.store.session import Store
from sspcm.fisheye import LensCircle
from sspcm.pose import Box, Label
from sspcm.pose_models.copies import COPIES
from sspcm.pose_models.model import PoseModel
from sspcm.ranking import labelable
from sspcm.skeletons.skeleton import get_skeleton
from tests.onnx_files import classifier, movenet

COCO_17 = get_skeleton("coco-17")
STICK = Label(np.full((17, 3), 2.0))
LEFT_KNEE, LEFT_ELBOW = (COCO_17.keypoints.index(name) for name in ("left_knee", "left_elbow"))


@pytest.fixture
def files(tmp_path: Path) -> ImageFiles:
    return ImageFiles(tmp_path)


@pytest.fixture(autouse=True)
def night_is_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames are black around their dots: nobody comes last for that here."""
    monkeypatch.setattr(labelable, "DARK_BELOW", 0.0)


@pytest.fixture
def model() -> PoseModel:
    return PoseModel(movenet(92), name="dots")


def frame(*dots: tuple[int, int]) -> bytes:
    """A black frame with a blue dot at each place."""
    pixels = np.zeros((200, 200, 3), np.uint8)
    for x, y in dots:
        cv2.circle(pixels, (x, y), 2, (255, 0, 0), -1)
    return cv2.imencode(".png", pixels)[1].tobytes()


def fill(store: Store, files: ImageFiles, *frames: bytes, labelled: int = 0, skeleton: str = "coco-17") -> list[int]:
    """Images with one person each, the first ones labelled; the ids of the persons."""
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton(skeleton))
        for number, content in enumerate(frames):
            sha256 = files.put(content, ".png")
            label = STICK if number < labelled else None
            person = NewPerson(Box(59.5, 59.5, 80.0, 80.0), label)
            images.add_image(tx, NewImage(sha256, f"{number}.png", 200, 200, "hall", number), [person])
        (camera,) = cameras.list_cameras(tx)
        cameras.set_plain(tx, camera.id)
        return [person.id for person in persons.list_persons(tx)]


def test_every_open_person_gets_a_prediction_where_the_image_shows_them(
    store: Store, files: ImageFiles, model: PoseModel
) -> None:
    labelled, first, second = fill(store, files, frame((120, 90)), frame((121, 93)), frame((110, 110)), labelled=1)
    told: list[tuple[int, int]] = []
    report = prelabel(store, files, model, progress=lambda done, total: told.append((done, total)))
    assert (report.model, report.layout, report.persons, report.predicted, report.known) == ("dots", "movenet", 2, 2, 0)
    assert told == [(0, 3), (2, 3), (2, 3), (3, 3)]
    assert (report.validation, report.decided) == (0, 1)
    with store.reading() as tx:
        found = predictions.imported(tx, [labelled, first, second])
        scores = predictions.imported_scores(tx, [labelled, first, second])
    assert set(found) == set(scores) == {labelled, first, second}
    assert found[first].round_number is None
    assert found[first].prediction.network == "dots"
    assert np.abs(found[first].prediction.xy[LEFT_KNEE] - (121, 93)).max() < 2.5
    assert found[first].prediction.confidence[LEFT_ELBOW] == 0, "no green in the image"
    assert not any("left elbow" in flag.reason for flag in scores[first].flags), "what nobody can see is no work"


def test_everybody_else_is_predicted_after_the_open_ones_and_counted_apart(
    sqlite_store: Store, files: ImageFiles, model: PoseModel
) -> None:
    labelled, waiting = fill(sqlite_store, files, frame((120, 90)), frame((121, 93)), labelled=1)
    box = Box(59.5, 59.5, 80.0, 80.0)
    held_out = NewImage(files.put(frame((90, 90)), ".png"), "v.png", 200, 200, "hall", 9, "validation")
    with sqlite_store.transaction() as tx:
        images.add_image(tx, held_out, [NewPerson(box), NewPerson(box, STICK), NewPerson(box, extra={"iscrowd": 1})])
        _, _, blind, measured, crowd = (person.id for person in persons.list_persons(tx))
    report = prelabel(sqlite_store, files, model)
    assert (report.persons, report.predicted, report.validation, report.decided) == (1, 1, 2, 1)
    again = prelabel(sqlite_store, files, model)
    assert (again.predicted, again.known, again.validation, again.decided) == (0, 1, 0, 0)
    with sqlite_store.reading() as tx:
        found = predictions.imported(tx, [labelled, waiting, blind, measured, crowd])
    assert sorted(found, key=lambda i: found[i].id) == [waiting, blind, measured, labelled]


def test_nobody_sees_what_a_model_says_of_a_validation_person_without_a_label(
    sqlite_store: Store, files: ImageFiles, model: PoseModel, add_account: Callable
) -> None:
    fill(sqlite_store, files, frame((121, 93)))
    held_out = NewImage(files.put(frame((90, 90)), ".png"), "v.png", 200, 200, "hall", 9, "validation")
    with sqlite_store.transaction() as tx:
        image, _ = images.add_image(tx, held_out, [NewPerson(Box(59.5, 59.5, 80.0, 80.0))])
    prelabel(sqlite_store, files, model)
    lead = add_account(sqlite_store, "lea", "lead")
    (person,) = tasks.look_at(sqlite_store, lead, image.id, lease_s=60).persons
    assert (person.start.source, person.starts, person.flags, person.score) == ("empty", [], [], None)


def test_a_run_again_predicts_nobody_twice_and_another_model_everybody(
    sqlite_store: Store, files: ImageFiles, model: PoseModel
) -> None:
    (person,) = fill(sqlite_store, files, frame((120, 90)))
    prelabel(sqlite_store, files, model)
    again = prelabel(sqlite_store, files, model)
    assert (again.predicted, again.known) == (0, 1)
    other = prelabel(sqlite_store, files, PoseModel(movenet(64), name="smaller"))
    assert (other.predicted, other.known) == (1, 0)
    with sqlite_store.reading() as tx:
        assert predictions.imported(tx, [person])[person].prediction.network == "smaller"


def test_a_lens_that_changed_is_another_crop(sqlite_store: Store, files: ImageFiles, model: PoseModel) -> None:
    fill(sqlite_store, files, frame((120, 90)))
    prelabel(sqlite_store, files, model)
    with sqlite_store.transaction() as tx:
        (camera,) = cameras.list_cameras(tx)
        cameras.set_lens(tx, camera.id, MeasuredLens(LensCircle(20.0, 90.0, 90.0), 200, 200))
    assert prelabel(sqlite_store, files, model).predicted == 1


class BreaksOff(PoseModel):
    """A model that stops answering once it saw all copies of one person."""

    runs_left = len(COPIES)

    def run(self, crops: np.ndarray) -> np.ndarray:
        self.runs_left -= 1
        if self.runs_left < 0:
            raise KeyboardInterrupt
        return super().run(crops)


def test_a_run_that_broke_off_goes_on_where_it_stopped(
    sqlite_store: Store, files: ImageFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pool.prelabelling.PERSONS_A_BATCH", 1)
    fill(sqlite_store, files, *(frame((100 + i, 90)) for i in range(3)))
    with pytest.raises(KeyboardInterrupt):
        prelabel(sqlite_store, files, BreaksOff(movenet(92), name="dots"))
    report = prelabel(sqlite_store, files, PoseModel(movenet(92), name="dots"))
    assert (report.known, report.predicted) == (1, 2)


def test_the_editor_starts_from_it_with_its_flags_and_name(
    store: Store, files: ImageFiles, model: PoseModel, add_account: Callable
) -> None:
    fill(store, files, frame((121, 93)))
    prelabel(store, files, model)
    task = tasks.next_task(store, add_account(store), exclude=(), lease_s=60)
    assert task is not None and task.round is None
    (person,) = task.persons
    assert (person.start.source, person.start.model) == ("model", "dots")
    x, y, visibility = person.start.xyv[LEFT_KNEE]
    assert abs(x - 121) < 2.5 and abs(y - 93) < 2.5 and visibility == 2
    assert person.start.xyv[LEFT_ELBOW][2] == 0, "no green in the image: the model saw nothing of the arms"
    assert person.score is not None and person.ghosts == {}


def test_keypoints_that_the_model_does_not_know_are_left_to_the_annotator(
    sqlite_store: Store, files: ImageFiles, model: PoseModel, add_account: Callable
) -> None:
    fill(sqlite_store, files, frame((121, 93)), skeleton="wepdtof-14")
    report = prelabel(sqlite_store, files, model)
    assert report.unknown_keypoints == ("head_top", "neck")
    task = tasks.next_task(sqlite_store, add_account(sqlite_store), exclude=(), lease_s=60)
    assert task is not None
    assert [task.persons[0].start.xyv[k][2] for k in (12, 13)] == [0, 0]


def test_an_image_that_cannot_be_read_is_named_and_the_rest_predicted(
    sqlite_store: Store, files: ImageFiles, model: PoseModel
) -> None:
    fill(sqlite_store, files, b"no image", frame((121, 93)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.pool.prelabelling.rank_before_rounds", lambda *_: None)  # it reads that image as well
        report = prelabel(sqlite_store, files, model)
    assert report.predicted == 1
    assert "image '0.png'" in report.complaints[0] and "Left without predictions" in report.complaints[0]


def test_the_export_names_the_model(sqlite_store: Store, files: ImageFiles, model: PoseModel) -> None:
    fill(sqlite_store, files, frame((121, 93)))
    prelabel(sqlite_store, files, model)
    (told,) = export_coco(sqlite_store, with_predictions=True)["predictions"]
    assert (told["network"], told["round"], told["source"]) == ("dots", None, "prediction")


def test_the_queue_tells_why_and_a_later_import_keeps_that(
    sqlite_store: Store, files: ImageFiles, model: PoseModel, tmp_path: Path
) -> None:
    fill(sqlite_store, files, frame((121, 93)), frame((90, 90), (110, 110)))
    prelabel(sqlite_store, files, model)
    more = tmp_path / "more"
    more.mkdir()
    (more / "later.png").write_bytes(frame((30, 30)))
    import_folder(sqlite_store, files, images_dir=more)
    with sqlite_store.reading() as tx:
        items = queue.listing(tx, limit=10, now=utc_now())
    assert len(items) == 3
    reasons = {item.image.file_name: item.reasons[0] for item in items}
    assert "unsure" in reasons["0.png"] or "copy" in reasons["0.png"] or "copies" in reasons["0.png"]
    assert "unlike" in reasons["later.png"] or "random" in reasons["later.png"]


def test_a_file_that_is_no_pose_model_is_refused_before_anything_happens(tmp_path: Path) -> None:
    path = tmp_path / "ten.onnx"
    path.write_bytes(classifier())
    with pytest.raises(PrelabellingFailed, match="no pose model of a known layout"):
        open_model(path)
    with pytest.raises(PrelabellingFailed, match="wanted an ONNX file"):
        open_model(tmp_path / "weights.pth")
