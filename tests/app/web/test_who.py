"""Who is asking is whom the guard found, and nobody else."""

from datetime import UTC, datetime

import pytest
from fastapi import Request

from app.web.who import session_of, user_of
from db.records import SessionRecord, UserRecord


def test_who_asks_is_whom_the_guard_found() -> None:
    noon = datetime(2030, 5, 1, tzinfo=UTC)
    session = SessionRecord(UserRecord(1, "ann", "annotator"), "token", noon, noon)
    request = Request({"type": "http", "state": {"session": session}, "headers": []})
    assert session_of(request) is session
    assert user_of(request).name == "ann"


def test_a_request_that_came_past_the_guard_is_nobodys() -> None:
    with pytest.raises(KeyError):
        user_of(Request({"type": "http", "headers": [(b"cookie", b"session=ann")]}))
