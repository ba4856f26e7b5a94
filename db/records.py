"""What the store hands out: frozen records, complete and valid once built. No ORM row leaves `db`."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from sspcm.evaluation.visibility import Visibility
from sspcm.fisheye import LensCircle
from sspcm.label_checks.finding import Kind
from sspcm.pose import PART_OF_BOX, Box, Label, Prediction
from sspcm.skeletons.skeleton import Skeleton

Role = Literal["annotator", "reviewer", "lead"]
ROLES: tuple[Role, ...] = ("annotator", "reviewer", "lead")
"""Each may do all that those before it may."""
StoredRole = Literal["annotator", "lead"]
ReviewResult = Literal["good", "back"]
"""What a reviewer says of a label: it stays; or it comes back, with a comment or with a corrected pose."""
Scope = Literal["read", "label", "lead"]
"""What an API token may do: look; also decide about persons; everything that its lead may."""
SCOPES: tuple[Scope, ...] = ("read", "label", "lead")
"""Each with all that those before it have."""
Split = Literal["train", "validation"]
WITHDRAWN = "withdrawn"
"""Why somebody is not a person whom an annotator added and took off the list again: they are shown to nobody."""
PersonState = Literal["open", "accepted", "skipped", "not_a_person"]
StoredRoundState = Literal["queued", "running", "published", "failed", "cancelled"]
RoundState = Literal["queued", "running", "cancelling", "published", "kept", "failed", "cancelled"]
"""kept: it ended well and is not published, since its student is worse than what annotators get."""
StartsFrom = Literal["imported", "student"]
"""Whose predictions labelling begins from: the newest imported model's, or the published round's student's."""
RoundStage = Literal["freeze", "train", "score", "publish", "done"]
FrozenRole = Literal["labelled", "validation"]
DeletedKind = Literal["image", "person"]
DecisionKind = Literal["accept", "skip", "not_a_person", "reopen"]
Began = Literal["student", "model", "label", "copy", "empty"]
"""What a pose began with: a network's prediction, an earlier label, a pose of another frame or kept edits, nothing."""
LONGEST_WORK_S = 86_400.0
"""Nobody works for longer on one person: a day."""
ProbeKind = Literal["wrong", "empty"]
"""Of a probe: one keypoint of the start is put wrong; there is a start, and it is not shown."""
ProbeOutcome = Literal["caught", "missed", "labelled"]
"""What came of it: the wrong keypoint was moved, or was not; somebody was labelled from nothing."""
PrelabellingState = Literal["queued", "running", "done", "failed"]
LensSource = Literal["assumed", "found", "set"]
"""Nobody measured it: the circle inscribed in the frame. Found in the camera's frames. Set by a person."""


@dataclass(frozen=True)
class StartsChoice:
    """Whose predictions annotators begin from. A person whom that network did not predict begins from the other's.

    measured: what the labels say, the imported model until a student is surely better; why: in words. overridden: what
    a lead chose instead, and which lead; both None where none did. visibility: by network, what labels taught of which
    keypoints people call visible (sspcm/evaluation/visibility.py, as plain data). of_validation, of_pool: how many
    labelled people there were to say it. ordered_by: of which network the published round's queue goes by; None where
    nobody noted that.
    """

    measured: StartsFrom = "imported"
    why: str = ""
    overridden: StartsFrom | None = None
    lead: str | None = None
    visibility: dict[StartsFrom, dict[str, Any]] = field(default_factory=dict)
    of_validation: int = 0
    of_pool: int = 0
    ordered_by: StartsFrom | None = None

    @cached_property
    def taught(self) -> dict[StartsFrom, Visibility]:
        """`visibility` to choose by: read once for all people of a page."""
        return {network: Visibility.from_json(told) for network, told in self.visibility.items()}

    @property
    def source(self) -> StartsFrom:
        """The one that counts."""
        return self.overridden or self.measured


@dataclass(frozen=True)
class ReviewRule:
    """Which accepted persons are reviewed: this share of them, and more of who is new.

    share: from 0 to 1. first: somebody's persons are all reviewed until so many of theirs were.
    """

    share: float = 0.1
    first: int = 20


