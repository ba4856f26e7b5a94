"""What a round learns from is fixed once, and written down for the trainer."""

from pathlib import Path

import numpy as np
import pytest

from app.rounds.errors import LearningError
from app.rounds.freezing import freeze_round
from db.pool import cameras, images
from db.records import (
    MeasuredLens,
    NewPerson,
)
from db.rounds import predictions, rounds
from sspcm.config import ModelConfig, RoundConfig, TrainConfig
from sspcm.fisheye import LensCircle
from sspcm.pose import Box, Prediction
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.rounds.round_home import Home, unlabelled


def test_the_manifest_tells_what_each_person_is_to_the_round(home: Home) -> None:
    seed, pool = home.add("a.jpg", home.labelled(), unlabelled())
    nobody, blurred = home.add("b.jpg", unlabelled(), unlabelled())
    home.add("crowd.jpg", unlabelled(iscrowd=1))
    held_out, later = home.add("v.jpg", home.labelled(), unlabelled(), split="validation")
    home.add("crowd2.jpg", unlabelled(iscrowd=1), split="validation")
    home.decide(nobody, "not_a_person")
    home.decide(blurred, "skip", reason="blurred")

    manifest = home.freeze()

    assert manifest["version"] == 1
    assert manifest["skeleton"] == get_skeleton("coco-17").to_json()
    assert RoundConfig.from_dict(manifest["config"]) == RoundConfig()
    assert {person["id"]: person["use"] for person in manifest["persons"]} == {
        seed: "labelled",
        pool: "unlabelled",
        blurred: "unlabelled",
        held_out: "validation",
        later: "validation",
    }
    labelled = {person["id"] for person in manifest["persons"] if person["xyv"] is not None}
    assert labelled == {seed, held_out}, "who is labelled later is predicted as well, to be measured by then"
    assert all(person["predict"] for person in manifest["persons"])


def test_a_person_travels_with_box_label_area_image_and_lens(home: Home) -> None:
    label = home.make_label(x=60.0)
    home.add("a.jpg", NewPerson(Box(60, 61, 40, 80, 15.0), label, area=1234.0), unlabelled())

    first, second = home.freeze()["persons"]

    assert first["box"] == [60, 61, 40, 80, 15.0]
    assert first["xyv"] == label.xyv.tolist()
    assert (first["area"], second["area"]) == (1234.0, pytest.approx(0.53 * 50 * 90))
    assert second["xyv"] is None
    assert Path(first["image"]).read_bytes() == b"a.jpg"
    assert first["lens"] == [319.5, 239.5, 240.0]  # the circle inscribed in 640 x 480


def test_a_known_lens_is_used_and_upright_cameras_have_none(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    with home.store.transaction() as tx:
        camera = images.list_images(tx)[0].camera
        cameras.set_lens(tx, camera.id, MeasuredLens(LensCircle(300.0, 250.0, 200.0), 640, 480))

    assert home.freeze()["persons"][0]["lens"] == [300.0, 250.0, 200.0]
    with home.store.transaction() as tx:
        rounds.fail(tx, home.round().id, "over")
    home.create(RoundConfig(model=ModelConfig(orientation="image")))
    freeze_round(home.store, home.files, home.settings, 2)
    assert home.manifest(2)["persons"][0]["lens"] is None


def test_what_is_labelled_after_the_freeze_waits_for_the_next_round(home: Home) -> None:
    seed, later = home.add("a.jpg", home.labelled(), unlabelled())
    before = home.freeze()

    home.decide(later, "accept", label=home.make_label(x=210.0))
    home.decide(seed, "accept", label=home.make_label(x=70.0))
    (home.folder() / "manifest.json").unlink()
    freeze_round(home.store, home.files, home.settings, 1)

    assert home.manifest() == before
    assert home.round().state == "running"


def test_a_lost_image_file_is_named_and_no_manifest_is_left(home: Home) -> None:
    home.add("room-3.jpg", home.labelled())
    next((home.settings.home / "images").glob("*/*")).unlink()

    with pytest.raises(LearningError, match=r"the file of image 'room-3\.jpg' is gone"):
        home.freeze()

    assert not (home.folder() / "manifest.json").exists()


def test_labels_taken_back_before_the_freeze_leave_nothing_to_learn_from(home: Home) -> None:
    (seed,) = home.add("a.jpg", home.labelled())
    home.decide(seed, "reopen")

    with pytest.raises(LearningError, match="no labelled person was left"):
        home.freeze()


def test_an_imported_models_word_of_unlabelled_people_travels_where_the_settings_ask_for_it(home: Home) -> None:
    seed, pool, unseen = home.add("a.jpg", home.labelled(), unlabelled(), unlabelled(x=300.0))
    held_out, blind = home.add("v.jpg", home.labelled(), unlabelled(), split="validation")
    said = np.column_stack((np.arange(17.0), np.arange(17.0), np.full(17, 0.7)))
    rows = [(person, Prediction(said + [person, 0, 0], "dots")) for person in (seed, pool, held_out, blind)]
    with home.store.transaction() as tx:
        predictions.add_predictions(tx, None, rows)

    assert not any("pseudo" in person for person in home.freeze()["persons"])
    with home.store.transaction() as tx:
        rounds.fail(tx, home.round().id, "over")
    home.create(RoundConfig(train=TrainConfig(pseudo_share=0.5)))
    freeze_round(home.store, home.files, home.settings, 2)

    persons = {person["id"]: person for person in home.manifest(2)["persons"]}
    assert {number for number, person in persons.items() if "pseudo" in person} == {pool}
    assert persons[pool]["pseudo"] == (said + [pool, 0, 0]).tolist() and persons[pool]["xyv"] is None
    assert persons[unseen]["use"] == "unlabelled"


def test_who_was_labelled_since_the_freeze_has_no_pseudo_label(home: Home) -> None:
    _, pool, later = home.add("a.jpg", home.labelled(), unlabelled(), unlabelled(x=300.0))
    said = np.full((17, 3), 0.5)
    with home.store.transaction() as tx:
        predictions.add_predictions(tx, None, [(person, Prediction(said, "dots")) for person in (pool, later)])
    home.freeze(RoundConfig(train=TrainConfig(pseudo_share=0.5)))
    home.decide(later, "accept", label=home.make_label(x=310.0))
    (home.folder() / "manifest.json").unlink()
    freeze_round(home.store, home.files, home.settings, 1)

    assert {person["id"] for person in home.manifest()["persons"] if "pseudo" in person} == {pool}
