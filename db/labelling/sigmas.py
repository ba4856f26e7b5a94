"""Sigmas that people labelled twice make: adopted for the project's keypoints, and taken back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from db.errors import InvalidDecision
from db.pool.project import get_project, project_row, set_skeleton

_KEPT = "adopted"
"""Under which the project keeps what was adopted."""


@dataclass(frozen=True)
class Adopted:
    """Sigmas in use, those before them, and who adopted them when."""

    sigmas: tuple[float, ...]
    before: tuple[float, ...]
    by: str
    at: str


def adopted(tx: Session) -> Adopted | None:
    """What is in use and can be taken back; None where nothing was adopted, or the skeleton was set since."""
    kept = (project_row(tx).agreement or {}).get(_KEPT)
    if kept is None:
        return None
    found = Adopted(tuple(kept["sigmas"]), tuple(kept["before"]), kept["by"], kept["at"])
    return found if found.sigmas == get_project(tx).skeleton.sigmas else None


def adopt(tx: Session, sigmas: Sequence[float], *, by: str, now: datetime) -> Adopted:
    """From the next round on these count. Adopted over others, those before the first stay the ones to go back to.

    Raises SkeletonError, and RoundActive while a round runs, which was begun with the sigmas as they are.
    """
    earlier, skeleton = adopted(tx), get_project(tx).skeleton
    found = Adopted(tuple(sigmas), earlier.before if earlier else skeleton.sigmas, by, now.isoformat())
    set_skeleton(tx, replace(skeleton, sigmas=found.sigmas))
    row = project_row(tx)
    row.agreement = {**(row.agreement or {}), _KEPT: asdict(found)}
    tx.flush()
    return found


def take_back(tx: Session) -> Adopted:
    """The sigmas of before count again; what was adopted. Raises InvalidDecision and RoundActive."""
    found = adopted(tx)
    if found is None:
        raise InvalidDecision("no fitted sigmas are in use; wanted some to take back. Nothing is to be done.")
    set_skeleton(tx, replace(get_project(tx).skeleton, sigmas=found.before))
    row = project_row(tx)
    row.agreement = {name: value for name, value in row.agreement.items() if name != _KEPT}
    tx.flush()
    return found
