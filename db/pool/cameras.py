"""Cameras and their lens circles: assumed, found in their frames, or set by a person, whose word stays."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.convert import camera_record, lens_columns
from db.errors import InvalidDecision, NotFound
from db.records import CameraRecord, LensSource, MeasuredLens
from db.schema import CameraRow

LARGEST_RADIUS = 4.0
"""Of the frame's longer side: beyond, a circle is a slip of the keyboard."""


def list_cameras(tx: Session) -> list[CameraRecord]:
    """Every camera, by name."""
    query = select(CameraRow).order_by(CameraRow.name, CameraRow.id).execution_options(populate_existing=True)
    return [camera_record(row) for row in tx.scalars(query)]


def get_camera(tx: Session, camera_id: int) -> CameraRecord:
    """One camera. Raises NotFound."""
    return camera_record(_found(tx.get(CameraRow, camera_id, populate_existing=True), camera_id))


def set_lens(tx: Session, camera_id: int, lens: MeasuredLens) -> CameraRecord:
    """A person says where the circle lies. Raises NotFound, or InvalidDecision for a circle that cannot be meant."""
    circle, longer = lens.circle, max(lens.width, lens.height)
    inside = -0.5 <= circle.x <= lens.width - 0.5 and -0.5 <= circle.y <= lens.height - 0.5
    if not inside or not 1 <= circle.radius <= LARGEST_RADIUS * longer:
        raise InvalidDecision(
            f"the circle has its centre at ({circle.x:.0f}, {circle.y:.0f}) and a radius of {circle.radius:.0f} px; "
            f"wanted a centre inside the frame, {lens.width} x {lens.height} px, and a radius from 1 to "
            f"{LARGEST_RADIUS * longer:.0f} px. Correct the numbers, or say that the camera is no fisheye."
        )
    return _keep(tx, _row(tx, camera_id), lens, source="set", is_fisheye=True)


def set_plain(tx: Session, camera_id: int) -> CameraRecord:
    """A person says that the camera is no fisheye: its images are upright as they are. Raises NotFound."""
    return _keep(tx, _row(tx, camera_id), None, source="set", is_fisheye=False)


def keep_found(tx: Session, camera_id: int, lens: MeasuredLens) -> CameraRecord:
    """The circle as its frames show it, unless a person said something else. Raises NotFound."""
    row = _row(tx, camera_id)
    if row.lens_source == "set":
        return camera_record(row)
    return _keep(tx, row, lens, source="found", is_fisheye=True)


def forget_lens(tx: Session, camera_id: int) -> CameraRecord:
    """Back to what is assumed of every camera; finding may follow. Raises NotFound."""
    return _keep(tx, _row(tx, camera_id), None, source="assumed", is_fisheye=True)


def _row(tx: Session, camera_id: int) -> CameraRow:
    """The camera, held until the transaction ends."""
    return _found(tx.get(CameraRow, camera_id, populate_existing=True, with_for_update=True), camera_id)


def _found(row: CameraRow | None, camera_id: int) -> CameraRow:
    if row is None:
        raise NotFound(f"there is no camera {camera_id}; wanted one of this home. Reload the page.")
    return row


def _keep(
    tx: Session, row: CameraRow, lens: MeasuredLens | None, *, source: LensSource, is_fisheye: bool
) -> CameraRecord:
    for column, value in lens_columns(lens).items():
        setattr(row, column, value)
    row.lens_source, row.is_fisheye = source, is_fisheye
    tx.flush()
    return camera_record(row)
