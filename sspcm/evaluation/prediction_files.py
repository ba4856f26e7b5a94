"""Files of predictions (COCO results), and several networks' side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.formats.coco.reading import CocoError, CocoFile, read_json
from sspcm.formats.plain_values import numbers
from sspcm.skeletons.skeleton import Skeleton


class EvaluationError(ValueError):
    """Predictions that cannot be held against the annotations."""


@dataclass(frozen=True, eq=False)
class Compared:
    """P persons of a file that every member predicts: their boxes' size, their labels, the members' answers.

    members: by name, image pixels and confidence. truth: x, y, v; zeros for a person without a label.
    """

    skeleton: Skeleton
    annotations: Int[np.ndarray, "P"]
    images: Int[np.ndarray, "P"]
    file_names: tuple[str, ...]
    area: Float[np.ndarray, "P"]
    truth: Float[np.ndarray, "P K 3"]
    members: Mapping[str, Float[np.ndarray, "P K 3"]]

    @property
    def is_labelled(self) -> Bool[np.ndarray, "P"]:
        """Who has at least one placed keypoint."""
        return np.asarray((self.truth[..., 2] > 0).any(1))

    def of(self, rows: Bool[np.ndarray, "P"]) -> "Compared":
        """Some of the persons."""
        return replace(
            self,
            annotations=self.annotations[rows],
            images=self.images[rows],
            file_names=tuple(name for name, kept in zip(self.file_names, rows, strict=True) if kept),
            area=self.area[rows],
            truth=self.truth[rows],
            members={name: poses[rows] for name, poses in self.members.items()},
        )

    def with_members(self, members: Mapping[str, Float[np.ndarray, "P K 3"]]) -> "Compared":
        """The same persons, others comparing them."""
        return replace(self, members=members)


def read_predictions(path: Path) -> list[dict[str, Any]]:
    """A file of COCO results. Raises EvaluationError."""
    try:
        data = read_json(path)
    except CocoError as error:
        raise EvaluationError(
            f"cannot read the predictions: {error} Wanted a JSON list of COCO results, as `sspcm predict` writes it."
        ) from error
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        found = "a list of other things than objects" if isinstance(data, list) else f"a JSON {type(data).__name__}"
        raise EvaluationError(
            f"{path.name} holds {found}; wanted a list of COCO results, an object for each "
            "person. Give a file that `sspcm predict` wrote."
        )
    return data


def compare(coco: CocoFile, members: Mapping[str, Sequence[Mapping[str, Any]]]) -> Compared:
    """The members' predictions by whose box they were made in. Raises EvaluationError where none predicts the same.

    A prediction without an annotation id is that of its image's one person; those of nobody are left out.
    """
    own = {entry.id: entry for entry in coco.persons}
    found = {name: by_person(coco, results, name) for name, results in members.items()}
    ids = sorted(set(own).intersection(*(set(poses) for poses in found.values())))
    if not ids:
        counts = ", ".join(f"{name} {len(poses)}" for name, poses in found.items())
        raise EvaluationError(
            f"no person of {len(own)} is predicted by every file (persons by file: {counts}); wanted predictions of "
            "the same annotations. Predict them all with this file."
        )
    names = {image.id: image.file_name for image in coco.images}
    persons = [own[i] for i in ids]
    nothing = np.zeros((len(coco.skeleton), 3))
    return Compared(
        skeleton=coco.skeleton,
        annotations=np.array(ids),
        images=np.array([entry.image_id for entry in persons]),
        file_names=tuple(names[entry.image_id] for entry in persons),
        area=np.array([entry.person.oks_area for entry in persons]),
        truth=np.stack([nothing if entry.person.label is None else entry.person.label.xyv for entry in persons]),
        members={name: np.stack([poses[i] for i in ids]) for name, poses in found.items()},
    )


def by_person(coco: CocoFile, results: Sequence[Mapping[str, Any]], name: str) -> dict[int, Float[np.ndarray, "K 3"]]:
    """One member's answers by whose box they were made in, as `compare` tells it. Raises EvaluationError."""
    keypoints, alone = len(coco.skeleton), dict[int, list[int]]()
    for entry in coco.persons:
        alone.setdefault(entry.image_id, []).append(entry.id)
    found: dict[int, Float[np.ndarray, "K 3"]] = {}
    for one in results:
        own = alone.get(one.get("image_id", -1), ())
        person = one.get("annotation_id", own[0] if len(own) == 1 else None)
        values = one.get("keypoints")
        if person is None:
            continue
        if not isinstance(values, list) or len(values) != 3 * keypoints or numbers(values) is None:
            raise EvaluationError(
                f"{name} predicts annotation {person} with other than {3 * keypoints} finite keypoint numbers; wanted "
                "x, y and confidence of each. Give predictions of the file's skeleton."
            )
        found[person] = np.array(values, dtype=np.float64).reshape(-1, 3)
    return found
