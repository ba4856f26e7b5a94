"""Pseudo-labels: what an imported model said of unlabelled persons, for networks to learn from (docs/adr/0036)."""

from dataclasses import replace

import numpy as np

from sspcm.manifest import Manifest, RoundPerson
from sspcm.pose import ABSENT, VISIBLE, Label


def pseudo_labelled(manifest: Manifest) -> tuple[RoundPerson, ...]:
    """The unlabelled persons whom a pseudo-label teaches a keypoint at least, each with it in the place of a label.

    Keypoints less confident than `train.pseudo_confidence` are absent, and those that the model does not place (a
    confidence of 0). Nobody where `train.pseudo_share` is 0.
    """
    train = manifest.config.train
    if not train.pseudo_share:
        return ()
    found = []
    for person in manifest.used_as("unlabelled"):
        if person.pseudo is not None:
            confidence = person.pseudo[:, 2]  # K
            teaches = (confidence >= train.pseudo_confidence) & (confidence > 0)
            if teaches.any():
                xyv = np.column_stack((person.pseudo[:, :2], np.where(teaches, VISIBLE, ABSENT)))
                found.append(replace(person, label=Label(xyv)))
    return tuple(found)
