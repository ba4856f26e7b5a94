"""Cameras and their lens circles."""

import argparse
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.contract.cameras import CirclePayload
    from app.home.settings import Settings
    from db.store.session import Store


def add_camera(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `camera ...`."""
    actions = group(several, "camera", help="cameras and their lens circles")
    add_json(
        command(actions, "list", example="camera list", help="every camera, its circle and who says so"),
        run=camera_list,
        name="camera list",
    )
    change = command(
        actions,
        "set",
        example="camera set hall --lens 320,240,235",
        help="say where a camera's lens circle lies; a person's word is kept",
    )
    change.add_argument("name", metavar="NAME", help="as `camera list` has it")
    word = change.add_mutually_exclusive_group(required=True)
    word.add_argument("--lens", type=_lens, metavar="X,Y,RADIUS", help="in px of the frame that `camera list` names")
    word.add_argument("--plain", action="store_true", help="no fisheye: its images are upright as they are")
    word.add_argument("--find", action="store_true", help="look for the circle in its frames again")
    add_json(change, run=camera_set, name="camera set")


def _lens(text: str) -> tuple[float, float, float]:
    try:
        x, y, radius = (float(part) for part in text.split(","))
        if not (math.isfinite(x) and math.isfinite(y) and 0 < radius < math.inf):
            raise ValueError(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no X,Y,RADIUS; give three numbers in px, as in 320,240,235"
        ) from None
    return x, y, radius


def camera_list(settings: "Settings", options: argparse.Namespace) -> int:
    """Every camera and its lens circle."""
    from app.cameras.shown import camera_json, list_shown
    from app.cli.store import import_first, known_store

    with known_store(settings) as store:
        shown = [camera_json(camera) for camera in list_shown(store)]

    def plain() -> Iterator[str]:
        if not shown:
            yield f"No camera yet: nothing was imported. {import_first(settings.home)}"
        yield from map(_tell_camera, shown)

    answer({"cameras": shown}, as_json=options.json, plain=plain)
    return 0


def camera_set(settings: "Settings", options: argparse.Namespace) -> int:
    """A person's word about one camera, or its circle looked for again."""
    from app.cameras.shown import camera_json, named, save_lens
    from app.cli.store import CommandError, known_store
    from app.contract.cameras import LensMessage

    with known_store(settings) as store:
        camera = named(store, options.name)
        if camera.frame is None:
            raise CommandError(
                f"camera '{options.name}' has no image; its circle lies in one. Import its frames first."
            )
        if options.find:
            _find_camera(store, settings, camera.camera.id)
        else:
            save_lens(store, camera.camera.id, LensMessage(image_id=camera.frame.id, lens=_circle(options.lens)))
        shown = camera_json(named(store, options.name))
    answer(shown, as_json=options.json, plain=lambda: iter([_tell_camera(shown)]))
    return 0


def _find_camera(store: "Store", settings: "Settings", camera_id: int) -> None:
    """Give the camera back to finding; without a rim in its frames everything stays as it was."""
    from app.cameras.finding import find_camera_lens
    from app.cli.store import CommandError
    from app.home.image_files import ImageFiles
    from db.pool import cameras, images

    with store.reading() as tx:
        frames = images.list_images(tx, camera_id=camera_id)
    found = find_camera_lens(ImageFiles(settings.home), frames)
    if found is None:
        raise CommandError(
            "no rim is to be seen in its frames; nothing was changed. Give the circle with --lens, or say --plain."
        )
    with store.transaction() as tx:
        cameras.forget_lens(tx, camera_id)
        cameras.keep_found(tx, camera_id, found)


def _circle(numbers: tuple[float, float, float] | None) -> "CirclePayload | None":
    from app.contract.cameras import CirclePayload

    return CirclePayload(x=numbers[0], y=numbers[1], radius=numbers[2]) if numbers else None


def _tell_camera(shown: Mapping[str, Any]) -> str:
    lens = shown["lens"]
    where = f"x {lens['x']:.1f}  y {lens['y']:.1f}  radius {lens['radius']:.1f} px" if lens else "no fisheye"
    frame = shown["frame"]
    size = f"in {frame['width']} x {frame['height']}" if frame else ""
    return f"{shown['source']:<8} {where:<46} {size:<16} {shown['images']:>6} images  {shown['name']}"
