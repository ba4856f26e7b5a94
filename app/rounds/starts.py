"""Which network annotators begin from, and whether a round may be published: neither ever makes starts surely worse.

The imported model stays until the student is surely better, and the same test takes the student back. A lead may choose
otherwise. What is chosen is kept in the project, where the editor, the contact sheet and the queue read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from app.rounds.errors import LearningError
from app.rounds.evidence import (
    Compared,
    Evidence,
    Source,
    gather,
    imported_source,
    kept_round,
    student_source,
)
from app.rounds.visibility import Lesson, is_due, note, teach, with_lessons
from db.clock import utc_now
from db.pool.project import get_project, project_uuid, set_starts
from db.records import StartsChoice, StartsFrom, UserRecord
from db.rounds import rounds
from db.store.session import Store
from sspcm.evaluation.choosing import is_worse

Use = Literal["measured", "imported", "student"]
"""What a lead may choose: what the labels say, or one of the two networks whatever they say."""


@dataclass(frozen=True)
class Judgement:
    """What became of a round's student beside the network in use. because: why it is kept; None: it is published."""

    because: str | None
    measured: dict[str, Any]
    """For the round's metrics: the figures of both and `words`."""
    starts: StartsChoice
    lessons: list[Lesson]


def judge_round(tx: Session, number: int) -> Judgement:
    """Whether a round that was just scored is published, and which network annotators begin from then."""
    candidate, current, model = student_source(number), in_use(tx), imported_source(tx)
    before, starts = _published_student(tx), get_project(tx).starts
    known = [one for one in (model, before, candidate) if one is not None]
    evidence = gather(tx, known)
    if current is None:
        words = "Nothing could be measured: there were no other predictions to compare its student's with."
        lessons = teach(tx, candidate)
        return Judgement(None, {"words": words}, with_lessons(starts, lessons), lessons)
    found = evidence.over(current, candidate)
    words = _measured_words(found, current, candidate)
    because = f"Not published, as its student is worse. {words}" if _is_worse(evidence, current, candidate) else None
    student = before if because else candidate
    lessons = teach(tx, model, student)
    choice = with_lessons(_choice(evidence, model, student, starts, earlier=before), lessons)
    return Judgement(because, _figures(found, current) | {"words": words}, choice, lessons)


def choose_again(store: Store) -> None:
    """A model was imported: whether annotators begin from it or stay with the student."""
    with store.reading() as tx:
        project = get_project(tx)
        model, student = imported_source(tx), _published_student(tx)
        evidence = gather(tx, [one for one in (model, student) if one is not None])
        lessons = teach(tx, model, student)
        choice = with_lessons(_choice(evidence, model, student, project.starts), lessons)
    with store.transaction() as tx:
        keep_measured(tx, choice, lessons, now=utc_now())


def keep_measured(tx: Session, choice: StartsChoice, lessons: Sequence[Lesson], *, now: datetime) -> None:
    """What was measured and taught counts from now on; what a lead chose meanwhile stays."""
    kept = get_project(tx).starts
    set_starts(tx, replace(kept, measured=choice.measured, why=choice.why, visibility=choice.visibility))
    note(tx, lessons, now=now)


def teach_again(store: Store) -> bool:
    """More people are labelled: what they teach of visible keypoints counts, where they are a quarter more. Whether so.

    Which network annotators begin from stays as it is.
    """
    with store.reading() as tx:
        if project_uuid(tx) is None:
            return False
        known = _known(tx)
        if not any(is_due(tx, source) for source in known):
            return False
        lessons = teach(tx, *known)
    with store.transaction() as tx:
        if _known(tx) != known:  # a round was published meanwhile, or a model imported: that teaches, too
            return False
        set_starts(tx, with_lessons(get_project(tx).starts, lessons))
        note(tx, lessons, now=utc_now())
    return True


def _known(tx: Session) -> list[Source]:
    """The imported model and the published round's student, where there are such."""
    return [one for one in (imported_source(tx), _published_student(tx)) if one is not None]


def choose_if_never(store: Store) -> None:
    """A home of an earlier version began from the student, whatever it was worth: it is measured once, where it can."""
    with store.reading() as tx:
        if project_uuid(tx) is None or get_project(tx).starts != StartsChoice():
            return
    choose_again(store)


