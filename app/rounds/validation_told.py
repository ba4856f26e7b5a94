"""How many people rounds are measured by, how exactly, and what is missing: for pages, programs and commands."""

import math

import numpy as np
from sqlalchemy.orm import Session

from app.contract.rounds import ValidationPayload
from app.pool.stretches import people
from app.pool.validation import AT_LEAST, SHARE
from app.rounds.evidence import Evidence, gather, sources
from db.clock import utc_now
from db.labelling import moving
from db.pool.counts import count
from sspcm.evaluation.choosing import FEWEST_PERSONS, mean_oks

WANTED = 0.03
"""How far to either side the 95 % interval of a mean OKS shall reach."""
USUAL_SPREAD = 0.25
"""Of the OKS over people, where nothing is measured yet: .25 on 637 photographs and .24 on 363 drawn people, of a pose
model's poses; a student's were .19 (docs/adr/0023)."""
Z = 1.96
WORTH_A_BUTTON = 10
"""Fewer more people change no interval that anybody would see."""


def validation_told(tx: Session) -> ValidationPayload:
    """What there is, and what a lead may do about it."""
    counts, kept = count(tx), people(moving.frames(tx, "validation", now=utc_now()))
    labelled, spread = counts.persons_validation_accepted, _spread(gather(tx, sources(tx)))
    wanted = persons_wanted(spread or USUAL_SPREAD)
    everybody, waiting = counts.persons or counts.images, counts.persons_open or counts.images_open
    offer = _offer(kept, wanted, everybody=everybody, most=_most(waiting, counts.persons_validation_open))
    return ValidationPayload(
        words=_words(kept, labelled, counts.persons_validation_open),
        advice=_advice(kept, labelled, wanted, spread),
        persons=kept,
        labelled=labelled,
        open=counts.persons_validation_open,
        wanted=wanted,
        missing=max(0, wanted - labelled),
        spread=spread or USUAL_SPREAD,
        spread_is_measured=spread is not None,
        offer=kept + offer if offer else None,
        button=_button(kept, offer) if offer else None,
    )


def persons_wanted(spread: float) -> int:
    """How many labelled people give the interval that is wanted."""
    return math.ceil((Z * spread / WANTED) ** 2)


def _spread(evidence: Evidence) -> float | None:
    """The standard deviation that one person stands for, neighbours in one image counted as what they tell.

    Of the network that most validation people were predicted by. None before there are 20 of them.
    """
    found = [values[evidence.is_validation] for values in evidence.oks.values()]
    images = evidence.image[evidence.is_validation]
    most = max(found, key=lambda values: int((~np.isnan(values)).sum()), default=np.zeros(0))
    known = ~np.isnan(most)
    if known.sum() < FEWEST_PERSONS:
        return None
    mean = mean_oks(most[known], images[known])
    spread = (mean.high - mean.low) / 2 / Z * math.sqrt(mean.persons)
    return spread if spread > 0 else None  # NaN of too few images is none either


def _most(waiting: int, kept: int) -> int:
    """As `keep_share` has it: half of whom nobody labelled yet, those kept before counted in."""
    return (waiting + kept) // 2 - kept


def _offer(kept: int, wanted: int, *, everybody: int, most: int) -> int:
    """How many people to keep now: the usual share first, then what the interval wants, up to a quarter of all people.

    Labels that measure are labels that nobody learns from. most: of those who are not labelled yet.
    """
    usual = max(AT_LEAST, round(SHARE * everybody))
    if kept < usual:
        return max(0, min(usual - kept, most))
    more = min(wanted - kept, everybody // 4 - kept, most)
    return more if more >= WORTH_A_BUTTON else 0


def _button(kept: int, offer: int) -> str:
    return f"Keep {offer}{' more' if kept else ''} {'person' if offer == 1 else 'people'} for validation"


def _words(kept: int, labelled: int, waiting: int) -> str:
    if not kept:
        return "Nobody is kept for validation, so little tells whether a round is better: keep some people for it."
    return (
        f"{kept} {'person is' if kept == 1 else 'people are'} kept for validation: {labelled} labelled, {waiting} to "
        "label. Nobody learns from them, and they are labelled without predictions."
    )


def _advice(kept: int, labelled: int, wanted: int, spread: float | None) -> str:
    """How exactly a mean OKS is known now, and how many more labels make it exact enough."""
    if not kept:
        return f"{AT_LEAST} labelled people tell a mean OKS to about ±{_oks(_reach(AT_LEAST, spread))}."
    reach = _oks(_reach(max(labelled, 1), spread))
    now = (
        f"Those labelled tell a mean OKS to about ±{reach}" if labelled > 1 else "Too few are labelled to tell anything"
    )
    if labelled >= wanted:
        return f"{now}: enough."
    return f"{now}; ±{_oks(WANTED)} takes {wanted} labelled ones, {wanted - labelled} more."


def _reach(persons: int, spread: float | None) -> float:
    return Z * (spread or USUAL_SPREAD) / math.sqrt(persons)


def _oks(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")
