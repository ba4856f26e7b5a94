"""How the last check of all labels stands, in words."""

from sqlalchemy.orm import Session

from app.contract.sheet import LabelChecksPayload
from db.labelling import findings
from db.records import LabelCheckRecord
from sspcm.label_checks.checking import FEWEST


def checks_told(tx: Session) -> LabelChecksPayload:
    """The last check, and what is suspected now: findings go with newer labels."""
    last, kinds = findings.last_check(tx), findings.counts(tx)
    if last is None:
        return LabelChecksPayload(at=None, people=0, predicted=0, found=0, kinds=kinds, words=NEVER)
    return LabelChecksPayload(
        at=last.at.isoformat(),
        people=last.people,
        predicted=last.predicted,
        found=last.found,
        kinds=kinds,
        words=in_words(last),
    )


NEVER = "Labels were not checked yet. The worker checks them once there are some; a lead can have it done now."


def in_words(last: LabelCheckRecord) -> str:
    """How many labels were checked, and by what."""
    if last.people < FEWEST:
        return f"{last.people} labels are too few to see what is usual among them; a check wants {FEWEST}. Label more."
    beside = (
        f"{last.predicted:,} of them beside networks that did not learn from them"
        if last.predicted
        else "none of them beside a network, which finds less"
    )
    return f"{last.people:,} labels were checked, {beside}. {last.found:,} suspicions."
