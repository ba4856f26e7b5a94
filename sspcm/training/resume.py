"""Everything a training needs to go on, in one file: written whole, checked whole before any of it is put back."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from sspcm.method.trio import Trio
from sspcm.models.checkpoint import CheckpointError, fill, read_tensors
from sspcm.networks import PoseNetwork
from sspcm.whole_files import write_atomically

_OLDER = " in "
"""Earlier versions wrote behind it in how many processes a training ran."""
_SNAPSHOTS = ("A_prev.", "B_prev.")


def save_training(
    path: Path, trio: Trio, optimiser: torch.optim.Optimizer, *, step: int, log: Mapping[str, Any], identity: str
) -> None:
    """Write the networks, the snapshots, the optimiser, the step, and what was logged so far.

    Chance needs no state: it follows from the seed and the step (sampling.py). identity: names the training; only the
    same one goes on from this file.
    """
    tensors = {
        f"{name}.{key}": tensor
        for name, network in _stored(trio).items()
        for key, tensor in network.state_dict().items()
    }
    moments = {
        f"optimiser.{index}.{key}": value
        for index, state in optimiser.state_dict()["state"].items()
        for key, value in state.items()
    }
    # safetensors takes no channels_last
    contiguous = {key: tensor.detach().cpu().contiguous() for key, tensor in (tensors | moments).items()}
    # safetensors' metadata are strings
    metadata = {"step": str(step), "log": json.dumps(log), "identity": identity, "moments": json.dumps(sorted(moments))}
    write_atomically(path, save(contiguous, metadata=metadata))


def load_training(
    path: Path, trio: Trio, optimiser: torch.optim.Optimizer, *, identity: str
) -> tuple[int, dict[str, Any]]:
    """Put everything `save_training` wrote back in place; gives the step and the log.

    Raises CheckpointError, and leaves networks and optimiser as they were, where the file is damaged or belongs to
    another training.
    """
    tensors, metadata = read_tensors(path)
    for complaint in _strange(tensors, metadata, trio, identity):
        raise CheckpointError(
            f"{path.name} cannot be gone on with: {complaint}. "
            "Put the folder's own file back, or delete it to begin this training anew."
        )
    for name, network in _stored(trio).items():
        fill(network, {k.removeprefix(f"{name}."): t for k, t in tensors.items() if k.startswith(f"{name}.")}, path)
    state: dict[int, dict[str, Tensor]] = {}
    parameters = list(trio.parameters())
    for key, tensor in tensors.items():
        if key.startswith("optimiser."):
            _, index, field = key.split(".")
            parameter = parameters[int(index)]
            state.setdefault(int(index), {})[field] = tensor if field == "step" else _laid_out_as(parameter, tensor)
    # The groups are this optimiser's own: the learning rate follows from the step.
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    return int(metadata["step"]), json.loads(metadata["log"])


def load_snapshots(path: Path, trio: Trio, *, identity: str) -> None:
    """Fill A_prev and B_prev alone, which lie nowhere else. Raises CheckpointError as `load_training` does."""
    try:
        with safe_open(path, framework="pt") as file:
            found = (file.metadata() or {}).get("identity", "")
            tensors = {key: file.get_tensor(key) for key in file.keys() if key.startswith(_SNAPSHOTS)}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"cannot read the checkpoint {path} ({error}); wanted the one that the round's training left. "
            "It goes once the pool is predicted: look whether the round is over."
        ) from error
    if found.partition(_OLDER)[0] != identity:
        raise CheckpointError(
            f"{path.name} was written by a training of other settings or persons; wanted this round's. "
            "Put the folder's own file back."
        )
    for prefix, network in zip(_SNAPSHOTS, (trio.a_prev, trio.b_prev), strict=True):
        fill(network, {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}, path)


def identity_of(manifest: Path) -> str:
    """The manifest's digest: a checkpoint goes on with the same alone."""
    return sha256(manifest.read_bytes()).hexdigest()


def _strange(tensors: Mapping[str, Tensor], metadata: Mapping[str, str], trio: Trio, identity: str) -> Iterator[str]:
    """What makes the file another training's, or a damaged one."""
    if metadata.get("identity", "").partition(_OLDER)[0] != identity:
        yield "it was written by a training of other settings or persons; wanted this one's"
    if not metadata.get("step", "").isdecimal() or not _is_json(metadata.get("log")):
        yield "it says no step or no log; wanted both"
    wanted = {f"{name}.{key}": t for name, net in _stored(trio).items() for key, t in net.state_dict().items()}
    parameters = list(trio.parameters())
    moments = {key: tensor for key, tensor in tensors.items() if key.startswith("optimiser.")}
    if json.dumps(sorted(moments)) != metadata.get("moments"):
        yield "some of the optimiser's moments are missing; wanted all that it says it has"
    for key in moments:
        index, _, field = key.removeprefix("optimiser.").partition(".")
        known = index.isdecimal() and int(index) < len(parameters) and field in ("step", "exp_avg", "exp_avg_sq")
        if not known:
            yield f"found a tensor '{key}'; wanted moments of {len(parameters)} parameters"
        elif field != "step":
            wanted[key] = parameters[int(index)]
    for key in [*wanted, *tensors]:
        if key not in tensors:
            yield f"found no tensor '{key}'; wanted one of shape {list(wanted[key].shape)}"
        elif key in wanted and tensors[key].shape != wanted[key].shape:
            yield f"found '{key}' of shape {list(tensors[key].shape)}; wanted {list(wanted[key].shape)}"
        elif key not in wanted and key not in moments:
            yield f"found a tensor '{key}' that this training does not have; wanted {', '.join(_stored(trio))}"


def _is_json(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except ValueError:
        return False


def _laid_out_as(parameter: Tensor, moment: Tensor) -> Tensor:
    """The moment in the parameter's memory format: a fused Adam walks through both side by side, element by element."""
    return torch.empty_like(parameter, requires_grad=False).copy_(moment)


def _stored(trio: Trio) -> dict[str, PoseNetwork]:
    """Every network of a training, once."""
    learning = {str(name): network for name, network in trio.networks().items()}
    return learning | trio.remembered()
