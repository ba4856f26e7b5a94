"""Every setting of a round, frozen: what the networks are, how they learn, how the pool is ranked."""

import dataclasses
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import tomli_w

DEMO_WEIGHTS = Path(__file__).resolve().parents[1] / "static" / "demo" / "weights"
"""What model.weights = "demo" means; the checkout has it, the wheel does not."""


class ConfigError(ValueError):
    """A setting that does not exist or cannot be."""


def _require(holds: bool, wanted: str, found: object) -> None:
    if not holds:
        raise ConfigError(f"{wanted}; found {found}.")


Backbone = Literal["resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5"]
Orientation = Literal["radial", "image"]
Warp = Literal["correct", "legacy"]
Occlusion = Literal["correct", "legacy", "off"]


@dataclass(frozen=True)
class ModelConfig:
    """The networks. Teachers A and B share `backbone`; the student C may have its own."""

    backbone: Backbone = "resnet18"
    student_backbone: Backbone = "resnet18"
    deconv_channels: int = 256
    weights: str = "random"
    """"random" (A, B, C from three different seeds), "demo" (the starting weights in static/demo/weights), or a folder
    that holds A.safetensors and B.safetensors; C starts from its C.safetensors, else as A."""
    input_height: int = 256
    input_width: int = 192
    orientation: Orientation = "radial"
    """"radial": crops are turned so that "away from the lens centre" is up; "image": crops keep the image's up."""
    box_scale: float = 1.25
    """How much of its surroundings a crop shows: the person's extent times this (method.md section 2)."""

    def __post_init__(self) -> None:
        for name in ("input_height", "input_width"):
            size = getattr(self, name)
            fits = size > 0 and size % 32 == 0
            _require(fits, f"model.{name} must be a positive multiple of 32 (the backbone's stride)", size)
        _require(self.deconv_channels > 0, "model.deconv_channels must be positive", self.deconv_channels)
        _require(0 < self.box_scale < math.inf, "model.box_scale must be positive", self.box_scale)


@dataclass(frozen=True)
class ViewsConfig:
    """Easy and hard views (method.md sections 2 and 7). Angles in degrees; scales are factors."""

    easy_rotation_std: float = 30.0
    easy_rotation_p: float = 0.6
    hard_rotation_std: float = 30.0
    hard_rotation_p: float = 0.8
    rotation_limit: float = 60.0
    scale_std: float = 0.25
    scale_min: float = 0.75
    scale_max: float = 1.25
    flip_p: float = 0.5
    warp: Warp = "correct"
    """"correct": one rigid pixel matrix for image and heatmap; "legacy": the released code's normalised theta."""
    occlusion: Occlusion = "correct"
    """Cut-Occlude: "correct" covers its keypoint; "legacy" has the released code's transposed coordinates."""
    occlusion_patches: int = 2

    def __post_init__(self) -> None:
        for name in ("easy_rotation_p", "hard_rotation_p", "flip_p"):
            _require(0 <= getattr(self, name) <= 1, f"views.{name} is a chance, in [0, 1]", getattr(self, name))
        for name in ("easy_rotation_std", "hard_rotation_std", "rotation_limit", "scale_std", "occlusion_patches"):
            value = getattr(self, name)
            _require(0 <= value < math.inf, f"views.{name} must not be negative", value)
        scales = (self.scale_min, self.scale_max)
        _require(0 < scales[0] <= scales[1] < math.inf, "views.scale_min must lie in (0, views.scale_max]", scales)


@dataclass(frozen=True)
class TrainConfig:
    """One joint optimisation of A, B and C (method.md sections 3 to 8)."""

    steps: int = 4000
    labelled_batch: int = 32
    unlabelled_batch: int = 32
    learning_rate: float = 1e-3
    decay_at: tuple[float, ...] = (0.7, 0.9)
    """Fractions of the steps at which the learning rate falls to a tenth."""
    snapshot_every: int = 500
    """Steps between two refreshes of A-minus and B-minus; one such stretch is what the app calls an epoch."""
    heatmap_sigma: float = 2.0
    mask_peak: float = 0.1
    supervised_weight: float = 0.5
    unsupervised_weight: float = 1.0
    loader_threads: int = 2

    def __post_init__(self) -> None:
        for name in ("steps", "labelled_batch", "unlabelled_batch", "snapshot_every", "loader_threads"):
            _require(getattr(self, name) > 0, f"train.{name} must be positive", getattr(self, name))
        for name in ("learning_rate", "heatmap_sigma"):
            value = getattr(self, name)
            _require(0 < value < math.inf, f"train.{name} must be positive", value)
        for name in ("supervised_weight", "unsupervised_weight"):
            value = getattr(self, name)
            _require(0 <= value < math.inf, f"train.{name} must not be negative", value)
        _require(math.isfinite(self.mask_peak), "train.mask_peak must be finite", self.mask_peak)
        inside = all(0 < fraction <= 1 for fraction in self.decay_at)
        _require(inside, "train.decay_at holds fractions of the steps, in (0, 1]", self.decay_at)


