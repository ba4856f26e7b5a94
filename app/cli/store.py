"""The store as commands open it, and what is told where it cannot be."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.home.home_command import home_command
from app.home.settings import Settings
from db.store.session import Store, open_store
from db.store.session import migrate as migrate_store

RELOAD = re.compile(r" Reload the page[^.]*\.")
"""The way out that the store's errors name; who sees no page has another."""


class CommandError(RuntimeError):
    """A command that cannot be carried out; the message says why."""


def import_first(home: Path) -> str:
    """What to do in a home that is empty."""
    return f"Import a folder: {home_command(home, 'import', 'IMAGES_DIR')}"


@contextmanager
def expecting(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds are the user's to mend as well."""
    try:
        yield
    except kinds as error:
        raise CommandError(str(error)) from error


@contextmanager
def new_or_old_store(settings: Settings) -> Iterator[Store]:
    """The home's store in its newest form, made if there is none."""
    settings.home.mkdir(parents=True, exist_ok=True)
    migrate_store(settings.database_url, copies=settings.home)
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def known_store(settings: Settings) -> Iterator[Store]:
    """The store of a home that exists, in its newest form."""
    store = open_store(settings.database_url)
    try:
        migrate_store(settings.database_url, copies=settings.home)
        yield store
    finally:
        store.close()


def prepare(settings: Settings) -> None:
    """The store and the job engine's tables, in their newest form."""
    from app.processes import job_engine

    with new_or_old_store(settings):
        job_engine.prepare(settings)
