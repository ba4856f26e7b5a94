"""A check of all accepted labels: when one is due, and what it leaves in the store."""

from dataclasses import replace

from app.label_checks.gathering import Accepted, gather_accepted
from db.clock import utc_now
from db.labelling import findings
from db.pool.project import project_uuid
from db.records import FindingRecord, LabelCheckRecord
from db.rounds import prelabellings
from db.store.session import Store
from sspcm.label_checks.checking import check

MOST_KEPT = 2000
"""Of more suspicions the most probable are kept: nobody reads more, and the sheet reads all."""
MORE_LABELS = 0.1
FEWEST_MORE = 20
"""The worker checks again after so many more labels: a tenth of those checked, and at least so many."""


def check_labels(store: Store, *, asked_by: str = "") -> LabelCheckRecord:
    """Check everybody's label now. asked_by: a lead; "" for the worker. Raises NotFound before there is a project.

    Nobody waits for it: labels that are accepted meanwhile are for the next check.
    """
    with store.reading() as tx:
        accepted = gather_accepted(tx)
        seen = findings.to_check_by(tx)
    found = suspected(accepted)
    told = LabelCheckRecord(
        at=utc_now(),
        asked_by=asked_by,
        people=len(accepted.people),
        predicted=accepted.predicted,
        found=len(found),
        seen=seen,
    )
    with store.transaction() as tx:
        return replace(told, found=findings.replace(tx, found, told))


def suspected(accepted: Accepted) -> list[FindingRecord]:
    """What a check says of these labels, as the store keeps it."""
    people = accepted.people
    revision = dict(zip(people.ids.tolist(), accepted.revisions, strict=True))
    beside = ", ".join(people.networks)
    return [
        FindingRecord(
            one.person, revision[one.person], one.kind, one.keypoints, one.score, one.words, one.other, beside
        )
        for one in check(people)[:MOST_KEPT]
    ]


def check_if_due(store: Store) -> LabelCheckRecord | None:
    """Check where a round or a model has told something new, or many labels came since the last check; else None."""
    with store.reading() as tx:
        if project_uuid(tx) is None:
            return None
        last, seen, model = findings.last_check(tx), findings.to_check_by(tx), prelabellings.latest(tx)
        more = findings.labels_since(tx, last.seen.label if last else 0)
    if not seen.label or (model is not None and model.state == "running"):
        return None
    told_more = last is not None and (seen.imported, seen.round) != (last.seen.imported, last.seen.round)
    if last is None or told_more or more >= max(FEWEST_MORE, MORE_LABELS * last.people):
        return check_labels(store)
    return None
