"""What deleting for good takes away and leaves, and what was deleted."""

from typing import Annotated

from pydantic import Field

from app.contract.base import Id, Message, Payload
from db.records import DeletedKind


class DeletionPayload(Payload):
    """What would go, in sentences. blocked: why it cannot just now; images: their numbers, to be said back."""

    kind: DeletedKind
    id: int
    title: str
    goes: list[str]
    holds: list[str]
    stays: list[str]
    blocked: str | None
    images: list[int]


class DeleteMessage(Message):
    """Delete for good. images: those that one was told go."""

    kind: DeletedKind
    id: Id
    why: Annotated[str, Field(max_length=1100)]
    images: Annotated[list[Id], Field(min_length=1, max_length=10_000)]


class DeletedPayload(Payload):
    """It is gone. trouble: files that could not be taken away yet, in sentences."""

    title: str
    trouble: list[str]


class TombstonePayload(Payload):
    """Something that was deleted for good."""

    id: int
    kind: DeletedKind
    digest: str
    at: str
    by: str
    why: str
    allowed_at: str | None
    allowed_by: str | None


class TombstonesPayload(Payload):
    """The newest, newest first."""

    deleted: list[TombstonePayload]
