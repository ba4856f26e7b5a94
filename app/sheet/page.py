"""The contact sheet's pages: who is on them, each with a thumb and their pose in its pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy.orm import Session

from app.contract.base import SkeletonPayload
from app.contract.labelling import FlagPayload, StartPayload
from app.contract.sheet import (
    CameraChoice,
    FiltersPayload,
    FindingPayload,
    SheetPayload,
    SheetPersonPayload,
    SheetPosePayload,
)
from app.labelling.probes import probe_of, shown_start
from app.labelling.starts import best_start
from app.sheet.thumbs import THUMB_PX, thumb_matrix, thumb_name
from db.errors import InvalidDecision
from db.labelling import probes as noted
from db.labelling import sheet
from db.labelling.probes import Probing
from db.labelling.sheet import Place, SheetFilter, SheetPerson
from db.pool import cameras, project
from db.records import ProjectRecord, StartsChoice, UserRecord
from db.store.session import Store
from sspcm.evaluation.probes import Wrong
from sspcm.geometry import apply
from sspcm.skeletons.skeleton import Skeleton


def filters(store: Store, user: UserRecord) -> FiltersPayload:
    """The choices. Raises NotFound before there is a project."""
    with store.reading() as tx:
        skeleton = project.get_project(tx).skeleton
        choices = [CameraChoice(id=camera.id, name=camera.name) for camera in cameras.list_cameras(tx)]
    return FiltersPayload(
        cameras=choices, skeleton=SkeletonPayload.of(skeleton), thumb_px=THUMB_PX, settles=user.role == "lead"
    )


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
        probing = _Probing.of(tx, found.persons, described)
        choices = [CameraChoice(id=camera.id, name=camera.name) for camera in cameras.list_cameras(tx)]
    return SheetPayload(
        persons=[_person(one, described.starts, probing) for one in found.persons],
        next=None if found.next is None else str(found.next),
        total=found.total,
        cameras=choices,
    )


@dataclass(frozen=True)
class _Probing:
    """Whom of a page the editor shows otherwise than networks say: the sheet shows them alike."""

    probing: Probing | None
    skeleton: Skeleton
    persons: frozenset[int]
    """Those who are drawn, and never had a label."""

    @classmethod
    def of(cls, tx: Session, found: Sequence[SheetPerson], described: ProjectRecord) -> "_Probing":
        """Of the persons of this page."""
        probing = noted.probing(tx)
        drawn = [] if probing is None else [one.person.id for one in found if probing.draws(one.person.id)]
        return cls(probing, described.skeleton, frozenset(noted.never_labelled(tx, drawn) if drawn else ()))

    def drawn(self, found: SheetPerson, start: StartPayload | None) -> Wrong | Literal["empty"] | None:
        """As the editor's."""
        if start is None or found.person.id not in self.persons:
            return None
        flagged = [flag.keypoint for flag in found.score.flags] if found.score else []
        return probe_of(found.person, start, found.image, self.probing, self.skeleton, flagged=flagged)


def _person(found: SheetPerson, choice: StartsChoice, probing: _Probing) -> SheetPersonPayload:
    person, image = found.person, found.image
    start = best_start(person.label, found.student, found.imported, choice=choice)
    drawn = probing.drawn(found, start)
    score = None if drawn == "empty" else found.score
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
        pose=_pose(found, None if start is None else shown_start(start, drawn)),
        findings=[FindingPayload.of(one) for one in found.findings],
    )


def _pose(found: SheetPerson, start: StartPayload | None) -> SheetPosePayload | None:
    """What the editor would begin from, in px of the thumb; nobody has none."""
    if start is None or found.person.state == "not_a_person":
        return None
    xyv = np.array(start.xyv)
    xyv[:, :2] = apply(thumb_matrix(found.image, found.person.box), xyv[:, :2]).round(1)
    return SheetPosePayload(xyv=xyv.tolist())
