"""A line of JSON for each entry of the log, with what it was about."""

import json
import logging
from collections.abc import Iterator
from contextvars import copy_context

import pytest

from app.home.logs import REQUEST, ROUND, set_up_logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


def test_an_entry_is_one_line_of_json_with_its_request_and_its_round(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")

    def work() -> None:
        REQUEST.set("0123abcd")
        ROUND.set(7)
        logging.getLogger("app.anything").warning("two\nlines, %d images", 3)

    copy_context().run(work)
    logging.getLogger("app.other").info("nothing to tell it by")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["message"], first["level"], first["by"]) == ("two\nlines, 3 images", "WARNING", "app.anything")
    assert (first["request"], first["round"]) == ("0123abcd", 7)
    assert "request" not in second and "image" not in second


def test_an_error_carries_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    try:
        raise ValueError("what went wrong")
    except ValueError:
        logging.getLogger("app").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: what went wrong" in json.loads(line)["exc_info"]


def test_plain_leaves_the_log_as_it_is() -> None:
    before = list(logging.getLogger().handlers)
    set_up_logs("plain")
    assert logging.getLogger().handlers == before
