"""Which network annotators begin from, and whether a round may be published: neither ever makes starts surely worse.

The imported model stays until the student is surely better, and the same test takes the student back. That is decided
when a round ends, when a model was imported, and between rounds as people are labelled. A lead may choose otherwise.
What is chosen is kept in the project, where the editor, the contact sheet and the queue read it.
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
    student_source,
)
from app.rounds.visibility import GROWN, Lesson, is_due, note, teach, with_lessons
from db.clock import utc_now
from db.pool.project import get_project, project_uuid, set_starts
from db.records import StartsChoice, StartsFrom, UserRecord
from db.rounds import events, rounds
from db.rounds import evidence as counted
from db.store.session import Store
from sspcm.evaluation.choosing import FEWEST_PERSONS, is_worse
from sspcm.members import STUDENT

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
    choice = with_lessons(_choice(tx, evidence, model, student, starts, earlier=before), lessons)
    return Judgement(because, _figures(found, current) | {"words": words}, choice, lessons)


def choose_again(store: Store) -> None:
    """A model was imported: whether annotators begin from it or stay with the student."""
    with store.reading() as tx:
        project = get_project(tx)
        model, student = imported_source(tx), _published_student(tx)
        evidence = gather(tx, [one for one in (model, student) if one is not None])
        lessons = teach(tx, model, student)
        choice = with_lessons(_choice(tx, evidence, model, student, project.starts), lessons)
    with store.transaction() as tx:
        keep_measured(tx, choice, lessons, now=utc_now())


def keep_measured(tx: Session, choice: StartsChoice, lessons: Sequence[Lesson], *, now: datetime) -> None:
    """What was measured and taught counts from now on; what a lead chose meanwhile stays."""
    set_starts(tx, replace(_measured_as(tx, choice), visibility=choice.visibility))
    note(tx, lessons, now=now)


def _measured_as(tx: Session, choice: StartsChoice) -> StartsChoice:
    """What the project keeps, with what was measured just now."""
    names = ("measured", "why", "of_validation", "of_pool", "ordered_by")
    return replace(get_project(tx).starts, **{name: getattr(choice, name) for name in names})


def decide_again(store: Store) -> bool:
    """More people are labelled: which network annotators begin from, where they are a quarter more. Whether so.

    Between two networks alone: a round that was kept stays kept.
    """
    with store.reading() as tx:
        if project_uuid(tx) is None:
            return False
        known, model, student = _known(tx), imported_source(tx), _published_student(tx)
        if model is None or student is None or not is_to_decide(tx, student):
            return False
        choice = _choice(tx, gather(tx, known), model, student, _with_order(tx))
    with store.transaction() as tx:
        if _known(tx) != known:  # a round was published meanwhile, or a model imported: that decides, too
            return False
        was = in_use(tx)
        set_starts(tx, _measured_as(tx, choice))
        if in_use(tx) != was:
            _tell_change(tx, choice.why)
    return True


def _tell_change(tx: Session, why: str) -> None:
    """The published round's story says from when on annotators begin from another network, and why."""
    number, current = get_project(tx).published_round, in_use(tx)
    if number is not None and current is not None:
        events.tell(tx, rounds.get(tx, number).id, f"annotators begin from the poses of {current.name} now: {why}")


def is_to_decide(tx: Session, student: Source) -> bool:
    """Whether so many more people are labelled since it was decided that they may say something else: one count.

    Where validation people are enough they decide alone, so that only they are counted.
    """
    starts, (of_validation, of_pool) = get_project(tx).starts, count_deciding(tx, student)
    if of_validation >= FEWEST_PERSONS:
        return are_more(of_validation, starts.of_validation, least=FEWEST_PERSONS)
    return are_more(of_validation + of_pool, starts.of_validation + starts.of_pool, least=FEWEST_PERSONS)


def are_more(now: int, last: int, *, least: int) -> bool:
    """Whether there are enough, and a quarter more than the last time."""
    return now >= least and (last < least or now >= GROWN * last)


def count_deciding(tx: Session, student: Source) -> tuple[int, int]:
    """How many people a student can be measured by: of validation, and labelled here in the pool."""
    return counted.count_deciding(tx, network=STUDENT, round_number=student.round_number)


def _with_order(tx: Session) -> StartsChoice:
    """The choice; where nobody noted by which network the published round's queue goes, it is the one in use."""
    starts, current = get_project(tx).starts, in_use(tx)
    return starts if starts.ordered_by or current is None else replace(starts, ordered_by=current.kind)


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
    """A lead chooses; "measured" leaves it to the labels again. number: the round whose student; its ranking and its
    predictions are shown from now on, in the same transaction.

    Raises LearningError where there is no such network, RoundOver where that round did not end well or was pruned,
    NotFound for no such round.
    """
    with store.transaction() as tx:
        starts, was = _with_order(tx), in_use(tx)
        if chosen == "imported" and imported_source(tx) is None:
            raise LearningError("no pose model predicted anybody here; wanted one to begin from. Import one first.")
        is_promoted = chosen == "student" and _require_student(tx, number, user)
        if is_promoted:
            starts = replace(starts, ordered_by="student")  # as it was ranked when it was scored
        overridden, lead = (None, None) if chosen == "measured" else (chosen, user.name)
        set_starts(tx, replace(starts, overridden=overridden, lead=lead))
        if in_use(tx) != was and not is_promoted:
            _tell_change(tx, f"{user.name} left it to the labels" if chosen == "measured" else f"{user.name} chose it")


def in_use(tx: Session) -> Source | None:
    """The network that annotators begin from; the other one where the chosen one is not there; None without any."""
    model, student = imported_source(tx), _published_student(tx)
    return (student or model) if get_project(tx).starts.source == "student" else (model or student)


def _require_student(tx: Session, number: int | None, user: UserRecord) -> bool:
    """See to it that this round is the published one. Whether it was not until now."""
    published = get_project(tx).published_round
    wanted = published if number is None else number
    if wanted is None:
        raise LearningError("no round is published; wanted one whose student to begin from. Launch a round first.")
    if wanted == published:
        return False
    rounds.show_again(tx, wanted, user=user, now=utc_now())
    return True


def _published_student(tx: Session) -> Source | None:
    number = get_project(tx).published_round
    return None if number is None else student_source(number)


def _is_worse(evidence: Evidence, current: Source, candidate: Source) -> bool:
    """Whether the candidate is surely worse than what is in use, or seems so by much on validation people."""
    validation = evidence.on_validation(current, candidate).difference
    return is_worse(evidence.over(current, candidate).difference, validation=validation)


def _choice(
    tx: Session,
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
    of_validation, of_pool = count_deciding(tx, student)
    over = evidence.over(student, model)
    if not over.difference.is_measured and earlier is not None and earlier != student:
        student, over = earlier, evidence.over(earlier, model)
    is_taken_back = evidence.over(model, student).difference.is_surely_higher
    stays = starts.measured == "student" and not is_taken_back
    measured: StartsFrom = "student" if stays or over.difference.is_surely_higher else "imported"
    why = say_why(measured, over, model, student)
    return replace(starts, measured=measured, why=why, of_validation=of_validation, of_pool=of_pool)


def say_why(measured: StartsFrom, over: Compared, model: Source, student: Source) -> str:
    """What was found, where that much is known. over: the student over the model."""
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
