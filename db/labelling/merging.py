"""What a file says of an image that is here already, brought in so that nothing that was decided here is lost."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.convert import box_columns, label_columns, label_of
from db.labelling.closing import mark_open
from db.labelling.labels import next_revision
from db.labelling.leases import lock_image
from db.labelling.same_persons import match_persons, same_box, same_label
from db.pool.checks import check_keypoints
from db.pool.images import ensure_camera
from db.pool.persons import count_open_persons, insert_person, list_persons
from db.pool.tombstones import without_deleted
from db.records import NewImage, NewPerson, PersonRecord
from db.schema import ImageRow, LabelRow, PersonRow
from sspcm.formats.coco.reading import AS_READ, KEPT_ASIDE
from sspcm.formats.plain_values import flag
from sspcm.pose import IMPORTED, Box, Label

LABEL_FIELDS = ("num_keypoints", "keypoints", "source", "author", "revision")
"""What a file says of a label beside its keypoints: it goes with the label."""
BOX_FIELDS = ("bbox", "rbbox")
OWN = ("id", "image_id")
"""What everything is numbered with here."""
NO_NEWS = (*LABEL_FIELDS, *BOX_FIELDS, AS_READ, "id", "image_id", "iscrowd", "category_id", "area")
"""Fields that an export adds by itself: where the home lacks them, a file that has them says nothing new."""


@dataclass(frozen=True)
class Merged:
    """How much of a file was new for images that are here, how much was taken over what is here, and how much was not.

    labels, boxes: of persons. fields: further fields, and the camera, of images and persons. differ: the home's stays.
    """

    labels_added: int = 0
    labels_updated: int = 0
    labels_differ: int = 0
    persons_added: int = 0
    persons_unclear: int = 0
    """Of the file, who could be one of several here."""
    boxes_updated: int = 0
    boxes_differ: int = 0
    crowds_differ: int = 0
    """Persons here whom the file calls a crowd."""
    fields_added: int = 0
    fields_updated: int = 0
    fields_differ: int = 0
    differing: tuple[str, ...] = field(default=(), compare=False)
    """The names of the fields that differ, one for each."""

    def __add__(self, other: "Merged") -> "Merged":
        return Merged(**{name: count + getattr(other, name) for name, count in asdict(self).items()})

    @property
    def counts(self) -> dict[str, int]:
        """How much of each, by name."""
        return {name: count for name, count in asdict(self).items() if name != "differing"}


def merge_image(
    tx: Session,
    image_id: int,
    image: NewImage,
    persons: Sequence[NewPerson],
    *,
    update: bool,
    moves: bool,
    now: datetime,
) -> Merged:
    """Bring in what a file says of a known image; how much of it was new, and how much differs.

    Open persons take the file's label, as author "import"; persons and fields that the home lacks are added. What
    differs stays as it is here, or with `update` becomes as it is in the file: a label as a further revision, so that
    the history keeps every one. Whoever is here and not in the file stays. moves: the file says the image's camera.
    The image opens and closes as its persons then are, and whoever holds it keeps it. Each change raises the person's
    revision, so that who saw them before is told. Raises InvalidDecision for a label of another skeleton, and NotFound.
    """
    for keypoints in {len(person.label.xyv) for person in persons if person.label is not None}:
        check_keypoints(tx, keypoints)
    row = lock_image(tx, image_id)
    known = list_persons(tx, image_id=image_id)
    matches = match_persons(without_deleted(tx, row.sha256, persons), known)
    merged = Merged(persons_added=len(matches.new), persons_unclear=len(matches.unclear))
    for person, record in matches.pairs:
        merged += _merge_person(tx, person, record, update=update, now=now)
    for person in matches.new:
        insert_person(tx, image_id, person)
    merged += _merge_fields(row, image, known, update=update)
    if moves:
        merged += _move(tx, row, image.camera, update=update)
    tx.flush()
    _settle(tx, row, had_open=not known or any(record.state == "open" for record in known), merged=merged)
    return merged


def _merge_person(tx: Session, person: NewPerson, record: PersonRecord, *, update: bool, now: datetime) -> Merged:
    row = tx.get_one(PersonRow, record.id, populate_existing=True)
    merged = _merge_label(tx, row, person, record, update=update, now=now)
    merged += _merge_box(row, person, record, update=update)
    if merged != Merged(labels_differ=merged.labels_differ, boxes_differ=merged.boxes_differ):
        row.revision += 1
    return merged + _merge_person_fields(row, person, record, update=update)


def _merge_label(
    tx: Session, row: PersonRow, person: NewPerson, record: PersonRecord, *, update: bool, now: datetime
) -> Merged:
    label = person.label
    if label is None or (record.label is not None and same_label(label, record.label)):
        return Merged()
    is_new = record.state == "open" and not _had(tx, record.id, label)
    if not is_new and not update:
        return Merged(labels_differ=1)
    revision = next_revision(tx, record.id)
    tx.add(LabelRow(person_id=record.id, revision=revision, author=IMPORTED, created_at=now, **label_columns(label)))
    row.state, row.skip_reason, row.label_revision = "accepted", None, revision
    row.extra = _with(row.extra, person.extra, LABEL_FIELDS)
    return Merged(labels_added=1) if record.state == "open" else Merged(labels_updated=1)


def _had(tx: Session, person_id: int, label: Label) -> bool:
    """Whether somebody took this very label back: it is no news."""
    rows = tx.scalars(select(LabelRow).where(LabelRow.person_id == person_id))
    return any(same_label(label, label_of(row)) for row in rows)


def _merge_box(row: PersonRow, person: NewPerson, record: PersonRecord, *, update: bool) -> Merged:
    if person.box_is_made or same_box(person.box, record.box):
        return Merged()
    if not update:
        return Merged(boxes_differ=1)
    for name, value in box_columns(person.box).items():
        setattr(row, name, value)
    row.area = person.area
    row.extra = _with(row.extra, person.extra, BOX_FIELDS)
    return Merged(boxes_updated=1)


def _merge_person_fields(row: PersonRow, person: NewPerson, record: PersonRecord, *, update: bool) -> Merged:
    extra, merged = _merged(row.extra, person.extra, NO_NEWS, (*OWN, *LABEL_FIELDS, *BOX_FIELDS), update=update)
    row.extra = extra
    if _area_is_no_news(person, record):
        return merged
    if record.area is None or update:  # None: no file said one yet
        row.area = person.area
        return merged + (Merged(fields_added=1) if record.area is None else Merged(fields_updated=1))
    return merged + Merged(fields_differ=1, differing=("area",))


def _area_is_no_news(person: NewPerson, record: PersonRecord) -> bool:
    """Whether the file says none, the home's own, or what an export wrote where readers could not use that."""
    changed = person.extra.get(AS_READ)
    if person.area is None or (isinstance(changed, dict) and "area" in changed):
        return True
    known = (record.oks_area,) if record.area is None else (record.oks_area, record.area)
    return any(_alike(person.area, area) for area in known) or not same_box(person.box, record.box)


