"""What reviews say of each annotator's labels: shares with their intervals, and what became of who came back."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.schema import ReviewRow, UserRow
from sspcm.evaluation.shares import wilson


@dataclass(frozen=True)
class ReviewResults:
    """One annotator's; annotator None: of imported labels. back counts those corrected as well.

    share_good and its 95 % interval (Wilson) are of the labels that the project's rule chose: whom a reviewer looked up
    by a flag is worse than the rest, and says nothing of all. None where the rule chose none yet.
    """

    annotator: str | None
    good: int
    back: int
    corrected: int
    waiting: int
    """Sent back, and not labelled anew yet."""
    sampled: int
    sampled_good: int

    @property
    def share_good(self) -> float | None:
        """Of the labels that the rule chose."""
        return self.sampled_good / self.sampled if self.sampled else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Within which the share of all this annotator's labels lies."""
        return wilson(self.sampled_good, self.sampled) if self.sampled else None


def results_by_annotator(tx: Session) -> list[ReviewResults]:
    """Everybody of whom a label was reviewed, by name; imported labels last."""
    is_corrected = ReviewRow.corrected.is_not(None)
    kinds = (UserRow.name, ReviewRow.result, ReviewRow.is_sampled, ReviewRow.is_waiting, is_corrected)
    query = select(*kinds, func.count()).select_from(ReviewRow).outerjoin(UserRow, UserRow.id == ReviewRow.annotator_id)
    found: dict[str | None, Counter[str]] = {}
    for name, result, is_sampled, is_waiting, corrected, count in tx.execute(query.group_by(*kinds)):
        mine = found.setdefault(name, Counter())
        mine[result] += count
        mine["corrected"] += count if corrected else 0
        mine["waiting"] += count if is_waiting else 0
        mine["sampled"] += count if is_sampled else 0
        mine["sampled_good"] += count if is_sampled and result == "good" else 0
    ordered = sorted(found, key=lambda name: (name is None, (name or "").casefold()))
    return [
        ReviewResults(
            annotator=name,
            good=found[name]["good"],
            back=found[name]["back"],
            corrected=found[name]["corrected"],
            waiting=found[name]["waiting"],
            sampled=found[name]["sampled"],
            sampled_good=found[name]["sampled_good"],
        )
        for name in ordered
    ]
