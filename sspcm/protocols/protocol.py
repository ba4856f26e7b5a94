"""A protocol: where an experiment's persons come from and how long it trains, as a TOML file has it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any, Literal

from sspcm.config import RoundConfig, merge
from sspcm.plain import ConfigError, build, choose, limited, read_toml, require, require_limits, require_text

FOLDER = Path(__file__).resolve().parent
"""Holds the protocols that come with sspcm, one NAME.toml each."""
ANNOTATED = "annotated"
LONGEST_NOTES = 10_000
Form = Literal["coco", "wepdtof"]
Persons = Literal["with_keypoints", "all"]


@dataclass(frozen=True)
class Source:
    """Persons out of one annotations file; paths are relative to the data's root."""

    annotations: str
    images: str
    """The folder that the file's image names are relative to."""
    persons: Persons = "with_keypoints"
    """Whom an unlabelled source takes; the other uses take none without keypoints."""
    first_persons: int = limited(0, 0, 1_000_000_000)
    """Only so many, in the order of the file's images (method.md section 2); 0 takes all."""
    boxes: str = ANNOTATED
    """"annotated": the boxes of the file's persons; else a JSON list of detections, as COCO has results."""
    box_score: float = limited(0.0, 0.0, 1.0)
    """Detections below this are left out."""

    def __post_init__(self) -> None:
        require_limits(self)
        for name in ("annotations", "images", "boxes"):
            require_text(getattr(self, name), where=name)


@dataclass(frozen=True)
class Protocol:
    """One experiment. `round` are its settings; with `epochs`, the steps follow from the number of persons."""

    name: str
    notes: str
    """What it reproduces, and where it departs from that."""
    labelled: Source
    unlabelled: Source | None = None
    validation: Source | None = None
    skeleton: str = "coco-17"
    """A built-in skeleton, or a file under the data's root."""
    form: Form = "coco"
    """"wepdtof": the file's ids are list positions, its categories and areas are not to be believed, every annotation
    is one person (method.md section 9)."""
    unlabelled_keeps_labelled: bool = False
    """Whether labelled persons are unlabelled ones as well, as the released code has it (method.md section 2)."""
    epochs: int = limited(0, 0, 100_000)
    """Passes over the larger of the labelled and the unlabelled persons; 0: round.train.steps says how long."""
    round: RoundConfig = field(default_factory=RoundConfig)

    def __post_init__(self) -> None:
        require_limits(self)
        for name in ("name", "skeleton"):
            require_text(getattr(self, name), where=name)
        require(len(self.notes) <= LONGEST_NOTES, f"notes may have {LONGEST_NOTES:,} characters", len(self.notes))
        measured = (source for source in (self.labelled, self.validation) if source is not None)
        for source in measured:
            wanted = f"boxes must be '{ANNOTATED}' where persons need keypoints; detections only make unlabelled ones"
            require(source.boxes == ANNOTATED, wanted, repr(source.boxes))


def protocol_names() -> tuple[str, ...]:
    """The protocols that come with sspcm."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_protocol(name_or_file: str) -> Protocol:
    """A protocol that comes with sspcm by name, or one read from a .toml file. Raises ConfigError."""
    if name_or_file.endswith(".toml"):
        return _read(Path(name_or_file))
    return _read(FOLDER / f"{choose(name_or_file, protocol_names(), where='--protocol')}.toml")


def _read(path: Path) -> Protocol:
    try:
        data = read_toml(path.read_text(encoding="utf-8"))
        return build(Protocol, _with_whole_round(data), what="the protocol")
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"the protocol {path} cannot be used: {str(problem).rstrip('.')}. Wanted a protocol as docs/training.md "
            f"has it, or the name of one (there are: {', '.join(protocol_names())}); mend the file or the path."
        ) from error


def _with_whole_round(data: dict[str, Any]) -> dict[str, Any]:
    """The file's data with every setting of `round` filled in; in a file, epochs and their steps exclude each other."""
    settings = data.get("round", {})
    train = settings.get("train", {}) if isinstance(settings, dict) else {}
    told = [key for key in ("steps", "snapshot_every") if isinstance(train, dict) and key in train]
    if data.get("epochs") and told:
        raise ConfigError(f"found epochs and round.train.{told[0]}, which follows from them; wanted one. Take one out.")
    return {**data, "round": asdict(RoundConfig.from_dict(settings))}


FEWEST_APART = 500
"""An epoch of fewer steps would leave the snapshots all but equal to the teachers (method.md section 13)."""


def settings_for(protocol: Protocol, overrides: Mapping[str, Any], *, labelled: int, unlabelled: int) -> RoundConfig:
    """The settings of the protocol's training on so many persons; overrides go last. Raises ConfigError."""
    config = merge(protocol.round, overrides)
    if not protocol.epochs:
        return config
    epoch = steps_of_epoch(config, labelled=labelled, unlabelled=unlabelled)
    told = overrides.get("train", {})
    steps = config.train.steps if "steps" in told else protocol.epochs * epoch
    every = config.train.snapshot_every if "snapshot_every" in told else max(epoch, min(FEWEST_APART, steps))
    return replace(config, train=replace(config.train, steps=steps, snapshot_every=every))


def steps_of_epoch(config: RoundConfig, *, labelled: int, unlabelled: int) -> int:
    """Steps of one pass over the larger of both sets, the last batch filled up from the next pass; at least one."""
    train = config.train
    return max(1, ceil(labelled / train.labelled_batch), ceil(unlabelled / train.unlabelled_batch))
