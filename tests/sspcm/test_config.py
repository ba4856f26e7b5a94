"""A round's settings: frozen, whole, and strict about what they are."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any, get_type_hints

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from sspcm.config import METHODS, PRESETS, ConfigError, ModelConfig, RoundConfig, TrainConfig, merge
from sspcm.plain import limits_of
from sspcm.protocols.protocol import protocol_names, read_protocol


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_toml(name: str) -> None:
    assert RoundConfig.from_toml(PRESETS[name].to_toml()) == PRESETS[name]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[train]\nstep = 3", "Did you mean 'train.steps'"),
        ("[train]\nsteps = 'many'", "'train.steps' must be int; found 'many'"),
        ("[train]\nsteps = 0", "train.steps must be from 1 to 10,000,000; found 0"),
        ("[model]\nbackbone = 'resnet19'", "Did you mean 'resnet18'"),
        ("[model]\ninput_width = 100", "multiple of 32"),
        ("[ranking]\nblind_share = 1.5", "blind_share"),
        ("[ranking]\ntop_keypoints = 0", "ranking.top_keypoints must be from 1 to 1,000; found 0"),
        ("[ranking]\nflag_above = -1", "ranking.flag_above must be from 0.0 to 1.0; found -1.0"),
        ("[train]\nlearning_rate = nan", "train.learning_rate must be from 1e-15 to 10.0; found nan"),
        ("[train]\ndecay_at = 0.7", "'train.decay_at' must be a list of float; found 0.7"),
        ("[train]\ndecay_at = [1.7]", "train.decay_at must be from 1e-09 to 1.0; found 1.7"),
        ("[train]\ndecay_at = ['late']", "'train.decay_at' must be float; found 'late'"),
        ("[train]\nsteps = true", "'train.steps' must be int; found True"),
        ("[train]\nsteps = 3.5", "'train.steps' must be int; found 3.5"),
        ("[views]\nflip_p = 2", "views.flip_p must be from 0.0 to 1.0; found 2.0"),
        ("[views]\nscale_min = 3.0", "views.scale_min must not exceed views.scale_max; found .3.0, 1.25."),
        ("[views]\nocclusion_patches = -1", "views.occlusion_patches must be from 0 to 100; found -1"),
        ("[model]\nbox_scale = 0", "model.box_scale must be from 0.1 to 10.0; found 0.0"),
        ("[train]\nmask_peak = nan", "train.mask_peak must be from -100.0 to 100.0; found nan"),
        ("[train]\npseudo_share = -0.1", "train.pseudo_share must be from 0.0 to 0.9; found -0.1"),
        ("[train]\npseudo_share = 1", "train.pseudo_share must be from 0.0 to 0.9; found 1.0"),
        ("[train]\nanchor = -0.01", "train.anchor must be from 0.0 to 1.0; found -0.01"),
        ("[train]\nanchor = 1.5", "train.anchor must be from 0.0 to 1.0; found 1.5"),
        ("[train]\nanchor = 'weak'", "'train.anchor' must be float; found 'weak'"),
        ("[train]\npseudo_confidence = 2", "train.pseudo_confidence must be from 0.0 to 1.0; found 2.0"),
        (
            "[train]\npseudo_share = 0.1\nlabelled_batch = 4",
            "must be 1 person at least, and leave 1 at least.*found 0.1",
        ),
        ("[train]\npseudo_share = 0.9\nlabelled_batch = 4", r"labelled_batch .4. must be 1 person at least"),
        ("seed = -1", "seed must be from 0 to 4,294,967,295; found -1"),
        ("seed = 4294967296", "seed must be from 0 to 4,294,967,295; found 4294967296"),
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


ABSURD = (
    2**31, 2**63, 2**64, 10**400, -1, -(2**63), 1e308, -1e308, float("inf"), float("-inf"), float("nan"), True, "",
    "x" * 10_000, "../../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "timm:", "timm:hf-hub:somebody/something",
    "timm:local-dir:/etc", [], [[]], [0.5] * 10_000, ["cut_occlude"] * 1000, {}, None,
)  # fmt: skip


HARMLESS = {
    "a path, checked where it is used": (
        ("weights", "weights_b", "weights_c"),
        ("", "../../etc/passwd", "/etc/passwd"),
    ),
    "any 32 bits": (("seed",), (2**31,)),
    "none at all": (("paths", "decay_at"), ([],)),
    "a switch": (("student", "mask", "start_votes", "compile"), (True,)),
    "the networks need not be sure of anything": (("mask_peak",), (-1,)),
}
"""What is absurd elsewhere and means something here: for which settings, and which values."""


def settings_of(kind: type, *above: str) -> Iterator[tuple[str, ...]]:
    """The path to every single setting."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        if is_dataclass(hints[field.name]):
            yield from settings_of(hints[field.name], *above, field.name)
        else:
            yield (*above, field.name)


def nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    return {path[0]: nested(path[1:], value) if path[1:] else value}


def means_something(name: str, value: Any) -> bool:
    return any(name in names and repr(value) in map(repr, values) for names, values in HARMLESS.values())


@pytest.mark.parametrize("path", list(settings_of(RoundConfig)), ids=".".join)
def test_no_setting_takes_an_absurd_value_and_the_error_fits_a_few_lines(path: tuple[str, ...]) -> None:
    for value in ABSURD:
        if means_something(path[-1], value):
            continue
        with pytest.raises(ConfigError) as refused:
            RoundConfig.from_dict(nested(path, value))
        assert path[-1] in str(refused.value) and len(str(refused.value)) < 600, (value, str(refused.value))


