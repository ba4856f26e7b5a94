"""Every setting of a round, frozen: what the networks are, how they learn, how the pool is ranked."""

import dataclasses
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomli_w

from sspcm.plain import ConfigError as ConfigError
from sspcm.plain import build, choose, merged, require

DEMO_WEIGHTS = Path(__file__).resolve().parents[1] / "static" / "demo" / "weights"
"""What model.weights = "demo" means; the checkout has it, the wheel does not."""


BACKBONES = (
    "resnet18",
    "resnet50",
    "resnet101",
    "mobilenet_v3_small",
    "shufflenet_v2_x0_5",
    "efficientnet_lite0",
)
TIMM = "timm:"
"""What stands before the name of a timm model: "timm:hrnet_w18_small_v2"."""
Orientation = Literal["radial", "image"]
Variant = Literal["correct", "legacy"]
"""Where the released code has a mistake, "legacy" is what it does (method.md section 11)."""
Occlusion = Literal["correct", "legacy", "off"]
Precision = Literal["float32", "bfloat16"]
TeacherStatistics = Literal["updated", "frozen"]
Target = Literal["closest_pair", "mean"]
Occluder = Literal["none", "cut_occlude", "joint_cutout", "joco", "jccm"]


@dataclass(frozen=True)
class MethodConfig:
    """Who learns from whom, through which hard views (method.md sections 4 to 7). The defaults are SSPCM's."""

    paths: tuple[Occluder, ...] = ("cut_occlude",)
    """The hard views of an unlabelled person in one step, each with weight 1: what occludes the easy view before the
    turn that all paths share. None at all: A and B learn from labels alone."""
    student: bool = True
    """A third network C learns as well and is what a training ships; without it, that is A."""
    target: Target = "closest_pair"
    """What C learns from unlabelled persons: the mean of the pair of teachers, now or at the last snapshot, that agrees
    best; or the plain mean of A and B."""
    mask: bool = True
    """Only keypoints whose teachers' mean peak exceeds train.mask_peak teach anybody."""

    def __post_init__(self) -> None:
        require(len(self.paths) <= 8, "method.paths lists at most 8 hard views a step", len(self.paths))


METHODS: dict[str, MethodConfig] = {
    "supervised": MethodConfig(paths=(), student=False, target="mean", mask=False),
    "dualpose": MethodConfig(paths=("joint_cutout",), student=False, target="mean", mask=False),
    "sspcm": MethodConfig(),
    "multiaugs": MethodConfig(paths=("joco", "jccm"), student=False, target="mean", mask=False),
}
"""The published methods; in a file, `method = "dualpose"` stands for the whole table."""


