"""Homes with enough labelled people and a pose model that can be trained, and simulations that take no time."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from db.clock import utc_now
from db.pool import images, project
from db.records import NewImage, NewPerson
from db.rounds.workers import Worker
from db.store.session import Store
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton
from tests.onnx_files import learning_movenet

WORKER = Worker("local", "here", 1, "1", utc_now())
STAND_IN = Path(__file__).parent / "stand_in_simulation.py"


def stand_in(pace: float = 0.0) -> tuple[str, ...]:
    """The command of a simulation that trains nothing. pace: seconds a row."""
    return (sys.executable, str(STAND_IN), str(pace))


def give_model(home: Path, folder: Path, content: bytes | None = None) -> str:
    """A pose model in the home; its SHA-256."""
    path = folder / "small.onnx"
    path.write_bytes(learning_movenet() if content is None else content)
    return ModelFiles(home).keep(path)


def label(store: Store, home: Path, make_label: Callable[..., Any], count: int, *, camera: str = "hall") -> None:
    """So many images of one labelled person each, of one camera."""
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        for number in range(count):
            sha256 = ImageFiles(home).put(f"{camera}{number}".encode(), ".jpg")
            person = NewPerson(Box(60, 60, 40, 80), make_label(x=60.0))
            images.add_image(tx, NewImage(sha256, f"{camera}-{number}.jpg", 640, 480, camera, number), [person])