@dataclass(frozen=True)
class TaughtRecord:
    """What labels taught of how a network's keypoints start. round_number: None for an imported model.

    labels: how many there were to learn from. fits: plain data (app/rounds/visibility.py), None where nothing was
    surely better. at: since when it holds, None before it is stored.
    """

    network: str
    round_number: int | None
    labels: int
    fits: dict[str, Any] | None
    at: datetime | None = None


@dataclass(frozen=True)
class FindingRecord:
    """What a check suspects about the label that counts. keypoints: none for all of it. words: why, in a sentence.

    score: from 0 to 1. other: the other person of a swap, or of somebody labelled twice. beside: which networks spoke,
    "" where the project's labels alone did. id, found_at: None before it is stored.
    """

    person_id: int
    revision: int
    kind: Kind
    keypoints: tuple[int, ...]
    score: float
    words: str
    other: int | None = None
    beside: str = ""
    id: int | None = None
    found_at: datetime | None = None


@dataclass(frozen=True)
class ToCheckBy:
    """What a check depends on: the highest ids of a label and of an imported model's prediction, and which round is
    published."""

    label: int
    imported: int
    round: int | None


@dataclass(frozen=True)
class LabelCheckRecord:
    """A check of all accepted labels. asked_by: a lead, "" for the worker. predicted: people beside networks.

    seen: what there was to check by.
    """

    at: datetime
    asked_by: str
    people: int
    predicted: int
    found: int
    seen: ToCheckBy


@dataclass(frozen=True)
class ProjectRecord:
    """The home's one project. published_round: the number of the round whose ranking and predictions are shown."""

    uuid: str
    """Tells it from every other project, also from the next one at the same address."""
    name: str
    skeleton: Skeleton
    coco_header: dict[str, Any]
    """What imported COCO files say besides images and annotations: info, licenses, categories."""
    published_round: int | None = None
    starts: StartsChoice = field(default_factory=StartsChoice)
    review: ReviewRule = field(default_factory=ReviewRule)


@dataclass(frozen=True)
class UserRecord:
    """An account. Passwords never leave the store."""

    id: int
    name: str
    role: Role


@dataclass(frozen=True)
class AccountRecord:
    """An account as leads see it. link_until: until when a one-time link waits to be opened. has_password: False until
    its first link was. seen_at: when one of its browsers last asked for something, also one that is signed out by now;
    None: never.
    """

    user: UserRecord
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    link_until: datetime | None
    sessions: int
    seen_at: datetime | None


@dataclass(frozen=True)
class SessionRecord:
    """Who asks, signed in or by a token: whose it is, its CSRF token, when it ends (UTC).

    seen_at: when it was last noted that it asked; is_unused: never. token: the API token's name, with the scope that it
    has; None for a browser.
    """

    user: UserRecord
    csrf: str
    expires_at: datetime
    seen_at: datetime
    token: str | None = None
    scope: Scope | None = None
    is_unused: bool = False


@dataclass(frozen=True)
class BrowserRecord:
    """A signed-in browser as its person sees it. id: names it among their own, and opens nothing."""

    id: str
    browser: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class TokenRecord:
    """An API token without its secret. begins: its first letters, to tell it by. used_at: to the minute."""

    id: int
    owner: str
    name: str
    scope: Scope
    begins: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True)
class LogEntry:
    """One line of the audit log: who did what to what. via: "page", "command" or "token NAME"."""

    id: int
    at: datetime
    actor: str
    via: str
    action: str
    about: str
    details: dict[str, Any]


@dataclass(frozen=True)
class MeasuredLens:
    """A lens circle in the pixels of frames of one size; the camera's other frames are smaller or larger."""

    circle: LensCircle
    width: int
    height: int
    arc_degrees: float | None = None
    """How much of the rim was seen when it was found; None where a person set it."""


@dataclass(frozen=True)
class CameraRecord:
    """A camera or group of images, what is known of its lens, and who says so.

    `lens` None: nobody measured it, or a person said that the camera is no fisheye (is_fisheye False).
    """

    id: int
    name: str
    lens: MeasuredLens | None = None
    lens_source: LensSource = "assumed"
    is_fisheye: bool = True


@dataclass(frozen=True)
class NewImage:
    """An image to store: its bytes already lie in the file store under `sha256`."""

    sha256: str
    file_name: str
    width: int
    height: int
    camera: str
    frame: int
    split: Split = "train"
    source_id: int | None = None
    """The id its COCO file gave it; kept on export."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Fields of the COCO file that we do not read; kept on export."""


