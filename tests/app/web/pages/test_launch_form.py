"""What the form that launches a round refuses, in words."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.rounds.usual_settings import UsualSettings, usual_settings
from app.web.pages.launch_form import LAST, _begun_from, _changes, _config, _told
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import METHODS, PRESETS, ConfigError


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


def test_the_form_begins_as_the_last_round_was_launched(
    sqlite_store: Store, tmp_path: Path, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    usual = usual_settings(sqlite_store, tmp_path)
    assert _begun_from(sqlite_store, tmp_path, LAST) == usual
    assert usual.config == PRESETS["demo"]
    assert _begun_from(sqlite_store, tmp_path, "standard").config == PRESETS["standard"]
    launched = _config(PRESETS["standard"], _changes(method="dualpose", steps=77, seed=5, blind_share=0.2), "")
    lead = add_account(sqlite_store, role="lead")
    with sqlite_store.transaction() as tx:
        rounds.create(tx, config_toml=launched.to_toml(), user=lead)
    assert _begun_from(sqlite_store, tmp_path, LAST).config == launched


def test_the_form_says_what_it_begins_from_and_what_it_passed_over() -> None:
    usual = UsualSettings(PRESETS["demo"], "the preset 'demo'", passed_over="a<b has no layers, see /srv/home/a.onnx.")
    assert _told(usual) == ("<p>Begins from the preset &#x27;demo&#x27;.</p><p>a&lt;b has no layers, see a.onnx.</p>")
    taught = replace(usual, pseudo_labels="What a<b predicts teaches instead.")
    assert _told(taught) == f"{_told(usual)}<p>What a&lt;b predicts teaches instead.</p>"
    assert _told(UsualSettings(PRESETS["demo"], "round 1")) == "<p>Begins from round 1.</p>"
