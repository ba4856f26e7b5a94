"""What the published round spared annotators, in words and figures: for pages, programs and commands."""

import math

from sqlalchemy.orm import Session

from app.contract.rounds import SparedFigures, SparedPayload
from app.rounds.evidence import Source
from app.rounds.spared import Spared, spared_on_validation, spared_since, starts_before
from db.pool.project import get_project
from db.rounds import rounds
from sspcm.evaluation.choosing import FEWEST_IMAGES

ACTION = "An action: a keypoint moved farther than human annotators differ, or placed; a visibility; an accept."
PLACING = "with every keypoint to place"


def spared_told(tx: Session, now: Source | None) -> SparedPayload | None:
    """The published round's starts beside those before it. now: what annotators begin from; None before a round."""
    number = get_project(tx).published_round
    if number is None or now is None:
        return None
    record = rounds.get(tx, number)
    if "starts" not in record.metrics:  # an earlier version's round: nobody noted what annotators began from
        return None
    before = starts_before(record)
    if now == before:
        return _unchanged(number, now)
    since, validation = (
        measure(tx, record, now=now, before=before) for measure in (spared_since, spared_on_validation)
    )
    notes = [_validation_words(validation, before)] if validation.is_measured else []
    if since.is_measured:
        notes += [*_lean(since, now), ACTION]
    elif notes:
        notes.append(ACTION)
    return SparedPayload(
        round=number,
        begin_from=now.name,
        before=None if before is None else before.name,
        words=_words(number, since, now, before),
        notes=notes,
        labelled=_figures(since),
        validation=_figures(validation),
    )


def _unchanged(number: int, now: Source) -> SparedPayload:
    """Nothing to measure: annotators begin from what they began from."""
    words = f"Annotators begin from the poses of {now.name}, as before round {number}: it changed no start."
    return SparedPayload(
        round=number, begin_from=now.name, before=now.name, words=words, notes=[], labelled=None, validation=None
    )


def _words(number: int, since: Spared, now: Source, before: Source | None) -> str:
    """The sentence that a lead wants to read, or what it waits for."""
    persons = since.fewer.persons
    if not persons:
        return (
            f"Nobody whom it predicted was labelled since round {number}: people in {FEWEST_IMAGES} images tell what "
            "it spared."
        )
    if not since.is_measured:
        whom = "1 person" if persons == 1 else f"{persons} people"
        images = "1 image" if since.images == 1 else f"{since.images} images"
        take, each = ("takes", "") if persons == 1 else ("take", " each")
        return (
            f"{whom} labelled since round {number}, in {images}, {take} {since.actions:.1f} actions{each} instead of "
            f"{since.actions_before:.1f}: people in {FEWEST_IMAGES} images tell whether that is chance."
        )
    # "take", not "took": some of these labels may have begun at another pose
    poses = "its poses" if now.round_number == number else f"the poses of {now.name}"
    return (
        f"From {poses} the {persons} people labelled since round {number} take {since.actions:.1f} actions each, "
        f"{_from(before)} {since.actions_before:.1f}: {_difference(since)}."
    )


def _validation_words(found: Spared, before: Source | None) -> str:
    """The same of people whose labels lean to no start."""
    return (
        f"The {found.fewer.persons} validation people, whom nobody learns from: {found.actions:.1f} actions each, "
        f"{_from(before)} {found.actions_before:.1f}: {_difference(found)}."
    )


def _difference(found: Spared) -> str:
    """As in "2.2 fewer [0.8, 3.6]", or more; and whether that may be chance. Of the figures as they are told."""
    low, mean, high = found.fewer.low, _tenth(found.actions_before) - _tenth(found.actions), found.fewer.high
    word = "fewer" if mean >= 0 else "more"
    if mean < 0:
        low, mean, high = -high, -mean, -low
    chance = "" if low > 0 else ", which may be chance"
    return f"{mean:.1f} {word} [{low:.1f}, {high:.1f}]{chance}"


def _lean(since: Spared, now: Source) -> list[str]:
    """A label stays near where it began, which favours that start."""
    if not since.began:
        return []
    persons = since.fewer.persons
    labels = "All these labels" if since.began == persons else f"{since.began} of these {persons} labels"
    return [f"{labels} began at the poses of {now.name} and lean to them; validation people are labelled blind."]


def _tenth(value: float) -> float:
    """As it is told: a page that rounds for itself would round a half the other way."""
    return round(value, 1)


def _from(before: Source | None) -> str:
    return PLACING if before is None else f"from those of {before.name}"


def _figures(found: Spared) -> SparedFigures | None:
    """JSON knows no NaN: what could not be measured is null. None without anybody."""
    if not found.fewer.persons:
        return None
    fewer, actions, before = found.fewer, _tenth(found.actions), _tenth(found.actions_before)
    return SparedFigures(
        persons=fewer.persons,
        images=found.images,
        actions=actions,
        actions_before=before,
        fewer=_tenth(before - actions),
        low=None if math.isnan(fewer.low) else fewer.low,
        high=None if math.isnan(fewer.high) else fewer.high,
        began=found.began,
    )
