"""What the lead's page shows now, as plain data."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from app.contract.rounds import for_browsers, prelabelling_json, round_json
from app.pool.queue_shown import as_shown
from db.clock import utc_now
from db.labelling import queue
from db.pool.counts import count
from db.pool.project import get_project
from db.records import RoundPoint, RoundRecord
from db.rounds import prelabellings, rounds
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.members import LEARNERS

QUEUE_SHOWN = 20
ROUNDS_SHOWN = 50
POINTS_DRAWN = 300
"""More points than this on a curve are more than its pixels."""


def lead_view(store: Store) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the page shows now, as plain data: counts, the latest round, the curves, the tables."""
    with store.reading() as tx:
        records = rounds.latest(tx, ROUNDS_SHOWN)
        points = rounds.points(tx, records[0].id) if records else []
        labelled = rounds.count_labelled(tx, [record.id for record in records])
        counts = count(tx)
        waiting = queue.listing(tx, limit=QUEUE_SHOWN, now=utc_now())
        published = get_project(tx).published_round if counts.images else None  # the first import makes the project
    told = [for_browsers(round_json(record)) for record in records]
    board = {"round": told[0] if told else None, "labelled": counts.persons_accepted, "published": published}
    tables = {
        "rounds": told,
        "labels": {str(record.number): labelled.get(record.id) for record in records},
        "queue": [
            {"image": i.image.file_name, "score": shown.score, "reasons": list(shown.reasons), "held_by": i.leased_by}
            for i, shown in zip(waiting, as_shown(waiting, by_lot=published is None), strict=True)
        ],
    }
    return dataclasses.asdict(counts), board, _curves(records, points), tables


def prelabel_view(store: Store) -> dict[str, Any]:
    """The newest model's run over the pool, as plain data."""
    with store.reading() as tx:
        newest = prelabellings.latest(tx)
    return {"prelabelling": for_browsers(prelabelling_json(newest)) if newest else None}


def _curves(records: Sequence[RoundRecord], points: Sequence[RoundPoint]) -> dict[str, Any]:
    """The loss thinned to what can be drawn; every measured AP; the AP of each published round, on how many people."""
    loss = [(point.step, point.values["loss"]) for point in points if "loss" in point.values]
    published = [record for record in reversed(records) if record.state == "published"]
    return {
        "round": records[0].number if records else None,
        "steps": RoundConfig.recalled(records[0].config_toml).train.steps if records else None,
        "loss": loss[:: max(1, len(loss) // POINTS_DRAWN)],
        "ap": {n: [(p.step, p.values[f"ap_{n}"]) for p in points if f"ap_{n}" in p.values] for n in LEARNERS},
        "people": {str(r.number): people for r in published if (people := r.metrics.get("validation")) is not None},
        "rounds": {n: [(r.number, ap) for r in published if (ap := _ap(r, n)) is not None] for n in LEARNERS},
    }


def _ap(record: RoundRecord, network: str) -> float | None:
    """None where nothing could be measured: no validation labels."""
    found: float | None = (record.metrics.get("ap", {}).get(network) or {}).get("AP")
    return found
