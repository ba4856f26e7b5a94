"""What a launch begins from, where nobody says."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.home.model_files import ModelFiles
from app.rounds.usual_settings import begin_from, preset_settings, usual_settings
from db.clock import utc_now
from db.pool.project import ensure_project
from db.rounds import rankings, rounds
from db.store.session import Store
from sspcm.config import PRESETS, ConfigError, RoundConfig, merge
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton
from tests.onnx_files import learning_heatmaps, learning_movenet, learning_simcc, simcc


def test_a_home_without_a_round_begins_with_the_demos_settings(sqlite_store: Store, tmp_path: Path) -> None:
    assert usual_settings(sqlite_store, tmp_path) == preset_settings(sqlite_store, tmp_path, "demo")


def test_a_home_keeps_what_was_launched_last_unless_it_is_refused_today(
    sqlite_store: Store, tmp_path: Path, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    lead = add_account(sqlite_store, role="lead")
    mine = merge(PRESETS["standard"], {"seed": 9, "method": "multiaugs"})

    def launch(config_toml: str) -> None:
        with sqlite_store.transaction() as tx:
            record = rounds.create(tx, config_toml=config_toml, user=lead)
            rounds.fail(tx, record.id, "over")

    launch(mine.to_toml())
    usual = usual_settings(sqlite_store, tmp_path)
    assert (usual.config, usual.told) == (mine, "the settings of round 1")
    assert begin_from(sqlite_store, tmp_path, None).config == mine
    assert begin_from(sqlite_store, tmp_path, "demo").config == PRESETS["demo"]
    earlier = merge(mine, {"ranking": {"top_keypoints": 3, "flag_above": 0.3, "blind_share": 0.25}})
    launch(earlier.to_toml())  # what a round wrote down while a person was the mean of the three worst
    assert usual_settings(sqlite_store, tmp_path).config == merge(mine, {"ranking": {"blind_share": 0.25}})
    launch(mine.to_toml().replace("steps = 4000", "steps = 2147483647"))
    assert usual_settings(sqlite_store, tmp_path) == preset_settings(sqlite_store, tmp_path, "demo")


def given(home: Path, name: str, content: bytes) -> None:
    """A pose model that somebody gave by its path."""
    (home / f"{name}.onnx").write_bytes(content)
    ModelFiles(home).keep(home / f"{name}.onnx")


def test_a_home_with_a_pose_model_begins_with_it(sqlite_store: Store, tmp_path: Path) -> None:
    given(tmp_path, "strong", learning_movenet(96))
    usual = usual_settings(sqlite_store, tmp_path)
    assert usual.told == "the preset 'imported' with strong"
    model = usual.config.model
    assert (model.backbone, model.weights, model.input_height, model.box_scale) == (
        "imported",
        "models/strong",
        96,
        1.15,
    )
    assert begin_from(sqlite_store, tmp_path, "demo").config == PRESETS["demo"]


def test_top_down_heatmaps_keep_the_loss_they_were_trained_with(sqlite_store: Store, tmp_path: Path) -> None:
    given(tmp_path, "strong", learning_heatmaps())
    config = begin_from(sqlite_store, tmp_path, "imported").config
    assert (config.train.loss, config.model.box_scale, config.model.input_width) == ("heatmap", 1.25, 64)


def taught(preset: str) -> RoundConfig:
    """A preset with half of each labelled batch by pseudo-labels."""
    assert PRESETS[preset].train.pseudo_share == 0
    return merge(PRESETS[preset], {"train": {"pseudo_share": 0.5}})


def test_a_model_that_no_round_can_train_is_passed_over_and_why_is_said(sqlite_store: Store, tmp_path: Path) -> None:
    given(tmp_path, "axes", simcc(64, 64))
    usual = usual_settings(sqlite_store, tmp_path)
    assert (usual.config, usual.told) == (taught("demo"), "the preset 'demo'")
    assert usual.passed_over == (
        "axes has no plain convolutions; training wants 1 or more. Give a model whose layers can learn."
    )
    assert usual.pseudo_labels.startswith("What axes predicts teaches instead, as pseudo-labels")
    assert "50 %" in usual.pseudo_labels and "train.pseudo_share" in usual.pseudo_labels
    assert begin_from(sqlite_store, tmp_path, "demo") == usual
    assert begin_from(sqlite_store, tmp_path, "standard").config == taught("standard")
    with pytest.raises(ConfigError, match="no pose model that can be trained; the preset 'imported' wants") as refused:
        begin_from(sqlite_store, tmp_path, "imported")
    assert usual.passed_over in str(refused.value)
    assert str(refused.value).endswith("or choose another preset.")


@pytest.fixture
def heels(sqlite_store: Store) -> Skeleton:
    """A home whose people have a keypoint that no pose model of a known layout knows."""
    coco = BUILT_IN["coco-17"]
    skeleton = replace(
        coco,
        name="heels",
        keypoints=(*coco.keypoints, "heel"),
        mirror=(*coco.mirror, 17),
        sigmas=(*coco.sigmas, 0.1),
    )
    with sqlite_store.transaction() as tx:
        ensure_project(tx, name="heels", skeleton=skeleton)
    return skeleton


def test_a_model_without_a_place_for_the_homes_keypoints_gives_way_to_an_older_one(
    sqlite_store: Store, tmp_path: Path, heels: Skeleton
) -> None:
    given(tmp_path, "axes", learning_simcc())
    refused = "axes does not know 'heel' of the skeleton, and SimCC's head has no place for one more; wanted a model"
    assert usual_settings(sqlite_store, tmp_path).config == taught("demo")
    with pytest.raises(ConfigError, match="axes does not know 'heel'"):
        begin_from(sqlite_store, tmp_path, "imported")
    given(tmp_path, "strong", learning_movenet())
    usual = usual_settings(sqlite_store, tmp_path)
    assert (usual.passed_over, usual.pseudo_labels, usual.config.train.pseudo_share) == ("", "", 0), "it is the newest"
    given(tmp_path, "axes", learning_simcc())  # again, so it is the newest
    usual = usual_settings(sqlite_store, tmp_path)
    assert usual == begin_from(sqlite_store, tmp_path, "imported")
    assert (usual.told, usual.config.model.weights) == ("the preset 'imported' with strong", "models/strong")
    assert usual.passed_over.startswith(refused)
    assert (
        usual.pseudo_labels.startswith("What axes predicts teaches instead") and usual.config.train.pseudo_share == 0.5
    )
    given(tmp_path, "strong", learning_simcc(seed=1))  # a newer one of the same name
    weights = usual_settings(sqlite_store, tmp_path).config.model.weights
    assert weights == f"models/{hashlib.sha256(learning_movenet()).hexdigest()}"


def test_a_home_whose_keypoints_a_simcc_model_knows_begins_with_it(
    sqlite_store: Store, tmp_path: Path, add_people: Callable[..., Any]
) -> None:
    add_people(sqlite_store)
    given(tmp_path, "axes", learning_simcc())
    assert usual_settings(sqlite_store, tmp_path).told == "the preset 'imported' with axes"


def test_a_round_that_named_a_model_it_could_not_begin_from_is_no_example(
    sqlite_store: Store,
    tmp_path: Path,
    heels: Skeleton,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
) -> None:
    lead = add_account(sqlite_store, role="lead")
    given(tmp_path, "strong", learning_movenet())
    for name in ("axes", "strong"):
        config = merge(PRESETS["imported"], {"model": {"weights": f"models/{name}"}, "seed": 9})
        with sqlite_store.transaction() as tx:
            record = rounds.create(tx, config_toml=config.to_toml(), user=lead)
            rounds.fail(tx, record.id, "over")
        given(tmp_path, "axes", learning_simcc())
        usual = usual_settings(sqlite_store, tmp_path)
        assert usual.config.model.weights == "models/strong"
        assert (usual.config.seed == 9) == (name == "strong")


def test_of_many_models_the_newest_are_named(sqlite_store: Store, tmp_path: Path) -> None:
    for number in range(5):
        given(tmp_path, f"axes{number}", simcc(32 * (number + 1), 32))
    passed = usual_settings(sqlite_store, tmp_path).passed_over
    assert all(f"axes{number} has no" in passed for number in (4, 3, 2))
    assert "axes1" not in passed
    assert passed.endswith("2 older ones cannot be trained either.")


def test_a_later_round_goes_on_from_the_published_one_and_the_preset_begins_anew(
    sqlite_store: Store, tmp_path: Path, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    lead = add_account(sqlite_store, role="lead")
    given(tmp_path, "strong", learning_movenet())
    first = usual_settings(sqlite_store, tmp_path).config
    with sqlite_store.transaction() as tx:
        record = rounds.create(tx, config_toml=first.to_toml(), user=lead)
    assert usual_settings(sqlite_store, tmp_path).config.model.weights == "models/strong"  # it is not published yet
    with sqlite_store.transaction() as tx:
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
        rankings.add_round_ranking(tx, record.id, [])
        rounds.publish(tx, record.id, metrics={}, directory="rounds/0001/attempt-1", now=utc_now())
    usual = usual_settings(sqlite_store, tmp_path)
    assert usual.config.model.weights == "rounds/0001"
    assert usual.told == "the settings of round 1, going on from the networks of round 1"
    assert begin_from(sqlite_store, tmp_path, "imported").config.model.weights == "models/strong"


def test_a_home_of_demo_rounds_takes_up_a_pose_model_that_came_later(
    sqlite_store: Store, tmp_path: Path, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    lead = add_account(sqlite_store, role="lead")
    with sqlite_store.transaction() as tx:
        rounds.create(tx, config_toml=PRESETS["demo"].to_toml(), user=lead)
    given(tmp_path, "strong", learning_movenet())
    assert usual_settings(sqlite_store, tmp_path).config.model.backbone == "imported"
