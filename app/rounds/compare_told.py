"""Two rounds side by side, in words and figures: for pages, programs and commands."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from app.contract.comparing import (
    ComparedKeypointPayload,
    ComparedRoundPayload,
    ComparePayload,
    MoreLabelsPayload,
)
from app.contract.rounds import OrderFigurePayload
from app.pool.order_figures import read_figures
from app.rounds.comparing import UNMEASURED, Beside, beside, known, method_name, why_without
from app.rounds.errors import LearningError
from app.rounds.evidence import student_source
from app.rounds.order_told import Checked, check_order, figures_of_order
from app.rounds.starts import say_oks
from app.rounds.twins import METHOD, why_no_twin
from db.errors import NotFound
from db.pool.counts import validation_labelled
from db.pool.project import get_project
from db.records import FrozenPerson, RoundRecord
from db.rounds import label_times, rounds
from sspcm.evaluation.choosing import FEWEST_IMAGES, FEWEST_PERSONS
from sspcm.pose import IMPORTED

LONGEST_S = 300.0
"""Somebody who decides nothing for longer than that has left the desk: the time tells nothing of the next label."""


def compare_told(tx: Session, home: Path, first: int, second: int) -> ComparePayload:
    """Two rounds beside each other. Raises NotFound where there is no such round, LearningError for one with itself."""
    if first == second:
        raise LearningError(f"round {first} was to be compared with itself; wanted two rounds. Name another one.")
    records = rounds.get(tx, first), rounds.get(tx, second)
    is_whole = all(why_without(one) is None for one in records)
    found = beside(tx, first, second) if is_whole else UNMEASURED
    orders = _orders(tx, home, records)
    labels = {one.number: {p.person_id: p for p in rounds.frozen(tx, one.id)} for one in records}
    more = [_more(tx, labels, first, second), _more(tx, labels, second, first)]
    told = {"first": (0, found.first), "second": (1, found.second)}
    both = {
        name: ComparedRoundPayload(
            number=records[i].number,
            state=records[i].state,
            method=method_name(records[i]),
            twin_of=records[i].twin_of,
            ask_twin=_ask_twin(tx, home, records[i]),
            labels=_count_labels(labels[records[i].number]),
            without=why_without(records[i]),
            mean_oks=known(mean.mean),
            low=known(mean.low),
            high=known(mean.high),
            ap=known(found.ap[i]),
            at_end=_at_end(records[i]),
            order=orders[i][0],
            order_people=orders[i][1],
        )
        for name, (i, mean) in told.items()
    }
    wins = None if found.wins is None else (first, second)[found.wins]
    persons = found.higher.persons
    return ComparePayload(
        **both,
        numbers=[one.number for one in rounds.latest(tx, 1000)],
        verdict=say_verdict(found, first, second) if persons else _nothing_measured(tx, records),
        twin=_twin_words(records, wins),
        wins=wins,
        people=_people(found),
        persons=persons,
        images=found.images,
        difference=known(found.higher.mean),
        low=known(found.higher.low),
        high=known(found.higher.high),
        keypoints=_keypoints(found),
        keypoints_note=_keypoints_note(found),
        labels=_label_words(more, labels),
        more_labels=more,
    )


def usual_pair(tx: Session) -> tuple[int, int] | None:
    """The two newest rounds that ended well and are whole, the older one first; None before there are two."""
    whole = [one.number for one in rounds.latest(tx, 1000) if why_without(one) is None]
    return (whole[1], whole[0]) if len(whole) > 1 else None


def say_verdict(found: Beside, first: int, second: int) -> str:
    """Which student is better, with the interval, or that nobody can say."""
    higher = round(found.second.mean, 3) - round(found.first.mean, 3)  # as they are told, so that readers find the same
    better, low, high = second, found.higher.low, found.higher.high
    if higher < 0:
        better, low, high = first, -high, -low
    of = f"on {_people(found)}"
    if not found.are_enough:
        wanted = f"wanted {FEWEST_PERSONS} in {FEWEST_IMAGES} images"
        figure = f"round {better}'s student has a mean OKS {say_oks(abs(higher))} higher {of}"
        return f"Undecided, as too few people tell: {figure}; {wanted}. Label more validation people."
    within = f"{say_oks(abs(higher))} higher [{say_oks(low)}, {say_oks(high)}] {of}"
    if found.wins is None:
        return f"Undecided: round {better}'s mean OKS is {within}, and the interval contains 0."
    return f"Round {better}'s student is surely better: its mean OKS is {within}."


def _people(found: Beside) -> str:
    persons, images = found.higher.persons, found.images
    people = "1 validation person" if persons == 1 else f"{persons} validation people"
    return f"{people} in {'1 image' if images == 1 else f'{images} images'}"


def _nothing_measured(tx: Session, records: tuple[RoundRecord, RoundRecord]) -> str:
    """Why there is nobody to measure both by, and what to do."""
    without = [words for one in records if (words := why_without(one)) is not None]
    if without:
        return f"Not measured on the same people. {' '.join(without)}"
    labelled = validation_labelled(tx).persons
    if not labelled:
        return "Not measured: no validation person is labelled. Keep some people for validation, and label them."
    return (
        f"Not measured: {labelled} validation {'person is' if labelled == 1 else 'people are'} labelled, and none was "
        "predicted by both rounds. A round predicts those there are when it freezes; later rounds know them."
    )


def _at_end(record: RoundRecord) -> str:
    """What a round measured itself, on whom there were then."""
    figures = record.metrics.get("ap", {}).get("C") or {}
    value, people = figures.get("mean_oks"), record.metrics.get("validation")
    if value is None or not people:
        return "not measured when it ended"
    return f"mean OKS {say_oks(value)} on {people} {'person' if people == 1 else 'people'} when it ended"


def _ask_twin(tx: Session, home: Path, record: RoundRecord) -> str | None:
    """A button's words; None where it would be refused."""
    return None if why_no_twin(tx, home, record) else f"Train supervised on the labels of round {record.number}"


