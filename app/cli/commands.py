"""What each command does: settings and options in, an exit status out.

Commands that need the job engine, the web or image decoding import them when they run: the others start without, and
the web's environment is set before Gradio loads. Nowhere else are imports deferred.
"""

import argparse
import dataclasses
import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from app.cameras.shown import camera_json, list_shown, named, save_lens
from app.cli.console import answer, progress_bar, say
from app.contract.cameras import CirclePayload, LensMessage
from app.contract.rounds import round_json
from app.dataset.exporting import accepted, export_coco
from app.home import skeletons
from app.home.home_command import home_command
from app.home.image_files import ImageFiles
from app.home.settings import GRADIO_ENVIRONMENT, Settings, SettingsError, read_settings
from app.pool.queue_shown import as_shown
from app.processes.worker_state import worker_json, worker_state
from app.rounds.starting_weights import given_on_the_command_line
from app.rounds.usual_settings import preset_settings, usual_settings
from db.clock import utc_now
from db.errors import NoProject, NoStore, NotFound, StoreError
from db.labelling import queue as queueing
from db.people import users
from db.pool import cameras, images, project
from db.records import UserRecord
from db.rounds import rounds
from db.store.session import Store, open_store
from db.store.session import migrate as migrate_store
from sspcm.config import ConfigError, RoundConfig, merge
from sspcm.formats.coco.reading import CHANGES
from sspcm.formats.complaints import counted
from sspcm.plain import read_toml
from sspcm.skeletons.skeleton import Skeleton, SkeletonError, get_skeleton
from sspcm.whole_files import write_atomically

if TYPE_CHECKING:
    from app.pool.prelabelling import PrelabelReport

Command = Callable[[Settings, argparse.Namespace], int]


class CommandError(RuntimeError):
    """A command that cannot be carried out; the message says why."""


EXPECTED = (CommandError, SettingsError, StoreError, ConfigError, SkeletonError)
"""Errors that are the user's to mend, told in one sentence."""


def run(options: argparse.Namespace) -> int:
    """Carry out the command that `options.run` names: 0 only on success, 1 with one sentence on stderr otherwise."""
    settings: Settings | None = None
    try:
        settings = read_settings(
            options.home, port=getattr(options, "port", None), device=getattr(options, "device", None)
        )
        return COMMANDS[options.run](settings, options)
    except EXPECTED as error:
        say(f"{options.run}: {_for_a_shell(error, settings)}")
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        say(f"{options.run}: {what}; wanted to read or write there. Give another path or mend this one.")
    except DBAPIError as error:
        said = str(error.orig).strip().split("\n", 1)[0]
        say(f"{options.run}: the store did not do its part ({said}). Check DATABASE_URL and that the database runs.")
    except KeyboardInterrupt:
        return 130
    return 1


RELOAD = re.compile(r" Reload the page[^.]*\.")
"""The way out that the store's errors name; who sees no page has another."""


def _for_a_shell(error: Exception, settings: Settings | None) -> str:
    """The error with a way out that a shell has, for this home."""
    if settings is None:
        return str(error)
    if isinstance(error, NoStore):
        return f"{error} Make it first: {home_command(settings.home, 'migrate')}"
    if isinstance(error, NoProject):
        return f"{error} {_import_first(settings.home)}"
    return RELOAD.sub("", str(error))


def _import_first(home: Path) -> str:
    return f"Import a folder: {home_command(home, 'import', 'IMAGES_DIR')}"


