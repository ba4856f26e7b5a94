"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path

from sspcm.errors import CheckpointError as CheckpointError


def write_atomically(path: Path, content: bytes) -> None:
    """The file holds `content` entirely or is as it was, whatever happens in between; a failed write leaves nothing."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            written.chmod(0o644)
            written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
