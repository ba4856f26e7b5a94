"""What a check says of labels that are right, of each kind of wrong one, and of too few."""

from dataclasses import replace

import numpy as np
import pytest

from sspcm.label_checks.checking import FEWEST, check, check_by
from sspcm.label_checks.evidence import gather
from sspcm.label_checks.fitting import break_labels, count, f1, fit
from sspcm.label_checks.injecting import inject
from sspcm.label_checks.suspicions import settle, suspect
from sspcm.skeletons.skeleton import BUILT_IN
from tests.sspcm.label_checks.conftest import people_who_stand

NAMES = BUILT_IN["coco-17"].keypoints
LEFT_KNEE, RIGHT_KNEE, LEFT_WRIST, NOSE = (
    NAMES.index(one) for one in ("left_knee", "right_knee", "left_wrist", "nose")
)


@pytest.fixture(scope="module")
def learned():
    """From 150 errors; a check of as many people learns from more."""
    rng, people = np.random.default_rng(0), people_who_stand(120)
    return fit(break_labels(people, rng, errors=110, share=0.25), break_labels(people, rng, errors=40, share=0.1))


@pytest.fixture
def hasty(monkeypatch):
    """Less is learned from fewer errors; what is tried then is plain enough."""
    monkeypatch.setattr("sspcm.label_checks.fitting.MOST_TIMES", 10)


def changed(people, change):
    xyv = people.xyv.copy()
    change(xyv)
    return replace(people, xyv=xyv)


def worst_of(found, person):
    return next(one for one in found if one.person == person)


def test_each_kind_is_found_and_said_in_words(standing, learned):
    people = standing(60, 7)

    def spoil(xyv):
        xyv[0, [LEFT_KNEE, RIGHT_KNEE]] = xyv[0, [RIGHT_KNEE, LEFT_KNEE]]
        xyv[2] = xyv[2][people.skeleton.mirror_array]
        xyv[4, LEFT_WRIST, :2] = xyv[5, LEFT_WRIST, :2]
        xyv[6, NOSE] = 0
        xyv[8, LEFT_WRIST, :2] = xyv[8, LEFT_KNEE, :2]
        xyv[10, LEFT_WRIST, :2] += [-70, -50]

    found = check_by(changed(people, spoil), learned)
    said = {person: (worst_of(found, person).kind, worst_of(found, person).words) for person in (1, 3, 5, 7, 9)}
    assert said[1] == ("inversion", "left and right knee seem exchanged")
    assert said[3] == ("inversion", "left and right seem exchanged all over")
    assert said[5] == ("swap", "left wrist seems to be on person 6")
    assert said[7][0] == "miss" and said[7][1].startswith("nose is absent, and networks see it")
    assert said[9][0] == "duplicate" and "are in one place" in said[9][1]
    assert LEFT_WRIST in worst_of(found, 11).keypoints, "a wrist far off, whatever it is called"
    assert worst_of(found, 5).other == 6


def test_a_person_labelled_twice_is_told_with_the_other(standing, learned):
    people = standing(60, 8)
    twice = people.of(np.array([*range(60), 9]))
    ids = twice.ids.copy()
    ids[60] = 500
    (found,) = [one for one in check_by(replace(twice, ids=ids), learned) if one.kind == "twin"]
    assert {found.person, found.other} == {10, 500} and found.keypoints == ()


def test_beside_a_good_network_nearly_all_errors_are_found(standing, learned):
    """Whatever falls short on real labels is the network's own error, and not the check's."""
    people, done = inject(standing(300, 3), 0.1, np.random.default_rng(5))
    evidence = gather(people)
    told = sum(count(evidence, done, settle(suspect(evidence, learned))).values())
    assert f1(*told) > 0.8


def test_labels_that_are_right_are_hardly_suspected(standing, learned):
    assert len(check_by(standing(300, 4), learned)) <= 6


def test_findings_come_by_score_and_a_check_repeats_itself(standing, hasty):
    people, _ = inject(standing(80, 1), 0.1, np.random.default_rng(2))
    found = check(people)
    assert found == check(people) and found
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(0 <= one.score <= 1 for one in found)


def test_without_a_network_labels_stand_beside_each_other(standing, hasty):
    people = standing(120, 2, off=0)
    knees = changed(people, lambda xyv: xyv.__setitem__((0, [LEFT_KNEE, RIGHT_KNEE]), xyv[0, [RIGHT_KNEE, LEFT_KNEE]]))
    assert worst_of(check(knees), 1).words == "left and right knee seem exchanged"


def test_people_without_a_network_are_checked_beside_those_with_one(standing, hasty):
    people = standing(120, 2)
    poses = people.networks["net"].copy()
    poses[:10] = np.nan
    partly = changed(
        replace(people, networks={"net": poses}),
        lambda xyv: xyv.__setitem__((0, [LEFT_KNEE, RIGHT_KNEE]), xyv[0, [RIGHT_KNEE, LEFT_KNEE]]),
    )
    assert worst_of(check(partly), 1).kind == "inversion"


def test_of_too_few_people_nothing_is_said(standing):
    people, _ = inject(standing(FEWEST - 1, 1), 0.3, np.random.default_rng(0), kinds=("inversion",))
    assert check(people) == []
