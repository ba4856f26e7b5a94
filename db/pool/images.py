"""Images, the persons in them, and whether annotators still have work there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import box_columns, image_record, label_columns, person_record
from db.errors import InvalidDecision, NotFound
from db.labelling.keys import check_lease, fingerprint, hold_image, recall, remember, take_lease
from db.pool.project import get_project
from db.records import Counts, ImageRecord, NewImage, NewPerson, PersonRecord, Split, UserRecord
from db.schema import (
    CameraRow,
    DecisionRow,
    ImageRow,
    LabelRow,
    LeaseRow,
    PersonRow,
    PredictionRow,
    ProjectRow,
    RankingEntryRow,
)
from db.upsert import insert
from sspcm.pose import IMPORTED, Box

CROWD_REASON = "crowd region"
WITHDRAWN = "withdrawn"
"""Why somebody is not a person whom an annotator added and took off the list again: they are shown to nobody."""
SMALLEST_SIDE, LARGEST_SIDE = 1.0, 4.0
"""A drawn box's sides: from so many px to so many times the image's longer side."""
FILE_NAME_LENGTH, CAMERA_NAME_LENGTH = 1024, 512
"""What the columns hold."""


def add_image(tx: Session, image: NewImage, persons: Sequence[NewPerson]) -> tuple[ImageRecord, bool]:
    """Store an image with its persons; the record, and whether it is new.

    The same bytes under the same file name are the same image: nothing changes, its persons are not added again. The
    same bytes under another name are another image, as COCO files count them.
    A person with a label is accepted, by author "import"; a COCO crowd region (extra iscrowd 1) is kept as skipped. An
    image whose persons are all decided is closed; one without persons is open until somebody says that nobody is there.
    Raises InvalidDecision if a label does not fit the project's skeleton, or a name does not fit the store.
    """
    check_name("file name", image.file_name, FILE_NAME_LENGTH)
    check_name("camera's name", image.camera, CAMERA_NAME_LENGTH)
    for keypoints in {len(person.label.xyv) for person in persons if person.label is not None}:
        check_keypoints(tx, keypoints)
    decided = bool(persons) and all(person.label is not None or is_crowd(person) for person in persons)
    row = {
        "sha256": image.sha256,
        "file_name": image.file_name,
        "width": image.width,
        "height": image.height,
        "camera_id": ensure_camera(tx, image.camera),
        "frame": image.frame,
        "split": image.split,
        "is_open": not decided,
        "source_id": image.source_id,
        "extra": image.extra,
    }
    key = [ImageRow.sha256, ImageRow.file_name]
    statement = insert(tx, ImageRow).values(row).on_conflict_do_nothing(index_elements=key)
    added = tx.scalar(statement.returning(ImageRow.id))
    if added is None:
        known = select(ImageRow).where(ImageRow.sha256 == image.sha256, ImageRow.file_name == image.file_name)
        return image_record(tx.scalars(known).one()), False
    for person in persons:
        insert_person(tx, added, person)
    return get_image(tx, added), True


def get_image(tx: Session, image_id: int) -> ImageRecord:
    """One image. Raises NotFound."""
    row = tx.get(ImageRow, image_id, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no image {image_id}; wanted one of this home. Load the next image.")
    return image_record(row)


def list_images(tx: Session, *, split: Split | None = None, camera_id: int | None = None) -> list[ImageRecord]:
    """Every image, or those of one split or camera, in import order; a camera's by frame."""
    query = select(ImageRow).execution_options(populate_existing=True)
    if split is not None:
        query = query.where(ImageRow.split == split)
    if camera_id is not None:
        query = query.where(ImageRow.camera_id == camera_id).order_by(ImageRow.frame)
    return [image_record(row) for row in tx.scalars(query.order_by(ImageRow.id))]


