"""Files that are there whole or not at all."""

import os
import secrets
from pathlib import Path

EVERYBODY = 0o666
"""What a new file allows before the umask takes its part, as everywhere."""
OWNER_ALONE = 0o600


def write_atomically(path: Path, content: bytes, *, mode: int = EVERYBODY) -> None:
    """Write a file whole: a reader, or a crash, sees the old one or the new one and nothing between.

    mode: its permissions from the first byte on, less the umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            error.filename = path  # a failed write names no file of itself, and the reader wants to know which disk
        raise
    keep_names(path.parent)


def keep_names(folder: Path) -> None:
    """Make new names last through a power cut: the folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
