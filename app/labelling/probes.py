"""Starts as probes show them: with one keypoint put wrong, or not at all. Nothing else tells them from others.

What networks say of the keypoint is moved together, in every start and every ghost, so that none of them shows where it
belongs, and they disagree as much as they did.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.contract.labelling import PersonPayload, StartPayload
from app.labelling.starts import empty_start
from db.labelling.probes import Probing, Served
from db.records import ImageRecord, PersonRecord
from sspcm.evaluation.probes import Wrong, choose_wrong, shifted
from sspcm.skeletons.skeleton import Skeleton


@dataclass(frozen=True)
class Shown:
    """A person as they are shown, and what of it is to be noted before that."""

    person: PersonPayload
    served: Served


def show(
    person: PersonRecord, offered: PersonPayload, image: ImageRecord, probing: Probing | None, skeleton: Skeleton
) -> Shown | None:
    """The person with their probe; None where they get none, and are shown as they are.

    offered: what they would be without it; only somebody open, in the pool, who never had a label, gets a probe.
    """
    flagged = [flag.keypoint for flag in offered.flags]
    drawn = probe_of(person, offered.start, image, probing, skeleton, flagged=flagged)
    if drawn is None:
        return None
    if drawn == "empty":
        return Shown(_without_start(offered, len(skeleton)), Served(person.id, None))
    said = [start.xyv for start in offered.starts] + list(offered.ghosts.values())
    update = {
        "start": _moved(offered.start, drawn),
        "starts": [_moved(start, drawn) for start in offered.starts],
        "ghosts": {name: shifted(rows, drawn) for name, rows in offered.ghosts.items()},
    }
    return Shown(offered.model_copy(update=update), Served(person.id, drawn, _places(said, drawn.keypoint)))


def probe_of(
    person: PersonRecord,
    start: StartPayload,
    image: ImageRecord,
    probing: Probing | None,
    skeleton: Skeleton,
    *,
    flagged: Collection[int],
) -> Wrong | Literal["empty"] | None:
    """Which keypoint of this start is put wrong, and how; "empty": it is not shown; None: it is as it is.

    flagged: the keypoints that a flag points at; looking there tells nothing.
    """
    if probing is None or image.split != "train" or person.state != "open" or start.source not in ("student", "model"):
        return None
    drawn = probing.draws(person.id)
    if drawn is None or drawn == "empty":
        return drawn
    return choose_wrong(
        np.array(start.xyv),
        box=person.box,
        size=(image.width, image.height),
        area=person.oks_area,
        skeleton=skeleton,
        generator=np.random.default_rng(probing.seed(person.id)),
        but=frozenset(flagged),
    )


def shown_start(start: StartPayload, drawn: Wrong | Literal["empty"] | None) -> StartPayload | None:
    """The start as the editor shows it; None where it shows none."""
    if drawn == "empty":
        return None
    return _moved(start, drawn) if isinstance(drawn, Wrong) else start


def _without_start(offered: PersonPayload, keypoints: int) -> PersonPayload:
    """As somebody comes whom no network saw."""
    nothing = {"start": empty_start(keypoints), "starts": [], "ghosts": {}, "flags": [], "score": None}
    return offered.model_copy(update={**nothing, "keypoint_scores": None})


def _moved(start: StartPayload, wrong: Wrong) -> StartPayload:
    return start.model_copy(update={"xyv": shifted(start.xyv, wrong)})


def _places(said: Sequence[list[list[float]]], keypoint: int) -> tuple[tuple[float, float], ...]:
    """Where each of them puts the keypoint, each place once."""
    found = [(rows[keypoint][0], rows[keypoint][1]) for rows in said]
    return tuple(dict.fromkeys(place for place in found if place != (0.0, 0.0)))