def earlier_with_pose(tx: Session, image: ImageRecord, *, frames: int) -> list[ImageRecord]:
    """Of the same camera's train images, those of the `frames` before this one in which somebody has a pose.

    The nearest comes first. A pose is a label that counts, or a prediction by the published round or by an imported
    model; whether any keypoint of it is present is for the caller to see.
    """
    earlier = (
        select(ImageRow.id, ImageRow.frame)
        .where(ImageRow.camera_id == image.camera.id, ImageRow.split == "train", ImageRow.frame < image.frame)
        .order_by(ImageRow.frame.desc(), ImageRow.id.desc())
        .limit(frames)
        .subquery()
    )
    published = select(ProjectRow.published_round_id).scalar_subquery()
    predicted = select(1).where(
        PredictionRow.person_id == PersonRow.id,
        PredictionRow.round_id.is_(None) | (PredictionRow.round_id == published),
    )
    posed = select(1).where(
        PersonRow.image_id == earlier.c.id,
        (PersonRow.state == "accepted") | ((PersonRow.state != "not_a_person") & predicted.exists()),
    )
    query = select(ImageRow).join(earlier, earlier.c.id == ImageRow.id).where(posed.exists())
    nearest_first = query.order_by(earlier.c.frame.desc(), earlier.c.id.desc())
    return [image_record(row) for row in tx.scalars(nearest_first.execution_options(populate_existing=True))]


def add_person(
    tx: Session,
    image_id: int,
    person: NewPerson,
    *,
    user: UserRecord,
    key: str,
    now: datetime | None = None,
    lease_s: float = 120.0,
) -> PersonRecord:
    """Store a box that an annotator drew; the same key gives the person it gave before and changes nothing.

    A closed image opens again, since the new person waits for a decision; whoever drew the box then holds the image
    for `lease_s`. `now` is the present moment if not given.
    Raises NotFound, LeaseLost, or InvalidDecision for a validation image or a box outside the image.
    """
    now = now or utc_now()
    content = fingerprint(kind="add_person", user=user, image_id=image_id, box=box_columns(person.box))
    image = hold_image(tx, image_id)
    earlier = recall(tx, key, content)
    if earlier is not None:
        return get_person(tx, int(earlier["person_id"]))
    check_split(image)
    check_lease(tx, image_id, user, now=now)
    _check_own_person(person, image)
    person_id = insert_person(tx, image_id, person)
    settle_image(tx, image)
    take_lease(tx, image_id, user, expires_at=now + timedelta(seconds=lease_s))
    outcome = {"person_id": person_id}
    remember(
        tx, key, content, kind="add_person", user=user, image_id=image_id, person_id=person_id, outcome=outcome, now=now
    )
    return get_person(tx, person_id)


