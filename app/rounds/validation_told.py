"""How many people rounds are measured by, how exactly, and what is missing: for pages, programs and commands."""

import math
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.contract.rounds import ValidationPayload
from app.pool.stretches import people
from app.pool.validation import AT_LEAST, SHARE, lopsided
from app.rounds.evidence import Evidence, gather, imported_source, sources
from app.rounds.starts import in_use
from db.clock import utc_now
from db.labelling import moving
from db.pool.counts import count, validation_labelled
from sspcm.evaluation.choosing import FEWEST_IMAGES, FEWEST_PERSONS, spread_of_one

WANTED = 0.03
"""How far to either side the 95 % interval of a mean OKS shall reach."""
USUAL_SPREAD = 0.25
"""Of the OKS over people, where nothing is measured yet: .25 on 637 photographs and .24 on 363 drawn people, of a pose
model's poses; a student's were .19 (docs/adr/0023)."""
USUAL_COUNTS_AS = 30
"""Images of one's own from which on they say more of the spread than the usual one: the spread of 8 images is known to
a third of itself, and a number of people to label would jump by as much with every few labels."""
Z = 1.96
WORTH_A_BUTTON = 10
"""Fewer more people change no interval that anybody would see."""


@dataclass(frozen=True)
class Spread:
    """The standard deviation that one person stands for. of: the labelled people and images it is taken from, with the
    usual spread; none before there are 5 images."""

    value: float
    persons: int = 0
    images: int = 0


@dataclass(frozen=True)
class Offer:
    """How many people to keep now, and why so many."""

    persons: int
    why: str


def validation_told(tx: Session) -> ValidationPayload:
    """What there is, and what a lead may do about it."""
    counts, frames = count(tx), moving.frames(tx, "validation", now=utc_now())
    kept, labelled, spread = people(frames), counts.persons_validation_accepted, _spread(gather(tx, sources(tx)))
    wanted = two_digits(persons_wanted(spread.value))
    everybody, waiting = counts.persons or counts.images, counts.persons_open or counts.images_open
    offer = _offer(kept, wanted, everybody=everybody, most=_most(waiting, counts.persons_validation_open))
    return ValidationPayload(
        words=_words(kept, labelled, counts.persons_validation_open),
        advice=_advice(kept, labelled, wanted, spread),
        warning=lopsided(frames),
        before_launch=before_launch(tx),
        persons=kept,
        labelled=labelled,
        open=counts.persons_validation_open,
        wanted=wanted,
        missing=max(0, wanted - labelled),
        spread=spread.value,
        spread_is_measured=spread.persons > 0,
        offer=kept + offer.persons if offer else None,
        button=_button(kept, offer.persons) if offer else None,
        why=offer.why if offer else None,
    )


def before_launch(tx: Session) -> str | None:
    """What a lead should know before a round is launched: that nothing can tell yet whether its student is better."""
    labelled, current = validation_labelled(tx), in_use(tx)
    if current is None or (labelled.persons >= FEWEST_PERSONS and labelled.images >= FEWEST_IMAGES):
        return None
    images = f"{labelled.images} {'image' if labelled.images == 1 else 'images'}"
    is_are = "is" if labelled.persons == 1 else "are"
    there = f"{labelled.persons} in {images} {is_are} labelled" if labelled.persons else "none is labelled"
    is_kept = people(moving.frames(tx, "validation", now=utc_now())) > 0
    kept = "The queue deals them early." if is_kept else "Keep some people for validation first."
    enough = f"{FEWEST_PERSONS} people in {FEWEST_IMAGES} images"
    if imported_source(tx) is not None:
        taken = f"Labelling begins from a round's student only once it is measured to be better on {enough}"
        whom = f"validation people, of whom {there}, and who is labelled after the round"
        return f"{taken}: {whom}. Validation people tell best: label them before, or while the round runs. {kept}"
    need = f"that takes {FEWEST_PERSONS} labelled validation people in {FEWEST_IMAGES} images, and {there}"
    return f"Nobody will know whether the round is better than {current.name}: {need}. {kept}"


