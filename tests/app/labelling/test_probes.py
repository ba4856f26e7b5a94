"""Probes as annotators get them: nothing shows whom, and no label keeps what was put wrong."""

import json

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contract.labelling import PersonPayload
from app.dataset.exporting import export_coco
from app.labelling import tasks
from app.sheet import page as contact_sheet
from app.sheet.thumbs import thumb_matrix
from db.labelling import labels, probes
from db.labelling.sheet import SheetFilter
from db.pool import images
from db.pool.persons import get_person
from db.rounds import evidence
from db.schema import ProbeRow
from db.store.session import Store
from sspcm.geometry import apply
from sspcm.pose import Box
from tests.app.labelling.annotating import LEASE_S, Account, People, publish_round, take
from tests.app.labelling.probing import FLAGGED, accept_as_shown, all_get, pose_in, predicted_home


@pytest.fixture
def ids(sqlite_store: Store, add_people: People) -> list[int]:
    return predicted_home(sqlite_store, add_people)


def box_of(person: PersonPayload) -> Box:
    return Box(person.box.x, person.box.y, person.box.width, person.box.height)


def off(person: PersonPayload) -> np.ndarray:
    """K: how far each keypoint of the start is from where the model put it."""
    return np.hypot(*(np.array(person.start.xyv)[:, :2] - pose_in(box_of(person))).T)


