"""Rounds: launched one at a time, frozen once, published by one pointer."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import finite, frozen_person, round_point, round_record, round_state
from db.errors import NotFound, RoundActive, RoundCancelled, RoundLost, RoundOver
from db.pool.project import project_row
from db.records import FrozenPerson, RoundPoint, RoundRecord, RoundStage, UserRecord
from db.rounds import events, workers
from db.schema import (
    PROJECT_ID,
    FrozenPersonRow,
    ImageRow,
    LabelRow,
    PersonRow,
    ProjectRow,
    RankingEntryRow,
    RankingRow,
    RoundPointRow,
    RoundRow,
)
from db.upsert import insert, upsert_all

ACTIVE = ("queued", "running")


def create(
    tx: Session, *, config_toml: str, user: UserRecord, now: datetime | None = None, twin_of: int | None = None
) -> RoundRecord:
    """A new round, queued, with the next number. `now` is the present moment if not given.

    twin_of: the round whose frozen labels it is to learn from.

    Raises RoundActive while another is queued or running, NotFound without a project.
    """
    made = project_row(tx).rounds_made  # the number of one that was deleted is not given again
    row: dict[str, Any] = {
        "project_id": PROJECT_ID,
        "number": max(tx.scalar(select(func.max(RoundRow.number))) or 0, made) + 1,
        "state": "queued",
        "stage": "freeze",
        "config_toml": config_toml,
        "launched_by_id": user.id,
        "created_at": now or utc_now(),
        "progress": {},
        "metrics": {},
        "twin_of": twin_of,
    }
    # The index `uq_rounds_one_active` refuses a second active round, whoever asks at the same time.
    added = tx.scalar(insert(tx, RoundRow).values(row).on_conflict_do_nothing().returning(RoundRow.id))
    if added is None:
        raise another_active(tx)
    twin = "" if twin_of is None else f" as the twin of round {twin_of}"
    events.tell(tx, added, f"launched by {user.name}{twin}", now=now)
    return round_record(_row(tx, added))


def get(tx: Session, number: int) -> RoundRecord:
    """A round by its number. Raises NotFound."""
    row = tx.scalar(select(RoundRow).where(RoundRow.number == number).execution_options(populate_existing=True))
    if row is None:
        made = tx.scalar(select(ProjectRow.rounds_made)) or 0  # of those that were deleted, the last
        found = (
            f"round {number} was deleted, with its predictions" if 0 < number <= made else f"there is no round {number}"
        )
        raise NotFound(f"{found}; wanted one of this home. Reload the page for those there are.")
    return round_record(row)


def latest(tx: Session, limit: int = 50) -> list[RoundRecord]:
    """The newest rounds, newest first."""
    query = select(RoundRow).order_by(RoundRow.number.desc()).limit(limit).execution_options(populate_existing=True)
    return [round_record(row) for row in tx.scalars(query)]


def twin(tx: Session, number: int) -> RoundRecord | None:
    """The newest twin of a round that is under way, or ended well and is whole."""
    query = select(RoundRow).where(RoundRow.twin_of == number).order_by(RoundRow.number.desc())
    found = [round_record(row) for row in tx.scalars(query.execution_options(populate_existing=True))]
    return next((one for one in found if one.pruned_at is None and one.state not in ("failed", "cancelled")), None)


def active(tx: Session) -> RoundRecord | None:
    """The round that is not over, if there is one."""
    query = select(RoundRow).where(RoundRow.state.in_(ACTIVE)).execution_options(populate_existing=True)
    row = tx.scalar(query)
    return None if row is None else round_record(row)


def start(tx: Session, round_id: int, *, now: datetime | None = None) -> None:
    """The worker begins. Harmless when the round runs already; raises RoundOver when it is over."""
    row = require_active(tx, round_id)
    if row.state == "queued":
        events.tell(tx, round_id, "the worker began" if row.run == 1 else "the worker went on", now=now)
    row.state = "running"
    row.started_at = row.started_at or now or utc_now()  # a job that is taken up again began before
    tx.flush()


def freeze(tx: Session, round_id: int, *, now: datetime | None = None) -> list[FrozenPerson]:
    """Fix the labels a round learns from and is measured on; the second call returns the first call's set.

    labelled: the current labels of accepted persons in train images, also in images that are not finished.
    validation: those in validation images. Later decisions change nothing here: label revisions are immutable.
    A twin's set is that of the round it is the twin of. Raises RoundOver when the round is over and was never frozen,
    NotFound where a twin's round is gone.
    """
    row = _row(tx, round_id)
    if row.frozen_at is None:
        row = require_active(tx, round_id)  # locked now: it may be frozen by another meanwhile
    if row.frozen_at is None:
        found = _current_labels(tx, round_id) if row.twin_of is None else _same_labels(tx, round_id, row.twin_of)
        upsert_all(tx, FrozenPersonRow, found, key=["round_id", "person_id"])
        row.frozen_at = now or utc_now()
        tx.flush()
    return frozen(tx, round_id)


def frozen(tx: Session, round_id: int) -> list[FrozenPerson]:
    """A round's frozen set, by person; empty before `freeze`."""
    query = select(FrozenPersonRow).where(FrozenPersonRow.round_id == round_id).order_by(FrozenPersonRow.person_id)
    return [frozen_person(row) for row in tx.scalars(query)]


