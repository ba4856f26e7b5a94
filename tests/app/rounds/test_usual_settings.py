"""What a launch begins from, where nobody says."""

from collections.abc import Callable
from typing import Any

from app.rounds.usual_settings import begin_from, preset_settings, usual_settings
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import PRESETS, merge


def test_a_home_without_a_round_begins_with_the_demos_settings(sqlite_store: Store) -> None:
    assert usual_settings(sqlite_store) == preset_settings("demo")


def test_a_home_keeps_what_was_launched_last_unless_it_is_refused_today(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    lead = add_account(sqlite_store, role="lead")
    mine = merge(PRESETS["standard"], {"seed": 9, "method": "multiaugs"})

    def launch(config_toml: str) -> None:
        with sqlite_store.transaction() as tx:
            record = rounds.create(tx, config_toml=config_toml, user=lead)
            rounds.fail(tx, record.id, "over")

    launch(mine.to_toml())
    assert (usual_settings(sqlite_store).config, usual_settings(sqlite_store).told) == (mine, "the settings of round 1")
    assert begin_from(sqlite_store, None).config == mine
    assert begin_from(sqlite_store, "demo").config == PRESETS["demo"]
    earlier = merge(mine, {"ranking": {"top_keypoints": 3, "flag_above": 0.3, "blind_share": 0.25}})
    launch(earlier.to_toml())  # what a round wrote down while a person was the mean of the three worst
    assert usual_settings(sqlite_store).config == merge(mine, {"ranking": {"blind_share": 0.25}})
    launch(mine.to_toml().replace("steps = 4000", "steps = 2147483647"))
    assert usual_settings(sqlite_store) == preset_settings("demo")
