"""The contact sheet's pages: who is on them, each with a thumb and their pose in its pixels."""

import numpy as np

from app.contract.base import SkeletonPayload
from app.contract.labelling import FlagPayload
from app.contract.sheet import CameraChoice, FiltersPayload, SheetPayload, SheetPersonPayload, SheetPosePayload
from app.labelling.starts import best_start
from app.sheet.thumbs import THUMB_PX, thumb_matrix, thumb_name
from db.errors import InvalidDecision
from db.labelling import sheet
from db.labelling.sheet import Place, SheetFilter, SheetPerson
from db.pool import cameras, project
from db.records import StartsChoice, UserRecord
from db.store.session import Store
from sspcm.geometry import apply


def filters(store: Store) -> FiltersPayload:
    """The choices. Raises NotFound before there is a project."""
    with store.reading() as tx:
        skeleton = project.get_project(tx).skeleton
        choices = [CameraChoice(id=camera.id, name=camera.name) for camera in cameras.list_cameras(tx)]
    return FiltersPayload(cameras=choices, skeleton=SkeletonPayload.of(skeleton), thumb_px=THUMB_PX)


def page(store: Store, user: UserRecord, wanted: SheetFilter, *, after: str | None, limit: int) -> SheetPayload:
    """The page after the one that gave `after`; None: the first. Raises NotFound and InvalidDecision."""
    place = None if after is None else Place.parse(after)
    with store.reading() as tx:
        described = project.get_project(tx)
        keypoints = len(described.skeleton)
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
        persons=[_person(one, described.starts) for one in found.persons],
        next=None if found.next is None else str(found.next),
        total=found.total,
        cameras=choices,
    )


def _person(found: SheetPerson, choice: StartsChoice) -> SheetPersonPayload:
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
        pose=_pose(found, choice),
    )


def _pose(found: SheetPerson, choice: StartsChoice) -> SheetPosePayload | None:
    """What the editor would begin from, in px of the thumb; nobody has none."""
    start = best_start(found.person.label, found.student, found.imported, choice=choice)
    if start is None or found.person.state == "not_a_person":
        return None
    xyv = np.array(start.xyv)
    xyv[:, :2] = apply(thumb_matrix(found.image, found.person.box), xyv[:, :2]).round(1)
    return SheetPosePayload(xyv=xyv.tolist())
