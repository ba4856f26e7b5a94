"""Bringing a store to the newest schema, or saying why not; a copy is kept before."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from db.errors import StoreError
from db.schema import Base
from db.store.connections import make_engine, sqlite_path
from db.store.full_disk import is_full
from db.store.store_files import EVERYBODY, check_file, drafted, give_name, keep_copy, make_folder

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_MIGRATION_LOCK = 7_263_915_408  # any number of our own: whoever migrates a PostgreSQL holds this advisory lock
_ALEMBICS = "alembic_version"
_JOB_ENGINES = "dbos_migrations"
"""Tables by which one knows who else has tables in the same database."""

log = logging.getLogger(__name__)


def migrate(url: str) -> None:
    """Bring the store at `url` to the newest schema, making it if there is none. Harmless when repeated or raced.

    A SQLite store is copied beside itself before it is changed, and a new one is there whole or not at all. What is
    done to an old store is said as a warning. Raises StoreError: a newer version made the store, it is none of ours,
    there is no room for a copy. Then nothing was changed.
    """
    path = sqlite_path(url)
    if path is None:
        _upgrade(url, None)
        return
    check_file(path)
    with _in_words(path):
        if not path.exists():
            _make_new(path)
        _upgrade(url, path)


def _make_new(path: Path) -> None:
    make_folder(path.parent)
    with drafted(path, mode=EVERYBODY) as draft:
        _upgrade(URL.create("sqlite", database=str(draft)).render_as_string(hide_password=False), draft, is_new=True)
        give_name(draft, path)  # or another process made the same meanwhile


def _upgrade(url: str, path: Path | None, *, is_new: bool = False) -> None:
    """path: the file, if it is one."""
    engine = make_engine(url, is_new=is_new)
    try:
        with engine.begin() as connection:
            if path is None:
                # whoever comes second finds it done
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config = alembic_config(connection)
            script = ScriptDirectory.from_config(config)
            newest = str(script.get_current_head())
            known = {revision.revision for revision in script.walk_revisions()}
            found = _schema_of(connection)
            _check_schema(connection, found, known=known, newest=newest, path=path)
            if found is not None and found != newest:  # under the write lock: nobody writes beside the copy
                _prepare_for(newest, found=found, path=path)
            if found != newest:
                command.upgrade(config, "head")
    finally:
        engine.dispose()


def newest_schema() -> str:
    """The revision that `migrate` brings a store to."""
    return str(ScriptDirectory.from_config(alembic_config(None)).get_current_head())


def _schema_of(connection: Connection) -> str | None:
    """The revision the store says it has; None before the first."""
    heads = MigrationContext.configure(connection).get_current_heads()
    return ", ".join(sorted(heads)) or None


def _check_schema(
    connection: Connection, found: str | None, *, known: set[str], newest: str, path: Path | None
) -> None:
    """Raise StoreError for a store of a newer version, and for another program's tables."""
    where = path or "the database"
    tables = set(inspect(connection).get_table_names())
    ours = set(Base.metadata.tables)
    if found is not None and found not in known and found.isdigit() and found > newest and "images" in tables:
        raise StoreError(
            f"this home's store has schema {found}, made by a newer version; this one knows up to {newest}. Start the "
            f"newer version{_way_back(path, found)}."
        )
    is_strange = "images" not in tables or found not in known
    if found is None:  # new, or prepared for the job engine alone
        others = tables - {_ALEMBICS}
        is_strange = bool(others & ours) if path is None else bool(others) and _JOB_ENGINES not in others
    if is_strange:
        examples = ", ".join(sorted(tables - {_ALEMBICS})[:3]) or f"schema {found}"
        raise StoreError(
            f"{where} holds another program's tables ({examples}); wanted this home's store, or an empty database. "
            "Give another home or another DATABASE_URL."
        )


def _way_back(path: Path | None, schema: str) -> str:
    if path is None:
        return ", or restore the dump that was made before its migration"
    copies = sorted(path.parent.glob(f"{path.name}.before-*"))
    if not copies:
        return f", or restore the copy {path.name}.before-{schema}, if one was kept"
    return f", or restore a copy made before: {', '.join(copy.name for copy in copies)} (docs/upgrading.md)"


def _prepare_for(newest: str, *, found: str, path: Path | None) -> None:
    """Keep a copy of what is about to be changed, and say so."""
    if path is None:
        log.warning(
            "migrating the store from %s to %s. PostgreSQL keeps no copy here: pg_dump makes one.", found, newest
        )
        return
    copy = keep_copy(path, before=newest)
    log.warning("migrating the store from %s to %s; a copy of it as it was is %s.", found, newest, copy)


def alembic_config(connection: Connection | None) -> Config:
    """What Alembic needs to know to migrate over this connection; None to ask what there is."""
    config = Config()
    # configparser reads a single % as its own
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What SQLite says of a file that it cannot use, in words."""
    try:
        yield
    except DatabaseError as error:
        if is_full(error.orig, path.parent):
            raise StoreError(
                f"the disk of {path.parent} is full; the store needs room there. Nothing was changed. Make room, then "
                "give the same command again."
            ) from error
        raise StoreError(
            f"the store {path} cannot be opened or upgraded ({error.orig}); wanted a whole SQLite database that this "
            "user may read and write, and room beside it. Nothing was changed. Mend that, or restore a copy."
        ) from error
