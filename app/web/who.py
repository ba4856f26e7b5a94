"""Who is asking: the session that the guard found."""

from fastapi import Request

from db.records import SessionRecord, UserRecord


def session_of(request: Request) -> SessionRecord:
    """The session that the guard found; routes behind the guard always have one."""
    session: SessionRecord = request.scope["state"]["session"]
    return session


def user_of(request: Request) -> UserRecord:
    """Who is asking."""
    return session_of(request).user
