"""Where a round's starting weights lie, and whether they are there."""

from pathlib import Path

from app.rounds.errors import LearningError
from sspcm.config import DEMO_WEIGHTS, TIMM, ModelConfig


def weights_folder(model: ModelConfig) -> Path | None:
    """The folder of the networks' starting weights; None where they start at random or from published weights."""
    if model.weights == "demo":
        return DEMO_WEIGHTS
    folder = Path(model.weights).expanduser().resolve()
    return None if _is_published(model.weights) or folder.is_file() else folder


def _is_published(weights: str) -> bool:
    return weights in ("random", "imagenet") or weights.startswith(TIMM)


def require_weights(model: ModelConfig, folder: Path | None) -> None:
    """Weights that were there when the round was launched may be gone when it begins."""
    if folder is not None and not folder.is_dir():
        raise LearningError(
            f"model.weights is '{model.weights}', which is no folder and no file any more; wanted a folder with A, B "
            "and C.safetensors, or a file of the backbone's published weights. Put it back, or launch with others."
        )