@contextmanager
def _expecting(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds are the user's to mend as well."""
    try:
        yield
    except kinds as error:
        raise CommandError(str(error)) from error


@contextmanager
def _new_or_old_store(settings: Settings) -> Iterator[Store]:
    """The home's store in its newest form, made if there is none."""
    settings.home.mkdir(parents=True, exist_ok=True)
    migrate_store(settings.database_url)
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """The store of a home that exists, in its newest form."""
    store = open_store(settings.database_url)
    try:
        migrate_store(settings.database_url)
        yield store
    finally:
        store.close()


def _prepare(settings: Settings) -> None:
    """The store and the job engine's tables, in their newest form."""
    from app.processes import job_engine

    with _new_or_old_store(settings):
        job_engine.prepare(settings)


def demo(settings: Settings, options: argparse.Namespace) -> int:
    """The demo home under the supervisor, or the whole loop judged."""
    if options.check:
        return _check(options)
    from app.demo.home import ensure_demo_home, welcome
    from app.processes.supervisor import SupervisorError, require_free_port, run_supervised

    with _expecting(SupervisorError):
        require_free_port(settings.host, settings.port)
        home = ensure_demo_home(settings)
        say("The demo home is new." if home.is_new else "The demo home is opened again.")

        def announce(url: str) -> None:
            shown = {"url": url, "home": str(settings.home), "is_new": home.is_new, "accounts": home.passwords}
            answer(shown, as_json=options.json, plain=lambda: iter([welcome(url, home, settings.home)]))

        status = run_supervised(settings, announce=announce)
    say("Stopped. Labels and rounds are kept; the same command opens them again.")
    return status


def _check(options: argparse.Namespace) -> int:
    from app.demo.check import run_check
    from app.demo.loop import CheckError

    with _expecting(CheckError):
        report = run_check(home=options.home, steps=options.steps, progress=say)
    answer(report, as_json=options.json, plain=lambda: _tell(report))
    return 0 if report["ok"] else 1


def _tell(report: Mapping[str, Any]) -> Iterator[str]:
    for name, value in report.items():
        if name not in ("ok", "failures", "log"):
            yield f"{name:<28} {json.dumps(value)}"
    yield from (f"FAILED: {failure}" for failure in report["failures"])
    yield "The loop runs." if report["ok"] else f"{counted(len(report['failures']), 'condition')} failed."


def up(settings: Settings, options: argparse.Namespace) -> int:
    """Web and worker until told to stop."""
    from app.processes.supervisor import SupervisorError, require_free_port, run_supervised

    with _expecting(SupervisorError):
        require_free_port(settings.host, settings.port)
        _prepare(settings)

        def announce(url: str) -> None:
            answer({"url": url}, as_json=options.json, plain=lambda: iter([f"Open {url}"]))

        status = run_supervised(settings, announce=announce)
    say("Stopped. Labels and rounds are kept; the same command opens them again.")
    return status


def web(settings: Settings, _options: argparse.Namespace) -> int:
    """The web server until told to stop."""
    os.environ.update(GRADIO_ENVIRONMENT)  # before Gradio is imported
    from app.web.server import serve

    _prepare(settings)
    serve(settings)
    return 0


def worker(settings: Settings, _options: argparse.Namespace) -> int:
    """The worker until told to stop."""
    from app.worker.process import WorkerError, run_worker

    _prepare(settings)
    with _expecting(WorkerError):
        run_worker(settings)
    return 0


def migrate(settings: Settings, options: argparse.Namespace) -> int:
    """The store in its newest form."""
    _prepare(settings)
    shown = {"home": str(settings.home)}
    answer(shown, as_json=options.json, plain=lambda: iter([f"The store of {settings.home} is ready."]))
    return 0


def user_add(settings: Settings, options: argparse.Namespace) -> int:
    """A new account."""
    given = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    password = secrets.token_urlsafe(12) if given is None else given
    with _new_or_old_store(settings) as store, store.transaction() as tx:
        user = users.add_user(tx, options.name, options.role, password)
    shown = {"name": user.name, "role": user.role} | ({} if given is not None else {"password": password})
    answer(shown, as_json=options.json, plain=lambda: (f"{key:<9} {value}" for key, value in shown.items()))
    return 0


def import_images(settings: Settings, options: argparse.Namespace) -> int:
    """A folder into the home; fails when no image of it is there afterwards."""
    from app.dataset.importing import import_folder
    from app.dataset.merging_labels import count_merged
    from app.dataset.report import ImportFailed, as_json

    skeleton = get_skeleton(options.skeleton) if options.skeleton else None
    if options.prelabel:
        _check_model(settings, options.prelabel, skeleton)
    with _new_or_old_store(settings) as store:
        with _expecting(ImportFailed), progress_bar("Importing") as progress:
            report = import_folder(
                store,
                ImageFiles(settings.home),
                images_dir=options.images_dir,
                annotations=options.annotations,
                group_from=options.group_from,
                split=options.split,
                skeleton=skeleton,
                update=options.update,
                limits=settings.image_limits,
                progress=progress,
            )
        predicted = _prelabel(store, settings, options.prelabel) if options.prelabel else None
        hint = skeletons.hint_of(store, settings.home)

    def plain() -> Iterator[str]:
        yield f"{report.images_new} new images, {report.images_known} known already, in {report.seconds:.1f} s"
        yield f"{report.persons} persons, {report.labelled} of them labelled"
        merged = count_merged(report.merged)
        if merged:
            yield merged
        if report.lenses:
            told = ", ".join(f"{count} {source}" for source, count in sorted(report.lenses.items()))
            yield f"lens circles of cameras: {told}"
        for complaint in report.complaints:
            yield f"note: {complaint}"
        if hint:
            yield f"note: {hint}"
        if predicted:
            yield from _tell_prelabels(predicted)

    shown = {**as_json(report), "prelabel": dataclasses.asdict(predicted) if predicted else None, "hint": hint}
    answer(shown, as_json=options.json, plain=plain)
    if report.images_new + report.images_known:
        return 0
    why = report.complaints[-1] if report.complaints else "The folder held none."
    raise CommandError(f"no image could be taken. {why}")


def prelabel(settings: Settings, options: argparse.Namespace) -> int:
    """A model over the pool of a home that exists."""
    with _store(settings) as store:
        report = _prelabel(store, settings, options.model)
    answer(dataclasses.asdict(report), as_json=options.json, plain=lambda: _tell_prelabels(report))
    return 0


def _check_model(settings: Settings, path: Path, skeleton: Skeleton | None) -> None:
    """Refuse a model that could not be used, before anything is imported."""
    from app.pool.prelabelling import PrelabellingFailed, check_keypoints, open_model

    with _expecting(PrelabellingFailed):
        model = open_model(path)
        if skeleton is not None:
            check_keypoints(model, skeleton)


def _prelabel(store: Store, settings: Settings, path: Path) -> "PrelabelReport":
    from app.pool.prelabelling import PrelabellingFailed, open_model, prelabel

    with _expecting(PrelabellingFailed), progress_bar("Predicting", "person") as progress:
        return prelabel(store, ImageFiles(settings.home), open_model(path), progress=progress)


def _tell_prelabels(report: "PrelabelReport") -> Iterator[str]:
    yield (
        f"{report.predicted} persons predicted by {report.model} ({report.layout}) in {report.seconds:.1f} s, "
        f"{report.flagged} of them flagged; {report.known} were predicted before"
    )
    if report.unknown_keypoints:
        yield f"note: the model has no {', '.join(report.unknown_keypoints)}; annotators place them."
    for complaint in report.complaints:
        yield f"note: {complaint}"


def export(settings: Settings, options: argparse.Namespace) -> int:
    """The labels into a file."""
    with _store(settings) as store:
        document = export_coco(store, with_predictions=options.with_predictions)
    write_atomically(options.out, json.dumps(document).encode())
    shown = {
        "file": str(options.out),
        "images": len(document["images"]),
        "persons": len(document["annotations"]),
        "labelled": sum(1 for _ in accepted(document)),
        "predictions": len(document["predictions"]) if options.with_predictions else 0,
    }
    changes = document.get(CHANGES, {})

    def plain() -> Iterator[str]:
        yield from (f"{key:<12} {value}" for key, value in shown.items())
        yield from (f"changed      {count} {said}" for said, count in changes.items())

    answer({**shown, "changes": changes}, as_json=options.json, plain=plain)
    return 0


def camera_list(settings: Settings, options: argparse.Namespace) -> int:
    """Every camera and its lens circle."""
    with _store(settings) as store:
        shown = [camera_json(camera) for camera in list_shown(store)]

    def plain() -> Iterator[str]:
        if not shown:
            yield f"No camera yet: nothing was imported. {_import_first(settings.home)}"
        yield from map(_tell_camera, shown)

    answer({"cameras": shown}, as_json=options.json, plain=plain)
    return 0


def camera_set(settings: Settings, options: argparse.Namespace) -> int:
    """A person's word about one camera, or its circle looked for again."""
    with _store(settings) as store:
        camera = named(store, options.name)
        if camera.frame is None:
            raise CommandError(
                f"camera '{options.name}' has no image; its circle lies in one. Import its frames first."
            )
        if options.find:
            _find_camera(store, settings, camera.camera.id)
        else:
            save_lens(store, camera.camera.id, LensMessage(image_id=camera.frame.id, lens=_circle(options.lens)))
        shown = camera_json(named(store, options.name))
    answer(shown, as_json=options.json, plain=lambda: iter([_tell_camera(shown)]))
    return 0


def _find_camera(store: Store, settings: Settings, camera_id: int) -> None:
    """Give the camera back to finding; without a rim in its frames everything stays as it was."""
    from app.cameras.finding import find_camera_lens

    with store.reading() as tx:
        frames = images.list_images(tx, camera_id=camera_id)
    found = find_camera_lens(ImageFiles(settings.home), frames)
    if found is None:
        raise CommandError(
            "no rim is to be seen in its frames; nothing was changed. Give the circle with --lens, or say --plain."
        )
    with store.transaction() as tx:
        cameras.forget_lens(tx, camera_id)
        cameras.keep_found(tx, camera_id, found)


def _circle(numbers: tuple[float, float, float] | None) -> CirclePayload | None:
    return CirclePayload(x=numbers[0], y=numbers[1], radius=numbers[2]) if numbers else None


def _tell_camera(shown: Mapping[str, Any]) -> str:
    lens = shown["lens"]
    where = f"x {lens['x']:.1f}  y {lens['y']:.1f}  radius {lens['radius']:.1f} px" if lens else "no fisheye"
    frame = shown["frame"]
    size = f"in {frame['width']} x {frame['height']}" if frame else ""
    return f"{shown['source']:<8} {where:<46} {size:<16} {shown['images']:>6} images  {shown['name']}"


def skeleton_show(settings: Settings, options: argparse.Namespace) -> int:
    """The home's skeleton."""
    with _store(settings) as store, store.reading() as tx:
        own = project.get_project(tx).skeleton
    answer(skeletons.shown(own), as_json=options.json, plain=lambda: skeletons.tell(own))
    return 0


def skeleton_set(settings: Settings, options: argparse.Namespace) -> int:
    """Another mirror, other edges, sigmas or another name for the home's keypoints."""
    with _store(settings) as store:
        own, changes = skeletons.change(store, skeletons.chosen(options, store))
    answer(
        {"changed": changes, "skeleton": skeletons.shown(own)},
        as_json=options.json,
        plain=lambda: skeletons.tell_changes(own, changes),
    )
    return 0


def queue(settings: Settings, options: argparse.Namespace) -> int:
    """The first images of the queue."""
    with _store(settings) as store, store.reading() as tx:
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
            empty = "The queue is empty: every person of the pool is decided, or nothing was imported yet."
            yield f"{empty} {_import_first(settings.home)}"
        for place, item in enumerate(found, start=1):
            shown = as_shown(item)
            score = "    -" if shown.score is None else f"{shown.score:.3f}"
            held = f"  (held by {item.leased_by})" if item.leased_by else ""
            yield f"{place:>3}  {score}  {item.image.file_name}  {'; '.join(shown.reasons)}{held}"

    answer({"items": items}, as_json=options.json, plain=plain)
    return 0


def round_launch(settings: Settings, options: argparse.Namespace) -> int:
    """A round into the worker's hands."""
    from app.processes import job_engine
    from app.rounds.errors import LearningError
    from app.rounds.launching import launch_round

    with _expecting(LearningError), _store(settings) as store:
        config, told = _round_config(store, options)
        config = given_on_the_command_line(config, settings.home)
        lead = _lead(store, options.lead, settings.home)
        job_engine.prepare(settings)
        port = job_engine.Engine(settings)
        try:
            record = launch_round(store, port, config=config, user=lead)
        finally:
            port.close()
        state = worker_state(store, settings)
        hint = skeletons.hint_of(store, settings.home)
    if hint:
        say(f"note: {hint}")

    def plain() -> Iterator[str]:
        running = state.stand == "running"
        yield f"Begun from {told}."
        yield f"Round {record.number} is queued; {'the worker starts it.' if running else 'it waits for a worker.'}"
        if not running:
            yield f"{state.text} {state.command or ''}".rstrip()

    answer(round_json(record) | {"worker": worker_json(state), "from": told}, as_json=options.json, plain=plain)
    return 0


def _round_config(store: Store, options: argparse.Namespace) -> tuple[RoundConfig, str]:
    """The usual settings or the preset's, the method and the file's settings over them; and which was begun from."""
    usual = usual_settings(store) if options.preset is None else preset_settings(options.preset)
    config = usual.config if options.method is None else merge(usual.config, {"method": options.method})
    if options.config is None:
        return config, usual.told
    try:
        return merge(config, read_toml(options.config.read_text(encoding="utf-8-sig"))), usual.told
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{options.config} is no text in UTF-8; wanted a round's settings. Save it as UTF-8."
        ) from error
    except ConfigError as error:
        raise ConfigError(f"{options.config} cannot be used: {error} Give a file of a round's settings.") from error


