"""The settings that a launch begins from where nobody says: the same on the lead's page and on the command line.

They are the last launched round's: a home's people, cameras and machine stay what they are. Before any round they are
the preset "demo": its rounds take minutes on any machine and start from weights that know people seen from above, where
"standard" starts at random and takes hours without a GPU. Who has a GPU says --preset standard once; the home keeps it.
"""

from dataclasses import dataclass, replace

from db.rounds import rounds
from db.store.session import Store
from sspcm.config import PRESETS, ConfigError, RankingConfig, RoundConfig

FIRST = "demo"
_USUAL_BEFORE = (3, 0.3)
"""ranking.top_keypoints and ranking.flag_above of rounds until persons became the mean over all their keypoints."""


@dataclass(frozen=True)
class UsualSettings:
    """What a launch begins from, and where that comes from, in words."""

    config: RoundConfig
    told: str
    is_a_rounds: bool = False


def usual_settings(store: Store) -> UsualSettings:
    """The last launched round's settings; the preset's before any, or where today's limits refuse them."""
    with store.reading() as tx:
        newest = rounds.latest(tx, 1)
    if not newest:
        return preset_settings(FIRST)
    try:
        config = RoundConfig.from_toml(newest[0].config_toml)
    except ConfigError:
        return preset_settings(FIRST)
    return UsualSettings(_ranked_as_today(config), f"the settings of round {newest[0].number}", True)


def _ranked_as_today(config: RoundConfig) -> RoundConfig:
    """A round that said nothing of its ranking wrote down what was usual then: its like ranks as is usual now."""
    usual = RankingConfig()
    if (config.ranking.top_keypoints, config.ranking.flag_above) != _USUAL_BEFORE:
        return config
    ranking = replace(config.ranking, top_keypoints=usual.top_keypoints, flag_above=usual.flag_above)
    return replace(config, ranking=ranking)


def begin_from(store: Store, preset: str | None) -> UsualSettings:
    """The settings of a preset; without one the usual ones."""
    return usual_settings(store) if preset is None else preset_settings(preset)


def preset_settings(name: str) -> UsualSettings:
    """A preset's."""
    return UsualSettings(PRESETS[name], f"the preset '{name}'")
