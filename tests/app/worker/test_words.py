"""What a job ended for is told in the words that a lead reads."""

import logging
import sys

import pytest
from sqlalchemy.exc import OperationalError

from app.rounds.errors import LearningError
from app.worker.words import InWords, said


def logged(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        return logging.LogRecord("dbos", logging.ERROR, "x.py", 1, "workflow %s failed", ("7",), sys.exc_info())


def test_a_reason_that_the_lead_reads_is_one_line_without_a_stack() -> None:
    record = logged(LearningError("the loss is NaN. Lower the learning rate."))
    assert InWords().filter(record)
    assert record.getMessage() == "a job ended: the loss is NaN. Lower the learning rate."
    assert record.exc_info is None


def test_a_mistake_of_ours_keeps_its_stack() -> None:
    record = logged(ZeroDivisionError("division by zero"))
    assert InWords().filter(record)
    assert (record.getMessage(), bool(record.exc_info)) == ("workflow 7 failed", True)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("SELECT secret", {}, Exception("the disk is full")), "the disk is full"),
        (ValueError("no number"), "no number"),
    ],
)
def test_a_databases_words_come_without_its_statement(error: Exception, words: str) -> None:
    assert str(said(error)) == words
