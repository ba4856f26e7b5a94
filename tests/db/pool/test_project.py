from dataclasses import replace

import pytest
from sqlalchemy import delete

from db.errors import AnotherProject, NotFound, RoundActive
from db.pool import project
from db.records import StartsChoice
from db.rounds import rounds
from db.schema import ProjectRow
from sspcm.skeletons.skeleton import Skeleton, get_skeleton, in_order_of


def test_a_home_keeps_its_first_project(store):
    with store.transaction() as tx:
        first = project.ensure_project(tx, name="hall", skeleton=get_skeleton("wepdtof-14"))
        again = project.ensure_project(tx, name="another name", skeleton=get_skeleton("wepdtof-14"))
    assert first == again
    assert (first.name, first.published_round) == ("hall", None)
    assert first.skeleton == get_skeleton("wepdtof-14")


def test_another_skeleton_needs_another_home(store):
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=get_skeleton("wepdtof-14"))
    with pytest.raises(AnotherProject, match=r"wepdtof-14.*coco-17.*another home"), store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=get_skeleton("coco-17"))


def test_other_keypoints_are_named_beside_the_homes(store):
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=get_skeleton("coco-17"))
    said = "'nose'.* only in 'coco-17', 'head_top', 'neck' only in 'crowdpose-14'"
    with pytest.raises(AnotherProject, match=said), store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=get_skeleton("crowdpose-14"))


def test_the_same_keypoints_are_taken_whatever_their_spelling_and_the_homes_own_stay(store):
    coco = get_skeleton("coco-17")
    spoken = tuple(name.replace("_", " ").title() for name in coco.keypoints)
    other = Skeleton("person", spoken, (), tuple(range(17)), (0.07,) * 17)
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=coco)
        assert project.ensure_project(tx, name="hall", skeleton=other).skeleton == coco


def test_the_same_keypoints_in_another_order_are_refused(store):
    coco = get_skeleton("coco-17")
    turned = replace(coco, keypoints=coco.keypoints[::-1])
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=coco)
    said = "order: keypoint 1 is 'nose' against 'right_ankle'"
    with pytest.raises(AnotherProject, match=said), store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=turned)


def test_a_skeleton_of_the_same_keypoints_takes_the_place_of_the_homes_in_its_order(store):
    coco = get_skeleton("coco-17")
    spelled = tuple(name.upper().replace("_", " ") for name in coco.keypoints[::-1])
    wrong = replace(coco, mirror=tuple(range(17)), edges=(), sigmas=(0.07,) * 17, name="person")
    turned = in_order_of(replace(coco, keypoints=spelled), coco)
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=wrong)
        before, after = project.set_skeleton(tx, turned)
    assert (before, after) == (wrong, coco)
    with store.reading() as tx:
        assert project.get_project(tx).skeleton == coco


def test_a_skeleton_of_other_keypoints_is_not_set(store):
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=get_skeleton("coco-17"))
    with pytest.raises(AnotherProject, match="'head_top', 'neck' only in 'crowdpose-14'"), store.transaction() as tx:
        project.set_skeleton(tx, get_skeleton("crowdpose-14"))
    with store.reading() as tx:
        assert project.get_project(tx).skeleton == get_skeleton("coco-17")


def test_no_skeleton_is_set_under_a_running_round_but_under_one_that_waits(store, add_account, add_people):
    lead = add_account(store, "lea", "lead")
    add_people(store, labelled=True)
    other = replace(get_skeleton("coco-17"), mirror=tuple(range(17)))
    with store.transaction() as tx:
        record = rounds.create(tx, config_toml="", user=lead)
        assert project.set_skeleton(tx, other)[1] == other
        rounds.start(tx, record.id)
    said = "round 1 is running .* counts from the next round"
    with pytest.raises(RoundActive, match=said), store.transaction() as tx:
        project.set_skeleton(tx, get_skeleton("coco-17"))


def test_a_home_without_project_says_so(store):
    with store.reading() as tx, pytest.raises(NotFound, match="no project"):
        project.get_project(tx)


def test_the_coco_header_comes_back_as_given(store):
    header = {"info": {"version": "1.0"}, "licenses": [{"id": 3}], "categories": [{"id": 1, "name": "person"}]}
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=get_skeleton("coco-17"))
        project.set_coco_header(tx, header)
    with store.reading() as tx:
        assert project.get_project(tx).coco_header == header


def test_every_project_is_told_apart_also_one_made_anew_in_its_place(store):
    with store.reading() as tx:
        assert project.project_uuid(tx) is None
    found = []
    for _ in range(2):
        with store.transaction() as tx:
            made = project.ensure_project(tx, name="hall", skeleton=get_skeleton("coco-17"))
            assert project.project_uuid(tx) == made.uuid
            tx.execute(delete(ProjectRow))
        found.append(made.uuid)
    assert found[0] != found[1]
    assert all(len(uuid) == 32 for uuid in found)


def test_labelling_begins_from_the_imported_model_until_something_else_is_chosen(store):
    with store.transaction() as tx:
        project.ensure_project(tx, name="hall", skeleton=get_skeleton("wepdtof-14"))
        assert project.get_project(tx).starts.source == "imported"
        project.set_starts(tx, StartsChoice("student", "surely better"))
    with store.transaction() as tx:
        assert project.get_project(tx).starts == StartsChoice("student", "surely better")
        project.set_starts(tx, replace(project.get_project(tx).starts, overridden="imported", lead="lea"))
        assert project.get_project(tx).starts.source == "imported"