@dataclass(frozen=True)
class ModelConfig:
    """The networks. Teachers A and B share `backbone`; the student C may have its own.

    A backbone is one of BACKBONES, or "timm:" and the name of any timm model that gives features.
    """

    backbone: str = "resnet18"
    student_backbone: str = "resnet18"
    deconv_channels: int = 256
    weights: str = "random"
    """"random" (A, B, C from three different seeds), "imagenet" (the backbone's published weights, heads at random),
    "demo" (the starting weights in static/demo/weights), a folder that holds A.safetensors and B.safetensors (C starts
    from its C.safetensors, else as A), or a file of published weights of the backbone."""
    weights_b: str = ""
    """Published weights for B's backbone alone, as in `weights`; "" takes the same. A and B ought to differ."""
    weights_c: str = ""
    channels: Variant = "correct"
    """"correct": a heatmap for each of the skeleton's keypoints; "legacy": 24, of which the rest is never supervised,
    counts in the loss's divisor and attracts Cut-Occlude's patches (method.md section 11, 13)."""
    pixels: Variant = "correct"
    """"correct": red, green, blue, normalised as such; "legacy": blue first, with red's mean (method.md section 2)."""
    input_height: int = 256
    input_width: int = 192
    orientation: Orientation = "radial"
    """"radial": crops are turned so that "away from the lens centre" is up; "image": crops keep the image's up."""
    box_scale: float = 1.25
    """How much of its surroundings a crop shows: the person's extent times this (method.md section 2)."""

    def __post_init__(self) -> None:
        for name in ("backbone", "student_backbone"):
            value = getattr(self, name)
            if not value.startswith(TIMM):
                choose(value, (*BACKBONES, f"{TIMM}NAME"), where=f"model.{name}")
        for name in ("input_height", "input_width"):
            size = getattr(self, name)
            fits = size > 0 and size % 32 == 0
            require(fits, f"model.{name} must be a positive multiple of 32 (the backbone's stride)", size)
        require(self.deconv_channels > 0, "model.deconv_channels must be positive", self.deconv_channels)
        require(0 < self.box_scale < math.inf, "model.box_scale must be positive", self.box_scale)


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
    warp: Variant = "correct"
    """"correct": one rigid pixel matrix for image and heatmap; "legacy": the released code's normalised theta."""
    occlusion: Occlusion = "correct"
    """"correct": patches cover their keypoints; "legacy": the released code's Cut-Occlude swaps x and y, and its
    JointCutout never masks the lowest quarter; "off": no path occludes anything."""
    occlusion_patches: int = 2
    """Patches of a batch mate that Cut-Occlude, or CutMix, pastes."""
    cutout_patches: int = 5
    """Holes that JointCutout, or Cutout, leaves."""

    def __post_init__(self) -> None:
        for name in ("easy_rotation_p", "hard_rotation_p", "flip_p"):
            require(0 <= getattr(self, name) <= 1, f"views.{name} is a chance, in [0, 1]", getattr(self, name))
        stds = ("easy_rotation_std", "hard_rotation_std", "rotation_limit", "scale_std")
        for name in (*stds, "occlusion_patches", "cutout_patches"):
            value = getattr(self, name)
            require(0 <= value < math.inf, f"views.{name} must not be negative", value)
        scales = (self.scale_min, self.scale_max)
        require(0 < scales[0] <= scales[1] < math.inf, "views.scale_min must lie in (0, views.scale_max]", scales)


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
    teacher_statistics: TeacherStatistics = "updated"
    """Whether the teachers' passes over easy views move their batch norms' running statistics (section 1)."""
    precision: Precision = "float32"
    """"bfloat16": the networks compute in mixed precision; weights, losses and targets stay float32."""
    compile: bool = False
    """Compile the networks with torch.compile: a slow first step, faster ones after."""
    accumulate: int = 1
    """A step's batches are computed in so many parts, their gradients summed: less memory, the same batch."""

    def __post_init__(self) -> None:
        counts = ("steps", "labelled_batch", "unlabelled_batch", "snapshot_every", "loader_threads", "accumulate")
        for name in counts:
            require(getattr(self, name) > 0, f"train.{name} must be positive", getattr(self, name))
        for name in ("learning_rate", "heatmap_sigma"):
            value = getattr(self, name)
            require(0 < value < math.inf, f"train.{name} must be positive", value)
        for name in ("supervised_weight", "unsupervised_weight"):
            value = getattr(self, name)
            require(0 <= value < math.inf, f"train.{name} must not be negative", value)
        require(math.isfinite(self.mask_peak), "train.mask_peak must be finite", self.mask_peak)
        for name in ("labelled_batch", "unlabelled_batch"):
            batch = getattr(self, name)
            divides = batch % self.accumulate == 0
            require(divides, f"train.accumulate must divide train.{name} ({batch})", self.accumulate)
        inside = all(0 < fraction <= 1 for fraction in self.decay_at)
        require(inside, "train.decay_at holds fractions of the steps, in (0, 1]", self.decay_at)


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
        require(self.top_keypoints > 0, "ranking.top_keypoints must be positive", self.top_keypoints)
        require(0 <= self.blind_share < 1, "ranking.blind_share must lie in [0, 1)", self.blind_share)
        require(0 <= self.flag_above <= 1, "ranking.flag_above must lie in [0, 1]", self.flag_above)


@dataclass(frozen=True)
class RoundConfig:
    """A round's settings, stored whole with it and never changed once it started."""

    seed: int = 0
    method: MethodConfig = field(default_factory=MethodConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    views: ViewsConfig = field(default_factory=ViewsConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    ranking: RankingConfig = field(default_factory=RankingConfig)

    def __post_init__(self) -> None:
        require(0 <= self.seed < 2**32, f"seed must be a whole number from 0 to {2**32 - 1}", self.seed)

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
        """Read from plain nested data; `method` may be a name out of METHODS. Raises ConfigError."""
        method = data.get("method") if isinstance(data, dict) else None
        if isinstance(method, str):
            data = {**data, "method": dataclasses.asdict(METHODS[choose(method, METHODS, where="method")])}
        return build(cls, data, what="the round's settings")


def merge(config: RoundConfig, overrides: Mapping[str, Any]) -> RoundConfig:
    """The config with some settings changed, given as nested plain data. Raises ConfigError, as `from_dict` does."""
    return RoundConfig.from_dict(merged(dataclasses.asdict(config), overrides))


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
