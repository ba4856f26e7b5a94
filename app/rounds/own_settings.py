"""A round's own settings, to run it by: it may have been begun by another version, which knew others."""

from app.rounds.errors import LearningError
from db.records import RoundRecord
from sspcm.config import ConfigError, RoundConfig
from sspcm.manifest import OTHERS


def own_settings(record: RoundRecord) -> RoundConfig:
    """What the round runs by. Raises LearningError where this version does not know or refuses some of it."""
    try:
        return RoundConfig.from_toml(record.config_toml)
    except ConfigError as error:
        raise LearningError(
            f"round {record.number} has other settings than this version knows: {error} {OTHERS}"
        ) from error