def get_person(tx: Session, person_id: int) -> PersonRecord:
    """One person. Raises NotFound."""
    found = tx.execute(_persons().where(PersonRow.id == person_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no person {person_id}; wanted one of this home. Load the next image.")
    return person_record(found[0], found[1])


def list_persons(tx: Session, *, image_id: int | None = None, split: Split | None = None) -> list[PersonRecord]:
    """Every person, of one image or one split if asked, by image and in import order."""
    query = _persons().order_by(PersonRow.image_id, PersonRow.id)
    if image_id is not None:
        query = query.where(PersonRow.image_id == image_id)
    if split is not None:
        query = query.join(ImageRow, ImageRow.id == PersonRow.image_id).where(ImageRow.split == split)
    return [person_record(person, label) for person, label in tx.execute(query)]


def finish_image(tx: Session, image_id: int, *, user: UserRecord, key: str, now: datetime | None = None) -> None:
    """Close an image: nobody, or nobody else, is there. Harmless when repeated.

    Raises NotFound, LeaseLost, or InvalidDecision for a validation image, or while a person in it is open. `now` is
    the present if not given.
    """
    now = now or utc_now()
    content = fingerprint(kind="finish", user=user, image_id=image_id)
    image = hold_image(tx, image_id)
    if recall(tx, key, content) is not None:
        return
    check_split(image)
    check_lease(tx, image_id, user, now=now)
    open_persons = count_open_persons(tx, image_id)
    if open_persons:
        raise InvalidDecision(
            f"{open_persons} {'person is' if open_persons == 1 else 'persons are'} still open in image {image_id}; "
            "wanted every person decided. Accept, skip or mark each as not a person first."
        )
    set_open(tx, image, is_open=False)
    remember(tx, key, content, kind="finish", user=user, image_id=image_id, person_id=None, outcome={}, now=now)


def reopen_image(
    tx: Session, image_id: int, *, user: UserRecord, key: str, lease_s: float, now: datetime | None = None
) -> None:
    """Take back "nobody (else) is here": the image is open again, and held for `lease_s` by whoever reopened it.

    It is open because its annotator said so, even where every person in it is decided; `finish_image` closes it again,
    and so does the next decision that leaves nobody open. Harmless when repeated. Raises NotFound, LeaseLost, or
    InvalidDecision for a validation image. `now` is the present if not given.
    """
    now = now or utc_now()
    content = fingerprint(kind="reopen_image", user=user, image_id=image_id)
    image = hold_image(tx, image_id)
    if recall(tx, key, content) is not None:
        return
    check_split(image)
    check_lease(tx, image_id, user, now=now)
    set_open(tx, image, is_open=True)
    take_lease(tx, image_id, user, expires_at=now + timedelta(seconds=lease_s))
    remember(tx, key, content, kind="reopen_image", user=user, image_id=image_id, person_id=None, outcome={}, now=now)


def count(tx: Session) -> Counts:
    """What the lead page counts."""
    images = {
        (split, is_open): number
        for split, is_open, number in tx.execute(
            select(ImageRow.split, ImageRow.is_open, func.count()).group_by(ImageRow.split, ImageRow.is_open)
        )
    }
    persons = {
        (split, state): number
        for split, state, number in tx.execute(
            select(ImageRow.split, PersonRow.state, func.count())
            .join(ImageRow, ImageRow.id == PersonRow.image_id)
            .where(is_listed())
            .group_by(ImageRow.split, PersonRow.state)
        )
    }
    imported = tx.scalars(
        select(func.count())
        .select_from(PersonRow)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .join(LabelRow, and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision))
        .where(ImageRow.split == "train", PersonRow.state == "accepted", LabelRow.author == IMPORTED)
    ).one()
    return Counts(
        images=sum(images.values()),
        images_open=images.get(("train", True), 0),
        images_validation=sum(number for (split, _), number in images.items() if split == "validation"),
        persons=sum(persons.values()),
        persons_open=persons.get(("train", "open"), 0),
        persons_accepted=persons.get(("train", "accepted"), 0),
        persons_imported=imported,
        persons_skipped=persons.get(("train", "skipped"), 0),
        persons_not_a_person=persons.get(("train", "not_a_person"), 0),
        persons_validation=sum(number for (split, _), number in persons.items() if split == "validation"),
    )


def count_open(tx: Session) -> int:
    """In how many train images annotators still have work: one range of one index."""
    query = select(func.count()).select_from(ImageRow).where(ImageRow.is_open, ImageRow.split == "train")
    return tx.scalars(query).one()


def may_be_closed(tx: Session, image_id: int) -> bool:
    """Whether an image without open persons is done: somebody is in it, or an annotator said that nobody is."""
    if tx.scalar(select(PersonRow.id).where(PersonRow.image_id == image_id, is_listed()).limit(1)) is not None:
        return True
    said = select(DecisionRow.kind).where(DecisionRow.image_id == image_id, DecisionRow.person_id.is_(None))
    return tx.scalar(said.order_by(DecisionRow.id.desc()).limit(1)) == "finish"


def is_listed() -> ColumnElement[bool]:
    """Whether a person's row is of one who was not withdrawn. A skip may have any words for its reason."""
    return or_(PersonRow.state != "not_a_person", func.coalesce(PersonRow.skip_reason, "") != WITHDRAWN)


def settle_image(tx: Session, image: ImageRow) -> bool:
    """Close an image if every person in it is decided, open it if one is not; whether it is closed now."""
    done = count_open_persons(tx, image.id) == 0
    set_open(tx, image, is_open=not done)
    return done


def set_open(tx: Session, image: ImageRow, *, is_open: bool) -> None:
    """Open or close an image; its place in every ranking follows, and closing it ends its lease.

    Whoever looks at a closed image keeps it until they let it go (`queue.claim_image`), also while deciding there.
    Entries before the lease, as `queue.claim` takes them: the other way round, PostgreSQL found deadlocks.
    """
    if image.is_open == is_open:
        return
    mark_open(tx, image, is_open=is_open)
    if not is_open:
        tx.execute(delete(LeaseRow).where(LeaseRow.image_id == image.id))


def mark_open(tx: Session, image: ImageRow, *, is_open: bool) -> None:
    """Open or close an image in every ranking, and leave whoever holds it alone."""
    image.is_open = is_open
    tx.flush()
    if image.split == "train":
        tx.execute(update(RankingEntryRow).where(RankingEntryRow.image_id == image.id).values(is_open=is_open))


def check_split(image: ImageRow) -> None:
    """Raise InvalidDecision for a validation image: its labels are what rounds are measured by."""
    if image.split != "train":
        raise InvalidDecision(
            f"image '{image.file_name}' belongs to validation, whose labels measure the rounds; wanted one of the "
            "train images, which annotators work on. Open another image."
        )


def check_box(box: Box, image: ImageRow) -> None:
    """Raise InvalidDecision for a box whose centre lies outside the image, or whose sides fit nobody in it."""
    longest = LARGEST_SIDE * max(image.width, image.height)
    if not all(SMALLEST_SIDE <= side <= longest for side in (box.width, box.height)):  # NaN fails this too
        raise InvalidDecision(
            f"the box measures {box.width:.3g} x {box.height:.3g} px; wanted sides of {SMALLEST_SIDE:.0f} to "
            f"{longest:.0f} px. Draw the box around a person in the image."
        )
    x, y = box.centre
    if not (0 <= x <= image.width and 0 <= y <= image.height):
        raise InvalidDecision(
            f"the box's centre is at ({x:.0f}, {y:.0f}) px; wanted it inside the image, {image.width} x "
            f"{image.height} px. Draw the box around a person in the image."
        )


def check_keypoints(tx: Session, found: int) -> None:
    """Raise InvalidDecision unless a label has as many keypoints as the project's skeleton."""
    skeleton = get_project(tx).skeleton
    if found != len(skeleton):
        raise InvalidDecision(
            f"the label has {found} keypoints; wanted the {len(skeleton)} of skeleton '{skeleton.name}'. "
            "Reload the page, or give a label of this project's skeleton."
        )


def _persons() -> Select[PersonRow, LabelRow]:
    """Persons, each with the label that counts."""
    current = and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision)
    return select(PersonRow, LabelRow).outerjoin(LabelRow, current).execution_options(populate_existing=True)


