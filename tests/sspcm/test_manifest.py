"""A manifest comes back as it was written."""

import json

import pytest

from sspcm.manifest import RoundError, manifest_data, read_manifest


def test_written_then_read_is_the_same_manifest(make_round, tmp_path):
    path = make_round() / "manifest.json"
    manifest = read_manifest(path)
    again = tmp_path / "again.json"
    again.write_text(json.dumps(manifest_data(manifest)))
    assert manifest_data(read_manifest(again)) == manifest_data(manifest)
    assert json.loads(path.read_text())["persons"] == manifest_data(manifest)["persons"]


def test_pseudo_labels_come_back_and_others_have_none(make_round, tmp_path):
    path = make_round(labelled=1, unlabelled=2, validation=1, pseudo=0.5) / "manifest.json"
    manifest = read_manifest(path)
    assert json.loads(path.read_text())["persons"] == manifest_data(manifest)["persons"]
    assert [one.pseudo is not None for one in manifest.persons] == [False, True, True, False]
    assert manifest.persons[1].label is None and manifest.persons[1].pseudo[:, 2].tolist() == [0.5] * 5


@pytest.mark.parametrize(
    ("number", "pseudo", "said"),
    [
        (0, [[1, 2, 0.5]] * 5, "person 100: only an unlabelled person may have pseudo; found it on a labelled one"),
        (3, [[1, 2, 0.5]] * 5, "found it on a validation one"),
        (1, [[1, 2, 0.5]] * 4, "pseudo has 4 keypoints, the skeleton 5"),
        (1, [[1, 2, 1.5]] * 5, r"confidence lies in \[0, 1\]"),
        (1, [[1, float("nan"), 0.5]] * 5, "NaN or infinity"),
        (1, [[1, 2]] * 5, "finite rows of x, y, confidence"),
    ],
)
def test_a_pseudo_label_that_cannot_be_is_named_with_its_person(make_round, number, pseudo, said):
    path = make_round(labelled=1, unlabelled=2, validation=1) / "manifest.json"
    data = json.loads(path.read_text())
    data["persons"][number]["pseudo"] = pseudo
    path.write_text(json.dumps(data))
    with pytest.raises(RoundError, match=said):
        read_manifest(path)
