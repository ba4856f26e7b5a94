"""What a deletion takes away and what it leaves, in words: for a page and for the command line alike."""

from collections.abc import Iterator

from app.deletion.deleting import Goes
from db.pool.exports import Export

ROWS = {
    "persons": "persons",
    "labels": "label revisions",
    "predictions": "predictions",
    "person_scores": "scores",
    "decisions": "decisions",
    "ranking_entries": "places in rankings",
    "frozen_persons": "places in rounds' label sets",
    "leases": "holds",
}
"""What the tables are called, the first first; whatever else goes is told by its table's name."""
TOLD_EXPORTS = 5


def title(goes: Goes) -> str:
    """What is deleted, as a heading."""
    if goes.target.kind == "person":
        return f"person {goes.target.persons[0]} of image '{goes.target.names[0]}'"
    return f"image {goes.target.images[0]} '{goes.target.names[0]}'"


def what_goes(goes: Goes) -> Iterator[str]:
    """Sentences about what is taken away."""
    target = goes.target
    if target.kind == "image":
        if len(target.images) > 1:
            others = ", ".join(f"'{name}'" for name in target.names[1:6])
            yield f"{len(target.images)} images of the very same bytes go together: {others} as well."
        yield "Its file goes, with everything that was seen of it. All thumbs go and are cut anew when asked for."
    else:
        yield "The image stays, with everybody else in it."
    rows = dict(goes.rows)
    told = [f"{rows.pop(table)} {name}" for table, name in ROWS.items() if table in rows]
    told += [f"{count} rows of {table}" for table, count in sorted(rows.items()) if table not in ("images",)]
    if told:
        yield f"With it go {', '.join(told)}."
    if goes.held_by:
        yield f"{', '.join(goes.held_by)} may be at work on it: what was not saved yet is refused."


def what_holds_it(goes: Goes) -> Iterator[str]:
    """Sentences about where else it is, and what to do there."""
    if goes.rounds:
        named = ", ".join(f"{number} ({state})" for number, state in goes.rounds)
        yield (
            f"Rounds that learned from it or scored it: {named}. It is taken out of their manifests; one that failed "
            "or was cancelled then begins anew when it is gone on with. Networks and prediction files were made with "
            "it and stay: 'round delete', or pruning, takes those away."
        )
    else:
        yield "No round's folder holds it."
    if goes.simulations:
        named = ", ".join(f"simulations/{number:04d}" for number in goes.simulations)
        yield f"Simulations that hold it, whose folders may be deleted: {named}."
    if goes.exports_in_all:
        more = goes.exports_in_all - len(goes.exports[:TOLD_EXPORTS])
        named = "; ".join(map(_export, goes.exports[:TOLD_EXPORTS])) + (f"; and {more} before" if more else "")
        yield f"Exports of labels that held it, to be deleted where they were taken: {named}."
    else:
        yield "No recorded export of labels held it."


def what_stays() -> Iterator[str]:
    """Sentences about what no program of ours reaches."""
    yield (
        "Backups that were made before, copies of the store and a bucket's own versions still hold it, and browsers "
        "may have it in their caches. A digest of it stays, with when, who and why, so that the same file is refused; "
        "so does a line of the audit log."
    )


def _export(one: Export) -> str:
    return f"{one.at:%Y-%m-%d %H:%M} UTC by {one.actor} ({one.via}), file {one.sha256[:12]}…"