def _lead(store: Store, name: str | None, home: Path) -> UserRecord:
    """The lead of that name; without a name, the only one there is."""
    with store.reading() as tx:
        leads = [user for user in users.list_users(tx) if user.role == "lead"]
    chosen = [user for user in leads if name is None or user.name.casefold() == name.casefold()]
    if len(chosen) == 1:
        return chosen[0]
    there_are, add = ", ".join(user.name for user in leads) or "none", ("user", "add", "NAME", "--role", "lead")
    if not leads:
        raise CommandError(f"there is no lead; a lead launches rounds. Add one: {home_command(home, *add)}")
    if name is not None:
        raise CommandError(
            f"no lead is named '{name[:80]}' (there are: {there_are}); a lead launches rounds. Name one with --as, or "
            f"add one: {home_command(home, *add)}"
        )
    raise CommandError(f"there are several leads ({there_are}); one launches a round. Name one with --as.")


def round_list(settings: Settings, options: argparse.Namespace) -> int:
    """Every round."""
    with _store(settings) as store, store.reading() as tx:
        records = rounds.latest(tx, 1000)

    def plain() -> Iterator[str]:
        if not records:
            yield f"No round yet. Launch one: {home_command(settings.home, 'round', 'launch')}"
        for record in records:
            yield f"{record.number:>4}  {record.state:<10} {record.stage:<8} {record.launched_by}"

    answer({"rounds": [round_json(record) for record in records]}, as_json=options.json, plain=plain)
    return 0


def round_show(settings: Settings, options: argparse.Namespace) -> int:
    """One round."""
    with _store(settings) as store, store.reading() as tx:
        try:
            shown = round_json(rounds.get(tx, options.number))
        except NotFound as error:
            command = home_command(settings.home, "round", "list")
            raise CommandError(f"{RELOAD.sub('', str(error))} See those there are: {command}") from error
    answer(shown, as_json=options.json, plain=lambda: (f"{key:<12} {value}" for key, value in shown.items()))
    return 0


COMMANDS: dict[str, Command] = {
    "demo": demo,
    "up": up,
    "web": web,
    "worker": worker,
    "migrate": migrate,
    "user add": user_add,
    "import": import_images,
    "prelabel": prelabel,
    "export": export,
    "camera list": camera_list,
    "camera set": camera_set,
    "skeleton show": skeleton_show,
    "skeleton set": skeleton_set,
    "queue": queue,
    "round launch": round_launch,
    "round list": round_list,
    "round show": round_show,
}
