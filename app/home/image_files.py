"""Images under the hash of their bytes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from app.home.shared_files import shared_files, side_by_side
from sspcm.whole_files import write_atomically

SUFFIXES = (".jpg", ".png", ".webp")


class ImageFiles:
    """The home's image files, named by the SHA-256 of their bytes.

    Where the home is bound to a bucket, each is fetched when first asked for, and what asks raises BucketAway as well.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._folder = home / "images"
        self._shared = shared_files(home)

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
        self._shared.put_if_new(_name(sha256, suffix))
        return sha256

    @property
    def is_alone(self) -> bool:
        """Whether no bucket has them as well."""
        return self._shared.bucket is None

    def forget_here(self, sha256: str) -> bool:
        """Take the bytes away from this machine; whether they were here."""
        here = [path for path in (self._folder / sha256[:2]).glob(f"*{sha256}*") if path.is_file()]
        for path in here:  # drafts of a download that ended are named after it too
            path.unlink(missing_ok=True)
        return bool(here)

    def forget(self, sha256: str) -> None:
        """Take the bytes away, here and out of the bucket."""
        self.forget_here(sha256)
        if self._shared.bucket is not None:
            there = [name for name in _names(sha256) if self._shared.bucket.entry(name) is not None]
            self._shared.forget(there)

    def path(self, sha256: str) -> Path:
        """Where the bytes lie. Raises FileNotFoundError."""
        found = self._here(sha256)
        if found is None and self._shared.bucket is not None:
            self._fetch(sha256)
            found = self._here(sha256)
        if found is None:
            raise FileNotFoundError(
                f"the home has no image file {sha256[:12]}…; its folder images/ is incomplete. "
                "Import the image's folder again, or restore images/ from a copy."
            )
        return found

    def fetch(self, sha256s: Iterable[str]) -> None:
        """Have these on this machine, many at a time: before something asks for one after the other."""
        if self._shared.bucket is None:
            return
        lacking = [sha256 for sha256 in dict.fromkeys(sha256s) if self._here(sha256) is None]
        side_by_side(self._fetch, lacking)

    def _fetch(self, sha256: str) -> None:
        any(self._shared.fetch(name, sha256=sha256) for name in _names(sha256))

    def _here(self, sha256: str) -> Path | None:
        named = (self._folder / sha256[:2]).glob(f"{sha256}.*")
        return next((path for path in named if path.is_file()), None)


def _name(sha256: str, suffix: str) -> str:
    return f"images/{sha256[:2]}/{sha256}{suffix}"


def _names(sha256: str) -> list[str]:
    return [_name(sha256, suffix) for suffix in SUFFIXES]
