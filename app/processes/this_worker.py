"""This process as a worker: its name among several, its machine, and what it trains on."""

import os
import re
import secrets
import socket
import uuid
from datetime import datetime
from pathlib import Path

from app.home.settings import Settings
from db.rounds.workers import USUAL_LEASE_S, Worker

LOCAL = "local"
"""The one worker of a home whose store is a file: the job engine gives it the jobs of its own name back."""
DEVICES = Path("/dev")
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NUMBERS = Path("/proc/self/ns/pid")
"""Within which processes have their numbers: containers have their own."""


def serves_alone(settings: Settings) -> bool:
    """Whether the store is a file, which one worker serves; else it is a server that several share."""
    return settings.database_url.startswith("sqlite")


def worker_name(settings: Settings) -> str:
    """What this machine's worker is called: by its settings, else as the machine is."""
    if serves_alone(settings):
        return LOCAL
    return settings.worker or re.sub(r"[^A-Za-z0-9._-]+", "-", socket.gethostname()).strip("-._")[:64] or "worker"


def this_worker(name: str, *, version: str, now: datetime, settings: Settings | None = None) -> Worker:
    """This process, as one that runs the home's jobs. settings: of a worker among several."""
    several = settings is not None and not serves_alone(settings)
    return Worker(
        name,
        host=socket.gethostname(),
        process=os.getpid(),
        version=version,
        started_at=now,
        machine=_machine() if several else "",
        device=device_in_words(settings) if settings else "",
        token=secrets.token_hex(16),
        lease_s=settings.worker_gone_s if settings else USUAL_LEASE_S,
    )


def device_in_words(settings: Settings) -> str:
    """What rounds train on here: "cpu", "cuda", or what "auto" finds."""
    if settings.device != "auto":
        return settings.device
    cards = len([one for one in DEVICES.glob("nvidia*") if one.name.removeprefix("nvidia").isdigit()])
    return f"auto, {cards} GPU{'s' if cards > 1 else ''}" if cards else "auto, no GPU"


def train_lock(settings: Settings) -> Path:
    """The file that this worker's trainer holds: it trains one thing at a time, also after it was started anew."""
    name = worker_name(settings)
    return settings.home / ("train.lock" if name == LOCAL else f"train-{name}.lock")


def _machine() -> str:
    """Within which no two processes have one number; elsewhere than on Linux the machine itself."""
    if not _BOOT.exists():
        return f"{uuid.getnode():x}"
    return f"{_BOOT.read_text().strip()}:{_NUMBERS.stat().st_ino}"