def _twin_words(records: tuple[RoundRecord, RoundRecord], wins: int | None) -> str:
    """That one is the other's twin, and what follows of the method from who wins, by its number."""
    for one, other in (records, records[::-1]):
        if one.twin_of == other.number:
            method = f"the method ({method_name(other)})"
            worth = {
                one.number: f"Here labels alone did better than {method}.",
                other.number: f"The difference is what {method} was worth.",
            }
            unsure = f"The difference is what {method} was worth, once it is sure."
            return (
                f"Round {one.number} is the twin of round {other.number}: the same labels and settings, {METHOD}. "
                f"{unsure if wins is None else worth[wins]}"
            )
    return ""


def twin_verdict(tx: Session, record: RoundRecord) -> str:
    """Why a twin that was just scored is not published, and which of the two won."""
    assert record.twin_of is not None
    kept = f"Not published, as it is the twin of round {record.twin_of}, trained to be compared with it."
    try:
        without = why_without(rounds.get(tx, record.twin_of))
    except NotFound:
        return f"{kept} That round was deleted meanwhile."
    if without is not None:
        return f"{kept} {without}"
    found = beside(tx, record.twin_of, record.number)
    if not found.higher.persons:
        return f"{kept} No labelled validation person tells which one is better."
    return f"{kept} {say_verdict(found, record.twin_of, record.number)}"


def _count_labels(frozen: Mapping[int, FrozenPerson]) -> int | None:
    return sum(one.role == "labelled" for one in frozen.values()) if frozen else None


# --- the ranking ------------------------------------------------------------------------------------------------------


def _orders(
    tx: Session, home: Path, records: tuple[RoundRecord, RoundRecord]
) -> list[tuple[list[OrderFigurePayload], str]]:
    """How well each round's ranking does: on the same people where they are enough, else on each one's own."""
    skeleton = get_project(tx).skeleton
    sources = [student_source(one.number) for one in records]
    own = [check_order(tx, source, skeleton, blind=False) for source in sources]
    common = set(own[0].ids) & set(own[1].ids)
    shared = [check_order(tx, source, skeleton, blind=False, among=common) for source in sources]
    is_shared = all(one.are_enough for one in shared)
    told: list[tuple[list[OrderFigurePayload], str]] = []
    measured = shared if is_shared else own
    is_measured = [on.are_enough and why_without(record) is None for record, on in zip(records, measured, strict=True)]
    for record, source, on, is_told in zip(records, sources, measured, is_measured, strict=True):
        if not is_told:
            told.append(([], _order_not_measured(record, on)))
            continue
        noted = read_figures(home, record.directory) if record.directory else None
        is_fitted = bool((noted or {}).get("fitted_is_used"))
        people = f"{len(on.ids)} people labelled since it learned"
        if all(is_measured):
            people += ", the same for both" if is_shared else ", others than the other round's"
        told.append((figures_of_order(on, on, source, skeleton, is_fitted=is_fitted), people))
    return told