@dataclass(frozen=True)
class ImageRecord:
    """A stored image. `frame` orders the images of one camera. `is_open`: annotators still have work here."""

    id: int
    sha256: str
    file_name: str
    width: int
    height: int
    camera: CameraRecord
    frame: int
    split: Split
    is_open: bool
    source_id: int | None
    extra: dict[str, Any]


@dataclass(frozen=True)
class NewPerson:
    """A person to store. `label` None: nobody has labelled them yet."""

    box: Box
    label: Label | None = None
    area: float | None = None
    source_id: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    box_is_made: bool = False
    """Whether no file and nobody said the box: it was made of the keypoints."""


@dataclass(frozen=True)
class PersonRecord:
    """A stored person. `revision` counts every decision about them and guards against lost updates.

    `label` is the one that counts: an accepted person's. Skipping or reopening leaves none; `labels.history` has it.
    """

    id: int
    image_id: int
    box: Box
    state: PersonState
    revision: int
    label: Label | None
    label_id: int | None
    area: float | None
    source_id: int | None
    skip_reason: str | None
    extra: dict[str, Any]

    @property
    def oks_area(self) -> float:
        """The area OKS divides by: the annotated one, else a part of the box (method.md sections 9 and 12)."""
        return self.area if self.area else PART_OF_BOX * self.box.area

    @property
    def is_crowd(self) -> bool:
        """Whether the file that they came with calls them a crowd region: nobody labels it, nothing learns from it."""
        return self.extra.get("iscrowd") == 1

    @property
    def is_withdrawn(self) -> bool:
        """Whether the annotator who added them took them off every list again."""
        return self.state == "not_a_person" and self.skip_reason == WITHDRAWN

    @property
    def is_listed(self) -> bool:
        """Whether the editor and the sheet show them."""
        return not self.is_crowd and not self.is_withdrawn

    @property
    def is_somebody(self) -> bool:
        """Whether the box holds one person, as far as anybody knows."""
        return self.state != "not_a_person" and not self.is_crowd


@dataclass(frozen=True)
class StoredPrediction:
    """A prediction with its place in the store. round_number is None for an imported model's."""

    id: int
    person_id: int
    round_number: int | None
    prediction: Prediction
    crop: str | None = None
    """What an imported model saw of the person, as a hash; None for a round's."""


@dataclass(frozen=True)
class KeypointFlag:
    """A keypoint the annotator should look at, and why, in words."""

    keypoint: int
    score: float
    reason: str


@dataclass(frozen=True)
class PersonScore:
    """How inconsistent the teachers, or an imported model's answers, are about one person.

    keypoints: K scores in [0, 1]; flags worst first.
    """

    person_id: int
    score: float
    keypoints: tuple[float, ...]
    flags: tuple[KeypointFlag, ...]


@dataclass(frozen=True)
class PrelabellingRecord:
    """A model run over the pool by the worker: its file by its hash, where it stands, what came of it."""

    id: int
    model: str
    sha256: str
    state: PrelabellingState
    launched_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    """Persons that have a prediction, of `total`."""
    total: int
    report: dict[str, Any]
    error: str | None


@dataclass(frozen=True)
class RankingEntry:
    """One image's place in a ranking. `blind`: part of the random control share, which annotators are not told."""

    image_id: int
    position: int
    score: float
    reasons: tuple[str, ...]
    blind: bool = False


@dataclass(frozen=True)
class QueueItem:
    """One image waiting for an annotator, as the queue orders it. leased_by: the holder's name, if held now.

    score is None, and position counts on from the ranking's end, for an image that the ranking does not know.
    """

    image: ImageRecord
    position: int
    score: float | None
    reasons: tuple[str, ...]
    blind: bool
    leased_by: str | None


@dataclass(frozen=True)
class Lease:
    """One annotator's hold on one image, until `expires_at` (UTC) unless renewed."""

    image_id: int
    user_id: int
    expires_at: datetime


