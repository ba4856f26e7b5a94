"""What a round is asked to do: manifest.json, read and written as checked data (docs/architecture.md)."""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from sspcm.config import DEMO_WEIGHTS, ConfigError, RoundConfig
from sspcm.fisheye import LensCircle
from sspcm.pose import IMPORTED, Box, Label, PoseError, Prediction
from sspcm.skeletons.skeleton import Skeleton, SkeletonError

UP, DEMO = "../", "demo"
WEIGHTS = ("weights", "weights_b", "weights_c")
"""The settings of a model that may name a path."""
Use = Literal["labelled", "unlabelled", "validation"]
OTHERS = (
    "Everything is kept. Go on with the version of the program that began it, or begin another one with settings of "
    "today."
)
"""What to do about settings that another version wrote."""


class RoundError(ValueError):
    """A round folder that cannot be run."""


@dataclass(frozen=True, eq=False)
class RoundPerson:
    """One person as the manifest names them. label: of a labelled one always, of a validation one if there is one.

    pseudo: of an unlabelled one, what an imported model says of them where that is to teach: image px and confidence.
    """

    id: int
    image: Path
    box: Box
    lens: LensCircle | None
    area: float
    use: Use
    predict: bool
    label: Label | None
    pseudo: Float[np.ndarray, "K 3"] | None = None


@dataclass(frozen=True, eq=False)
class Manifest:
    """What a round is asked to do."""

    skeleton: Skeleton
    config: RoundConfig
    weights: Path | None
    persons: tuple[RoundPerson, ...]

    def used_as(self, use: Use) -> tuple[RoundPerson, ...]:
        """The persons of one use; a validation person is in no other."""
        return tuple(p for p in self.persons if p.use == use)

    def measured_by(self) -> tuple[RoundPerson, ...]:
        """The validation persons who are labelled; the others are predicted, to be measured by when they are."""
        return tuple(p for p in self.used_as("validation") if p.label is not None)


def read_manifest(path: Path) -> Manifest:
    """The manifest as checked data. Raises RoundError naming the part that is wrong."""
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise RoundError(f"cannot read {path} ({error}); wanted a round's manifest. Start the round anew.") from error
    try:
        if data["version"] != 1:
            raise ValueError(f"found version {data['version']!r}")
        skeleton = Skeleton.from_json(data["skeleton"])
        folder = path.parent.absolute() if data.get("movable") is True else None
        return Manifest(
            skeleton=skeleton,
            config=RoundConfig.from_dict(_with_whole_paths(data["config"], folder)),
            weights=_weights(data.get("weights"), folder),
            persons=tuple(_read_person(entry, skeleton, folder) for entry in data["persons"]),
        )
    except ConfigError as error:
        raise RoundError(f"the manifest {path} has other settings than this version knows: {error} {OTHERS}") from error
    except (KeyError, TypeError, ValueError, SkeletonError) as error:
        problem = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
        raise RoundError(
            f"the manifest {path} cannot be used: {problem}. Wanted version 1 as docs/architecture.md has it; "
            "start the round anew."
        ) from error


def _whole(written: str, folder: Path | None) -> str:
    """A path as it counts from here. folder: a movable manifest's, from which those lead that begin with ".."."""
    if folder is None:
        return written
    return os.path.normpath(folder / written) if written.startswith(UP) else written


def _weights(written: str | None, folder: Path | None) -> Path | None:
    """The demo's lie where this machine has the code."""
    if not written:
        return None
    return DEMO_WEIGHTS if folder is not None and written == DEMO else Path(_whole(written, folder))


def _with_whole_paths(config: dict[str, Any], folder: Path | None) -> dict[str, Any]:
    """The settings with `_whole` of the weights that they name."""
    model = config.get("model")
    if not isinstance(model, dict):
        return config
    named = {key: _whole(model[key], folder) for key in WEIGHTS if isinstance(model.get(key), str)}
    return {**config, "model": {**model, **named}}


def _read_person(entry: dict[str, Any], skeleton: Skeleton, folder: Path | None) -> RoundPerson:
    try:
        use, xyv = entry["use"], entry.get("xyv")
        if use not in ("labelled", "unlabelled", "validation"):
            raise PoseError(f"use must be labelled, unlabelled or validation; found {use!r}")
        if xyv is None and use == "labelled":
            raise PoseError("a labelled person needs xyv")
        label = Label(np.array(xyv, dtype=np.float64)) if xyv is not None else None
        if label is not None and len(label.xyv) != len(skeleton):
            raise PoseError(f"xyv has {len(label.xyv)} keypoints, the skeleton {len(skeleton)}")
        area = float(entry["area"])
        if not 0 < area < math.inf:
            raise PoseError(f"area must be a positive number of square pixels; found {area}")
        return RoundPerson(
            id=int(entry["id"]),
            image=Path(_whole(entry["image"], folder)),
            box=Box(*entry["box"]),
            lens=LensCircle(*entry["lens"]) if entry.get("lens") else None,
            area=area,
            use=use,
            predict=bool(entry.get("predict", True)),
            label=label,
            pseudo=_read_pseudo(entry, use, skeleton),
        )
    except (KeyError, TypeError, ValueError) as error:
        problem = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
        raise RoundError(f"person {entry.get('id', '?')}: {problem}") from error


def _read_pseudo(entry: dict[str, Any], use: Use, skeleton: Skeleton) -> Float[np.ndarray, "K 3"] | None:
    """Raises PoseError."""
    rows = entry.get("pseudo")
    if rows is None:
        return None
    if use != "unlabelled":
        raise PoseError(f"only an unlabelled person may have pseudo; found it on a {use} one")
    xyc = Prediction(np.array(rows, dtype=np.float64), IMPORTED).xyc
    if len(xyc) != len(skeleton):
        raise PoseError(f"pseudo has {len(xyc)} keypoints, the skeleton {len(skeleton)}")
    return xyc


def manifest_data(manifest: Manifest, *, folder: Path | None = None, within: Path | None = None) -> dict[str, Any]:
    """Plain JSON data that `read_manifest` reads back to an equal manifest.

    within: what lies below this folder is named as it is reached from `folder`, where the manifest will lie: so both
    may be moved together, or copied to another machine.
    """

    def written(path: Path | str) -> str:
        if folder is None or within is None:
            return str(path)
        if path == DEMO_WEIGHTS:
            return DEMO
        return os.path.relpath(path, folder) if Path(path).is_relative_to(within) else str(path)

    config = asdict(manifest.config)
    config["model"] |= {key: written(config["model"][key]) for key in WEIGHTS}
    return {
        "version": 1,
        **({} if within is None else {"movable": True}),
        "skeleton": manifest.skeleton.to_json(),
        "config": config,
        "weights": written(manifest.weights) if manifest.weights is not None else None,
        "persons": [_person_data(person, written(person.image)) for person in manifest.persons],
    }


def _person_data(person: RoundPerson, image: str) -> Mapping[str, Any]:
    box, lens = person.box, person.lens
    pseudo = {"pseudo": person.pseudo.tolist()} if person.pseudo is not None else {}
    return {
        "id": person.id,
        "image": image,
        "box": [box.x, box.y, box.width, box.height, box.angle],
        "lens": [lens.x, lens.y, lens.radius] if lens is not None else None,
        "area": person.area,
        "use": person.use,
        "predict": person.predict,
        "xyv": person.label.xyv.tolist() if person.label is not None else None,
        **pseudo,
    }
