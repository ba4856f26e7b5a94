"""What to do first, or next, where there is nothing to work on: one answer for every page, in words for who asks."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.home.home_command import home_command
from app.home.settings import Settings
from db.clock import utc_now
from db.labelling import leases
from db.pool.counts import count
from db.records import Counts, Role, UserRecord
from db.store.session import Store

Code = Literal["no_images", "validation_only", "no_people", "no_labels", "all_done", "held_by_others", "held_enough"]
THEN = "Then people are found in them and labelled, then a round trains on the labels."


@dataclass(frozen=True)
class Link:
    """A page that the next step is taken on."""

    href: str
    text: str


@dataclass(frozen=True)
class FirstStep:
    """code: how the home stands. command: what a lead types, with this home; None where nothing is to be typed."""

    code: Code
    title: str
    text: str
    command: str | None = None
    link: Link | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data for the pages."""
        return asdict(self)


ANNOTATE = Link("/annotate/", "Go to Annotate")
LEAD = Link("/lead/", "Go to the lead's page")


def first_step(store: Store, settings: Settings, user: UserRecord) -> FirstStep | None:
    """What is missing before anybody can label, or a first round can be launched; None where nothing is."""
    with store.reading() as tx:
        return first_step_of(count(tx), settings, user.role)


def first_step_of(counts: Counts, settings: Settings, role: Role) -> FirstStep | None:
    """The same, where everything is counted already."""
    return _missing_images(counts, settings, role) or _missing_labels(counts, settings, role)


def empty_queue(store: Store, settings: Settings, user: UserRecord) -> FirstStep:
    """Why this annotator gets no image now, and what can be done about it."""
    with store.reading() as tx:
        counts = count(tx)
        holders = {name for name in leases.lease_holders(tx, now=utc_now()).values() if name != user.name}
    missing = _missing_images(counts, settings, user.role)
    if missing is not None:
        return missing
    if counts.images_open and holders:
        return _held(counts.images_open, sorted(holders))
    labelled = "Every other image is labelled." if counts.images_open else "Every image is labelled."
    if user.role == "lead":
        text = f"{labelled} Launch a round on the lead's page, or import more images:"
        return FirstStep("all_done", "Nothing left to do", text, _import(settings), LEAD)
    text = f"{labelled} New ones come with a lead's next import."
    return FirstStep("all_done", "Nothing left to do", text)


def _missing_images(counts: Counts, settings: Settings, role: Role) -> FirstStep | None:
    if not counts.images:
        title = "This home has no images yet"
        if role == "lead":
            return FirstStep("no_images", title, f"Import a folder of them first. {THEN}", _import(settings))
        return FirstStep("no_images", title, f"A lead imports them: ask one. {THEN}")
    if counts.images == counts.images_validation:
        title = "Only validation images are here"
        text = "They measure rounds, and no round learns from them."
        if role == "lead":
            return FirstStep("validation_only", title, f"{text} Import images to label:", _import(settings))
        return FirstStep("validation_only", title, f"{text} A lead imports images to label: ask one.")
    return None


def _missing_labels(counts: Counts, settings: Settings, role: Role) -> FirstStep | None:
    persons = counts.persons - counts.persons_validation
    if not persons:
        title = "Nobody is boxed in the images yet"
        text = "Draw a box around each person on the page Annotate, and label them there."
        if role == "lead":
            command = home_command(settings.home, "import", "IMAGES_DIR", "--annotations", "FILE")
            text = f"{text} Or import boxes or labels for the images, as a COCO file:"
            return FirstStep("no_people", title, text, command, ANNOTATE)
        return FirstStep("no_people", title, text, None, ANNOTATE)
    if not counts.persons_accepted and counts.images_open:
        title = "No person is labelled yet"
        text = f"{_people(persons)} to label. Label some on the page Annotate first; a round learns from them."
        return FirstStep("no_labels", title, text, None, ANNOTATE)
    return None


def _held(count: int, names: list[str]) -> FirstStep:
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    works = "works" if len(names) == 1 else "work"
    what = "The last open image is" if count == 1 else f"The last {count} open images are"
    text = f"{what} taken: {who} {works} there now. What they leave comes back within minutes."
    return FirstStep("held_by_others", "Nothing is free now", text)


def _people(count: int) -> str:
    return "1 person waits" if count == 1 else f"{count} people wait"


def _import(settings: Settings) -> str:
    return home_command(settings.home, "import", "IMAGES_DIR")
