"""A round's settings: frozen, whole, and strict about what they are."""

import json
from dataclasses import asdict

import pytest

from sspcm.config import PRESETS, ConfigError, RoundConfig, merge


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_toml(name: str) -> None:
    assert RoundConfig.from_toml(PRESETS[name].to_toml()) == PRESETS[name]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[train]\nstep = 3", "Did you mean 'train.steps'"),
        ("[train]\nsteps = 'many'", "'train.steps' must be int; found 'many'"),
        ("[train]\nsteps = 0", "must be positive; found 0"),
        ("[model]\nbackbone = 'resnet19'", "Did you mean 'resnet18'"),
        ("[model]\ninput_width = 100", "multiple of 32"),
        ("[ranking]\nblind_share = 1.5", "blind_share"),
        ("[ranking]\ntop_keypoints = 0", "ranking.top_keypoints must be positive; found 0"),
        ("[ranking]\nflag_above = -1", "ranking.flag_above must lie in"),
        ("[train]\nlearning_rate = nan", "train.learning_rate must be positive; found nan"),
        ("[train]\ndecay_at = 0.7", "'train.decay_at' must be a list of float; found 0.7"),
        ("[train]\ndecay_at = [1.7]", "fractions of the steps, in .0, 1.; found .1.7,."),
        ("[train]\ndecay_at = ['late']", "'train.decay_at' must be float; found 'late'"),
        ("[train]\nsteps = true", "'train.steps' must be int; found True"),
        ("[train]\nsteps = 3.5", "'train.steps' must be int; found 3.5"),
        ("[views]\nflip_p = 2", "views.flip_p is a chance, in .0, 1.; found 2.0"),
        ("[views]\nscale_min = 3.0", "views.scale_min must lie in .0, views.scale_max.; found .3.0, 1.25."),
        ("[views]\nocclusion_patches = -1", "views.occlusion_patches must not be negative"),
        ("[model]\nbox_scale = 0", "model.box_scale must be positive"),
        ("[train]\nmask_peak = nan", "train.mask_peak must be finite; found nan"),
        ("seed = -1", "seed must be a whole number from 0 to 4294967295; found -1"),
        ("seed = 4294967296", "seed must be a whole number from 0 to 4294967295"),
        ("steps = ", "not TOML"),
        ("train = 3", "'train' must be a table"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_the_way_out(toml: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        RoundConfig.from_toml(toml)


def test_settings_that_are_no_table_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"the round's settings must be a table of settings; found \[1\]"):
        RoundConfig.from_dict([1])  # type: ignore[arg-type]


def test_a_whole_number_is_a_float_where_one_is_wanted() -> None:
    config = RoundConfig.from_toml("[train]\nlearning_rate = 1\ndecay_at = [1]")
    assert (config.train.learning_rate, config.train.decay_at) == (1.0, (1.0,))
    assert isinstance(config.train.learning_rate, float)


def test_a_config_survives_json() -> None:
    config = PRESETS["demo"]
    assert RoundConfig.from_dict(json.loads(json.dumps(asdict(config)))) == config


def test_merging_changes_what_it_names_and_nothing_else() -> None:
    changed = merge(PRESETS["demo"], {"seed": 7, "train": {"steps": 5}})
    assert (changed.seed, changed.train.steps) == (7, 5)
    assert changed.model == PRESETS["demo"].model
    assert changed.train.labelled_batch == PRESETS["demo"].train.labelled_batch
