"""A process tells whoever started it that it is of use now: one byte into a pipe that its environment names.

A pipe and no file: the disk may be what is broken.
"""

import os
from collections.abc import MutableMapping
from contextlib import suppress

VARIABLE = "SSPCM_SIGN_FD"


def give_sign(environ: MutableMapping[str, str] = os.environ) -> None:
    """Say it, if anybody wants to know."""
    named = environ.pop(VARIABLE, "")  # once: for a child of ours the number is another file's
    if named.isdecimal():
        with suppress(OSError):  # nobody listens any more
            os.write(int(named), b"\n")
            os.close(int(named))
