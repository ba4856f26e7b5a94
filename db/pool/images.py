"""Images, the persons in them, and whether annotators still have work there."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.convert import image_record
from db.errors import NotFound
from db.pool import tombstones, workable
from db.pool.checks import check_keypoints, check_name
from db.pool.given import mark_of_new
from db.pool.numbers import next_number
from db.pool.persons import insert_person, is_crowd
from db.records import ImageRecord, NewImage, NewPerson, Split
from db.schema import (
    CameraRow,
    ImageRow,
    PersonRow,
)
from db.upsert import insert

FILE_NAME_LENGTH, CAMERA_NAME_LENGTH = 1024, 512
"""What the columns hold."""


def add_image(tx: Session, image: NewImage, persons: Sequence[NewPerson]) -> tuple[ImageRecord, bool]:
    """Store an image with its persons; the record, and whether it is new.

    The same bytes under the same file name are the same image: nothing changes, its persons are not added again. The
    same bytes under another name are another image, as COCO files count them.
    A person with a label is accepted, by author "import"; a COCO crowd region (extra iscrowd 1) is kept as skipped. An
    image whose persons are all decided is closed; one without persons is open until somebody says that nobody is there.
    Raises InvalidDecision if a label does not fit the project's skeleton, or a name does not fit the store; and
    WasDeleted for the bytes of an image that was deleted for good. Persons who were are left out.
    """
    check_name("file name", image.file_name, FILE_NAME_LENGTH)
    check_name("camera's name", image.camera, CAMERA_NAME_LENGTH)
    for keypoints in {len(person.label.xyv) for person in persons if person.label is not None}:
        check_keypoints(tx, keypoints)
    tombstones.require_allowed(tx, image.sha256, image.file_name)
    camera_id = ensure_camera(tx, image.camera)
    decided = bool(persons) and all(person.label is not None or is_crowd(person) for person in persons)
    row = {
        "sha256": image.sha256,
        "file_name": image.file_name,
        "width": image.width,
        "height": image.height,
        "camera_id": camera_id,
        "frame": image.frame,
        "split": image.split,
        "is_open": not decided,
        "work_id": mark_of_new(tx, camera_id, image.file_name),
        "source_id": image.source_id,
        "extra": image.extra,
    }
    row |= next_number(tx, ImageRow)
    key = [ImageRow.sha256, ImageRow.file_name]
    statement = insert(tx, ImageRow).values(row).on_conflict_do_nothing(index_elements=key)
    added = tx.scalar(statement.returning(ImageRow.id))
    if added is None:
        known = select(ImageRow).where(ImageRow.sha256 == image.sha256, ImageRow.file_name == image.file_name)
        return image_record(tx.scalars(known).one()), False
    for person in tombstones.without_deleted(tx, image.sha256, persons):
        insert_person(tx, added, person)
    return get_image(tx, added), True


def get_image(tx: Session, image_id: int) -> ImageRecord:
    """One image. Raises NotFound."""
    row = tx.get(ImageRow, image_id, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no image {image_id}; wanted one of this home. Load the next image.")
    return image_record(row)


def came_labelled(tx: Session, image_id: int) -> bool:
    """Whether it is a validation image that came with its labels, which nobody changes here."""
    row = tx.get(ImageRow, image_id, populate_existing=True)
    return row is not None and workable.came_labelled(tx, row)


def list_images(tx: Session, *, split: Split | None = None, camera_id: int | None = None) -> list[ImageRecord]:
    """Every image, or those of one split or camera, in import order; a camera's by frame."""
    query = select(ImageRow).execution_options(populate_existing=True)
    if split is not None:
        query = query.where(ImageRow.split == split)
    if camera_id is not None:
        query = query.where(ImageRow.camera_id == camera_id).order_by(ImageRow.frame)
    return [image_record(row) for row in tx.scalars(query.order_by(ImageRow.id))]


def open_validation(tx: Session) -> dict[int, int]:
    """The validation images where annotators still have work, by id, and how many people wait in each: 1 where nobody
    is boxed."""
    waiting = func.count(PersonRow.id).filter(PersonRow.state == "open")
    query = (
        select(ImageRow.id, waiting)
        .outerjoin(PersonRow, PersonRow.image_id == ImageRow.id)
        .where(ImageRow.is_open, ImageRow.split == "validation")
        .group_by(ImageRow.id)
    )
    return {image_id: max(1, persons) for image_id, persons in tx.execute(query)}


def ensure_camera(tx: Session, name: str) -> int:
    """The id of the camera of this name, made if there is none."""
    known = select(CameraRow.id).where(CameraRow.name == name)
    found = tx.scalar(known)
    # Another import may make the same camera just now: a conflict does nothing, and its row is read.
    if found is None:
        tx.execute(insert(tx, CameraRow).values(name=name).on_conflict_do_nothing())
        found = tx.scalars(known).one()
    return found
