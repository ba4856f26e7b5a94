"""What each command does: settings and options in, an exit status out."""

import argparse
import dataclasses
import json
import os
import secrets
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

from app.console import answer, progress_bar, say
from app.demo import ensure_demo_home, welcome
from app.exporting import accepted, export_coco
from app.files import ImageFiles, write_atomically
from app.importing import ImportFailed, as_json, import_folder
from app.settings import GRADIO_ENVIRONMENT, Settings, SettingsError
from db import queue as queueing
from db import rounds, users
from db.clock import utc_now
from db.errors import StoreError
from db.records import RoundRecord, UserRecord
from db.session import Store, open_store
from db.session import migrate as migrate_store
from sspcm.config import PRESETS, ConfigError, RoundConfig, merge
from sspcm.skeleton import SkeletonError, get_skeleton


class CommandError(RuntimeError):
    """A command that cannot be carried out; the message says why."""


EXPECTED: tuple[type[Exception], ...] = (
    CommandError,
    SettingsError,
    StoreError,
    ImportFailed,
    ConfigError,
    SkeletonError,
    OSError,
)
"""Errors that are the user's to mend: one sentence, no traceback."""


def _prepare(settings: Settings) -> Store:
    from app import engine

    settings.home.mkdir(parents=True, exist_ok=True)
    migrate_store(settings.database_url)
    engine.prepare(settings)
    return open_store(settings.database_url)


def demo(settings: Settings, options: argparse.Namespace) -> int:
    """The demo home under the supervisor, or the whole loop judged."""
    if options.check:
        from app.check import run_check

        report = run_check(steps=options.steps)
        answer(report, as_json=options.json, plain=lambda: iter([json.dumps(report, indent=1)]))
        return 0 if report["ok"] else 1
    from app.supervisor import SupervisorError, run_supervised

    home = ensure_demo_home(settings)
    say("The demo home is new." if home.is_new else "The demo home is opened again.")
    try:
        return run_supervised(settings, announce=lambda url: say(welcome(url, home, settings.home)))
    except SupervisorError as error:
        raise CommandError(str(error)) from error


def up(settings: Settings, _options: argparse.Namespace) -> int:
    """Web and worker until told to stop."""
    from app.supervisor import SupervisorError, run_supervised

    _prepare(settings).close()
    try:
        return run_supervised(settings)
    except SupervisorError as error:
        raise CommandError(str(error)) from error


def web(settings: Settings, _options: argparse.Namespace) -> int:
    """The web server until told to stop."""
    os.environ.update(GRADIO_ENVIRONMENT)  # before Gradio is imported
    from app.web import serve

    _prepare(settings).close()
    serve(settings)
    return 0


def worker(settings: Settings, _options: argparse.Namespace) -> int:
    """The worker until told to stop."""
    from app.worker import WorkerError, run_worker

    _prepare(settings).close()
    try:
        run_worker(settings)
    except WorkerError as error:
        raise CommandError(str(error)) from error
    return 0


def migrate(settings: Settings, _options: argparse.Namespace) -> int:
    """The store in its newest form."""
    _prepare(settings).close()
    say(f"The store is ready: {settings.home}")
    return 0


def user_add(settings: Settings, options: argparse.Namespace) -> int:
    """A new account."""
    store = _prepare(settings)
    given = sys.stdin.readline().rstrip("\n") if options.password_stdin else None
    password = secrets.token_urlsafe(12) if given is None else given
    with store.transaction() as tx:
        user = users.add_user(tx, options.name, options.role, password)
    shown = {"name": user.name, "role": user.role} | ({} if given is not None else {"password": password})
    answer(shown, as_json=options.json, plain=lambda: (f"{key:<9} {value}" for key, value in shown.items()))
    return 0


def import_images(settings: Settings, options: argparse.Namespace) -> int:
    """A folder into the home; fails only when nothing could be imported."""
    store = _prepare(settings)
    with progress_bar("Importing") as progress:
        report = import_folder(
            store,
            ImageFiles(settings.home),
            images_dir=options.images_dir,
            annotations=options.annotations,
            group_from=options.group_from,
            split=options.split,
            skeleton=get_skeleton(options.skeleton),
            progress=progress,
        )

    def plain() -> Iterator[str]:
        yield f"{report.images_new} new images, {report.images_known} known already, in {report.seconds:.1f} s"
        yield f"{report.persons} persons, {report.labelled} of them labelled"
        for complaint in report.complaints:
            yield f"left out: {complaint}"

    answer(as_json(report), as_json=options.json, plain=plain)
    return 0


