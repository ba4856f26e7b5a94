"""What to do first, or next, where there is nothing to work on: one answer for every page, in words for who asks."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.home.home_command import home_command
from app.home.settings import Settings
from db.clock import utc_now
from db.labelling import work
from db.people import users
from db.pool.counts import count, open_images
from db.pool.given import NOBODYS
from db.records import AccountRecord, Counts, Role, UserRecord
from db.store.session import Store

Code = Literal[
    "no_images",
    "validation_only",
    "no_people",
    "no_labels",
    "all_done",
    "work_done",
    "given_to_others",
    "held_by_others",
    "held_enough",
]
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
TEAM = Link("/team/", "Go to Team")


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
        counts, now = count(tx), utc_now()
        works = work.work_of(tx, user)
        left = open_images(tx, works)
        holders = {name for name in work.holders(tx, works, now=now) if name != user.name}
        leads = [one.user.name for one in users.list_accounts(tx, now=now) if _may_give(one)]
    missing = _missing_images(counts, settings, user.role)
    if missing is not None:
        return missing
    if left and holders:
        return _held(left, sorted(holders))
    if works != [NOBODYS]:
        return _work_done(left, leads, user)
    if counts.images_open > left:
        return _given_to_others(counts.images_open - left, leads, user)
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


def _may_give(account: AccountRecord) -> bool:
    return account.user.role == "lead" and account.disabled_at is None


def _work_done(left: int, leads: list[str], user: UserRecord) -> FirstStep:
    labelled = (
        "Every other image that was given to you is labelled." if left else "All that was given to you is labelled."
    )
    return FirstStep("work_done", "Your work is done", *_who_gives_more(labelled, leads, user))


def _given_to_others(count: int, leads: list[str], user: UserRecord) -> FirstStep:
    given = "The one open image is given" if count == 1 else f"All {count} open images are given"
    return FirstStep("given_to_others", "Nothing is left for you", *_who_gives_more(f"{given} to others.", leads, user))


def _who_gives_more(text: str, leads: list[str], user: UserRecord) -> tuple[str, None, Link | None]:
    """The words, no command, and the page, for a lead."""
    if user.role == "lead":
        return f"{text} Give yourself more on the page Team.", None, TEAM
    who = f"A lead ({_listed(leads, 'or')})" if leads else "A lead"
    return f"{text} {who} can give you more on the page Team.", None, None


def _listed(names: list[str], and_: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {and_} {names[-1]}"


def _held(count: int, names: list[str]) -> FirstStep:
    who = _listed(names, "and")
    works = "works" if len(names) == 1 else "work"
    what = "The last open image is" if count == 1 else f"The last {count} open images are"
    text = f"{what} taken: {who} {works} there now. What they leave comes back within minutes."
    return FirstStep("held_by_others", "Nothing is free now", text)


def _people(count: int) -> str:
    return "1 person waits" if count == 1 else f"{count} people wait"


def _import(settings: Settings) -> str:
    return home_command(settings.home, "import", "IMAGES_DIR")
