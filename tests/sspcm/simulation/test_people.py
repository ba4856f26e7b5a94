"""Who is in the pool is neither held out nor for validation, by whole groups."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.simulation.people import SimulationError, read_everybody, split
from tests.sspcm.simulation.drawn import IMAGES, SEED, drawn_people, said

EVERYBODY = drawn_people()


@given(st.integers(0, 1000), st.floats(0.05, 0.5), st.integers(0, 15))
def test_everybody_is_in_one_of_three_parts_and_no_group_is_in_two(seed, holdout, validation):
    parts = split(EVERYBODY, seed=seed, holdout=holdout, validation=validation)
    of_parts = [parts.pool, parts.held_out, parts.validation]
    assert sorted(np.concatenate(of_parts)) == list(range(len(EVERYBODY)))
    groups = [set(EVERYBODY.group[one]) for one in of_parts]
    assert sum(map(len, groups)) == len(set(EVERYBODY.group))
    assert len(parts.held_out) >= round(holdout * len(EVERYBODY)) and len(parts.validation) >= validation


def test_images_of_one_room_belong_together(tmp_path):
    data = json.loads(SEED.read_text())
    rooms = {one["room"] for one in data["images"]}
    assert len(set(EVERYBODY.group)) == len(rooms)
    path = tmp_path / "apart.json"
    path.write_text(
        json.dumps(data | {"images": [{k: v for k, v in i.items() if k != "room"} for i in data["images"]]})
    )
    apart = read_everybody(path, IMAGES, plain=False)
    assert len(set(apart.group)) == len(data["images"])


def test_fewer_people_are_whole_groups():
    few = read_everybody(SEED, IMAGES, plain=True, most=10)
    assert 10 <= len(few) < len(EVERYBODY)
    assert few.lens(0) is None and EVERYBODY.lens(0) is not None
    for name in {one.image.file_name for one in few.persons}:
        count = sum(one.image.file_name == name for one in EVERYBODY.persons)
        assert sum(one.image.file_name == name for one in few.persons) == count


def test_the_truth_has_an_oks_of_one():
    rows = np.arange(len(EVERYBODY))
    assert EVERYBODY.oks(said(EVERYBODY, off=0.0).xyc, rows).min() > 0.999
    assert EVERYBODY.oks(said(EVERYBODY, off=2.0).xyc, rows).mean() < 0.7


def test_labels_and_images_are_wanted(tmp_path):
    path = tmp_path / "boxes.json"
    data = json.loads(SEED.read_text())
    nobody = [{k: v for k, v in one.items() if "keypoints" not in k} for one in data["annotations"]]
    path.write_text(json.dumps(data | {"annotations": nobody}))
    with pytest.raises(SimulationError, match="no person with keypoints"):
        read_everybody(path, IMAGES, plain=False)
    with pytest.raises(SimulationError, match="images are missing"):
        read_everybody(SEED, tmp_path, plain=False)
