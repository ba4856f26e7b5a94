"""A command is carried out: 0 only on success, else one sentence on stderr."""

import argparse
import os
import sqlite3
import sys

from sqlalchemy.exc import DBAPIError

from app.cli.accounts import note_command
from app.cli.console import OutputLost, say, speak_any_script
from app.cli.store import RELOAD, CommandError, import_first
from app.home.bucket import BucketAway
from app.home.failures import Home, failure_of
from app.home.home_command import home_command
from app.home.settings import Settings, SettingsError, read_settings, worker_named
from app.home.shared_files import bind
from db.errors import NoProject, NoStore, StoreError
from sspcm.config import ConfigError
from sspcm.skeletons.skeleton import SkeletonError

EXPECTED = (OutputLost, BucketAway, CommandError, SettingsError, StoreError, ConfigError, SkeletonError)
"""Errors that are the user's to mend, told in one sentence."""

TO_BE_MENDED_HERE = ("disk_full", "read_only", "no_right", "damaged_store", "another_store")
"""Failures of this machine, by their code; of the others the database is to blame."""


def run(options: argparse.Namespace) -> int:
    """Carry out the command that `options.run` is: 0 only on success, 1 with one sentence on stderr otherwise."""
    settings: Settings | None = None
    speak_any_script()
    try:
        settings = read_settings(
            options.home,
            port=getattr(options, "port", None),
            device=getattr(options, "device", None),
            worker=worker_named(getattr(options, "worker", None) or ""),
        )
        bind(settings)
        status = int(options.run(settings, options))
        if status == 0:
            note_command(settings, options)
        return status
    except EXPECTED as error:
        say(f"{options.command_name}: {_for_a_shell(error, settings)}")
    except BrokenPipeError:  # who read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, DBAPIError) as error:
        say(f"{options.command_name}: {_of_the_machine(error, settings)}")
    except KeyboardInterrupt:
        return 130
    return 1


def _of_the_machine(error: OSError | DBAPIError, settings: Settings | None) -> str:
    """What a disk or a database could not do, and what to do about it."""
    found = failure_of(error, Home(settings.home, is_told=True, who="this command")) if settings is not None else None
    of_sqlite = isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error)
    if found is not None and (found.code in TO_BE_MENDED_HERE or of_sqlite):
        return found.message
    if isinstance(error, OSError):
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return f"{what}; wanted to read or write there. Give another path or mend this one."
    said = str(error.orig).strip().split("\n", 1)[0]
    return f"the store did not do its part ({said}). Check DATABASE_URL and that the database runs."


def _for_a_shell(error: Exception, settings: Settings | None) -> str:
    """The error with a way out that a shell has, for this home."""
    if settings is None:
        return str(error)
    if isinstance(error, NoStore):
        return f"{error} Make it first: {home_command(settings.home, 'migrate')}"
    if isinstance(error, NoProject):
        return f"{error} {import_first(settings.home)}"
    return RELOAD.sub("", str(error))