def persons_wanted(spread: float) -> int:
    """How many labelled people give the interval that is wanted."""
    return math.ceil((Z * spread / WANTED) ** 2)


def two_digits(count: int) -> int:
    """Rounded up to two digits: more would be pretended."""
    unit: int = 10 ** max(0, len(str(count)) - 2)
    return math.ceil(count / unit) * unit


def _spread(evidence: Evidence) -> Spread:
    """Of the network that most validation people were predicted by: the usual one before they are in 5 images; then
    both, by how many images there are."""
    usual = Spread(USUAL_SPREAD)
    found = [values[evidence.is_validation] for values in evidence.oks.values()]
    images = evidence.image[evidence.is_validation]
    most = max(found, key=lambda values: int((~np.isnan(values)).sum()), default=np.zeros(0))
    known = ~np.isnan(most)
    of, own = len(np.unique(images[known])), spread_of_one(most[known], images[known])
    if of < FEWEST_IMAGES:
        return usual
    both = math.sqrt((of * own**2 + USUAL_COUNTS_AS * USUAL_SPREAD**2) / (of + USUAL_COUNTS_AS))
    return Spread(both, int(known.sum()), of)


def _most(waiting: int, kept: int) -> int:
    """As `keep_share` has it: half of whom nobody labelled yet, those kept before counted in."""
    return (waiting + kept) // 2 - kept


def _offer(kept: int, wanted: int, *, everybody: int, most: int) -> Offer | None:
    """How many people to keep now: the usual share first, then what the interval wants, up to a quarter of all people.

    Labels that measure are labels that nobody learns from. most: of those who are not labelled yet. None where it is
    not worth a button.
    """
    usual = max(AT_LEAST, round(SHARE * everybody))
    half = most, "half of those whom nobody labelled yet stay to learn from"
    if kept < usual:
        share = f"a tenth of all people, and {AT_LEAST} at least, measure rounds"
        persons, why = min((usual - kept, share), half)
        return Offer(persons, f"{usual} in all: {share}" if why == share else why) if persons > 0 else None
    interval = wanted - kept, f"about {wanted} people tell a mean OKS to ±{_oks(WANTED)}"
    quarter = everybody // 4 - kept, "that makes a quarter of all people, and the others are there to learn from"
    persons, why = min(interval, quarter, half)
    return Offer(persons, why) if persons >= WORTH_A_BUTTON else None


def _button(kept: int, offer: int) -> str:
    return f"Keep {offer}{' more' if kept else ''} {'person' if offer == 1 else 'people'} for validation"


def _words(kept: int, labelled: int, waiting: int) -> str:
    if not kept:
        return "Nobody is kept for validation, so little tells whether a round is better: keep some people for it."
    return (
        f"{kept} {'person is' if kept == 1 else 'people are'} kept for validation: {labelled} labelled, {waiting} to "
        "label. Nobody learns from them, and they are labelled without predictions."
    )


def _advice(kept: int, labelled: int, wanted: int, spread: Spread) -> str:
    """How exactly a mean OKS is known now, and how many more labels make it exact enough."""
    if not kept:
        return f"{AT_LEAST} labelled people tell a mean OKS to about ±{_oks(_reach(AT_LEAST, spread))}."
    reach = _oks(_reach(max(labelled, 1), spread))
    now = (
        f"Those labelled tell a mean OKS to about ±{reach}" if labelled > 1 else "Too few are labelled to tell anything"
    )
    if labelled >= wanted:
        return f"{now}: enough."
    by = "as people usually differ"
    if spread.persons:
        by = f"as these {spread.persons} people differ in {spread.images} images"
        by += ", and people usually: a guess until there are more" if spread.images < USUAL_COUNTS_AS else ""
    return f"{now}; ±{_oks(WANTED)} takes about {wanted} labelled ones, {wanted - labelled} more ({by})."


def _reach(persons: int, spread: Spread) -> float:
    return Z * spread.value / math.sqrt(persons)


def _oks(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")
