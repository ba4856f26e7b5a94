"""Networks on disk: safetensors and JSON, written whole or not at all, never pickled."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from sspcm.config import ModelConfig
from sspcm.errors import CheckpointError as CheckpointError
from sspcm.members import LearnerName
from sspcm.method.trio import Trio
from sspcm.models.graphs import graphs_of, keep_graphs
from sspcm.networks import PoseNetwork
from sspcm.networks.finite import unusable
from sspcm.plain import build
from sspcm.round_folder import MODEL_FILE as MODEL_FILE
from sspcm.skeletons.skeleton import Skeleton, same_keypoints
from sspcm.whole_files import write_atomically

LARGEST_CARD = 1_000_000
"""Bytes of model.json; one of 1,000 long names has 30,000."""
MOST_KEYPOINTS = 1000
Name = TypeVar("Name", bound=str)


@dataclass(frozen=True)
class ModelCard:
    """What a folder of weights was made for: the keypoints in order, and the networks' settings."""

    skeleton: str
    keypoints: tuple[str, ...]
    model: ModelConfig


@dataclass(frozen=True)
class _Card:
    """model.json, as it is written."""

    skeleton: str
    keypoints: tuple[str, ...]
    model: ModelConfig


def save_networks(
    folder: Path,
    networks: Mapping[Name, PoseNetwork],
    *,
    skeleton: Skeleton,
    model: ModelConfig,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Write `NAME.safetensors` for each network, and what imported ones are built on, then model.json.

    Where that stands, the weights are complete.
    """
    graphs = graphs_of({str(name): network for name, network in networks.items()})
    if graphs is not None:
        keep_graphs(folder, graphs)
    for name, network in networks.items():
        write_atomically(folder / f"{name}.safetensors", save(_storable(network.state_dict(), dtype)))
    card = {
        "version": 1,
        "skeleton": skeleton.name,
        "keypoints": list(skeleton.keypoints),
        "model": {**asdict(model), "weights": "random", "weights_b": "", "weights_c": ""},
    }
    write_atomically(folder / MODEL_FILE, json.dumps(card, indent=1).encode())


def read_card(folder: Path) -> ModelCard:
    """The folder's model.json. Raises CheckpointError."""
    path = folder / MODEL_FILE
    try:
        if (size := path.stat().st_size) > LARGEST_CARD:
            raise ValueError(f"it has {size:,} bytes, more than {LARGEST_CARD:,}")
        data = json.loads(path.read_text())
        if not isinstance(data, dict) or data.get("version") != 1:
            found = f"version {data.get('version')!r}" if isinstance(data, dict) else f"a JSON {type(data).__name__}"
            raise ValueError(f"{found}, not version 1")
        card = build(_Card, {key: value for key, value in data.items() if key in _Card.__annotations__}, what=path.name)
        if not 0 < len(card.keypoints) <= MOST_KEYPOINTS:
            raise ValueError(f"it names {len(card.keypoints):,} keypoints, not 1 to {MOST_KEYPOINTS}")
        return ModelCard(skeleton=card.skeleton, keypoints=card.keypoints, model=card.model)
    except FileNotFoundError as error:
        there = "holds no model.json" if folder.is_dir() else "is no folder"
        raise CheckpointError(
            f"{folder} {there}; wanted a folder with networks and the {MODEL_FILE} that a training writes beside them. "
            "Give one that `sspcm train`, `sspcm export` or a round made, or a VitPose's with config.json as "
            "transformers saves it."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        problem = "it nests too deep" if isinstance(error, RecursionError) else error
        raise CheckpointError(
            f"{path} is unreadable ({problem}); wanted the file as a training wrote it. "
            "Restore it, or give another folder that `sspcm train`, `sspcm export` or a round made."
        ) from error


def load_starting_weights(
    folder: Path, trio: Trio, *, skeleton: Skeleton, model: ModelConfig
) -> frozenset[LearnerName]:
    """Fill A, B and C, and the snapshots with A and B; C starts as A where the folder holds no C (method.md section 1).

    Without a C of its own, a student of another backbone keeps its random weights. Gives the names of those that were
    filled. Raises CheckpointError.
    """
    filled: set[LearnerName] = {"A", "B"}
    _check_keypoints(folder, read_card(folder), skeleton)
    load_network(folder / "A.safetensors", trio.a)
    load_network(folder / "B.safetensors", trio.b)
    if trio.has_student and (folder / "C.safetensors").exists():
        load_network(folder / "C.safetensors", trio.c)
        filled.add("C")
    elif trio.has_student and model.student_backbone == model.backbone:
        load_network(folder / "A.safetensors", trio.c)
        filled.add("C")
    trio.refresh()
    return frozenset(filled)


def load_network(path: Path, network: nn.Module) -> None:
    """Fill the network from a safetensors file. Raises CheckpointError naming the first tensor that does not fit."""
    tensors, _ = read_tensors(path)
    fill(network, tensors, path)


def _storable(state: Mapping[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    # The networks are channels_last, and safetensors takes contiguous tensors alone.
    return {key: _as(tensor, dtype).cpu().contiguous() for key, tensor in state.items()}


def _as(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    # What batch norms counted (num_batches_tracked) stays a whole number.
    return tensor.detach().to(dtype) if tensor.is_floating_point() else tensor.detach()


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """A safetensors file's tensors and metadata. Raises CheckpointError."""
    try:
        with safe_open(path, framework="pt") as file:
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"cannot read the weights {path} ({error}); wanted a whole safetensors file. "
            "Restore the file, or start the training anew."
        ) from error


def fill(network: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Give the network these tensors, all or none. Raises CheckpointError naming the first one that does not fit, or
    that is not finite."""
    wanted = network.state_dict()
    for complaint in _misfits(wanted, tensors):
        raise CheckpointError(
            f"{path} does not fit these networks: {complaint}. Give weights of the same model.backbone, "
            f"model.student_backbone, model.deconv_channels and skeleton; {MODEL_FILE} beside them says whose they are."
        )
    for complaint in unusable(wanted, tensors):
        raise CheckpointError(
            f"{path} cannot be computed with: {complaint}; wanted finite weights. "
            "Give those of a training that ended well, or start at random."
        )
    network.load_state_dict(dict(tensors))


def _misfits(wanted: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> Iterator[str]:
    for key in wanted:
        if key not in found:
            yield f"found no tensor '{key}', wanted one of shape {list(wanted[key].shape)}"
        elif found[key].shape != wanted[key].shape:
            yield f"found '{key}' of shape {list(found[key].shape)}, wanted {list(wanted[key].shape)}"
    for key in found:
        if key not in wanted:
            yield f"found a tensor '{key}' that these networks do not have"


def _check_keypoints(folder: Path, card: ModelCard, skeleton: Skeleton) -> None:
    if same_keypoints(card.keypoints, skeleton.keypoints):
        return
    raise CheckpointError(
        f"the weights in {folder} are for skeleton '{card.skeleton}' with {len(card.keypoints)} keypoints; wanted "
        f"'{skeleton.name}' with {len(skeleton)}. Choose weights of this skeleton, or set model.weights = \"random\"."
    )
