"""Persons as a contact sheet: those that fit a filter, the most inconsistent first, page by page."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.clock import utc_now
from db.convert import image_record, person_record
from db.errors import InvalidDecision
from db.labelling import findings, leases, readings
from db.pool.persons import CROWD_REASON, is_listed
from db.pool.project import get_project, project_row
from db.pool.workable import is_shown
from db.records import FindingRecord, ImageRecord, PersonRecord, PersonScore, PersonState, StoredPrediction, UserRecord
from db.rounds import predictions
from db.schema import DecisionRow, FindingRow, ImageRow, LabelRow, PersonFlagRow, PersonRow, PersonScoreRow
from sspcm.label_checks.finding import Kind

Show = Literal["open", "flagged", "unlabelled", "labelled", "suspicious", "mine", "skipped", "all"]
STATES: dict[Show, tuple[PersonState, ...]] = {
    "open": ("open",),
    "flagged": ("open",),
    "unlabelled": ("open", "skipped"),
    "labelled": ("accepted",),
    "suspicious": ("accepted",),
    "skipped": ("skipped",),
}
"""In which states the persons are; what is not here shows all of them."""

COUNTED = 1000
"""More persons than this are not counted, and fewer only where that takes no walk over all 200,000."""
FEW_IMAGES, FEW_PERSONS = 2000, 5000
"""Up to so many that may fit are looked up by themselves; of more, every page finds some by walking the scores."""


@dataclass(frozen=True)
class SheetFilter:
    """Which persons to show. search: a part of the image's file name; keypoint: one of those that are flagged.

    suspicion: of suspicious labels those of this kind, and `keypoint` one that is suspected.
    """

    show: Show = "open"
    camera_id: int | None = None
    keypoint: int | None = None
    search: str = ""
    suspicion: Kind | None = None


@dataclass(frozen=True)
class Place:
    """Where a person stands in the order: by a score, the highest first, those without one last; then by id.

    The score is that of a person's doubt, of a flag, or of a suspicion. id: the person's, or under "mine" the
    decision's, the newest first.
    """

    score: float | None
    id: int

    def __str__(self) -> str:
        return f"{'none' if self.score is None else repr(self.score)}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The place that a text such as "0.25_17" or "none_17" names. Raises InvalidDecision."""
        score, _, number = text.partition("_")
        try:
            place = cls(None if score == "none" else float(score), int(number))
        except ValueError:
            place = cls(math.nan, 0)
        if not math.isfinite(place.score or 0.0) or not 0 <= place.id < 2**63:
            raise InvalidDecision(
                f"the next page is asked for as '{text:.40}'; wanted what the page before gave. Reload the page."
            )
        return place


@dataclass(frozen=True)
class SheetPerson:
    """One person of a sheet. The predictions are the published round's student's and the newest imported model's.

    findings: what is suspected of their label, the most suspicious first.
    """

    person: PersonRecord
    image: ImageRecord
    score: PersonScore | None
    student: StoredPrediction | None
    imported: StoredPrediction | None
    held_by: str | None
    """Another annotator's name, who holds the image now."""
    findings: tuple[FindingRecord, ...] = ()


@dataclass(frozen=True)
class SheetPage:
    """Persons in order. next: where the following page begins, None on the last one.

    total: how many persons fit, told on the first page, up to 1000 and where counting is quick; None otherwise.
    """

    persons: tuple[SheetPerson, ...]
    next: Place | None
    total: int | None


_IN_POOL = ImageRow.split == "train"
"""Beside a person's image: whether what networks say of the person may be told."""
_Found = tuple[Place, int]
"""A place in the order, and the person who stands there."""


def page(tx: Session, wanted: SheetFilter, user: UserRecord, *, after: Place | None, limit: int) -> SheetPage:
    """The first `limit` persons that fit, or those after a place; a crowd region is none.

    Validation persons whom annotators label are there without what networks say of them: no score, no prediction.

    Under "mine" the newest decision comes first; with a keypoint its own flag's score orders; else the person's score,
    that of the network which labelling begins from before the other's. Ties come by id.
    """
    sheet = _Sheet(tx, wanted, user)
    counted = COUNTED if after is None and sheet.is_narrow else 0
    found = sheet.places(after, max(limit, counted) + 1)  # one more tells whether a page follows
    shown = found[:limit]
    return SheetPage(
        persons=tuple(_persons(tx, [person_id for _, person_id in shown], user)),
        next=shown[-1][0] if len(found) > limit else None,
        total=len(found) if after is None and len(found) <= max(limit, counted) else None,
    )


def _order(found: _Found) -> tuple[bool, float, int]:
    """Those with a score first, the highest first; then by id."""
    place = found[0]
    return place.score is None, -(place.score or 0.0), place.id


