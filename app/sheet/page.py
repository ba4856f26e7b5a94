"""The contact sheet's pages: who is on them, each with a thumb and their pose in its pixels."""

import numpy as np
from pydantic import BaseModel

from app.contract.labelling import FlagPayload
from app.dataset.skeletons import for_editor
from app.labelling.starts import best_start
from app.sheet.thumbs import THUMB_PX, thumb_matrix, thumb_name
from db.errors import InvalidDecision
from db.labelling import sheet
from db.labelling.sheet import Place, SheetFilter, SheetPerson
from db.pool import cameras, project
from db.records import UserRecord
from db.store.session import Store
from sspcm.geometry import apply


class SheetPosePayload(BaseModel):
    """K rows of x, y (px of the thumb), visibility."""

    xyv: list[list[float]]


class SheetPersonPayload(BaseModel):
    """A person of the contact sheet. Flags come worst first. pose: their label, else what a network says; null without.

    labelled_by: whose label counts; null without one. held_by: another annotator who has the image now.
    """

    id: int
    image_id: int
    file_name: str
    camera: str
    state: str
    score: float | None
    flags: list[FlagPayload]
    skip_reason: str | None
    labelled_by: str | None
    held_by: str | None
    thumb: str
    pose: SheetPosePayload | None


class CameraChoice(BaseModel):
    """A camera to choose."""

    id: int
    name: str


class SheetPayload(BaseModel):
    """A page of the contact sheet. next: what to ask for as `after`, null on the last page.

    total: of all pages, told on the first one and up to 1000; null otherwise. cameras: all there are, by name.
    """

    persons: list[SheetPersonPayload]
    next: str | None
    total: int | None
    cameras: list[CameraChoice]


class FiltersPayload(BaseModel):
    """What one can filter by, and what drawing the poses takes: thumb_px, a thumb's width and height."""

    cameras: list[CameraChoice]
    skeleton: dict[str, object]
    thumb_px: int


def filters(store: Store) -> FiltersPayload:
    """The choices. Raises NotFound before there is a project."""
    with store.reading() as tx:
        skeleton = project.get_project(tx).skeleton
        choices = [CameraChoice(id=camera.id, name=camera.name) for camera in cameras.list_cameras(tx)]
    return FiltersPayload(cameras=choices, skeleton=for_editor(skeleton), thumb_px=THUMB_PX)


def page(store: Store, user: UserRecord, wanted: SheetFilter, *, after: str | None, limit: int) -> SheetPayload:
    """The page after the one that gave `after`; None: the first. Raises NotFound and InvalidDecision."""
    place = None if after is None else Place.parse(after)
    with store.reading() as tx:
        keypoints = len(project.get_project(tx).skeleton)
        if wanted.keypoint is not None and wanted.keypoint >= keypoints:
            raise InvalidDecision(
                f"the filter names keypoint {wanted.keypoint}; wanted one from 0 to {keypoints - 1}, which this "
                "project's skeleton has. Choose another keypoint."
            )
        if wanted.camera_id is not None:
            cameras.get_camera(tx, wanted.camera_id)
        found = sheet.page(tx, wanted, user, after=place, limit=limit)
        choices = [CameraChoice(id=camera.id, name=camera.name) for camera in cameras.list_cameras(tx)]
    return SheetPayload(
        persons=[_person(one) for one in found.persons],
        next=None if found.next is None else str(found.next),
        total=found.total,
        cameras=choices,
    )


def _person(found: SheetPerson) -> SheetPersonPayload:
    person, image, score = found.person, found.image, found.score
    return SheetPersonPayload(
        id=person.id,
        image_id=image.id,
        file_name=image.file_name,
        camera=image.camera.name,
        state=person.state,
        score=score.score if score else None,
        flags=[
            FlagPayload(keypoint=flag.keypoint, score=flag.score, reason=flag.reason)
            for flag in (score.flags if score else ())
        ],
        skip_reason=person.skip_reason,
        labelled_by=person.label.author if person.label else None,
        held_by=found.held_by,
        thumb=f"/thumb/{person.id}/{thumb_name(image, person.box)}.jpg",
        pose=_pose(found),
    )


def _pose(found: SheetPerson) -> SheetPosePayload | None:
    """What the editor would begin from, in px of the thumb; nobody has none."""
    start = best_start(found.person.label, found.student, found.imported)
    if start is None or found.person.state == "not_a_person":
        return None
    xyv = np.array(start.xyv)
    xyv[:, :2] = apply(thumb_matrix(found.image, found.person.box), xyv[:, :2]).round(1)
    return SheetPosePayload(xyv=xyv.tolist())
