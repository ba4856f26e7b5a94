"""Which starting weights a round may name, and where they lie.

Whoever launches from a page or over HTTP names what is built in, a file or folder of the home's `weights/`, a pose
model as `models/NAME`, or a round's networks as `rounds/0003`: nothing in an answer tells what else the server has.
Whoever has the command line may read files anyway, and gives any path.
"""

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from app.home.model_files import KeptModel, ModelFiles
from app.home.shared_files import shared_files
from sspcm.config import TIMM, ConfigError, ModelConfig, RoundConfig
from sspcm.members import MEMBERS
from sspcm.round_folder import GRAPH_FILE, MODEL_FILE, SECOND_GRAPH_FILE, SECOND_VITPOSE_FILE, VITPOSE_FILE

FOLDER = "weights"
STARTS = {f"{name}.safetensors" for name in MEMBERS} | {
    MODEL_FILE, GRAPH_FILE, SECOND_GRAPH_FILE, VITPOSE_FILE, SECOND_VITPOSE_FILE,
}  # fmt: skip
"""The files of a folder that networks start from."""
MODELS, ROUNDS = "models/", "rounds/"
FIELDS = ("weights", "weights_b", "weights_c")
BUILT_IN = ("random", "imagenet", "demo", "")


def require_named(config: RoundConfig, home: Path) -> None:
    """Raises ConfigError, in the same words whatever the server has there, unless all weights are named and known."""
    for field in FIELDS:
        name = getattr(config.model, field)
        if not _is_built_in(name) and _found(name, home) is None:
            there_are = ", ".join([*names_in(home), *models_in(home)]) or "none yet"
            raise ConfigError(
                f"model.{field} is {name[:80]!r}; wanted random, imagenet, demo, rounds/NUMBER, a pose model, or "
                f"a name in the home's folder {FOLDER}/ (there are: {there_are}). "
                "Name one of these, or have it put there."
            )


def names_in(home: Path) -> list[str]:
    """What the home's folder of weights holds; the folder is made, so that somebody can put some there."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    shared_files(home).renew_folder(FOLDER)
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def models_in(home: Path) -> list[str]:
    """The home's pose models, as they are named here."""
    return [model_name(model) for model in ModelFiles(home).newest_first()]


def model_name(model: KeptModel) -> str:
    """What a pose model is called here: by its name, or by its SHA-256 where that cannot be part of a path."""
    return f"{MODELS}{model.name}" if _is_plain(model.name) else f"{MODELS}{model.sha256}"


def round_name(number: int) -> str:
    """What a round's networks are called here."""
    return f"{ROUNDS}{number:04d}"


def given_on_the_command_line(config: RoundConfig, home: Path) -> RoundConfig:
    """The settings with paths made whole, since the worker runs elsewhere. Raises ConfigError where nothing lies."""
    found: dict[str, Any] = {}
    for field in FIELDS:
        name = getattr(config.model, field)
        if _is_built_in(name) or _found(name, home) is not None:
            continue
        path = Path(name).expanduser().resolve()
        if not path.exists():
            raise ConfigError(
                f"model.{field} is {name!r}, but {path} is no folder and no file; wanted random, imagenet, demo, a "
                "folder with A, B and C.safetensors, or a file of the backbone's published weights. Give such a path."
            )
        found[field] = str(path)
    return replace(config, model=replace(config.model, **found))


def located(model: ModelConfig, home: Path) -> ModelConfig:
    """The settings with the home's own names as paths, for the trainer, and what lies there on this machine."""
    names = {field: getattr(model, field) for field in FIELDS}
    paths: dict[str, Any] = {
        field: str(_found(name, home) or home / FOLDER / name)
        for field, name in names.items()
        if not _is_built_in(name) and not Path(name).is_absolute()
    }
    for path in map(Path, paths.values()):
        fetch_weights(home, path)
    return replace(model, **paths)


def fetch_weights(home: Path, path: Path) -> None:
    """Have what starts networks on this machine, where the home has a bucket that has it."""
    if path.is_relative_to(home):
        name = path.relative_to(home).as_posix()
        if name.startswith(ROUNDS):
            shared_files(home).renew_folder(name, but=lambda one: PurePosixPath(one).name not in STARTS)
        else:
            shared_files(home).renew_folder(name.partition("/")[0])


def _found(name: str, home: Path) -> Path | None:
    """Where what a page may name lies; None where it is nothing of the home's."""
    if not _is_plain(name):
        return None
    if name.startswith(MODELS):
        model = ModelFiles(home).find(name.removeprefix(MODELS))
        return model.trains_from if model else None
    if re.fullmatch(rf"{ROUNDS}\d{{4,9}}", name):
        there = {home / one for one in shared_files(home).names(name) if one.endswith(f"/{MODEL_FILE}")}
        attempts = there | set((home / name).glob(f"attempt-*/{MODEL_FILE}"))
        # the last one counts: whoever lost the round may still write into an earlier one
        return max((path.parent for path in attempts), key=lambda path: int(path.name.rpartition("-")[2]), default=None)
    shared_files(home).renew_folder(FOLDER)
    return home / FOLDER / name if (home / FOLDER / name).exists() else None


def _is_built_in(name: str) -> bool:
    return name in BUILT_IN or name.startswith(TIMM)


def _is_plain(name: str) -> bool:
    """Whether it leads nowhere but below the folder."""
    # no "..", no hidden part, no home or drive of somebody's
    return not set(name) & set("\\~:") and all(part and not part.startswith(".") for part in name.split("/"))
