"""How closely annotators look, as leads see it; and how many people get a probe."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from app.contract.probes import LookedPayload, MissedPayload, ProbesPayload
from db.labelling import probes
from db.labelling.probes import FEWEST_PERSONS, Looked, Shares
from db.people import audit
from db.people.audit import Actor
from db.pool.project import get_project
from db.store.session import Store
from sspcm.evaluation.probes import wilson

SHOWN = 50
"""Of those who were missed, the last."""
COLUMNS = (
    "annotator",
    "caught",
    "seen",
    "low",
    "high",
    "without_start",
    "untouched",
    "began_at_start",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def set_probes(store: Store, actor: Actor, wanted: Shares) -> None:
    """From now on so many people get one. Noted in the same transaction. Raises InvalidDecision."""
    with store.transaction() as tx:
        before = probes.set_shares(tx, wanted)
        audit.note(tx, actor, "probes set", "", {**asdict(wanted), "before": asdict(before)})


def probes_told(tx: Session) -> ProbesPayload:
    """Who looked how closely. Raises NoProject."""
    shares, skeleton = probes.shares(tx), get_project(tx).skeleton
    return ProbesPayload(
        wrong=shares.wrong,
        empty=shares.empty,
        words=_words(shares, is_large_enough=probes.is_large_enough(tx)),
        annotators=[_line(one) for one in probes.looked(tx)],
        missed=[
            MissedPayload(
                person_id=one.person_id,
                image_id=one.image_id,
                annotator=one.annotator,
                keypoint=skeleton.spoken(one.keypoint),
                at=one.at.isoformat(),
            )
            for one in probes.missed(tx, most=SHOWN)
        ],
    )


def looked_as_csv(annotators: Sequence[LookedPayload]) -> Iterator[str]:
    """One line an annotator."""
    yield _csv(COLUMNS)
    for one in annotators:
        # A spreadsheet would carry out what begins like a formula, and names are people's own.
        name = f"'{one.name}" if one.name.startswith(_FORMULA) else one.name
        yield _csv((name, one.caught, one.seen, one.low, one.high, one.empty, one.untouched, one.started))


def _line(one: Looked) -> LookedPayload:
    seen = one.caught + one.missed
    low, high = (None if math.isnan(end) else round(end, 4) for end in wilson(one.caught, seen))
    return LookedPayload(
        name=one.name,
        caught=one.caught,
        seen=seen,
        low=low,
        high=high,
        empty=one.empty,
        untouched=one.untouched,
        started=one.started,
    )


def _words(shares: Shares, *, is_large_enough: bool) -> str:
    if not (shares.wrong or shares.empty):
        return "Nobody gets a probe now."
    said = (
        f"Of people with a network's start, {100 * shares.wrong:g} % come with one keypoint put wrong and "
        f"{100 * shares.empty:g} % without the start. Nothing shows whom; no label keeps a wrong place."
    )
    fewer = f" There are fewer than {FEWEST_PERSONS} people here, too few to tell anything: nobody gets one yet."
    return said if is_large_enough else said + fewer


def _csv(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()
