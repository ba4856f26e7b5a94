"""What commands print: one JSON document or plain lines on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def say(line: str) -> None:
    """For the person who watches."""
    print(line, file=sys.stderr, flush=True)


def answer(document: Any, *, as_json: bool, plain: Callable[[], Iterator[str]]) -> None:
    """The command's result: JSON for programs, lines for people."""
    if as_json:
        print(json.dumps(document, indent=1, default=str), flush=True)
        return
    for line in plain():
        print(line, flush=True)


@contextmanager
def progress_bar(what: str, unit: str = "image") -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while a terminal watches; told (done, in all)."""
    from tqdm import tqdm

    with tqdm(desc=what, unit=unit, disable=None) as bar:

        def update(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield update
