"""A round as one line of a table: what it learned from, how good it is, how long it took."""

from typing import Any

from db.records import RoundRecord

HEADS = ("round", "state", "labels", "AP of C", "mean OKS of C", "on", "took", "launched by")


def row_of(record: RoundRecord, labels: int | None) -> tuple[str, ...]:
    """A cell for each of `HEADS`. labels: how many it learns from; None before they froze."""
    measured_on = record.metrics.get("validation")
    return (
        str(record.number),
        record.state if record.state != "running" else f"running: {record.stage}",
        "-" if labels is None else str(labels),
        _change(record.metrics, "AP"),
        _change(record.metrics, "mean_oks"),
        "-" if not measured_on else f"{measured_on} {'person' if measured_on == 1 else 'people'}",
        _took(record),
        record.launched_by,
    )


def _change(metrics: dict[str, Any], figure: str) -> str:
    """As in ".285 > .455"; "-" where nothing was measured."""
    before, after = ((metrics.get(when, {}).get("C") or {}).get(figure) for when in ("ap_before", "ap"))
    if after is None:
        return "-"
    return f"{after:.3f}" if before is None else f"{before:.3f} > {after:.3f}"


def _took(record: RoundRecord) -> str:
    if record.started_at is None or record.finished_at is None:
        return "-"
    seconds = (record.finished_at - record.started_at).total_seconds()
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
