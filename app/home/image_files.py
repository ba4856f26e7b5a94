"""Images under the hash of their bytes, and writing a file so that it is there whole or not at all."""

import hashlib
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
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Make the new name last through a power cut: the folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class ImageFiles:
    """The home's image files, named by the SHA-256 of their bytes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._folder = home / "images"

    @property
    def folder(self) -> Path:
        """Where all of them lie."""
        return self._folder

    def put(self, content: bytes, suffix: str) -> str:
        """Keep the bytes (once, however often they are put); their SHA-256. suffix: ".jpg", ".png" or ".webp"."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._folder / sha256[:2] / f"{sha256}{suffix}"
        if not path.exists():
            write_atomically(path, content)
        return sha256

    def path(self, sha256: str) -> Path:
        """Where the bytes lie. Raises FileNotFoundError."""
        named = (self._folder / sha256[:2]).glob(f"{sha256}.*")
        found = next((path for path in named if path.is_file()), None)
        if found is None:
            raise FileNotFoundError(
                f"the home has no image file {sha256[:12]}…; its folder images/ is incomplete. "
                "Import the image's folder again, or restore images/ from a copy."
            )
        return found
