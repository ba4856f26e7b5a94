"""Labels out of the home as COCO keypoints, with every field that came in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.people.audit import Actor
from db.pool import exports, images, project
from db.pool.persons import list_persons
from db.records import ImageRecord, PersonRecord, StoredPrediction
from db.rounds import predictions
from db.store.session import Store
from sspcm.evaluation.metrics import person_confidence
from sspcm.formats.coco.reading import CHANGES, KEPT_ASIDE, CocoFile, CocoImage, CocoPerson, category_of, write
from sspcm.formats.coco.writing import RENUMBERED
from sspcm.formats.plain_values import whole
from sspcm.members import STUDENT
from sspcm.pose import IMPORTED, PersonInstance
from sspcm.skeletons.skeleton import Skeleton

HUMAN = "human"
LARGEST_ID = 2**62
"""Fresh ids go on from the largest one below it, so that they stay numbers that every reader can hold."""

ALIKE = "images named as another one, which readers that go by names take for the same; both names are kept"
OTHER_IDS = "annotation ids that an earlier file's annotation has, numbered anew: the earlier one keeps it"
OTHER_IMAGE_IDS = "image ids that an earlier file's image has, numbered anew: the earlier one keeps it"
GAVE_WAY = "field 'predictions' that an imported file had of its own, left out here: it is in an export without them"


def record_export(store: Store, exported: "Exported", *, actor: Actor, sha256: str) -> None:
    """Note who takes an export of which bytes, before they get it."""
    document = exported.document
    with store.transaction() as tx:
        exports.note(
            tx,
            exported.last,
            actor=actor.name,
            via=actor.via,
            filter={"with_predictions": "predictions" in document},
            images=len(document["images"]),
            persons=len(document["annotations"]),
            labelled=sum(1 for _ in accepted(document)),
            sha256=sha256,
        )


@dataclass(frozen=True, eq=False)
class Exported:
    """A document, and up to which numbers it holds images and persons."""

    document: dict[str, Any]
    last: exports.LastNumbers


def export_coco(store: Store, *, with_predictions: bool = False) -> dict[str, Any]:
    """The document of `export`, for who gives it to nobody."""
    return export(store, with_predictions=with_predictions).document


def export(store: Store, *, with_predictions: bool = False) -> Exported:
    """The home as one COCO document that pycocotools loads and evaluates.

    Annotations with num_keypoints > 0 are exactly the accepted persons: imported labels as they came, those made here
    marked with source "human", author and revision. Open and skipped persons are there as boxes without keypoints;
    boxes that hold nobody are left out. Predictions stand apart, in "predictions", in COCO's results format with their
    round and network: nothing that evaluates or trains on annotations can mistake them for labels. Each person's is the
    published round's student's, else the newest imported model's, whose round is null.
    Whatever a home holds, this does not fail: what readers cannot evaluate is changed, and "export_changes" says how
    often, in words (docs/adr/0013). An import passes that field over.
    """
    with store.reading() as tx:
        described, last = project.get_project(tx), exports.last_numbers(tx)
        records = images.list_images(tx)
        everybody = list_persons(tx)
        persons = [p for p in everybody if p.state != "not_a_person"]
        number = described.published_round
        predicted = _predictions(tx, [p.id for p in persons], number) if with_predictions else {}
    image_ids = _ids({one.id: one.source_id for one in records})
    # Ids for everybody, so that a person keeps theirs when somebody else turns out to be none.
    fit = {p.id: p.source_id if p.source_id is None or p.source_id > 0 else None for p in everybody}
    own_ids = _ids(fit, reserved=_ids_aside(records))
    written = write(
        CocoFile(
            described.skeleton,
            tuple(_image(record, image_ids[record.id]) for record in records),
            tuple(_person(person, own_ids[person.id], image_ids[person.image_id]) for person in persons),
            described.coco_header,
        )
    )
    document = written.document
    person_ids = dict(zip([p.id for p in persons], written.person_ids, strict=True))
    renumbered = sum(p.source_id is not None and p.source_id < 1 for p in persons)
    changes = Counter(written.changes) + Counter({RENUMBERED: renumbered})
    changes[OTHER_IDS] += sum(one is not None and one != own_ids[p.id] for p in persons if (one := fit[p.id]))
    changes[OTHER_IMAGE_IDS] += sum(one.source_id not in (None, image_ids[one.id]) for one in records)
    changes = +changes  # without those that did not happen
    names = Counter(record.file_name for record in records)
    alike = sum(count for count in names.values() if count > 1)
    if alike:
        changes[ALIKE] = alike
    if with_predictions and "predictions" in document:
        changes[GAVE_WAY] += 1
    if changes:
        document[CHANGES] = dict(changes)
    _name_keypoints(document, described.skeleton)
    if with_predictions:
        categories = {annotation["id"]: annotation["category_id"] for annotation in document["annotations"]}
        document["predictions"] = [
            {"image_id": image_ids[person.image_id], "category_id": categories[person_ids[person.id]]}
            | _prediction(stored, person_ids[person.id])
            for person in persons
            if (stored := predicted.get(person.id)) is not None
        ]
    return Exported(document, last)


def _predictions(tx: Session, person_ids: Sequence[int], published: int | None) -> dict[int, StoredPrediction]:
    """One a person: the student's of the published round, else an imported model's."""
    found = predictions.imported(tx, person_ids)
    if published is None:
        return found
    of_round = predictions.for_persons(tx, person_ids, round_number=published)
    students = {i: one for i, stored in of_round.items() for one in stored if one.prediction.network == STUDENT}
    return found | students


def _name_keypoints(document: dict[str, Any], skeleton: Skeleton) -> None:
    """Boxes came in a category without keypoints; once somebody labelled one, it names those of the labels."""
    used = [a["category_id"] for a in accepted(document) if a.get("source") == HUMAN]
    named = category_of(skeleton)
    document["categories"] = [
        {**one, "keypoints": named["keypoints"], "skeleton": named["skeleton"]}
        if isinstance(one, dict) and one.get("id") in used and not one.get("keypoints")
        else one
        for one in document["categories"]
    ]


def _ids_aside(records: Sequence[ImageRecord]) -> list[int]:
    """The ids of annotations that are no persons, as far as they have any."""
    kept = [record.extra.get(KEPT_ASIDE) for record in records]
    entries = [one for aside in kept if isinstance(aside, list) for one in aside if isinstance(one, dict)]
    return [number for number in (whole(one.get("id")) for one in entries) if number is not None]


def _ids(wanted: Mapping[int, int | None], reserved: Sequence[int] = ()) -> dict[int, int]:
    """By id here the id that a file gave, each to the one who came first with it; fresh ones, none of the reserved, for
    the rest."""
    taken: set[int] = set()
    fresh = max([0, *(i for i in (*reserved, *wanted.values()) if i is not None and i < LARGEST_ID)]) + 1
    ids = {}
    for here in sorted(wanted):
        number = wanted[here]
        if number is None or number in taken:  # files of several sources number alike
            number, fresh = fresh, fresh + 1
        taken.add(number)
        ids[here] = number
    return ids


def _image(record: ImageRecord, image_id: int) -> CocoImage:
    return CocoImage(image_id, record.file_name, record.width, record.height, record.extra)


def _person(person: PersonRecord, person_id: int, image_id: int) -> CocoPerson:
    label = person.label if person.state == "accepted" else None
    extra = {key: value for key, value in person.extra.items() if label is None or key != "keypoints"}
    if label is None and "keypoints" not in extra:  # came with a label that was taken back since
        extra.pop("num_keypoints", None)
    if label is not None and label.author != IMPORTED:
        extra |= {"source": HUMAN, "author": label.author, "revision": label.revision}
    # pycocotools cannot evaluate without an area: where no file gave one, the area that OKS divides by here.
    area = person.oks_area if person.area is None else person.area
    return CocoPerson(person_id, image_id, PersonInstance(person.box, label, area, extra))


def _prediction(stored: StoredPrediction, annotation_id: int) -> dict[str, Any]:
    """COCO's results format, with what keeps it from being taken for a label."""
    prediction = stored.prediction
    return {
        "keypoints": [value for row in prediction.xyc.tolist() for value in row],
        "score": person_confidence(prediction),
        "annotation_id": annotation_id,
        "source": "prediction",
        "round": stored.round_number,
        "network": prediction.network,
    }


def accepted(document: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The annotations of an export that are labels of persons."""
    return (a for a in document["annotations"] if a["num_keypoints"] > 0 and not a["iscrowd"])
