"""What a child process writes to standard error: passed on as it comes, the last lines kept."""

import os
import sys
from collections import deque
from contextlib import suppress
from threading import Thread
from typing import IO

LONGEST_LINE = 500
"""Characters kept of a line."""


class LastWords:
    """A pipe for a child process to write into, and the end of what it wrote."""

    def __init__(self, *, lines: int) -> None:
        self._kept: deque[str] = deque(maxlen=lines)
        ear, mouth = os.pipe()
        self.mouth: IO[bytes] = os.fdopen(mouth, "wb", buffering=0)
        """What the child writes into; `close` it here once the child has it."""
        self._listener = Thread(target=self._listen, args=(ear,), daemon=True)
        self._listener.start()

    def said(self) -> tuple[str, ...]:
        """The last lines, oldest first. Call it when the child has ended: it waits a moment for what is under way."""
        self._listener.join(timeout=1.0)
        return tuple(self._kept)

    def _listen(self, ear: int) -> None:
        with os.fdopen(ear, "rb") as heard:
            while line := heard.readline(65536):  # bounded: a child may write without line ends
                text = line.decode(errors="replace")
                with suppress(OSError, ValueError):  # our own may be closed: the child must not wait for us
                    sys.stderr.write(text)
                    sys.stderr.flush()
                if text.strip():
                    self._kept.append(text.rstrip()[:LONGEST_LINE])
