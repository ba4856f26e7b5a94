"""Labels out: exactly the accepted persons, in a form that pycocotools evaluates, predictions apart."""

import contextlib
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from app.dataset.exporting import OTHER_IDS, OTHER_IMAGE_IDS, _ids, accepted, export_coco
from db.labelling import labels, queue
from db.pool import images, persons, project
from db.records import Decision, NewImage, NewPerson, RankingEntry, UserRecord
from db.rounds import predictions, rankings, rounds
from db.store.session import Store
from sspcm.formats.coco.reading import KEPT_ASIDE, category_of
from sspcm.pose import Box, Label, Prediction
from sspcm.skeletons.skeleton import get_skeleton

MakeLabel = Callable[..., Label]


@pytest.fixture
def ann(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store)


@pytest.fixture
def decide(sqlite_store: Store, ann: UserRecord, now: datetime) -> Callable[..., None]:
    """Ann's decision about the person with this id: decide(3, "accept", label=...)."""

    def do(person_id: int, kind: Any, **more: Any) -> None:
        with sqlite_store.transaction() as tx:
            queue.claim(tx, ann, now=now, lease_s=60)
            revision = persons.get_person(tx, person_id).revision
            key = f"{kind}-{person_id}-{revision}"
            labels.decide(tx, Decision(key, kind, person_id, revision, ann, **more), now=now)

    return do


def publish_round(store: Store, lead: UserRecord, person_id: int, *, now: datetime) -> None:
    """Round 1 with every network's prediction of one person."""
    places = np.column_stack([np.arange(17.0), np.arange(17.0), np.full(17, 0.5)])
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
        predictions.add_predictions(tx, launched.id, [(person_id, Prediction(places, name)) for name in ("A", "C")])
        image = persons.get_person(tx, person_id).image_id
        rankings.add_round_ranking(tx, launched.id, [RankingEntry(image, 0, 0.5, ())])
        rounds.publish(tx, launched.id, metrics={}, directory="r", now=now)


def test_the_labels_of_an_export_are_exactly_the_accepted_persons(
    sqlite_store: Store,
    add_people: Callable[..., Any],
    decide: Callable[..., None],
    make_label: MakeLabel,
) -> None:
    add_people(sqlite_store, persons=4)
    decide(1, "accept", label=make_label(author="ann"))
    decide(2, "skip", reason="too dark")
    decide(3, "not_a_person")
    document = export_coco(sqlite_store)
    assert [a["id"] for a in document["annotations"]] == [1, 2, 4], "a box that holds nobody is left out"
    (label,) = accepted(document)
    assert (label["id"], label["source"], label["author"], label["revision"]) == (1, "human", "ann", 1)
    assert label["keypoints"][:3] == [300.0, 200.0, 2]
    assert label["num_keypoints"] == 17
    for unlabelled in document["annotations"][1:]:
        assert unlabelled["num_keypoints"] == 0
        assert unlabelled["keypoints"] == [0] * 51
        assert "source" not in unlabelled
    assert document["annotations"][1]["bbox"] == [90.0, 60.0, 40.0, 80.0]


def test_a_label_taken_back_leaves_only_the_box(
    sqlite_store: Store, add_people: Callable[..., Any], decide: Callable[..., None], make_label: MakeLabel
) -> None:
    add_people(sqlite_store, persons=2)
    decide(1, "accept", label=make_label(author="ann"))
    decide(1, "reopen")
    assert list(accepted(export_coco(sqlite_store))) == []


def test_imported_labels_gain_nothing(sqlite_store: Store, add_people: Callable[..., Any]) -> None:
    add_people(sqlite_store, labelled=True, count=2)
    document = export_coco(sqlite_store)
    assert len(list(accepted(document))) == 2
    assert not any(key in a for a in document["annotations"] for key in ("source", "author", "revision"))


def test_predictions_stand_apart_and_say_what_they_are(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., UserRecord], now: datetime
) -> None:
    add_people(sqlite_store, persons=2)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), 2, now=now)
    assert "predictions" not in export_coco(sqlite_store)
    document = export_coco(sqlite_store, with_predictions=True)
    assert list(accepted(document)) == []
    (prediction,) = document["predictions"]
    told = {key: prediction[key] for key in ("annotation_id", "image_id", "category_id", "source", "round", "network")}
    assert told == {
        "annotation_id": 2,
        "image_id": 1,
        "category_id": 1,
        "source": "prediction",
        "round": 1,
        "network": "C",
    }
    assert prediction["score"] == pytest.approx(0.5)


