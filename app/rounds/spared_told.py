"""What the published round spared annotators, in words and figures: for pages, programs and commands."""

import math

from sqlalchemy.orm import Session

from app.contract.rounds import SparedFigures, SparedPayload
from app.rounds.evidence import Source, student_source
from app.rounds.spared import Spared, spared_on_validation, spared_since, starts_before
from db.pool.project import get_project
from db.records import RoundRecord
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
        return _unchanged(tx, record, now)
    since, validation = _measured(tx, record, now, before)
    return SparedPayload(
        round=number,
        begin_from=now.name,
        before=None if before is None else before.name,
        words=_words(number, since, now, before),
        notes=_notes(since, validation, now, before),
        labelled=_figures(since),
        validation=_figures(validation),
    )


def _measured(tx: Session, record: RoundRecord, now: Source, before: Source | None) -> tuple[Spared, Spared]:
    """Of people labelled since, and of validation people."""
    since = spared_since(tx, record, now=now, before=before)
    return since, spared_on_validation(tx, record, now=now, before=before)


def _notes(since: Spared, validation: Spared, now: Source, before: Source | None) -> list[str]:
    notes = [_validation_words(validation, before)] if validation.is_measured else []
    if since.is_measured:
        notes += [*_lean(since, now, before), ACTION]
    elif notes:
        notes.append(ACTION)
    return notes


def _unchanged(tx: Session, record: RoundRecord, now: Source) -> SparedPayload:
    """Annotators begin from what they began from: what they would take from the round's student, a lead may ask."""
    student = student_source(record.number)
    since, validation = _measured(tx, record, student, now)
    would = [_words(record.number, since, student, now)] if since.is_measured else []
    return SparedPayload(
        round=record.number,
        begin_from=now.name,
        before=now.name,
        words=f"Annotators begin from the poses of {now.name}, as before round {record.number}: it changed no start.",
        notes=would + _notes(since, validation, student, now),
        labelled=None,
        validation=None,
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


def _lean(since: Spared, now: Source, before: Source | None) -> list[str]:
    """A label stays near where it began, which favours that start."""
    sides = [(since.began, now.name)] + ([] if before is None else [(since.began_before, before.name)])
    begun = [(count, name) for count, name in sides if count]
    if not begun:
        return []
    (count, name), *others = begun
    persons = since.fewer.persons
    labels = "All these labels" if count == persons else f"{count} of these {persons} labels"
    rest = "".join(f", {count} at those of {name} and lean to those" for count, name in others)
    return [f"{labels} began at the poses of {name} and lean to them{rest}; validation people are labelled blind."]


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
        began_before=found.began_before,
    )
