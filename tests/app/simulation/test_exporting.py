"""The file that plays the annotator: exactly the labelled people, where their images are, in groups that stay whole."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.simulation.exporting import export_labelled, groups_of
from app.simulation.folder import LABELS_FILE
from app.simulation.planning import NotEnough
from db.pool import cameras, images
from db.pool.persons import list_persons
from db.records import CameraRecord, ImageRecord, NewImage, NewPerson
from db.store.session import Store
from sspcm.pose import Box
from sspcm.simulation.people import read_everybody
from tests.app.simulation.simulated_home import label


def frames(camera: str, count: int, first: int = 0) -> list[ImageRecord]:
    known = CameraRecord(1, camera)
    return [
        ImageRecord(first + i, "ab" * 32, f"{i}.jpg", 640, 480, known, i, "train", False, None, {})
        for i in range(count)
    ]


def test_the_command_reads_exactly_the_labelled_people_with_their_images_and_lenses(
    ready: Store, settings: Settings, make_label: Callable[..., Any], tmp_path: Path
) -> None:
    files = ImageFiles(settings.home)
    turned = Box(100.0, 120.0, 60.0, 90.0, 25.0)
    picture = cv2.imencode(".png", np.zeros((480, 640, 3), np.uint8))[1].tobytes()
    with ready.transaction() as tx:
        persons = [NewPerson(turned, make_label(x=99.0), area=1234.0), NewPerson(Box(1, 1, 50, 50))]
        images.add_image(tx, NewImage(files.put(picture, ".png"), "t.png", 640, 480, "hall", 999), persons)
    plan = export_labelled(ready, files, tmp_path)
    assert (plan.labelled, plan.people, plan.plain, plan.left_out) == (121, 121, False, 0)
    everybody = read_everybody(tmp_path / LABELS_FILE, files.folder, plain=False)
    with ready.reading() as tx:
        labelled = [one for one in list_persons(tx) if one.label is not None]
    assert [one.id for one in everybody.persons] == [one.id for one in labelled]
    for told, one in zip(everybody.persons, labelled, strict=True):
        assert one.label is not None and told.label is not None
        assert np.array_equal(told.label.xyv, one.label.xyv) and told.area == one.oks_area
        assert told.image.path.is_file()
    assert everybody.persons[-1].box == turned
    assert everybody.lens(0) is not None
    assert len(set(everybody.group.tolist())) == 24


def test_people_of_the_rarer_kind_of_camera_are_left_out_and_counted(
    ready: Store, settings: Settings, make_label: Callable[..., Any], tmp_path: Path
) -> None:
    label(ready, settings.home, make_label, 30, camera="street")
    with ready.transaction() as tx:
        street = next(one.camera for one in images.list_images(tx) if one.camera.name == "street")
        cameras.set_plain(tx, street.id)
    plan = export_labelled(ready, ImageFiles(settings.home), tmp_path)
    assert (plan.labelled, plan.left_out, plan.plain) == (120, 30, False)


def test_too_few_are_told(sqlite_store: Store, settings: Settings, add_people: Any, tmp_path: Path) -> None:
    add_people(sqlite_store, count=7, labelled=True)
    with pytest.raises(NotEnough, match="7 people are labelled; wanted 100"):
        export_labelled(sqlite_store, ImageFiles(settings.home), tmp_path)


def test_small_cameras_stay_whole_and_large_ones_are_cut_into_stretches_of_frames() -> None:
    small = [image for i in range(20) for image in frames(f"camera{i}", 5, first=10 * i)]
    assert len(set(groups_of(small).values())) == 20
    one = groups_of(frames("hall", 240))
    assert sorted(Counter(one.values()).values()) == [10] * 24
    assert all(len({one[i] for i in range(first, first + 10)}) == 1 for first in range(0, 240, 10)), "frames on end"
    mixed = groups_of(frames("hall", 95) + frames("yard", 5, first=500))
    assert len({mixed[i] for i in range(500, 505)}) == 1 and len(set(mixed.values())) > 20
    assert len(set(groups_of(frames("hall", 3)).values())) == 3