def _merge_fields(row: ImageRow, image: NewImage, known: Sequence[PersonRecord], *, update: bool) -> Merged:
    if row.source_id is None:
        row.source_id = image.source_id
    extra, merged = _merged(row.extra, image.extra, (KEPT_ASIDE,), OWN, update=update)
    kept, brought = _annotations(row.extra), _annotations(image.extra)
    crowds = [one for one in brought if one not in kept and _is_a_persons(one, known)]
    aside, of_aside = _merge_aside(kept, [one for one in brought if one not in crowds], update=update)
    row.extra = extra | ({KEPT_ASIDE: aside} if aside else {})
    return merged + of_aside + Merged(crowds_differ=len(crowds))


def _is_a_persons(annotation: dict[str, Any], known: Sequence[PersonRecord]) -> bool:
    """Whether it is a crowd by the file and somebody here by its id and its box."""
    box = annotation.get("bbox")
    if not flag(annotation.get("iscrowd")) or not isinstance(box, list) or len(box) != 4:
        return False
    return any(
        person.source_id == annotation.get("id") and not person.is_crowd and _alike_box(box, person.box)
        for person in known
    )


def _alike_box(values: Sequence[Any], box: Box) -> bool:
    around = box.enclosing
    pairs = zip(values, (around.x, around.y, around.width, around.height), strict=True)
    return all(isinstance(said, int | float) and abs(said - here) <= 1.0 for said, here in pairs)


