"""Several networks' predictions of one COCO file, read for `rank` and `evaluate --ranking`. NumPy alone."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from sspcm.evaluation.prediction_files import Compared, EvaluationError, compare, read_predictions
from sspcm.evaluation.rank_scores import middle
from sspcm.formats.annotated import read_annotated
from sspcm.skeletons.skeleton import get_skeleton

_START = " start"


def read_members(
    annotations: Path, files: Sequence[Path], start: Path | None, *, skeleton: str | None
) -> tuple[Compared, Float[np.ndarray, "P K 3"]]:
    """The members, named as their files are, and the poses that annotators start from: `start`'s, else the middle
    answers. Raises EvaluationError."""
    names = [path.stem for path in files]
    if len(files) < 2 or len(set(names)) < len(names):
        found = f"{len(files)} files named {', '.join(names)}"
        raise EvaluationError(
            f"found {found}; wanted COCO results of at least two members, each in a file of its own name. "
            "Give A.json B.json, or one file for each copy."
        )
    coco = read_annotated(annotations, get_skeleton(skeleton) if skeleton else None)
    results = {name: read_predictions(path) for name, path in zip(names, files, strict=True)}
    if start is None:
        compared = compare(coco, results)
        return compared, middle(compared)
    compared = compare(coco, results | {_START: read_predictions(start)})
    poses = compared.members[_START]
    return compared.with_members({name: compared.members[name] for name in names}), poses
