"""The commands that pages, answers and messages suggest: always with the home they are about."""

import shlex
from pathlib import Path


def home_command(home: Path, *words: str) -> str:
    """What to type into a shell, in the folder of the code, for a command on this home."""
    return shlex.join(["python", "-P", "-m", "app", "--home", str(home), *words])