def count_labelled(tx: Session, round_ids: Collection[int]) -> dict[int, int]:
    """How many labelled persons each round trains on; rounds that are not frozen yet are left out."""
    query = (
        select(FrozenPersonRow.round_id, func.count())
        .where(FrozenPersonRow.round_id.in_(round_ids), FrozenPersonRow.role == "labelled")
        .group_by(FrozenPersonRow.round_id)
    )
    return dict(tx.execute(query).all())


def report_progress(tx: Session, round_id: int, *, stage: RoundStage, progress: dict[str, Any]) -> None:
    """Where a round stands; the progress given replaces the last. Raises RoundOver when it is over."""
    row = require_active(tx, round_id)
    row.stage, row.progress = stage, finite(progress)
    tx.flush()


def add_points(tx: Session, round_id: int, points: Sequence[RoundPoint]) -> None:
    """Add to a round's curves. Points of one step are joined, so telling one twice is harmless; NaN is left out."""
    require_active(tx, round_id)
    steps = [point.step for point in points]
    known = select(RoundPointRow).where(
        RoundPointRow.round_id == round_id, RoundPointRow.step.between(min(steps, default=0), max(steps, default=-1))
    )
    joined = {row.step: dict(row.values) for row in tx.scalars(known)}
    for point in points:
        values = {name: value for name, value in finite(point.values).items() if value is not None}
        joined[point.step] = {**joined.get(point.step, {}), **values}
    rows = [{"round_id": round_id, "step": step, "values": joined[step]} for step in sorted(set(steps))]
    upsert_all(tx, RoundPointRow, rows, key=["round_id", "step"])


def forget_points(tx: Session, round_id: int, *, after: int) -> None:
    """Take the end of a round's curves away: a training that goes on from step `after` tells it again."""
    require_active(tx, round_id)
    tx.execute(delete(RoundPointRow).where(RoundPointRow.round_id == round_id, RoundPointRow.step > after))


def points(tx: Session, round_id: int) -> list[RoundPoint]:
    """A round's curves, by step."""
    query = (
        select(RoundPointRow)
        .where(RoundPointRow.round_id == round_id)
        .order_by(RoundPointRow.step)
        .execution_options(populate_existing=True)
    )
    return [round_point(row) for row in tx.scalars(query)]


def fail(tx: Session, round_id: int, error: str, *, now: datetime | None = None) -> None:
    """The round ended with an error, which its page shows; one that was told to stop has stopped instead.

    The first end stays; raises RoundOver if published.
    """
    row = _row(tx, round_id, lock=True)
    if row.state in ("failed", "cancelled"):
        return
    if row.cancel_asked_at is not None:
        end_cancelled(tx, row, now=now)
        return
    require_active(tx, round_id)
    row.state, row.error, row.finished_at = "failed", error, now or utc_now()
    events.tell(tx, round_id, f"failed in the stage '{row.stage}': {error}", now=now)


def end_cancelled(tx: Session, row: RoundRow, *, now: datetime | None = None) -> None:
    """The round has stopped, as it was told to."""
    row.state, row.finished_at = "cancelled", now or utc_now()
    events.tell(tx, row.id, f"stopped in the stage '{row.stage}'; what was finished is kept", now=now)


def publish(tx: Session, round_id: int, *, metrics: dict[str, Any], directory: str, now: datetime) -> None:
    """Show the round's ranking and predictions: its state and the project's pointers change in this transaction.

    directory: the attempt whose files count, relative to the home. Publishing a published round changes nothing.
    Raises RoundOver if the round failed or was cancelled, NotFound if it has no ranking yet.
    """
    row = _row(tx, round_id, lock=True)
    if row.state == "published":
        return
    require_active(tx, round_id)
    row.metrics, row.directory = finite(metrics), directory
    _show(tx, row, now=now)


def keep(tx: Session, round_id: int, *, because: str, metrics: dict[str, Any], directory: str, now: datetime) -> None:
    """The round ended well and is not published, for a reason in words. Keeping a kept round changes nothing.

    Raises RoundOver if it is over otherwise.
    """
    row = _row(tx, round_id, lock=True)
    if row.kept_because:
        return
    require_active(tx, round_id)
    row.state, row.stage, row.finished_at, row.kept_because = "cancelled", "done", now, because
    row.metrics, row.directory = finite(metrics), directory
    events.tell(tx, round_id, f"kept, not published: {because}", now=now)


