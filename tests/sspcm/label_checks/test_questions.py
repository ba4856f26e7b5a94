"""What is asked about labels: a row for each thing that could be wrong."""

from dataclasses import replace

import numpy as np

from sspcm.label_checks.evidence import gather
from sspcm.label_checks.questions import ask
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton


def test_each_question_has_a_row_for_each_thing_that_could_be_wrong(standing):
    people = standing(6)
    xyv = people.xyv.copy()
    xyv[0, [1, 9]] = 0
    rows = ask(gather(replace(people, xyv=xyv)))
    assert len(rows["misplaced"].about) == 6 * 17 - 2
    assert rows["miss"].about.tolist() == [[0, 1], [0, 9]]
    assert len(rows["pair"].about) == 6 * 8 - 2 and len(rows["whole"].about) == 6
    assert all(np.isfinite(one.values).all() for one in rows.values())
    mirror = BUILT_IN["coco-17"].mirror
    assert all(mirror[left] == right for _, left, right in rows["pair"].about.tolist())


def test_people_whose_boxes_overlap_are_asked_about_as_twins(standing):
    people = standing(4)
    twice = people.of(np.array([0, 1, 2, 3, 2]))
    assert ask(gather(twice))["twin"].about.tolist() == [[2, 4]]


def test_a_skeleton_without_pairs_and_edges_has_fewer_questions(standing):
    people = standing(6, off=0)
    dots = Skeleton("dots", tuple(f"dot {i}" for i in range(17)), (), tuple(range(17)), (0.07,) * 17)
    rows = ask(gather(replace(people, skeleton=dots)))
    assert len(rows["pair"].about) == len(rows["whole"].about) == 0 and len(rows["misplaced"].about) == 6 * 17
