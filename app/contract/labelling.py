"""The editor's JSON contract, version 1: what the browser sends and gets (docs/architecture.md)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.contract.base import (
    VERSION,
    BoxMessage,
    BoxPayload,
    Id,
    Key,
    Message,
    Payload,
    Row,
    SkeletonPayload,
    StepPayload,
    Triple,
)
from db.records import LONGEST_WORK_S, Began, PersonState


def _worked(seconds: float) -> float:
    if not 0 <= seconds <= LONGEST_WORK_S:
        raise ValueError(f"{seconds:g} s were sent; wanted 0 to {LONGEST_WORK_S:.0f} s of work on one person")
    return seconds


Seconds = Annotated[float, AfterValidator(_worked)]
"""Worked on one person, pauses left out."""


class PersonMessage(Message):
    """About one person, as the browser last saw them. `key`: the same one is carried out once.

    box: the person's as the annotator left it; only where they changed it. seconds: worked on the person until this
    decision, pauses left out; null where nobody measured.
    """

    key: Key
    person_id: Id
    revision: Id
    box: BoxMessage | None = None
    seconds: Seconds | None = None


class AcceptMessage(PersonMessage):
    """Keypoints to accept: K rows of x, y (image px), visibility; which a human touched; the prediction's id.

    began: what the pose began with; began_revision: which of the person's labels, where that was one.
    """

    xyv: Annotated[list[Triple], Field(max_length=1000)]
    touched: Annotated[list[bool], Field(max_length=1000)]
    started_from: Id | None = None
    began: Began | None = None
    began_revision: Id | None = None


class SkipMessage(PersonMessage):
    """A person left without a label, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class NotAPersonMessage(PersonMessage):
    """The box holds nobody. withdrawn: who added it takes it off every list again."""

    withdrawn: bool = False


class AddPersonMessage(Message):
    """A box an annotator drew."""

    key: Key
    image_id: Id
    box: BoxMessage


class FinishMessage(Message):
    """Nobody (else) is in the image."""

    key: Key
    image_id: Id


class ReopenImageMessage(Message):
    """Somebody (else) may be in the image after all."""

    key: Key
    image_id: Id


class ImagesMessage(Message):
    """Images to hold on to, or to let go."""

    image_ids: Annotated[list[Id], Field(max_length=100)]


class ImagePayload(Payload):
    """An image and where its bytes are."""

    id: int
    url: str
    width: int
    height: int
    file_name: str
    camera: str


class FlagPayload(Payload):
    """A keypoint to look at, and why."""

    keypoint: int
    score: float
    reason: str


class StartPayload(Payload):
    """The pose to start from: K rows of x, y, visibility; an absent keypoint of a network's has its place.

    undecided: the keypoints of a model's about which nobody decided, neither it nor labels: Accept asks before it takes
    them for absent. revision: a label's.
    """

    xyv: list[Row]
    source: Annotated[Literal["student", "model", "label", "empty"], Field(alias="from")]
    prediction_id: int | None
    model: str | None = None
    """Whose prediction it is: the imported model's name, or "round 3's student"."""
    undecided: list[int] = Field(default_factory=list)
    revision: int | None = None


class ReviewNotePayload(Payload):
    """What a reviewer said of a label that was not good. is_corrected: they placed another pose, which is the label."""

    reviewer: str
    comment: str
    is_corrected: bool
    at: datetime


class PersonPayload(Payload):
    """One person; ghosts by network: K rows of x, y, confidence. Flags come worst first.

    review: why an open person came back, or what was corrected of an accepted one; null where neither is so.

    keypoint_scores: K inconsistencies in [0, 1], null where nothing is said of a keypoint. starts: every pose one could
    begin from, the best first: label (the latest they ever had, whether it counts now or not), then the two networks.
    """

    id: int
    revision: int
    state: PersonState
    box: BoxPayload
    score: float | None
    flags: list[FlagPayload]
    keypoint_scores: list[float | None] | None
    skip_reason: str | None
    start: StartPayload
    starts: list[StartPayload]
    ghosts: dict[str, list[Row]]
    review: ReviewNotePayload | None = None