def test_every_number_of_a_round_states_its_limits() -> None:
    numbers = {
        path for path in settings_of(RoundConfig) if isinstance(at(asdict(RoundConfig()), path), int | float | tuple)
    }
    switches = {("method", name) for name in ("student", "mask", "start_votes")} | {("train", "compile")}
    switches_and_words = switches | {("method", "paths")}
    assert {path for path in numbers if path[-1] in limits_of(kind_at(path))} == numbers - switches_and_words


def at(data: Any, path: tuple[str, ...]) -> Any:
    return at(data[path[0]], path[1:]) if path else data


def kind_at(path: tuple[str, ...]) -> type:
    kind: type = RoundConfig if len(path) == 1 else get_type_hints(RoundConfig)[path[0]]
    return kind


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[train]\nlabelled_batch = 4096\nunlabelled_batch = 4096", "at most 200,000,000 pixels; found 402653184"),
        ("[model]\ninput_width = 2048\ninput_height = 2048", "at most 200,000,000 pixels"),
        ("[train]\nsteps = 10000000\nlabelled_batch = 128\nunlabelled_batch = 128", "at most 2,000,000,000 persons"),
        ("[train]\ndecay_at = [" + "0.5," * 17 + "]", "at most 16 fractions"),
        ("[train]\naccumulate = 64", "train.accumulate must divide train.labelled_batch .32.; found 64"),
        ("[ranking]\nblind_share = 1.0", "ranking.blind_share must be below 1"),
        ("seed = " + "9" * 5000, "a number is too long"),
        ("seed = " + "[" * 5000 + "]" * 5000, "nest too deep"),
        ("# " + "x" * 2_000_000, "2,000,002 characters; wanted 1,000,000 at most"),
        ("x" * 100_000 + " = 1", "unknown setting"),
    ],
)
def test_settings_that_cannot_be_together_or_be_read_are_refused_in_words(toml: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        RoundConfig.from_toml(toml)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("name", protocol_names())
def test_the_published_protocols_stay_within_the_limits(name: str) -> None:
    settings = read_protocol(name).round
    assert RoundConfig.from_toml(settings.to_toml()) == settings


NUMBERS = sorted(path for path in settings_of(RoundConfig) if path[-1] in limits_of(kind_at(path)))


TOGETHER = ("steps", "labelled_batch", "unlabelled_batch", "accumulate", "input_height", "input_width", "scale_min",
            "scale_max", "decay_at", "blind_share", "pseudo_share")  # fmt: skip


@given(data=st.data(), path=st.sampled_from([path for path in NUMBERS if path[-1] not in TOGETHER]))
def test_whatever_lies_within_a_limit_survives_toml(data: st.DataObject, path: tuple[str, ...]) -> None:
    lowest, highest = limits_of(kind_at(path))[path[-1]]
    whole = isinstance(at(asdict(RoundConfig()), path), int)
    value = data.draw(st.integers(int(lowest), int(highest)) if whole else st.floats(lowest, highest))
    config = merge(RoundConfig(), nested(path, value))
    assert at(asdict(config), path) == value
    assert RoundConfig.from_toml(config.to_toml()) == config


def test_a_past_rounds_settings_can_be_shown_even_where_they_are_refused_today() -> None:
    stored = asdict(RoundConfig()) | {"seed": 2**40, "gone": 3}
    stored["train"] = asdict(TrainConfig()) | {"steps": 2147483647, "decay_at": [0.5] * 40}
    del stored["views"]
    text = tomli_w.dumps(stored)
    with pytest.raises(ConfigError):
        RoundConfig.from_toml(text)
    shown = RoundConfig.recalled(text)
    assert (shown.seed, shown.train.steps, shown.train.decay_at) == (2**40, 2147483647, (0.5,) * 40)
    assert shown.views == RoundConfig().views and tomllib.loads(shown.to_toml())["train"]["steps"] == 2147483647
    assert RoundConfig.recalled(PRESETS["demo"].to_toml()) == PRESETS["demo"]


@pytest.mark.parametrize("weights", ["/tmp/a\0b", "\ud800"])
def test_weights_that_can_be_no_path_are_no_settings(weights: str) -> None:
    with pytest.raises(ConfigError, match=r"model\.weights must be printable"):
        ModelConfig(weights=weights)


@pytest.mark.parametrize(
    "other", [{"weights_b": "other.onnx"}, {"backbone": "resnet18", "student_backbone": "resnet18"}]
)
def test_the_mean_of_two_models_is_refused(other):
    changed = {"model": other}
    with pytest.raises(ConfigError, match=r'train.ships "mean" wants A and B of one model.*set train.ships to "A"'):
        merge(PRESETS["imported"], changed)
    assert merge(PRESETS["imported"], changed | {"train": {"ships": "A"}}).train.ships == "A"


def test_the_start_votes_only_where_pairs_are_compared_for_a_student() -> None:
    assert replace(METHODS["sspcm"], start_votes=True).start_votes
    for name in ("supervised", "dualpose", "multiaugs"):
        with pytest.raises(ConfigError, match=r"method.start_votes wants a student .*closest_pair"):
            replace(METHODS[name], start_votes=True)
