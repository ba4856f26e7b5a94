"""The home's one project."""

import secrets
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.convert import fields
from db.errors import AnotherProject, InvalidDecision, NoProject, RoundActive
from db.records import ProjectRecord, ReviewRule, StartsChoice
from db.schema import PROJECT_ID, ImageRow, ProjectRow, RoundRow
from db.upsert import insert
from sspcm.skeletons.skeleton import Skeleton, SkeletonError, differences, in_order_of, same_keypoints

_ROW = select(ProjectRow).where(ProjectRow.id == PROJECT_ID).execution_options(populate_existing=True)
_DESCRIBED = (
    select(ProjectRow, RoundRow.number)
    .outerjoin(RoundRow, RoundRow.id == ProjectRow.published_round_id)
    .where(ProjectRow.id == PROJECT_ID)
    .execution_options(populate_existing=True)
)


def ensure_project(tx: Session, *, name: str, skeleton: Skeleton) -> ProjectRecord:
    """The home's project, made if there is none. One that is there stays as it is: name, mirror, edges, sigmas.

    Raises AnotherProject if it has other keypoints, or the same in another order; their spelling does not count.
    """
    row = {"id": PROJECT_ID, "name": name, "skeleton": skeleton.to_json(), "coco_header": {}, "uuid": uuid4().hex}
    row["secret"] = secrets.token_hex(32)
    tx.execute(insert(tx, ProjectRow).values(row).on_conflict_do_nothing())
    project = get_project(tx)
    if not same_keypoints(project.skeleton.keypoints, skeleton.keypoints):
        raise AnotherProject(
            f"this home's skeleton '{project.skeleton.name}' and '{skeleton.name}' differ: "
            f"{differences(project.skeleton, skeleton)}. A home keeps one skeleton: give a file with its keypoints, "
            "or use another home for this one."
        )
    return project


def set_skeleton(tx: Session, skeleton: Skeleton) -> tuple[Skeleton, Skeleton]:
    """Another mirror, other edges, sigmas or another name for the home's keypoints: what it was, and what it is now.

    The keypoints keep the home's order and spelling, so labels, predictions and rounds stay what they are. Raises
    AnotherProject for other keypoints, RoundActive while a round runs that was launched with the skeleton as it is.
    """
    row = project_row(tx)
    before = Skeleton.from_json(row.skeleton)
    # A queued one is in nobody's way: it reads the skeleton when it begins.
    running = tx.scalar(select(RoundRow.number).where(RoundRow.state == "running"))
    if running is not None:
        raise RoundActive(
            f"round {running} is running and learns with the skeleton as it is; wanted none that runs. Wait until it "
            "is over, then set the skeleton: it counts from the next round."
        )
    try:
        after = in_order_of(before, skeleton)
    except SkeletonError as error:
        raise AnotherProject(str(error)) from error
    row.skeleton = after.to_json()
    tx.flush()
    return before, after


def forget_unused(tx: Session) -> None:
    """Take back a project that holds no image: nothing says yet that its skeleton is the right one."""
    if tx.scalar(select(ImageRow.id).limit(1)) is None:
        tx.execute(delete(ProjectRow))


def get_project(tx: Session) -> ProjectRecord:
    """The home's project. Raises NotFound before `ensure_project`."""
    found = tx.execute(_DESCRIBED).one_or_none()
    if found is None:
        raise _no_project()
    row, published = found
    return ProjectRecord(
        uuid=row.uuid,
        name=row.name,
        skeleton=Skeleton.from_json(row.skeleton),
        coco_header=fields(row.coco_header),
        published_round=published,
        starts=StartsChoice(**fields(row.starts)),
        review=ReviewRule(**fields(row.review)),
    )


def set_starts(tx: Session, starts: StartsChoice) -> None:
    """From now on annotators begin there."""
    project_row(tx).starts = asdict(starts)
    tx.flush()


def set_review(tx: Session, rule: ReviewRule) -> None:
    """From now on so much is reviewed. Raises InvalidDecision for a share or a number that cannot be."""
    if not 0 <= rule.share <= 1 or not 0 <= rule.first <= 10_000:
        raise InvalidDecision(
            f"the rule says a share of {rule.share} and the first {rule.first}; wanted a share from 0 to 1, and from 0 "
            "to 10000 persons. Give others."
        )
    project_row(tx).review = asdict(rule)
    tx.flush()


def project_uuid(tx: Session) -> str | None:
    """What tells the home's project from every other; None before `ensure_project`."""
    return tx.scalar(select(ProjectRow.uuid))


def set_coco_header(tx: Session, header: dict[str, Any]) -> None:
    """Keep what a COCO file says besides its images and annotations (info, licenses, categories), for the export."""
    project_row(tx).coco_header = dict(header)
    tx.flush()


def project_row(tx: Session) -> ProjectRow:
    """The project's row as it is now. Raises NotFound."""
    row = tx.scalar(_ROW)
    if row is None:
        raise _no_project()
    return row


def _no_project() -> NoProject:
    return NoProject("this home has no project yet; wanted one with a skeleton. Import images first.")
