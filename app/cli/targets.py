"""The file that a command writes: anywhere, but never over what a home lives on."""

from pathlib import Path

from app.cli.store import CommandError

_SQLITE = b"SQLite format 3\0"
HOME_FILES = (
    "store.db",
    "secret.json",
    "worker-trouble.json",
    "worker.lock",
    "train.lock",
    "demo-accounts.json",
    "first_lead_link.txt",
)
HOME_FOLDERS = ("images", "models", "rounds", "thumbs", "weights", "gradio")


def file_to_write(out: Path, home: Path) -> Path:
    """Where a command's result goes, links followed.

    Raises CommandError for what is no file, for the home's own files and folders, and for a store of any home.
    """
    if str(out) == "-":
        raise CommandError("'-' is no file to write; wanted one. Give a file's path, as in labels.json.")
    try:
        whole = out.expanduser().resolve()
        is_other = whole.exists() and not whole.is_file()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise CommandError(f"{out} leads nowhere ({error}); wanted a file to write. Give another path.") from error
    if is_other:
        raise CommandError(f"{out} is no file; wanted one to write. Give a file's path, as in labels.json.")
    if _is_the_homes(whole, home.resolve()) or _is_a_store(whole):
        raise CommandError(
            f"{out} is what a home lives on; written over, its labels would be lost. Give another path: labels.json."
        )
    return whole


def _is_the_homes(path: Path, home: Path) -> bool:
    if not path.is_relative_to(home):
        return False
    first, *rest = path.relative_to(home).parts or ("",)
    # with what SQLite and upgrades keep beside the store: store.db-wal, store.db.before-0007
    return first in HOME_FOLDERS if rest else any(first.startswith(name) for name in HOME_FILES)


def _is_a_store(path: Path) -> bool:
    beside = [path, *(path.with_name(path.name.removesuffix(end)) for end in ("-wal", "-shm", "-journal"))]
    return any(one.is_file() and _begins_as_sqlite(one) for one in beside)


def _begins_as_sqlite(path: Path) -> bool:
    # Before this process opens the store: closing any descriptor of it would drop the process's locks.
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
