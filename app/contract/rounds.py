"""Rounds and pre-labellings as programs see them: the same document from the command line and over HTTP.

What goes to a browser names no folder of the server: a path there keeps its last part alone.
"""

import dataclasses
import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from app.contract.base import Id, Message, Payload
from db.records import PrelabellingRecord, PrelabellingState, RoundRecord, RoundStage, RoundState, StartsFrom
from sspcm.config import RoundConfig

_FOLDERS = re.compile(r"(?<![\w.:/])(?:/[^/\s'\"`,;()\[\]]+)+/")
"""What stands before the last part of an absolute path; an address such as https://host/a is none."""


class LaunchMessage(Message):
    """The settings changed in those that a launch begins from, nested as in the round's TOML.

    preset: what to begin from; without one the home's usual settings, as on the page and the command line.
    """

    preset: Literal["demo", "imported", "standard"] | None = None
    config: dict[str, Any] = Field(default_factory=dict)


class CostPayload(Payload):
    """What a launch would cost on this machine, in words and figures: as `sspcm round DIR --dry-run` measures them."""

    words: str
    steps: int
    labelled: int
    unlabelled: int
    validation: int
    predicted: int
    step_seconds: float
    seconds: float
    after_seconds: float
    memory_bytes: int
    crops_bytes: int
    available_bytes: int | None
    disk_bytes: int
    working_bytes: int
    measured: bool
    device: str


class Figures(TypedDict, total=False):
    """How well a network does on the validation images; null where nothing could be measured."""

    AP: float | None
    mean_oks: float | None


class WorstPerson(TypedDict):
    """A person of the pool in much doubt, the name of their image, and their worst flag's reason; "" without one."""

    person: int
    image: str
    score: float
    why: str


class Progress(TypedDict, total=False):
    """How far a running round is: whichever of these are known. ap: of each network at the latest measurement.

    persons_per_s: that one network sees. memory_bytes: the most that the trainer has had. gpu_bytes of gpu_total_bytes:
    what is taken of the GPU, by everybody; gpu_busy: how much of its time it computes, 0 to 1. worst: of the pool's
    people scored so far those in most doubt.
    """

    step: int
    steps: int
    epoch: int
    epochs: int
    loss: float | None
    seconds_left: float | None
    ap: dict[str, float | None]
    persons_per_s: float
    memory_bytes: int
    gpu_bytes: int
    gpu_total_bytes: int
    gpu_busy: float
    worst: list[WorstPerson]


class Persons(TypedDict, total=False):
    """How many persons a round learned from, by use."""

    labelled: int
    unlabelled: int
    validation: int


class Beside(TypedDict, total=False):
    """A round's student beside the network that annotators began from then; null where nothing could be measured.

    words: both figures as a sentence. beside_round: whose student that was; null: an imported model. persons: on how
    many; validation: how many of them are validation people.
    """

    words: str
    beside: str
    beside_round: int | None
    mean_oks: float | None
    mean_oks_beside: float | None
    persons: int
    validation: int


class Moved(TypedDict):
    """How far a network was put on its way from where it started, and what the persons say whom it left out."""

    part: float
    before: float
    after: float
    persons: int


class Measured(TypedDict, total=False):
    """What a published round measured; earlier versions measured less.

    pair_frequency: of the pairs of members, at each refresh.
    """

    starts: Beside

    ap: dict[str, Figures]
    ap_before: dict[str, Figures]
    moved: dict[str, Moved]
    pair_frequency: list[list[float]]
    refreshes: int
    persons: Persons
    device: str
    warnings: list[str]


class ValidationPayload(Payload):
    """The people whom rounds are measured by, in words and figures.

    wanted: labelled people for an interval of .03 of mean OKS to either side, to two digits; spread: over people, which
    that follows from: of the first labels it is mostly the usual one. offer: how many people to keep in all, as the
    button says, and why so many; null where none can be kept. warning: where one image is most of them. before_launch:
    what is missing for a round's student to be taken up as it ends; null where nothing is.
    """

    words: str
    advice: str
    warning: str | None
    before_launch: str | None
    persons: int
    labelled: int
    open: int
    wanted: int
    missing: int
    spread: float
    spread_is_measured: bool
    offer: int | None
    button: str | None
    why: str | None


