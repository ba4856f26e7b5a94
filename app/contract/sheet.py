"""The contact sheet's answers."""

from app.contract.base import Payload, Row, SkeletonPayload
from app.contract.labelling import FlagPayload
from db.records import FindingRecord, PersonState
from sspcm.label_checks.finding import Kind


class SheetPosePayload(Payload):
    """K rows of x, y (px of the thumb), visibility."""

    xyv: list[Row]


class FindingPayload(Payload):
    """What a check suspects about the label that counts. keypoints: none where it is all of it. score: from 0 to 1.

    other: the other person of a swap, or of somebody labelled twice.
    """

    id: int
    kind: Kind
    keypoints: list[int]
    score: float
    words: str
    other: int | None

    @classmethod
    def of(cls, finding: FindingRecord) -> "FindingPayload":
        """As a check found it."""
        return cls(
            id=finding.id or 0,
            kind=finding.kind,
            keypoints=list(finding.keypoints),
            score=finding.score,
            words=finding.words,
            other=finding.other,
        )


class SheetPersonPayload(Payload):
    """A person of the contact sheet. Flags come worst first. pose: their label, else what a network says; null without.

    findings: what is suspected of their label, the most suspicious first. labelled_by: whose label counts; null without
    one. held_by: another annotator who has the image now.
    """

    id: int
    image_id: int
    file_name: str
    camera: str
    state: PersonState
    score: float | None
    flags: list[FlagPayload]
    skip_reason: str | None
    labelled_by: str | None
    held_by: str | None
    thumb: str
    pose: SheetPosePayload | None
    findings: list[FindingPayload]


class CameraChoice(Payload):
    """A camera to choose."""

    id: int
    name: str


class SheetPayload(Payload):
    """A page of the contact sheet. next: what to ask for as `after`, null on the last page.

    total: of all pages, told on the first one and up to 1000; null otherwise. cameras: all there are, by name.
    """

    persons: list[SheetPersonPayload]
    next: str | None
    total: int | None
    cameras: list[CameraChoice]


class FiltersPayload(Payload):
    """What one can filter by, and what drawing the poses takes: thumb_px, a thumb's width and height.

    settles: whether who asks may call a suspicious label right, and have all labels checked.
    """

    cameras: list[CameraChoice]
    skeleton: SkeletonPayload
    thumb_px: int
    settles: bool


class LabelChecksPayload(Payload):
    """How the last check of all labels stands. at: null before any. words: in a sentence. kinds: suspicions by kind."""

    at: str | None
    people: int
    predicted: int
    found: int
    kinds: dict[str, int]
    words: str
