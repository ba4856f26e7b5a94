"""A round as programs see it: the same document from the command line and over HTTP."""

import dataclasses
from typing import Any

from db.records import RoundRecord
from sspcm.config import RoundConfig


def round_json(record: RoundRecord) -> dict[str, Any]:
    """A round as plain data, its config nested, its times in ISO 8601."""
    shown = dataclasses.asdict(record)
    shown["config"] = dataclasses.asdict(RoundConfig.from_toml(shown.pop("config_toml")))
    for name in ("created_at", "started_at", "finished_at"):
        shown[name] = shown[name].isoformat() if shown[name] else None
    return shown
