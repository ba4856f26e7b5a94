"""The lead's page: what its form refuses, in words, and what it shows of rounds."""

from collections.abc import Callable
from typing import Any

import pytest

from app.rounds.usual_settings import usual_settings
from app.web.pages.launch_form import LAST, _begun_from, _changes, _config
from app.web.pages.lead import _launch_button
from app.web.pages.lead_view import POINTS_DRAWN, lead_view
from db.records import RankingEntry, RoundPoint
from db.rounds import rankings, rounds
from db.store.session import Store
from sspcm.config import METHODS, PRESETS, ConfigError
from sspcm.ranking.ranking import DRAWN_AT_RANDOM, UNLIKE_OTHERS


def test_the_forms_numbers_lie_over_the_preset_and_the_text_over_both() -> None:
    changes = _changes(method="dualpose", steps=30, seed=4, blind_share=0.2)
    config = _config(PRESETS["demo"], changes, "seed = 5\n[train]\nsnapshot_every = 10")
    assert config.method == METHODS["dualpose"]
    assert (config.train.steps, config.train.snapshot_every, config.seed) == (30, 10, 5)
    assert config.ranking.blind_share == 0.2
    assert config.model == PRESETS["demo"].model


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"steps": None}, "Training steps is empty"),
        ({"steps": 0}, "train.steps must be from 1 to 10,000,000; found 0"),
        ({"steps": 2.5}, "Training steps is 2.5; wanted a whole number"),
        ({"steps": 1e308}, "found a number of some 30. digits"),
        ({"steps": float("nan")}, "Training steps is nan"),
        ({"seed": None}, "Seed is empty"),
        ({"seed": -1}, "seed must be from 0 to 4,294,967,295"),
        ({"blind_share": None}, "Blind share is empty"),
        ({"blind_share": 7}, "ranking.blind_share must be from 0.0 to 1.0; found 7"),
    ],
)
def test_a_number_that_cannot_be_is_named(changed: dict[str, float | None], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        _config(
            PRESETS["demo"], _changes(**{"method": "sspcm", "steps": 30, "seed": 4, "blind_share": 0.2, **changed}), ""
        )


@pytest.mark.parametrize(
    ("text", "said"), [("[train", "not TOML"), ("[train]\nstep = 5", "Did you mean 'train.steps'")]
)
def test_a_text_that_cannot_be_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        _config(PRESETS["demo"], {}, text)


@pytest.mark.parametrize(
    ("latest", "pressable"),
    [
        (None, True),
        ({"number": 1, "state": "queued"}, False),
        ({"number": 1, "state": "running"}, False),
        ({"number": 1, "state": "published"}, True),
        ({"number": 1, "state": "failed"}, True),
    ],
)
def test_a_round_is_launched_while_none_is_active(latest: dict[str, Any] | None, pressable: bool) -> None:
    assert _launch_button(latest)["interactive"] is pressable


def test_an_empty_home_is_shown_as_empty(sqlite_store: Store, add_people: Callable[..., Any]) -> None:
    add_people(sqlite_store, count=2)
    counts, board, curves, tables = lead_view(sqlite_store)
    assert (counts["images_open"], counts["persons_accepted"], board["round"]) == (2, 0, None)
    assert (curves["loss"], curves["steps"], tables["rounds"]) == ([], None, [])
    assert len(tables["queue"]) == 2


def test_a_past_round_is_shown_even_if_its_settings_are_refused_today(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    absurd = PRESETS["demo"].to_toml().replace("steps = 200", "steps = 2147483647")
    lead = add_account(sqlite_store, role="lead")
    with sqlite_store.transaction() as tx:
        rounds.create(tx, config_toml=absurd, user=lead)
    _, board, curves, _ = lead_view(sqlite_store)
    assert (curves["steps"], board["round"]["config"]["train"]["steps"]) == (2147483647, 2147483647)


def test_a_long_loss_curve_is_thinned_and_every_ap_is_kept(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    lead = add_account(sqlite_store, role="lead")
    with sqlite_store.transaction() as tx:
        record = rounds.create(tx, config_toml=PRESETS["demo"].to_toml(), user=lead)
        rounds.start(tx, record.id)
        told = [RoundPoint(step, {"loss": 1.0} | ({"ap_C": 0.5} if step % 500 == 0 else {})) for step in range(2000)]
        rounds.add_points(tx, record.id, told)
    _, board, curves, _ = lead_view(sqlite_store)
    assert POINTS_DRAWN <= len(curves["loss"]) < 2 * POINTS_DRAWN
    assert curves["ap"]["C"] == [(0, 0.5), (500, 0.5), (1000, 0.5), (1500, 0.5)]
    assert (curves["steps"], board["round"]["state"]) == (PRESETS["demo"].train.steps, "running")


def test_the_form_begins_as_the_last_round_was_launched(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    assert _begun_from(sqlite_store, LAST) == PRESETS["demo"] == usual_settings(sqlite_store).config
    assert _begun_from(sqlite_store, "standard") == PRESETS["standard"]
    launched = _config(PRESETS["standard"], _changes(method="dualpose", steps=77, seed=5, blind_share=0.2), "")
    lead = add_account(sqlite_store, role="lead")
    with sqlite_store.transaction() as tx:
        rounds.create(tx, config_toml=launched.to_toml(), user=lead)
    assert _begun_from(sqlite_store, LAST) == launched


def test_the_leads_table_does_not_tell_the_blind_share(sqlite_store: Store, add_people: Callable[..., Any]) -> None:
    people = add_people(sqlite_store, count=2)
    reasons = ((DRAWN_AT_RANDOM,), (UNLIKE_OTHERS,))
    with sqlite_store.transaction() as tx:
        entries = [RankingEntry(image.id, place, 0.0, reasons[place], place == 0) for place, image in enumerate(people)]
        rankings.replace_cold_ranking(tx, entries)
    rows = lead_view(sqlite_store)[3]["queue"]
    assert [(row["score"], row["reasons"]) for row in rows] == [(None, []), (None, [])]
