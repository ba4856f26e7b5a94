"""A simulation's results: one JSON line a row, written by any number of processes, read whole."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Acquisition = Literal["random", "confidence", "u3", "fitted", "fitted+diversity", "queue", "all"]
"""random: the baseline. confidence: the least sure. u3: whom the answers disagree on. fitted: by what a label would
change. queue: the product's, by chance until the first round, then fitted+diversity. all: everybody at once, the figure
that a curve is held against."""
ROWS_FILE = "rows.jsonl"
Row = dict[str, Any]
Key = tuple[str, int, int]
"""Acquisition, seed and round."""


@dataclass(frozen=True)
class Run:
    """One annotator's work from the first label to the last round."""

    acquisition: Acquisition
    seed: int


def all_runs(acquisitions: Iterable[Acquisition], seeds: Sequence[int]) -> list[Run]:
    """Seed by seed, so that what there is can be compared early."""
    return [Run(one, seed) for seed in seeds for one in dict.fromkeys(acquisitions)]


def part_of(runs: Sequence[Run], *, part: int, parts: int) -> list[Run]:
    """Those that process `part` of `parts` takes; together they are all, and none is in two."""
    return list(runs[part::parts])


def key_of(row: Mapping[str, Any]) -> Key:
    """What a row is known by."""
    return row["acquisition"], row["seed"], row["round"]


def read_rows(folder: Path) -> dict[Key, Row]:
    """The rows that are there, each once; a line that a killed process left half is none."""
    path = folder / ROWS_FILE
    return rows_in(path.read_text()) if path.exists() else {}


def rows_in(text: str) -> dict[Key, Row]:
    """The same of the file's text."""
    found: dict[Key, Row] = {}
    for line in text.splitlines():
        try:
            row = json.loads(line)
            found.setdefault(key_of(row), row)
        except (ValueError, KeyError, TypeError):
            continue
    return found


def add_row(folder: Path, row: Row) -> None:
    """Append one, in one write: processes write to the same file. A half line before it is ended first."""
    path = folder / ROWS_FILE
    is_whole = not path.exists() or not path.stat().st_size or path.read_bytes().endswith(b"\n")
    line = ("" if is_whole else "\n") + json.dumps(row) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)
