"""What commands print: one JSON document or plain lines on stdout, everything else on stderr."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class OutputLost(Exception):
    """The result could not be written to stdout."""


def speak_any_script() -> None:
    """A terminal of few letters gets names of others spelled by numbers, rather than an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(line: str) -> None:
    """For the person who watches."""
    print(line, file=sys.stderr, flush=True)


def answer(document: Any, *, as_json: bool, plain: Callable[[], Iterator[str]]) -> None:
    """The command's result: JSON for programs, lines for people."""
    lines = iter([json.dumps(document, indent=1, default=str)]) if as_json else plain()
    for line in lines:
        try:
            print(line, flush=True)
        except BrokenPipeError:
            raise
        except OSError as error:
            _let_go_of_stdout()
            raise OutputLost(f"the result could not be written to stdout ({error.strerror}).") from error


def _let_go_of_stdout() -> None:
    """What is left to write goes nowhere: else the interpreter would fail at its end once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress_bar(what: str, unit: str = "image") -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while a terminal watches; told (done, in all)."""
    from tqdm import tqdm

    with tqdm(desc=what, unit=unit, disable=None) as bar:

        def update(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield update