def _merge_aside(
    kept: Sequence[dict[str, Any]], brought: Sequence[dict[str, Any]], *, update: bool
) -> tuple[list[dict[str, Any]], Merged]:
    """Annotations that are no persons: those that the home lacks are added, their boxes are fields like any other."""
    result, merged = list(kept), Merged()
    free = set(range(len(kept)))
    for annotation in brought:
        place = _place_of(annotation, kept, free)
        if place is None:
            result.append(annotation)
            merged += Merged(fields_added=1)
            continue
        free.discard(place)
        result[place], more = _merged(kept[place], annotation, NO_NEWS, OWN, update=update)
        merged += more
    return result, merged


def _annotations(extra: dict[str, Any]) -> list[dict[str, Any]]:
    """What is kept aside; of something else under that name, as homes of old may have it, nothing."""
    aside = extra.get(KEPT_ASIDE)
    return [one for one in aside if isinstance(one, dict)] if isinstance(aside, list) else []


def _place_of(annotation: dict[str, Any], kept: Sequence[dict[str, Any]], free: Collection[int]) -> int | None:
    """The same annotation among those kept that are free: by what it says, since an export may number it anew, else by
    its id where it is of the same category."""

    def alike(one: dict[str, Any]) -> bool:
        said = ("category_id", "segmentation") if one.get("bbox") is None else ("category_id", "bbox", "segmentation")
        return all(one.get(key) == annotation.get(key) for key in said)

    named = [i for i in sorted(free) if kept[i].get("id") == annotation.get("id")]
    same = [i for i in (*named, *sorted(free)) if alike(kept[i])]  # by its id first, where several say the same
    same += [i for i in named if kept[i].get("category_id") == annotation.get("category_id")]
    return same[0] if same else None


def _move(tx: Session, row: ImageRow, camera: str, *, update: bool) -> Merged:
    """The camera that the file says; the image follows the others there."""
    if row.camera.name == camera:
        return Merged()
    if not update:
        return Merged(fields_differ=1, differing=("camera",))
    row.camera_id = ensure_camera(tx, camera)
    last = tx.scalar(select(func.max(ImageRow.frame)).where(ImageRow.camera_id == row.camera_id, ImageRow.id != row.id))
    row.frame = 0 if last is None else last + 1  # behind the frames there, whose numbers are kept
    return Merged(fields_updated=1)


def _settle(tx: Session, row: ImageRow, *, had_open: bool, merged: Merged) -> None:
    """Open the image where somebody in it waits now; close it where the file decided about the last ones."""
    if not merged.labels_added + merged.labels_updated + merged.persons_added:
        return
    is_open = count_open_persons(tx, row.id) > 0
    if is_open != row.is_open and (is_open or had_open):
        mark_open(tx, row, is_open=is_open)


def _merged(
    kept: dict[str, Any], brought: dict[str, Any], no_news: Iterable[str], own: Iterable[str], *, update: bool
) -> tuple[dict[str, Any], Merged]:
    """The fields with those that were lacking; one that both have stays, or with `update` becomes the file's.

    no_news: fields that say nothing where they are lacking here. own: those that stay in any case.
    """
    added = {key: value for key, value in brought.items() if key not in kept and key not in no_news}
    changed = brought.get(AS_READ)  # by an export, for the sake of readers: the file said no more than the home does
    fixed = {*own, AS_READ, KEPT_ASIDE}
    fixed |= {key for key in no_news if kept.get(key) is None}  # readers want something there
    fixed |= set(changed) if isinstance(changed, dict) else set()
    other = {
        key: value
        for key, value in brought.items()
        if key in kept and key not in fixed and not _alike(kept[key], value)
    }
    counts = Merged(
        fields_added=len(added),
        fields_updated=len(other) if update else 0,
        fields_differ=0 if update else len(other),
        differing=() if update else tuple(other),
    )
    return {**kept, **added, **(other if update else {})}, counts


def _alike(a: Any, b: Any) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))
    return bool(a == b)


def _with(extra: dict[str, Any], brought: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The fields with these taken from the file, or gone where it has none."""
    kept = {key: value for key, value in extra.items() if key not in names}
    return kept | {key: brought[key] for key in names if key in brought}
