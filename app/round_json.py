"""Rounds and pre-labellings as programs see them: the same document from the command line and over HTTP."""

import dataclasses
from typing import Any

from db.records import PrelabellingRecord, RoundRecord
from sspcm.config import RoundConfig


def round_json(record: RoundRecord) -> dict[str, Any]:
    """A round as plain data, its config nested, its times in ISO 8601."""
    shown = dataclasses.asdict(record)
    shown["config"] = dataclasses.asdict(RoundConfig.recalled(shown.pop("config_toml")))
    return _with_times(shown)


def prelabelling_json(record: PrelabellingRecord) -> dict[str, Any]:
    """A model's run over the pool as plain data, its times in ISO 8601."""
    return _with_times(dataclasses.asdict(record))


def _with_times(shown: dict[str, Any]) -> dict[str, Any]:
    for name in ("created_at", "started_at", "finished_at"):
        shown[name] = shown[name].isoformat() if shown[name] else None
    return shown
