"""Work: cameras, and parts of their images, given to people."""

from typing import Annotated

from pydantic import Field

from app.contract.base import Id, Message, Payload
from db.records import WorkRecord


class GiveWorkMessage(Message):
    """Who gets which images. cameras: by number, none for every camera. part: of the file names, "" for every name."""

    people: Annotated[list[Id], Field(min_length=1, max_length=1000)]
    cameras: Annotated[list[Id], Field(max_length=10_000)]
    part: Annotated[str, Field(max_length=256)] = ""


class TakeWorkMessage(Message):
    """Whom a piece of work is taken from; null: everybody."""

    person: Id | None = None


class TakeAllWorkMessage(Message):
    """Who loses all their work."""

    person: Id


class WorkPersonPayload(Payload):
    """Somebody who has a piece of work."""

    id: int
    name: str
    is_disabled: bool


class PiecePayload(Payload):
    """A piece of work. camera: null for every camera's images. open: images where somebody still has work."""

    id: int
    camera: str | None
    part: str
    people: list[WorkPersonPayload]
    images: int
    open: int

    @classmethod
    def of(cls, piece: WorkRecord) -> "PiecePayload":
        """As it is stored."""
        people = [WorkPersonPayload(id=p.user.id, name=p.user.name, is_disabled=p.is_disabled) for p in piece.people]
        return cls(
            id=piece.id, camera=piece.camera, part=piece.part, people=people, images=piece.images, open=piece.open
        )


class PersonsWorkPayload(Payload):
    """How many open images somebody gets. is_given: of their work; else of what was given to nobody."""

    id: int
    name: str
    is_given: bool
    open: int


class WorkCameraPayload(Payload):
    """A camera whose images can be given. open: images where somebody still has work, whosever they are."""

    id: int
    name: str
    open: int


class WorkPayload(Payload):
    """All work. free: open images that were given to nobody. people: who can sign in, by name. said: what was done.

    cameras: by name, those with nothing open last.
    """

    pieces: list[PiecePayload]
    people: list[PersonsWorkPayload]
    cameras: list[WorkCameraPayload]
    free: int
    said: str = ""
