"""The contact sheet's routes, and thumbs that are cut when they are asked for."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from fastapi import FastAPI, Request, Response

from app.contract.sheet import SheetPayload
from app.home.image_files import ImageFiles
from app.home.settings import read_settings
from app.sheet import page as contact_sheet
from app.sheet.thumbs import THUMB_PX, thumb_name
from app.web.opened import OpenHome
from app.web.routes.sheet import sheet_routes
from db.clock import utc_now
from db.errors import NotFound
from db.labelling import labels
from db.labelling.sheet import SheetFilter, Show
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import Decision, ImageRecord, NewImage, NewPerson, SessionRecord, UserRecord
from db.store.session import Store
from sspcm.pose import Box, Label
from sspcm.skeletons.skeleton import get_skeleton

BOX = Box(40.0, 60.0, 40.0, 80.0)
ENDS = datetime(2030, 5, 1, tzinfo=UTC)


@pytest.fixture
def ann(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "ann")


def page(store: Store, user: UserRecord, *, show: Show = "open") -> SheetPayload:
    return contact_sheet.page(store, user, SheetFilter(show=show), after=None, limit=60)


@pytest.fixture
def ask(sqlite_store: Store, tmp_path: Path, ann: UserRecord) -> Callable[[str], httpx.Response]:
    """What the routes answer ann, who came through the guard."""
    return asking(sqlite_store, tmp_path, ann)


def asking(store: Store, home: Path, user: UserRecord) -> Callable[[str], httpx.Response]:
    app = FastAPI()
    app.include_router(sheet_routes(OpenHome.of(read_settings(home, {}), store)))

    @app.middleware("http")
    async def signed_in(request: Request, call_next: Any) -> Response:
        request.scope["state"] = {"session": SessionRecord(user, "token", ENDS, ENDS)}
        answered: Response = await call_next(request)
        return answered

    def get(path: str) -> httpx.Response:
        async def request() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://home") as client:
                return await client.get(path)

        return asyncio.run(request())

    return get


def add_frame(store: Store, home: Path, *boxes: Box) -> ImageRecord:
    """A white frame of 640 x 480 px with these persons."""
    _, content = cv2.imencode(".png", np.full((480, 640, 3), 255, np.uint8))
    sha256 = ImageFiles(home).put(content.tobytes(), ".png")
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        new = NewImage(sha256, "frame.png", 640, 480, "hall", 0)
        return images.add_image(tx, new, [NewPerson(box) for box in boxes])[0]


def test_the_routes_answer_with_pages_and_choices(
    sqlite_store: Store, add_people: Callable[..., list[ImageRecord]], ask: Callable[[str], httpx.Response]
) -> None:
    (_, yard) = (add_people(sqlite_store, count=2), add_people(sqlite_store, camera="yard"))
    told = ask(f"/api/sheet?show=all&camera={yard[0].camera.id}&search=%20.JPG&limit=5").json()
    assert [person["image_id"] for person in told["persons"]] == [yard[0].id]
    assert set(told) == {"persons", "next", "total", "cameras"}
    choices = ask("/api/sheet/filters").json()
    assert [camera["name"] for camera in choices["cameras"]] == ["hall", "yard"]
    assert choices["skeleton"]["keypoints"][0] == "nose"
    assert choices["thumb_px"] == THUMB_PX
    for wrong in ("show=blind", "limit=0", "limit=201", "camera=x", "keypoint=-1", f"search={'x' * 201}", "search=%00"):
        assert ask(f"/api/sheet?{wrong}").status_code == 422, wrong


def test_nothing_tells_the_blind_share(
    sqlite_store: Store, add_people: Callable[..., list[ImageRecord]], ask: Callable[[str], httpx.Response]
) -> None:
    add_people(sqlite_store)
    assert "blind" not in ask("/api/sheet").text + ask("/api/sheet/filters").text


def test_a_thumb_is_cut_when_it_is_asked_for_with_all_of_its_image(
    sqlite_store: Store, tmp_path: Path, ann: UserRecord, ask: Callable[[str], httpx.Response]
) -> None:
    add_frame(sqlite_store, tmp_path, BOX, Box(300.0, 200.0, 40.0, 80.0))
    one, two = (person.thumb for person in page(sqlite_store, ann).persons)
    answered = ask(one)
    assert (answered.status_code, answered.headers["content-type"]) == (200, "image/jpeg")
    assert answered.headers["cache-control"] == "private, max-age=31536000, immutable"
    picture = cv2.imdecode(np.frombuffer(answered.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (THUMB_PX, THUMB_PX, 3)
    assert picture[96, 96].min() > 250  # the frame is white
    assert len(list((tmp_path / "thumbs").glob("*/*.jpg"))) == 2
    assert (ask(one).content, ask(two).status_code) == (answered.content, 200)


def test_a_thumb_of_another_box_or_of_nobody_is_not_there(
    sqlite_store: Store, tmp_path: Path, ann: UserRecord, ask: Callable[[str], httpx.Response]
) -> None:
    add_frame(sqlite_store, tmp_path, BOX)
    (person,) = page(sqlite_store, ann).persons
    with pytest.raises(NotFound, match="another box"):
        ask(f"/thumb/{person.id}/{'0' * 16}.jpg")
    with pytest.raises(NotFound, match="no person 99"):
        ask(person.thumb.replace(f"/{person.id}/", "/99/"))
    with sqlite_store.transaction() as tx:
        moved = Decision("1", "not_a_person", person.id, 0, ann, box=Box(50.0, 60.0, 40.0, 80.0))
        labels.decide(tx, moved, now=utc_now())
    with pytest.raises(NotFound, match="another box"):
        ask(person.thumb)
    (now,) = page(sqlite_store, ann, show="all").persons
    assert now.thumb != person.thumb
    assert ask(now.thumb).status_code == 200


def test_an_image_whose_file_is_gone_is_told(
    sqlite_store: Store,
    add_people: Callable[..., list[ImageRecord]],
    ann: UserRecord,
    ask: Callable[[str], httpx.Response],
) -> None:
    add_people(sqlite_store)
    (person,) = page(sqlite_store, ann).persons
    with pytest.raises(NotFound, match="restore images/"):
        ask(person.thumb)


def test_leads_alone_get_thumbs_of_validation_people_who_came_labelled(
    sqlite_store: Store, tmp_path: Path, add_account: Callable[..., UserRecord], make_label: Callable[..., Label],
    ask: Callable[[str], httpx.Response],
) -> None:  # fmt: skip
    frame = add_frame(sqlite_store, tmp_path, BOX)
    new = NewImage(frame.sha256, "held out.png", 640, 480, "hall", 1, "validation")
    with sqlite_store.transaction() as tx:
        image, _ = images.add_image(tx, new, [NewPerson(BOX, make_label(x=50.0))])
        (person,) = list_persons(tx, image_id=image.id)
    address = f"/thumb/{person.id}/{thumb_name(image, BOX)}.jpg"
    with pytest.raises(NotFound, match="wanted one of the train images"):
        ask(address)
    assert asking(sqlite_store, tmp_path, add_account(sqlite_store, "lea", "lead"))(address).status_code == 200