class _Sheet:
    """The order of one filter's persons. Each query walks one index and stops as soon as it has enough."""

    def __init__(self, tx: Session, wanted: SheetFilter, user: UserRecord) -> None:
        self._tx = tx
        self._wanted = wanted
        self._user = user
        self._first, *self._others = _sources(tx)
        self._hidden = readings.hidden_from(tx, user)
        self._ids = None if wanted.show == "suspicious" else self._few_who_fit()

    @property
    def is_narrow(self) -> bool:
        """Whether only few can fit, who are looked up all at once."""
        return self._ids is not None or self._wanted.show == "suspicious"

    def places(self, after: Place | None, limit: int) -> list[_Found]:
        """Up to `limit` places after one."""
        if self._wanted.show == "mine":
            return self._mine(after, limit)
        if self._wanted.show == "suspicious":
            return self._suspicious(after, limit)
        if self._ids is not None:
            found = self._looked_up(self._ids)
            return [one for one in found if after is None or _order(one) > _order((after, 0))][:limit]
        found = [] if after and after.score is None else self._scored(after, limit)
        if len(found) == limit or self._wants_flags():
            return found
        return found + self._unscored(after if after and after.score is None else None, limit - len(found))

    def _wants_flags(self) -> bool:
        return self._wanted.show == "flagged" or self._wanted.keypoint is not None

    # --- the orders ---

    def _looked_up(self, ids: Collection[int]) -> list[_Found]:
        """All of these few, by score and then by id."""
        first, other = aliased(PersonScoreRow), aliased(PersonScoreRow)
        of_other = or_(false(), *(_is_of(other, source) for source in self._others))
        query = (
            select(PersonRow.id, first.id, first.score, other.id, other.score)
            .join(ImageRow, ImageRow.id == PersonRow.image_id)
            .outerjoin(first, and_(first.person_id == PersonRow.id, _is_of(first, self._first), _IN_POOL))
            .outerjoin(other, and_(other.person_id == PersonRow.id, of_other, _IN_POOL))
            .where(PersonRow.id.in_(ids))
        )
        scores = {
            person_id: (ours, score) if ours else (theirs, their_score)
            # ours is the score's id: a score of 0 is a score.
            for person_id, ours, score, theirs, their_score in self._tx.execute(query)
        }
        if self._wants_flags():
            flags = self._flags({score_id for score_id, _ in scores.values() if score_id})
            scores = {i: (known, flags[known]) for i, (known, _) in scores.items() if known in flags}
        return sorted(((Place(score, i), i) for i, (_, score) in scores.items()), key=_order)

    def _flags(self, score_ids: Collection[int]) -> dict[int, float]:
        """Those with a flag, each with the score that orders: its own, or the flag's where a keypoint is asked for."""
        rank = PersonScoreRow.score if self._wanted.keypoint is None else PersonFlagRow.score
        query = select(PersonScoreRow.id, rank).join(PersonFlagRow, PersonFlagRow.score_id == PersonScoreRow.id)
        if self._wanted.keypoint is not None:
            query = query.where(PersonFlagRow.keypoint == self._wanted.keypoint)
        return dict(self._tx.execute(query.where(PersonScoreRow.id.in_(score_ids))).all())

    def _scored(self, after: Place | None, limit: int) -> list[_Found]:
        """By score: the first source's, and the other's of persons whom the first did not score."""
        table: type[PersonScoreRow | PersonFlagRow] = PersonScoreRow
        if self._wanted.keypoint is not None:
            table = PersonFlagRow
        found = self._walk(table, [_is_of(table, self._first)], after, limit)
        # What cannot come before the first source's last one need not be looked at.
        least = found[-1][0].score if len(found) == limit else None
        for source in self._others:
            theirs = [_is_of(table, source), self._is_unknown_to_first(table.person_id)]
            if least is not None:
                theirs.append(table.score >= least)
            found = found + self._walk(table, theirs, after, limit)
        return sorted(found, key=_order)[:limit]

    def _walk(
        self,
        table: type[PersonScoreRow | PersonFlagRow],
        whose: Sequence[ColumnElement[bool]],
        after: Place | None,
        limit: int,
    ) -> list[_Found]:
        query = select(table.score, table.person_id).where(*whose, self._fits(table.person_id, _IN_POOL))
        if self._wanted.keypoint is not None:
            query = query.where(PersonFlagRow.keypoint == self._wanted.keypoint)
        elif self._wanted.show == "flagged":
            query = query.where(select(1).where(PersonFlagRow.score_id == PersonScoreRow.id).exists())
        if after is not None:
            later = (table.score < after.score) | (table.person_id > after.id)
            query = query.where(table.score <= after.score, later)  # bounds the index range; `later` alone would not
        rows = self._tx.execute(query.order_by(table.score.desc(), table.person_id).limit(limit))
        return [(Place(score, person_id), person_id) for score, person_id in rows]

    def _unscored(self, after: Place | None, limit: int) -> list[_Found]:
        """Persons without any score that may be told, by id."""
        query = select(PersonRow.id).join(ImageRow, ImageRow.id == PersonRow.image_id)
        unscored = [self._is_unknown_to_first(PersonRow.id)]
        for source in self._others:
            scored = select(1).where(PersonScoreRow.person_id == PersonRow.id, _is_of(PersonScoreRow, source))
            unscored.append(~scored.exists())
        query = query.where(*self._conditions(), or_(~_IN_POOL, and_(*unscored)))
        if after is not None:
            query = query.where(PersonRow.id > after.id)
        found = self._tx.scalars(query.order_by(PersonRow.id).limit(limit))
        return [(Place(None, person_id), person_id) for person_id in found]

    def _mine(self, after: Place | None, limit: int) -> list[_Found]:
        """Persons whose last decision is this annotator's, the newest first."""
        later = DecisionRow.__table__.alias()
        since = select(1).where(later.c.person_id == DecisionRow.person_id, later.c.id > DecisionRow.id)
        query = select(DecisionRow.id, DecisionRow.person_id).where(
            DecisionRow.user_id == self._user.id,
            DecisionRow.person_id.is_not(None),
            ~since.exists(),
            self._fits(DecisionRow.person_id),
        )
        if self._wanted.keypoint is not None:
            flagged = self._flagged_at(DecisionRow.person_id, self._wanted.keypoint)
            query = query.where(flagged, self._fits(DecisionRow.person_id, _IN_POOL))
        if after is not None:
            query = query.where(DecisionRow.id < after.id)
        rows = self._tx.execute(query.order_by(DecisionRow.id.desc()).limit(limit))
        return [(Place(None, decision_id), person_id) for decision_id, person_id in rows if person_id is not None]

    def _suspicious(self, after: Place | None, limit: int) -> list[_Found]:
        """Persons whose label is suspected, by their most suspicious finding. A check keeps few enough to read all."""
        query = (
            select(FindingRow.person_id, FindingRow.score, FindingRow.keypoints)
            .join(PersonRow, PersonRow.id == FindingRow.person_id)
            .join(ImageRow, ImageRow.id == PersonRow.image_id)
            .where(findings.is_current(), *self._conditions())
        )
        if self._wanted.suspicion is not None:
            query = query.where(FindingRow.kind == self._wanted.suspicion)
        worst: dict[int, float] = {}
        for person_id, score, keypoints in self._tx.execute(query):
            if self._wanted.keypoint is None or self._wanted.keypoint in keypoints:
                worst[person_id] = max(score, worst.get(person_id, score))
        found = sorted(((Place(score, i), i) for i, score in worst.items()), key=_order)
        return [one for one in found if after is None or _order(one) > _order((after, 0))][:limit]

    # --- what they share ---

    def _fits(self, person_id: InstrumentedAttribute[Any], *more: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether the person is one to show, and what else is asked of them and of their image."""
        if self._ids is not None and not more:
            return person_id.in_(self._ids)
        query = select(PersonRow.id).join(ImageRow, ImageRow.id == PersonRow.image_id)
        query = query.where(*self._conditions(), *more)
        return query.where(PersonRow.id == person_id).exists()

    def _conditions(self) -> Iterator[ColumnElement[bool]]:
        """On a person and their image. A crowd region as it was imported is nobody, nor is who was withdrawn."""
        yield is_listed()
        yield or_(PersonRow.revision > 0, func.coalesce(PersonRow.skip_reason, "") != CROWD_REASON)
        if self._wanted.show in STATES:
            yield PersonRow.state.in_(STATES[self._wanted.show])
        yield is_shown()
        yield from self._image_conditions()

    def _image_conditions(self) -> Iterator[ColumnElement[bool]]:
        if self._hidden:  # few: they wait for a second annotator, who may be this one
            yield ImageRow.id.not_in(self._hidden)
        if self._wanted.camera_id is not None:
            yield ImageRow.camera_id == self._wanted.camera_id
        if self._wanted.search:
            yield or_(
                *(ImageRow.file_name.icontains(text, autoescape=True) for text in _spellings(self._wanted.search))
            )

    def _few_who_fit(self) -> set[int] | None:
        """The persons who fit, flags and decisions aside, where a filter says at once that they are few."""
        few = self._few_of_one_filter()
        if few is None:
            return None
        query = select(PersonRow.id).join(ImageRow, ImageRow.id == PersonRow.image_id)
        return self._few(query.where(few, *self._conditions()), FEW_PERSONS)

    def _few_of_one_filter(self) -> ColumnElement[bool] | None:
        """What few persons are and all that fit must be; None where no filter is that narrow."""
        if self._wanted.camera_id is not None or self._wanted.search:
            found = self._few(select(ImageRow.id).where(*self._image_conditions()), FEW_IMAGES)
            if found is not None:
                return PersonRow.image_id.in_(found) if found else false()  # an empty IN would read everybody
        if self._wanted.show in STATES:
            found = self._few(select(PersonRow.id).where(PersonRow.state.in_(STATES[self._wanted.show])), FEW_PERSONS)
            if found is not None:
                return PersonRow.id.in_(found)
        if self._wants_flags():
            whose = or_(*(_is_of(PersonFlagRow, source) for source in (self._first, *self._others)))
            found = self._few(select(PersonFlagRow.person_id).where(whose), FEW_PERSONS)
            if found is not None:
                return PersonRow.id.in_(found)
        return None

    def _few(self, query: Select[int], most: int) -> set[int] | None:
        """All that a query finds; None where there are more."""
        found = list(self._tx.scalars(query.limit(most + 1)))
        return set(found) if len(found) <= most else None

    def _is_unknown_to_first(self, person_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """That the first source has no score of the person."""
        theirs = aliased(PersonScoreRow)
        known = select(1).where(theirs.person_id == person_id, _is_of(theirs, self._first))
        return ~known.exists()

    def _flagged_at(self, person_id: InstrumentedAttribute[Any], keypoint: int) -> ColumnElement[bool]:
        """That the score which counts flags the keypoint."""
        scores = PersonScoreRow.__table__.alias()
        flag = (
            select(1)
            .select_from(scores)
            .join(PersonFlagRow, PersonFlagRow.score_id == scores.c.id)
            .where(scores.c.person_id == person_id, PersonFlagRow.keypoint == keypoint)
        )
        by_first = flag.where(_is_of(scores.c, self._first)).exists()
        by_others = [
            and_(flag.where(_is_of(scores.c, source)).exists(), self._is_unknown_to_first(person_id))
            for source in self._others
        ]
        return or_(by_first, *by_others)


def _sources(tx: Session) -> tuple[int | None, ...]:
    """Whose scores count, the network's first that labelling begins from: a round by its id, None an imported model."""
    published = project_row(tx).published_round_id
    if published is None:
        return (None,)
    return (None, published) if get_project(tx).starts.source == "imported" else (published, None)


def _is_of(table: Any, source: int | None) -> ColumnElement[bool]:
    """Whether a score or a flag is this source's."""
    found: ColumnElement[bool] = table.round_id.is_(None) if source is None else table.round_id == source
    return found


def _spellings(text: str) -> set[str]:
    """SQLite folds the capitals of ASCII alone; of other letters, all small and all capital ones are looked for too."""
    return {text} if text.isascii() else {text, text.lower(), text.upper()}


def find(tx: Session, person_id: int) -> tuple[PersonRecord, ImageRecord] | None:
    """A person whom a sheet may show, with their image; None: there is none of that id."""
    found = tx.execute(_with_images().where(PersonRow.id == person_id)).one_or_none()
    return found and (person_record(found[0], found[1]), image_record(found[2]))


def _persons(tx: Session, ids: Collection[int], user: UserRecord) -> Iterator[SheetPerson]:
    """What a sheet shows of each, in the order of the ids."""
    rows = {row[0].id: row for row in tx.execute(_with_images().where(PersonRow.id.in_(ids)))}
    project = get_project(tx)
    told = [i for i in ids if rows[i][2].split == "train"]  # validation persons are labelled blind
    scores = predictions.shown_scores(tx, told, project)
    of_student = predictions.of_student(tx, told, project.published_round)
    imported = predictions.imported(tx, told)
    holders = leases.lease_holders(tx, now=utc_now())
    suspected = findings.of_persons(tx, ids)
    for i in ids:
        person, label, image = rows[i]
        holder = holders.get(image.id)
        yield SheetPerson(
            person=person_record(person, label),
            image=image_record(image),
            score=scores.get(i),
            student=of_student.get(i),
            imported=imported.get(i),
            held_by=None if holder == user.name else holder,
            findings=tuple(suspected.get(i, ())),
        )


def _with_images() -> Select[PersonRow, LabelRow, ImageRow]:
    """Persons whom a sheet may show, each with the label that counts, and their image."""
    current = and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision)
    return (
        select(PersonRow, LabelRow, ImageRow)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .outerjoin(LabelRow, current)
        .where(is_shown())
        .execution_options(populate_existing=True)
    )
