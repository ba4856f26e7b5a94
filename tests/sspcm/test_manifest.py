"""A manifest comes back as it was written."""

import json
from dataclasses import replace

import pytest

from sspcm.config import DEMO_WEIGHTS
from sspcm.manifest import RoundError, manifest_data, read_manifest


def test_written_then_read_is_the_same_manifest(make_round, tmp_path):
    path = make_round() / "manifest.json"
    manifest = read_manifest(path)
    again = tmp_path / "again.json"
    again.write_text(json.dumps(manifest_data(manifest)))
    assert manifest_data(read_manifest(again)) == manifest_data(manifest)
    assert json.loads(path.read_text())["persons"] == manifest_data(manifest)["persons"]


def test_a_movable_manifest_names_what_lies_beside_it_wherever_both_are(make_round, tmp_path):
    manifest = read_manifest(make_round() / "manifest.json")
    home, folder = tmp_path / "home", tmp_path / "home" / "rounds" / "0001"
    persons = tuple(replace(one, image=home / "images" / one.image.name) for one in manifest.persons)
    persons = (replace(persons[0], image=tmp_path / "elsewhere.jpg"), *persons[1:])
    model = replace(manifest.config.model, weights=str(home / "models" / "m.onnx"), weights_b="imagenet")
    written = replace(manifest, persons=persons, weights=home / "weights", config=replace(manifest.config, model=model))
    data = manifest_data(written, folder=folder, within=home)
    assert str(home) not in json.dumps(data)

    moved = tmp_path / "moved"
    (moved / "rounds" / "0001").mkdir(parents=True)
    (moved / "rounds" / "0001" / "manifest.json").write_text(json.dumps(data))
    found = read_manifest(moved / "rounds" / "0001" / "manifest.json")
    assert found.weights == moved / "weights"
    assert found.persons[0].image == tmp_path / "elsewhere.jpg", "what lies elsewhere stays there"
    assert {one.image for one in found.persons[1:]} == {moved / "images" / one.image.name for one in persons[1:]}
    named = found.config.model
    assert (named.weights, named.weights_b) == (str(moved / "models" / "m.onnx"), "imagenet")


def test_the_demos_weights_are_each_machines_own(make_round, tmp_path):
    manifest = replace(read_manifest(make_round() / "manifest.json"), weights=DEMO_WEIGHTS)
    data = manifest_data(manifest, folder=tmp_path / "rounds", within=tmp_path)
    assert data["weights"] == "demo"
    (tmp_path / "manifest.json").write_text(json.dumps(data))
    assert read_manifest(tmp_path / "manifest.json").weights == DEMO_WEIGHTS


def test_a_path_upwards_of_a_manifest_that_is_not_movable_is_left_alone(make_round, tmp_path):
    manifest = read_manifest(make_round() / "manifest.json")
    model = replace(manifest.config.model, weights="../mine.pth")
    (tmp_path / "manifest.json").write_text(
        json.dumps(manifest_data(replace(manifest, config=replace(manifest.config, model=model))))
    )
    assert read_manifest(tmp_path / "manifest.json").config.model.weights == "../mine.pth"


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
