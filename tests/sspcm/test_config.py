"""A round's settings: frozen, whole, and strict about what they are."""

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
        ("steps = ", "not TOML"),
        ("train = 3", "'train' must be a table"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_the_way_out(toml: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        RoundConfig.from_toml(toml)


def test_merging_changes_what_it_names_and_nothing_else() -> None:
    changed = merge(PRESETS["demo"], {"seed": 7, "train": {"steps": 5}})
    assert (changed.seed, changed.train.steps) == (7, 5)
    assert changed.model == PRESETS["demo"].model
    assert changed.train.labelled_batch == PRESETS["demo"].train.labelled_batch
