"""Rounds and pre-labellings as programs see them: the same document from the command line and over HTTP.

What goes to a browser names no folder of the server: a path there keeps its last part alone.
"""

import dataclasses
import re
from typing import Any, Literal

from pydantic import Field

from app.contract.base import Message
from db.records import PrelabellingRecord, RoundRecord
from sspcm.config import RoundConfig

_FOLDERS = re.compile(r"(?<![\w.:/])(?:/[^/\s'\"`,;()\[\]]+)+/")
"""What stands before the last part of an absolute path; an address such as https://host/a is none."""


def round_json(record: RoundRecord) -> dict[str, Any]:
    """A round as plain data, its config nested, its times in ISO 8601."""
    shown = dataclasses.asdict(record)
    shown["config"] = dataclasses.asdict(RoundConfig.recalled(shown.pop("config_toml")))
    return _with_times(shown)


def prelabelling_json(record: PrelabellingRecord) -> dict[str, Any]:
    """A model's run over the pool as plain data, its times in ISO 8601."""
    return _with_times(dataclasses.asdict(record))


def for_browsers(shown: dict[str, Any]) -> dict[str, Any]:
    """The same document without the folders of absolute paths."""
    return {key: _without_folders(value) for key, value in shown.items()}


def without_folders(text: str) -> str:
    """The text with the last part alone of each absolute path in it."""
    return _FOLDERS.sub("", text)


def _without_folders(value: Any) -> Any:
    if isinstance(value, str):
        return without_folders(value)
    if isinstance(value, dict):
        return for_browsers(value)
    return [_without_folders(one) for one in value] if isinstance(value, list | tuple) else value


def _with_times(shown: dict[str, Any]) -> dict[str, Any]:
    for name in ("created_at", "started_at", "finished_at"):
        shown[name] = shown[name].isoformat() if shown[name] else None
    return shown


class LaunchMessage(Message):
    """The settings changed in those that a launch begins from, nested as in the round's TOML.

    preset: what to begin from; without one the home's usual settings, as on the page and the command line.
    """

    preset: Literal["demo", "standard"] | None = None
    config: dict[str, Any] = Field(default_factory=dict)