def test_pycocotools_evaluates_the_predictions_against_the_labels(
    sqlite_store: Store,
    add_people: Callable[..., Any],
    decide: Callable[..., None],
    add_account: Callable[..., UserRecord],
    now: datetime,
) -> None:
    add_people(sqlite_store)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), 1, now=now)
    steps = np.arange(17.0)
    decide(1, "accept", label=Label(np.column_stack([steps, steps, np.full(17, 2.0)]), author="ann"))
    document = export_coco(sqlite_store, with_predictions=True)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = document
        truth.createIndex()
        judged = COCOeval(truth, truth.loadRes(document["predictions"]), "keypoints")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    assert judged.stats[0] == pytest.approx(1.0), "the student predicted what the annotator accepted"


def test_images_of_two_files_with_the_same_ids_get_ids_of_their_own(
    sqlite_store: Store, add_people: Callable[..., Any], make_label: MakeLabel
) -> None:
    add_people(sqlite_store)
    aside = {"id": 9, "image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4]}
    with sqlite_store.transaction() as tx:
        for number, extra in ((8, {}), (9, {KEPT_ASIDE: [aside]})):
            person = NewPerson(Box(1, 2, 30, 40), make_label(), source_id=8)
            image = NewImage(f"{number:064x}", "same.jpg", 640, 480, "hall", number, source_id=7, extra=extra)
            images.add_image(tx, image, [person])
    document = export_coco(sqlite_store)
    assert len({image["id"] for image in document["images"]}) == 3
    assert len({annotation["id"] for annotation in document["annotations"]}) == 4
    assert {a["image_id"] for a in document["annotations"]} == {image["id"] for image in document["images"]}
    kept = next(a for a in document["annotations"] if a["id"] == 9)
    assert kept["category_id"] == 3, "what came with an id keeps it"


def test_images_of_one_name_are_counted_for_who_goes_by_names(
    sqlite_store: Store, add_people: Callable[..., Any]
) -> None:
    add_people(sqlite_store, count=0)
    with sqlite_store.transaction() as tx:
        for number, name in enumerate(["0001.jpg", "0001.jpg", "0002.jpg"]):
            images.add_image(tx, NewImage(f"{number}" * 64, name, 640, 480, "hall", number), ())
    changes = export_coco(sqlite_store)["export_changes"]
    assert [(count, said.split(",")[0]) for said, count in changes.items()] == [(2, "images named as another one")]


@given(st.lists(st.none() | st.integers(0, 5)), st.lists(st.integers(0, 20)))
def test_ids_are_unique_and_kept_where_they_can_be(wanted: list[int | None], reserved: list[int]) -> None:
    ids = _ids(dict(enumerate(wanted)), reserved)
    assert len(set(ids.values())) == len(ids) == len(wanted)
    for place, number in enumerate(wanted):
        if number is not None and number not in wanted[:place]:
            assert ids[place] == number
        else:
            assert ids[place] not in reserved


def test_whose_id_is_taken_by_an_earlier_file_is_numbered_anew_and_counted(
    sqlite_store: Store, add_people: Callable[..., Any]
) -> None:
    add_people(sqlite_store, count=0)
    box = Box(10.0, 10.0, 50.0, 90.0)
    with sqlite_store.transaction() as tx:
        for number, (source, persons) in enumerate([(1, [2]), (2, [3]), (1, [2, 1])]):
            frame = NewImage(f"{number}" * 64, f"{number}.jpg", 640, 480, "hall", number, source_id=source)
            images.add_image(tx, frame, [NewPerson(box, None, source_id=one) for one in persons])
    document = export_coco(sqlite_store)
    assert [one["id"] for one in document["images"]] == [1, 2, 3]
    assert [one["id"] for one in document["annotations"]] == [2, 3, 4, 1]
    assert document["export_changes"] == {OTHER_IDS: 1, OTHER_IMAGE_IDS: 1}


def test_labels_made_on_boxes_name_their_keypoints(
    sqlite_store: Store, add_people: Callable[..., Any], decide: Callable[..., None], make_label: MakeLabel
) -> None:
    add_people(sqlite_store)
    boxes = {"id": 1, "name": "person", "colour": "red"}
    with sqlite_store.transaction() as tx:
        project.set_coco_header(tx, {"categories": [boxes, {"id": 3, "name": "car"}]})
    assert export_coco(sqlite_store)["categories"] == [boxes, {"id": 3, "name": "car"}]
    decide(1, "accept", label=make_label(author="ann"))
    people, car = export_coco(sqlite_store)["categories"]
    named = category_of(get_skeleton("coco-17"))
    assert people == {**boxes, "keypoints": named["keypoints"], "skeleton": named["skeleton"]}
    assert car == {"id": 3, "name": "car"}