def count_open_persons(tx: Session, image_id: int) -> int:
    """How many persons of one image wait for a decision."""
    query = select(func.count()).where(PersonRow.image_id == image_id, PersonRow.state == "open")
    return tx.scalars(query).one()


def ensure_camera(tx: Session, name: str) -> int:
    """The id of the camera of this name, made if there is none."""
    known = select(CameraRow.id).where(CameraRow.name == name)
    found = tx.scalar(known)
    if found is None:
        tx.execute(insert(tx, CameraRow).values(name=name).on_conflict_do_nothing())
        found = tx.scalars(known).one()
    return found


def insert_person(tx: Session, image_id: int, person: NewPerson) -> int:
    """A new person's row, with their label as its first revision; its id. Whether the image is open is not touched."""
    state: dict[str, Any] = {"state": "open", "revision": 0, "label_revision": None, "skip_reason": None}
    if person.label is not None:
        state = {**state, "state": "accepted", "revision": 1, "label_revision": 1}
    if is_crowd(person):
        state = {**state, "state": "skipped", "skip_reason": CROWD_REASON}
    row = PersonRow(
        image_id=image_id,
        area=person.area,
        source_id=person.source_id,
        extra=person.extra,
        **box_columns(person.box),
        **state,
    )
    tx.add(row)
    tx.flush()
    if person.label is not None:
        author = person.label.author
        tx.add(
            LabelRow(person_id=row.id, revision=1, author=author, created_at=utc_now(), **label_columns(person.label))
        )
        tx.flush()
    return row.id


def is_crowd(person: NewPerson) -> bool:
    """COCO's mark for a region of many people, which nobody labels one by one."""
    return person.extra.get("iscrowd") == 1


def check_name(what: str, name: str, longest: int) -> None:
    """Raise InvalidDecision for a name that one of the databases cannot hold: too long, with a NUL, no Unicode."""
    if len(name) > longest or any(c == "\0" or "\ud800" <= c <= "\udfff" for c in name):
        raise InvalidDecision(
            f"the {what} {name!r:.80} has {len(name)} characters; wanted at most {longest}, all of them Unicode and "
            "none of them NUL. Rename it, then import again."
        )


def _check_own_person(person: NewPerson, image: ImageRow) -> None:
    if person.label is not None:
        raise InvalidDecision(
            "the new person has a label already; wanted a box alone. Add the box first, then accept the keypoints."
        )
    check_box(person.box, image)