def export(settings: Settings, options: argparse.Namespace) -> int:
    """The labels into a file."""
    document = export_coco(_prepare(settings), with_predictions=options.with_predictions)
    write_atomically(options.out, json.dumps(document).encode())
    shown = {
        "file": str(options.out),
        "images": len(document["images"]),
        "persons": len(document["annotations"]),
        "labelled": sum(1 for _ in accepted(document)),
        "predictions": len(document.get("predictions", [])),
    }
    answer(shown, as_json=options.json, plain=lambda: (f"{key:<12} {value}" for key, value in shown.items()))
    return 0


def queue(settings: Settings, options: argparse.Namespace) -> int:
    """The first images of the queue."""
    with _prepare(settings).reading() as tx:
        found = queueing.listing(tx, limit=options.limit, now=utc_now())
    items: list[dict[str, Any]] = [
        {
            "image": item.image.file_name,
            "score": None if item.score is None else round(item.score, 4),
            "reasons": list(item.reasons),
            "blind": item.blind,
            "held_by": item.leased_by,
        }
        for item in found
    ]

    def plain() -> Iterator[str]:
        if not items:
            yield "The queue is empty: every person of the pool is decided, or nothing was imported yet."
        for place, item in enumerate(items, start=1):
            score = "     " if item["score"] is None else f"{item['score']:.3f}"
            held = f"  (held by {item['held_by']})" if item["held_by"] else ""
            yield f"{place:>3}  {score}  {item['image']}  {'; '.join(item['reasons'])}{held}"

    answer({"items": items}, as_json=options.json, plain=plain)
    return 0


def round_launch(settings: Settings, options: argparse.Namespace) -> int:
    """A round into the worker's hands."""
    from app.engine import Engine
    from app.learning import LearningError, launch_round

    config = PRESETS[options.preset]
    if options.config is not None:
        try:
            config = merge(config, tomllib.loads(options.config.read_text()))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{options.config} is not TOML: {error}.") from error
    store = _prepare(settings)
    engine = Engine(settings)
    try:
        record = launch_round(store, engine, config=config, user=_lead(store, options.lead))
    except LearningError as error:
        raise CommandError(str(error)) from error
    finally:
        engine.close()
    answer(round_json(record), as_json=options.json, plain=lambda: iter([f"Round {record.number} is queued."]))
    return 0


def _lead(store: Store, name: str) -> UserRecord:
    with store.reading() as tx:
        found = users.list_users(tx)
    for user in found:
        if user.name == name and user.role == "lead":
            return user
    leads = [user.name for user in found if user.role == "lead"]
    raise CommandError(f"no lead is named '{name}' (there are: {', '.join(leads) or 'none'}). Name one with --as.")


def round_list(settings: Settings, options: argparse.Namespace) -> int:
    """Every round."""
    with _prepare(settings).reading() as tx:
        records = rounds.latest(tx, 1000)

    def plain() -> Iterator[str]:
        if not records:
            yield "No round yet. Launch one: python -P -m app round launch"
        for record in records:
            yield f"{record.number:>4}  {record.state:<10} {record.stage:<8} {record.launched_by}"

    answer({"rounds": [round_json(record) for record in records]}, as_json=options.json, plain=plain)
    return 0


def round_show(settings: Settings, options: argparse.Namespace) -> int:
    """One round."""
    with _prepare(settings).reading() as tx:
        shown = round_json(rounds.get(tx, options.number))
    answer(shown, as_json=options.json, plain=lambda: (f"{key:<12} {value}" for key, value in shown.items()))
    return 0


def round_json(record: RoundRecord) -> dict[str, Any]:
    """A round as plain data, its config nested."""
    shown = dataclasses.asdict(record)
    shown["config"] = dataclasses.asdict(RoundConfig.from_toml(shown.pop("config_toml")))
    for name in ("created_at", "started_at", "finished_at"):
        shown[name] = shown[name].isoformat() if shown[name] else None
    return shown
