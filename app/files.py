"""Images under the hash of their bytes, and writing a file so that it is there whole or not at all."""

import hashlib
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole: a reader, or a crash, sees the old one or the new one and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class ImageFiles:
    """The home's image files, named by the SHA-256 of their bytes."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "images"

    def put(self, content: bytes, suffix: str) -> str:
        """Keep the bytes (once, however often they are put); their SHA-256. suffix: ".jpg", ".png" or ".webp"."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._folder / sha256[:2] / f"{sha256}{suffix}"
        if not path.exists():
            write_atomically(path, content)
        return sha256

    def path(self, sha256: str) -> Path:
        """Where the bytes lie. Raises FileNotFoundError."""
        found = next(iter((self._folder / sha256[:2]).glob(f"{sha256}.*")), None)
        if found is None:
            raise FileNotFoundError(
                f"the home has no image file {sha256[:12]}… Its folder images/ is incomplete: restore it from a copy."
            )
        return found
