"""Bringing a store to the newest schema, or saying why not; a copy is kept before."""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, exists, func, inspect, select, table, text
from sqlalchemy.exc import DatabaseError, OperationalError

from db.errors import StoreError
from db.schema import Base
from db.store.connections import make_engine, reading_engine, sqlite_path
from db.store.copying_rows import copy_old_rows, tables_of
from db.store.full_disk import is_full
from db.store.store_files import (
    EVERYBODY,
    check_file,
    copies_of,
    copy_file,
    drafted,
    give_name,
    keep_copy,
    make_folder,
    size_of,
)

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_MIGRATION_LOCK = 7_263_915_408  # any number of our own: whoever migrates a PostgreSQL holds this advisory lock
_ALEMBICS = "alembic_version"
_JOB_ENGINES = "dbos_migrations"
"""Tables by which one knows who else has tables in the same database."""

STORE = "store.db"
"""What a home's own store is called; copies of a PostgreSQL store are named after it as well."""
_LOCK_TRIES, _DEADLOCK = 5, "40P01"

log = logging.getLogger(__name__)


def migrate(url: str, *, copies: Path | None = None) -> None:
    """Bring the store at `url` to the newest schema, making it if there is none. Harmless when repeated or raced.

    An old store is copied before it is changed: a SQLite store beside itself, a PostgreSQL store into the folder
    `copies`, as a SQLite store of its old schema. A new one is there whole or not at all. What is done to an old store
    is said as a warning. Raises StoreError: a newer version made the store, it is none of ours, there is no room for a
    copy, or no folder for one. Then nothing was changed.
    """
    path = sqlite_path(url)
    if path is None:
        _upgrade(url, None, copies=None if copies is None else copies / STORE)
        return
    check_file(path)
    with _in_words(path):
        if not path.exists():
            _make_new(path)
        _upgrade(url, path, copies=path)


def filled_tables(url: str, tables: Sequence[str]) -> list[str]:
    """Which of these tables have rows, in a store of any schema, which is left as it is; none where there is no store.

    Raises StoreError where it cannot be read.
    """
    path = sqlite_path(url)
    if path is not None:
        check_file(path)
        if not path.exists():
            return []
    engine = make_engine(url)
    try:
        with nullcontext() if path is None else _in_words(path), reading_engine(engine).connect() as connection:
            there = set(inspect(connection).get_table_names())
            found = (name for name in tables if name in there)
            return [name for name in found if connection.scalar(select(exists().select_from(table(name))))]
    finally:
        engine.dispose()


def _make_new(path: Path) -> None:
    make_folder(path.parent)
    with drafted(path, mode=EVERYBODY) as draft:
        _upgrade(_url_of(draft), draft, is_new=True)
        give_name(draft, path)  # or another process made the same meanwhile


def _url_of(file: Path) -> str:
    return URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)


def _upgrade(
    url: str, path: Path | None, *, copies: Path | None = None, is_new: bool = False, to: str | None = None
) -> None:
    """path: the file, if it is one. copies: beside which name copies are kept. to: a schema, where not the newest."""
    engine = make_engine(url, is_new=is_new)
    try:
        with engine.begin() as connection:
            if path is None:
                # whoever comes second finds it done
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config = alembic_config(connection)
            script = ScriptDirectory.from_config(config)
            newest = to or str(script.get_current_head())
            known = {revision.revision for revision in script.walk_revisions()}
            found = _schema_of(connection)
            _check_schema(connection, found, known=known, newest=newest, path=path, copies=copies)
            if found is not None and found != newest:
                _prepare_for(connection, newest, found=found, path=path, copies=copies)
            if found != newest:
                command.upgrade(config, newest)
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
    connection: Connection, found: str | None, *, known: set[str], newest: str, path: Path | None, copies: Path | None
) -> None:
    """Raise StoreError for a store of a newer version, and for another program's tables."""
    where = path or "the database"
    tables = set(inspect(connection).get_table_names())
    ours = set(Base.metadata.tables)
    if found is not None and found not in known and found.isdigit() and found > newest and "images" in tables:
        raise StoreError(
            f"this home's store has schema {found}, made by a newer version; this one knows up to {newest}. Start the "
            f"newer version{_way_back(copies, found)}."
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


def _way_back(copies: Path | None, schema: str) -> str:
    kept = copies_of(copies) if copies is not None else []
    if not kept:
        return f", or restore the copy {STORE}.before-{schema}, if one was kept"
    return f", or restore a copy made before: {', '.join(copy.name for copy in kept)} (docs/upgrading.md)"


def _prepare_for(connection: Connection, newest: str, *, found: str, path: Path | None, copies: Path | None) -> None:
    """Keep a copy of what is about to be changed, and say so. Nobody writes beside it."""
    if copies is None:
        raise StoreError(
            f"the store has schema {found} and is to become {newest}, and no folder was named for a copy of it before; "
            "wanted the home's. Give any command of the home, as 'user list', which migrates it."
        )
    if path is not None:  # under the write lock
        copy = keep_copy(copies, before=newest, size=size_of(path), write=lambda draft: copy_file(path, draft))
    else:
        make_folder(copies.parent)
        copy = keep_copy(
            copies, before=newest, size=_size(connection), write=lambda draft: _write_rows(connection, draft, found)
        )
    log.warning("migrating the store from %s to %s; a copy of it as it was is %s.", found, newest, copy)


def _size(connection: Connection) -> int:
    """The bytes of the store's tables and their indices on PostgreSQL: a SQLite file of the same rows is smaller."""
    there = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
    sizes = (connection.scalar(select(func.pg_total_relation_size(name))) for name in there)
    return sum(int(size or 0) for size in sizes)


def _write_rows(connection: Connection, draft: Path, schema: str) -> None:
    """A PostgreSQL store as one SQLite store of the same schema. Others wait until the migration is done."""
    url = _url_of(draft)
    try:
        _upgrade(url, draft, is_new=True, to=schema)
        engine = make_engine(url)
        try:
            with engine.begin() as target:
                _keep_others_away(connection, [table.name for table in tables_of(target)])
                copy_old_rows(connection, target)
        finally:
            engine.dispose()
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.Error):  # the copy's, not the store's
            raise error.orig from error
        raise


def _keep_others_away(connection: Connection, tables: Sequence[str]) -> None:
    """What an older version that still runs would write beside the copy would be lost with it.

    The strongest lock at once: a weaker one, made stronger by the migration, ends in a deadlock with whoever waits.
    """
    quote = connection.dialect.identifier_preparer.quote
    statement = text(f"LOCK TABLE {', '.join(map(quote, tables))} IN ACCESS EXCLUSIVE MODE")
    for left in reversed(range(_LOCK_TRIES)):
        try:
            with connection.begin_nested():
                connection.execute(statement)
            return
        except OperationalError as error:
            # another's transaction under way took the tables in another order
            if getattr(error.orig, "sqlstate", None) != _DEADLOCK or not left:
                raise


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