def show_again(tx: Session, number: int, *, user: UserRecord, now: datetime) -> None:
    """Annotators get this round's ranking and predictions again, published once or kept until now; labels stay.

    Two pointers flip, however large the pool: entries of every ranking follow their images. Raises RoundOver for a
    round that did not end well, NotFound.
    """
    row = row_of(tx, number)
    found = f"round {number} is {round_state(row)}{' and pruned' if row.pruned_at else ''}"
    if (row.state != "published" and not row.kept_because) or row.pruned_at is not None:
        raise RoundOver(f"{found}; wanted one that was published or kept, and is whole, to show it. See `round list`.")
    row.kept_because = None
    _show(tx, row, now=now, told=f"shown to annotators by {user.name}", follow=False)


def _show(tx: Session, row: RoundRow, *, now: datetime, told: str = "published", follow: bool = True) -> None:
    """Two pointers flip. follow: whether entries may have been written before their images changed."""
    ranking_id = tx.scalar(select(RankingRow.id).where(RankingRow.round_id == row.id))
    if ranking_id is None:
        raise NotFound(f"round {row.number} has no ranking; wanted one to publish. Score the pool first.")
    row.state, row.stage, row.finished_at = "published", "done", row.finished_at or now
    if follow:
        _follow_images(tx, ranking_id)
    project = project_row(tx)
    project.current_ranking_id, project.published_round_id = ranking_id, row.id
    events.tell(tx, row.id, told, now=now)


def require_active(tx: Session, round_id: int) -> RoundRow:
    """The round's row, locked, while more may be written to it. Raises RoundOver, RoundCancelled once it was told to
    stop, RoundLost where another worker has it, NotFound."""
    row = _row(tx, round_id, lock=True)
    if row.state not in ACTIVE:
        found = f"round {row.number} is {round_state(row)}"
        raise RoundOver(f"{found}; wanted one that is queued or running. Launch a new round instead.")
    if row.cancel_asked_at is not None:
        raise RoundCancelled(
            f"round {row.number} was told to stop; wanted one that runs. Resume it, or launch another."
        )
    return row


def row_of(tx: Session, number: int) -> RoundRow:
    """A round's row by its number, locked. Raises NotFound, RoundLost."""
    return _row(tx, get(tx, number).id, lock=True)


def require_held(tx: Session, round_id: int) -> None:
    """Nobody else goes on with the round until this transaction ends. Raises RoundLost where somebody does, NotFound.

    Whoever is no worker holds every round.
    """
    _row(tx, round_id, lock=True)


def _row(tx: Session, round_id: int, *, lock: bool = False) -> RoundRow:
    query = select(RoundRow).where(RoundRow.id == round_id).execution_options(populate_existing=True)
    row = tx.scalar(query.with_for_update(of=RoundRow, key_share=True) if lock else query)
    if row is None:
        raise NotFound(f"there is no round with id {round_id}; wanted one of this home. Launch a round first.")
    if lock and workers.acting(tx) not in (None, row.holder_token):
        raise RoundLost(
            f"worker '{row.holder}' goes on with round {row.number}; wanted the one that has it, to write more of it. "
            "Nothing is to be done."
        )
    return row


def another_active(tx: Session) -> RoundActive:
    """What a launch is refused with while a round is not over."""
    row = tx.scalar(select(RoundRow).where(RoundRow.state.in_(ACTIVE)))
    if row is None:
        return RoundActive("another round was launched just now; wanted one at a time. Reload the page and try again.")
    return RoundActive(
        f"round {row.number}, launched by {row.launched_by.name}, is {round_state(row)} ({row.stage}); wanted one "
        "round at a time. Wait until it ends, then launch again."
    )


def _current_labels(tx: Session, round_id: int) -> list[dict[str, Any]]:
    query = (
        select(PersonRow.id, PersonRow.image_id, LabelRow.id, LabelRow.revision, LabelRow.author, ImageRow.split)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .join(LabelRow, and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision))
        .where(PersonRow.state == "accepted")
    )
    return [
        {
            "round_id": round_id,
            "person_id": person_id,
            "image_id": image_id,
            "label_id": label_id,
            "revision": revision,
            "author": author,
            "role": "labelled" if split == "train" else "validation",
        }
        for person_id, image_id, label_id, revision, author, split in tx.execute(query)
    ]


def _same_labels(tx: Session, round_id: int, number: int) -> list[dict[str, Any]]:
    """Another round's set, for this one."""
    return [asdict(one) | {"round_id": round_id} for one in frozen(tx, get(tx, number).id)]


def _follow_images(tx: Session, ranking_id: int) -> None:
    """Entries written while annotators closed and reopened images take the images' present state."""
    is_open = select(ImageRow.is_open).where(ImageRow.id == RankingEntryRow.image_id).scalar_subquery()
    stale = RankingEntryRow.is_open != is_open
    tx.execute(
        update(RankingEntryRow)
        .where(RankingEntryRow.ranking_id == ranking_id, stale)
        .values(is_open=is_open)
        .execution_options(synchronize_session=False)
    )
