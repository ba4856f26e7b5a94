"""What each annotator did, by week: persons, seconds, starts left as they were, keypoints touched, what reviews said.

The store counts what can be summed up. Persons and seconds cannot: they come as a row a decision of these weeks, which
takes a third of the time that the same takes as window functions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from sqlalchemy import ColumnElement, Select, Text, case, cast, func, or_, select
from sqlalchemy.orm import Session

from db.labelling.labels import SECOND
from db.records import WITHDRAWN
from db.schema import DecisionRow, LabelRow, PersonRow, ReviewRow, UserRow

ALL_WEEKS = -1
"""In place of a week's number: all of them together."""
_TRUE = "true"
"""As JSON spells it in the stored list of touched keypoints; nothing else of that list has these letters."""


@dataclass(frozen=True)
class Figures:
    """One annotator's in one week, by its number, or in ALL_WEEKS.

    persons: about whom they decided, each once, those of a second reading among them; accepted: of these, the ones
    whom they accepted. timed: of whom the seconds are known; seconds: of all these; median: of one of them. starts:
    accepted labels that began at a network's pose; untouched: of these, the ones of which no keypoint was touched;
    touched: keypoints of them that were. reviewed: of their labels, among those whom the review rule chose; good:
    found good. back: sent back or corrected, whoever chose them. In the week of the review.
    """

    name: str
    week: int
    persons: int = 0
    accepted: int = 0
    timed: int = 0
    seconds: float = 0.0
    median: float | None = None
    starts: int = 0
    untouched: int = 0
    touched: int = 0
    reviewed: int = 0
    good: int = 0
    back: int = 0


def figures(tx: Session, weeks: Sequence[datetime], *, until: datetime) -> list[Figures]:
    """Of weeks that begin at these moments, in order, the last one before `until`: by name, all weeks before each.

    Who did nothing in a week is not told of that week.
    """
    found: dict[tuple[str, int], dict[str, Any]] = {}
    begun, reviewed = (tx.execute(query(weeks, until)).mappings().all() for query in (_begun, _reviewed))
    rows: list[Mapping[Any, Any]] = [*_decided(tx, weeks, until), *begun, *reviewed]
    for row in rows:
        found.setdefault((row["name"], row["week"]), {}).update(row)
    for (name, week), known in list(found.items()):
        if week == ALL_WEEKS:
            continue
        summed = found.setdefault((name, ALL_WEEKS), {})
        for column in ("starts", "untouched", "letters", "reviewed", "good", "back"):
            summed[column] = summed.get(column, 0) + known.get(column, 0)
    told = [replace(Figures(name, week), **_numbers(known)) for (name, week), known in found.items()]
    return sorted(told, key=lambda one: (one.name.casefold(), one.name, one.week))


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    """As the records have them: a database's sums may be decimals, and of nothing NULL."""
    known = {name: value for name, value in row.items() if name not in ("name", "week") and value is not None}
    letters = known.pop("letters", 0)
    numbers = {name: float(value) if name in ("seconds", "median") else int(value) for name, value in known.items()}
    return numbers | {"touched": int(letters) // len(_TRUE)}


def _week(at: ColumnElement[datetime] | Any, weeks: Sequence[datetime]) -> ColumnElement[int]:
    """The number of the week that a moment lies in: databases spell ISO weeks each in its way, and some not at all.

    Queries group by its name: PostgreSQL takes the same expression with parameters of its own for another.
    """
    return case(*((at >= begins, number) for number, begins in reversed(list(enumerate(weeks)))))


def _decided(tx: Session, weeks: Sequence[datetime], until: datetime) -> Iterator[Mapping[str, Any]]:
    """Persons and seconds, of each week and of all: these are no sum of weeks, for a person may be in two."""
    is_second = DecisionRow.kind == SECOND
    # A second reading is remembered as the image's, and what it was in its outcome alone.
    person = case((is_second, DecisionRow.outcome["person_id"].as_integer()), else_=DecisionRow.person_id)
    state = case((is_second, DecisionRow.outcome["state"].as_string()))
    withdrawn = select(PersonRow.id).where(PersonRow.state == "not_a_person", PersonRow.skip_reason == WITHDRAWN)
    is_accepted = case((or_(DecisionRow.kind == "accept", state == "accepted"), 1), else_=0)
    query = select(
        DecisionRow.user_id, _week(DecisionRow.decided_at, weeks), person, is_accepted, DecisionRow.seconds
    ).where(
        DecisionRow.decided_at >= weeks[0],
        DecisionRow.decided_at < until,
        or_(DecisionRow.kind.in_(("accept", "skip", "not_a_person")), is_second & (state != "open")),
        person.not_in(withdrawn),
    )
    rows = tx.execute(query).all()
    if not rows:
        return
    names = {one.id: one.name for one in tx.execute(select(UserRow.id, UserRow.name))}
    users, week, persons, accepted = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(4))
    seconds = np.array([row[4] for row in rows], dtype=np.float64)  # NULL: NaN
    for weeks_of in (week, np.full_like(week, ALL_WEEKS)):
        for user_id, number, told in _by_person(users, weeks_of, persons, accepted, seconds):
            yield {"name": names[user_id], "week": number, **told}