def use(store: Store, user: UserRecord, chosen: Use, *, number: int | None = None) -> None:
    """A lead chooses; "measured" leaves it to the labels again. number: the round whose student; one that was kept is
    published for it. Raises LearningError where there is no such network, NotFound for no such round."""
    with store.transaction() as tx:
        starts = get_project(tx).starts
        if chosen == "imported" and imported_source(tx) is None:
            raise LearningError("no pose model predicted anybody here; wanted one to begin from. Import one first.")
        if chosen == "student":
            _require_student(tx, number)
        overridden, lead = (None, None) if chosen == "measured" else (chosen, user.name)
        set_starts(tx, replace(starts, overridden=overridden, lead=lead))


def in_use(tx: Session) -> Source | None:
    """The network that annotators begin from; the other one where the chosen one is not there; None without any."""
    model, student = imported_source(tx), _published_student(tx)
    return (student or model) if get_project(tx).starts.source == "student" else (model or student)


def _require_student(tx: Session, number: int | None) -> None:
    """See to it that this round is the published one."""
    published = get_project(tx).published_round
    wanted = published if number is None else number
    if wanted is None:
        raise LearningError("no round is published; wanted one whose student to begin from. Launch a round first.")
    if wanted == published:
        return
    record = rounds.get(tx, wanted)
    if wanted != kept_round(tx):
        raise LearningError(
            f"round {wanted} is {record.state}; wanted the published round, or the newest one if it was kept. "
            "Leave the number out for the published one."
        )
    rounds.publish_kept(tx, record.id, now=utc_now())


def _published_student(tx: Session) -> Source | None:
    number = get_project(tx).published_round
    return None if number is None else student_source(number)


def _is_worse(evidence: Evidence, current: Source, candidate: Source) -> bool:
    """Whether the candidate is surely worse than what is in use, or seems so by much on validation people."""
    validation = evidence.on_validation(current, candidate).difference
    return is_worse(evidence.over(current, candidate).difference, validation=validation)


def _choice(
    evidence: Evidence,
    model: Source | None,
    student: Source | None,
    starts: StartsChoice,
    *,
    earlier: Source | None = None,
) -> StartsChoice:
    """What the labels say; what a lead chose stays. earlier: the student before, which speaks for one not measured."""
    if model is None or student is None:
        return starts
    over = evidence.over(student, model)
    if not over.difference.is_measured and earlier is not None and earlier != student:
        student, over = earlier, evidence.over(earlier, model)
    is_taken_back = evidence.over(model, student).difference.is_surely_higher
    stays = starts.measured == "student" and not is_taken_back
    measured: StartsFrom = "student" if stays or over.difference.is_surely_higher else "imported"
    return replace(starts, measured=measured, why=_why(measured, over, model, student))


def _why(measured: StartsFrom, over: Compared, model: Source, student: Source) -> str:
    if not over.difference.is_measured:
        kept = student if measured == "student" else model
        return f"{kept.name} stays: only {over.people} can tell, which is too few."
    beside = _beside(over, student, model)
    if measured == "imported":
        return f"{model.name} stays, as {student.name} is not surely better: {beside}"
    if over.difference.is_surely_higher:
        return f"{student.name} is surely better: {beside}"
    return f"{student.name} stays, as {model.name} is not surely better: {beside}"


def _measured_words(found: Compared, current: Source, candidate: Source) -> str:
    if not found.difference.persons:
        return (
            f"Nothing could be measured beside {current.name}: there are no validation people, and nobody was labelled "
            "since the labels froze."
        )
    few = "" if found.difference.is_measured else " These are too few to be sure of anything."
    return f"{_capital(_beside(found, current, candidate))}{few}"


def _beside(found: Compared, first: Source, second: Source) -> str:
    """The figures of both: "on 43 people labelled here, mean OKS is .78 for movenet and .64 for round 1's student"."""
    one, other = say_oks(found.challenger.mean), say_oks(found.incumbent.mean)
    return f"on {found.people}, mean OKS is {one} for {first.name} and {other} for {second.name}."


def _figures(found: Compared, current: Source) -> dict[str, Any]:
    return {
        "beside": current.name,
        "beside_round": current.round_number,
        "mean_oks": found.incumbent.mean,
        "mean_oks_beside": found.challenger.mean,
        "persons": found.difference.persons,
        "validation": found.validation,
    }


def say_oks(value: float) -> str:
    """Three places, without the zero before the point."""
    return f"{value:.3f}".replace("0.", ".", 1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
