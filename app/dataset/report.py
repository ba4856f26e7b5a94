"""What an import says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from app.dataset.placing import Source
from db.labelling.merging import Merged
from db.records import LensSource
from sspcm.formats.complaints import Complaints


class ImportFailed(ValueError):
    """Nothing could be imported, or no more; the message says why."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did; complaints name what was left out or looks wrong, and why.

    persons, labelled: of new images. merged: what the file brought to images that were here before.
    """

    images_new: int
    images_known: int
    persons: int
    labelled: int
    complaints: tuple[str, ...]
    seconds: float
    lenses: Mapping[LensSource, int]
    """How many of the cameras have their lens circle from where."""
    merged: Merged = Merged()  # noqa: RUF009 (frozen)


@dataclass
class Tally:
    """What an import has done so far."""

    complaints: Complaints
    new: int = 0
    known: int = 0
    persons: int = 0
    labelled: int = 0
    left_out: dict[str, list[tuple[Source, str]]] = field(default_factory=dict)
    """Images that could not be taken, and why, by what the reasons have in common."""
    merged: Merged = field(default_factory=Merged)
    cameras: set[str] = field(default_factory=set)
    grown: set[str] = field(default_factory=set)
    """Cameras that have new images."""


def as_json(report: ImportReport) -> Mapping[str, object]:
    """The report as plain data."""
    return {
        "images_new": report.images_new,
        "images_known": report.images_known,
        "persons": report.persons,
        "labelled": report.labelled,
        "complaints": list(report.complaints),
        "seconds": round(report.seconds, 2),
        **report.merged.counts,
        "lenses": {source: report.lenses.get(source, 0) for source in get_args(LensSource)},
    }