def shape(value: object) -> object:
    """The same data without its numbers: what a program could tell people apart by."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


def test_one_keypoint_is_wrong_in_all_that_is_shown_of_it_and_nothing_else_differs(
    sqlite_store: Store, add_account: Account, ids: list[int]
) -> None:
    ann = add_account(sqlite_store)
    all_get(sqlite_store, "none")
    plain = take(sqlite_store, ann)
    all_get(sqlite_store, "wrong")
    probed = take(sqlite_store, ann)
    assert [one.id for one in probed.persons] == [one.id for one in plain.persons]
    assert shape(probed.model_dump()) == shape(plain.model_dump())
    assert "probe" not in probed.model_dump_json()
    for one, before in zip(probed.persons, plain.persons, strict=True):
        (keypoint,) = np.flatnonzero(off(one) > 1).tolist()
        assert keypoint != FLAGGED
        assert one.start == one.starts[0] != before.start
        other = {"start", "starts", "ghosts"}
        assert one.model_dump(exclude=other) == before.model_dump(exclude=other)


def test_ghosts_are_moved_along_so_that_none_shows_the_right_place(
    sqlite_store: Store, add_account: Account, ids: list[int]
) -> None:
    ann = add_account(sqlite_store)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), dict.fromkeys(ids, 0.5))
    all_get(sqlite_store, "none")
    plain = {one.id: one for one in take(sqlite_store, ann).persons}
    all_get(sqlite_store, "wrong")
    for one in take(sqlite_store, ann).persons:
        before = plain[one.id]
        apart = np.array(one.start.xyv) - np.array(before.start.xyv)
        (keypoint,) = np.flatnonzero(apart.any(1)).tolist()
        assert set(one.ghosts) == {"A", "B", "A_prev", "B_prev", "C"} and len(one.starts) == 2
        for name, rows in one.ghosts.items():
            assert np.array(rows) - np.array(before.ghosts[name]) == pytest.approx(apart)
        for start, was in zip(one.starts, before.starts, strict=True):
            assert np.array(start.xyv) - np.array(was.xyv) == pytest.approx(apart)
        assert keypoint not in [flag.keypoint for flag in one.flags]


def test_whoever_comes_without_a_start_comes_as_those_whom_no_network_saw(
    sqlite_store: Store, add_account: Account, add_people: People, ids: list[int]
) -> None:
    ann = add_account(sqlite_store)
    all_get(sqlite_store, "empty")
    probed = take(sqlite_store, ann).persons[0]
    (unseen,) = add_people(sqlite_store)
    plain = tasks.open_image(sqlite_store, ann, unseen.id, lease_s=LEASE_S).persons[0]
    alike = {"id", "box"}
    assert probed.model_dump(exclude=alike) == plain.model_dump(exclude=alike)


def test_the_sheet_shows_what_the_editor_shows(sqlite_store: Store, add_account: Account, ids: list[int]) -> None:
    ann = add_account(sqlite_store)
    for kind in ("wrong", "empty"):
        all_get(sqlite_store, kind)
        task = {one.id: one for one in take(sqlite_store, ann).persons}
        tiles = contact_sheet.page(sqlite_store, ann, SheetFilter(), after=None, limit=200).persons
        shown = [one for one in tiles if one.id in task]
        assert len(shown) == 5
        for tile in shown:
            if kind == "empty":
                assert (tile.pose, tile.score, tile.flags) == (None, None, [])
                continue
            assert tile.pose is not None
            with sqlite_store.reading() as tx:
                person = get_person(tx, tile.id)
                into = thumb_matrix(images.get_image(tx, person.image_id), person.box)
            start = np.array(task[tile.id].start.xyv)
            assert np.array(tile.pose.xyv)[:, :2] == pytest.approx(apply(into, start[:, :2]), abs=0.06)


def test_nobody_gets_one_who_has_a_label_or_no_start_or_is_of_validation(
    sqlite_store: Store, add_account: Account, add_people: People, ids: list[int]
) -> None:
    ann = add_account(sqlite_store)
    (kept,) = add_people(sqlite_store, split="validation")
    all_get(sqlite_store, "none")
    first = take(sqlite_store, ann)
    accept_as_shown(sqlite_store, ann, first.persons[0])
    all_get(sqlite_store, "wrong")
    again = tasks.open_image(sqlite_store, ann, first.image.id, lease_s=LEASE_S)
    labelled = next(one for one in again.persons if one.id == first.persons[0].id)
    assert off(labelled).max() < 1e-6
    assert sum(off(one).max() > 1 for one in again.persons) == 4
    blind = tasks.open_image(sqlite_store, ann, kept.id, lease_s=LEASE_S).persons[0]
    assert (blind.start.source, blind.starts) == ("empty", [])
    with sqlite_store.reading() as tx:
        assert {one.person_id for one in probes_of(tx)} == {one.id for one in again.persons} - {labelled.id}


def probes_of(tx: Session) -> list[ProbeRow]:
    return list(tx.scalars(select(ProbeRow)))


def test_a_small_home_gets_none(sqlite_store: Store, add_account: Account, add_people: People) -> None:
    add_people(sqlite_store)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2})
    all_get(sqlite_store, "empty")
    assert take(sqlite_store, add_account(sqlite_store)).persons[0].start.source == "student"


def test_what_is_put_wrong_is_on_disk_before_it_is_shown_and_noted_once(
    sqlite_store: Store, add_account: Account, ids: list[int]
) -> None:
    ann = add_account(sqlite_store)
    all_get(sqlite_store, "wrong")
    for _ in range(2):
        task = take(sqlite_store, ann)
        tasks.look_at(sqlite_store, ann, task.image.id, lease_s=LEASE_S)
    with sqlite_store.reading() as tx:
        rows = probes_of(tx)
        assert sorted(row.person_id for row in rows) == sorted(one.id for one in task.persons)
        for row in rows:
            person = next(one for one in task.persons if one.id == row.person_id)
            assert row.places == [pytest.approx(pose_in(box_of(person))[row.keypoint].tolist())]
            shown = person.start.xyv[row.keypoint][:2]
            assert shown == pytest.approx([row.places[0][0] + row.dx, row.places[0][1] + row.dy])


def test_what_is_left_reaches_no_label_no_export_and_no_evidence(
    sqlite_store: Store, add_account: Account, ids: list[int]
) -> None:
    ann = add_account(sqlite_store)
    all_get(sqlite_store, "wrong")
    task = take(sqlite_store, ann)
    for person in task.persons:
        accept_as_shown(sqlite_store, ann, person)
    with sqlite_store.reading() as tx:
        for person in task.persons:
            (label,) = labels.history(tx, person.id)
            assert label.xyv[:, :2] == pytest.approx(pose_in(box_of(person)))
            assert label.touched is not None and not label.touched.any()
            assert label.started_from == person.start.prediction_id
        assert evidence.labelled(tx, "train", most=9) == []
        assert evidence.probed(tx) == {one.id for one in task.persons}
        assert evidence.count_corrected(tx) == 0
        assert evidence.count_taught_by(tx, network="dots", round_number=None) == 0
        (looked,) = probes.looked(tx)
        assert (looked.name, looked.caught, looked.missed, looked.untouched, looked.started) == ("ann", 0, 5, 5, 5)
        assert {one.person_id for one in probes.missed(tx, most=9)} == {one.id for one in task.persons}
    exported = json.dumps(export_coco(sqlite_store))
    for person in task.persons:
        wrong = person.start.xyv[int(off(person).argmax())]
        assert json.dumps(wrong[:2])[1:-1] not in exported


def test_whoever_moves_it_caught_it_and_the_label_is_as_they_left_it(
    sqlite_store: Store, add_account: Account, ids: list[int]
) -> None:
    ann = add_account(sqlite_store)
    all_get(sqlite_store, "wrong")
    task = take(sqlite_store, ann)
    for person in task.persons:
        xyv, k = [list(row) for row in person.start.xyv], int(off(person).argmax())
        xyv[k][:2] = (pose_in(box_of(person))[k] + 1.0).tolist()
        accept_as_shown(sqlite_store, ann, person, xyv=xyv, touched=[j == k for j in range(17)])
        with sqlite_store.reading() as tx:
            label = get_person(tx, person.id).label
            assert label is not None and label.xyv.tolist() == xyv
            assert label.touched is not None and np.flatnonzero(label.touched).tolist() == [k]
    with sqlite_store.reading() as tx:
        (looked,) = probes.looked(tx)
        assert (looked.caught, looked.missed, looked.untouched) == (5, 0, 0)
        assert evidence.labelled(tx, "train", most=9) == [], "a start that was put wrong says nothing of the network"
