"""What a lead sees of the team: what each annotator did, by person and week, and how it turned out."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.contract.figures import AnnotatorFiguresPayload, FigurePayload, FiguresPayload
from db.clock import utc_now
from db.labelling import readings
from db.labelling.figures import ALL_WEEKS, Figures, figures
from db.labelling.readings import Pair
from db.pool.project import get_project
from sspcm.evaluation.agreement import keypoint_oks
from sspcm.evaluation.choosing import mean_oks
from sspcm.evaluation.shares import wilson

WEEKS, MOST_WEEKS = 12, 52
COLUMNS = tuple(name for name in FigurePayload.model_fields if name != "week")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def figures_told(tx: Session, *, weeks: int = WEEKS, now: datetime | None = None) -> FiguresPayload:
    """Of the last weeks, from Monday to Sunday in UTC, this one among them. Raises NoProject."""
    now = utc_now() if now is None else now
    begins = _mondays(now, weeks)
    names = [_week(at) for at in begins]
    found = {(one.name, one.week): one for one in figures(tx, begins, until=begins[-1] + timedelta(weeks=1))}
    agreed = _agreed(tx, begins)
    annotators = [
        AnnotatorFiguresPayload(
            name=name,
            all_weeks=_told(found.get((name, ALL_WEEKS)), agreed.get((name, ALL_WEEKS)), None),
            by_week=[
                _told(found.get((name, number)), agreed.get((name, number)), week)
                for number, week in enumerate(names)
                if (name, number) in found or (name, number) in agreed
            ],
        )
        for name in sorted({name for name, _ in (*found, *agreed)}, key=lambda name: (name.casefold(), name))
    ]
    return FiguresPayload(weeks=names, words=_words(annotators, begins[0], weeks), annotators=annotators)


def figures_as_csv(annotators: Sequence[AnnotatorFiguresPayload]) -> Iterator[str]:
    """One line an annotator and week; weeks of which there is nothing have none."""
    yield _csv(("annotator", "week", *COLUMNS))
    for one in annotators:
        # A spreadsheet would carry out what begins like a formula, and names are people's own.
        name = f"'{one.name}" if one.name.startswith(_FORMULA) else one.name
        for week in one.by_week:
            yield _csv((name, week.week, *(getattr(week, column) for column in COLUMNS)))


def _mondays(now: datetime, weeks: int) -> list[datetime]:
    """When the last weeks began, in UTC, the oldest first."""
    today = now.astimezone(UTC).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), UTC)
    return [monday - timedelta(weeks=back) for back in reversed(range(weeks))]


def _week(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02}"


def _agreed(tx: Session, begins: Sequence[datetime]) -> dict[tuple[str, int], dict[str, Any]]:
    """Of each annotator and week how far labels agree with another's of the same person; both of a pair are told."""
    pairs = readings.pairs(tx, since=begins[0])
    skeleton = get_project(tx).skeleton
    if not pairs:
        return {}
    first = np.array([pair.first.xyv for pair in pairs])
    second = np.array([pair.second.xyv for pair in pairs])
    area = np.array([pair.person.oks_area for pair in pairs], dtype=np.float64)
    of_each = keypoint_oks(first, second, area=area, sigmas=skeleton.sigma_array)
    groups: dict[tuple[str, int], list[int]] = {}
    for i, pair in enumerate(pairs):
        week = min((pair.at - begins[0]) // timedelta(weeks=1), len(begins) - 1)
        for name in (pair.first.author, pair.second_by):
            groups.setdefault((name, ALL_WEEKS), []).append(i)
            groups.setdefault((name, week), []).append(i)
    return {who: _mean(of_each, pairs, chosen) for who, chosen in groups.items()}


def _mean(of_each: np.ndarray, pairs: Sequence[Pair], chosen: Sequence[int]) -> dict[str, Any]:
    """Mean OKS over persons of the keypoints that both place."""
    placed = [i for i in chosen if np.isfinite(of_each[i]).any()]
    told: dict[str, Any] = {"twice": len(chosen)}
    if placed:
        image = np.array([pairs[i].person.image_id for i in placed], dtype=np.int64)
        mean = mean_oks(np.nanmean(of_each[placed], axis=1), image)
        told |= {"oks": _known(mean.mean), "oks_low": _known(mean.low), "oks_high": _known(mean.high)}
    return told


def _told(found: Figures | None, agreed: dict[str, Any] | None, week: str | None) -> FigurePayload:
    one = Figures("", ALL_WEEKS) if found is None else found
    untouched, good = _interval(one.untouched, one.starts), _interval(one.good, one.reviewed)
    twice: dict[str, Any] = {"twice": 0, "oks": None, "oks_low": None, "oks_high": None} | (agreed or {})
    return FigurePayload(
        week=week,
        persons=one.persons,
        accepted=one.accepted,
        timed=one.timed,
        seconds=round(one.seconds, 1),
        median=None if one.median is None else round(one.median, 1),
        starts=one.starts,
        untouched=one.untouched,
        untouched_low=untouched[0],
        untouched_high=untouched[1],
        actions=round(1 + one.touched / one.starts, 2) if one.starts else None,
        reviewed=one.reviewed,
        good=one.good,
        good_low=good[0],
        good_high=good[1],
        back=one.back,
        **twice,
    )


def _interval(hits: int, count: int) -> tuple[float, float] | tuple[None, None]:
    """Within which the share of all lies; nothing is told of nothing."""
    if not count:
        return None, None
    low, high = wilson(hits, count)
    return round(low, 4), round(high, 4)


def _words(annotators: Sequence[AnnotatorFiguresPayload], begin: datetime, weeks: int) -> str:
    when = f"{'this week' if weeks == 1 else f'these {weeks} weeks'}, from Monday {begin:%Y-%m-%d} (UTC)"
    persons = sum(one.all_weeks.persons for one in annotators)
    if not annotators:
        return f"Nobody did anything in {when}."
    untimed = persons - sum(one.all_weeks.timed for one in annotators)
    said = f"{_people(len(annotators))} at work in {when}."
    left_out = f" Of {untimed} of {persons} persons no seconds are known: they are left out of the seconds."
    return said + left_out if untimed else said


def _people(number: int) -> str:
    return "1 person was" if number == 1 else f"{number} people were"


def _known(value: float) -> float | None:
    """JSON knows no NaN: what could not be measured is null."""
    return round(value, 4) if math.isfinite(value) else None


def _csv(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()
