"""Every setting of a round, frozen: what the networks are, how they learn, how the pool is ranked."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomli_w

from sspcm.plain import ConfigError as ConfigError
from sspcm.plain import build, choose, limited, merged, read_toml, recall, require, require_limits, require_text

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
IMPORTED = "imported"
"""The backbone that is a pose model's own: networks start as the model that `model.weights` names."""
TIMM = "timm:"
"""What stands before the name of a timm model: "timm:hrnet_w18_small_v2"."""
TIMM_NAME = re.compile(r"[A-Za-z0-9_]{1,80}(\.[A-Za-z0-9_]{1,80})?")
"""NAME or NAME.TAG: timm's other spellings would fetch what somebody put on a hub, or read a folder."""
Orientation = Literal["radial", "image"]
Variant = Literal["correct", "legacy"]
"""Where the released code has a mistake, "legacy" is what it does (method.md section 11)."""
Occlusion = Literal["correct", "legacy", "off"]
Precision = Literal["float32", "bfloat16"]
TeacherStatistics = Literal["updated", "frozen"]
Target = Literal["closest_pair", "mean"]
Loss = Literal["heatmap", "cross_entropy"]
Draws = Literal["shared", "own"]
Ships = Literal["A", "mean"]
Occluder = Literal["none", "cut_occlude", "joint_cutout", "joco", "jccm"]
Decoder = Literal["integer", "quarter", "parabola", "dark"]
"""How a place is read out of a heatmap (sspcm/networks/heatmaps.py)."""
NetworkName = Literal["A", "B", "C", "student"]
"""What a folder's networks may be called; an export has its student alone."""
MOST_DECAYS = 16
MOST_SEEN = 2_000_000_000
"""Persons in all steps of a training: ten times the longest published one, COCO's 400 epochs twice over."""
MOST_PIXELS = 200_000_000
"""Pixels of a step's crops, or of one of its parts: 4,000 persons of 256 x 192, over 100 GB of activations."""


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
    start_votes: bool = False
    """The student as it was when the training began, frozen, is one more member of the closest pair: of an imported
    model, that model itself."""

    def __post_init__(self) -> None:
        require(len(self.paths) <= 8, "method.paths lists at most 8 hard views a step", len(self.paths))
        compares = self.student and self.target == "closest_pair"
        wanted = 'method.start_votes wants a student (method.student) and method.target "closest_pair"'
        require(compares or not self.start_votes, wanted, self.start_votes)


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

    A backbone is one of BACKBONES, or "timm:" and the name of any timm model that gives features; or both are
    "imported": an imported pose model, whole, with its own heads.
    """

    backbone: str = "resnet18"
    student_backbone: str = "resnet18"
    deconv_channels: int = limited(256, 1, 2048)
    weights: str = "random"
    """"random" (A, B, C from three different seeds), "imagenet" (the backbone's published weights, heads at random),
    "demo" (the starting weights in static/demo/weights), a folder that holds A.safetensors and B.safetensors (C starts
    from its C.safetensors, else as A), or a file of published weights of the backbone. Of the backbone "imported": the
    pose model's ONNX file, or a folder that its training left."""
    weights_b: str = ""
    """Published weights for B's backbone alone, as in `weights`; "" takes the same. A and B ought to differ."""
    weights_c: str = ""
    channels: Variant = "correct"
    """"correct": a heatmap for each of the skeleton's keypoints; "legacy": 24, of which the rest is never supervised,
    counts in the loss's divisor and attracts Cut-Occlude's patches (method.md section 11, 13)."""
    pixels: Variant = "correct"
    """"correct": red, green, blue, normalised as such; "legacy": blue first, with red's mean (method.md section 2)."""
    input_height: int = limited(256, 32, 2048)
    input_width: int = limited(192, 32, 2048)
    orientation: Orientation = "radial"
    """"radial": crops are turned so that "away from the lens centre" is up; "image": crops keep the image's up."""
    box_scale: float = limited(1.25, 0.1, 10.0)
    """How much of its surroundings a crop shows: the person's extent times this (method.md section 2)."""

    def __post_init__(self) -> None:
        require_limits(self, where="model.")
        for name in ("backbone", "student_backbone"):
            value = getattr(self, name)
            if not value.startswith(TIMM):
                choose(value, (*BACKBONES, IMPORTED, f"{TIMM}NAME"), where=f"model.{name}")
        alike = (self.backbone == IMPORTED) == (self.student_backbone == IMPORTED)
        both = (self.backbone, self.student_backbone)
        require(alike, f'model.backbone and model.student_backbone are both "{IMPORTED}", or neither is', both)
        plain = self.backbone != IMPORTED or self.channels == self.pixels == "correct"
        require(plain, f'a backbone "{IMPORTED}" has model.channels and model.pixels "correct"', "legacy")
        for name in ("backbone", "student_backbone", "weights", "weights_b", "weights_c"):
            value = getattr(self, name)
            own_name = TIMM_NAME.fullmatch(value.removeprefix(TIMM)) is not None
            require(
                own_name or not value.startswith(TIMM),
                f"model.{name} must be {TIMM} and one of timm's own names",
                value,
            )
        for name in ("weights", "weights_b", "weights_c"):
            value = getattr(self, name)
            require_text(value, where=f"model.{name}")
        for name in ("input_height", "input_width"):
            size = getattr(self, name)
            require(size % 32 == 0, f"model.{name} must be a multiple of 32 (the backbone's stride)", size)


@dataclass(frozen=True)
class ViewsConfig:
    """Easy and hard views (method.md sections 2 and 7). Angles in degrees; scales are factors."""

    easy_rotation_std: float = limited(30.0, 0.0, 3600.0)
    easy_rotation_p: float = limited(0.6, 0.0, 1.0)
    hard_rotation_std: float = limited(30.0, 0.0, 3600.0)
    hard_rotation_p: float = limited(0.8, 0.0, 1.0)
    rotation_limit: float = limited(60.0, 0.0, 360.0)
    scale_std: float = limited(0.25, 0.0, 10.0)
    scale_min: float = limited(0.75, 0.01, 10.0)
    scale_max: float = limited(1.25, 0.01, 10.0)
    flip_p: float = limited(0.5, 0.0, 1.0)
    warp: Variant = "correct"
    """"correct": one rigid pixel matrix for image and heatmap; "legacy": the released code's normalised theta."""
    occlusion: Occlusion = "correct"
    """"correct": patches cover their keypoints; "legacy": the released code's Cut-Occlude swaps x and y, and its
    JointCutout never masks the lowest quarter; "off": no path occludes anything."""
    occlusion_patches: int = limited(2, 0, 100)
    """Patches of a batch mate that Cut-Occlude, or CutMix, pastes."""
    cutout_patches: int = limited(5, 0, 100)
    """Holes that JointCutout, or Cutout, leaves."""

    def __post_init__(self) -> None:
        require_limits(self, where="views.")
        scales = (self.scale_min, self.scale_max)
        require(scales[0] <= scales[1], "views.scale_min must not exceed views.scale_max", scales)


@dataclass(frozen=True)
class TrainConfig:
    """One joint optimisation of A, B and C (method.md sections 3 to 8)."""

    steps: int = limited(4000, 1, 10_000_000)
    labelled_batch: int = limited(32, 1, 4096)
    unlabelled_batch: int = limited(32, 1, 4096)
    learning_rate: float = limited(1e-3, 1e-15, 10.0)
    decay_at: tuple[float, ...] = limited((0.7, 0.9), 1e-9, 1.0)
    """Fractions of the steps at which the learning rate falls to a tenth."""
    snapshot_every: int = limited(500, 1, 10_000_000)
    """Steps between two refreshes of A-minus and B-minus; one such stretch is what the app calls an epoch."""
    heatmap_sigma: float = limited(2.0, 0.01, 100.0)
    mask_peak: float = limited(0.1, -100.0, 100.0)
    mask_apart: float = limited(0.0, 0.0, 1000.0)
    """Only keypoints about which A and B lie at most so many heatmap pixels apart teach anybody; 0: all of them."""
    teach_from: float = limited(0.0, 0.0, 1.0)
    """The share of the steps before which unlabelled persons teach nobody: what networks of one start say of them is
    at first what the start says."""
    supervised_weight: float = limited(0.5, 0.0, 1000.0)
    unsupervised_weight: float = limited(1.0, 0.0, 1000.0)
    loader_threads: int = limited(2, 1, 256)
    teacher_statistics: TeacherStatistics = "updated"
    """Whether the teachers' passes over easy views move their batch norms' running statistics (section 1)."""
    loss: Loss = "heatmap"
    """"heatmap": the mean squared error of heatmaps, method.md's. "cross_entropy": heatmaps are held to Gaussians as
    shares of 1, and what teaches is the teachers' peak, encoded anew (docs/adr/0020)."""
    draws: Draws = "shared"
    """Labelled persons of a step: "shared", one batch and one view for all networks; "own", each network has its own,
    in shuffled passes. Networks that start alike must have their own, or they stay alike."""
    held_out: float = limited(0.0, 0.0, 0.33)
    """The share of labelled persons that each network leaves out, with draws of its own others than the other networks;
    of few persons it is larger. They say how far the networks move from where they started (docs/adr/0020). 0: networks
    end where their training does."""
    anchor: float = limited(0.0, 0.0, 1.0)
    """The part of the way back to where they started that each step pulls networks that start as a whole model; less as
    the learning rate falls (docs/adr/0055). 0: none. 1: their weights stay as they started."""
    ships: Ships = "A"
    """What a method without a student ships as C: "A", or "mean", the mean of A's and B's weights. They must have
    started from the same model."""
    pseudo_share: float = limited(0.0, 0.0, 0.9)
    """The share of each labelled batch that is drawn from unlabelled persons with a pseudo-label: what an imported pose
    model says of them, where no round can begin from that model (docs/adr/0036). 0: none."""
    pseudo_confidence: float = limited(0.3, 0.0, 1.0)
    """Keypoints of a pseudo-label with a lower confidence teach nothing."""
    precision: Precision = "float32"
    """"bfloat16": the networks compute in mixed precision; weights, losses and targets stay float32."""
    compile: bool = False
    """Compile the networks with torch.compile: a slow first step, faster ones after."""
    accumulate: int = limited(1, 1, 4096)
    """A step's batches are computed in so many parts, their gradients summed: less memory, the same batch."""

    def __post_init__(self) -> None:
        require_limits(self, where="train.")
        most = f"train.decay_at holds at most {MOST_DECAYS} fractions of the steps"
        require(len(self.decay_at) <= MOST_DECAYS, most, self.decay_at)
        for name in ("labelled_batch", "unlabelled_batch"):
            batch = getattr(self, name)
            divides = batch % self.accumulate == 0
            require(divides, f"train.accumulate must divide train.{name} ({batch})", self.accumulate)
        wanted = (
            f"train.pseudo_share of train.labelled_batch ({self.labelled_batch}) must be 1 person at least, and leave "
            "1 at least; 0 turns it off"
        )
        mixes = 0 < self.pseudo_batch < self.labelled_batch
        require(mixes or not self.pseudo_share, wanted, self.pseudo_share)
        seen = self.steps * (self.labelled_batch + self.unlabelled_batch)
        wanted = f"train.steps times both batches must be at most {MOST_SEEN:,} persons (docs/training.md)"
        require(seen <= MOST_SEEN, wanted, seen)

    @property
    def pseudo_batch(self) -> int:
        """How many persons of a labelled batch have a pseudo-label."""
        return round(self.pseudo_share * self.labelled_batch)


@dataclass(frozen=True)
class RankingConfig:
    """From keypoints to persons to images (method.md section 12)."""

    top_keypoints: int = limited(1000, 1, 1000)
    """A person's score is the mean over their worst keypoints, this many: all of them unless a round says less."""
    flag_above: float = limited(0.2, 0.0, 1.0)
    """A keypoint that a label would move with a probability above this is flagged to the annotator."""
    smallest_px: int = limited(64, 0, 100_000)
    """A person whose box is shorter than this on its longer side, in image pixels, waits behind all others."""
    blind_share: float = limited(0.1, 0.0, 1.0)
    """The part of the queue drawn at random, unknown to the annotator, so that the ranking can be judged."""

    def __post_init__(self) -> None:
        require_limits(self, where="ranking.")
        require(self.blind_share < 1, "ranking.blind_share must be below 1", self.blind_share)


@dataclass(frozen=True)
class RoundConfig:
    """A round's settings, stored whole with it and never changed once it started."""

    seed: int = limited(0, 0, 2**32 - 1)
    method: MethodConfig = field(default_factory=MethodConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    views: ViewsConfig = field(default_factory=ViewsConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    ranking: RankingConfig = field(default_factory=RankingConfig)

    def __post_init__(self) -> None:
        require_limits(self)
        part = (self.train.labelled_batch + self.train.unlabelled_batch) // self.train.accumulate
        pixels = part * self.model.input_height * self.model.input_width
        alike = self.model.backbone == IMPORTED and not self.model.weights_b
        wanted = (
            f'train.ships "mean" wants A and B of one model (model.backbone "{IMPORTED}", no model.weights_b), else '
            'set train.ships to "A"'
        )
        require(alike or self.train.ships == "A", wanted, self.model.weights_b or self.model.backbone)
        wanted = f"a step's crops, both batches divided by train.accumulate, must have at most {MOST_PIXELS:,} pixels"
        require(pixels <= MOST_PIXELS, wanted, pixels)

    def to_toml(self) -> str:
        """Text that `from_toml` reads back to an equal config."""
        return tomli_w.dumps(dataclasses.asdict(self))

    @classmethod
    def from_toml(cls, text: str) -> "RoundConfig":
        """Read from TOML; keys left out keep their defaults. Raises ConfigError naming an unknown key's neighbour."""
        return cls.from_dict(read_toml(text))

    @classmethod
    def recalled(cls, text: str) -> "RoundConfig":
        """A past round's settings as `to_toml` wrote them, to be shown: they may be refused by today's limits."""
        return recall(cls, read_toml(text))

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
    # The home's pose model trained on: a strong start, so small steps, mild views, and no more than people say whom a
    # network left out (docs/adr/0020). Sized for two CPU cores and MoveNet Lightning.
    "imported": RoundConfig(
        method=METHODS["supervised"],
        model=ModelConfig(
            backbone=IMPORTED, student_backbone=IMPORTED, input_height=192, input_width=192, box_scale=1.15
        ),
        views=ViewsConfig(
            easy_rotation_std=15.0, easy_rotation_p=1.0, hard_rotation_std=15.0, scale_std=0.1, occlusion_patches=1
        ),
        train=TrainConfig(
            steps=200,
            labelled_batch=8,
            unlabelled_batch=8,
            snapshot_every=100,
            learning_rate=5e-5,
            decay_at=(0.75,),
            heatmap_sigma=1.5,
            loss="cross_entropy",
            draws="own",
            held_out=0.2,
            ships="mean",
        ),
    ),
    # Sized for one GPU; the paper's input, ResNet-18 networks.
    "standard": RoundConfig(),
}
"""Named starting points the lead page offers."""