class LensPayload(Payload):
    """The lens circle in image px."""

    x: float
    y: float
    radius: float


class SentBackPayload(Payload):
    """A person of the annotator's whom a reviewer sent back, and who waits to be labelled anew."""

    image_id: int
    person_id: int


class TaskPayload(Payload):
    """One image to work on, held for `lease_s` seconds; persons come worst first.

    remaining: open images of the annotator's work; without work, of what was given to nobody. sent_back: whoever of
    theirs came back and waits, in this image or another, the first who came back first; 50 at most. held_by: another
    who holds it, so that this one may only look; read_only: another reason why, in words. Both null: it is held for
    this annotator.
    """

    version: int = VERSION
    image: ImagePayload
    skeleton: SkeletonPayload
    lease_s: float
    lens: LensPayload | None
    round: int | None
    persons: list[PersonPayload]
    remaining: int
    sent_back: list[SentBackPayload]
    held_by: str | None = None
    read_only: str | None = None


class EarlierPerson(Payload):
    """A person of an earlier frame with their pose, in px of the image that was asked about."""

    id: int
    box: BoxPayload
    xyv: list[Row]
    source: Annotated[Literal["student", "model", "label"], Field(alias="from")]


class PreviousPayload(Payload):
    """The nearest earlier frame with a pose in it; no name and nobody where there is none."""

    file_name: str | None
    frame: int | None
    persons: list[EarlierPerson]


class RecentImagePayload(Payload):
    """An image in which the annotator decided something, and when they last did."""

    id: int
    file_name: str
    camera: str
    is_open: bool
    decided_at: datetime


class RecentPayload(Payload):
    """The annotator's last images, newest first."""

    images: list[RecentImagePayload]


class SavedPerson(Payload):
    """A person after a decision. label_revision: of the label that counts now; null without one."""

    id: int
    revision: int
    state: PersonState
    label_revision: int | None = None


class SavedPayload(Payload):
    """What a decision led to. `repeated`: it had been saved before; nothing changed now."""

    person: SavedPerson
    image_done: bool
    repeated: bool


class MovedKeypoint(Payload):
    """A keypoint of a label that a human touched, or that lies elsewhere than where the pose began.

    px: how far from there, and sigmas: the same in human sigmas; null where the pose did not begin with a place for it.
    """

    keypoint: int
    touched: bool
    px: float | None
    sigmas: float | None


class RevisionPayload(Payload):
    """One revision of a person's label. began: what its pose began with, in words. counts: whether it is the label now.

    xyv: K rows of x, y (image px), visibility. seconds: worked on it, pauses left out; null where nobody measured.
    started_from: the prediction's id that it goes back to.
    """

    revision: int
    xyv: list[Row]
    began: str
    started_from: int | None
    moved: list[MovedKeypoint]
    counts: bool


class HistoryEntryPayload(Payload):
    """Something that happened to a person: a label, or another decision. what: in words."""

    at: datetime
    by: str
    what: str
    seconds: float | None
    label: RevisionPayload | None


class HistoryPayload(Payload):
    """What became of a person, the newest first. revision, state: theirs now. stays: why no label of theirs is brought
    back, in words; null where one may be."""

    person_id: int
    image_id: int
    revision: int
    state: PersonState
    entries: list[HistoryEntryPayload]
    stays: str | None


class EmptyQueuePayload(Payload):
    """No image to work on now, why, and what can be done about it."""

    task: None = None
    message: str
    step: StepPayload


class AddedPayload(Payload):
    """The person that was added."""

    person: PersonPayload


class ImageDonePayload(Payload):
    """Whether everything in the image is decided now."""

    image_done: bool


class HeldPayload(Payload):
    """The images that are still held for who asks."""

    held: list[int]


class ReleasedPayload(Payload):
    """The images let go."""

    released: list[int]
