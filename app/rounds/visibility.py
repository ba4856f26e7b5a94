"""What the home's labels teach of visible, hidden and absent keypoints, for each network that annotators begin from."""

from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.rounds.evidence import MOST_PERSONS, Source, predictions_of
from db.records import StartsFrom
from db.rounds import evidence
from sspcm.evaluation.visibility import fit_visibility


def taught_visibility(tx: Session, *sources: Source | None) -> dict[StartsFrom, dict[str, Any]]:
    """By network, as plain data; one of which the labels say too little, or nothing surely better, is not in it."""
    everybody = [
        person
        for split in ("validation", "train")
        for person in evidence.labelled(tx, split, most=MOST_PERSONS, and_imported=True)
    ]
    found: dict[StartsFrom, dict[str, Any]] = {}
    for source in sources:
        if source is None:
            continue
        predicted, learned = predictions_of(tx, source, [person.id for person in everybody])
        labelled = [(p, p.label) for p in everybody if p.label and p.id in predicted and p.id not in learned]
        if not labelled:
            continue
        fitted = fit_visibility(
            np.stack([predicted[person.id].prediction.confidence for person, _ in labelled]),
            np.stack([label.visibility for _, label in labelled]).astype(np.int64),
            np.array([person.image_id for person, _ in labelled]),
        )
        if fitted is not None:
            found[source.kind] = fitted.to_json()
    return found
