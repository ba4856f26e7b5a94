"""Every camera with its lens, for the page that shows and sets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.cameras.lenses import lens_of, of_one_size
from app.contract.cameras import LensMessage
from db.errors import InvalidDecision, NoProject, NotFound
from db.pool import cameras, images
from db.records import CameraRecord, ImageRecord, MeasuredLens
from db.store.session import Store
from sspcm.fisheye import LensCircle


@dataclass(frozen=True)
class ShownCamera:
    """A camera, how many images it has, and one of them to show its circle on; None without images."""

    camera: CameraRecord
    images: int
    frame: ImageRecord | None

    @property
    def lens(self) -> LensCircle | None:
        """The circle in the shown frame's pixels."""
        return lens_of(self.frame) if self.frame else None


def list_shown(store: Store) -> list[ShownCamera]:
    """Every camera by name, each with the frame in the middle of those of its most frequent size."""
    with store.reading() as tx:
        by_camera: dict[int, list[ImageRecord]] = {}
        for image in images.list_images(tx):
            by_camera.setdefault(image.camera.id, []).append(image)
        return [_shown(camera, by_camera.get(camera.id, [])) for camera in cameras.list_cameras(tx)]


def show(tx: Session, camera_id: int) -> ShownCamera:
    """One camera as the page shows it. Raises NotFound."""
    return _shown(cameras.get_camera(tx, camera_id), images.list_images(tx, camera_id=camera_id))


def named(store: Store, name: str) -> ShownCamera:
    """The camera of that name. Raises NotFound."""
    known = list_shown(store)
    found = next((shown for shown in known if shown.camera.name == name), None)
    if found is None:
        if not known:
            raise NoProject(f"there is no camera '{name}' and no other: nothing was imported yet. Import images first.")
        names = ", ".join(shown.camera.name for shown in known[:20])
        raise NotFound(f"there is no camera '{name}' (there are: {names}). Name one of these.")
    return found


def save_lens(store: Store, camera_id: int, message: LensMessage) -> ShownCamera:
    """A lead's word about a camera: the circle in one of its frames, or none. Raises NotFound and InvalidDecision."""
    with store.transaction() as tx:
        image = images.get_image(tx, message.image_id)
        if image.camera.id != camera_id:
            raise InvalidDecision(
                f"image {image.id} belongs to camera '{image.camera.name}'; wanted one of camera {camera_id}. "
                "Reload the page."
            )
        if message.lens is None:
            cameras.set_plain(tx, camera_id)
        else:
            circle = LensCircle(message.lens.x, message.lens.y, message.lens.radius)
            cameras.set_lens(tx, camera_id, MeasuredLens(circle, image.width, image.height))
        return show(tx, camera_id)


def _shown(camera: CameraRecord, frames: Sequence[ImageRecord]) -> ShownCamera:
    alike = of_one_size(frames)
    return ShownCamera(camera, len(frames), alike[len(alike) // 2] if alike else None)


def camera_json(shown: ShownCamera) -> dict[str, Any]:
    """A camera as programs and the page see it; the circle is in the shown frame's pixels."""
    camera, frame = shown.camera, shown.frame
    return {
        "id": camera.id,
        "name": camera.name,
        "images": shown.images,
        "is_fisheye": camera.is_fisheye,
        "source": camera.lens_source,
        "lens": circle_json(shown.lens),
        "arc_degrees": camera.lens.arc_degrees if camera.lens else None,
        "frame": frame and {**_size_json(frame), "url": f"/img/{frame.id}/{frame.sha256}"},
    }


def _size_json(frame: ImageRecord) -> dict[str, Any]:
    return {"id": frame.id, "file_name": frame.file_name, "width": frame.width, "height": frame.height}


def circle_json(lens: LensCircle | None) -> dict[str, float] | None:
    """A circle as plain data."""
    return {"x": lens.x, "y": lens.y, "radius": lens.radius} if lens else None
