"""A round is run by its own settings, or not at all."""

import pytest

from app.rounds.errors import LearningError
from app.rounds.own_settings import own_settings
from db.people import users
from db.records import RoundRecord
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import RoundConfig, TrainConfig


def launched(store: Store, config_toml: str) -> RoundRecord:
    with store.transaction() as tx:
        lead = users.add_user(tx, "lena", "lead", "correct horse")
        return rounds.create(tx, config_toml=config_toml, user=lead)


def test_settings_come_back_and_those_that_a_version_did_not_know_are_as_today(sqlite_store: Store, add_people) -> None:
    add_people(sqlite_store)
    config = RoundConfig(train=TrainConfig(steps=7))
    earlier = config.to_toml().replace("held_out", "# held_out")
    assert own_settings(launched(sqlite_store, earlier)) == config


def test_settings_of_another_version_are_named_and_nothing_is_run(sqlite_store: Store, add_people) -> None:
    add_people(sqlite_store)
    record = launched(sqlite_store, "[train]\nfreeze_trunk = 3\n")
    with pytest.raises(LearningError, match=r"round 1 has other settings.*'train.freeze_trunk'.*Everything is kept"):
        own_settings(record)
