"""How well the order tells wrong keypoints from right ones, on the project's own corrections: a small file for leads.

The folder is the home before any round, a round's own afterwards.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.home.shared_files import shared_files
from db.pool import project
from db.rounds import evidence, rounds
from sspcm.ranking.corrections import LEAST_PERSONS, Measured
from sspcm.whole_files import write_atomically

FILE = "order.json"


def note_figures(folder: Path, measured: Measured) -> None:
    """Keep the figures, and a home's for its other machines. Raises OSError, BucketAway."""
    write_atomically(folder / FILE, json.dumps(measured.to_json(), allow_nan=False).encode())
    shared_files(folder).put(FILE)


def read_figures(home: Path, directory: str | None = None) -> dict[str, Any] | None:
    """The figures as plain data; None where nothing was written, or it cannot be read. directory: a round's."""
    try:
        found = json.loads(shared_files(home).read(FILE if directory is None else f"{directory}/{FILE}"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def figures_in_use(tx: Session, home: Path) -> dict[str, Any] | None:
    """Those of the order that annotators get: the published round's where they begin from its student."""
    described = project.get_project(tx)
    from_student = described.starts.source == "student" or evidence.imported_network(tx) is None
    if from_student and described.published_round is not None:
        directory = rounds.get(tx, described.published_round).directory
        return None if directory is None else read_figures(home, directory)
    return read_figures(home)


def say_figures(found: dict[str, Any] | None, *, corrected: int | None = None, is_sample: bool = False) -> str:
    """What the order goes by and how good that is, in a sentence or two.

    corrected: how many people are by now. is_sample: images come as a fair sample, and this orders within an image.
    """
    ordered = "A fair sample until a first round is published. Within an image ordered" if is_sample else "Ordered"
    if not found:
        return f"{ordered} by inconsistency and confidence; no corrections were looked at yet."
    persons, fitted, confidence = found.get("persons", 0), found.get("auroc_fitted"), found.get("auroc_confidence")
    if fitted is None or confidence is None:
        so_far = persons if corrected is None else corrected
        until = f"from {LEAST_PERSONS} corrected people on ({so_far} so far), by what they teach"
        return f"{ordered} by inconsistency and confidence; {until}."
    if found.get("fitted_is_used"):
        by, best = f"what the corrections of {persons} people teach", fitted
    else:
        checked = f"checked on the corrections of {persons} people"
        by, best = f"inconsistency and confidence, {checked}", found.get("auroc_rank_sum")
    return f"{ordered} by {by}: wrong keypoints are told with AUROC {best:.2f} ({confidence:.2f} by confidence alone)."
