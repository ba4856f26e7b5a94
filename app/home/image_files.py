"""Images under the hash of their bytes."""

import hashlib
from pathlib import Path

from sspcm.whole_files import write_atomically


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