class KeepMessage(Message):
    """Keep people for validation until there are so many."""

    persons: Annotated[int, Field(ge=1, le=10_000_000)]


class UnlabelablePayload(Payload):
    """The people who are too small or too dark for anybody to label, and what a lead may do about them.

    people: who can be skipped at once, small and dark among them; images: how many close with that. held: those left
    out because somebody works on their image. skipped: whom it was done to and can be taken back. done: what was just
    done, in words. null: a button that is of no use now.
    """

    words: str
    confirm: str
    people: int
    small: int
    dark: int
    images: int
    held: int
    skipped: int
    skip: str | None
    take_back: str | None
    done: str


class UnlabelableMessage(Message):
    """Skip everybody like that, or take that back."""

    do: Literal["skip", "take back"]


class OrderFigurePayload(Payload):
    """How well the order does in one respect, with its 95 % interval; null where nothing could be measured.

    name: in words; more: what it means. chance: a random order's figure, chance_low and chance_high: between which
    95 % of random orders of the same people lie.
    """

    name: str
    more: str
    value: float | None
    low: float | None
    high: float | None
    chance: float
    chance_low: float | None
    chance_high: float | None


class OrderPayload(Payload):
    """What the queue is ordered by now, and how well, on labels that the order did not learn from.

    goes_by: before any network spoke, by how unlike images are; before labels; fitted on corrections. round: whose
    student's poses it is about; null for an imported model's. corrections: how many corrected people it was made with;
    persons: how many the figures are on, whom `people` names; enough: whether they are enough for figures.
    """

    words: str
    advice: str
    people: str
    goes_by: Literal["unlike", "before labels", "fitted"]
    round: int | None
    corrections: int
    corrections_wanted: int
    persons: int
    enough: bool
    figures: list[OrderFigurePayload]


class RoundPayload(Payload):
    """A round: its settings, where it stands, what it measured."""

    id: int
    number: int
    state: RoundState
    stage: RoundStage
    config: dict[str, Any]
    launched_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: Progress
    metrics: Measured
    error: str | None
    directory: str | None
    kept_because: str | None
    twin_of: int | None


class SourcePayload(Payload):
    """A network that labelling may begin from. round: None for the imported model.

    mean_oks with its 95 % interval: null where nothing could be measured. began: how many of the labels began at its
    own pose, and lean to it. use: a button's words, with the difference to the one in use; null for that one.
    """

    source: StartsFrom
    round: int | None
    name: str
    in_use: bool
    kept: bool
    mean_oks: float | None
    low: float | None
    high: float | None
    began: int
    use: str | None

    @property
    def figures(self) -> str:
        """The mean with its interval."""
        if self.mean_oks is None:
            return "not measured"
        within = "" if self.low is None else f"  [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.mean_oks:.3f}{within}"


class SparedFigures(Payload):
    """Actions a person from the starts since a round and from those before it, on the same people, to a tenth.

    fewer with the ends of its 95 % interval: null where too few images tell them. began, began_before: how many of the
    labels began at the very poses that annotators begin from since the round, and at those of before: they lean to
    them.
    """

    persons: int
    images: int
    actions: float
    actions_before: float
    fewer: float
    low: float | None
    high: float | None
    began: int
    began_before: int


class SparedPayload(Payload):
    """What the published round spared, in words and figures. begin_from, before: what annotators begin from since it,
    and did before it; null: every keypoint was to be placed.

    labelled: people labelled since; validation: those whom rounds are measured by; both null where the round changed no
    start. words: the former as a sentence, or what is missing; notes: what else there is to say, of a round that
    changed no start what its student would have spared.
    """

    round: int
    begin_from: str
    before: str | None
    words: str
    notes: list[str]
    labelled: SparedFigures | None
    validation: SparedFigures | None


