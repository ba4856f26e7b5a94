"""What the trainer writes about its progress, read as it grows and kept in the store."""

import json
import time
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from app.rounds.launching import log
from db.errors import StoreBusy
from db.records import (
    RoundPoint,
    RoundStage,
)
from db.rounds import rounds
from db.store.session import Store

REPORT_EVERY_S = 1.0
TOLD = (
    *("step", "steps", "epoch", "epochs", "loss", "seconds_left"),
    *("persons_per_s", "memory_bytes", "gpu_bytes", "gpu_total_bytes", "gpu_busy"),
)
"""What of a line the page shows."""


class Tail:
    """The whole lines that a growing file of JSON lines got since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def read(self) -> list[dict[str, Any]]:
        """A line that is no JSON is left out: a killed trainer leaves half a one."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]  # the rest is still being written
        self._read += len(whole)
        return [parsed for line in whole.splitlines() if (parsed := _parse(line)) is not None]


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


class Reporter:
    """Brings the trainer's metrics to the round's row and curves, at most once in REPORT_EVERY_S."""

    def __init__(self, store: Store, round_id: int) -> None:
        self._store = store
        self._round_id = round_id
        self._stage: RoundStage = "train"
        self._progress: dict[str, Any] = {}
        self._ap: dict[str, float] = {}
        self._points: list[RoundPoint] = []
        self._began_at: int | None = None
        self._fresh = False
        self._sent = 0.0
        self._scoring_s = _scoring_seconds(store)

    def take(self, line: dict[str, Any]) -> None:
        """Note one line of metrics.jsonl."""
        measured = _ap_of(line)
        self._ap |= measured
        self._stage = "score" if line.get("stage") == "predict" else "train"
        self._progress = {key: line[key] for key in TOLD if key in line} | {"ap": dict(self._ap)}
        if self._progress.get("seconds_left") is not None:
            self._progress["seconds_left"] += self._scoring_s
        self._fresh = True
        if line.get("began"):
            self._began_at = int(line["step"])
            # those beyond are told again
            self._points = [point for point in self._points if point.step <= self._began_at]
        if self._stage == "train" and "step" in line:
            values = {f"ap_{network}": value for network, value in measured.items()}
            if line.get("loss") is not None:
                values["loss"] = float(line["loss"])
            self._points.append(RoundPoint(int(line["step"]), values))

    def send(self, *, last: bool = False) -> None:
        """Write what is new. A database that is away for a while must not end a training: the next call writes it."""
        now = time.monotonic()
        if not self._fresh or (now - self._sent < REPORT_EVERY_S and not last):
            return
        self._sent = now
        try:
            with self._store.transaction(durable=False) as tx:
                rounds.report_progress(tx, self._round_id, stage=self._stage, progress=self._progress)
                if self._began_at is not None:
                    rounds.forget_points(tx, self._round_id, after=self._began_at)
                rounds.add_points(tx, self._round_id, self._points)
        except (OperationalError, StoreBusy) as error:
            said = error.orig if isinstance(error, OperationalError) else error
            log.warning("the round's progress could not be stored (%s); trying again.", said)
            return
        self._points, self._began_at, self._fresh = [], None, False


def _scoring_seconds(store: Store) -> float:
    """What comes when the trainer has ended: as long as the last round's scoring took; 0 before any was scored."""
    with store.reading() as tx:
        taken = [record.metrics.get("seconds", {}).get("score") for record in rounds.latest(tx, 20)]
    return next((float(seconds) for seconds in taken if seconds is not None), 0.0)


def _ap_of(line: dict[str, Any]) -> dict[str, float]:
    """AP by network, where just measured; the trainer tells it alone or among its kin (AP50, ...)."""
    found: dict[str, float] = {}
    for network, told in (line.get("ap") or {}).items():
        value = told.get("AP") if isinstance(told, dict) else told
        if value is not None:
            found[network] = float(value)
    return found