@dataclass(frozen=True)
class Decision:
    """What an annotator decided about one person. `key` makes it idempotent: decided twice is decided once.

    kind "accept" needs `label`; kind "skip" needs `reason`; kind "not_a_person" has none or WITHDRAWN. box: the
    person's, where the annotator changed it. seconds: worked for it, without pauses. began, began_revision: what the
    label's pose began with, and which earlier label where it was one. None: nobody measured or noted it.
    """

    key: str
    kind: DecisionKind
    person_id: int
    expected_revision: int
    user: UserRecord
    label: Label | None = None
    reason: str | None = None
    box: Box | None = None
    seconds: float | None = None
    began: Began | None = None
    began_revision: int | None = None


@dataclass(frozen=True)
class DecisionOutcome:
    """What a decision led to. label_revision: of the label that counts now. `repeated`: this key had been decided
    before; nothing changed now."""

    person_id: int
    image_id: int
    state: PersonState
    revision: int
    image_done: bool
    repeated: bool = False
    label_revision: int | None = None


@dataclass(frozen=True)
class LabelRevision:
    """One revision of a person's label, and how it came about; None where nobody noted it."""

    label: Label
    at: datetime
    seconds: float | None
    began: Began | None
    began_revision: int | None


@dataclass(frozen=True)
class PastDecision:
    """What was decided about a person, by whom and when. kind: a DecisionKind, or "add_person", "skip_all" and
    "reopen_all"."""

    kind: str
    by: str
    at: datetime
    seconds: float | None


@dataclass(frozen=True)
class WorkPerson:
    """Somebody who was given a piece of work."""

    user: UserRecord
    is_disabled: bool


@dataclass(frozen=True)
class WorkRecord:
    """A piece of work: images of a camera, None: of every one, whose file names have `part` in them; whose it is.

    images: that it has; open: of these, where somebody still has work.
    """

    id: int
    camera_id: int | None
    camera: str | None
    part: str
    given_at: datetime
    people: tuple[WorkPerson, ...]
    images: int
    open: int


@dataclass(frozen=True)
class RecentImage:
    """An image in which an annotator decided something, and when they last did (UTC)."""

    id: int
    file_name: str
    camera: str
    is_open: bool
    decided_at: datetime


@dataclass(frozen=True)
class FrozenPerson:
    """One label revision in a round's frozen set."""

    person_id: int
    image_id: int
    label_id: int
    revision: int
    """The label's own revision (1 is the imported one)."""
    author: str
    role: FrozenRole


@dataclass(frozen=True)
class RoundRecord:
    """A round: its settings, where it stands, what it measured."""

    id: int
    number: int
    state: RoundState
    stage: RoundStage
    config_toml: str
    launched_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: dict[str, Any]
    """{"step", "steps", "epoch", "epochs", "loss", "ap", "seconds_left"}: whichever are known."""
    metrics: dict[str, Any]
    """{"ap": {"A", "B", "C"}, "ap_before": {...}, "pair_frequency": [[...] per epoch], "seconds": {stage: s}, ...}"""
    error: str | None
    directory: str | None
    """The attempt whose files the publish transaction named, relative to the home."""
    kept_because: str | None = None
    """Why a round that ended well was not published, in words."""
    run: int = 1
    """How often it was begun: 1, and one more each time that it is gone on with."""
    pruned_at: datetime | None = None
    """When its networks, predictions and ranking were taken away."""
    attempt: int = 1
    """Which of its folders counts: one more each time that a worker elsewhere goes on with it."""
    holder: str | None = None
    """The worker that has it, or had it last."""
    twin_of: int | None = None
    """The round whose labels and settings it has, to learn from them by another method and be compared."""

    @property
    def is_active(self) -> bool:
        """Whether it is not over yet."""
        return self.state in ("queued", "running", "cancelling")


@dataclass(frozen=True)
class RoundEvent:
    """Something that happened to a round, in words."""

    at: datetime
    what: str


@dataclass(frozen=True)
class RoundPoint:
    """One point of a round's curves."""

    step: int
    values: dict[str, float]


@dataclass(frozen=True)
class Counts:
    """What the lead page counts. `images` and `persons` are all there are; states without a split are train images'."""

    images: int
    images_open: int
    """Where annotators still have work, validation images too."""
    images_validation: int
    persons: int
    persons_open: int
    persons_accepted: int
    persons_imported: int
    """Of the accepted ones, those whose label came with an import."""
    persons_skipped: int
    persons_not_a_person: int
    persons_validation: int
    persons_validation_open: int
    persons_validation_accepted: int
