"""Cameras keep their lens and who said so; a person's word stays."""

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from db.errors import InvalidDecision, NotFound
from db.pool import cameras, images
from db.records import MeasuredLens
from db.store.migrating import alembic_config
from db.store.session import migrate, open_store
from sspcm.fisheye import LensCircle

FOUND = MeasuredLens(LensCircle(320.0, 240.0, 230.5), 640, 480, arc_degrees=300.0)
GIVEN = MeasuredLens(LensCircle(300.0, 250.0, 200.0), 640, 480)


def test_a_camera_starts_as_a_fisheye_nobody_measured(store, add_people):
    camera = add_people(store)[0].camera
    assert (camera.lens, camera.lens_source, camera.is_fisheye) == (None, "assumed", True)


def test_what_was_found_is_kept_and_may_be_found_better(store, add_people):
    camera = add_people(store)[0].camera
    with store.transaction() as tx:
        assert cameras.keep_found(tx, camera.id, GIVEN).lens == GIVEN
        cameras.keep_found(tx, camera.id, FOUND)
    with store.reading() as tx:
        (image,) = images.list_images(tx)
        assert (image.camera.lens, image.camera.lens_source) == (FOUND, "found")
        assert cameras.get_camera(tx, camera.id) == image.camera


def test_a_persons_word_is_never_overwritten_by_finding(store, add_people):
    camera = add_people(store)[0].camera
    with store.transaction() as tx:
        cameras.set_lens(tx, camera.id, GIVEN)
        assert cameras.keep_found(tx, camera.id, FOUND).lens == GIVEN
        plain = cameras.set_plain(tx, camera.id)
        assert (plain.lens, plain.is_fisheye, plain.lens_source) == (None, False, "set")
        assert not cameras.keep_found(tx, camera.id, FOUND).is_fisheye
        assert cameras.forget_lens(tx, camera.id).lens_source == "assumed"
        assert cameras.keep_found(tx, camera.id, FOUND).lens == FOUND


def test_cameras_come_by_name(store, add_people):
    for name in ("yard", "hall"):
        add_people(store, camera=name)
    with store.reading() as tx:
        assert [camera.name for camera in cameras.list_cameras(tx)] == ["hall", "yard"]


@pytest.mark.parametrize("circle", [(700, 240, 200), (320, -1, 200), (320, 240, 0.5), (320, 240, 9000)])
def test_a_circle_that_cannot_be_meant_is_refused_and_changes_nothing(store, add_people, circle):
    camera = add_people(store)[0].camera
    with pytest.raises(InvalidDecision, match="640 x 480"), store.transaction() as tx:
        cameras.set_lens(tx, camera.id, MeasuredLens(LensCircle(*circle), 640, 480))
    with store.reading() as tx:
        assert cameras.get_camera(tx, camera.id).lens_source == "assumed"


def test_a_camera_that_is_not_there_is_named(store):
    with store.transaction() as tx, pytest.raises(NotFound, match="no camera 99"):
        cameras.set_plain(tx, 99)


def test_an_old_home_keeps_its_images_and_its_circles(empty_url, tmp_path):
    (tmp_path / "new" / "home").mkdir(parents=True)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(
            text("INSERT INTO cameras VALUES (1, 'hall', 300.0, 250.0, 200.0), (2, 'yard', NULL, NULL, NULL)")
        )
        row = "(:id, :sha, :name, 640, 480, :camera, 0, 'train', true, NULL, '{}')"
        for camera in (1, 2):
            values = {"id": camera, "sha": str(camera) * 64, "name": f"{camera}.jpg", "camera": camera}
            connection.execute(text(f"INSERT INTO images VALUES {row}"), values)
    engine.dispose()

    migrate(empty_url, copies=tmp_path)

    store = open_store(empty_url)
    with store.reading() as tx:
        hall, yard = (image.camera for image in images.list_images(tx))
    store.close()
    assert (hall.lens, hall.lens_source, hall.is_fisheye) == (GIVEN, "set", True)
    assert (yard.lens, yard.lens_source, yard.is_fisheye) == (None, "assumed", True)
