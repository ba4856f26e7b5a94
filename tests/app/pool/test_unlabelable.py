"""Who is too small or too dark is counted, skipped at once and taken back, in words that add up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.home.image_files import ImageFiles
from app.pool.looks import look_at
from app.pool.unlabelable import look, say_skipped, say_taken_back, skip_behind, take_back, told
from db.clock import utc_now
from db.labelling import queue
from db.labelling.skipping_all import REASON
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import NewImage, NewPerson, UserRecord
from db.store.session import Store
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton

SMALL, LARGE, AT_NIGHT = Box(10, 10, 20, 30), Box(5, 5, 60, 90), Box(110, 5, 60, 90)


@pytest.fixture
def lea(add_account: Callable[..., UserRecord], sqlite_store: Store) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


@pytest.fixture
def files(sqlite_store: Store, tmp_path: Path) -> ImageFiles:
    """A home with a large and a small person in one image, a small one alone, and one in the night."""
    files = ImageFiles(tmp_path)
    pixels = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    pixels[:, 100:] = 7
    sha256 = files.put(cv2.imencode(".png", pixels)[1].tobytes(), ".png")
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        for number, boxes in enumerate(([LARGE, SMALL], [SMALL], [AT_NIGHT])):
            image = NewImage(sha256, f"{number}.png", 200, 200, "hall", number)
            images.add_image(tx, image, [NewPerson(box) for box in boxes])
    with sqlite_store.reading() as tx:
        look_at(files, images.list_images(tx), list_persons(tx))  # as an import does
    return files


def test_they_are_counted_by_what_ails_them(sqlite_store: Store, files: ImageFiles) -> None:
    shown = told(look(sqlite_store, files))
    assert (shown.people, shown.small, shown.dark, shown.images, shown.held) == (3, 2, 1, 2, 0)
    assert shown.words == "3 people are too small or too dark to be labelled. They wait behind all others."
    assert shown.confirm.startswith("3 people (2 too small, 1 too dark) are skipped, as your decision, with the reason")
    assert REASON in shown.confirm and "2 images leave the queue." in shown.confirm
    assert (shown.skip, shown.take_back) == ("Skip them all", None)


def test_all_are_skipped_and_all_taken_back(sqlite_store: Store, files: ImageFiles, lea: UserRecord) -> None:
    assert say_skipped(skip_behind(sqlite_store, files, lea)) == "3 people skipped; 2 images left the queue."
    shown = told(look(sqlite_store, files))
    assert (shown.people, shown.skipped, shown.skip, shown.take_back) == (0, 3, None, "Take back all 3")
    assert shown.words == "Nobody who waits is too small or too dark to be labelled. 3 were skipped before."
    assert say_skipped(skip_behind(sqlite_store, files, lea)).startswith("Nobody was skipped")
    back = say_taken_back(take_back(sqlite_store, lea))
    assert back == "3 people to be labelled again; 2 images back in the queue."
    assert told(look(sqlite_store, files)).people == 3


def test_whom_somebody_works_on_is_left_out_and_told(sqlite_store: Store, files: ImageFiles, lea: UserRecord) -> None:
    with sqlite_store.transaction() as tx:
        queue.claim_image(tx, lea, 1, now=utc_now(), lease_s=60)
    shown = told(look(sqlite_store, files))
    assert (shown.people, shown.held, shown.images) == (2, 1, 2)
    assert shown.words.endswith("1 more are in images that somebody works on.")
    assert skip_behind(sqlite_store, files, lea).persons == 2


def test_an_empty_pool_has_nobody_like_that(sqlite_store: Store, tmp_path: Path, add_people: Any) -> None:
    add_people(sqlite_store, labelled=True)
    shown = told(look(sqlite_store, ImageFiles(tmp_path)))
    assert (shown.people, shown.skip, shown.take_back) == (0, None, None)