def _by_person(
    user: Int[np.ndarray, "D"],
    week: Int[np.ndarray, "D"],
    person: Int[np.ndarray, "D"],
    accepted: Int[np.ndarray, "D"],
    seconds: Float[np.ndarray, "D"],
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Of D decisions what each user did in each week: those about one person are put together first."""
    order = np.lexsort((person, week, user))
    user, week, person, accepted, seconds = (column[order] for column in (user, week, person, accepted, seconds))
    ones = _where_other(user, week, person)
    known = np.isfinite(seconds)
    timed = np.logical_or.reduceat(known, ones)
    took = np.add.reduceat(np.where(known, seconds, 0.0), ones)
    accepted, user, week = np.maximum.reduceat(accepted, ones), user[ones], week[ones]
    begins = _where_other(user, week)
    for begin, end in zip(begins, [*begins[1:], len(user)], strict=True):
        of_these = took[begin:end][timed[begin:end]]
        yield (
            int(user[begin]),
            int(week[begin]),
            {
                "persons": end - begin,
                "accepted": accepted[begin:end].sum(),
                "timed": len(of_these),
                "seconds": of_these.sum(),
                "median": np.median(of_these) if len(of_these) else None,
            },
        )


def _where_other(*columns: Int[np.ndarray, "D"]) -> Int[np.ndarray, "G"]:
    """Where, in sorted rows, each group of equal ones begins."""
    is_other = np.logical_or.reduce([np.diff(column) != 0 for column in columns])
    return np.concatenate([[0], np.flatnonzero(is_other) + 1])


def _begun(weeks: Sequence[datetime], until: datetime) -> Select[*tuple[Any, ...]]:
    """What became of network starts."""
    week, touched = _week(LabelRow.created_at, weeks), cast(LabelRow.touched, Text)
    letters = func.length(touched) - func.length(func.replace(touched, _TRUE, ""))
    return (
        select(
            LabelRow.author.label("name"),
            week.label("week"),
            func.count().label("starts"),
            func.sum(case((touched.contains(_TRUE), 0), else_=1)).label("untouched"),
            func.sum(letters).label("letters"),
        )
        .join(UserRow, UserRow.name == LabelRow.author)  # imported labels are nobody's
        .where(
            LabelRow.created_at >= weeks[0],
            LabelRow.created_at < until,
            LabelRow.started_from.is_not(None),
            func.coalesce(LabelRow.began, "model").in_(("model", "student")),  # NULL: of before that was noted
        )
        .group_by(LabelRow.author, "week")
    )


def _reviewed(weeks: Sequence[datetime], until: datetime) -> Select[*tuple[Any, ...]]:
    """What reviewers said."""
    week, is_good = _week(ReviewRow.at, weeks), ReviewRow.result == "good"
    return (
        select(
            UserRow.name.label("name"),
            week.label("week"),
            func.sum(case((ReviewRow.is_sampled, 1), else_=0)).label("reviewed"),
            func.sum(case((ReviewRow.is_sampled & is_good, 1), else_=0)).label("good"),
            func.sum(case((is_good, 0), else_=1)).label("back"),
        )
        .join(UserRow, UserRow.id == ReviewRow.annotator_id)
        .where(ReviewRow.at >= weeks[0], ReviewRow.at < until)
        .group_by(UserRow.name, "week")
    )