def _order_not_measured(record: RoundRecord, on: Checked) -> str:
    if record.pruned_at is not None:
        return "not measured: it was pruned, and its ranking is gone"
    if record.state not in ("published", "kept"):
        return f"not measured: it is {record.state}"
    count = len(on.ids)
    people = "1 person whom it ranked was" if count == 1 else f"{count} people whom it ranked were"
    return f"not measured: {people} labelled since it learned; wanted {FEWEST_PERSONS} in {FEWEST_IMAGES} images"


# --- keypoints and labels ---------------------------------------------------------------------------------------------


def _keypoints(found: Beside) -> list[ComparedKeypointPayload]:
    return [
        ComparedKeypointPayload(
            name=one.name,
            persons=one.higher.persons,
            first=round(one.first, 4),
            second=round(one.second, 4),
            difference=round(one.higher.mean, 4),
            low=known(one.higher.low),
            high=known(one.higher.high),
        )
        for one in found.keypoints
    ]


def _keypoints_note(found: Beside) -> str:
    count = len(found.keypoints)
    if not count or not found.are_enough:
        return ""
    return f"Of {count} intervals of 95 %, about {max(1, round(count / 20))} leaves out 0 by chance alone."


def _more(tx: Session, labels: Mapping[int, Mapping[int, FrozenPerson]], number: int, other: int) -> MoreLabelsPayload:
    """What a round learned from in addition to another."""
    mine = [one for one in labels[number].values() if one.role == "labelled"]
    theirs = labels[other]
    new = [one for one in mine if one.person_id not in theirs]
    corrected = [one for one in mine if one.person_id in theirs and one.revision > theirs[one.person_id].revision]
    added = new + corrected
    seconds = label_times.since_decision_before(tx, [one.label_id for one in added])
    at_work = [value for value in seconds.values() if value <= LONGEST_S]
    return MoreLabelsPayload(
        round=number,
        people=len(new),
        corrected=len(corrected),
        from_files=sum(one.author == IMPORTED for one in added),
        timed=len(at_work),
        minutes=round(sum(at_work) / 60, 1) if at_work else None,
    )


def _label_words(more: list[MoreLabelsPayload], labels: Mapping[int, Mapping[int, FrozenPerson]]) -> list[str]:
    first, second = more
    if not all(labels.values()):
        late = [number for number, frozen in labels.items() if not frozen]
        return [f"Round {late[0]} has not frozen its labels yet."]
    said = [
        words
        for one, other in ((first, second), (second, first))
        if one.people or one.corrected
        for words in _say_more(one, other.round)
    ]
    return said or ["Both rounds learned from the very same labels."]


def _say_more(more: MoreLabelsPayload, other: int) -> list[str]:
    people = "1 person" if more.people == 1 else f"{more.people} people"
    corrected = "1 label" if more.corrected == 1 else f"{more.corrected} labels"
    what = [f"{people} whom round {other} did not learn from"] if more.people else []
    what += [f"{corrected} corrected since"] if more.corrected else []
    said = [f"In addition round {more.round} learned from {' and '.join(what)}."]
    count = more.people + more.corrected
    if more.from_files == count:
        return [*said, "They came out of a file, so no annotator's time is known."]
    if more.minutes is None:
        return [*said, "How long annotators took for these is not known: none came within 5 minutes after another one."]
    rest = count - more.timed
    known_of = "all of them" if not rest else f"{more.timed} of them"
    came = "it came" if rest == 1 else "they came"
    left = f" Of {rest} it is not known: {came} out of a file, first of all, or after a break." if rest else ""
    took = (
        f"Annotators took about {more.minutes:.1f} minutes for {known_of}, from each of their decisions to the next; "
        f"more than {LONGEST_S / 60:.0f} minutes count as a break. When an image was opened is not written down.{left}"
    )
    return [*said, took]
