"""Every camera with its lens, and a lead's word about it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.cameras.lenses import lens_of
from app.cameras.shown import camera_json, list_shown, named, save_lens
from app.contract.cameras import CirclePayload, LensMessage
from db.errors import InvalidDecision, NotFound
from db.pool import cameras, images
from db.records import ImageRecord, MeasuredLens
from db.store.session import Store
from sspcm.fisheye import LensCircle

AddPeople = Callable[..., list[ImageRecord]]


def test_a_leads_circle_is_kept_in_the_frame_it_was_drawn_on(sqlite_store: Store, add_people: AddPeople) -> None:
    (first, *_) = add_people(sqlite_store, count=3)
    drawn = LensMessage(image_id=first.id, lens=CirclePayload(x=300, y=250, radius=200))
    shown = camera_json(save_lens(sqlite_store, first.camera.id, drawn))
    assert (shown["source"], shown["lens"], shown["images"]) == ("set", {"x": 300, "y": 250, "radius": 200}, 3)
    assert shown["frame"]["file_name"] == "0001.jpg"
    plain = save_lens(sqlite_store, first.camera.id, LensMessage(image_id=first.id, lens=None))
    assert (plain.lens, camera_json(plain)["is_fisheye"]) == (None, False)


def test_a_circle_on_another_cameras_image_is_refused(sqlite_store: Store, add_people: AddPeople) -> None:
    (hall,), (yard,) = add_people(sqlite_store, camera="hall"), add_people(sqlite_store, camera="yard")
    with pytest.raises(InvalidDecision, match="belongs to camera 'yard'"):
        save_lens(sqlite_store, hall.camera.id, LensMessage(image_id=yard.id, lens=None))


def test_cameras_are_named_or_refused_with_those_there_are(sqlite_store: Store, add_people: AddPeople) -> None:
    add_people(sqlite_store, camera="hall")
    assert named(sqlite_store, "hall").camera.name == "hall"
    with pytest.raises(NotFound, match=r"there are: hall"):
        named(sqlite_store, "yard")


def test_every_camera_is_shown_also_one_whose_circle_was_found(sqlite_store: Store, add_people: AddPeople) -> None:
    (hall,), (_yard,) = add_people(sqlite_store, camera="hall"), add_people(sqlite_store, camera="yard")
    found = MeasuredLens(LensCircle(310.0, 240.0, 230.0), 640, 480, arc_degrees=200.0)
    with sqlite_store.transaction() as tx:
        cameras.keep_found(tx, hall.camera.id, found)
        assert lens_of(images.get_image(tx, hall.id)) == found.circle
    first, second = list_shown(sqlite_store)
    told: list[Any] = [first.camera, camera_json(first)["arc_degrees"], second.camera.lens_source]
    assert told == [replace(hall.camera, lens=found, lens_source="found"), 200.0, "assumed"]