@dataclass(frozen=True)
class RankingConfig:
    """From keypoints to persons to images (method.md section 12, U3)."""

    top_keypoints: int = 3
    """A person's score is the mean of their worst keypoints, this many."""
    flag_above: float = 0.3
    """A keypoint whose mutual-OKS inconsistency exceeds this is flagged to the annotator."""
    blind_share: float = 0.1
    """The part of the queue drawn at random, unknown to the annotator, so that the ranking can be judged."""

    def __post_init__(self) -> None:
        _require(self.top_keypoints > 0, "ranking.top_keypoints must be positive", self.top_keypoints)
        _require(0 <= self.blind_share < 1, "ranking.blind_share must lie in [0, 1)", self.blind_share)
        _require(0 <= self.flag_above <= 1, "ranking.flag_above must lie in [0, 1]", self.flag_above)


@dataclass(frozen=True)
class RoundConfig:
    """A round's settings, stored whole with it and never changed once it started."""

    seed: int = 0
    model: ModelConfig = field(default_factory=ModelConfig)
    views: ViewsConfig = field(default_factory=ViewsConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    ranking: RankingConfig = field(default_factory=RankingConfig)

    def __post_init__(self) -> None:
        _require(0 <= self.seed < 2**32, f"seed must be a whole number from 0 to {2**32 - 1}", self.seed)

    def to_toml(self) -> str:
        """Text that `from_toml` reads back to an equal config."""
        return tomli_w.dumps(dataclasses.asdict(self))

    @classmethod
    def from_toml(cls, text: str) -> "RoundConfig":
        """Read from TOML; keys left out keep their defaults. Raises ConfigError naming an unknown key's neighbour."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"the round's settings are not TOML: {error}.") from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "RoundConfig":
        """Read from plain nested data. Raises ConfigError."""
        built = _build(cls, data, where="")
        assert isinstance(built, cls)
        return built


def merge(config: RoundConfig, overrides: Mapping[str, Any]) -> RoundConfig:
    """The config with some settings changed, given as nested plain data. Raises ConfigError, as `from_dict` does."""
    return RoundConfig.from_dict(_merged(dataclasses.asdict(config), overrides))


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    nested = {
        key: _merged(below[key], value)
        for key, value in above.items()
        if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
    }
    return {**below, **above, **nested}


def _build(kind: type[Any], data: Any, *, where: str) -> Any:
    if not isinstance(data, dict):
        named = f"'{where.rstrip('.')}'" if where else "the round's settings"
        raise ConfigError(f"{named} must be a table of settings; found {data!r}.")
    hints = get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]
    for key in data:
        if key not in names:
            near = get_close_matches(key, names, n=1)
            hint = f"Did you mean '{where}{near[0]}'?" if near else f"There are: {', '.join(names)}."
            raise ConfigError(f"unknown setting '{where}{key}'. {hint}")
    return kind(**{key: _value(hints[key], value, where=f"{where}{key}") for key, value in data.items()})


def _value(wanted: Any, value: Any, *, where: str) -> Any:
    if dataclasses.is_dataclass(wanted):
        assert isinstance(wanted, type)
        return _build(wanted, value, where=f"{where}.")
    origin, options = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        if value not in options:
            near = get_close_matches(str(value), [str(o) for o in options], n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ConfigError(f"'{where}' must be one of {', '.join(map(repr, options))}; found {value!r}.{hint}")
        return value
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_value(options[0], v, where=where) for v in value)
    if origin is tuple:
        raise ConfigError(f"'{where}' must be a list of {options[0].__name__}; found {value!r}.")
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ConfigError(f"'{where}' must be {wanted.__name__}; found {value!r} ({type(value).__name__}).")
    return value


PRESETS: dict[str, RoundConfig] = {
    # Sized for two CPU cores: a round in minutes, with several snapshot refreshes.
    "demo": RoundConfig(
        model=ModelConfig(
            backbone="mobilenet_v3_small",
            student_backbone="mobilenet_v3_small",
            deconv_channels=64,
            weights="demo",
            input_height=96,
            input_width=96,
        ),
        # The crops stand upright and the starting weights saw mild turns: mild views, and a sixth of their rate.
        views=ViewsConfig(
            easy_rotation_std=15.0, easy_rotation_p=0.4, hard_rotation_std=15.0, scale_std=0.1, occlusion_patches=1
        ),
        train=TrainConfig(
            steps=200,
            labelled_batch=16,
            unlabelled_batch=16,
            snapshot_every=40,
            learning_rate=5e-4,
            decay_at=(0.6, 0.85),
        ),
    ),
    # Sized for one GPU; the paper's input, ResNet-18 networks.
    "standard": RoundConfig(),
}
"""Named starting points the lead page offers."""
