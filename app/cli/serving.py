"""The demo, the server and the worker: commands that stay until told to stop. Their health, the store's upgrade."""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.console import answer, say
from app.cli.options import Subparsers, add_json, add_port, command, positive

if TYPE_CHECKING:
    from app.home.settings import Settings


def add_services(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `demo`, `up`, `web`, `worker` and `migrate`."""
    demo = command(several, "demo", example="demo", help="a home with the demo images, opened again if it exists")
    demo.add_argument("--check", action="store_true", help="run the whole loop over HTTP in a fresh home and judge it")
    demo.add_argument("--steps", type=positive, help="with --check: training steps a round (default: the preset's)")
    add_port(demo)
    add_json(demo, run=run_demo, name="demo")

    up = command(
        several, "up", example="up --port 7860", help="web and worker under one supervisor that restarts either"
    )
    add_port(up)
    add_json(up, run=run_up, name="up")

    web = command(several, "web", example="web", help="the web server alone")
    add_port(web)
    web.set_defaults(run=run_web, command_name="web")

    worker = command(several, "worker", example="worker --device cuda", help="the worker alone: runs rounds")
    worker.add_argument("--device", choices=["auto", "cpu", "cuda"], help="where rounds train (default: auto)")
    worker.add_argument(
        "--name",
        dest="worker",
        metavar="NAME",
        help="what it is called among several that share a PostgreSQL (default: the machine's name)",
    )
    worker.set_defaults(run=serve_rounds, command_name="worker")

    migrate = command(several, "migrate", example="migrate", help="create or upgrade the store")
    migrate.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="STORE.db",
        help="fill the new store that DATABASE_URL names with all that this SQLite store holds",
    )
    add_json(migrate, run=migrate_home, name="migrate")

    health = command(several, "health", example="health web", help="say whether this machine's web or worker is well")
    health.add_argument("service", choices=["web", "worker"], help="which one; the exit status is 0 or 1")
    add_json(health, run=tell_health, name="health")


def run_demo(settings: "Settings", options: argparse.Namespace) -> int:
    """The demo home under the supervisor, or the whole loop judged."""
    from app.cli.store import expecting

    if options.check:
        return _check(options)
    from app.demo.home import NotADemo, ensure_demo_home, welcome
    from app.processes.supervisor import SupervisorError, require_free_port, run_supervised

    with expecting(SupervisorError, NotADemo):
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
    from app.cli.store import expecting
    from app.demo.check import run_check
    from app.demo.loop import CheckError

    with expecting(CheckError):
        report = run_check(home=options.home, steps=options.steps, progress=say)
    answer(report, as_json=options.json, plain=lambda: _tell(report))
    return 0 if report["ok"] else 1


def _tell(report: Mapping[str, Any]) -> Iterator[str]:
    from sspcm.formats.complaints import counted

    for name, value in report.items():
        if name not in ("ok", "failures", "log"):
            yield f"{name:<28} {json.dumps(value)}"
    yield from (f"FAILED: {failure}" for failure in report["failures"])
    yield "The loop runs." if report["ok"] else f"{counted(len(report['failures']), 'condition')} failed."


def run_up(settings: "Settings", options: argparse.Namespace) -> int:
    """Web and worker until told to stop."""
    from app.cli.store import expecting, prepare
    from app.home.logs import set_up_logs
    from app.processes.supervisor import SupervisorError, require_free_port, run_supervised

    set_up_logs(settings.log_format)
    with expecting(SupervisorError):
        require_free_port(settings.host, settings.port)
        prepare(settings)

        def announce(url: str) -> None:
            answer({"url": url}, as_json=options.json, plain=lambda: iter([f"Open {url}"]))

        status = run_supervised(settings, announce=announce)
    say("Stopped. Labels and rounds are kept; the same command opens them again.")
    return status


def run_web(settings: "Settings", _options: argparse.Namespace) -> int:
    """The web server until told to stop."""
    from app.cli.store import expecting, prepare
    from app.home.settings import GRADIO_ENVIRONMENT
    from app.processes.supervisor import SupervisorError, require_free_port

    with expecting(SupervisorError):
        require_free_port(settings.host, settings.port)
    os.environ.update(GRADIO_ENVIRONMENT)  # before Gradio is imported
    from app.web.server import serve

    prepare(settings)
    serve(settings)
    return 0


def serve_rounds(settings: "Settings", _options: argparse.Namespace) -> int:
    """The worker until told to stop."""
    from app.cli.store import expecting, prepare
    from app.home.logs import set_up_logs
    from app.worker.process import WorkerError, run_worker

    set_up_logs(settings.log_format)
    prepare(settings)
    with expecting(WorkerError):
        run_worker(settings)
    return 0


def tell_health(settings: "Settings", options: argparse.Namespace) -> int:
    """Whether web or worker is well, for a health check."""
    from app.cli.store import expecting
    from app.processes.health import NotWell, require_well

    with expecting(NotWell):
        words = require_well(options.service, settings)
    answer({"service": options.service, "words": words}, as_json=options.json, plain=lambda: iter([words]))
    return 0


def migrate_home(settings: "Settings", options: argparse.Namespace) -> int:
    """The store in its newest form; before that, where asked, filled from another."""
    from app.cli.store import prepare

    shown: dict[str, Any] = {"home": str(settings.home)}
    prepare(settings)
    lines = [f"The store of {settings.home} is ready."]
    if options.source is not None:
        from db.store.moving import move_store

        moved = move_store(options.source, settings.database_url)
        shown["rows"] = moved
        lines = [
            f"{sum(moved.values()):,} rows were copied, {moved['labels']:,} labels among them.",
            f"Put {options.source} away now: a command without DATABASE_URL would go on with it.",
        ]
    answer(shown, as_json=options.json, plain=lambda: iter(lines))
    return 0
