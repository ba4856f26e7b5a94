"""A bucket of an S3 server as whole files by name. Only this module knows fsspec.

Endpoint and credentials come as botocore reads them (`AWS_ENDPOINT_URL_S3`, `AWS_ACCESS_KEY_ID`, a profile, a machine's
role): nothing of them is kept or told here.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CONNECT_S, READ_S = 5, 10
OF_THIS_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
"""What a server says where a name is somebody's already, or is becoming so."""
TRIES = 3
"""How often a file is fetched that is replaced meanwhile."""


class BucketAway(RuntimeError):
    """The bucket did not take or give a file; the same may succeed later. No OSError: those are this disk's."""


@dataclass(frozen=True)
class Entry:
    """What the bucket says of a file. tag: another one for other bytes; modified: seconds since 1970, by its clock.

    Whole seconds: some servers list parts of them, and leave them out where one file is asked for.
    """

    size: int
    tag: str
    modified: int


class Bucket:
    """url: s3://NAME or s3://NAME/PREFIX. A put is seen whole or not at all. Several threads may ask at once.

    Everything raises BucketAway where the server is away, has no such bucket or refuses.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._root = url.removeprefix("s3://")

    def read(self, name: str, *, last: int | None = None) -> bytes | None:
        """The bytes of a file, or its last so many; None where there is none."""
        with self._asking(name):
            try:
                content: bytes = _files().cat_file(self._at(name), start=-last if last else None)
            except FileNotFoundError as error:
                _require_bucket(error)
                return None
        return content

    def entry(self, name: str) -> Entry | None:
        """One file's; None where there is none."""
        with self._asking(name):
            try:
                told = _files().info(self._at(name), refresh=True)
            except FileNotFoundError as error:
                _require_bucket(error)
                return None
        return _entry(told) if told["type"] == "file" else None

    def entries(self, folder: str) -> dict[str, Entry]:
        """All files below a folder, by their names; those that lead elsewhere, or are hidden, are none of ours."""
        with self._asking(folder):
            found = _files().find(self._at(folder), detail=True, refresh=True)
        skipped = len(self._root) + 1
        # of a folder that gets its first file meanwhile, the folder itself is told
        files = {path[skipped:]: told for path, told in found.items() if told["type"] == "file"}
        return {name: _entry(told) for name, told in files.items() if _is_plain(name)}

    def put(self, name: str, path: Path) -> None:
        """Keep what lies at a path."""
        with self._asking(name):
            _files().put_file(str(path), self._at(name))

    def create(self, name: str, content: bytes) -> bool:
        """Keep a small file under a name that nobody has; of all who try at once one is told True.

        True as well where these very bytes are there: the answer to an earlier try may have got lost. A server that
        knows no conditional puts replaces what is there, and tells everybody True.
        """
        with self._asking(name):
            try:
                _files().pipe_file(self._at(name), content, mode="create")
                return True
            except OSError as error:
                cause: Any = error.__cause__
                if not hasattr(cause, "response") or _code(cause) not in TAKEN:
                    raise
        return self.read(name) == content

    def fetch(self, name: str, path: Path, *, sha256: str | None = None, told: Entry | None = None) -> bool:
        """Write a file to a path, whole, with the bucket's time; False where there is none.

        sha256: of what it must be. told: what is known of it. Raises OSError where this disk does not take it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        try:
            if sha256 is not None:
                if not self._download(name, draft):
                    return False
                _require_sha256(draft, sha256, f"{name} in {self.url}")
            else:
                told = self._fetch_one_state(name, draft, told)
                if told is None:
                    return False
                os.utime(draft, (told.modified, told.modified))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return True

    def _fetch_one_state(self, name: str, draft: Path, told: Entry | None) -> Entry | None:
        """A large file comes in parts, and may be replaced between two: begun again then."""
        for _ in range(TRIES):
            before = told or self.entry(name)
            if before is None or not self._download(name, draft):
                return None
            told = self.entry(name)
            if told == before:
                return told
        raise BucketAway(f"{name} in {self.url} was replaced {TRIES} times while it came; wanted it whole. Try again.")

    def _download(self, name: str, draft: Path) -> bool:
        with self._asking(name):
            try:
                _files().get_file(self._at(name), str(draft))
            except FileNotFoundError as error:
                _require_bucket(error)
                return False
        return True

    def remove(self, names: Sequence[str]) -> None:
        """Take files away; those that are not there are passed over."""
        if names:
            with self._asking(names[0]):
                _files().rm([self._at(name) for name in names])

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        """Errors of the server, and of the way there, in words; this disk's own pass."""
        from aiohttp import ClientError as AiohttpError
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except BucketAway:
            raise
        except OSError as error:
            cause = error.__cause__
            if not isinstance(cause, ClientError) and (error.errno in OF_THIS_DISK or error.filename is not None):
                raise
            said = _code(cause) if isinstance(cause, ClientError) else type(error).__name__
            raise self._away(name, said) from error
        except ClientError as error:
            raise self._away(name, _code(error)) from error
        except (BotoCoreError, AiohttpError) as error:
            raise self._away(name, type(error).__name__) from error

    def _away(self, name: str, said: str) -> BucketAway:
        """said: a code or a class alone; a server's own words may say more than a log should have."""
        return BucketAway(
            f"the bucket {self.url} did not do its part for '{name}' ({said}); wanted it to answer. "
            "Check that its server runs, and the address and credentials in AWS_*."
        )


@cache
def _files() -> Any:
    """One connection pool for the whole process, made when first asked for."""
    import fsspec

    files = fsspec.filesystem(
        "s3",
        use_listings_cache=False,  # other machines write
        skip_instance_cache=True,
        config_kwargs={"connect_timeout": CONNECT_S, "read_timeout": READ_S, "retries": {"max_attempts": 2}},
    )
    files.retries = 1  # around botocore's own: together they would wait for a mute server for many minutes
    return files


def _entry(told: dict[str, Any]) -> Entry:
    return Entry(int(told["size"]), str(told["ETag"]), int(told["LastModified"].timestamp()))


def _is_plain(name: str) -> bool:
    return all(part and not part.startswith(".") for part in name.split("/")) and "\\" not in name


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "refused"))


def _require_bucket(error: FileNotFoundError) -> None:
    """A bucket that is gone has not lost a file: that is told as the server's error."""
    if "NoSuchBucket" in type(error.__cause__).__name__ or "bucket does not exist" in str(error):
        raise OSError("no such bucket") from error.__cause__


def _require_sha256(path: Path, wanted: str | None, what: str) -> None:
    if wanted is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted:
        raise BucketAway(
            f"{what} has other bytes than its name says ({found[:12]}…); wanted them unchanged. Put the file back."
        )
