"""Where the networks of a training start: at random, from published weights, or from an earlier training."""

from pathlib import Path

from sspcm.config import DEMO_WEIGHTS, IMPORTED, TIMM, ConfigError, ModelConfig, RoundConfig
from sspcm.members import LearnerName
from sspcm.method.trio import Trio, build_trio
from sspcm.models.checkpoint import load_starting_weights
from sspcm.models.graphs import ONNX, Graphs, import_graphs
from sspcm.models.vitpose_folder import is_vitpose
from sspcm.networks import SimpleBaseline, load_published
from sspcm.skeletons.skeleton import Skeleton
from sspcm.vitpose_file import SUFFIX as VITPOSE


def make_trio(
    config: RoundConfig, skeleton: Skeleton, *, folder: Path | None = None, graphs: Graphs | None = None
) -> Trio:
    """A training's networks before `start_networks` fills them; imported ones are as their model already.

    graphs: what imported ones are built on; without, it is read as `model.weights` says, or from `folder`. Raises
    BackboneError, CheckpointError.
    """
    build = None
    if config.model.backbone == IMPORTED:
        build = (graphs or import_graphs(config.model, folder)).builder(skeleton.keypoints)
    return build_trio(config.model, keypoints=len(skeleton), seed=config.seed, method=config.method, build=build)


def start_networks(
    trio: Trio, model: ModelConfig, skeleton: Skeleton, *, folder: Path | None = None
) -> frozenset[LearnerName]:
    """Fill the networks as `model.weights` says, or from `folder` where given; the snapshots follow A and B, and
    what is kept of the start follows C.

    Gives those that start as a whole model, heads and all: imported, or from an earlier training. Raises
    CheckpointError or ConfigError naming what does not fit.
    """
    folder, whole = folder or _folder(model), frozenset[LearnerName]()
    if folder is not None:
        whole = load_starting_weights(folder, trio, skeleton=skeleton, model=model)
    if model.backbone == IMPORTED:
        trio.begin()
        return frozenset(trio.networks())
    # A folder filled them all: over it goes only what B or C names for itself.
    sources = {
        "A": "" if folder else model.weights,
        "B": model.weights_b or ("" if folder else model.weights),
        "C": model.weights_c or ("" if folder else model.weights),
    }
    for name, network in trio.networks().items():
        backbone = model.student_backbone if name == "C" else model.backbone
        if sources[name] not in ("", "random") and isinstance(network, SimpleBaseline):
            load_published(network, backbone, _source(sources[name]))
            whole -= {name}
    trio.begin()
    return whole


def _source(weights: str) -> str | Path:
    return weights if weights == "imagenet" or weights.startswith(TIMM) else Path(weights)


def _folder(model: ModelConfig) -> Path | None:
    """The folder of an earlier training that `model.weights` names, if it does."""
    weights = model.weights
    if weights == "demo":
        return DEMO_WEIGHTS
    if weights in ("random", "imagenet") or weights.startswith(TIMM):
        return None
    path = Path(weights)
    if path.is_dir() and not is_vitpose(path):
        return path
    # A pose model's file may be gone by now: what was cut out of it, and is kept, has its weights.
    if path.exists() or (model.backbone == IMPORTED and path.suffix in (ONNX, VITPOSE)):
        return None
    raise ConfigError(
        f'model.weights is {weights!r}, which is no folder and no file; wanted "random", "imagenet", "demo", a '
        "folder with A.safetensors and B.safetensors, or a file of the backbone's weights. Correct the path."
    )
