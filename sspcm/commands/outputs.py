"""Where a command writes: nothing is written over unless --force says so."""

from pathlib import Path


def check_free(path: Path, *, force: bool) -> None:
    """Raises FileExistsError where there is something already, before any work is done for it."""
    if path.is_dir() or (path.exists() and not force):
        raise FileExistsError(
            f"{path} is there already; wanted a new file to write to. "
            + ("Choose a file's path with --out." if path.is_dir() else "Choose another --out, or add --force.")
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to write {path.name} to; make it, or correct --out.")
