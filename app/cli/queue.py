"""What annotators get next."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, positive

if TYPE_CHECKING:
    from app.home.settings import Settings


def add_queue(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The command `queue`."""
    queue = command(several, "queue", example="queue --limit 5", help="what annotators get next, and why")
    queue.add_argument("--limit", type=positive, default=20, help="how many images (default: 20)")
    add_json(queue, run=show_queue, name="queue")


def show_queue(settings: "Settings", options: argparse.Namespace) -> int:
    """The first images of the queue."""
    from app.cli.store import import_first, known_store
    from app.pool.order_figures import figures_in_use, say_figures
    from app.pool.queue_shown import as_shown
    from app.processes.worker_state import worker_state
    from app.rounds.starts import are_more, in_use
    from app.rounds.starts_told import starts_told
    from db.clock import utc_now
    from db.labelling import queue as queueing
    from db.pool.project import get_project
    from db.rounds import evidence
    from sspcm.ranking.corrections import LEAST_PERSONS

    with known_store(settings) as store:
        worker = worker_state(store, settings)
        with store.reading() as tx:
            found = queueing.listing(tx, limit=options.limit, now=utc_now())
            starts = starts_told(tx) if found else None
            order = figures_in_use(tx, settings.home) if found else None
            source = in_use(tx) if found else None
            by_lot = get_project(tx).published_round is None if found else False
            corrected = evidence.count_corrected(tx) if source and source.kind == "imported" else None
    fitted_on = int((order or {}).get("persons") or 0)
    items: list[dict[str, Any]] = [
        {
            "image": item.image.file_name,
            "split": item.image.split,
            "score": None if item.score is None else round(item.score, 4),
            "reasons": list(item.reasons),
            "blind": item.blind,
            "held_by": item.leased_by,
        }
        for item in found
    ]

    def plain() -> Iterator[str]:
        if not items:
            empty = "The queue is empty: every person of the pool is decided, or nothing was imported yet."
            yield f"{empty} {import_first(settings.home)}"
        for place, (item, shown) in enumerate(zip(found, as_shown(found, by_lot=by_lot), strict=True), start=1):
            score = "    -" if shown.score is None else f"{shown.score:.3f}"
            held = f"  (held by {item.leased_by})" if item.leased_by else ""
            yield f"{place:>3}  {score}  {item.image.file_name}  {'; '.join(shown.reasons)}{held}"
        if starts and starts.sources:
            yield starts.words
        if order:
            yield say_figures(order, corrected=corrected, is_sample=by_lot)
        if corrected is not None and are_more(corrected, fitted_on, least=LEAST_PERSONS):
            anew = "The worker orders anew within seconds." if worker.stand == "running" else "A worker orders anew:"
            since = f"It was made when {fitted_on} people were corrected; now there are {corrected}."
            yield f"{since} {anew} {worker.command or ''}".rstrip()

    described = starts.model_dump() if starts else None
    told = {"items": items, "starts": described, "order": order, "corrected": corrected}
    answer(told, as_json=options.json, plain=plain)
    return 0
