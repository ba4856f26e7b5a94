"""The settings that a launch begins from where nobody says: the same on the lead's page and on the command line.

They are the last launched round's: a home's people, cameras and machine stay what they are. A round on an imported
pose model goes on from the networks of the published round; the preset "imported" begins anew from the model. Before
any round they are the preset "imported" where the home has a pose model that can be trained, else "demo": its rounds
take minutes on any machine and start from weights that know people seen from above, where "standard" starts at random
and takes hours without a GPU. Who has a GPU says --preset standard once; the home keeps it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from app.home.model_files import KeptModel, ModelFiles
from app.rounds.starting_weights import model_name, round_name
from db.pool.project import get_project
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import IMPORTED, PRESETS, ConfigError, RankingConfig, RoundConfig, merge
from sspcm.plain import merged
from sspcm.pose_models.trainable import trainable_settings

FIRST = "demo"
_USUAL_BEFORE = (3, 0.3)
"""ranking.top_keypoints and ranking.flag_above of rounds until persons became the mean over all their keypoints."""


@dataclass(frozen=True)
class UsualSettings:
    """What a launch begins from, and where that comes from, in words."""

    config: RoundConfig
    told: str
    is_a_rounds: bool = False


def usual_settings(store: Store, home: Path) -> UsualSettings:
    """The last launched round's settings; a preset's before any, or where today's limits refuse them."""
    with store.reading() as tx:
        newest = rounds.latest(tx, 1)
        published = get_project(tx).published_round if newest else None
        shown = rounds.get(tx, published) if published is not None else None
    if not newest:
        return first_settings(home)
    try:
        config = RoundConfig.from_toml(newest[0].config_toml)
    except ConfigError:
        return first_settings(home)
    if config.model.weights == FIRST and _imported(home) is not None:
        return first_settings(home)  # nobody chose the demo's weights while there was nothing better
    told = f"the settings of round {newest[0].number}"
    config = _ranked_as_today(config)
    if config.model.backbone == IMPORTED and shown is not None and _is_imported(shown.config_toml):
        model = replace(config.model, weights=round_name(shown.number), weights_b="")
        return UsualSettings(
            replace(config, model=model), f"{told}, going on from the networks of round {shown.number}", True
        )
    return UsualSettings(config, told, True)


def first_settings(home: Path) -> UsualSettings:
    """What a home without a round begins with."""
    return _imported(home) or preset_settings(FIRST, home)


def _is_imported(config_toml: str) -> bool:
    return RoundConfig.recalled(config_toml).model.backbone == IMPORTED


def trainable_model(home: Path) -> KeptModel | None:
    """The newest of the home's pose models that can be trained."""
    return next((one for one in ModelFiles(home).newest_first() if trainable_settings(one.path) is not None), None)


def _imported(home: Path) -> UsualSettings | None:
    """The preset "imported" with that model."""
    model = trainable_model(home)
    settings = None if model is None else trainable_settings(model.path)
    if model is None or settings is None:
        return None
    named = merged(settings, {"model": {"weights": model_name(model)}})
    return UsualSettings(merge(PRESETS[IMPORTED], named), f"the preset '{IMPORTED}' with {model.name}")


def _ranked_as_today(config: RoundConfig) -> RoundConfig:
    """A round that said nothing of its ranking wrote down what was usual then: its like ranks as is usual now."""
    usual = RankingConfig()
    if (config.ranking.top_keypoints, config.ranking.flag_above) != _USUAL_BEFORE:
        return config
    ranking = replace(config.ranking, top_keypoints=usual.top_keypoints, flag_above=usual.flag_above)
    return replace(config, ranking=ranking)


def begin_from(store: Store, home: Path, preset: str | None) -> UsualSettings:
    """The settings of a preset; without one the usual ones. Raises ConfigError where the preset wants a pose model."""
    return usual_settings(store, home) if preset is None else preset_settings(preset, home)


def preset_settings(name: str, home: Path) -> UsualSettings:
    """A preset's. Raises ConfigError."""
    if name != IMPORTED:
        return UsualSettings(PRESETS[name], f"the preset '{name}'")
    found = _imported(home)
    if found is None:
        raise ConfigError(
            "this home has no pose model that can be trained; the preset 'imported' wants one (MoveNet, top-down "
            "heatmaps or SimCC). Give one on the lead's page or by `prelabel MODEL.onnx`, or choose another preset."
        )
    return found
