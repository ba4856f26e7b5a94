"""A round is launched with its job, or not at all."""

import dataclasses
import json

import pytest
from sqlalchemy.exc import OperationalError

from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.rounds.freezing import freeze_round
from app.rounds.launching import launch_from_page, launch_round
from db.errors import RoundActive
from db.rounds import rounds
from sspcm.config import ConfigError, ModelConfig, RoundConfig, TrainConfig
from tests.app.rounds.round_home import Home, unlabelled


def test_a_launched_round_is_queued_with_its_settings(home: Home, engine: Engine) -> None:
    home.add("a.jpg", home.labelled())
    config = RoundConfig(seed=5)

    record = launch_round(home.store, engine, config=config, user=home.lead)

    assert (record.number, record.state, record.launched_by) == (1, "queued", "lena")
    assert RoundConfig.from_toml(home.round().config_toml) == config
    assert engine.job_state(1) == "active"


def test_nothing_to_learn_from_is_said_before_anything_is_launched(home: Home, engine: Engine) -> None:
    home.add("a.jpg", unlabelled())
    home.add("v.jpg", home.labelled(), split="validation")

    with pytest.raises(LearningError, match="Label at least one person first"):
        launch_round(home.store, engine, config=RoundConfig(), user=home.lead)

    assert engine.job_state(1) == "missing"


def test_one_round_is_active_at_a_time(home: Home, engine: Engine) -> None:
    home.add("a.jpg", home.labelled())
    launch_round(home.store, engine, config=RoundConfig(), user=home.lead)

    with pytest.raises(RoundActive, match="round 1, launched by lena, is queued"):
        launch_round(home.store, engine, config=RoundConfig(), user=home.lead)

    assert engine.job_state(2) == "missing"


def test_a_job_that_cannot_be_enqueued_leaves_no_round(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    without_tables = Engine(home.settings)

    with pytest.raises(OperationalError, match="no such table"):
        launch_round(home.store, without_tables, config=RoundConfig(), user=home.lead)

    without_tables.close()
    with home.store.reading() as tx:
        assert rounds.latest(tx) == []


def test_a_page_names_weights_of_the_home_and_nothing_else(home: Home, engine: Engine) -> None:
    home.add("a.jpg", home.labelled())
    (engine.home / "weights" / "mine").mkdir(parents=True)
    for weights in ("/etc", "../secret.json", "nowhere"):
        config = RoundConfig(model=ModelConfig(weights_b=weights))
        with pytest.raises(ConfigError, match=r"in the home's folder weights/ \(there are: mine\)"):
            launch_from_page(home.store, engine, config=config, user=home.lead)
    config = RoundConfig(model=ModelConfig(weights="mine"))
    number = launch_from_page(home.store, engine, config=config, user=home.lead).number
    freeze_round(home.store, home.files, dataclasses.replace(home.settings, home=engine.home), number)
    (manifest,) = (engine.home / "rounds").rglob("manifest.json")
    assert json.loads(manifest.read_text())["weights"] == str(engine.home / "weights" / "mine")


def test_a_training_without_end_is_refused_in_words(home: Home, engine: Engine) -> None:
    home.add("a.jpg", home.labelled())
    endless = RoundConfig(train=TrainConfig(steps=10_000_000))
    with pytest.raises(LearningError, match=r"train\.steps is 10,000,000; a round in a home may have at most 781,250"):
        launch_round(home.store, engine, config=endless, user=home.lead)
    assert engine.job_state(1) == "missing"
    launch_round(home.store, engine, config=RoundConfig(train=TrainConfig(steps=781_250)), user=home.lead)
