"""What a launch would cost on this machine, before it: a few steps are timed in a process of their own."""

import importlib.util
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.contract.rounds import CostPayload
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.processes.child import start_guarded, stop_guarded
from app.rounds.errors import LearningError
from app.rounds.folder import last_lines, write_json
from app.rounds.freezing import build_manifest, said_of_unlabelled
from app.rounds.launching import NO_LABEL, require_reasonable
from app.rounds.starting_weights import located
from app.rounds.training import TRAINER_NICE
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project, project_uuid
from db.records import FrozenPerson, FrozenRole, ImageRecord, PersonRecord
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.manifest import Manifest, manifest_data
from sspcm.pose import Label
from sspcm.round_folder import MANIFEST_FILE

COST_COMMAND = (sys.executable, "-P", "-m", "sspcm", "round")
LONGEST_S = 180.0
"""Beginning torch takes seconds, and no whole step is taken that looks longer than half a minute."""
POLL_S = 0.1
NO_TORCH = (
    "What a launch costs is measured where rounds train. This server has no torch: the worker trains, on a machine or "
    "in a container of its own. There, 'round launch --dry-run' says it. A launch needs none of it."
)
_one_at_a_time = threading.Lock()


def can_measure() -> bool:
    """Whether this machine could train: a web server has no torch where its worker is another machine's."""
    return importlib.util.find_spec("torch") is not None


def cost_of_launch(
    store: Store, settings: Settings, config: RoundConfig, *, command: Sequence[str] = COST_COMMAND
) -> CostPayload:
    """What a round with these settings and the labels of now would take; nothing is launched, frozen or kept.

    Raises LearningError where it could not be launched, or the trainer's own word.
    """
    require_reasonable(config)
    if command == COST_COMMAND and not can_measure():
        raise LearningError(NO_TORCH)
    if not _one_at_a_time.acquire(blocking=False):
        raise LearningError("the cost of another launch is being measured just now; wanted one at a time. Ask again.")
    try:
        manifest, active = _manifest(store, settings, config)
        with tempfile.TemporaryDirectory(prefix="sspcm-cost-") as folder:
            write_json(Path(folder) / MANIFEST_FILE, manifest_data(manifest))
            found = _ask([*command, folder, "--dry-run", "--device", settings.device], Path(folder) / "said.txt")
    finally:
        _one_at_a_time.release()
    return CostPayload(words=say_cost(found, active=active), **found)


def say_cost(found: dict[str, Any], *, active: int | None = None) -> str:
    """The same as sentences. active: a round that runs meanwhile."""
    whom = f"{found['labelled']:,} labelled people"
    if found["unlabelled"]:
        whom = f"{whom} and {found['unlabelled']:,} without a label"
    training = found["seconds"]
    time_needed = (
        f"{found['steps']:,} steps on {whom}, then {found['predicted']:,} people are predicted: about "
        f"{_time(training + found['after_seconds'])} on {found['device']}, of it {_time(training)} of training."
    )
    memory, available = found["memory_bytes"], found["available_bytes"]
    fits = available is None or memory <= available
    of = "" if available is None else f" of the {available / 1e9:.1f} GB there are"
    needed = f"{'About' if fits else 'It does not fit: about'} {memory / 1e9:.1f} GB of memory{of}"
    room = f"{_size(found['disk_bytes'])} of disk, {_size(found['working_bytes'])} more while it runs."
    told = f"{time_needed} {needed}, {room}"
    if not fits:
        told = f"{told} Raise train.accumulate, or lower the batches."
    if not found["measured"]:
        told = f"{told} Estimated from steps of a few people."
    return told if active is None else f"{told} Round {active} runs meanwhile, so it may be less."


def _manifest(store: Store, settings: Settings, config: RoundConfig) -> tuple[Manifest, int | None]:
    """What the trainer would be asked to do if the labels were frozen now; and the round that is active."""
    runnable = replace(config, model=located(config.model, settings.home))
    with store.reading() as tx:
        if project_uuid(tx) is None:
            raise LearningError(NO_LABEL)
        by_id, persons = {image.id: image for image in images.list_images(tx)}, list_persons(tx)
        frozen = [_frozen(one, by_id) for one in persons if one.state == "accepted" and one.label is not None]
        if not any(one.role == "labelled" for one in frozen):
            raise LearningError(NO_LABEL)
        labels: dict[int, Label] = {one.id: one.label for one in persons if one.label is not None}
        manifest = build_manifest(
            config=runnable,
            project=get_project(tx),
            files=ImageFiles(settings.home),
            images_by_id=by_id,
            persons=persons,
            frozen=frozen,
            frozen_labels=labels,
            pseudo=said_of_unlabelled(tx, runnable, persons),
        )
        newest = rounds.latest(tx, 1)
    active = newest[0].number if newest and newest[0].state == "running" else None
    return manifest, active


def _frozen(person: PersonRecord, by_id: dict[int, ImageRecord]) -> FrozenPerson:
    """As if frozen now; labels are named by their persons, since nobody keeps them."""
    role: FrozenRole = "labelled" if by_id[person.image_id].split == "train" else "validation"
    return FrozenPerson(person.id, person.image_id, person.id, person.revision, "", role)


def _ask(command: Sequence[str], path: Path) -> dict[str, Any]:
    with path.open("wb") as output:
        child = start_guarded(command, output=output, nice=TRAINER_NICE)
    until = time.monotonic() + LONGEST_S
    try:
        while child.poll() is None and time.monotonic() < until:
            time.sleep(POLL_S)
    finally:
        status = stop_guarded(child)
    text = path.read_text(errors="replace")
    if status != 0:
        raise LearningError(
            f"what it costs could not be measured within {LONGEST_S:.0f} s, or not at all (status {status}). The last "
            f"lines: {last_lines(path)}"
        )
    found: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])  # libraries may warn around it
    return found


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} hours"


def _size(count: int) -> str:
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"