class StartsPayload(Payload):
    """Which network annotators begin from, in words, and what can be said of each, all on the same persons.

    people: who these are, in words; enough: whether they are enough to change anything. why: what was found when the
    choice was made. again: when it is decided next, and what may change. lead: who chose otherwise. spared: what the
    published round changed; null before one.
    """

    words: str
    why: str
    again: str
    people: str
    persons: int
    enough: bool
    lead: str | None
    sources: list[SourcePayload]
    spared: SparedPayload | None


class UseMessage(Message):
    """What annotators are to begin from. round: whose student; one that was kept is published for it."""

    use: Literal["measured", "imported", "student"]
    round: Id | None = None


class EventPayload(Payload):
    """Something that happened to a round, in words."""

    at: datetime
    what: str


class StoryPayload(Payload):
    """What happened to one round, and what can be done with it.

    numbers: every round that there is, newest first. cancel, go_on, promote, delete: what the buttons say; null for one
    that is of no use now. confirm: what to ask before deleting. log: its trainer's last lines. disk: what its files
    take, and those of all rounds.
    """

    number: int
    numbers: list[int]
    state: RoundState
    words: str
    events: list[EventPayload]
    log: list[str]
    cancel: str | None
    go_on: str | None
    promote: str | None
    delete: str | None
    confirm: str
    disk: str


class StoryMessage(Message):
    """Stop a round, go on with it, show it to annotators, or take it away."""

    do: Literal["cancel", "go on", "promote", "delete"]


class RoundsPayload(Payload):
    """The latest rounds, newest first."""

    rounds: list[RoundPayload]


class PoolReport(TypedDict, total=False):
    """What came of a model's run over the pool, as far as it is known: counts of persons, and what the model lacks.

    validation, decided: whom it predicted besides the open persons, to be measured by them.
    """

    predicted: int
    flagged: int
    known: int
    validation: int
    decided: int
    unknown_keypoints: list[str]
    complaints: list[str]


class PrelabellingPayload(Payload):
    """A model's run over the pool. done: persons that have a prediction, of `total`."""

    id: int
    model: str
    sha256: str
    state: PrelabellingState
    launched_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int
    report: PoolReport
    error: str | None


class TroublePayload(Payload):
    """The worker cannot be kept running: when that was told, and its last lines."""

    at: datetime
    said: list[str]


class SeenWorkerPayload(Payload):
    """The worker that gave the latest sign of life, and how many seconds ago."""

    name: str
    host: str
    process: int
    version: str
    started_at: datetime
    seen_at: datetime
    seconds: float
    ended: bool


class WorkerPayload(Payload):
    """Whether a worker runs, as a message. command: what starts one; null where none is to be started now."""

    state: Literal["running", "gone", "never"]
    text: str
    command: str | None
    trouble: TroublePayload | None
    worker: SeenWorkerPayload | None


def round_json(record: RoundRecord) -> dict[str, Any]:
    """A round as plain data, its config nested, its times in ISO 8601."""
    shown = dataclasses.asdict(record)
    shown["config"] = dataclasses.asdict(RoundConfig.recalled(shown.pop("config_toml")))
    return _with_times(shown)


def prelabelling_json(record: PrelabellingRecord) -> dict[str, Any]:
    """A model's run over the pool as plain data, its times in ISO 8601."""
    return _with_times(dataclasses.asdict(record))


def for_browsers(shown: dict[str, Any]) -> dict[str, Any]:
    """The same document without the folders of absolute paths."""
    return {key: _without_folders(value) for key, value in shown.items()}


def without_folders(text: str) -> str:
    """The text with the last part alone of each absolute path in it."""
    return _FOLDERS.sub("", text)


def _without_folders(value: Any) -> Any:
    if isinstance(value, str):
        return without_folders(value)
    if isinstance(value, dict):
        return for_browsers(value)
    return [_without_folders(one) for one in value] if isinstance(value, list | tuple) else value


def _with_times(shown: dict[str, Any]) -> dict[str, Any]:
    for name in ("created_at", "started_at", "finished_at"):
        shown[name] = shown[name].isoformat() if shown[name] else None
    return shown
